"""
What a media file holds: counted, not guessed.

A container's own frame count and length may be wrong or missing, so every packet is read (never decoded): about a
second for an hour of video. One frame is decoded, which proves that the picture can be and tells how it is turned.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from second_unit.errors import MissingMedia, UnreadableMedia
from second_unit.media.facts import MediaFacts
from second_unit.media.opening import open_media, picture_stream, sound_stream
from second_unit.timing import FrameRate


@dataclass
class _Tally:
    """The packets of one stream: when each shows, and when the last ends, in the stream's ticks."""

    ticks: list[int] = field(default_factory=list)
    end: int | None = None

    def add(self, tick: int, duration: int) -> None:
        self.ticks.append(tick)
        self.end = max(self.end if self.end is not None else tick, tick + duration)


def probe(path: Path, *, strip: str | None = None) -> MediaFacts:
    """
    Return what a movie, sound or picture file holds.

    A picture file counts as one frame that lasts no time. Cover art in a sound file is no picture.

    Args:
        path: the file.
        strip: the strip it belongs to, named in errors.

    Raises:
        MissingMedia: there is no such file.
        UnreadableMedia: it holds neither picture nor sound that can be decoded.
    """
    with open_media(path, strip=strip) as container:
        picture, sound = picture_stream(container), sound_stream(container)
        if picture is None and sound is None:
            raise UnreadableMedia(
                f"'{path.name}' holds neither picture nor sound.", remedy="Choose another file.", strip=strip
            )
        rotation = _first_frame_rotation(container, picture, path, strip) if picture is not None else 0
        tallies = _count_packets(container, picture, sound)
        return _facts(container, picture, sound, tallies, rotation)


def fingerprint_media(path: Path) -> str:
    """Return the SHA-256 of a file, 64 hexadecimal digits; MissingMedia where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise MissingMedia(f"The file '{path}' isn't there.", remedy="Find it, or remove its strip.") from error


def _first_frame_rotation(container: InputContainer, picture: VideoStream, path: Path, strip: str | None) -> int:
    try:
        frame = next(container.decode(picture))
        container.seek(0)
    except (StopIteration, av.FFmpegError) as error:
        raise UnreadableMedia(
            f"The picture of '{path.name}' can't be decoded.", remedy="Re-export it, or replace the file.", strip=strip
        ) from error
    # FFmpeg's display matrix counts counter-clockwise.
    return round(-frame.rotation) % 360


def _count_packets(
    container: InputContainer, picture: VideoStream | None, sound: AudioStream | None
) -> dict[int, _Tally]:
    streams = [stream for stream in (picture, sound) if stream is not None]
    tallies = {stream.index: _Tally() for stream in streams}
    for packet in container.demux(streams):
        # Edit lists make players drop packets before the first shown frame; they are no frames of the movie.
        if packet.size == 0 or packet.is_discard:
            continue
        tick = packet.pts if packet.pts is not None else packet.dts
        if tick is not None:
            tallies[packet.stream_index].add(tick, packet.duration or 0)
    return tallies


def _facts(
    container: InputContainer,
    picture: VideoStream | None,
    sound: AudioStream | None,
    tallies: dict[int, _Tally],
    rotation: int,
) -> MediaFacts:
    audio_seconds = None
    facts: dict[str, object] = {"container": container.format.name}
    if sound is not None:
        audio_seconds = _length(tallies[sound.index], Fraction(sound.time_base or 1))
        facts |= {
            "audio_seconds": audio_seconds,
            "sample_rate": sound.sample_rate,
            "channels": sound.channels,
            "audio_codec": sound.codec_context.name,
        }
    if picture is None:
        return MediaFacts.model_validate(facts | {"seconds": audio_seconds or Fraction(0)})
    if sound is not None:
        facts["audio_delay_seconds"] = _start(sound, tallies) - _start(picture, tallies)
    return MediaFacts.model_validate(facts | _picture_facts(picture, tallies[picture.index], rotation))


def _start(stream: VideoStream | AudioStream, tallies: dict[int, _Tally]) -> Fraction:
    """Return when a stream's first packet is shown or heard."""
    return min(tallies[stream.index].ticks, default=0) * Fraction(stream.time_base or 1)


def _picture_facts(picture: VideoStream, tally: _Tally, rotation: int) -> dict[str, object]:
    frames, base = len(tally.ticks), Fraction(picture.time_base or 1)
    gaps = _gaps(tally.ticks)
    tick_gap = median(gaps) if gaps else 0
    lasting = _length(tally, base)
    if gaps and tally.end is not None and tally.end <= max(tally.ticks):  # containers that keep no packet durations
        lasting += Fraction(tick_gap) * base
    is_still = _holds_pictures(picture)
    turned = rotation in {90, 270}
    width, height = picture.codec_context.width, picture.codec_context.height
    # Half a tick of rounding either way is no unevenness: 29.97 fps in milliseconds alternates 33 and 34.
    uneven = any(abs(gap - tick_gap) > max(1, tick_gap / 4) for gap in gaps)
    return {
        "seconds": Fraction(0) if is_still else lasting,
        "frames": 1 if is_still else frames,
        "rate": None if is_still else _rate(picture, frames, lasting, is_variable=uneven),
        "width": height if turned else width,
        "height": width if turned else height,
        "codec": picture.codec_context.name,
        "rotation": rotation,
        "pixel_format": picture.codec_context.pix_fmt or "",
        "is_variable": uneven,
    }


def _holds_pictures(picture: VideoStream) -> bool:
    name = picture.container.format.name
    return name == "image2" or name.endswith("_pipe")


def _gaps(ticks: list[int]) -> list[int]:
    ordered = sorted(ticks)
    return [after - before for before, after in pairwise(ordered)]


def _length(tally: _Tally, base: Fraction) -> Fraction:
    if tally.end is None:
        return Fraction(0)
    return Fraction(tally.end - min(tally.ticks)) * base


def _rate(picture: VideoStream, frames: int, lasting: Fraction, *, is_variable: bool) -> FrameRate | None:
    told = picture.average_rate or picture.guessed_rate
    counted = Fraction(frames) / lasting if lasting else None
    if counted is None or (told and not is_variable and abs(counted - told) < told / 200):
        return FrameRate.from_number(Fraction(told)) if told else None
    return FrameRate.from_number(counted)
