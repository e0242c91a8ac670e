"""
Other takes of a shot, in the strips that already stand in the edit.

A strip keeps all that the editor did to it: trims, channel, effects, colour, transforms, modifiers, animation. Only the
file behind it changes, and where in the file the shot begins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal

import bpy

from second_unit.errors import MissingMedia, PlacementError
from second_unit.takes import Placement

from .lay_strips import (
    LaidPair,
    bring_home,
    frame_behind,
    frames_of,
    lay_movie,
    nothing_selected,
    remove_strips,
    scene_rate,
    top_level,
    whole_start,
)
from .sequencer import CONTENT_START, content_duration, left_handle, sequencer_context
from .strip_marks import take_tag
from .take_notes import CutNote, read_cut, start_of, strip_name, write_cut, write_tag

# Frames behind the edit for the new take to be laid down in, before the strips that change are brought there too.
ROOM = 100_000


def choose_take(
    takes: Sequence[Placement], shown: int, which: Literal["next", "previous", "latest"]
) -> Placement | None:
    """
    Return another take of a shot than the one shown, by number; None where there is no other.

    After the last comes the first, and the other way round. Without Blender.

    Args:
        takes: of one shot, in any order.
        shown: the number of the take that is shown.
    """
    others = sorted((take for take in takes if take.take != shown), key=lambda take: take.take)
    if not others:
        return None
    match which:
        case "next":
            return next((take for take in others if take.take > shown), others[0])
        case "previous":
            return next((take for take in reversed(others) if take.take < shown), others[-1])
        case "latest":
            return others[-1] if others[-1].take > shown else None


def switch_take(scene: bpy.types.Scene, names: Collection[str], placement: Placement) -> tuple[str, ...]:
    """
    Let strips show another take of their shot: all of them, or none.

    A sound goes with its picture and a picture with its sound, where they stand over one another. Trims stay where they
    are relative to where the shot begins in each take.

    Args:
        names: of strips that show takes.
        placement: the other take, as :func:`~second_unit.takes.conform` gives it; its range and channel don't count.

    Returns:
        What the strips are called now; a name that the editor gave stays.

    Raises:
        MissingMedia, UnreadableMedia: the take's file isn't there or isn't a movie.
        PlacementError: a strip is no take, stands inside a meta strip, or the take runs at another rate than theirs.
    """
    if not placement.file.is_file():
        raise MissingMedia(
            f"Take {placement.take} of '{placement.name}' isn't there: {placement.file}.",
            remedy="Fetch or generate it again.",
            strip=placement.name,
        )
    strips = _with_partners(scene, [_find(scene, name) for name in names])
    with top_level(scene), sequencer_context(scene), _laid(scene, placement) as pair:
        _require_same_rate(strips, pair, placement)
        for strip in strips:
            _switch(scene, strip, pair, placement)
    return tuple(strip.name for strip in strips)


def keep_take(scene: bpy.types.Scene, names: Collection[str], *, kept: bool = True) -> None:
    """Circle the takes that strips show, or take the circle off: :func:`is_kept` tells who places the latest."""
    for strip in _with_partners(scene, [_find(scene, name) for name in names]):
        write_cut(strip, replace(_cut_of(strip), kept=kept))


def _find(scene: bpy.types.Scene, name: str) -> Any:
    strip = scene.sequence_editor.strips.get(name)
    if strip is None and name in scene.sequence_editor.strips_all:
        raise PlacementError(
            f"'{name}' stands inside a meta strip.", remedy="Ungroup it, change the take, group it again.", strip=name
        )
    if strip is None or read_cut(strip) is None:
        raise PlacementError(f"'{name}' is no take.", remedy="Select strips that hold takes.", strip=name)
    return strip


def _with_partners(scene: bpy.types.Scene, strips: Sequence[Any]) -> list[Any]:
    """Add the sounds of pictures and the pictures of sounds that stand over the same frames."""
    pairs = {_cut_of(strip).pair for strip in strips}
    spans = [frames_of(strip) for strip in strips]
    return [
        strip
        for strip in scene.sequence_editor.strips
        if (cut := read_cut(strip)) and cut.pair in pairs and any(frames_of(strip).overlaps(span) for span in spans)
    ]


@contextmanager
def _laid(scene: bpy.types.Scene, placement: Placement) -> Iterator[LaidPair]:
    """Lay the new take down behind the edit, which tells its rate, its length and its sound; take it away again."""
    active = scene.sequence_editor.active_strip
    pair = lay_movie(scene, placement.file, frame_behind(scene, ROOM), channel=1, sound=True, name=placement.name)
    try:
        yield pair
    finally:
        remove_strips(scene, pair.strips)
        scene.sequence_editor.active_strip = active


def _require_same_rate(strips: Sequence[Any], pair: LaidPair, placement: Placement) -> None:
    # The rate that a strip plays at is noted on it where nothing but the operator can write it.
    for strip in strips:
        if strip.type == "MOVIE" and abs(strip.fps - pair.picture.fps) > 0.001:
            raise PlacementError(
                f"Take {placement.take} of '{placement.name}' runs at {pair.picture.fps:g} fps, "
                f"the take in '{strip.name}' at {strip.fps:g}.",
                remedy="Place it as strips of its own.",
                strip=strip.name,
            )


def _switch(scene: bpy.types.Scene, strip: Any, pair: LaidPair, placement: Placement) -> None:
    rate, before = scene_rate(scene), _cut_of(strip)
    after = replace(
        before,
        source_start_seconds=placement.source_start_seconds,
        sound_lag_seconds=rate.seconds(pair.sound_lag),
        kept=False,
    )
    if strip.type == "SOUND" and pair.sound is None:
        after = replace(after, silenced=before.silenced or not strip.mute)
        strip.mute = True
    else:
        _change_file(scene, strip, pair, start_of(strip, after, rate), start_of(strip, before, rate))
        strip.mute = strip.mute and not before.silenced
        after = replace(after, silenced=False)
    _rename(strip, before, placement)
    write_tag(strip, placement)
    late = start_of(strip, after, rate)[1] - start_of(strip, before, rate)[1]
    write_cut(strip, replace(after, content_frames=content_duration(strip), late_seconds=before.late_seconds + late))


def _change_file(
    scene: bpy.types.Scene, strip: Any, pair: LaidPair, start: tuple[int, float], start_before: tuple[int, float]
) -> None:
    """Change the file behind the edit, where a strip may be longer or elsewhere for a moment; come back trimmed."""
    frames, into = frames_of(strip), left_handle(strip) - whole_start(strip)
    setattr(strip, CONTENT_START, frame_behind(scene, 0))
    if strip.type == "SOUND":
        strip.sound = pair.sound.sound
        _reload(scene, strip)
        strip.sound_offset += start[1] - start_before[1]
    else:
        strip.filepath = pair.picture.filepath
    bring_home(strip, frames, into + start[0] - start_before[0], strip.channel)


def _reload(scene: bpy.types.Scene, strip: Any) -> None:
    """Let Blender look at how long a sound is. Only its operator does, and it works on what is selected."""
    with nothing_selected(scene):
        strip.select = True
        bpy.ops.sequencer.reload(adjust_length=False)
        strip.select = False


def _rename(strip: Any, before: CutNote, placement: Placement) -> None:
    tag = take_tag(strip)
    if strip.name == strip_name(strip, before.shot, tag.take if tag else 0):
        strip.name = strip_name(strip, before.shot, placement.take)


def _cut_of(strip: Any) -> CutNote:
    cut = read_cut(strip)
    if cut is None:
        raise PlacementError(f"'{strip.name}' is no take.", remedy="Select strips that hold takes.", strip=strip.name)
    return cut
