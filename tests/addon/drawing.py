"""A layout that notes what is drawn, for Blender makes real ones only where there is a screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import bpy

from addon.sequencer import sequencer_context

ICONS = frozenset(bpy.types.UILayout.bl_rna.functions["label"].parameters["icon"].enum_items.keys())


@dataclass
class Drawn:
    """What a panel drew: words, buttons, values and lists, in order."""

    words: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)


class Layout:
    """Takes what a panel draws as Blender would, and refuses what Blender would: unknown icons, values, operators."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn

    def _part(self, **_: Any) -> Layout:
        return Layout(self.drawn)

    row = column = box = split = column_flow = grid_flow = _part

    def label(self, *, text: str = "", icon: str = "NONE", icon_value: int = 0, translate: bool = True) -> None:
        self._note(text, icon)

    def prop(self, data: Any, name: str, *, text: str | None = None, icon: str = "NONE", **_: Any) -> None:
        assert name in data.bl_rna.properties, f"{data} has no {name}"
        self._note(text or "", icon)
        self.drawn.values.append(name)

    def operator(self, name: str, *, text: str | None = None, icon: str = "NONE", **_: Any) -> Any:
        self._note(text or "", icon)
        rna = _operator(name)
        self.drawn.buttons.append(name)
        return _Told(rna)

    def operator_menu_enum(self, name: str, of: str, *, text: str | None = None, icon: str = "NONE", **_: Any) -> Any:
        self._note(text or "", icon)
        assert of in _operator(name).properties, f"{name} has no {of}"
        self.drawn.buttons.append(name)

    def menu(self, name: str, *, text: str | None = None, icon: str = "NONE") -> None:
        assert hasattr(bpy.types, name), f"there is no menu {name}"
        self._note(text or "", icon)

    def progress(self, *, factor: float, type: str, text: str, translate: bool = True) -> None:  # noqa: A002  Blender's
        assert 0 <= factor <= 1
        self._note(text, "NONE")

    def template_list(self, kind: str, _: str, data: Any, of: str, index_data: Any, index: str, *, rows: int) -> None:
        assert of in data.bl_rna.properties
        assert index in index_data.bl_rna.properties
        self.drawn.lists.append(kind)
        for number, one in enumerate(getattr(data, of)):
            drawer = SimpleNamespace(bitflag_filter_item=1 << 30, filter_name="")
            getattr(bpy.types, kind).draw_item(drawer, bpy.context, self, data, one, 0, index_data, index, number)

    def template_icon(self, *, icon_value: int, scale: float = 1.0) -> None:
        assert icon_value > 0

    def separator(self, **_: Any) -> None:
        """Room."""

    def _note(self, text: str, icon: str) -> None:
        assert icon in ICONS, f"there is no icon {icon}"
        if text:
            self.drawn.words.append(text)


class _Told:
    """What an operator's button is told: only what the operator knows."""

    def __init__(self, rna: Any) -> None:
        object.__setattr__(self, "_rna", rna)

    def __setattr__(self, name: str, value: Any) -> None:
        assert name in self._rna.properties, f"{self._rna.identifier} has no {name}"


def _operator(name: str) -> Any:
    room, own = name.split(".")
    assert own in dir(getattr(bpy.ops, room)), f"there is no operator {name}"
    return getattr(getattr(bpy.ops, room), own).get_rna_type()


def draw(panel: type) -> Drawn | None:
    """Draw a panel as it is in the context; None where it isn't there."""
    if hasattr(panel, "poll") and not panel.poll(bpy.context):
        return None
    drawn = Drawn()
    panel.draw(SimpleNamespace(layout=Layout(drawn)), bpy.context)
    return drawn


def draw_menu(name: str) -> Drawn:
    """Draw one of the menus."""
    drawn = Drawn()
    getattr(bpy.types, name).draw(SimpleNamespace(layout=Layout(drawn)), bpy.context)
    return drawn


@contextmanager
def in_sequencer(scene: bpy.types.Scene, active: str = "", selected: tuple[str, ...] = ()) -> Iterator[None]:
    """Be in a sequencer, with a strip active and some selected (the active one by itself)."""
    strips = scene.sequence_editor.strips
    for strip in strips:
        strip.select = strip.name in (selected or (active,))
    scene.sequence_editor.active_strip = strips[active] if active else None
    with sequencer_context(scene):
        yield
