"""The panel about who shoots: service, model, shape, sound, look; what it costs and what was spent today."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as _

from ..sequencer import sequencer_scene
from ..watching import session
from .layouts import draw_words
from .offers import Offer, find_offer, known_offers, service_title
from .panel_base import InSidebar, in_rows, settings_of
from .panel_stretch import money


class ServicePanel(InSidebar, bpy.types.Panel):
    """Who shoots, and how."""

    bl_idname = "SECOND_UNIT_PT_service"
    bl_label = "Service"
    bl_order = 1

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        """Draw the way to keys, hosting and caps."""
        self.layout.operator("second_unit.open_preferences", text="", icon="PREFERENCES", emboss=False)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw it."""
        layout, settings = self.layout, settings_of(context)
        in_rows(layout)
        layout.enabled = sequencer_scene(context).library is None
        offer = find_offer(known_offers(), settings.service, settings.model)
        _draw_choices(layout, settings, offer)
        sound = layout.column()
        sound.active = offer is None or offer.has_audio
        sound.prop(settings, "audio")
        layout.prop(settings, "look")
        if settings.service != "animatic" and not bpy.app.online_access:
            _draw_offline(layout)
        _draw_money(layout, context)


class ServiceMorePanel(InSidebar, bpy.types.Panel):
    """What is seldom changed."""

    bl_idname = "SECOND_UNIT_PT_service_more"
    bl_parent_id = "SECOND_UNIT_PT_service"
    bl_label = "More"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw it."""
        layout, settings = self.layout, settings_of(context)
        in_rows(layout)
        layout.enabled = sequencer_scene(context).library is None
        row = layout.row(heading="Seed")
        row.prop(settings, "use_seed", text="")
        number = row.row()
        number.active = settings.use_seed
        number.prop(settings, "seed", text="")
        layout.prop(settings, "playblast")
        layout.prop(settings, "takes_folder")
        layout.prop(settings, "model", text="Model Id")
        layout.prop(settings, "options")


def _draw_choices(layout: Any, settings: Any, offer: Offer | None) -> None:
    automatic = _("Automatic")
    column = layout.column(align=True)
    choose(column, "second_unit.choose_service", "service", _("Service"), service_title(settings.service))
    choose(column, "second_unit.choose_model", "model", _("Model"), _model_title(settings, offer))
    column = layout.column(align=True)
    usual = f"{automatic} ({offer.resolution})" if offer else automatic
    choose(column, "second_unit.choose_resolution", "resolution", _("Resolution"), settings.resolution or usual)
    choose(column, "second_unit.choose_ratio", "ratio", _("Ratio"), settings.ratio or automatic)


def choose(layout: Any, operator: str, of: str, name: str, chosen: str) -> None:
    """Draw a menu that sets a value, looking like any other of Blender's values."""
    split = layout.split(factor=0.4, align=True)
    left = split.row()
    left.alignment = "RIGHT"
    left.label(text=name, translate=False)
    split.operator_menu_enum(operator, of, text=chosen, translate=False)


def _model_title(settings: Any, offer: Offer | None) -> str:
    return offer.title if offer else settings.model or _("Its First")


def _draw_offline(layout: Any) -> None:
    box = layout.box()
    draw_words(
        box, _("Blender may not go online, so this service can't be reached. The animatic needs no network."), "ERROR"
    )
    box.prop(bpy.context.preferences.system, "use_online_access", text="Allow Online Access")


def _draw_money(layout: Any, context: bpy.types.Context) -> None:
    scene = sequencer_scene(context)
    made = session.preview(scene)
    column = layout.column(align=True)
    if made is not None and made.planned is not None and session.is_current(scene):
        _line(column, _("This stretch"), money(made.planned.plan.cost))
    _line(column, _("Spent today"), session.spent_today() or _("nothing"))


def _line(layout: Any, name: str, value: str) -> None:
    split = layout.split(factor=0.4)
    left = split.row()
    left.alignment = "RIGHT"
    left.label(text=name, translate=False)
    split.label(text=value, translate=False)


CLASSES = (ServicePanel, ServiceMorePanel)
