"""
Whether what came back is what was ordered, found by decoding all of it.

A download may stop early, a proxy may answer with a page, a service may forget the sound. All of that is found here,
before the take is named and the job called ready.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import NoReturn

import av

from second_unit.errors import BrokenTake, MediaError, TimelineError
from second_unit.media.facts import MediaFacts
from second_unit.media.opening import open_media, picture_stream, sound_stream
from second_unit.media.probe import probe
from second_unit.plan import GenerationRequest

CONTAINERS = {"mov", "mp4", "matroska", "webm"}


def verify_take(
    path: Path,
    request: GenerationRequest,
    *,
    expects_audio: bool | None = None,
    expected_seconds: float | None = None,
    short_seconds: float = 0.45,
    long_seconds: float = 2.0,
    job: str | None = None,
) -> MediaFacts:
    """
    Check a downloaded take whole, and return what it holds.

    The container must be one of :data:`CONTAINERS` with a moving picture; every frame must decode without damage, as
    many as the container says it holds; its length must be what was ordered; sound must be there where it was ordered,
    must decode to its end, and must last as long as the picture to within half a second. Sound that wasn't ordered is
    no fault, nor is another size in pixels: with an adaptive ratio the service chooses it.

    Args:
        path: the file, under whatever temporary name.
        request: what was ordered.
        expects_audio: what the service says it made; None goes by the order.
        expected_seconds: what the service says it made; None goes by the order.
        short_seconds: how much may be missing. Edited takes of Seedance 2.5 may be 0.4 s short.
        long_seconds: how much may be over. Services return a frame more than ``24 · seconds``, some half a second.
        job: named in the error.

    Raises:
        BrokenTake: with what is wrong, and what was expected.
    """
    try:
        facts = probe(path)
        missing_frames = _decode_everything(path, facts)
    except (TimelineError, av.FFmpegError, _DamagedFrameError) as error:
        _refuse(f"it can't be read to its end ({_reason(error)})", job)
    if not CONTAINERS & set(facts.container.split(",")):
        _refuse(f"it is '{facts.container}', not a movie", job)
    if facts.frames < 2:
        _refuse("it has no moving picture", job)
    if missing_frames > 0:
        _refuse(f"it breaks off {missing_frames} frames before its end", job)
    ordered = Fraction(request.duration_seconds if expected_seconds is None else expected_seconds)
    _check_length(facts, ordered, Fraction(short_seconds), Fraction(long_seconds), job)
    _check_sound(facts, expected=request.audio if expects_audio is None else expects_audio, job=job)
    return facts


class _DamagedFrameError(MediaError):
    """A frame was decoded only in part."""


def _refuse(reason: str, job: str | None) -> NoReturn:
    raise BrokenTake(
        f"The take is not what was ordered: {reason}.",
        remedy="Download it again while the service keeps it.",
        job=job,
        charged=None,
        retry=True,
    )


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or getattr(error, "message", None) or str(error)


def _decode_everything(path: Path, facts: MediaFacts) -> int:
    """Decode all picture and sound; return how many frames the container tells of and doesn't hold."""
    with open_media(path) as container:
        picture, sound = picture_stream(container), sound_stream(container)
        streams = [stream for stream in (picture, sound) if stream is not None]
        for stream in streams:
            stream.codec_context.options = {"err_detect": "explode"}
        frames = samples = packets = 0
        for packet in container.demux(streams):
            packets += packet.size > 0 and packet.stream is picture
            for frame in packet.decode():
                if getattr(frame, "is_corrupt", False):
                    raise _DamagedFrameError("a frame is damaged")
                if isinstance(frame, av.VideoFrame):
                    frames += 1
                elif isinstance(frame, av.AudioFrame):
                    samples += frame.samples
        if frames < facts.frames:
            raise _DamagedFrameError(f"{facts.frames - frames} of {facts.frames} frames don't decode")
        if sound is not None and samples == 0:
            raise _DamagedFrameError("its sound doesn't decode")
        return picture.frames - packets if picture is not None else 0


def _check_length(facts: MediaFacts, ordered: Fraction, short: Fraction, long: Fraction, job: str | None) -> None:
    if facts.seconds < ordered - short:
        _refuse(f"it lasts {float(facts.seconds):.2f} s of the {float(ordered):g} s ordered", job)
    if facts.seconds > ordered + long:
        _refuse(f"it lasts {float(facts.seconds):.2f} s where {float(ordered):g} s were ordered", job)


def _check_sound(facts: MediaFacts, *, expected: bool, job: str | None) -> None:
    if not expected:
        return
    if facts.audio_seconds is None:
        _refuse("its sound is missing", job)
    if facts.audio_seconds < facts.seconds - Fraction(1, 2):
        _refuse(f"its sound lasts {float(facts.audio_seconds):.2f} s, its picture {float(facts.seconds):.2f} s", job)
