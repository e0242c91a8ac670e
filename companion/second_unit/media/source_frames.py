"""The frames of a movie's stretch at another, constant rate: what is on screen at each moment."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from second_unit.media.opening import decode_picture
from second_unit.timing import FrameRate

# Milliseconds of a Matroska file round a frame's time by half of one; no frame is shorter than 8.
_ROUNDING = Fraction(1, 500)
# Where a seek lands after the wanted frame (MPEG-TS has no index), it is tried so much earlier, at last from the start.
_STEPS_BACK = (Fraction(0), Fraction(2), Fraction(12), Fraction(10**9))


def frames_at(
    container: InputContainer, picture: VideoStream, start_seconds: Fraction, count: int, rate: FrameRate
) -> Iterator[av.VideoFrame]:
    """
    Yield ``count`` frames: for each moment ``start_seconds + n / rate`` the frame that is on screen then.

    Seconds count from the movie's first frame. Frames of uneven length become even ones so. Where the movie ends
    earlier its last frame is repeated; where it holds no frame, nothing is yielded. Only what lies after the keyframe
    before the start is decoded.
    """
    frames = _decode_from(container, picture, start_seconds)
    current = next(frames, None)
    following = next(frames, None)
    origin = _origin(picture)
    for number in range(count):
        moment = start_seconds + rate.seconds(number) + _ROUNDING
        while following is not None and _time_of(following) - origin <= moment:
            current, following = following, next(frames, None)
        if current is None:
            return
        yield current


def _decode_from(container: InputContainer, picture: VideoStream, start: Fraction) -> Iterator[av.VideoFrame]:
    """Yield the frames from the one on screen at ``start``, or from one before it."""
    if start <= 0:
        yield from decode_picture(container, picture)
        return
    base, origin = Fraction(picture.time_base or 1), _origin(picture)
    for back in _STEPS_BACK:
        wanted = max(Fraction(0), start - back)
        container.seek(int((origin + wanted) / base), stream=picture)
        frames = decode_picture(container, picture)
        first = next(frames, None)
        if first is not None and (_time_of(first) - origin <= start + _ROUNDING or wanted == 0):
            yield first
            yield from frames
            return


def _origin(picture: VideoStream) -> Fraction:
    return Fraction(picture.start_time or 0) * Fraction(picture.time_base or 1)


def _time_of(frame: av.VideoFrame) -> Fraction:
    return Fraction(frame.pts or 0) * Fraction(frame.time_base or 1)
