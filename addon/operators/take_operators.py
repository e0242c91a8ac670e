"""Buttons for the active shot's takes: another one, keep, compare, order again. Each gathers, calls and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import bpy
from bpy.props import EnumProperty, StringProperty

from ..panel.active_shot import ActiveShot, active_shot, shown_strip
from ..sequencer import sequencer_scene
from ..strip_marks import is_comparison, is_kept, take_tag
from ..watching import session, shot_takes
from .line_operators import can_write
from .reporting import reports_errors

if TYPE_CHECKING:
    from second_unit.plan import GenerationRequest
    from second_unit.takes import Placement

UNDOABLE = {"REGISTER", "UNDO"}
NO_TAKE = "Select a strip that shows a take, or the prompt strip under it"

HOW = (
    ("side by side", "Side by Side", "Each half as large, the shown one on the left"),
    ("wipe", "Wipe", "The left half of the shown one, the right half of the other"),
)


class OnShownTake:
    """What needs a take of the active shot in the edit."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        return can_write(cls, context) and _has_take(cls, context)


def _has_take(cls: Any, context: bpy.types.Context) -> bool:
    shot = active_shot(context)
    if shot is None or not shot.shown:
        cls.poll_message_set(NO_TAKE)
        return False
    return True


class _AnotherTake(OnShownTake):
    """Let the active shot show another take."""

    which: Literal["next", "previous", "latest"]
    bl_options = UNDOABLE

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Change the file behind the strip; trims, effects and colour stay."""
        shot = _shot(context)
        found = shot_takes.choose(shot.segments, shot.job, self.which)
        if found is None:
            self.report({"INFO"}, _nothing_else(shot, self.which))
            return {"CANCELLED"}
        return _show(self, context, shot, found)


class SecondUnitNextTake(_AnotherTake, bpy.types.Operator):
    """Shows the next take."""

    bl_idname = "second_unit.next_take"
    bl_label = "Next Take"
    bl_description = "Show the shot's next take; trims, effects and colour stay. After the last comes the first"
    which = "next"


class SecondUnitPreviousTake(_AnotherTake, bpy.types.Operator):
    """Shows the previous take."""

    bl_idname = "second_unit.previous_take"
    bl_label = "Previous Take"
    bl_description = "Show the shot's previous take; trims, effects and colour stay"
    which = "previous"


class SecondUnitLatestTake(_AnotherTake, bpy.types.Operator):
    """Shows the newest take."""

    bl_idname = "second_unit.latest_take"
    bl_label = "Latest Take"
    bl_description = "Show the newest take of the shot"
    which = "latest"


class SecondUnitShowTake(OnShownTake, bpy.types.Operator):
    """Shows a take chosen from the list."""

    bl_idname = "second_unit.show_take"
    bl_label = "Show This Take"
    bl_description = "Show this take in the edit; trims, effects and colour stay"
    bl_options = UNDOABLE

    job: StringProperty(name="Job", description="The order that the take came from", options={"HIDDEN"})

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Change the file behind the strip."""
        shot = _shot(context)
        found = shot_takes.placement_of(shot.segments, self.job)
        if found is None:
            self.report({"ERROR"}, "This take isn't in the job store any more. Drop its file into the edit by hand.")
            return {"CANCELLED"}
        return _show(self, context, shot, found)


class SecondUnitKeepTake(OnShownTake, bpy.types.Operator):
    """Circles a take."""

    bl_idname = "second_unit.keep_take"
    bl_label = "Keep Take"
    bl_description = "Circle the take that is shown, so that newer ones don't replace it; again takes the circle off"
    bl_options = UNDOABLE

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Circle it, or take the circle off."""
        from ..placing.switch_takes import keep_take

        strip = shown_strip(context)
        kept = not is_kept(strip)
        keep_take(sequencer_scene(context), [strip.name], kept=kept)
        self.report({"INFO"}, f"'{strip.name}' is kept." if kept else f"'{strip.name}' isn't kept any more.")
        return {"FINISHED"}


class SecondUnitCompareTakes(OnShownTake, bpy.types.Operator):
    """Shows two takes at once."""

    bl_idname = "second_unit.compare_takes"
    bl_label = "Compare Takes"
    bl_description = "Show the take of the edit and another one at once, on top of everything, until you end it"
    bl_options = UNDOABLE

    how: EnumProperty(name="How", description="How two takes are seen at once", items=HOW, default="side by side")
    job: StringProperty(
        name="Job", description="The order of the other take; empty takes the next one", options={"HIDDEN"}
    )

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Lay both on top of the edit."""
        from ..placing.compare_takes import compare_takes

        shot = _shot(context)
        first = shot_takes.placement_of(shot.segments, shot.job)
        other = (
            shot_takes.placement_of(shot.segments, self.job)
            if self.job
            else shot_takes.choose(shot.segments, shot.job, "next")
        )
        if first is None or other is None or other.job == first.job:
            self.report({"ERROR"}, f"'{shot.strip}' has no other take to compare with. Redo it to get one.")
            return {"CANCELLED"}
        compare_takes(sequencer_scene(context), _over(context, first), other, self.how)
        session.touch()
        return {"FINISHED"}


