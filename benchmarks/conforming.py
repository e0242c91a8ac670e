"""
How fast takes are conformed on disk, beside the ``ffmpeg`` command line doing the same.

Each line conforms the same movie with the same filters, coder and settings, once by Second Unit and once by ffmpeg,
turn by turn, and prints the quicker run of each. 1.00 is as fast; above is faster. Where the FFmpeg inside PyAV is
newer than the command line's, it is that much that is measured too.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from second_unit.media.conform import Conforming, conform_file
from second_unit.timing import FrameRate

MEDIA = Path(__file__).parents[2] / "shared" / "media"
CODED = {
    "h264": ["-c:v", "libx264", "-preset", "medium", "-crf", "16", "-pix_fmt", "yuv420p", "-c:a", "copy"],
    "prores": [
        "-c:v",
        "prores_ks",
        "-profile:v",
        "3",
        "-vendor",
        "apl0",
        "-pix_fmt",
        "yuv422p10le",
        "-c:a",
        "pcm_s24le",
    ],
    "dnxhr": ["-c:v", "dnxhd", "-profile:v", "dnxhr_hq", "-pix_fmt", "yuv422p", "-c:a", "pcm_s24le"],
}
FILTERS = {
    "nearest": "fps=fps={rate}:round=near",
    "blended": "framerate=fps={rate}:interp_start=0:interp_end=255",
    "interpolated": "minterpolate=fps={rate}:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1",
}
CASES = (
    ("nearest", "h264", 24),
    ("blended", "h264", 25),
    ("nearest", "prores", 24),
    ("blended", "dnxhr", 60),
    ("interpolated", "h264", 60),
)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks conforming", description="Conform, beside the ffmpeg command.")
    parser.add_argument("--movie", type=Path, default=MEDIA / "rabbit.mp4")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args(argv)
    if shutil.which("ffmpeg") is None or not arguments.movie.is_file():
        print(f"skipped: needs the ffmpeg command and {arguments.movie}")
        return 0
    print(f"{'frames':>13} {'codec':>7} {'rate':>5} {'ours':>8} {'ffmpeg':>8} {'speed':>6}")
    for how, codec, rate in CASES:
        with TemporaryDirectory() as folder:
            to = Path(folder) / ("made.mp4" if codec == "h264" else "made.mov")
            ours, theirs = quickest(
                arguments.runs,
                lambda to=to, how=how, codec=codec, rate=rate: conform_file(
                    arguments.movie, to, Conforming(rate=FrameRate(rate), how=how, codec=codec)
                ),
                lambda to=to, how=how, codec=codec, rate=rate: run_ffmpeg(arguments.movie, to, how, codec, rate),
                to,
            )
        print(f"{how:>13} {codec:>7} {rate:>5} {ours:>7.2f}s {theirs:>7.2f}s {theirs / ours:>6.2f}", flush=True)
    return 0


def run_ffmpeg(movie: Path, to: Path, how: str, codec: str, rate: int) -> None:
    # A keyframe a second, as ours has; the other codecs know nothing else than keyframes.
    keyframes = ["-g", str(rate)] if codec == "h264" else []
    steps = FILTERS[how].format(rate=Fraction(rate))
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(movie), "-vf", steps, *CODED[codec], *keyframes]
    subprocess.run([*command, "-movflags", "+faststart", str(to)], check=True)


def quickest(runs: int, ours: Callable[[], object], theirs: Callable[[], object], to: Path) -> tuple[float, float]:
    """Return the least seconds of either, run in turn: what else the machine does only ever adds."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for work, spent in zip((ours, theirs), times, strict=True):
            to.unlink(missing_ok=True)
            start = time.perf_counter()
            work()
            spent.append(time.perf_counter() - start)
    return min(times[0]), min(times[1])
