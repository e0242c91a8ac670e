"""
What is drawn over the timeline: the label a strip is sent under, and which shots changed or failed.

Only strips on screen are drawn, and nothing is read but Blender's own values and :mod:`..watching.session`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import blf
import bpy
import gpu
from bpy.app.translations import pgettext_iface as _
from gpu_extras.batch import batch_for_shader

from ..sequencer import LEFT_HANDLE, RIGHT_HANDLE, sequencer_scene
from ..strip_marks import ID_KEY, TAKE_KEY
from ..watching import session
from .active_shot import strip_of

FAILED, STALE, LABEL = "failed", "changed", ""
COLOURS = {FAILED: (0.86, 0.22, 0.18, 1.0), STALE: (0.93, 0.61, 0.13, 1.0), LABEL: (0.12, 0.45, 0.75, 0.95)}
LETTERS = (1.0, 1.0, 1.0, 1.0)
_FONT = 0
# In pixels at the interface's normal size.
TEXT, PADDING, BAND, MARGIN = 10, 4, 3, 3
# Strips fill this much of their channel's height.
BOTTOM, TOP = 0.05, 0.95
# A strip narrower than this many pixels has no room for a label.
LEAST_WIDTH = 36

Box = tuple[float, float, float, float]


class Mark(NamedTuple):
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


class _Known:
    """What was found last, and Blender's handle of what we draw; None while nothing is drawn."""

    key: object = None
    marks: tuple[Mark, ...] = ()
    handle: Any = None


def known_marks(context: bpy.types.Context) -> tuple[Mark, ...]:
    """Return the marks of the strips on screen; looked for only when something was touched since the last time."""
    scene = sequencer_scene(context)
    told = (session.labels(scene), session.stale(scene), session.failed(scene))
    entered = scene.session_uid, len(context.strips or ())
    if not any(told):
        return ()
    # By value: equal sets are made anew with every turn of the timer. Equal and the same is told apart at once.
    key = (session.touched(), entered, *told)
    if _Known.key != key:
        _Known.key, _Known.marks = key, tuple(find_marks(context))
    return _Known.marks


def find_marks(context: bpy.types.Context) -> Iterator[Mark]:
    """Yield the marks of all strips on screen."""
    scene = sequencer_scene(context)
    labels, stale, failed = session.labels(scene), session.stale(scene), session.failed(scene)
    # Which takes lie in the edit matters only where a shot may have changed since.
    told = [(strip, strip.get(ID_KEY), strip.get(TAKE_KEY) if stale else None) for strip in context.strips or ()]
    shown = {shot for _strip, _ours, take in told if take for shot in shots_of(take)}
    for strip, ours, take in told:
        label = labels.get(ours, "")
        state = _state(ours, shots_of(take), stale, failed, shown) if take or ours in stale or ours in failed else ""
        if label or state:
            yield Mark(getattr(strip, LEFT_HANDLE), getattr(strip, RIGHT_HANDLE), strip.channel, label, state)


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
    view, scale, region = context.region.view2d, context.preferences.system.ui_scale, context.region
    first, lowest = view.region_to_view(0, 0)
    last, highest = view.region_to_view(region.width, region.height)
    least = LEAST_WIDTH * scale * (last - first) / max(1, region.width)
    blf.size(_FONT, TEXT * scale)
    fills: dict[str, list[Box]] = {}
    words: list[tuple[str, float, float]] = []
    for mark in known_marks(context):
        if mark.left < last and mark.right > first and lowest - 1 < mark.channel < highest and _has_room(mark, least):
            _lay_out(view, mark, scale, region.width, fills.setdefault(mark.state, []), words)
    _draw(fills, words)


def _has_room(mark: Mark, least: float) -> bool:
    """Whether anything can be seen of it: of a strip of fewer frames only what is wrong with it."""
    return bool(mark.state) or mark.right - mark.left > least


def _lay_out(
    view: Any, mark: Mark, scale: float, width: int, fills: list[Box], words: list[tuple[str, float, float]]
) -> None:
    """Say where a mark's band and words go."""
    left, bottom = view.view_to_region(mark.left, mark.channel + BOTTOM, clip=False)
    right, top = view.view_to_region(mark.right, mark.channel + TOP, clip=False)
    box = (max(left, 0), bottom, min(right, width), top)
    if mark.state:
        fills.append((box[0], bottom, box[2], bottom + BAND * scale))
    state = _(mark.state) if mark.state else ""
    both = " · ".join(word for word in (mark.label, state) if word)
    # What fits: both, else that something is wrong, else the label alone.
    for told in dict.fromkeys((both, state or mark.label, mark.label)):
        field = _field(told, box, scale) if told else None
        if field is not None:
            fills.append(field)
            words.append((told, field[0] + PADDING * scale, field[1] + PADDING * 0.8 * scale))
            return


def _field(words: str, box: Box, scale: float) -> Box | None:
    """Return the lower right corner of a strip, where its name isn't; None where the words have no room in it."""
    left, bottom, right, top = box
    length, height = _length(words, scale), TEXT * scale
    padding, margin = PADDING * scale, MARGIN * scale
    if length + 2 * (padding + margin) > right - left or height + 2 * margin > top - bottom:
        return None
    low = bottom + margin + BAND * scale
    return right - margin - 2 * padding - length, low, right - margin, low + height + padding


@lru_cache(maxsize=1024)
def _length(words: str, scale: float) -> float:
    blf.size(_FONT, TEXT * scale)
    return float(blf.dimensions(_FONT, words)[0])


def _draw(fills: dict[str, list[Box]], words: list[tuple[str, float, float]]) -> None:
    """Draw all of one colour at once, then all words."""
    gpu.state.blend_set("ALPHA")
    for state, boxes in fills.items():
        _fill(boxes, COLOURS[state])
    blf.color(_FONT, *LETTERS)
    for told, x, y in words:
        blf.position(_FONT, x, y, 0)
        blf.draw(_FONT, told)
    gpu.state.blend_set("NONE")


def _fill(boxes: list[Box], colour: tuple[float, ...]) -> None:
    if not boxes:
        return
    shader = gpu.shader.from_builtin("UNIFORM_COLOR")
    corners = [
        corner
        for left, low, right, high in boxes
        for corner in ((left, low), (right, low), (right, high), (left, low), (right, high), (left, high))
    ]
    batch = batch_for_shader(shader, "TRIS", {"pos": corners})
    shader.uniform_float("color", colour)
    batch.draw(shader)


def register() -> None:
    """Draw with every timeline from now on, also after another file was opened."""
    _Known.handle = bpy.types.SpaceSequenceEditor.draw_handler_add(draw_marks, (), "WINDOW", "POST_PIXEL")


def unregister() -> None:
    """Draw no more."""
    if _Known.handle is not None:
        bpy.types.SpaceSequenceEditor.draw_handler_remove(_Known.handle, "WINDOW")
        _Known.handle = None
    _Known.key, _Known.marks = None, ()
    shots_of.cache_clear()
