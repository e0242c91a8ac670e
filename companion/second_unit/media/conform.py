"""
A file of a take for hand-off or smooth motion: another frame rate, another codec, or slowed a little. Only on request.

The take itself is never changed: strips play it as it came. What is written here stands beside it under a name of its
own, says in its metadata how it was made, and has a page (JSON) that says the rest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
from av.container import OutputContainer

from second_unit.errors import MediaError, UnreadableMedia
from second_unit.media.ahead import work_ahead
from second_unit.media.conform_coding import Codec, Coder, codec_for
from second_unit.media.conform_sound import copy_sound, encode_sound
from second_unit.media.facts import MediaFacts
from second_unit.media.filtering import filtered_pictures
from second_unit.media.opening import open_media, picture_stream, sound_stream
from second_unit.media.probe import probe
from second_unit.timing import FrameRate

How = Literal["nearest", "blended", "interpolated"]
Report = Callable[[int, int], None]
MOST_SLOWED = Fraction(1, 10)

_FILTERS: dict[How, str] = {
    "nearest": "fps=fps={rate}:round=near",
    "blended": "framerate=fps={rate}:interp_start=0:interp_end=255",
    "interpolated": "minterpolate=fps={rate}:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1",
}
_TURNS = {90: ("transpose=clock",), 180: ("hflip=", "vflip="), 270: ("transpose=cclock",)}


@dataclass(frozen=True, slots=True)
class Conforming:
    """
    What is wanted.

    Args:
        rate: frames a second; None keeps the take's own.
        how: ``nearest`` repeats or drops frames, ``blended`` mixes neighbours, ``interpolated`` moves what moves.
        codec: ``h264`` shows no loss to the eye; ``prores`` is ProRes 422 HQ, ``dnxhr`` is DNxHR HQ, both in .mov;
            ``copy`` leaves picture and sound as they are, for a file that only bears its story in its metadata.
        slower: by what part of its length it is slowed, sound with it at the same pitch: 0 to 1/10.
        comment: for the metadata: how it was made.
    """

    rate: FrameRate | None = None
    how: How = "nearest"
    codec: Codec = "h264"
    slower: Fraction = Fraction(0)
    comment: str = ""


def conform_file(take: Path, to: Path, wanted: Conforming, report: Report | None = None) -> MediaFacts:
    """
    Write the conformed file, which appears when it is whole, and return what it holds.

    It has exactly as many frames as the take lasts at the new rate. Sound is copied packet by packet where picture
    and sound keep their lengths and the container takes it so; else coded anew.

    Raises:
        MissingMedia, UnreadableMedia: the take isn't there or can't be decoded.
        MediaError: it can't be written, or what is wanted can't be.
    """
    to = to.resolve()
    _check(take, to, wanted)
    facts = probe(take)
    if facts.rate is None:
        raise UnreadableMedia(f"'{take.name}' has no moving picture.", remedy="Choose a movie.")
    part = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        with av.open(str(part), "w", format=_container(to), options={"movflags": "+faststart"}) as written:
            written.metadata["title"], written.metadata["comment"] = to.stem, wanted.comment
            if wanted.codec == "copy":
                _copy(take, written)
            else:
                _encode(take, facts, written, wanted, report)
        made = probe(part)
        part.replace(to)
    except (av.FFmpegError, OSError) as error:
        raise MediaError(
            f"'{to.name}' can't be written: {getattr(error, 'strerror', None) or error}.",
            remedy="Look for free space on the disk, and whether the folder may be written.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return made


def _check(take: Path, to: Path, wanted: Conforming) -> None:
    if to.exists():
        raise MediaError(f"'{to}' is there already.", remedy="Choose another name; nothing is overwritten.")
    if not 0 <= wanted.slower <= MOST_SLOWED:
        raise MediaError(
            f"'{take.name}' can't be slowed by {float(wanted.slower):.0%}: it would show.",
            remedy="Slow it by 10% at most, or generate it again.",
        )
    if wanted.codec == "copy" and (wanted.slower or wanted.rate):
        raise MediaError("A copy keeps its rate and length.", remedy="Choose h264, prores or dnxhr to change them.")
    codec_for(wanted.codec, to)


def _container(to: Path) -> str:
    return "mov" if to.suffix.lower() == ".mov" else "mp4"


def _encode(take: Path, facts: MediaFacts, written: OutputContainer, wanted: Conforming, report: Report | None) -> None:
    own = facts.rate or FrameRate(24)
    rate = wanted.rate or own
    lasting = facts.seconds / (1 - wanted.slower)
    count = max(1, rate.nearest_frame(lasting))
    with open_media(take) as container:
        frames = _filtered(take, rate, facts, wanted)
        first = next(frames, None)
        if first is None:
            raise UnreadableMedia(f"The picture of '{take.name}' can't be decoded.", remedy="Re-export it.")
        coder = Coder(written, wanted.codec, first, rate)
        sound = sound_stream(container)
        copies = sound is not None and coder.takes_sound(sound.codec_context.name) and not wanted.slower
        # Streams are all there before the first packet is written.
        add_sound = None
        if sound is not None:
            add_sound = (
                copy_sound(take, written) if copies else encode_sound(take, written, wanted.codec, 1 - wanted.slower)
            )
        for number, frame in enumerate(_steady(first, frames, count)):
            coder.add(frame)
            if add_sound is not None:
                add_sound(rate.seconds(number + 1))
            if report is not None and (number % 12 == 11 or number + 1 == count):
                report(number + 1, count)
        coder.finish()
        if add_sound is not None:
            add_sound(None)


def _filtered(take: Path, rate: FrameRate, facts: MediaFacts, wanted: Conforming) -> Iterator[av.VideoFrame]:
    """Yield the take's frames at the new rate, made ahead in a thread of their own."""
    return work_ahead(_run_filters(take, _steps(rate, facts, wanted)), depth=24)


def _steps(rate: FrameRate, facts: MediaFacts, wanted: Conforming) -> list[str]:
    steps = list(_TURNS.get(facts.rotation, ()))
    if wanted.slower:
        steps.append(f"setpts=PTS/{float(1 - wanted.slower):.9f}")
    if rate != facts.rate or wanted.slower or facts.is_variable:
        number = rate.fraction
        steps.append(_FILTERS[wanted.how].format(rate=f"{number.numerator}/{number.denominator}"))
    steps.append(f"format=pix_fmts={Coder.PIXELS[wanted.codec]}")
    return steps


def _run_filters(take: Path, steps: list[str]) -> Iterator[av.VideoFrame]:
    with open_media(take) as container:
        stream = picture_stream(container)
        if stream is None:
            return
        yield from filtered_pictures(container, stream, steps)


def _steady(first: av.VideoFrame, rest: Iterator[av.VideoFrame], count: int) -> Iterator[av.VideoFrame]:
    """Yield exactly so many frames: what the filters swallow at the end (interpolation: one) is held instead."""
    shown = first
    for number in range(count):
        if number:
            shown = next(rest, shown)
        yield shown
    close = getattr(rest, "close", None)
    if close is not None:
        close()


def _copy(take: Path, written: OutputContainer) -> None:
    with open_media(take) as container:
        chosen = [stream for stream in (picture_stream(container), sound_stream(container)) if stream is not None]
        copies = {stream.index: written.add_stream_from_template(stream) for stream in chosen}
        for packet in container.demux(chosen):
            if packet.size and packet.dts is not None:
                packet.stream = copies[packet.stream_index]
                written.mux(packet)
