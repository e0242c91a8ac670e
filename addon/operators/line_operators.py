"""Buttons of the straight line: preview, generate, place. Each gathers, calls and reports."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from .. import crew
from ..sequencer import sequencer_scene
from ..watching import session, watch_jobs
from .reporting import reports_errors

STRETCHES = (
    ("auto", "Automatic", "The selected strips; with none, the preview range; without one, the whole edit"),
    ("selection", "Selection", "The selected strips"),
    ("preview", "Preview Range", "What lies in the preview range"),
    ("all", "Whole Edit", "Everything in the sequencer"),
)
WHAT = (
    ("REQUEST", "Request", "All of the order as JSON: words, references, length, size, model, options"),
    ("PROMPT", "Prompt", "The words alone"),
)
LINKED = "This scene is linked from another file; open that file to change its edit"


def can_write(operator: Any, context: bpy.types.Context) -> bool:
    """Whether the edit on screen can be changed; says why not as the operator's poll message."""
    on_screen = context.area is not None and context.area.type == "SEQUENCE_EDITOR"
    if on_screen and getattr(context, "sequencer_scene", context.scene) is None:
        operator.poll_message_set("Choose a scene in the sequencer's header first")
        return False
    if sequencer_scene(context).library is not None:
        operator.poll_message_set(LINKED)
        return False
    return True


class OnOwnScene:
    """What changes the edit, or the settings, of a scene of this file."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        return can_write(cls, context)


class SecondUnitPreview(bpy.types.Operator):
    """Says what would be ordered and what it costs."""

    bl_idname = "second_unit.preview"
    bl_label = "Preview"
    bl_description = "Read the strips and plan their shots: what would be ordered, and what it would cost. Free"
    bl_options = {"UNDO"}  # strips that have no id yet are given one

    stretch: EnumProperty(name="Stretch", description="What to shoot", items=STRETCHES, options={"SKIP_SAVE"})
    stale_only: BoolProperty(
        name="Only What Changed",
        description="Leave out shots whose take is there and that did not change since",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be there for an edit that can be written."""
        return can_write(cls, context)

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Plan; what comes of it is shown in the panels."""
        from ..watching.dry_run import run_dry

        made = run_dry(sequencer_scene(context), self.stretch, stale_only=self.stale_only)
        if made.error is not None:
            self.report({"ERROR"}, str(made.error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"{made.shots} shots, {made.seconds:g} s, {made.cost}. Nothing is spent yet.")
        return {"FINISHED"}


class SecondUnitGenerate(bpy.types.Operator):
    """Orders what the preview shows."""

    # Not REGISTER: the panel for the last operation would order, and pay, once more at every change.
    bl_idname = "second_unit.generate"
    bl_label = "Generate"
    bl_description = "Order what the preview shows. This is what costs money, where the service does"
    bl_options = {"UNDO"}

    again: BoolProperty(
        name="Further Takes",
        description="Pay for a further take also of what was ordered before exactly so",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not can_write(cls, context):
            return False
        missing = missing_for_order(sequencer_scene(context))
        if missing:
            cls.poll_message_set(missing)
        return not missing

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask once more where it costs something."""
        made = session.preview(sequencer_scene(context))
        if made is None or made.cost == "free":
            return self.execute(context)
        orders = "1 order" if made.requests == 1 else f"{made.requests} orders"
        asked = context.window_manager.invoke_confirm(
            self,
            event,
            title=f"Generate for {made.cost}?",
            message=f"{made.shots} shots in {orders}, {made.seconds:g} s.",
            confirm_text="Generate",
        )
        return set(asked)

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Order, and lay placeholders where the takes will land."""
        from .. import shoot
        from ..placing.placeholders import choose_channels
        from ..watching import watch_edit

        scene = sequencer_scene(context)
        session.measure(scene)
        made, missing = session.preview(scene), missing_for_order(scene)
        if missing or made is None or made.planned is None:
            self.report({"ERROR"}, f"{missing}. Nothing was ordered.")
            return {"CANCELLED"}
        requests = made.planned.plan.requests
        channels = choose_channels(scene, requests)
        _, jobs = shoot.order(made.planned, store=session.store(), again=self.again)
        session.note_ordered(scene)
        watch_edit.await_takes(scene, dict(zip(jobs, requests, strict=True)), channels)
        watch_jobs.soon()
        self.report({"INFO"}, f"{len(jobs)} ordered. You can go on working; takes are placed when they come.")
        return {"FINISHED"}


def missing_for_order(scene: bpy.types.Scene) -> str:
    """Return what is missing before a scene's preview can be ordered; empty where nothing is."""
    made = session.preview(scene)
    if made is None:
        return "Preview the stretch first: it says what would be ordered and what it costs"
    if made.planned is None:
        return "The preview found something to mend first"
    if not made.requests:
        return "The preview has nothing to order"
    if made.ordered:
        return "This preview was ordered already; preview again to order more"
    if not session.is_current(scene):
        return "The edit changed since the preview; preview it again"
    return ""


