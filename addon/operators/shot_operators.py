"""Buttons that lay shots: a prompt strip, a shot that goes on from another, one that fills a gap."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import FloatProperty, StringProperty

from ..sequencer import left_handle, right_handle, sequencer_scene
from .line_operators import OnOwnScene
from .reporting import reports_errors

UNDOABLE = {"REGISTER", "UNDO"}
SHOWN = {"MOVIE", "IMAGE"}


def _prompt() -> Any:
    return StringProperty(name="Prompt", description="What happens in the shot; it can be written later too")


def _seconds(description: str) -> Any:
    return FloatProperty(name="Seconds", description=description, default=5.0, min=0.1, soft_max=30.0)


class SecondUnitAddPromptStrip(OnOwnScene, bpy.types.Operator):
    """Lays a prompt strip."""

    bl_idname = "second_unit.add_prompt_strip"
    bl_label = "Add Prompt Strip"
    bl_description = "Add a text strip that says what happens in a shot: over the selected strips, else at the playhead"
    bl_options = UNDOABLE

    prompt: _prompt()
    seconds: _seconds("How long the shot is, where no strip is selected to tell")

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Lay it above what it is about."""
        from second_unit.timing import FrameRange

        from ..placing.lay_prompt import lay_prompt
        from ..placing.lay_strips import scene_rate

        scene = sequencer_scene(context)
        strips = list(context.selected_strips or ())
        length = max(1, round(self.seconds * scene_rate(scene).fraction))
        frames = (
            FrameRange(min(map(left_handle, strips)), max(map(right_handle, strips)))
            if strips
            else FrameRange(scene.frame_current, scene.frame_current + length)
        )
        above = max((strip.channel for strip in strips), default=0)
        name = lay_prompt(scene, frames, above=above, prompt=self.prompt)
        self.report({"INFO"}, f"'{name}' was added. Write what happens into it in the Shot panel.")
        return {"FINISHED"}


class SecondUnitContinueShot(OnOwnScene, bpy.types.Operator):
    """Lays a shot that starts where another ends."""

    bl_idname = "second_unit.continue_shot"
    bl_label = "Continue Shot"
    bl_description = "Lay a new shot behind the active strip that starts on its last frame. Nothing is ordered yet"
    bl_options = UNDOABLE

    prompt: _prompt()
    seconds: _seconds("How long the new shot is")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not super().poll(context):
            return False
        if context.active_strip is None or context.active_strip.type not in SHOWN:
            cls.poll_message_set("Make a movie or picture strip active")
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask what happens, and for how long."""
        return set(context.window_manager.invoke_props_dialog(self, width=380, confirm_text="Lay Shot"))

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Lay it."""
        from ..continue_shot import continue_from
        from ..placing.lay_strips import scene_rate

        scene = sequencer_scene(context)
        length = max(1, round(self.seconds * scene_rate(scene).fraction))
        name = continue_from(scene, context.active_strip.name, length, prompt=self.prompt)
        self.report({"INFO"}, f"'{name}' was laid. Preview it before you generate.")
        return {"FINISHED"}


class SecondUnitFillGap(OnOwnScene, bpy.types.Operator):
    """Lays a shot between two strips."""

    bl_idname = "second_unit.fill_gap"
    bl_label = "Fill Gap"
    bl_description = "Lay a shot over the gap between the two selected strips, which goes from one to the other"
    bl_options = UNDOABLE

    prompt: _prompt()

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not super().poll(context):
            return False
        if sum(strip.type in SHOWN for strip in context.selected_strips or ()) != 2:
            cls.poll_message_set("Select the two movie or picture strips on both sides of the gap")
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask what happens."""
        return set(context.window_manager.invoke_props_dialog(self, width=380, confirm_text="Lay Shot"))

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Lay it."""
        from ..continue_shot import fill_gap

        left, right = sorted((one for one in context.selected_strips if one.type in SHOWN), key=left_handle)
        name = fill_gap(sequencer_scene(context), left.name, right.name, prompt=self.prompt)
        self.report({"INFO"}, f"'{name}' was laid. Preview it before you generate.")
        return {"FINISHED"}


class SecondUnitShowStrip(bpy.types.Operator):
    """Shows the strip that a warning is about."""

    bl_idname = "second_unit.show_strip"
    bl_label = "Show Strip"
    bl_description = "Select this strip and show it"
    bl_options = {"UNDO", "INTERNAL"}

    strip: StringProperty(name="Strip", description="Its name", options={"HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Select it alone and bring it into view."""
        from ..placing.lay_prompt import choose_alone

        if not choose_alone(sequencer_scene(context), self.strip):
            self.report({"WARNING"}, f"There is no strip '{self.strip}' here any more.")
            return {"CANCELLED"}
        if not bpy.app.background and bpy.ops.sequencer.view_selected.poll():
            bpy.ops.sequencer.view_selected()
        return {"FINISHED"}


CLASSES = (SecondUnitAddPromptStrip, SecondUnitContinueShot, SecondUnitFillGap, SecondUnitShowStrip)


def register() -> None:
    """Add the buttons."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Take them away again."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
