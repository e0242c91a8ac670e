"""The sound of conformed files: copied packet by packet, or coded anew, slowed where the picture is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias, cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from second_unit.errors import UnreadableMedia
from second_unit.media.conform_coding import Codec
from second_unit.media.filtering import filtered_sound
from second_unit.media.opening import open_media, sound_stream

SoundPacket: TypeAlias = "av.Packet[AudioStream]"
AddSound = Callable[[Fraction | None], None]
_BLOCK = 1024


def copy_sound(take: Path, written: OutputContainer) -> AddSound:
    """Return what writes the take's own packets up to a moment, so that they lie beside their pictures; None: all."""
    packets = _packets(take)
    first = next(packets)
    stream, waiting = written.add_stream_from_template(first.stream), [first]

    def add(until: Fraction | None) -> None:
        while True:
            packet = waiting.pop() if waiting else next(packets, None)
            if packet is None:
                return
            if until is not None and Fraction(packet.pts or 0) * Fraction(packet.time_base) > until:
                waiting.append(packet)
                return
            packet.stream = stream
            written.mux(packet)

    return add


def encode_sound(take: Path, written: OutputContainer, codec: Codec, tempo: Fraction) -> AddSound:
    """
    Return what codes the take's sound up to a moment: AAC beside H.264, PCM of 24 bits beside the others.

    Args:
        tempo: below 1 slows it, at the same pitch.
    """
    with open_media(take) as container:
        sound = sound_stream(container)
        if sound is None:
            raise UnreadableMedia(f"'{take.name}' has no sound.", remedy="Choose another file.")
        rate, layout = sound.rate, sound.layout.name
    name = "aac" if codec == "h264" else "pcm_s24le"
    stream = cast("AudioStream", written.add_stream(name, rate=rate, layout=layout))
    if name == "aac":
        stream.codec_context.bit_rate = 320_000
    frames = _frames(take, tempo, "fltp" if name == "aac" else "s32")
    state = {"samples": 0}

    def add(until: Fraction | None) -> None:
        while until is None or Fraction(state["samples"], rate) < until:
            frame = next(frames, None)
            if frame is None:
                break
            frame.pts, frame.time_base = state["samples"], Fraction(1, rate)
            state["samples"] += frame.samples
            written.mux(stream.encode(frame))
        if until is None:
            written.mux(stream.encode(None))

    return add


def _packets(take: Path) -> Iterator[SoundPacket]:
    with open_media(take) as container:
        stream = sound_stream(container)
        if stream is None:
            return
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None:
                yield packet


def _frames(take: Path, tempo: Fraction, form: str) -> Iterator[av.AudioFrame]:
    with open_media(take) as container:
        stream = sound_stream(container)
        if stream is None:
            return
        # Sound that starts after its picture gets the silence that stood for it.
        steps = ["aresample=async=1:first_pts=0", f"aformat=sample_fmts={form}"]
        if tempo != 1:
            steps.insert(1, f"atempo={float(tempo):.9f}")
        yield from filtered_sound(container, stream, [*steps, f"asetnsamples=n={_BLOCK}:p=0"])
