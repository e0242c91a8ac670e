"""
Takes in an edit whose rate has changed.

Blender leaves strips at their frames when the rate changes. A movie at its true speed then keeps its trims in frames,
so that it ends elsewhere and over its neighbours; a sound keeps them in seconds, so that it leaves its picture. Both
are fitted anew here: a take shows what it showed on its first frame, and fills the frames that it filled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import bpy

from second_unit.timing import FrameRange, FrameRate

from ..sequencer import (
    CONTENT_START,
    content_duration,
    content_start,
    left_handle,
    left_handle_offset,
    right_handle_offset,
)
from .lay_strips import bring_home, frame_behind, scene_rate, whole_start
from .take_notes import CutNote, read_cut, start_of, write_cut


@dataclass(frozen=True)
class _Fit:
    """
    How a strip stood before the rate changed.

    Args:
        frames: what it filled.
        into: how many frames before them its content started, at the old rate.
    """

    strip: Any
    cut: CutNote
    frames: FrameRange
    into: int

    @property
    def home(self) -> int:
        """The frame on which its content started."""
        return self.frames.start - self.into


def refit_takes(scene: bpy.types.Scene) -> tuple[str, ...]:
    """
    Fit the takes of an edit to its rate, after it changed, and return the names of the strips that were fitted.

    Call it soon: trims made in between are taken for older ones. Strips inside metas are left as they are.
    """
    rate = scene_rate(scene)
    strips = scene.sequence_editor.strips if scene.sequence_editor else ()
    noted = [(strip, cut) for strip in strips if (cut := read_cut(strip)) and cut.rate != rate.fraction]
    pictures = [_picture_before(strip, cut) for strip, cut in noted if strip.type == "MOVIE"]
    sounds = [_sound_before(strip, cut, pictures) for strip, cut in noted if strip.type == "SOUND"]
    fits = pictures + sounds
    # All away first, and home only then: on the way there a strip may be longer than it was.
    behind = frame_behind(scene, 0, coming=max((fit.frames.end for fit in fits), default=0))
    for fit in fits:
        setattr(fit.strip, CONTENT_START, behind)
        behind += max(content_duration(fit.strip), fit.cut.content_frames) * 3
    for fit in fits:
        _refit(fit, rate)
    return tuple(fit.strip.name for fit in fits)


def _picture_before(strip: Any, cut: CutNote) -> _Fit:
    """Trims of a picture stay as they were, in frames; only the length between them changed."""
    start, left = round(content_start(strip)), left_handle(strip)
    return _Fit(
        strip, cut, FrameRange(left, start + cut.content_frames - round(right_handle_offset(strip))), left - start
    )


def _sound_before(strip: Any, cut: CutNote, pictures: list[_Fit]) -> _Fit:
    """Trims of a sound were stretched with its length, and its first frame lost the fraction that came of it."""
    length = content_duration(strip)
    shrink = cut.content_frames / length
    into = round(left_handle_offset(strip) * shrink)
    shown = round((length - left_handle_offset(strip) - right_handle_offset(strip)) * shrink)
    left = left_handle(strip)
    for picture in pictures:
        if picture.cut.pair == cut.pair and abs(_bound(picture, strip, cut) + into - left) <= 2:
            left = _bound(picture, strip, cut) + into
            break
    return _Fit(strip, cut, FrameRange(left, left + shown), into)


def _bound(picture: _Fit, sound: Any, cut: CutNote) -> int:
    """Return the frame on which a sound's content started if the editor never slipped it against its picture."""
    old = _rate(cut)
    return picture.home + start_of(picture.strip, cut, old)[0] - start_of(sound, cut, old)[0]


def _refit(fit: _Fit, rate: FrameRate) -> None:
    before, _ = start_of(fit.strip, fit.cut, _rate(fit.cut))
    trimmed = _rate(fit.cut).seconds(fit.into - before)
    now = replace(fit.cut, source_start_seconds=fit.cut.source_start_seconds + trimmed, rate=rate.fraction)
    into, late = start_of(fit.strip, now, rate)
    bring_home(fit.strip, fit.frames, into, fit.strip.channel)
    if fit.strip.type == "SOUND":
        # Far from frame 0 single precision can lose the fraction that its start has behind the edit.
        late -= float(rate.seconds(whole_start(fit.strip) - (fit.frames.start - into)))
        fit.strip.sound_offset += late - fit.cut.late_seconds
    write_cut(fit.strip, replace(now, content_frames=content_duration(fit.strip), late_seconds=late))


def _rate(cut: CutNote) -> FrameRate:
    exact = Fraction(cut.rate)
    return FrameRate(exact.numerator, exact.denominator)
