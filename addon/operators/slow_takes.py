"""
Slows a take that is a little too short, so that it fills its shot: by a tenth at most, its sound at the same pitch.

The take's own file stays as it is. A child Python writes the slowed one beside it, with a page that says so, and the
strips show that one then.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..panel.active_shot import active_shot, shown_strip
from ..redraw import redraw
from ..sequencer import sequencer_scene
from ..settings import errands
from ..watching import session, shot_takes
from .line_operators import can_write
from .reporting import reports_errors

if TYPE_CHECKING:
    from fractions import Fraction

    from second_unit.takes import Placement

NOT_SHORT = "The take that is shown isn't short by up to a tenth"


def slow_take(scene: bpy.types.Scene, name: str, placement: Placement, done: Callable[[str], None]) -> None:
    """
    Have the take that a strip shows written anew, slowed until it fills its shot, and let the strip show that.

    Returns at once; it is one undo step when it is there.

    Args:
        scene: the edit.
        name: of a strip that shows the take.
        placement: the take, as :func:`~second_unit.takes.conform` gives it: too short by ``slower``.
        done: is told in a sentence how it went.
    """
    percent = float(placement.slower * 100)
    told = ["-m", "second_unit", "conform", str(placement.file), "--slower", f"{percent:.4f}", "--json"]
    edit = scene.name

    def back(code: int, words: str) -> None:
        done(_show(edit, name, placement, code, words))
        redraw()

    errands.send(told, back)


def slowed(placement: Placement, file: Path) -> Placement:
    """Return where the slowed file of a placement's take is cut in: what stood on the first frame still does."""
    start = placement.source_start_seconds / (1 - placement.slower)
    return placement.model_copy(update={"file": file, "source_start_seconds": start, "facts": None})


def _show(edit: str, name: str, placement: Placement, code: int, words: str) -> str:
    from second_unit.errors import SecondUnitError

    from ..placing.place_takes import push_undo
    from ..placing.switch_takes import switch_take

    told = _last_line(words)
    scene = bpy.data.scenes.get(edit)
    if code != 0 or "file" not in told:
        return f"'{name}' was not slowed: {told.get('error', {}).get('message') or 'the writing broke off.'}"
    if scene is None:
        return f"'{name}' was slowed, but its scene isn't here any more: {told['file']}"
    try:
        switch_take(scene, [name], slowed(placement, Path(told["file"])))
    except SecondUnitError as error:
        return f"'{name}' was slowed, but not shown: {error}"
    push_undo(scene, "Slow Take")
    session.touch()
    return f"'{name}' is slowed by {float(placement.slower):.1%} and fills its shot."


def _last_line(words: str) -> dict[str, dict[str, str]]:
    for line in reversed(words.splitlines()):
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            return told
    return {}


class SecondUnitSlowTake(bpy.types.Operator):
    """Slows the take that is shown."""

    bl_idname = "second_unit.slow_take"
    bl_label = "Slow Take to Fill"
    bl_description = "Write the take anew, slowed by up to a tenth so that it fills its shot, and show that"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not can_write(cls, context):
            return False
        if not shown_slower(context):
            cls.poll_message_set(NOT_SHORT)
            return False
        return True

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Send somebody to write it."""
        shot, scene = active_shot(context), sequencer_scene(context)
        placement = shot_takes.placement_of(shot.segments, shot.job) if shot is not None else None
        if shot is None or placement is None or not placement.slower:
            self.report({"ERROR"}, f"{NOT_SHORT}.")
            return {"CANCELLED"}
        slow_take(scene, shot.shown, placement, _say)
        self.report({"INFO"}, f"'{shot.shown}' is being slowed; it is shown when it is there.")
        return {"FINISHED"}


def shown_slower(context: bpy.types.Context) -> Fraction | int:
    """Return by what part the take that is shown may be slowed to fill its shot; 0 where it fills it, or is slowed."""
    shot = active_shot(context)
    takes = shot_takes.known_takes(shot.segments) if shot is not None and shot.shown else None
    take = next((one for one in takes or () if shot is not None and one.job == shot.job), None)
    strip = shown_strip(context)
    if take is None or strip is None or strip.type != "MOVIE" or Path(strip.filepath).name != take.file.name:
        return 0
    return take.slower


def _say(words: str) -> None:
    def draw(menu: bpy.types.Menu, _context: bpy.types.Context) -> None:
        menu.layout.label(text=words, translate=False)

    if not bpy.app.background:
        bpy.context.window_manager.popup_menu(draw, title="Slow Take")


CLASSES = (SecondUnitSlowTake,)


def register() -> None:
    """Add the button."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Take it away again."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
