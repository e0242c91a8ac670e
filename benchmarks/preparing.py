"""
Preparing references beside the ``ffmpeg`` command line: ``python -m benchmarks preparing [TURNS]``.

Both code the same clip with the same settings, by turns, each with its start included. Then a three-second trim of a
four-hour movie beside the same trim of a one-minute one. On a busy machine look at the processor seconds.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from second_unit.catalog.capabilities import ReferenceLimits
from second_unit.media.stream_copy import copy_stretch
from second_unit.media.target import Stretch, fit, safe_limits
from second_unit.media.transcode import Coding, transcode
from tests.media.clips import repeat_clip, write_clip

LIMITS = safe_limits(ReferenceLimits(formats=("mp4",)))


@dataclass(frozen=True)
class Case:
    """A clip to code, and what of it."""

    name: str
    clip: Path
    size: tuple[int, int]
    stretch: Stretch


def main(argv: list[str]) -> int:
    turns = int(argv[0]) if argv else 3
    folder = Path(tempfile.mkdtemp())
    try:
        _transcodes(folder, turns)
        _trims(folder, turns)
    finally:
        shutil.rmtree(folder)
    return 0


def _transcodes(folder: Path, turns: int) -> None:
    if shutil.which("ffmpeg") is None:
        print("transcodes: skipped, there is no ffmpeg on the PATH to compare with")
        return
    for case in _cases(folder):
        ours, theirs = _by_turns(turns, lambda case=case: _ours(case, folder), lambda case=case: _ffmpeg(case, folder))
        print(f"{case.name:34} second unit {ours}   ffmpeg {theirs}   speed ratio {theirs.wall / ours.wall:.2f}")


def _cases(folder: Path) -> list[Case]:
    full = write_clip(folder / "full.mp4", frames=300, rate=30, size=(1920, 1080), gop=60, layout="stereo")
    deep = write_clip(folder / "deep.mp4", frames=120, rate=60, size=(3840, 2160), pix_fmt="yuv420p10le", gop=60)
    return [
        Case("1080p30, 10 s", full, (1920, 1080), Stretch(Fraction(0), Fraction(10))),
        Case("1080p30, 1.3–6.3 s", full, (1920, 1080), Stretch(Fraction("1.3"), Fraction("6.3"))),
        Case("2160p60 10 bit, 2 s", deep, (3840, 2160), Stretch(Fraction(0), Fraction(2))),
    ]


def _ours(case: Case, folder: Path) -> None:
    coding = Coding(fit(*case.size, LIMITS, even=True), LIMITS.most_bytes)
    transcode(case.clip, case.stretch, coding, folder / "ours.mp4")


def _ffmpeg(case: Case, folder: Path) -> None:
    width, height = fit(*case.size, LIMITS, even=True).padded
    seconds = float(case.stretch.length_seconds)
    most = str(int((LIMITS.most_bytes or 0) * 8 * 0.9 / seconds))
    command = ["ffmpeg", "-v", "error", "-y", "-ss", str(float(case.stretch.start_seconds)), "-t", str(seconds)]
    command += ["-i", str(case.clip), "-vf", f"fps=24,scale={width}:{height}:flags=bicubic,format=yuv420p"]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "19", "-maxrate", most, "-bufsize", most, "-g", "24"]
    command += ["-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", str(folder / "ffmpeg.mp4")]
    subprocess.run(command, check=True)


def _trims(folder: Path, turns: int) -> None:
    minute = write_clip(folder / "minute.mp4", frames=1440, rate=24, size=(640, 360), gop=48, options={"crf": "34"})
    hours = repeat_clip(minute, folder / "hours.mp4", 240)
    coding = Coding(fit(640, 360, LIMITS, even=True), LIMITS.most_bytes)
    for name, first, second in (("coded anew", "30.1", "14000.1"), ("copied at keyframes", "30", "14000")):
        early, late = (Stretch(Fraction(start), Fraction(start) + 4) for start in (first, second))

        def cut(path: Path, stretch: Stretch, *, copied: bool = name != "coded anew") -> None:
            if copied:
                assert copy_stretch(path, stretch, LIMITS, folder / "cut.mp4")
            else:
                transcode(path, stretch, coding, folder / "cut.mp4")

        short, long = _by_turns(turns, lambda early=early: cut(minute, early), lambda late=late: cut(hours, late))
        print(f"trim of 4 s, {name:21} of 1 minute {short}   of 4 hours {long}   ratio {long.wall / short.wall:.2f}")


@dataclass(frozen=True)
class Took:
    """Median seconds on the wall, and of the processor."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:6.2f} s ({self.processor:.2f} s of processor)"


def _by_turns(turns: int, first: Callable[[], None], second: Callable[[], None]) -> tuple[Took, Took]:
    found: tuple[list[Took], list[Took]] = ([], [])
    for _ in range(turns):
        for takes, work in zip(found, (first, second), strict=True):
            takes.append(_measured(work))
    first_took, second_took = (
        Took(statistics.median(t.wall for t in takes), statistics.median(t.processor for t in takes)) for takes in found
    )
    return first_took, second_took


def _measured(work: Callable[[], None]) -> Took:
    processor, wall = _processor(), time.perf_counter()
    work()
    return Took(time.perf_counter() - wall, _processor() - processor)


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
