"""
What a placed strip says of itself: the take it shows, and where in the take it was cut in.

Kept on the strip, so that saving, copying and a second project carry it along.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

from second_unit.takes import Placement
from second_unit.timing import FrameRate

from ..sequencer import content_duration
from ..strip_marks import CUT_KEY, TakeTag, tag_take
from .lay_strips import LaidPair, picture_start, sound_start
from .picture_size import size_of

NAME_BYTES = 61


@dataclass(frozen=True)
class CutNote:
    """
    How a strip was cut in.

    Args:
        shot: the shot's name.
        source_start_seconds: what of the take stood on the shot's first frame, whatever was trimmed since.
        pair: the same on the picture and the sound that were placed together, and on copies of them.
        rate: of the edit, when the strip was fitted to it.
        content_frames: how many frames of the edit the whole file was, at that rate.
        sound_lag_seconds: by how much the file's sound starts after its picture.
        late_seconds: by how much a sound was laid later than on the frame its content starts on.
        kept: the editor circled this take: the latest doesn't replace it.
        silenced: the strip was muted, because the take that it now shows has no sound.
        silent: the picture was placed without a sound strip, because its take had no sound.
        pixels: of the take's picture. What Blender says of a strip's pixels is old until it has shown the new file.
    """

    shot: str
    source_start_seconds: Fraction
    pair: str
    rate: Fraction
    content_frames: int
    sound_lag_seconds: Fraction = Fraction(0)
    late_seconds: float = 0.0
    kept: bool = False
    silenced: bool = False
    silent: bool = False
    pixels: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class PlacedTake:
    """
    The strips that one placement became, by name. Names last; strip objects don't outlive an undo.

    Args:
        placement: what was asked.
        picture: the movie strip's name.
        sound: the sound strip's name; None where the take has no sound.
        pair: what both are known by, see :class:`CutNote`.
    """

    placement: Placement
    picture: str
    sound: str | None
    pair: str


def write_notes(pair: LaidPair, placement: Placement, pair_id: str, rate: FrameRate) -> None:
    """Name the strips after shot and take, and write on each which take it shows and where it was cut."""
    lag = rate.seconds(pair.sound_lag)
    silent = pair.sound is None and (placement.has_audio or _has_no_sound(placement))
    for strip in pair.strips:
        strip.name = strip_name(strip, placement.name, placement.take)
        write_tag(strip, placement)
        frames = content_duration(strip)
        cut = CutNote(placement.name, placement.source_start_seconds, pair_id, rate.fraction, frames, lag)
        late = start_of(strip, cut, rate)[1]
        write_cut(strip, replace(cut, late_seconds=late, silent=silent, pixels=size_of(pair.picture)))


def _has_no_sound(placement: Placement) -> bool:
    return placement.facts is not None and placement.facts.audio_seconds is None


def write_tag(strip: Any, placement: Placement) -> None:
    """Write onto a strip which take it shows, and the take's provenance."""
    tag_take(strip, TakeTag(placement.job, placement.take, placement.segments, dict(placement.provenance)))


def write_cut(strip: Any, cut: CutNote) -> None:
    """Write onto a strip how it was cut in."""
    strip[CUT_KEY] = json.dumps(asdict(cut), default=str, ensure_ascii=False)


def read_cut(strip: Any) -> CutNote | None:
    """Return how a strip was cut in; None for the editor's own strips."""
    told = strip.get(CUT_KEY)
    if not isinstance(told, str):
        return None
    fields = json.loads(told)
    exact = {key: Fraction(fields[key]) for key in ("source_start_seconds", "sound_lag_seconds", "rate")}
    return CutNote(**fields | exact | {"pixels": tuple(fields.get("pixels", (0, 0)))})


def start_of(strip: Any, cut: CutNote, rate: FrameRate) -> tuple[int, float]:
    """Return where the content of a strip starts that was cut so: whole frames before the cut, and seconds later."""
    into = rate.frames(cut.source_start_seconds)
    if strip.type == "SOUND":
        return sound_start(into - rate.frames(cut.sound_lag_seconds), rate)
    return picture_start(into, rate), 0.0


def strip_name(strip: Any, shot: str, take: int) -> str:
    """
    Return what a take's strip is called: ``"SH010 take 2"``, ``"SH010 take 2 sound"``.

    Blender keeps 61 bytes of a name: the shot's is shortened, the number stays.
    """
    ending = f" take {take}{' sound' if strip.type == 'SOUND' else ''}"
    return shot.encode()[: NAME_BYTES - len(ending)].decode(errors="ignore") + ending
