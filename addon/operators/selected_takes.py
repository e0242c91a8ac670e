"""Buttons for the takes that are selected in the edit: take out, make equally loud, fit to another frame rate."""

from __future__ import annotations

import bpy
from bpy.props import EnumProperty

from ..sequencer import sequencer_scene
from ..strip_marks import TAKE_KEY
from ..watching import session
from .line_operators import can_write
from .reporting import reports_errors

UNDOABLE = {"REGISTER", "UNDO"}
NO_TAKES_SELECTED = "Select strips that show takes"


class OnSelectedTakes:
    """What works on the selected takes."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not can_write(cls, context):
            return False
        if not any(TAKE_KEY in strip for strip in context.selected_strips or ()):
            cls.poll_message_set(NO_TAKES_SELECTED)
            return False
        return True


class SecondUnitRemoveTakes(OnSelectedTakes, bpy.types.Operator):
    """Takes takes out of the edit."""

    bl_idname = "second_unit.remove_takes"
    bl_label = "Remove Takes"
    bl_description = "Take the selected takes out of the edit and unmute what they covered. Their files stay"
    bl_options = UNDOABLE

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Take them out."""
        from ..placing.place_takes import remove_takes

        names = [strip.name for strip in context.selected_strips if TAKE_KEY in strip]
        unmuted = remove_takes(sequencer_scene(context), names)
        session.touch()
        also = f" {len(unmuted)} strips are heard and seen again." if unmuted else ""
        self.report({"INFO"}, f"{len(names)} strips were taken out; their files stay.{also}")
        return {"FINISHED"}


class SecondUnitMatchLoudness(OnSelectedTakes, bpy.types.Operator):
    """Makes takes equally loud."""

    bl_idname = "second_unit.match_loudness"
    bl_label = "Match Loudness"
    bl_description = "Set the volume of the selected takes so that they are equally loud; no file is changed"
    bl_options = UNDOABLE

    target: EnumProperty(
        name="Target",
        description="How loud they become",
        items=(
            ("MEDIAN", "Their Median", "As loud as the middle one of them, so that the fewest change"),
            ("R128", "-23 LUFS", "Broadcasters' own loudness, EBU R128"),
        ),
    )

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set the volumes."""
        from ..placing.match_loudness import match_loudness

        names = [strip.name for strip in context.selected_strips if TAKE_KEY in strip]
        target = -23.0 if self.target == "R128" else None
        volumes = match_loudness(sequencer_scene(context), names, target_lufs=target)
        self.report({"INFO"}, f"The volume of {len(volumes)} sounds was set.")
        return {"FINISHED"}


class SecondUnitRefitTakes(bpy.types.Operator):
    """Fits takes to a changed frame rate."""

    bl_idname = "second_unit.refit_takes"
    bl_label = "Refit Takes"
    bl_description = "After the scene's frame rate changed: fit all takes to it, to the frame"
    bl_options = UNDOABLE

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        return can_write(cls, context)

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Fit them."""
        from ..placing.refit_takes import refit_takes

        fitted = refit_takes(sequencer_scene(context))
        self.report({"INFO"}, f"{len(fitted)} strips were fitted." if fitted else "All takes fit the scene's rate.")
        return {"FINISHED"}


CLASSES = (SecondUnitRemoveTakes, SecondUnitMatchLoudness, SecondUnitRefitTakes)


def register() -> None:
    """Add the buttons."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Take them away again."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
