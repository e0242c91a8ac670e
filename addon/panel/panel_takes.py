"""The panel of the takes: all that were shot of the active shot, and which of them the edit shows."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as _

from ..sequencer import sequencer_scene
from ..watching import shot_takes
from ..watching.shot_takes import KnownTake
from .active_shot import ActiveShot, active_shot
from .layouts import draw_hint, draw_words
from .panel_base import InSidebar, in_rows, settings_of
from .posters import poster

# Newest first; older ones are reached with Previous.
MOST = 12


class TakesPanel(InSidebar, bpy.types.Panel):
    """What was shot of it."""

    bl_idname = "SECOND_UNIT_PT_takes"
    bl_label = "Takes"
    bl_order = 4

    def draw(self, context: bpy.types.Context) -> None:
        """Draw it."""
        layout, shot = self.layout, active_shot(context)
        if shot is None:
            draw_hint(layout, _("Click on a shot to see its takes."))
            return
        takes = shot_takes.known_takes(shot.segments)
        if takes is None:
            draw_hint(layout, _("Looking for takes…"))
            return
        if not takes and not shot.shown:
            draw_hint(layout, _("No take yet. Preview the stretch and generate it; takes are listed here."))
            return
        if shot.shown:
            _draw_buttons(layout, shot)
        for take in reversed(takes[-MOST:]):
            _draw_take(layout, take, shot, kept=take.job == shot.job and shot.kept)
        if len(takes) > MOST:
            layout.label(text=_("and {} older").format(len(takes) - MOST), translate=False)
        if not takes:
            draw_hint(layout, _("This take was shot elsewhere; its order isn't in this machine's job list."))


def _draw_buttons(layout: Any, shot: ActiveShot) -> None:
    row = layout.row(align=True)
    row.scale_y = 1.2
    row.operator("second_unit.previous_take", text="Previous", icon="TRIA_LEFT")
    row.operator("second_unit.next_take", text="Next", icon="TRIA_RIGHT")
    row.operator("second_unit.latest_take", text="Latest", icon="FF")
    row = layout.row(align=True)
    kept = shot.kept
    row.operator(
        "second_unit.keep_take", text="Kept" if kept else "Keep", icon="SOLO_ON" if kept else "SOLO_OFF", depress=kept
    )
    if shot.compared:
        row.operator("second_unit.end_comparison", text="End", icon="X")
    else:
        row.operator_menu_enum("second_unit.compare_takes", "how", text="Compare", icon="SPLIT_VERTICAL")
    row.operator("second_unit.redo", text="Redo", icon="FILE_REFRESH")


def _draw_take(layout: Any, take: KnownTake, shot: ActiveShot, *, kept: bool) -> None:
    shown = take.job == shot.job
    box = layout.box()
    row = box.row()
    picture = poster(take) if take.is_here else 0
    if picture:
        row.template_icon(icon_value=picture, scale=3.2)
    else:
        left = row.row()
        left.scale_y = 3.2
        left.label(text="", icon="RENDER_RESULT")
    column = row.column(align=True)
    head = column.row()
    head.label(text=_("Take {}").format(take.number), translate=False)
    if kept:
        head.label(text="", icon="SOLO_ON")
    if shown:
        head.label(text="", icon="HIDE_OFF")
    elif shot.shown:
        head.operator("second_unit.show_take", text="Show").job = take.job
    quiet = column.column(align=True)
    quiet.active = False
    quiet.label(text=f"{take.made_at} · {take.cost}", translate=False)
    quiet.label(text=take.model, translate=False)
    if not take.is_here:
        draw_words(box, _("Its file isn't there any more: {}").format(take.file.name), "ERROR")
    for note in take.notes:
        draw_words(box, note, "ERROR", lines=4)
    if shown and take.slower and take.is_here:
        words = _("Slow It by {}").format(f"{float(take.slower):.1%}")
        box.operator("second_unit.slow_take", text=words, icon="TIME", translate=False)


class PlacingPanel(InSidebar, bpy.types.Panel):
    """How takes are cut in when they come."""

    bl_idname = "SECOND_UNIT_PT_placing"
    bl_parent_id = "SECOND_UNIT_PT_takes"
    bl_label = "Placing"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw it."""
        layout, settings = self.layout, settings_of(context)
        in_rows(layout)
        layout.enabled = sequencer_scene(context).library is None
        for name in ("take_cut", "take_sound", "mute_scratch"):
            layout.prop(settings, name)


CLASSES = (TakesPanel, PlacingPanel)
