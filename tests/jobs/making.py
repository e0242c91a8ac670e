"""Orders, movies and peers for the tests of jobs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from second_unit.jobs.settings import WorkSettings
from second_unit.plan import Cost, GenerationRequest, Plan, TimedShot
from second_unit.timing import FrameRange, FrameRate

HURRY = WorkSettings(
    poll_first_seconds=0.05,
    poll_most_seconds=0.3,
    retry_first_seconds=0.05,
    retry_most_seconds=0.4,
    settle_seconds=1.0,
    scan_seconds=0.05,
    spare_bytes=1,
)
"""As the worker's own, for services on this machine that take tenths of a second."""


def make_request(
    name: str = "SH010", *, service: str = "peer", seconds: int | None = None, price: str = "0.50"
) -> GenerationRequest:
    """A small order: one second of the tests' own service, or the least that Seedance makes."""
    seedance = service == "seedance"
    seconds = seconds or (4 if seedance else 1)
    frames = FrameRange(0, 24 * seconds)
    return GenerationRequest(
        name=name,
        service=service,
        model="seedance-2.0-mini" if seedance else "small",
        prompt=f"{name}: a red door opens.",
        shots=(TimedShot(segment=name, name=name, range=frames, start_seconds=0, end_seconds=seconds, text="opens"),),
        duration_seconds=seconds,
        ratio="1:1",
        resolution="480p" if seedance else "tiny",
        width=640 if seedance else 64,
        height=640 if seedance else 64,
        rate=FrameRate(24),
        edit=Path("/edits/reel one.blend"),
        cost=Cost(amount=Decimal(price)),
    )


def make_plan(*names: str, **about: object) -> Plan:
    return Plan(requests=tuple(make_request(name, **about) for name in names or ("SH010",)))


def write_movie(to: Path, *, seconds: int = 1, audio: bool = True) -> Path:
    """A small real movie: H.264 with AAC, 24 frames a second."""
    with av.open(str(to), "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        sound = container.add_stream("aac", rate=48_000, layout="mono") if audio else None
        for number in range(24 * seconds):
            picture = np.full((64, 64, 3), number * 10 % 256, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 24)
            container.mux(video.encode(frame))
            if sound is not None:
                wave = av.AudioFrame.from_ndarray(np.zeros((1, 2000), np.float32), format="fltp", layout="mono")
                wave.sample_rate, wave.pts, wave.time_base = 48_000, number * 2000, Fraction(1, 48_000)
                container.mux(sound.encode(wave))
        container.mux(video.encode(None))
        if sound is not None:
            container.mux(sound.encode(None))
    return to


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[str]:
    """Run the small service in a process of its own; gives its address."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "movie.mp4").exists():
        write_movie(folder / "movie.mp4")
    command = [sys.executable, str(Path(__file__).with_name("peer_server.py")), str(folder), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def accepted_orders(folder: Path) -> list[str]:
    """The tokens of all orders that the small service ever accepted."""
    import json

    log = folder / "accepted.jsonl"
    return [json.loads(line)["token"] for line in log.read_text().splitlines()] if log.exists() else []
