"""
Other takes of a shot, in the strips that already stand in the edit.

A strip keeps all that the editor did to it: trims, channel, effects, colour, transforms, modifiers, animation. Only the
file behind it changes, and where in the file the shot begins. A take of another frame rate needs a strip of its own,
which stands in for the one before (:mod:`.replace_strip`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal

import bpy

from second_unit.errors import MissingMedia, PlacementError
from second_unit.takes import Placement

from ..sequencer import CONTENT_START, content_duration, left_handle, sequencer_context, strips_all
from ..strip_marks import take_tag
from .lay_sound import lay_sound
from .lay_strips import (
    LaidPair,
    bring_home,
    frame_behind,
    frames_of,
    lay_movie,
    remove_strips,
    scene_rate,
    top_level,
    whole_start,
)
from .picture_size import keep_size, size_of
from .replace_strip import replace_strip, require_replaceable, working_on
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

    A sound goes with its picture and a picture with its sound, where they stand over one another, inside metas too.
    Trims stay where they are relative to where the shot begins in each take. A take of other pixels is seen as large
    as the one before. Where the take before came without sound, this one's is laid beside its picture.

    Args:
        names: of strips that show takes.
        placement: the other take, as :func:`~second_unit.takes.conform` gives it; its range and channel don't count.

    Returns:
        What the strips are called now, a sound that was laid last; a name that the editor gave stays.

    Raises:
        MissingMedia, UnreadableMedia: the take's file isn't there or isn't a movie.
        PlacementError: a strip is no take, or is retimed and the take runs at another rate.
    """
    if not placement.file.is_file():
        raise MissingMedia(
            f"Take {placement.take} of '{placement.name}' isn't there: {placement.file}.",
            remedy="Fetch or generate it again.",
            strip=placement.name,
        )
    strips = _with_partners(scene, [_find(scene, name) for name in names])
    with top_level(scene), sequencer_context(scene), _laid(scene, placement) as pair:
        for strip in strips:
            if _is_of_another_rate(strip, pair):
                require_replaceable(strip)
        # By name: another strip may stand for one, and Blender then frees what it was.
        names = [_switch(scene, strip, pair, placement) for strip in strips]
        if pair.sound is not None and placement.has_audio:
            names += _lay_missing_sounds(scene, names, pair, placement)
    return tuple(names)


def keep_take(scene: bpy.types.Scene, names: Collection[str], *, kept: bool = True) -> None:
    """Circle the takes that strips show, or take the circle off: :func:`is_kept` tells who places the latest."""
    for strip in _with_partners(scene, [_find(scene, name) for name in names]):
        write_cut(strip, replace(_cut_of(strip), kept=kept))


def _find(scene: bpy.types.Scene, name: str) -> Any:
    strip = next((one for one in strips_all(scene) if one.name == name), None)
    if strip is None or read_cut(strip) is None:
        raise PlacementError(f"'{name}' is no take.", remedy="Select strips that hold takes.", strip=name)
    return strip


def _with_partners(scene: bpy.types.Scene, strips: Sequence[Any]) -> list[Any]:
    """Add the sounds of pictures and the pictures of sounds that stand over the same frames."""
    pairs = {_cut_of(strip).pair for strip in strips}
    spans = [frames_of(strip) for strip in strips]
    return [
        strip
        for strip in strips_all(scene)
        if (cut := read_cut(strip)) and cut.pair in pairs and any(frames_of(strip).overlaps(span) for span in spans)
    ]


@contextmanager
def _laid(scene: bpy.types.Scene, placement: Placement) -> Iterator[LaidPair]:
    """Lay the new take down behind the edit, which tells its rate, its length and its sound; take it away again."""
    pair = lay_movie(scene, placement.file, frame_behind(scene, ROOM), channel=1, sound=True, name=placement.name)
    try:
        yield pair
    finally:
        remove_strips(scene, pair.strips)


def _is_of_another_rate(strip: Any, pair: LaidPair) -> bool:
    # The rate that a strip plays at is noted on it where nothing but the operator can write it.
    return strip.type == "MOVIE" and abs(strip.fps - pair.picture.fps) > 0.001


