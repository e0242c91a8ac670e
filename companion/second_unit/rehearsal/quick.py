"""
A plain clip, quickly: right size, right number of frames, cuts and sync pops, one flat colour a shot.

For load tests. What the rehearsal server otherwise returns is rendered by the animatic.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from second_unit.rehearsal.panels import Panel
from second_unit.rehearsal.tasks import FRAME_RATE, Commission

SAMPLE_RATE = 48_000
_SAMPLES_A_FRAME = SAMPLE_RATE // FRAME_RATE


def render_quick(commission: Commission, panels: Sequence[Panel], to: Path) -> None:
    """Write the clip to ``to`` as H.264 and mono AAC; each panel's first frame is white, with a 1 kHz pop under it."""
    with av.open(str(to), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video = _video_stream(container, commission)
        audio = _audio_stream(container) if commission.audio else None
        for number, panel in _panel_of_each_frame(panels):
            frame = _frame(commission, panel, flash=commission.sync_pops and number == panels[panel].start)
            frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
            container.mux(video.encode(frame))
            if audio is not None:
                pops = commission.sync_pops and not commission.silent and number == panels[panel].start
                container.mux(audio.encode(_sound(number, pops=pops)))
        container.mux(video.encode(None))
        if audio is not None:
            container.mux(audio.encode(None))


def _video_stream(container: OutputContainer, commission: Commission) -> VideoStream:
    stream = container.add_stream("libx264", rate=FRAME_RATE, options={"preset": "ultrafast", "crf": "30"})
    stream.width, stream.height, stream.pix_fmt = commission.width, commission.height, "yuv420p"
    return stream


def _audio_stream(container: OutputContainer) -> AudioStream:
    return container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")


def _panel_of_each_frame(panels: Sequence[Panel]) -> Iterator[tuple[int, int]]:
    for index, panel in enumerate(panels):
        for number in range(panel.start, panel.end):
            yield number, index


def _frame(commission: Commission, panel: int, *, flash: bool) -> av.VideoFrame:
    red, green, blue = (1.0, 1.0, 1.0) if flash else colorsys.hsv_to_rgb((panel * 0.381966) % 1.0, 0.55, 0.6)
    luma = round(16 + 65.5 * red + 128.6 * green + 25.0 * blue)
    blue_shift = round(128 - 37.8 * red - 74.2 * green + 112.0 * blue)
    red_shift = round(128 + 112.0 * red - 93.8 * green - 18.2 * blue)
    frame = av.VideoFrame(commission.width, commission.height, "yuv420p")
    for plane, level in zip(frame.planes, (luma, blue_shift, red_shift), strict=True):
        plane.update(bytes([level]) * plane.buffer_size)
    return frame


def _sound(number: int, *, pops: bool) -> av.AudioFrame:
    times = np.arange(_SAMPLES_A_FRAME) / SAMPLE_RATE
    wave = (0.5 * np.sin(2 * np.pi * 1000 * times) if pops else np.zeros(_SAMPLES_A_FRAME)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="fltp", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    frame.pts, frame.time_base = number * _SAMPLES_A_FRAME, Fraction(1, SAMPLE_RATE)
    return frame
