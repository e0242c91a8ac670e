"""Which shot the editor is looking at: the active strip's, be it the shot's prompt or one of its takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import bpy

from . import session
from .placeholders import read_placeholder
from .sequencer import LEFT_HANDLE, RIGHT_HANDLE, sequencer_scene
from .strip_marks import TAKE_KEY, is_comparison, strip_id, take_tag


@dataclass(frozen=True)
class ActiveShot:
    """
    The shot that the panel is about. Names and ids only: strips don't outlive an undo.

    Args:
        strip: the active strip's name.
        segments: ids of the segments that it is, or shows.
        shown: the name of the strip that shows a take of it; empty where none does.
        job: the job whose take that is.
        take: the take's number; 0 where none is shown.
    """

    strip: str
    segments: tuple[str, ...]
    shown: str = ""
    job: str = ""
    take: int = 0


class _Known:
    """What was found last."""

    last: tuple[object, ActiveShot] | None = None


def active_shot(context: bpy.types.Context) -> ActiveShot | None:
    """
    Return the shot of the active strip; None where no strip is active.

    Of a prompt the take that lies highest over it is looked for, once for as long as nothing moves.
    """
    strip = context.active_strip
    if strip is None:
        return None
    tag = take_tag(strip)
    if tag is not None and not is_comparison(strip):
        return ActiveShot(strip.name, tag.segments, strip.name, tag.job, tag.take)
    waiting = read_placeholder(strip)
    if waiting is not None:
        return ActiveShot(strip.name, (waiting.segment,))
    told = strips_told(context)
    key = (strip.name, strip_id(strip), getattr(strip, LEFT_HANDLE), getattr(strip, RIGHT_HANDLE), told)
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


def strips_told(context: bpy.types.Context) -> object:
    """Return something that differs when strips were added, removed, moved or changed into other takes."""
    return sequencer_scene(context).session_uid, len(context.strips or ()), session.touched()


def _find(strip: Any, others: Iterable[Any]) -> ActiveShot:
    segment = strip_id(strip)
    takes = [one for one in others if segment in str(one.get(TAKE_KEY, "")) and _is_over(one, strip)]
    takes = [one for one in takes if one.type != "SOUND" and not is_comparison(one)]
    if not takes:
        return ActiveShot(strip.name, (segment,))
    highest = max(takes, key=lambda one: one.channel)
    tag = take_tag(highest)
    return ActiveShot(strip.name, (segment,), highest.name, tag.job if tag else "", tag.take if tag else 0)


def _is_over(take: Any, strip: Any) -> bool:
    return bool(
        getattr(take, LEFT_HANDLE) < getattr(strip, RIGHT_HANDLE)
        and getattr(strip, LEFT_HANDLE) < getattr(take, RIGHT_HANDLE)
    )
