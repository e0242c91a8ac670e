"""Pieces that several panels draw: words that fit the sidebar's width, hints, things to mend."""

from __future__ import annotations

import textwrap
from typing import Any

import blf
import bpy

_SAMPLE = "The quick brown fox jumps over the lazy dog, 0123456789."
_FONT = 0
# What a panel's margins and an icon take from the width of a line, in units of the interface.
_MARGIN = 84


def draw_words(layout: Any, text: str, icon: str = "NONE", *, lines: int = 12) -> None:
    """
    Draw a sentence over as many lines as it needs at the sidebar's width.

    Args:
        icon: before the first line; the others are drawn beneath the words.
        lines: at most so many; the last one then ends in "…".
    """
    column = layout.column(align=True)
    column.scale_y = 0.8
    wrapped = wrap(text, line_characters(bpy.context))
    shown = [*wrapped[: lines - 1], f"{wrapped[lines - 1]}…"] if len(wrapped) > lines else wrapped
    for number, line in enumerate(shown):
        first = "BLANK1" if number and icon != "NONE" else icon
        column.label(text=line, icon=first, translate=False)


def draw_hint(layout: Any, text: str) -> None:
    """Draw what to do where there is nothing to show yet."""
    column = layout.column()
    column.active = False
    draw_words(column, text, "INFO")


def draw_trouble(layout: Any, message: str, remedy: str = "") -> None:
    """Draw what is wrong, and what to do, in a box that is seen."""
    box = layout.box()
    draw_words(box, message, "ERROR")
    if remedy:
        draw_words(box, remedy, "FORWARD")


def wrap(text: str, characters: int) -> list[str]:
    """Return the lines of a text, its own line breaks kept."""
    return [line for part in text.splitlines() for line in (textwrap.wrap(part, characters) or [""])]


def line_characters(context: bpy.types.Context) -> int:
    """Return how many characters stand beside one another in the region that is drawn."""
    region = context.region
    scale = context.preferences.system.ui_scale
    width = (region.width if region else 300) - _MARGIN * scale
    return max(16, int(width / _character_width(scale)))


def _character_width(scale: float) -> float:
    # Blender's widgets are lettered in 11 points, unless the style says otherwise.
    blf.size(_FONT, 11 * scale)
    return max(1.0, blf.dimensions(_FONT, _SAMPLE)[0] / len(_SAMPLE))
