"""The panel of the cast: who can be mentioned as @name, and what shows them."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as _

from ..sequencer import sequencer_scene
from .layouts import draw_hint
from .panel_base import InSidebar, in_rows, settings_of
from .thumbnails import thumbnail


class CastList(bpy.types.UIList):
    """The members, by name."""

    bl_idname = "SECOND_UNIT_UL_cast"

    def draw_item(  # Blender calls it by position
        self, _context: Any, layout: Any, _settings: Any, member: Any, _icon: int, _active: Any, _name: str, _index: int
    ) -> None:
        """Draw one with its first picture, its name and how many files it has."""
        row = layout.row(align=True)
        picture = thumbnail(bpy.path.abspath(member.files[0].path)) if len(member.files) else 0
        row.label(text="", icon_value=picture) if picture else row.label(text="", icon="USER")
        row.prop(member, "name", text="", emboss=False)
        right = row.row()
        right.alignment = "RIGHT"
        right.active = False
        right.label(text=str(len(member.files)), translate=False)


class CastFileList(bpy.types.UIList):
    """The files of a member."""

    bl_idname = "SECOND_UNIT_UL_cast_files"

    def draw_item(  # Blender calls it by position
        self, _context: Any, layout: Any, _member: Any, file: Any, _icon: int, _active: Any, _name: str, _index: int
    ) -> None:
        """Draw one with its picture."""
        row = layout.row(align=True)
        picture = thumbnail(bpy.path.abspath(file.path)) if file.path else 0
        row.label(text="", icon_value=picture) if picture else row.label(text="", icon="FILE")
        row.label(text=bpy.path.basename(file.path) or _("no file yet"), translate=False)


class CastPanel(InSidebar, bpy.types.Panel):
    """Who is in it."""

    bl_idname = "SECOND_UNIT_PT_cast"
    bl_label = "Cast"
    bl_order = 3
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the list, and the chosen member beneath it."""
        layout, settings = self.layout, settings_of(context)
        layout.enabled = sequencer_scene(context).library is None
        row = layout.row()
        rows = 4 if len(settings.cast) else 3
        row.template_list("SECOND_UNIT_UL_cast", "", settings, "cast", settings, "cast_index", rows=rows)
        _draw_side(row.column(align=True), many=len(settings.cast) > 1)
        if settings.cast_index < len(settings.cast):
            _draw_member(layout, settings.cast[settings.cast_index])
            return
        draw_hint(layout, _("Add who or what comes back in several shots, and mention it in prompts as @Name."))
        column = layout.column(align=True)
        column.operator("second_unit.cast_from_strips", icon="SEQ_SEQUENCER")
        column.operator("second_unit.cast_from_image", icon="IMAGE_DATA")


def _draw_side(column: Any, *, many: bool) -> None:
    column.operator("second_unit.add_cast_member", text="", icon="ADD")
    column.operator("second_unit.remove_cast_member", text="", icon="REMOVE")
    column.separator()
    column.menu("SECOND_UNIT_MT_cast", text="", icon="DOWNARROW_HLT")
    if many:
        column.separator()
        column.operator("second_unit.move_cast_member", text="", icon="TRIA_UP").direction = "UP"
        column.operator("second_unit.move_cast_member", text="", icon="TRIA_DOWN").direction = "DOWN"


def _draw_member(layout: Any, member: Any) -> None:
    layout.label(text=_("Files of @{}").format(member.name), translate=False)
    row = layout.row()
    row.template_list("SECOND_UNIT_UL_cast_files", "", member, "files", member, "file_index", rows=2)
    column = row.column(align=True)
    column.operator("second_unit.add_cast_files", text="", icon="ADD")
    column.operator("second_unit.remove_cast_file", text="", icon="REMOVE")
    if not len(member.files):
        draw_hint(layout, _("Add at least one picture, movie or sound with +."))
    settings = layout.column()
    in_rows(settings)
    settings.prop(member, "role")
    lines = settings.column(align=True)
    lines.prop(member, "description")
    lines.prop(member, "exclusion")


class CastMenu(bpy.types.Menu):
    """Other ways to add members."""

    bl_idname = "SECOND_UNIT_MT_cast"
    bl_label = "Cast"

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw it."""
        self.layout.operator("second_unit.cast_from_strips", icon="SEQ_SEQUENCER")
        self.layout.operator("second_unit.cast_from_image", icon="IMAGE_DATA")


CLASSES = (CastList, CastFileList, CastMenu, CastPanel)
