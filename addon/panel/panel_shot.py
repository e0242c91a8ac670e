"""The panel about the active strip: what happens in the shot, what goes along, and the order as it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as _

from ..sequencer import sequencer_scene
from ..strip_marks import TAKE_KEY, strip_id, take_tag
from ..watching import session
from .active_shot import active_shot, strip_of
from .layouts import draw_hint, draw_words
from .panel_base import InSidebar, in_rows
from .panel_stretch import money
from .thumbnails import thumbnail

FIELDS = ("subject", "action", "camera", "environment", "lighting", "audio")
SOUND = "SOUND"
MOST_REFERENCES = 24


class ShotPanel(InSidebar, bpy.types.Panel):
    """What happens in the shot."""

    bl_idname = "SECOND_UNIT_PT_shot"
    bl_label = "Shot"
    bl_order = 2

    def draw(self, context: bpy.types.Context) -> None:
        """Draw it."""
        layout, strip = self.layout, context.active_strip
        if strip is None:
            draw_hint(layout, _("Click on a strip to say what happens in its shot."))
            return
        _draw_name(layout, context, strip)
        if TAKE_KEY in strip:
            _draw_provenance(layout, strip)
        elif strip.type != SOUND:
            _draw_prompt(layout, strip)


class ShotFieldsPanel(InSidebar, bpy.types.Panel):
    """The shot in six fields."""

    bl_idname = "SECOND_UNIT_PT_shot_fields"
    bl_parent_id = "SECOND_UNIT_PT_shot"
    bl_label = "Fields"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be there for what can be a shot."""
        strip = context.active_strip
        return strip is not None and strip.type != SOUND and TAKE_KEY not in strip

    def draw(self, context: bpy.types.Context) -> None:
        """Draw them, in the order in which models read them."""
        in_rows(self.layout)
        column = self.layout.column(align=True)
        for field in FIELDS:
            column.prop(context.active_strip.second_unit, field)


class ShotRolePanel(InSidebar, bpy.types.Panel):
    """What the model should take from the strip."""

    bl_idname = "SECOND_UNIT_PT_shot_role"
    bl_parent_id = "SECOND_UNIT_PT_shot"
    bl_label = "As a Reference"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be there for what can be a reference."""
        strip = context.active_strip
        return strip is not None and strip.type != "TEXT" and TAKE_KEY not in strip

    def draw(self, context: bpy.types.Context) -> None:
        """Draw it."""
        strip, layout = context.active_strip, self.layout
        told = strip.second_unit
        in_rows(layout)
        layout.prop(told, "role")
        column = layout.column(align=True)
        column.prop(told, "description")
        column.prop(told, "exclusion")
        column = layout.column(heading="Send", align=True)
        column.prop(told, "pinned")
        if strip.type != SOUND:
            column.prop(told, "as_it_looks")
            column.prop(told, "still")


class ShotReferencesPanel(InSidebar, bpy.types.Panel):
    """What goes along with the shot."""

    bl_idname = "SECOND_UNIT_PT_shot_references"
    bl_parent_id = "SECOND_UNIT_PT_shot"
    bl_label = "References"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be there for shots."""
        return context.active_strip is not None and context.active_strip.type != SOUND

    def draw(self, context: bpy.types.Context) -> None:
        """Draw them with their labels."""
        shot = active_shot(context)
        order = find_order(context)
        if order is None or shot is None:
            draw_hint(self.layout, _("Preview the stretch to see what goes along with this shot."))
            return
        strips = set(map(strip_of, shot.segments))
        mine = [one for one in order.references if not one.shots or strips & set(map(strip_of, one.shots))]
        if not mine:
            draw_hint(
                self.layout, _("No reference. Lay pictures, movies or sounds under the shot, or name @cast in it.")
            )
        for reference in mine[:MOST_REFERENCES]:
            _draw_reference(self.layout, reference)


