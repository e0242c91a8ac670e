"""Sound as samples: decoding a stretch of any file, at any rate, into an array."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray

from second_unit.errors import UnreadableMedia
from second_unit.media.opening import open_media, sound_stream

Samples = NDArray[np.float32]
LAYOUTS: dict[int, Literal["mono", "stereo"]] = {1: "mono", 2: "stereo"}
# A codec's first packets after a seek may depend on ones before: decoding starts a little early, and drops that.
_RUN_UP_SECONDS = Fraction(1, 4)


def read_samples(
    path: Path,
    *,
    rate: int = 48_000,
    channels: int = 2,
    start_seconds: Fraction = Fraction(0),
    length_seconds: Fraction | None = None,
    strip: str | None = None,
) -> Samples:
    """
    Return a stretch of a file's sound, shape ``(channels, samples)``, -1 to 1.

    Only the stretch is decoded: the reader seeks, however long the file is.

    Args:
        path: any file with sound.
        rate: samples a second wanted.
        channels: 1 or 2; 5.1 is mixed down as FFmpeg does, centre and surrounds 3 dB lower.
        start_seconds: from the file's first sample.
        length_seconds: None reads to the end. Where the file is shorter, so is the array.
        strip: named in errors.

    Raises:
        MissingMedia, UnreadableMedia: there is no such file, or no sound in it.
    """
    with open_media(path, strip=strip) as container:
        sound = sound_stream(container)
        if sound is None:
            raise UnreadableMedia(f"'{path.name}' has no sound.", remedy="Choose another file.", strip=strip)
        base = Fraction(sound.time_base or 1)
        origin = Fraction(sound.start_time or 0) * base
        if start_seconds > _RUN_UP_SECONDS:
            container.seek(int((origin + start_seconds - _RUN_UP_SECONDS) / base), stream=sound)
        end = None if length_seconds is None else round((start_seconds + length_seconds) * rate)
        try:
            first, joined = _decode_until(container.decode(sound), origin, rate, channels, end)
        except av.FFmpegError as error:
            raise UnreadableMedia(
                f"The sound of '{path.name}' can't be decoded.", remedy="Re-export it.", strip=strip
            ) from error
    begin = max(round(start_seconds * rate) - first, 0)
    return np.ascontiguousarray(joined[:, begin : None if end is None else max(end - first, 0)])


def _decode_until(
    frames: Iterator[av.AudioFrame], origin: Fraction, rate: int, channels: int, end: int | None
) -> tuple[int, Samples]:
    """Return which sample of the file the array starts on, and the samples up to ``end``, or somewhat beyond."""
    resampler = av.AudioResampler(format="fltp", layout=LAYOUTS[channels], rate=rate)
    pieces: list[Samples] = []
    first: int | None = None
    for frame in frames:
        if first is None:
            first = max(round((Fraction(frame.pts or 0) * Fraction(frame.time_base or 0) - origin) * rate), 0)
        pieces += _resampled(resampler, frame)
        if end is not None and first + sum(piece.shape[1] for piece in pieces) >= end:
            break
    else:
        pieces += _resampled(resampler, None)
    return first or 0, np.concatenate(pieces, axis=1) if pieces else np.zeros((channels, 0), np.float32)


def _resampled(resampler: av.AudioResampler, frame: av.AudioFrame | None) -> list[Samples]:
    return [piece.to_ndarray().astype(np.float32, copy=False) for piece in resampler.resample(frame)]