class SecondUnitEndComparison(bpy.types.Operator):
    """Ends that."""

    bl_idname = "second_unit.end_comparison"
    bl_label = "End Comparison"
    bl_description = "Take the compared takes off the top of the edit"
    bl_options = UNDOABLE

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not any(is_comparison(strip) for strip in context.strips or ()):
            cls.poll_message_set("No takes are being compared")
            return False
        return True

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Take both away."""
        from ..placing.compare_takes import end_comparison

        end_comparison(sequencer_scene(context))
        session.touch()
        return {"FINISHED"}


class SecondUnitRedo(OnShownTake, bpy.types.Operator):
    """Orders a take again, once the editor has seen what it costs."""

    # Not REGISTER: the panel for the last operation would order, and pay, once more at every change.
    bl_options = {"UNDO"}
    bl_idname = "second_unit.redo"
    bl_label = "Redo Take"
    bl_description = "Order the shot once more exactly as it was, and pay for it. The cost is shown first"

    told: StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Say what it costs, and ask."""
        self.told = _cost_of_redo(context, self)
        if not self.told:
            return {"CANCELLED"}
        asked = context.window_manager.invoke_props_dialog(
            self, width=380, title="Redo Take", confirm_text="Order Again"
        )
        return set(asked)

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw what is ordered again and for how much."""
        for number, line in enumerate(self.told.splitlines()):
            self.layout.label(text=line, icon="BLANK1" if number else "FILE_REFRESH", translate=False)

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Order it."""
        from ..shoot import redo, redo_request
        from ..watching import watch_edit

        scene, strip = sequencer_scene(context), shown_strip(context)
        request = _where_it_lies(redo_request(scene, strip.name, store=session.store()), strip)
        _, jobs = redo(scene, strip.name, store=session.store())
        watch_edit.await_takes(scene, dict.fromkeys(jobs, request))
        self.report({"INFO"}, f"'{strip.name}' is ordered again; the new take is placed when it is here.")
        return {"FINISHED"}


def _shot(context: bpy.types.Context) -> ActiveShot:
    shot = active_shot(context)
    if shot is None:
        raise RuntimeError(NO_TAKE)  # poll has seen to it
    return shot


def _show(operator: Any, context: bpy.types.Context, shot: ActiveShot, placement: Placement) -> set[str]:
    from ..placing.switch_takes import switch_take

    names = switch_take(sequencer_scene(context), [shot.shown], placement)
    session.touch()
    operator.report({"INFO"}, f"'{names[0]}' shows take {placement.take}.")
    return {"FINISHED"}


def _nothing_else(shot: ActiveShot, which: str) -> str:
    if which == "latest" and shot.take > 1:
        return f"'{shot.strip}' shows its latest take."
    return f"'{shot.strip}' has no other take. Redo it to get one."


def _over(context: bpy.types.Context, placement: Placement) -> Placement:
    """Return the placement over the frames that its strip fills now, for the editor may have moved it."""
    from ..placing.lay_strips import frames_of

    return placement.model_copy(update={"range": frames_of(shown_strip(context))})


def _where_it_lies(request: GenerationRequest, strip: Any) -> GenerationRequest:
    """Return the order with its shot over the frames that the strip was moved to; where it was trimmed, as ordered."""
    from ..placing.lay_strips import frames_of

    tag, frames = take_tag(strip), frames_of(strip)
    shots = tuple(
        shot.model_copy(update={"range": frames})
        if tag is not None and shot.segment in tag.segments and shot.range.length == frames.length
        else shot
        for shot in request.shots
    )
    return request.model_copy(update={"shots": shots})


def _cost_of_redo(context: bpy.types.Context, operator: Any) -> str:
    """Return what is ordered again and what it costs, in lines; empty where it can't be, which is reported."""
    from second_unit.errors import SecondUnitError
    from second_unit.planning.plan_text import describe_cost

    from ..shoot import redo_request

    try:
        request = redo_request(sequencer_scene(context), shown_strip(context).name, store=session.store())
    except SecondUnitError as error:
        operator.report({"ERROR"}, str(error))
        return ""
    shots = len(request.shots)
    all_of_them = [f"All {shots} shots of this order are shot again."] if shots > 1 else []
    return "\n".join(
        [
            f"{request.name}: {request.duration_seconds} s by {request.service} {request.model}, {request.resolution}",
            *all_of_them,
            f"It costs {describe_cost(request.cost)}." if request.cost.amount else "It is free.",
        ]
    )


CLASSES = (
    SecondUnitNextTake,
    SecondUnitPreviousTake,
    SecondUnitLatestTake,
    SecondUnitShowTake,
    SecondUnitKeepTake,
    SecondUnitCompareTakes,
    SecondUnitEndComparison,
    SecondUnitRedo,
)


def register() -> None:
    """Add the buttons."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Take them away again."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
