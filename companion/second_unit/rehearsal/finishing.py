"""
The last touches on a rendered movie: the codecs that a service returns, a silent track, a hole that makes it large.

Seedance returns H.264 8-bit in MP4; QuickTime on request as H.264 4:4:4 with PCM; and 10-bit H.265 for 4k (2.0) and
1080p (2.5) (facts of 2026-11-22, section 3.1).
"""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from second_unit.rehearsal.tasks import FRAME_RATE, Commission

_PICTURES = {
    "h264": ("libx264", "yuv420p", {"preset": "ultrafast", "crf": "20"}),
    "h264 444": ("libx264", "yuv444p", {"preset": "ultrafast", "crf": "20"}),
    "h265": ("libx265", "yuv420p10le", {"preset": "ultrafast", "crf": "24", "x265-params": "log-level=none"}),
}


def needs_finishing(commission: Commission) -> bool:
    """Whether a rendered H.264 and AAC movie is not yet what was commissioned."""
    return commission.picture != "h264" or commission.container == "mov" or commission.silent


def finish(commission: Commission, rendered: Path, to: Path) -> None:
    """Write the rendered movie to ``to`` with the commission's codecs; its frames and their times stay as they are."""
    with av.open(str(rendered)) as source, av.open(str(to), "w", format=commission.container) as target:
        picture = _add_picture(target, source, commission)
        sound = _add_sound(target, commission) if source.streams.audio else None
        streams = [source.streams.video[0], *source.streams.audio[:1]]
        for frame in source.decode(streams):
            if isinstance(frame, av.VideoFrame):
                frame.pict_type = av.video.frame.PictureType.NONE
                target.mux(picture.encode(frame))
            elif sound is not None and isinstance(frame, av.AudioFrame):
                target.mux(sound.encode(_silenced(frame) if commission.silent else frame))
        target.mux(picture.encode(None))
        if sound is not None:
            target.mux(sound.encode(None))


def pad(movie: Path, size_bytes: int) -> None:
    """
    Make a movie's file so many bytes large by a ``free`` box at its end, as a hole that takes no room on disk.

    The box has a 64-bit size (ISO/IEC 14496-12, 4.2: size 1, then the type, then the large size).
    """
    had = movie.stat().st_size
    if size_bytes <= had + 16:
        return
    with movie.open("ab") as file:
        file.write(struct.pack(">I4sQ", 1, b"free", size_bytes - had))
        file.truncate(size_bytes)


def _add_picture(target: OutputContainer, source: InputContainer, commission: Commission) -> VideoStream:
    codec, pixel_format, options = _PICTURES[commission.picture]
    stream = target.add_stream(codec, rate=FRAME_RATE, options=options)
    if not isinstance(stream, VideoStream):
        raise TypeError(f"{codec} makes no picture.")
    shown = source.streams.video[0]
    stream.width, stream.height, stream.pix_fmt = shown.width, shown.height, pixel_format
    return stream


def _add_sound(target: OutputContainer, commission: Commission) -> AudioStream:
    codec = "pcm_s16le" if commission.container == "mov" else "aac"
    stream = target.add_stream(codec, rate=48_000, layout="mono")
    if not isinstance(stream, AudioStream):
        raise TypeError(f"{codec} makes no sound.")
    return stream


def _silenced(frame: av.AudioFrame) -> av.AudioFrame:
    quiet = av.AudioFrame.from_ndarray(
        np.zeros_like(frame.to_ndarray()), format=frame.format.name, layout=frame.layout.name
    )
    quiet.sample_rate, quiet.pts, quiet.time_base = frame.sample_rate, frame.pts, frame.time_base
    return quiet