class SecondUnitPlace(bpy.types.Operator):
    """Places takes that are here."""

    bl_idname = "second_unit.place"
    bl_label = "Place"
    bl_description = "Cut takes that are here into the edit: one order's, or all that wait"
    bl_options = {"UNDO"}

    job: StringProperty(name="Job", description="Only this job's; empty places all", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not can_write(cls, context):
            return False
        if not any(row.state == "ready" for row in session.rows()):
            cls.poll_message_set("No take waits to be placed")
            return False
        return True

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Place them."""
        from ..watching import watch_edit

        ready = [row.id for row in session.rows() if row.state == "ready"]
        chosen = [job for job in ready if self.job in {"", job}]
        names = watch_edit.place_jobs(sequencer_scene(context), chosen, leave_kept=False, undo=False)
        troubles = [told for job in chosen if (told := session.trouble(job)) is not None]
        for told in troubles:
            self.report({"ERROR"}, str(told))
        if not names and not troubles:
            self.report({"INFO"}, "The edit shows these takes already.")
        return {"FINISHED"} if names else {"CANCELLED"}


class SecondUnitStartWorker(bpy.types.Operator):
    """Starts the worker."""

    bl_idname = "second_unit.start_worker"
    bl_label = "Start Worker"
    bl_description = "Start the process that shoots. It is started by itself when something is ordered"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Say that one is there."""
        if session.worker_alive():
            cls.poll_message_set("The worker is at work")
            return False
        return True

    @reports_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Start it, unless another Blender did."""
        if not session.look_for_worker():
            crew.start_worker(session.store())
        return {"FINISHED"}


class SecondUnitCopyRequest(bpy.types.Operator):
    """Copies what is sent for the active shot."""

    bl_idname = "second_unit.copy_request"
    bl_label = "Copy Request"
    bl_description = "Copy the order that shoots the active strip, exactly as it will be sent, to the clipboard"

    what: EnumProperty(name="What", description="What to copy", items=WHAT)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        made = session.preview(sequencer_scene(context)) if can_write(cls, context) else None
        if made is None or made.planned is None:
            cls.poll_message_set("Preview the stretch first")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Copy it: the active strip's order, or all of them where it has none."""
        from ..panel.active_shot import active_shot

        made = session.preview(sequencer_scene(context))
        requests = made.planned.plan.requests if made is not None and made.planned is not None else ()
        shot = active_shot(context)
        wanted = set(shot.segments) if shot is not None else set()
        mine = [each for each in requests if wanted & {one.segment.split("/")[0] for one in each.shots}]
        texts = [each.prompt if self.what == "PROMPT" else each.model_dump_json(indent=2) for each in mine or requests]
        context.window_manager.clipboard = "\n\n".join(texts)
        self.report({"INFO"}, f"{len(texts)} copied.")
        return {"FINISHED"}


CLASSES = (
    SecondUnitPreview,
    SecondUnitGenerate,
    SecondUnitPlace,
    SecondUnitStartWorker,
    SecondUnitCopyRequest,
)


def register() -> None:
    """Add them."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Take them out again."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
