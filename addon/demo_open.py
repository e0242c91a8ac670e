"""
The demo edit at a click: its media are drawn by a child, then it is laid in a new file and saved where takes may go.

Nothing is overwritten: each demo gets a folder of its own, ``demo``, ``demo-002`` and so on.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import bpy

from .sequencer import strips_all
from .settings import errands
from .strip_marks import ensure_strip_ids

_DRAW = ("-m", "second_unit.animatic.sample_media")
FILE = "second-unit-demo.blend"


def open_demo_edit(folder: Path) -> None:
    """
    Draw the media, lay the edit in a new file and save it, waiting for all of it, as a script does.

    Raises:
        RuntimeError: the media could not be drawn; says what the child said.
    """
    said: list[tuple[int, str]] = []
    errands.send([*_DRAW, str(folder / "media")], lambda code, words: said.append((code, words)))
    errands.wait()
    _require_media(*said[0])
    _new_file()
    _lay(folder)


class SecondUnitOpenDemoEdit(bpy.types.Operator):
    """Opens the demo edit."""

    bl_idname = "second_unit.open_demo_edit"
    bl_label = "Open Demo Edit"
    bl_description = (
        "Open an edit of eight shots to try everything on, in a new file. Its pictures and sounds are drawn on this "
        "machine, which takes some seconds"
    )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if errands.is_away():
            cls.poll_message_set("The demo's media are being drawn, or a key is put away; try again in a moment")
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first where something would be lost."""
        if not bpy.data.is_dirty:
            return self.execute(context)
        return context.window_manager.invoke_confirm(
            self,
            event,
            title="Open Demo Edit",
            message="This file has changes that were not saved. The demo opens in its place.",
            confirm_text="Discard Changes",
            icon="WARNING",
        )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Have the media drawn; the edit is laid when they are there."""
        folder = _free_folder()
        if bpy.app.background:
            open_demo_edit(folder)
            return {"FINISHED"}
        context.workspace.status_text_set("Second Unit: drawing the demo's pictures and sounds …")
        errands.send([*_DRAW, str(folder / "media")], lambda code, words: _lay_and_say(folder, code, words))
        return {"FINISHED"}


def _free_folder() -> Path:
    """Return a folder that isn't there yet, in the extension's own; a checkout's Blender takes its temporary one."""
    own = __package__.startswith("bl_ext.")
    root = Path(bpy.utils.extension_path_user(__package__)) if own else Path(bpy.app.tempdir)
    number = 1
    while (root / _numbered(number) / FILE).exists():
        number += 1
    return root / _numbered(number)


def _numbered(number: int) -> str:
    return "demo" if number == 1 else f"demo-{number:03}"


def _lay_and_say(folder: Path, code: int, words: str) -> None:
    for window in bpy.context.window_manager.windows:
        window.workspace.status_text_set(None)
    try:
        _require_media(code, words)
    except RuntimeError as error:
        why = str(error)
        bpy.context.window_manager.popup_menu(
            lambda menu, _context: menu.layout.label(text=why), title="Open Demo Edit", icon="ERROR"
        )
        return
    _new_file()
    # Blender has drawn the new file's window by then: what comes needs its regions.
    bpy.app.timers.register(partial(_lay, folder), first_interval=0.3, persistent=True)


def _require_media(code: int, words: str) -> None:
    if code != 0:
        last = words.strip().splitlines()[-1:] or ["it said nothing"]
        raise RuntimeError(f"The demo's media could not be drawn: {last[0]}")


def _lay(folder: Path) -> None:
    from .demo_edit import lay_demo_edit

    scene = bpy.context.scene
    lay_demo_edit(scene, folder / "media")
    for strip in strips_all(scene):
        strip.select = False  # what is selected is what would be shot
    ensure_strip_ids(scene)
    for window in bpy.context.window_manager.windows:
        _show(window, scene)
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / FILE), relative_remap=True)


def _new_file() -> None:
    """Start a file as File > New > Video Editing does; with nothing in it where there is no window to lay out."""
    if bpy.app.background:
        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    else:
        bpy.ops.wm.read_homefile(app_template="Video_Editing")


def _show(window: Any, scene: bpy.types.Scene) -> None:
    """Let the window edit the scene, and see all of it."""
    if hasattr(window.workspace, "sequencer_scene"):
        window.workspace.sequencer_scene = scene
    for area in window.screen.areas:
        region = next((one for one in area.regions if one.type == "WINDOW"), None)
        if area.type == "SEQUENCE_EDITOR" and area.spaces.active.view_type != "PREVIEW" and region is not None:
            with bpy.context.temp_override(window=window, area=area, region=region):
                bpy.ops.sequencer.view_all()


def register() -> None:
    """Add the operator."""
    bpy.utils.register_class(SecondUnitOpenDemoEdit)


def unregister() -> None:
    """Take it away."""
    bpy.utils.unregister_class(SecondUnitOpenDemoEdit)