def _switch(scene: bpy.types.Scene, strip: Any, pair: LaidPair, placement: Placement) -> str:
    """Let one strip show the other take; return what it is called now."""
    rate, before = scene_rate(scene), _cut_of(strip)
    after = replace(
        before,
        source_start_seconds=placement.source_start_seconds,
        sound_lag_seconds=rate.seconds(pair.sound_lag),
        kept=False,
        pixels=size_of(pair.picture),
    )
    if strip.type == "SOUND" and pair.sound is None:
        after = replace(after, silenced=before.silenced or not strip.mute)
        strip.mute = True
    else:
        moved = start_of(strip, after, rate)[0] - start_of(strip, before, rate)[0]
        if strip.type == "SOUND":
            _change_sound(scene, strip, pair, moved)
            strip.sound_offset += start_of(strip, after, rate)[1] - start_of(strip, before, rate)[1]
        else:
            size = before.pixels if all(before.pixels) else size_of(strip)
            strip = _change_picture(scene, strip, pair, placement, moved)
            keep_size(scene, strip, size, size_of(pair.picture))
        strip.mute = strip.mute and not before.silenced
        after = replace(after, silenced=False)
    _rename(strip, before, placement)
    write_tag(strip, placement)
    late = start_of(strip, after, rate)[1] - start_of(strip, before, rate)[1]
    write_cut(strip, replace(after, content_frames=content_duration(strip), late_seconds=before.late_seconds + late))
    return str(strip.name)


def _change_sound(scene: bpy.types.Scene, strip: Any, pair: LaidPair, moved: int) -> None:
    """Change the sound behind the edit, where a strip may be longer or elsewhere for a moment; come back trimmed."""
    frames, into = frames_of(strip), left_handle(strip) - whole_start(strip)
    setattr(strip, CONTENT_START, frame_behind(scene, 0))
    strip.sound = pair.sound.sound
    # How long a sound is only Blender's operator looks at.
    with working_on(scene, [strip]):
        bpy.ops.sequencer.reload(adjust_length=False)
    bring_home(strip, frames, into + moved, strip.channel)


def _change_picture(scene: bpy.types.Scene, strip: Any, pair: LaidPair, placement: Placement, moved: int) -> Any:
    """Change the file behind the edit, or let another strip stand in; return the one that shows the take now."""
    frames, into = frames_of(strip), left_handle(strip) - whole_start(strip)
    if _is_of_another_rate(strip, pair):
        channel, behind = strip.channel, frame_behind(scene, 0)
        other = lay_movie(scene, placement.file, behind, channel=channel, sound=False, name=placement.name).picture
        replace_strip(scene, strip, other)
        strip = other
    else:
        setattr(strip, CONTENT_START, frame_behind(scene, 0))
        strip.filepath = pair.picture.filepath
        channel = strip.channel
    bring_home(strip, frames, into + moved, channel)
    return strip


def _lay_missing_sounds(
    scene: bpy.types.Scene, names: Sequence[str], pair: LaidPair, placement: Placement
) -> list[str]:
    """Lay the sound beside each picture whose take before had none to lay; return what the strips are called."""
    laid = []
    for name in names:
        picture = _find(scene, name)
        cut = _cut_of(picture)
        if picture.type == "MOVIE" and cut.silent:
            sound = lay_sound(scene, picture, cut, pair, placement)
            write_cut(picture, replace(cut, silent=False))
            laid.append(sound)
    return laid


def _rename(strip: Any, before: CutNote, placement: Placement) -> None:
    tag = take_tag(strip)
    if strip.name == strip_name(strip, before.shot, tag.take if tag else 0):
        strip.name = strip_name(strip, before.shot, placement.take)


def _cut_of(strip: Any) -> CutNote:
    cut = read_cut(strip)
    if cut is None:
        raise PlacementError(f"'{strip.name}' is no take.", remedy="Select strips that hold takes.", strip=strip.name)
    return cut
