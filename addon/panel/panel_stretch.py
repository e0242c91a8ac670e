"""The panel about what would be shot: how much it is, what a dry run says of it, and the button that orders it."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as _

from ..sequencer import sequencer_scene
from ..watching import session
from .layouts import BUTTON, draw_hint, draw_trouble, draw_words
from .panel_base import InSidebar, has_scene

FIRST = 3


class StretchPanel(InSidebar, bpy.types.Panel):
    """What would be shot, and for how much."""

    bl_idname = "SECOND_UNIT_PT_stretch"
    bl_label = "Stretch"
    bl_order = 0

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be there before a scene is chosen too, to say so."""
        return context.space_data is None or context.space_data.view_type != "PREVIEW"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw it."""
        if not has_scene(context):
            draw_hint(self.layout, _("Choose a scene in the Sequencer's header to edit it."))
            self.layout.operator("second_unit.open_demo_edit", icon="FILE_MOVIE")
            return
        scene = sequencer_scene(context)
        _draw_summary(self.layout, session.stretch(scene))
        made = session.preview(scene)
        if made is None or not session.is_current(scene):
            _draw_ask(self.layout, made)
        elif made.ordered:
            draw_words(self.layout, _("Ordered. Jobs says how it fares; takes are placed when they come."), "CHECKMARK")
            self.layout.operator("second_unit.preview", text="Preview Again", icon="FILE_REFRESH")
        else:
            _draw_preview(self.layout, made)


class WarningsPanel(InSidebar, bpy.types.Panel):
    """All that a dry run has to say."""

    bl_idname = "SECOND_UNIT_PT_warnings"
    bl_parent_id = "SECOND_UNIT_PT_stretch"
    bl_label = "Warnings"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be there when there are more than stand above."""
        made = session.preview(sequencer_scene(context)) if has_scene(context) else None
        return made is not None and len(made.warnings) > FIRST

    def draw(self, context: bpy.types.Context) -> None:
        """Draw them."""
        made = session.preview(sequencer_scene(context))
        for warning in made.warnings[FIRST:MOST_WARNINGS] if made else ():
            draw_warning(self.layout, warning.strip, str(warning))
        if made and len(made.warnings) > MOST_WARNINGS:
            self.layout.label(text=_("and {} more").format(len(made.warnings) - MOST_WARNINGS), translate=False)


class OrdersPanel(InSidebar, bpy.types.Panel):
    """Each order of the dry run, with its shots and its cost."""

    bl_idname = "SECOND_UNIT_PT_orders"
    bl_parent_id = "SECOND_UNIT_PT_stretch"
    bl_label = "Orders"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be there after a dry run."""
        made = session.preview(sequencer_scene(context)) if has_scene(context) else None
        return made is not None and made.planned is not None and made.requests > 0

    def draw(self, context: bpy.types.Context) -> None:
        """Draw them."""
        made = session.preview(sequencer_scene(context))
        column = self.layout.column(align=True)
        for order in made.planned.plan.requests[:MOST_ORDERS] if made and made.planned else ():
            row = column.row()
            row.label(text=order.name, translate=False)
            right = row.row()
            right.alignment = "RIGHT"
            right.label(text=f"{order.duration_seconds} s · {money(order.cost)}", translate=False)
        if made and made.requests > MOST_ORDERS:
            column.label(text=_("and {} more").format(made.requests - MOST_ORDERS))


# More than these nobody reads, and breaking their lines takes time.
MOST_ORDERS, MOST_WARNINGS = 30, 20


def draw_warning(layout: Any, strip: str, words: str) -> None:
    """Draw a warning, with a button that leads to its strip."""
    row = layout.row(align=True)
    draw_words(
        row,
        f"{strip}: {words}" if strip and strip not in words else words,
        "ERROR",
        lines=6,
        beside=BUTTON if strip else 0,
    )
    if strip:
        row.operator("second_unit.show_strip", text="", icon="RESTRICT_SELECT_OFF", emboss=False).strip = strip


def money(cost: Any) -> str:
    """Return an amount in words."""
    if cost.amount is None:
        return _("price not known")
    # Below ten cents the cents alone would say too little.
    digits = 2 if cost.amount * 10 >= 1 else 4
    return f"{cost.amount:.{digits}f} {cost.currency}" if cost.amount else _("free")


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun, each in the interface's language."""
    return f"{number} {_(one) if number == 1 else _(many)}"


def _draw_summary(layout: Any, told: Any) -> None:
    if not told.by:
        draw_hint(layout, _("The edit is empty. Lay strips, or use Add > Second Unit > Prompt Strip."))
        layout.operator("second_unit.open_demo_edit", icon="FILE_MOVIE")
        return
    column = layout.column(align=True)
    row = column.row()
    row.label(text=_stretch_name(told.by), icon="SEQ_SEQUENCER", translate=False)
    right = row.row()
    right.alignment = "RIGHT"
    right.label(text=f"{counted(told.shots, 'shot', 'shots')} · {told.seconds:.1f} s", translate=False)
    quiet = column.row()
    quiet.active = False
    quiet.label(
        text=_("Frames {} to {}").format(told.start, max(told.start, told.end - 1)), icon="BLANK1", translate=False
    )
    for strip, words in told.notices[:FIRST]:
        draw_warning(layout, strip, words)


def _stretch_name(by: str) -> str:
    names = {"selection": _("Selection"), "preview range": _("Preview range"), "whole edit": _("Whole edit")}
    return names.get(by, by)


def _draw_ask(layout: Any, made: Any) -> None:
    if made is not None:
        draw_words(layout, _("The edit or its settings changed since the last preview."), "FILE_REFRESH")
    column = layout.column()
    column.scale_y = 1.4
    column.operator("second_unit.preview", icon="HIDE_OFF")
    draw_hint(layout, _("A preview says what would be ordered and what it costs. Nothing is spent."))


def _draw_preview(layout: Any, made: Any) -> None:
    if made.error is not None:
        draw_trouble(layout, made.error.message, made.error.remedy)
        if made.error.strip:
            layout.operator("second_unit.show_strip", icon="RESTRICT_SELECT_OFF").strip = made.error.strip
        layout.operator("second_unit.preview", text="Preview Again", icon="FILE_REFRESH")
        return
    if not made.requests:
        draw_words(layout, _("Every shot has its take; nothing has to be shot."), "CHECKMARK")
        layout.operator("second_unit.preview", text="Preview Again", icon="FILE_REFRESH")
        return
    _draw_cost(layout, made)
    for warning in made.warnings[:FIRST]:
        draw_warning(layout, warning.strip, str(warning))


def _draw_cost(layout: Any, made: Any) -> None:
    box = layout.box().column(align=True)
    row = box.row()
    row.label(text=counted(made.shots, "shot", "shots"), icon="CHECKMARK", translate=False)
    right = row.row()
    right.alignment = "RIGHT"
    right.label(text=money(made.planned.plan.cost), translate=False)
    orders = counted(made.requests, "order", "orders")
    quiet = box.row()
    quiet.active = False
    quiet.label(
        text=f"{_stretch_name(made.planned.timeline.stretch_by)} · {made.seconds:g} s · {orders}",
        icon="BLANK1",
        translate=False,
    )
    row = layout.row(align=True)
    row.scale_y = 1.4
    row.operator(
        "second_unit.generate",
        text=_("Generate: {}").format(money(made.planned.plan.cost)),
        icon="RENDER_ANIMATION",
        translate=False,
    )
    row.operator("second_unit.preview", text="", icon="FILE_REFRESH")


CLASSES = (StretchPanel, WarningsPanel, OrdersPanel)
