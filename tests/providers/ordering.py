"""Orders for the tests of providers, with real media."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from second_unit.media.facts import PreparedReference
from second_unit.plan import GenerationRequest, OrderReference, TimedShot
from second_unit.providers.provider import Order
from second_unit.shots import FileSource, ReferenceKind
from second_unit.timeline import Role
from second_unit.timing import FrameRange, FrameRate

STRIPS = {"Image 1": "Ana", "Image 2": "Harbour", "Video 1": "Blockout", "Audio 1": "Voice"}
ROLES = {"image": Role.CHARACTER, "video": Role.MOTION, "audio": Role.VOICE}


def make_order(*references: PreparedReference, job: str = "job-1", seconds: int = 4, **fields: Any) -> Order:
    """An order of one shot, SH010, for Seedance 2.0 at 480p."""
    shot = TimedShot(
        segment="s1",
        name="SH010",
        range=FrameRange(0, 24 * seconds),
        start_seconds=0,
        end_seconds=seconds,
        strips=("SH010",),
    )
    request = {
        "name": "SH010",
        "service": "seedance",
        "model": "seedance-2.0",
        "prompt": "A gull lands on the quay.",
        "shots": (shot,),
        "references": tuple(_as_ordered(reference) for reference in references),
        "duration_seconds": seconds,
        "ratio": "16:9",
        "resolution": "480p",
        "width": 864,
        "height": 496,
        "rate": FrameRate(24),
    }
    return Order(job=job, request=GenerationRequest(**(request | fields)), references=references)


def _as_ordered(reference: PreparedReference) -> OrderReference:
    strip = STRIPS.get(reference.label, reference.label)
    return OrderReference(
        label=reference.label,
        key=reference.label,
        kind=reference.kind,
        role=reference.role,
        source=FileSource(path=reference.path),
        name=strip,
        strips=(strip,),
        length_seconds=reference.seconds,
    )


def picture(folder: Path, label: str = "Image 1", role: Role = Role.CHARACTER, size: tuple[int, int] = (864, 496)):
    path = folder / f"{label}.png"
    Image.new("RGB", size, (40, 90, 160)).save(path)
    return _prepared(path, label, ReferenceKind.IMAGE, role, "image/png", width=size[0], height=size[1])


def sound(folder: Path, label: str = "Audio 1", seconds: int = 3) -> PreparedReference:
    path = folder / f"{label}.wav"
    tone = np.sin(np.arange(48_000 * seconds) / 48_000 * 440 * 2 * np.pi)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((tone * 8000).astype("<i2").tobytes())
    return _prepared(path, label, ReferenceKind.AUDIO, Role.VOICE, "audio/wav", seconds=float(seconds))


def video(folder: Path, label: str = "Video 1", seconds: int = 4, url: str | None = None) -> PreparedReference:
    path = folder / f"{label}.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for number in range(24 * seconds):
            shade = np.full((720, 1280, 3), number * 2 % 256, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        container.mux(stream.encode())
    return _prepared(
        path,
        label,
        ReferenceKind.VIDEO,
        Role.MOTION,
        "video/mp4",
        seconds=float(seconds),
        width=1280,
        height=720,
        url=url,
    )


def _prepared(path: Path, label: str, kind: ReferenceKind, role: Role, media_type: str, **about: Any):
    return PreparedReference(
        label=label, path=path, kind=kind, role=role, media_type=media_type, bytes=path.stat().st_size, **about
    )
