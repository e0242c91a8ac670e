"""
A take whose picture and sound can be measured to the millisecond, and the instrument that measures it.

Each frame of the take bears its number as twelve dark or bright blocks; the first frame of each second is a flash, and
a 1 kHz pop starts with it. What a render shows and plays is read back from the decoded file alone.

The take's own first frame bears neither: Blender's reader of AAC swallows the first 9 ms of a file, wherever its strip
lies, and would make the pop late.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import bpy
import numpy as np

WIDTH, HEIGHT, BLOCKS = 96, 54, 12
SAMPLE_RATE, POP_HERTZ, POP_SECONDS = 48_000, 1_000, 0.04


@dataclass(frozen=True)
class Measured:
    """
    What a rendered file shows and plays.

    Args:
        rate: frames a second.
        numbers: the take's frame number that each rendered frame shows; None where the picture is no take's (black).
        flashes: seconds at which the picture turns white.
        pops: seconds at which the sound sets in.
    """

    rate: Fraction
    numbers: tuple[int | None, ...]
    flashes: tuple[float, ...]
    pops: tuple[float, ...]


def write_take(
    path: Path,
    *,
    frames: int,
    rate: Fraction = Fraction(24),
    first: int = 0,
    sound: bool = True,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> Path:
    """Write a take of so many frames, numbered from ``first``, with mono AAC as long as the picture."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "crf": "12", "g": "12"})
        (video.width, video.height), video.pix_fmt = size, "yuv420p"
        audio = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono") if sound else None
        for index in range(frames):
            picture = av.VideoFrame.from_ndarray(_draw(index + first, flash=_is_flash(index, rate)), "gray")
            picture = picture.reformat(*size, format="yuv420p", dst_color_range="MPEG")
            picture.pts, picture.time_base = index, 1 / rate
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        if audio is not None:
            _write_pops(container, audio, frames / rate)
    return path


def _write_pops(container: av.container.OutputContainer, stream: av.AudioStream, seconds: Fraction) -> None:
    samples = _pops(int(seconds * SAMPLE_RATE))
    for start in range(0, len(samples), 1024):
        sound = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="fltp", layout="mono")
        sound.sample_rate, sound.pts, sound.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        container.mux(stream.encode(sound))
    container.mux(stream.encode(None))


def measure(path: Path) -> Measured:
    """Read numbers, flashes and pops back from a rendered file."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = Fraction(stream.average_rate)
        pictures = [(frame.time, frame.to_ndarray(format="gray")) for frame in container.decode(stream)]
    lit = [(time, _is_lit(picture)) for time, picture in pictures]
    flashes = [time for (_, before), (time, now) in pairwise([(0.0, False), *lit]) if now and not before]
    return Measured(rate, tuple(_read(picture) for _, picture in pictures), tuple(flashes), _onsets(path))


def prepare_scene(scene: bpy.types.Scene, rate: tuple[int, float]) -> bpy.types.Scene:
    """Make the scene as small as the take, at a rate, with levels that come out as they went in."""
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = WIDTH, HEIGHT, 100
    render.fps, render.fps_base = rate
    scene.view_settings.view_transform = "Standard"
    return scene


def render_edit(scene: bpy.types.Scene, path: Path, frames: range) -> Measured:
    """Render frames of the edit through the sequencer, as H.264 and AAC, and measure what came out."""
    render = scene.render
    scene.frame_start, scene.frame_end = frames.start, frames.stop - 1
    if hasattr(render.image_settings, "media_type"):  # from 5.0 on
        render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    render.ffmpeg.format, render.ffmpeg.codec, render.ffmpeg.audio_codec = "MPEG4", "H264", "AAC"
    render.ffmpeg.constant_rate_factor, render.ffmpeg.ffmpeg_preset = "HIGH", "REALTIME"
    render.ffmpeg.audio_mixrate = SAMPLE_RATE
    render.use_file_extension, render.filepath = False, str(path)
    bpy.ops.render.render(animation=True, scene=scene.name)
    return measure(path)


def _is_flash(index: int, rate: Fraction) -> bool:
    return index > 0 and int(index / rate) != int((index - 1) / rate)


def _draw(number: int, *, flash: bool) -> np.ndarray:
    """Return the picture: the upper half is the flash, the lower the number in binary, highest bit left."""
    picture = np.full((HEIGHT, WIDTH), 255 if flash else 40, np.uint8)
    block = WIDTH // BLOCKS
    for bit in range(BLOCKS):
        white = number >> (BLOCKS - 1 - bit) & 1
        picture[HEIGHT // 2 :, bit * block : (bit + 1) * block] = 220 if white else 60
    return picture


def _is_lit(picture: np.ndarray) -> bool:
    return bool(picture[4 : HEIGHT // 2 - 4].mean() > 150)


def _read(picture: np.ndarray) -> int | None:
    block = WIDTH // BLOCKS
    lower = picture[HEIGHT // 2 + 4 : -4]
    levels = [lower[:, bit * block + 2 : (bit + 1) * block - 2].mean() for bit in range(BLOCKS)]
    if min(levels) < 20:  # darker than any block: nothing is shown
        return None
    return int("".join("1" if level > 140 else "0" for level in levels), 2)


def _pops(count: int) -> np.ndarray:
    moments = np.arange(count) / SAMPLE_RATE % 1
    tone = 0.8 * np.sin(2 * np.pi * POP_HERTZ * moments)
    pops = np.where(moments < POP_SECONDS, tone, 0).astype(np.float32)
    pops[:SAMPLE_RATE] = 0
    return pops


def _onsets(path: Path) -> tuple[float, ...]:
    """Return when the sound rises above a quarter of its peak after at least half a pop of quiet."""
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return ()
        frames = [(frame.pts * frame.time_base, frame) for frame in container.decode(audio=0)]
        sample_rate = container.streams.audio[0].rate
    first = float(frames[0][0])
    sound = np.concatenate([frame.to_ndarray().mean(axis=0) for _, frame in frames])
    loud = np.flatnonzero(np.abs(sound) > max(0.25 * np.abs(sound).max(), 0.02))
    if not len(loud):
        return ()
    starts = loud[np.diff(loud, prepend=-sample_rate) > POP_SECONDS / 2 * sample_rate]
    return tuple(first + float(start) / sample_rate for start in starts)
