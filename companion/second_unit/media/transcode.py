"""Coding a stretch of a movie, or numbered pictures, anew: 24 frames a second, H.264, 8 bits, upright, within size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.filter import Graph

from second_unit.errors import UnreadableMedia
from second_unit.media.ahead import work_ahead
from second_unit.media.facts import MediaFacts
from second_unit.media.image import Colour, open_picture
from second_unit.media.opening import open_media, picture_stream, sound_stream
from second_unit.media.samples import Samples, read_samples
from second_unit.media.source_frames import frames_at
from second_unit.media.target import Fitted, Stretch
from second_unit.media.tone import BT2020, mapping_file, needs_mapping
from second_unit.media.writing import SAMPLE_RATE, SERVICE_RATE, MovieShape, MovieWriter, write_movie
from second_unit.timing import FrameRate

Report = Callable[[int, int], None]
# More than any picture of a reference's size takes; x264 counts in 31 bits.
MOST_BITS = 100_000_000
_TURNS = {90: "clock", 270: "cclock"}


@dataclass(frozen=True, slots=True)
class Coding:
    """
    How a movie is coded.

    Args:
        fitted: what its upright picture is scaled and padded to; even sides.
        most_bytes: how large it may become, or None.
        background: the colour of what is padded, and under transparency.
        preset, quality: x264's.
    """

    fitted: Fitted
    most_bytes: int | None = None
    background: Colour = (0, 0, 0)
    preset: str = "veryfast"
    quality: int = 19


def transcode(path: Path, stretch: Stretch, coding: Coding, to: Path, report: Report | None = None) -> None:
    """
    Code a stretch of a movie into ``to``, with its sound.

    The picture is turned upright, deinterlaced, brought to SDR, scaled, padded and made even in time; the sound keeps
    its place against it. What is decoded begins at the keyframe before the stretch.

    Raises:
        UnreadableMedia: the movie can't be decoded there.
        MediaError: ``to`` can't be written.
    """
    count = max(1, SERVICE_RATE.nearest_frame(stretch.length_seconds))
    with open_media(path) as container:
        picture = picture_stream(container)
        if picture is None:
            raise UnreadableMedia(f"'{path.name}' has no moving picture.", remedy="Choose another file.")
        frames = frames_at(container, picture, stretch.start_seconds, count, SERVICE_RATE)
        first = _first_of(frames, path)
        samples = _sound_of(path, stretch, count)
        shape = _shape(coding, count, 0 if samples is None else samples.shape[0])
        if not needs_mapping(first):
            shape = _coloured_like(shape, first)
        chain = _Chain(first, coding, to.parent)
        _write((chain.apply(frame) for frame in _with_first(first, frames)), count, shape, samples, to, report)


def transcode_pictures(
    paths: tuple[Path, ...], rate: FrameRate, coding: Coding, to: Path, report: Report | None = None
) -> None:
    """
    Code numbered pictures, one a frame at ``rate``, into a silent movie.

    Raises:
        MissingMedia, UnreadableMedia: one of the pictures isn't there or can't be read.
    """
    seconds = rate.seconds(len(paths))
    count = max(1, SERVICE_RATE.nearest_frame(seconds))
    wanted = [min(rate.floor_frame(SERVICE_RATE.seconds(number)), len(paths) - 1) for number in range(count)]
    shown = (_picture_frame(paths[index], coding.background) for index in _changes(wanted))
    first = next(shown)
    chain = _Chain(first, coding, to.parent)
    frames = _repeated((chain.apply(frame) for frame in _with_first(first, shown)), wanted)
    _write(frames, count, _shape(coding, count, 0), None, to, report)


class _Chain:
    """FFmpeg's filters from a source's frame to the coder's, set up anew where a source changes its size or format."""

    def __init__(self, first: av.VideoFrame, coding: Coding, folder: Path) -> None:
        self._coding, self._folder = coding, folder
        self._set_up(first)

    def apply(self, frame: av.VideoFrame) -> av.VideoFrame:
        if (frame.width, frame.height, frame.format.name) != self._kind:
            self._set_up(frame)
        # Frames are told apart by their order alone; equal times would make the filters drop them.
        frame.pts, frame.time_base = self._count, 1 / SERVICE_RATE.fraction
        self._count += 1
        self._graph.push(frame)
        filtered = self._graph.pull()
        if not isinstance(filtered, av.VideoFrame):
            raise UnreadableMedia("A frame came out of the filters as sound.", remedy="Please report it.")
        return filtered

    def _set_up(self, frame: av.VideoFrame) -> None:
        self._kind = (frame.width, frame.height, frame.format.name)
        self._count = 0
        self._graph = Graph()
        source = self._graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=1 / SERVICE_RATE.fraction,
        )
        last = source
        for name, options in self._steps(frame):
            step = self._graph.add(name, options)
            last.link_to(step)
            last = step
        last.link_to(self._graph.add("buffersink"))
        self._graph.configure()

    def _steps(self, frame: av.VideoFrame) -> Iterator[tuple[str, str]]:
        fitted, turned = self._coding.fitted, round(-frame.rotation) % 360
        if frame.interlaced_frame:
            yield "yadif", "mode=send_frame:deint=all"
        if turned == 180:
            yield "hflip", ""
            yield "vflip", ""
        elif turned:
            yield "transpose", _TURNS[turned]
        size = f"{fitted.scaled[0]}:{fitted.scaled[1]}:flags=bicubic"
        if needs_mapping(frame):
            matrix = "bt2020" if frame.color_primaries == BT2020 else "auto"
            yield "scale", f"{size}:in_color_matrix={matrix}"
            yield "format", "gbrp12le"
            lattice = mapping_file(int(frame.color_trc), int(frame.color_primaries), self._folder)
            yield "lut3d", f"file={_quoted(lattice)}:interp=tetrahedral"
            yield "scale", "out_color_matrix=bt709:out_range=tv"
        else:
            yield "scale", f"{size}:out_range=tv"
        yield "format", "yuv420p"
        if fitted.padded != fitted.scaled:
            red, green, blue = self._coding.background
            yield "pad", f"{fitted.padded[0]}:{fitted.padded[1]}:-1:-1:color=0x{red:02x}{green:02x}{blue:02x}"
        yield "setsar", "1"


