"""Cutting a movie without coding it anew, where its trim falls on keyframes."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from second_unit.catalog.capabilities import ReferenceLimits
from second_unit.media.opening import open_media, picture_stream, sound_stream
from second_unit.media.target import SAFE_BYTES, Stretch, is_within

CodedPacket: TypeAlias = "Packet[Stream]"
# A trim comes in frames of the edit: half a frame at 60 fps is as near to a keyframe as one can be.
_NEAR = Fraction(1, 120)


def takes_coding(container: InputContainer, limits: ReferenceLimits) -> bool:
    """Tell whether a movie's codecs, size, rate and container are such as the model takes, and shown upright."""
    picture, sound = picture_stream(container), sound_stream(container)
    if picture is None or "mp4" not in container.format.name.split(","):
        return False
    coder, rate = picture.codec_context, Fraction(picture.average_rate or 0)
    square = (picture.sample_aspect_ratio or 1) == 1
    return (
        coder.name == "h264"
        and coder.pix_fmt == "yuv420p"
        and square
        and (sound is None or (sound.codec_context.name in {"aac", "mp3", "mp3float"} and sound.channels <= 2))
        and is_within(coder.width, coder.height, limits)
        and (limits.least_rate or 0) <= rate <= (limits.most_rate or 1000)
        and (not limits.formats or "mp4" in limits.formats)
    )


def copy_stretch(path: Path, stretch: Stretch, limits: ReferenceLimits, to: Path) -> bool:
    """
    Write the stretch as it is coded, if it begins and ends on keyframes and every frame in it can be shown.

    Returns whether it did; where not, ``to`` isn't there.
    """
    with open_media(path) as container:
        picture, sound = picture_stream(container), sound_stream(container)
        if picture is None or not takes_coding(container, limits):
            return False
        origin = Fraction(picture.start_time or 0) * Fraction(picture.time_base or 1)
        begin, end = origin + stretch.start_seconds, origin + stretch.end_seconds
        container.seek(int((begin + _NEAR) / Fraction(picture.time_base or 1)), stream=picture)
        streams: list[Stream] = [picture] if sound is None else [picture, sound]
        packets = _packets_of(container, streams, picture, (begin, end), limits.most_bytes or SAFE_BYTES)
        if packets is None:
            return False
        # The sound rarely begins with the picture. By how much is written in ticks of the movie's own clock, which are
        # milliseconds unless it runs finer: half of one is an audible shift against another track of the same sound.
        options = {"movflags": "+faststart", "movie_timescale": "48000"}
        with av.open(str(to), "w", format="mp4", options=options) as written:
            copies = {stream.index: written.add_stream_from_template(stream) for stream in streams}
            for packet in packets:
                base = Fraction(packet.time_base)
                # A movie that starts on its first packet plays everywhere alike; before it lies nothing.
                packet.pts = round(Fraction(packet.pts or 0) - begin / base)
                packet.dts = None if packet.dts is None else round(Fraction(packet.dts) - begin / base)
                packet.stream = copies[packet.stream_index]
                written.mux(packet)
    return True


def _packets_of(
    container: InputContainer,
    streams: list[Stream],
    picture: Stream,
    span: tuple[Fraction, Fraction],
    most_bytes: int,
) -> list[CodedPacket] | None:
    """Return the packets of a stretch, or None where it doesn't begin and end on keyframes or grows too large."""
    begin, end = span
    kept: list[CodedPacket] = []
    size, ended = 0, False
    for packet in container.demux(streams):
        if packet.pts is None or packet.size == 0:
            continue
        moment = Fraction(packet.pts) * Fraction(packet.time_base)
        if packet.stream is picture and not ended:
            is_first = not any(each.stream is picture for each in kept)
            if not _may_stand(packet, moment, span, is_first=is_first):
                return None
            ended = moment >= end - _NEAR
        if begin - _NEAR <= moment < end - _NEAR:
            kept.append(packet)
            size += packet.size
        if size > most_bytes:
            return None
        if ended and moment > end + 1:
            break
    return kept if _is_even(kept, picture) else None


def _may_stand(packet: CodedPacket, moment: Fraction, span: tuple[Fraction, Fraction], *, is_first: bool) -> bool:
    """Tell whether a picture's packet may stand where it does: the first, and the one after the end, are keyframes."""
    begin, end = span
    if packet.is_discard or moment < begin - _NEAR:
        return False
    if is_first:
        return packet.is_keyframe and abs(moment - begin) <= _NEAR
    return packet.is_keyframe or moment < end - _NEAR


def _is_even(packets: list[CodedPacket], picture: Stream) -> bool:
    """Tell whether the frames stand at even distances, with none missing between them."""
    ticks = sorted(packet.pts or 0 for packet in packets if packet.stream is picture)
    gaps = [after - before for before, after in pairwise(ticks)]
    return bool(gaps) and max(gaps) - min(gaps) <= max(1, min(gaps) // 8)
