"""Pieces that several panels draw: words that fit the sidebar's width, hints, things to mend."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import blf
import bpy

_FONT = 0
# What stands beside the words in the sidebar, in units of the interface: margins of panel and box, tabs; an icon.
_MARGIN, _ICON = 66, 22
# What a button at the end of a line takes.
BUTTON = 28
# What a box inside a box takes.
BOX = 14


def draw_words(layout: Any, text: str, icon: str = "NONE", *, lines: int = 12, beside: int = 0) -> None:
    """
    Draw a sentence over as many lines as it needs at the sidebar's width.

    Args:
        icon: before the first line; the others are drawn beneath the words.
        lines: at most so many; the last one then ends in "…".
        beside: how much of the width something else takes, such as :data:`BUTTON`.
    """
    column = layout.column(align=True)
    column.scale_y = 0.8
    wrapped = _wrapped(text, beside + (_ICON if icon != "NONE" else 0))
    shown = (*wrapped[: lines - 1], f"{wrapped[lines - 1]}…") if len(wrapped) > lines else wrapped
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
    # The box may stand inside another.
    draw_words(box, message, "ERROR", beside=BOX)
    if remedy:
        draw_words(box, remedy, "FORWARD", beside=BOX)


def _wrapped(text: str, beside: int) -> tuple[str, ...]:
    context = bpy.context
    scale, region = context.preferences.system.ui_scale, context.region
    width = (region.width if region else 300) - (_MARGIN + beside) * scale
    return wrap(text, max(60, int(width)), context.preferences.ui_styles[0].widget.points * scale)


@lru_cache(maxsize=512)
def wrap(text: str, width: int, points: float) -> tuple[str, ...]:
    """
    Return the lines of a text, its own line breaks kept. Remembered, for a panel is drawn many times a second.

    Args:
        width: of a line, in pixels.
        points: the letters' size, in pixels too.
    """
    blf.size(_FONT, points)
    return tuple(line for part in text.splitlines() for line in _lines(part.split(), width))


def _lines(words: list[str], width: int) -> list[str]:
    lines, line = [], ""
    for piece in (piece for word in words for piece in _pieces(word, width)):
        longer = f"{line} {piece}" if line else piece
        if line and _length(longer) > width:
            lines.append(line)
            longer = piece
        line = longer
    return [*lines, line]


def _pieces(word: str, width: int) -> list[str]:
    """Return a word in pieces that fit, such as a long path."""
    if _length(word) <= width:
        return [word]
    most = max(1, int(len(word) * width / _length(word)))
    return [word[start : start + most] for start in range(0, len(word), most)]


def _length(text: str) -> float:
    return float(blf.dimensions(_FONT, text)[0])
