"""
What a movie's pictures say about its cuts, frame by frame, from thumbnails.

Three signals, each made so that what is no cut doesn't raise it:

*jump*: how much the pictures before a frame differ from those from it on, taken as the least difference of any of the
three before and any of the three after. A flash of one or two frames leaves a pair that agrees, so it doesn't count.

*contrast*: that jump beside the jumps around it. In a fast pan everything jumps, so nothing stands out.

*mixing*: how well the frames around one are explained as a mix of the picture well before and the picture well after.
Only a dissolve is; motion isn't.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray

from second_unit.errors import UnreadableMedia
from second_unit.media.opening import open_media, picture_stream

Thumbnails = NDArray[np.float32]
Signal = NDArray[np.float32]

_WIDE, _HIGH = 64, 36
_BEFORE, _AFTER = (1, 2, 3), (0, 1, 2)
# Frames on either side that a jump is held beside; the nearest two belong to the same cut.
_NEAREST, _FARTHEST = 3, 8
_HALF_DISSOLVES = (4, 6, 9, 13)
# How much more a dissolve changes than the shots on either side, in as long, so as to count in full.
_BEYOND_OWN = np.float32(1.3)
_WHIP_REACH, _WHIP_REST = 9, 8
# Levels of 255: what coding and grain alone may change.
_NOISE = np.float32(1.0)


@dataclass(frozen=True, slots=True)
class CutSignals:
    """
    The signals of a movie, one value a frame.

    Args:
        seconds: when each frame comes, from the first.
        jump: levels of 255.
        contrast: times the jumps around it.
        mixing: times what a mix leaves unexplained; above 1 it explains more than half.
        leaving: by how many times the pictures well before and well after differ more than either side's own.
    """

    seconds: tuple[Fraction, ...]
    jump: Signal
    contrast: Signal
    mixing: Signal
    leaving: Signal


def read_signals(path: Path) -> CutSignals:
    """
    Decode a movie whole and return its signals: about 2 s for a minute of 720p.

    Raises:
        MissingMedia, UnreadableMedia: there is no such movie.
    """
    seconds, pictures = _thumbnails(path)
    jump = _jumps(pictures)
    return CutSignals(seconds, jump, _contrasts(jump), _mixings(pictures), _leavings(pictures))


def _thumbnails(path: Path) -> tuple[tuple[Fraction, ...], Thumbnails]:
    with open_media(path) as container:
        stream = picture_stream(container)
        if stream is None:
            raise UnreadableMedia(f"'{path.name}' has no moving picture.", remedy="Choose another file.")
        times: list[Fraction] = []
        small: list[NDArray[np.uint8]] = []
        try:
            for frame in container.decode(stream):
                times.append(Fraction(frame.pts or 0) * Fraction(frame.time_base or 1))
                small.append(_thumbnail(frame))
        except av.FFmpegError as error:
            raise UnreadableMedia(
                f"The picture of '{path.name}' can't be decoded.", remedy="Re-export it, or replace the file."
            ) from error
    if not small:
        raise UnreadableMedia(f"The picture of '{path.name}' can't be decoded.", remedy="Re-export it.")
    return tuple(time - times[0] for time in times), np.stack(small).astype(np.float32)


def _thumbnail(frame: av.VideoFrame) -> NDArray[np.uint8]:
    small = frame.reformat(width=_WIDE, height=_HIGH, format="yuv444p", interpolation="AREA")
    return cast("NDArray[np.uint8]", small.to_ndarray())


def _difference(one: Thumbnails, other: Thumbnails) -> Signal:
    return cast("Signal", np.abs(one - other).mean(axis=(1, 2, 3)))


def _jumps(pictures: Thumbnails) -> Signal:
    last, frames = len(pictures) - 1, np.arange(len(pictures))
    jump = np.full(len(pictures), np.inf, np.float32)
    for before in _BEFORE:
        for after in _AFTER:
            ends = pictures[np.clip(frames - before, 0, last)], pictures[np.clip(frames + after, 0, last)]
            jump = np.minimum(jump, _difference(*ends))
    jump[0] = 0
    return jump


def _contrasts(jump: Signal) -> Signal:
    around = np.zeros_like(jump)
    for distance in range(_NEAREST, _FARTHEST + 1):
        around[distance:] = np.maximum(around[distance:], jump[:-distance])
        around[:-distance] = np.maximum(around[:-distance], jump[distance:])
    return cast("Signal", jump / (_NOISE + around))


def _mixings(pictures: Thumbnails) -> Signal:
    """
    Return the best explanation of any length of dissolve around each frame; its quarters must be mixes too.

    A slow pan over something soft is a mix as well, but then the picture moves as much before and after.
    """
    best, last = np.zeros(len(pictures), np.float32), len(pictures) - 1
    for half in _HALF_DISSOLVES:
        if len(pictures) <= 2 * half:
            break
        middle = np.arange(half, len(pictures) - half)
        before, after = pictures[middle - half], pictures[middle + half]
        left: Signal = 2 * _NOISE + 2 * _difference(pictures[middle], np.float32(0.5) * (before + after))
        for offset in (-(half // 2), half // 2):
            part = np.float32((half + offset) / (2 * half))
            left = left + _difference(pictures[middle + offset], before * (1 - part) + after * part)
        across = _difference(before, after)
        own = np.maximum(
            _difference(before, pictures[np.clip(middle - 3 * half, 0, last)]),
            _difference(after, pictures[np.clip(middle + 3 * half, 0, last)]),
        )
        beyond = np.minimum(1, across / (_NOISE + own) / _BEYOND_OWN)
        best[middle] = np.maximum(best[middle], across / left * beyond)
    return best


def _leavings(pictures: Thumbnails) -> Signal:
    last, frames = len(pictures) - 1, np.arange(len(pictures))

    def at(offset: int) -> Thumbnails:
        return pictures[np.clip(frames + offset, 0, last)]

    here, there = _WHIP_REACH, _WHIP_REACH + _WHIP_REST
    own = np.maximum(_difference(at(-here), at(-there)), _difference(at(here), at(there)))
    return cast("Signal", _difference(at(-here), at(here)) / (2 * _NOISE + own))
