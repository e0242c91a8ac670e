"""Which shot the editor is looking at: the active strip's, be it the shot's prompt or one of its takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import bpy

from ..sequencer import LEFT_HANDLE, RIGHT_HANDLE, sequencer_scene
from ..strip_marks import COMPARED_KEY, TAKE_KEY, is_comparison, is_kept, read_placeholder, strip_id, take_tag
from ..watching import session


class ActiveShot(NamedTuple):
    """
    The shot that the panel is about. Names and ids only: strips don't outlive an undo.

    Args:
        strip: the active strip's name.
        segments: ids of the segments that it is, or shows.
        shown: the name of the strip that shows a take of it; empty where none does.
        job: the job whose take that is.
        take: the take's number; 0 where none is shown.
        kept: whether the editor circled it.
        compared: whether takes are being compared on top of the edit.
    """

    strip: str
    segments: tuple[str, ...]
    shown: str = ""
    job: str = ""
    take: int = 0
    kept: bool = False
    compared: bool = False


class _Known:
    """What was found last."""

    last: tuple[object, ActiveShot] | None = None


def active_shot(context: bpy.types.Context) -> ActiveShot | None:
    """
    Return the shot of the active strip; None where no strip is active.

    Looked for once for as long as nothing is touched: of a prompt the take that lies highest over it.
    """
    strip = context.active_strip
    if strip is None:
        return None
    key = (sequencer_scene(context).session_uid, strip.name, strip.get(TAKE_KEY), strip_id(strip), session.touched())
    if _Known.last is None or _Known.last[0] != key:
        _Known.last = key, _find(strip, context.strips)
    return _Known.last[1]


def shown_strip(context: bpy.types.Context) -> Any:
    """Return the strip that shows a take of the active shot; None where none does."""
    shot = active_shot(context)
    return next((one for one in context.strips if one.name == shot.shown), None) if shot and shot.shown else None


def strip_of(segment: str) -> str:
    """Return the id of the strip that a segment was made of; the further parts of a covered strip are numbered."""
    return segment.split("/", maxsplit=1)[0]


def _find(strip: Any, others: Sequence[Any]) -> ActiveShot:
    compared = any(one.get(COMPARED_KEY) for one in others)
    tag, waiting = take_tag(strip), read_placeholder(strip)
    if tag is not None and not is_comparison(strip):
        return _shot_of(strip, tag.segments, strip, compared=compared)
    if waiting is not None:
        return ActiveShot(strip.name, (waiting.segment,), compared=compared)
    segment = strip_id(strip)
    takes = [one for one in others if segment in str(one.get(TAKE_KEY, "")) and _is_over(one, strip)]
    takes = [one for one in takes if one.type != "SOUND" and not is_comparison(one)]
    highest = max(takes, key=lambda one: one.channel, default=None)
    return _shot_of(strip, (segment,), highest, compared=compared)


def _shot_of(strip: Any, segments: tuple[str, ...], shown: Any, *, compared: bool) -> ActiveShot:
    tag = take_tag(shown) if shown is not None else None
    if tag is None:
        return ActiveShot(strip.name, segments, compared=compared)
    return ActiveShot(strip.name, segments, shown.name, tag.job, tag.take, is_kept(shown), compared)


def _is_over(take: Any, strip: Any) -> bool:
    return bool(
        getattr(take, LEFT_HANDLE) < getattr(strip, RIGHT_HANDLE)
        and getattr(strip, LEFT_HANDLE) < getattr(take, RIGHT_HANDLE)
    )
