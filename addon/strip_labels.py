"""
What is drawn over the timeline: the label a strip is sent under, and which shots changed or failed.

Only strips on screen are drawn, and nothing is read but Blender's own values and :mod:`.session`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import blf
import bpy
import gpu
from bpy.app.translations import pgettext_iface as _
from gpu_extras.batch import batch_for_shader

from . import session
from .active_shot import strip_of
from .sequencer import LEFT_HANDLE, RIGHT_HANDLE, sequencer_scene
from .strip_marks import ID_KEY, TAKE_KEY

FAILED, STALE, LABEL = "failed", "changed", ""
COLOURS = {FAILED: (0.86, 0.22, 0.18, 1.0), STALE: (0.93, 0.61, 0.13, 1.0), LABEL: (0.12, 0.45, 0.75, 0.95)}
LETTERS = (1.0, 1.0, 1.0, 1.0)
_FONT = 0
# In pixels at the interface's normal size.
TEXT, PADDING, BAND, MARGIN = 10, 4, 3, 3
# Strips fill this much of their channel's height.
BOTTOM, TOP = 0.05, 0.95


@dataclass(frozen=True)
class Mark:
    """
    What is drawn on one strip.

    Args:
        left, right: frames of the edit.
        label: ``"Image 1"``; empty where it is sent under none.
        state: :data:`FAILED`, :data:`STALE` or empty.
    """

    left: int
    right: int
    channel: int
    label: str
    state: str


def find_marks(context: bpy.types.Context, first: float, last: float) -> Iterator[Mark]:
    """Yield the marks of the strips that reach into some frames."""
    scene = sequencer_scene(context)
    labels, stale, failed = session.labels(scene), session.stale(scene), session.failed(scene)
    if not (labels or stale or failed):
        return
    strips = context.strips or ()
    shown = {shot for strip in strips for shot in shots_of(strip.get(TAKE_KEY))}
    for strip in strips:
        ours = strip.get(ID_KEY)
        label = labels.get(ours, "")
        state = _state(ours, shots_of(strip.get(TAKE_KEY)), stale, failed, shown)
        if label or state:
            left, right = getattr(strip, LEFT_HANDLE), getattr(strip, RIGHT_HANDLE)
            if left < last and right > first:
                yield Mark(left, right, strip.channel, label, state)


@lru_cache(maxsize=8192)
def shots_of(mark: str | None) -> frozenset[str]:
    """Return the ids of the strips whose shots a take's mark names; none for the editor's own strips."""
    try:
        return frozenset(map(strip_of, json.loads(mark)["segments"])) if mark else frozenset()
    except (ValueError, TypeError, KeyError):
        return frozenset()


def _state(
    ours: str | None, shows: frozenset[str], stale: frozenset[str], failed: frozenset[str], shown: set[str]
) -> str:
    """A shot that was never shot isn't marked as changed; a take is, where its shot did."""
    if ours in failed:
        return FAILED
    return STALE if shows & stale or (ours in stale and ours in shown) else ""


def draw_marks() -> None:
    """Draw them; called by Blender after it drew a timeline."""
    context = bpy.context
    view, scale = context.region.view2d, context.preferences.system.ui_scale
    first, lowest = view.region_to_view(0, 0)
    last, highest = view.region_to_view(context.region.width, context.region.height)
    gpu.state.blend_set("ALPHA")
    for mark in find_marks(context, first, last):
        if lowest - 1 < mark.channel < highest:
            _draw(view, mark, scale, context.region.width)
    gpu.state.blend_set("NONE")


def _draw(view: Any, mark: Mark, scale: float, width: int) -> None:
    left, bottom = view.view_to_region(mark.left, mark.channel + BOTTOM, clip=False)
    right, top = view.view_to_region(mark.right, mark.channel + TOP, clip=False)
    if mark.state:
        _fill(left, bottom, right, bottom + BAND * scale, COLOURS[mark.state])
    box = (max(left, 0), bottom, min(right, width), top)
    state = _(mark.state) if mark.state else ""
    both = " · ".join(word for word in (mark.label, state) if word)
    # What fits: both, else that something is wrong, else the label alone.
    for words in dict.fromkeys((both, state or mark.label, mark.label)):
        if words and _write(words, box, COLOURS[mark.state], scale):
            return


def _write(words: str, box: tuple[float, float, float, float], colour: tuple[float, ...], scale: float) -> bool:
    """Write into the lower right corner of a strip, where its name isn't; False where there is no room for it."""
    left, bottom, right, top = box
    blf.size(_FONT, TEXT * scale)
    length, height = blf.dimensions(_FONT, words)[0], TEXT * scale
    padding, margin = PADDING * scale, MARGIN * scale
    if length + 2 * (padding + margin) > right - left or height + 2 * margin > top - bottom:
        return False
    x, y = right - margin - 2 * padding - length, bottom + margin + BAND * scale
    _fill(x, y, right - margin, y + height + padding, colour)
    blf.color(_FONT, *LETTERS)
    blf.position(_FONT, x + padding, y + padding * 0.8, 0)
    blf.draw(_FONT, words)
    return True


def _fill(left: float, bottom: float, right: float, top: float, colour: tuple[float, ...]) -> None:
    shader = gpu.shader.from_builtin("UNIFORM_COLOR")
    corners = ((left, bottom), (right, bottom), (left, top), (right, top))
    batch = batch_for_shader(shader, "TRI_STRIP", {"pos": corners})
    shader.uniform_float("color", colour)
    batch.draw(shader)


class _Known:
    """Blender's handle of what we draw; None while nothing is drawn."""

    handle: Any = None


def register() -> None:
    """Draw with every timeline from now on, also after another file was opened."""
    _Known.handle = bpy.types.SpaceSequenceEditor.draw_handler_add(draw_marks, (), "WINDOW", "POST_PIXEL")


def unregister() -> None:
    """Draw no more."""
    if _Known.handle is not None:
        bpy.types.SpaceSequenceEditor.draw_handler_remove(_Known.handle, "WINDOW")
        _Known.handle = None
    shots_of.cache_clear()
