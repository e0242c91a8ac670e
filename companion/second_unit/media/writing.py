"""Writing a movie: H.264 and AAC in an MP4 that a browser starts at once, under a temporary name until it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer

from second_unit.errors import MediaError
from second_unit.media.samples import LAYOUTS, Samples
from second_unit.timing import FrameRate

SAMPLE_RATE = 48_000
SERVICE_RATE = FrameRate(24)
_AUDIO_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class MovieShape:
    """
    What kind of movie is written.

    Args:
        size: in pixels, both even.
        rate: frames a second.
        channels: of the sound, 1 or 2; 0 for none.
        preset: x264's: how much time it takes for how small a file.
        quality: x264's constant rate factor; 18 shows no loss, 23 little.
        most_bits: a second; None leaves it to the quality.
        title: in its metadata.
        color_range, colorspace, color_primaries, color_trc: FFmpeg's numbers; BT.709 at video levels by default.
    """

    size: tuple[int, int]
    rate: FrameRate = SERVICE_RATE
    channels: int = 2
    preset: str = "superfast"
    quality: int = 20
    most_bits: int | None = None
    title: str = ""
    color_range: int = 1
    colorspace: int = 1
    color_primaries: int = 1
    color_trc: int = 1


class MovieWriter:
    """
    Takes frames and samples in step and writes them; :func:`write_movie` opens one.

    Frames are counted from 0 and given their times here, whatever they bore before.
    """

    def __init__(self, container: OutputContainer, shape: MovieShape) -> None:
        self._container, self._shape = container, shape
        self._frames = self._played = 0
        self._waiting: Samples = np.zeros((max(1, shape.channels), 0), np.float32)
        self._picture = container.add_stream("libx264", rate=shape.rate.fraction)
        self._picture.width, self._picture.height = shape.size
        self._picture.pix_fmt = "yuv420p"
        coder = self._picture.codec_context
        coder.time_base, coder.thread_type = 1 / shape.rate.fraction, "AUTO"
        coder.gop_size = shape.rate.nominal
        coder.options = _x264_options(shape)
        coder.color_range, coder.colorspace = shape.color_range, shape.colorspace
        coder.color_primaries, coder.color_trc = shape.color_primaries, shape.color_trc
        self._sound = (
            container.add_stream("aac", rate=SAMPLE_RATE, layout=LAYOUTS[shape.channels]) if shape.channels else None
        )
        if self._sound is not None:
            self._sound.codec_context.bit_rate = 96_000 * shape.channels
        container.metadata["title"] = shape.title

    def add_frame(self, frame: av.VideoFrame) -> None:
        """Add the next frame."""
        frame.pts, frame.time_base = self._frames, 1 / self._shape.rate.fraction
        self._frames += 1
        self._container.mux(self._picture.encode(frame))

    def add_samples(self, samples: Samples) -> None:
        """Add the next samples, shape ``(channels, samples)`` at ``SAMPLE_RATE``."""
        self._waiting = np.concatenate((self._waiting, samples), axis=1)
        while self._waiting.shape[1] >= _AUDIO_BLOCK:
            self._encode(self._waiting[:, :_AUDIO_BLOCK])
            self._waiting = self._waiting[:, _AUDIO_BLOCK:]

    def finish(self) -> None:
        """Write what the coders still hold."""
        if self._sound is not None:
            if self._waiting.shape[1]:
                self._encode(self._waiting)
            self._container.mux(self._sound.encode(None))
        self._container.mux(self._picture.encode(None))

    def _encode(self, block: Samples) -> None:
        if self._sound is None:
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout=self._sound.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._played, Fraction(1, SAMPLE_RATE)
        self._played += block.shape[1]
        self._container.mux(self._sound.encode(frame))


@contextmanager
def write_movie(to: Path, shape: MovieShape) -> Iterator[MovieWriter]:
    """
    Write a movie into ``to``, which appears when it is whole; one that is stopped leaves nothing.

    Raises:
        MediaError: it can't be written.
    """
    part = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            writer = MovieWriter(container, shape)
            yield writer
            writer.finish()
        part.replace(to)
    except (av.FFmpegError, OSError) as error:
        raise MediaError(
            f"The movie '{to.name}' can't be written: {getattr(error, 'strerror', None) or error}.",
            remedy="Look for free space on the disk, and whether the folder may be written.",
            retry=True,
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _x264_options(shape: MovieShape) -> dict[str, str]:
    options = {"preset": shape.preset, "crf": str(shape.quality)}
    if shape.most_bits is not None:
        options |= {"maxrate": str(shape.most_bits), "bufsize": str(shape.most_bits)}
    return options
