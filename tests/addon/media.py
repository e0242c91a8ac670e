"""Media for tests in which every moment can be told from every other."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path

import av
import bpy
import numpy as np

WIDTH, HEIGHT, BITS = 128, 64, 8


def write_counted_movie(path: Path, rate: Fraction, frames: int) -> Path:
    """Write a movie whose frames show their number, up to 255, as eight bars, black or white, lowest bit first."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(frames):
            bars = [255 if number >> bit & 1 else 0 for bit in range(BITS)]
            row = np.repeat(np.array(bars, np.uint8), WIDTH // BITS)
            picture = np.broadcast_to(row[None, :, None], (HEIGHT, WIDTH, 3))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_ramp(path: Path, seconds: int) -> Path:
    """Write a sound that rises evenly from silence: its loudness tells the moment."""
    count = 48_000 * seconds
    samples = np.linspace(0, 32_000, count, endpoint=False).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(samples.tobytes())
    return path


def write_picture(path: Path) -> Path:
    """Write a small grey picture."""
    with av.open(str(path), "w", format="image2", options={"update": "1"}) as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "rgb24"
        frame = av.VideoFrame.from_ndarray(np.full((16, 16, 3), 128, np.uint8), "rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def shown_number(scene: bpy.types.Scene, frame: int, folder: Path) -> int:
    """Render a frame of an edit of the movie's size and return the number that the counted movie shows in it."""
    scene.frame_set(frame)
    scene.view_settings.view_transform = "Standard"
    images = scene.render.image_settings
    if hasattr(images, "media_type"):
        images.media_type = "IMAGE"
    images.file_format = "PNG"
    scene.render.filepath = str(folder / "frame.png")
    bpy.ops.render.render(write_still=True, scene=scene.name)
    with av.open(scene.render.filepath) as container:
        row = next(container.decode(video=0)).to_ndarray(format="gray")[HEIGHT // 2]
    width = WIDTH // BITS
    return sum(1 << bit for bit in range(BITS) if row[bit * width + width // 2] > 128)