def _write(
    frames: Iterator[av.VideoFrame],
    count: int,
    shape: MovieShape,
    samples: Samples | None,
    to: Path,
    report: Report | None,
) -> None:
    with write_movie(to, shape) as movie:
        for number, frame in enumerate(work_ahead(frames)):
            frame.pict_type = av.video.frame.PictureType.NONE
            movie.add_frame(frame)
            _add_sound(movie, samples, number)
            if report is not None and (number % 12 == 11 or number + 1 == count):
                report(number + 1, count)


def _add_sound(movie: MovieWriter, samples: Samples | None, number: int) -> None:
    if samples is not None:
        step = SAMPLE_RATE // SERVICE_RATE.numerator
        movie.add_samples(samples[:, number * step : (number + 1) * step])


def _shape(coding: Coding, count: int, channels: int) -> MovieShape:
    most_bits = None
    if coding.most_bytes is not None:
        # A tenth is left for the sound and the container.
        most_bits = int(coding.most_bytes * 8 * 0.9 / float(SERVICE_RATE.seconds(count))) - 96_000 * channels
        most_bits = min(most_bits, MOST_BITS)
    return MovieShape(
        size=coding.fitted.padded,
        channels=channels,
        preset=coding.preset,
        quality=coding.quality,
        most_bits=most_bits,
    )


def _coloured_like(shape: MovieShape, frame: av.VideoFrame) -> MovieShape:
    """Keep the source's own colour tags: its values aren't changed, so neither is their meaning."""
    return replace(
        shape,
        colorspace=int(frame.colorspace),
        color_primaries=int(frame.color_primaries),
        color_trc=int(frame.color_trc),
    )


def _sound_of(path: Path, stretch: Stretch, count: int) -> Samples | None:
    """Return the stretch's sound, moved and filled with silence so that it lies against the picture as it did."""
    with open_media(path) as container:
        picture, sound = picture_stream(container), sound_stream(container)
        if sound is None or picture is None:
            return None
        channels = min(2, sound.channels)
        offset = Fraction(picture.start_time or 0) * Fraction(picture.time_base or 1)
        offset -= Fraction(sound.start_time or 0) * Fraction(sound.time_base or 1)
    start, length = stretch.start_seconds + offset, SERVICE_RATE.seconds(count)
    silent = max(Fraction(0), -start)
    read = read_samples(
        path,
        rate=SAMPLE_RATE,
        channels=channels,
        start_seconds=max(Fraction(0), start),
        length_seconds=max(Fraction(0), length - silent),
    )
    whole = np.zeros((channels, round(length * SAMPLE_RATE)), np.float32)
    begin = round(silent * SAMPLE_RATE)
    part = read[:, : whole.shape[1] - begin]
    whole[:, begin : begin + part.shape[1]] = part
    return whole


def upright_size(facts: MediaFacts, aspect: Fraction | None) -> tuple[int, int]:
    """Return a movie's size as it is seen, its pixels made square; ``aspect`` is the shape of one as it is coded."""
    if not aspect or aspect == 1:
        return facts.width, facts.height
    if facts.rotation in {90, 270}:
        return facts.width, max(1, round(facts.height * aspect))
    return max(1, round(facts.width * aspect)), facts.height


def _picture_frame(path: Path, background: Colour) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.asarray(open_picture(path, background=background)), format="rgb24")


def _changes(wanted: list[int]) -> list[int]:
    return [index for number, index in enumerate(wanted) if number == 0 or index != wanted[number - 1]]


def _repeated(frames: Iterator[av.VideoFrame], wanted: list[int]) -> Iterator[av.VideoFrame]:
    frame = next(frames)
    for number, index in enumerate(wanted):
        if number and index != wanted[number - 1]:
            frame = next(frames)
        yield frame


def _with_first(first: av.VideoFrame, rest: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    yield first
    yield from rest


def _first_of(frames: Iterator[av.VideoFrame], path: Path) -> av.VideoFrame:
    try:
        return next(frames)
    except StopIteration as error:
        raise UnreadableMedia(
            f"The picture of '{path.name}' can't be decoded.", remedy="Re-export it, or replace the file."
        ) from error


def _quoted(path: Path) -> str:
    """Return a path as FFmpeg's filters read it: separators forward, and what has a meaning there escaped."""
    text = path.as_posix()
    for character in ("\\", "'", ":", ",", ";", "[", "]"):
        text = text.replace(character, "\\" + character)
    return text
