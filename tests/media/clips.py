"""Movies whose every frame tells its own number, and sounds that can be found again: what these tests are made of."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

BITS = 10


def draw_number(number: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return an RGB picture whose upper half holds ten bars, dark or bright: its number in binary."""
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    picture[height // 2 :] = np.linspace(30, 220, width, dtype=np.uint8)[None, :, None]
    for bit in range(BITS):
        left, right = width * bit // BITS, width * (bit + 1) // BITS
        picture[: height // 2, left:right] = 210 if number >> bit & 1 else 40
    return picture


def read_number(picture: NDArray[np.uint8]) -> int:
    """Return the number that a picture holds, whatever its size, coding and colour range."""
    height, width = picture.shape[:2]
    middle = picture[height // 5 : height // 3].mean(axis=(0, 2) if picture.ndim == 3 else 0)
    bars = [middle[int(width * (bit + 0.3) / BITS) : int(width * (bit + 0.7) / BITS)].mean() for bit in range(BITS)]
    return sum(1 << bit for bit, value in enumerate(bars) if value > 125)


def write_clip(
    path: Path,
    *,
    frames: int = 60,
    rate: Fraction | int = 30,
    size: tuple[int, int] = (320, 180),
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    gop: int = 12,
    rotation: int = 0,
    times: list[Fraction] | None = None,
    layout: str | None = None,
    sample_rate: int = 48_000,
    options: dict[str, str] | None = None,
    colour: dict[str, int] | None = None,
) -> Path:
    """Write a movie of numbered frames; ``times`` in seconds makes their distances uneven, ``layout`` adds a sound."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.gop_size = gop
        stream.codec_context.options = {"preset": "ultrafast", "crf": "18"} | (options or {})
        if codec == "libx265":
            stream.codec_context.options = {"preset": "ultrafast", "x265-params": "log-level=none"} | (options or {})
        for name, value in (colour or {}).items():
            setattr(stream.codec_context, name, value)
        if rotation:
            stream.set_display_rotation(rotation)
        base = Fraction(1, 90_000) if times else 1 / Fraction(rate)
        stream.codec_context.time_base = base
        sound = container.add_stream(_sound_codec(path), rate=sample_rate, layout=layout) if layout else None
        seconds = float(frames / Fraction(rate))
        if sound is not None:
            _write_noise(container, sound, seconds, sample_rate, layout)
        for number in range(frames):
            # A large frame is drawn small and enlarged: its bars are what counts, and time does too.
            drawn = size if size[0] <= 1920 else (size[0] // 10, size[1] // 10)
            frame = av.VideoFrame.from_ndarray(draw_number(number, drawn), format="rgb24")
            frame = frame.reformat(*size, format=pix_fmt, interpolation="POINT")
            frame.pts = number if times is None else round(times[number] / base)
            frame.time_base = base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_noise(path: Path, *, seconds: float, layout: str = "stereo", sample_rate: int = 48_000) -> Path:
    """Write a sound file of noise, different in each channel."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(_sound_codec(path), rate=sample_rate, layout=layout)
        _write_noise(container, stream, seconds, sample_rate, layout)
    return path


def make_noise(channels: int, seconds: float, sample_rate: int) -> NDArray[np.float32]:
    """Return smooth noise, different in each channel, shape ``(channels, samples)``; the same every time."""
    chance = np.random.default_rng(42)
    white = chance.standard_normal((channels, int(seconds * sample_rate)))
    kernel = np.hanning(9) / np.hanning(9).sum()
    smooth = np.stack([np.convolve(row, kernel, mode="same") for row in white])
    swell = 0.6 + 0.4 * np.sin(np.arange(white.shape[1]) / sample_rate * 5)
    return (smooth * swell * 0.25).astype(np.float32)


def read_numbers(path: Path) -> list[int]:
    """Return the number of every frame of a movie."""
    with av.open(str(path)) as container:
        return [read_number(frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]


def psnr(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Return the peak signal-to-noise ratio of two pictures of one size, in decibels."""
    error = np.mean((first.astype(np.float64) - second.astype(np.float64)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Return how alike two sounds are at no shift, -1 to 1, over the shorter's length."""
    length = min(first.shape[-1], second.shape[-1])
    a, b = first[..., :length].ravel(), second[..., :length].ravel()
    return float(np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b)))


def _sound_codec(path: Path) -> str:
    return {".wav": "pcm_s16le", ".mp3": "libmp3lame", ".mkv": "pcm_s16le"}.get(path.suffix, "aac")


def _write_noise(
    container: av.container.OutputContainer, stream: av.AudioStream, seconds: float, sample_rate: int, layout: str
) -> None:
    channels = av.AudioLayout(layout).nb_channels
    noise = make_noise(channels, seconds, sample_rate)
    is_float = stream.codec_context.name == "aac"
    for start in range(0, noise.shape[1], 1024):
        block = np.ascontiguousarray(noise[:, start : start + 1024])
        if is_float:
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
        else:
            whole = (block * 32767).astype(np.int16)
            planar = stream.codec_context.name == "libmp3lame"
            shaped = whole if planar else np.ascontiguousarray(whole.T.reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(shaped, format="s16p" if planar else "s16", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = sample_rate, start, Fraction(1, sample_rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def repeat_clip(clip: Path, to: Path, times: int) -> Path:
    """Write a movie that is ``times`` as long: the clip's own packets again and again, none coded anew."""
    with av.open(str(clip)) as source, av.open(str(to), "w") as written:
        stream = source.streams.video[0]
        copy = written.add_stream_from_template(stream)
        packets = [packet for packet in source.demux(stream) if packet.size]
        first = [(packet.pts or 0, packet.dts or 0) for packet in packets]
        length = max(pts for pts, _ in first) + (packets[0].duration or 1)
        for turn in range(times):
            for packet, (pts, dts) in zip(packets, first, strict=True):
                # Muxing changes a packet's times to the stream's own: they are set from the first ones every time.
                packet.stream, packet.time_base = copy, stream.time_base
                packet.pts, packet.dts = pts + turn * length, dts + turn * length
                written.mux(packet)
    return to
