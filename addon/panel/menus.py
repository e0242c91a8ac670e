"""Second Unit in Blender's own menus: Add, Strip, and the context menu of the Sequencer."""

from __future__ import annotations

from typing import Any

import bpy

from ..strip_marks import TAKE_KEY
from .panel_base import has_scene


class AddMenu(bpy.types.Menu):
    """What can be laid."""

    bl_idname = "SECOND_UNIT_MT_add"
    bl_label = "Second Unit"

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw it."""
        layout = self.layout
        layout.operator("second_unit.add_prompt_strip", text="Prompt Strip", icon="FILE_FONT")
        layout.separator()
        layout.operator("second_unit.continue_shot", icon="FRAME_NEXT")
        layout.operator("second_unit.fill_gap", icon="CENTER_ONLY")
        layout.separator()
        layout.operator("second_unit.open_demo_edit", icon="FILE_MOVIE")


class StripMenu(bpy.types.Menu):
    """What can be done with shots and takes."""

    bl_idname = "SECOND_UNIT_MT_strip"
    bl_label = "Second Unit"

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw it."""
        layout = self.layout
        layout.operator("second_unit.preview", icon="HIDE_OFF")
        layout.operator("second_unit.generate", icon="RENDER_ANIMATION")
        layout.operator("second_unit.place", icon="IMPORT")
        layout.separator()
        draw_take_buttons(layout)
        layout.separator()
        layout.operator("second_unit.match_loudness", icon="SPEAKER")
        layout.operator("second_unit.refit_takes")
        layout.operator("second_unit.remove_takes", icon="X")
        layout.separator()
        layout.operator("second_unit.continue_shot", icon="FRAME_NEXT")
        layout.operator("second_unit.fill_gap", icon="CENTER_ONLY")
        layout.operator("second_unit.cast_from_strips", icon="USER")
        layout.operator("second_unit.copy_request", icon="COPYDOWN")


def draw_take_buttons(layout: Any) -> None:
    """Draw what changes the take that is shown."""
    layout.operator("second_unit.previous_take", icon="TRIA_LEFT")
    layout.operator("second_unit.next_take", icon="TRIA_RIGHT")
    layout.operator("second_unit.latest_take", icon="FF")
    layout.operator("second_unit.keep_take", icon="SOLO_ON")
    layout.operator_menu_enum("second_unit.compare_takes", "how", icon="SPLIT_VERTICAL")
    layout.operator("second_unit.end_comparison")
    layout.operator("second_unit.redo", icon="FILE_REFRESH")


def _add(menu: Any, context: bpy.types.Context) -> None:
    if has_scene(context):
        menu.layout.separator()
        menu.layout.menu("SECOND_UNIT_MT_add", icon="SEQUENCE")


def _strip(menu: Any, context: bpy.types.Context) -> None:
    if has_scene(context) and _shows_strips(context):
        menu.layout.separator()
        menu.layout.menu("SECOND_UNIT_MT_strip", icon="SEQUENCE")


def _context(menu: Any, context: bpy.types.Context) -> None:
    """A strip that shows a take has its takes at hand; every other strip the whole menu."""
    if not has_scene(context):
        return
    menu.layout.separator()
    strip = context.active_strip
    if strip is not None and TAKE_KEY in strip:
        menu.layout.operator("second_unit.next_take", icon="TRIA_RIGHT")
        menu.layout.operator("second_unit.previous_take", icon="TRIA_LEFT")
        menu.layout.operator("second_unit.keep_take", icon="SOLO_ON")
    menu.layout.menu("SECOND_UNIT_MT_strip", icon="SEQUENCE")


def _shows_strips(context: bpy.types.Context) -> bool:
    space = context.space_data
    return space is None or getattr(space, "view_type", "SEQUENCER") != "PREVIEW"


CLASSES = (AddMenu, StripMenu)
ENTRIES = (("SEQUENCER_MT_add", _add), ("SEQUENCER_MT_strip", _strip), ("SEQUENCER_MT_context_menu", _context))


def register() -> None:
    """Add the menus and their entries."""
    for each in CLASSES:
        bpy.utils.register_class(each)
    for name, draw in ENTRIES:
        getattr(bpy.types, name).append(draw)


def unregister() -> None:
    """Take them away again."""
    for name, draw in reversed(ENTRIES):
        getattr(bpy.types, name).remove(draw)
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
