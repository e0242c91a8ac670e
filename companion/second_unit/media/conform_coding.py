"""The coders of conformed files: what each is for, what it wants, and which sound stands beside it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal, cast

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from second_unit.errors import MediaError
from second_unit.timing import FrameRate

Codec = Literal["h264", "prores", "dnxhr", "copy"]
SUFFIXES: dict[Codec, tuple[str, ...]] = {
    "h264": (".mp4", ".mov"),
    "prores": (".mov",),
    "dnxhr": (".mov",),
    "copy": (".mp4", ".mov"),
}


def codec_for(codec: Codec, to: Path) -> None:
    """
    See that a codec stands in the container of that name.

    Raises:
        MediaError: it doesn't.
    """
    if to.suffix.lower() not in SUFFIXES[codec]:
        raise MediaError(f"'{to.name}': {codec} is written into {' or '.join(SUFFIXES[codec])}.", remedy="Name it so.")


class Coder:
    """Codes frames of one codec, counted from 0; times they bore before don't count."""

    # Sampling that each codec's usual profile takes: 8 bits of 4:2:0, 10 of 4:2:2, 8 of 4:2:2.
    PIXELS: ClassVar[dict[Codec, str]] = {"h264": "yuv420p", "prores": "yuv422p10le", "dnxhr": "yuv422p"}
    _NAMES: ClassVar[dict[Codec, str]] = {"h264": "libx264", "prores": "prores_ks", "dnxhr": "dnxhd"}
    # x264 at 16 is lossless to the eye; ProRes profile 3 is 422 HQ.
    OPTIONS: ClassVar[dict[Codec, dict[str, str]]] = {
        "h264": {"preset": "medium", "crf": "16"},
        "prores": {"profile": "3", "vendor": "apl0"},
        "dnxhr": {"profile": "dnxhr_hq"},
    }

    def __init__(self, written: OutputContainer, codec: Codec, first: av.VideoFrame, rate: FrameRate) -> None:
        self._written, self._codec, self._frames = written, codec, 0
        self._time_base = 1 / rate.fraction
        added = written.add_stream(self._NAMES[codec], rate=rate.fraction, options=self.OPTIONS[codec])
        stream = cast("VideoStream", added)
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, self.PIXELS[codec]
        context = stream.codec_context
        context.time_base, context.thread_type = self._time_base, "AUTO"
        if codec == "h264":
            context.gop_size = rate.nominal
        context.color_range, context.colorspace = first.color_range, first.colorspace
        context.color_primaries, context.color_trc = first.color_primaries, first.color_trc
        self._stream = stream

    def takes_sound(self, codec: str) -> bool:
        """Tell whether sound so coded may be copied beside this picture: editors want PCM beside ProRes and DNxHR."""
        return codec in ({"aac", "mp3", "mp3float"} if self._codec == "h264" else {"pcm_s16le", "pcm_s24le"})

    def add(self, frame: av.VideoFrame) -> None:
        """Add the next frame."""
        frame.pts, frame.time_base = self._frames, self._time_base
        frame.pict_type = av.video.frame.PictureType.NONE
        self._frames += 1
        self._written.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Write what the coder still holds."""
        self._written.mux(self._stream.encode(None))