class ShotRequestPanel(InSidebar, bpy.types.Panel):
    """The order as it will be sent."""

    bl_idname = "SECOND_UNIT_PT_shot_request"
    bl_parent_id = "SECOND_UNIT_PT_shot"
    bl_label = "Request"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be there for shots."""
        return context.active_strip is not None and context.active_strip.type != SOUND

    def draw(self, context: bpy.types.Context) -> None:
        """Draw its words, exactly, and its figures."""
        layout, order = self.layout, find_order(context)
        if order is None:
            draw_hint(layout, _("Preview the stretch to see exactly what would be sent."))
            return
        if not session.is_current(sequencer_scene(context)):
            draw_words(layout, _("As of the last preview; the edit changed since."), "ERROR")
        column = layout.column(align=True)
        column.label(text=f"{order.name} · {money(order.cost)}", translate=False)
        quiet = column.column(align=True)
        quiet.active = False
        quiet.label(text=f"{order.service} · {order.model}", translate=False)
        size = f"{order.width} × {order.height}"
        quiet.label(text=f"{order.duration_seconds} s · {order.ratio} · {order.resolution} · {size}", translate=False)
        draw_words(layout.box(), order.prompt, lines=400)
        layout.operator("second_unit.copy_request", icon="COPYDOWN")


class _Known:
    """The order that was looked for last, and what for."""

    made: object = None
    segments: tuple[str, ...] = ()
    order: Any = None


def find_order(context: bpy.types.Context) -> Any:
    """Return the order of the last dry run that shoots the active shot; None where there is none."""
    made, shot = session.preview(sequencer_scene(context)), active_shot(context)
    if made is None or made.planned is None or shot is None:
        return None
    if _Known.made is not made or _Known.segments != shot.segments:
        _Known.made, _Known.segments = made, shot.segments
        _Known.order = _look_for(made.planned.plan.requests, set(map(strip_of, shot.segments)))
    return _Known.order


def _look_for(orders: Any, strips: set[str]) -> Any:
    return next((one for one in orders if {strip_of(shot.segment) for shot in one.shots} & strips), None)


ICONS = {
    "MOVIE": "FILE_MOVIE",
    "IMAGE": "FILE_IMAGE",
    "SOUND": "FILE_SOUND",
    "SCENE": "SCENE_DATA",
    "META": "SEQ_STRIP_META",
    "TEXT": "FILE_FONT",
    "COLOR": "COLOR",
}
KINDS = {"image": "FILE_IMAGE", "video": "FILE_MOVIE", "audio": "FILE_SOUND"}


def _draw_name(layout: Any, context: bpy.types.Context, strip: Any) -> None:
    row = layout.row(align=True)
    row.label(text="", icon=ICONS.get(strip.type, "SEQ_STRIP_DUPLICATE"))
    row.prop(strip, "name", text="")
    label = session.labels(sequencer_scene(context)).get(strip_id(strip))
    if label:
        layout.label(text=_("Sent as {}").format(label), icon="LINKED", translate=False)
    identity = strip_id(strip)
    scene = sequencer_scene(context)
    if identity in session.failed(scene):
        draw_words(layout, _("Its last order failed: see Jobs."), "ERROR")
    elif TAKE_KEY not in strip and identity in session.stale(scene) and active_take(context):
        draw_words(layout, _("It changed since its take was shot."), "FILE_REFRESH")


def active_take(context: bpy.types.Context) -> bool:
    """Whether the active shot has a take in the edit."""
    shot = active_shot(context)
    return bool(shot and shot.shown)


def _draw_prompt(layout: Any, strip: Any) -> None:
    told = strip.second_unit
    holder, name = (strip, "text") if strip.type == "TEXT" else (told, "text")
    layout.label(text="What Happens")
    layout.prop(holder, name, text="")
    words = getattr(holder, name)
    if len(words) > LONG_PROMPT:
        draw_words(layout.box(), words, lines=30)
    elif not words and not any(getattr(told, field) for field in FIELDS):
        draw_hint(layout, _("Such as: Ana runs across the bridge; the camera follows her. Or fill in the fields."))


# Longer than this a line of the sidebar can't show it.
LONG_PROMPT = 40


def _draw_provenance(layout: Any, strip: Any) -> None:
    """Draw what a placed strip says of the take that it shows."""
    tag = take_tag(strip)
    if tag is None:
        return
    told = tag.provenance
    column = layout.column(align=True)
    column.label(text=_("Take {}").format(tag.take), icon="RENDER_RESULT", translate=False)
    quiet = column.column(align=True)
    quiet.active = False
    quiet.label(text=f"{told.get('service', '')} · {told.get('model', '')}", translate=False)
    cost = f"{told['cost']} {told.get('currency', '')}" if told.get("cost") not in {None, "0"} else _("free")
    seed = "" if told.get("seed") is None else f" · {_('Seed')} {told['seed']}"
    quiet.label(text=f"{cost}{seed}", translate=False)
    if told.get("prompt"):
        draw_words(layout.box(), str(told["prompt"]), lines=30)


def _draw_reference(layout: Any, reference: Any) -> None:
    row = layout.box().row()
    picture = thumbnail(_picture_of(reference))
    if picture:
        row.template_icon(icon_value=picture, scale=3.0)
    else:
        left = row.row()
        left.scale_y = 3.0
        left.label(text="", icon=KINDS.get(str(reference.kind), "FILE"))
    column = row.column(align=True)
    column.label(text=reference.label, translate=False)
    quiet = column.column(align=True)
    quiet.active = False
    length = "" if reference.length_seconds is None else f" · {reference.length_seconds:.1f} s"
    quiet.label(text=f"{_(str(reference.role).capitalize())}{length}", translate=False)
    quiet.label(text=f"@{reference.cast}" if reference.cast else reference.name, translate=False)


def _picture_of(reference: Any) -> Path | str:
    source = reference.source
    if source.kind == "file":
        return Path(source.path)
    return Path(source.paths[0]) if source.kind == "sequence" and source.paths else ""


CLASSES = (ShotPanel, ShotFieldsPanel, ShotRolePanel, ShotReferencesPanel, ShotRequestPanel)
