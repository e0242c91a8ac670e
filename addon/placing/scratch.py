"""
Scratch strips: what a shot was made from; and earlier takes of it, whose sound would be heard twice.

Scratch is muted on request where takes cover it. Which takes muted a strip stands on it, so that it is unmuted when the
last of them goes, even if it was renamed, or the .blend was closed in between.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import bpy

from second_unit.timing import FrameRange

from ..sequencer import left_handle, right_handle, strips_all
from ..strip_marks import take_tag
from .take_notes import PlacedTake, read_cut

MUTED_KEY = "second_unit_muted_by"


def mute_covered(scene: bpy.types.Scene, placed: Sequence[PlacedTake]) -> tuple[str, ...]:
    """
    Mute what takes were made from, where they cover all of it, and return the names of what was muted.

    Music that goes on after the last of the shots made from it goes on sounding. What the editor had muted before is
    none of ours, and stays muted when the takes go.
    """
    strips = {strip.name: strip for strip in strips_all(scene)}
    return _mute_under(strips, [(take, take.placement.range) for take in placed])


def mute_replaced_sound(scene: bpy.types.Scene, placed: Sequence[PlacedTake]) -> tuple[str, ...]:
    """Mute the sounds that takes were made from, where sounds of theirs cover all of it; return their names."""
    strips = {strip.name: strip for strip in strips_all(scene) if strip.type == "SOUND"}
    heard = [(take, take.placement.sound_range) for take in placed if take.sound is not None]
    return _mute_under(strips, heard)


def mute_earlier_takes(scene: bpy.types.Scene, placed: Sequence[PlacedTake]) -> tuple[str, ...]:
    """
    Mute the sounds of earlier takes of the same shots where the new ones stand; return their names.

    The earlier picture is hidden by the new one above it, but sounds add up.
    """
    pairs = {take.pair for take in placed}
    by_segment: dict[str, list[PlacedTake]] = {}
    for take in placed:
        for segment in take.placement.segments:
            by_segment.setdefault(segment, []).append(take)
    muted = []
    for strip in strips_all(scene):
        tag, cut = take_tag(strip), read_cut(strip)
        if strip.type != "SOUND" or tag is None or cut is None or cut.pair in pairs:
            continue
        frames = FrameRange(left_handle(strip), right_handle(strip))
        over = {take.pair for one in tag.segments for take in by_segment.get(one, ()) if _overlaps(take, frames)}
        if over and _mute(strip, over):
            muted.append(strip.name)
    return tuple(muted)


def _overlaps(take: PlacedTake, frames: FrameRange) -> bool:
    return take.placement.range.overlaps(frames)


def _mute_under(strips: Mapping[str, Any], covering: Sequence[tuple[PlacedTake, FrameRange]]) -> tuple[str, ...]:
    by_scratch: dict[str, list[tuple[PlacedTake, FrameRange]]] = {}
    for take, frames in covering:
        for name in take.placement.made_from:
            by_scratch.setdefault(name, []).append((take, frames))
    return tuple(
        name
        for name, over in by_scratch.items()
        if name in strips
        and _is_covered(strips[name], [frames for _, frames in over])
        and _mute(strips[name], {take.pair for take, _ in over})
    )


def release_uncovered(scene: bpy.types.Scene) -> tuple[str, ...]:
    """
    Unmute the scratch whose takes are all gone, and return its names.

    For takes that the editor deleted by hand too.
    """
    strips = strips_all(scene)
    pairs = {cut.pair for strip in strips if (cut := read_cut(strip))}
    uncovered = [strip for strip in strips if (by := muted_by(strip)) and not by & pairs]
    for strip in uncovered:
        del strip[MUTED_KEY]
        strip.mute = False
    return tuple(strip.name for strip in uncovered)


def muted_by(strip: Any) -> set[str]:
    """Return the pairs (see :class:`~.take_notes.CutNote`) that muted a strip."""
    told = strip.get(MUTED_KEY)
    return set(json.loads(told)) if isinstance(told, str) else set()


def _is_covered(strip: Any, ranges: Sequence[FrameRange]) -> bool:
    reached = left_handle(strip)
    for frames in sorted(ranges):
        if frames.start <= reached:
            reached = max(reached, frames.end)
    return reached >= right_handle(strip)


def _mute(strip: Any, pairs: set[str]) -> bool:
    by = muted_by(strip)
    if strip.mute and not by:
        return False
    strip.mute = True
    strip[MUTED_KEY] = json.dumps(sorted(by | pairs))
    return True
