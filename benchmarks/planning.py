"""
How long shot lists and plans take, and how that grows.

Prints, for 100, 1,000, 2,000 and 10,000 segments, the seconds of the processor that ``build_shot_list`` and
``make_plan`` take, and beside them the growth from the line before: how much longer for how much more. In proportion,
the two are the same.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from second_unit.planning import make_plan
from second_unit.shot_list import build_shot_list
from second_unit.timeline import CastMember, ImageStrip, ShootSettings, SoundStrip, Strip, TextStrip, Timeline, Trim
from second_unit.timing import FrameRange, FrameRate

SIZES = (100, 1_000, 2_000, 10_000)
PICTURES = 50
RATE = FrameRate(24)
Made = TypeVar("Made")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks planning", description="Time shot lists and plans.")
    parser.add_argument("--service", default="seedance")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    arguments = parser.parse_args(argv)
    print(f"{'segments':>9} {'requests':>9} {'shot list':>10} {'growth':>7} {'plan':>9} {'growth':>7} {'of size':>8}")
    with TemporaryDirectory() as folder:
        before: tuple[int, float, float] | None = None
        make_plan(build_shot_list(timeline(10, Path(folder), arguments.service)))  # what is loaded once, is
        for size in arguments.sizes:
            edit = timeline(size, Path(folder), arguments.service)
            listing, shot_list = timed(lambda edit=edit: build_shot_list(edit))
            planning, plan = timed(lambda shot_list=shot_list: make_plan(shot_list))
            now = (size, listing, planning)
            growth = [f"×{new / old:.2f}" for old, new in zip(before, now, strict=True)] if before else ["", "", ""]
            print(
                f"{size:>9,} {len(plan.requests):>9,} {listing:>9.3f}s {growth[1]:>7} {planning:>8.3f}s "
                f"{growth[2]:>7} {growth[0]:>8}",
                flush=True,
            )
            before = now
    return 0


def timed(work: Callable[[], Made]) -> tuple[float, Made]:
    """Return the quicker of two runs: what else the machine does only ever adds."""
    times = []
    for _ in range(2):
        start = time.process_time()
        made = work()
        times.append(time.process_time() - start)
    return min(times), made


def timeline(shots: int, folder: Path, service: str) -> Timeline:
    """Return an edit of so many shots of 2–3 s: a prompt, a picture and a sound each, now and then a cast member."""
    pictures = [_file(folder / f"panel-{number}.png", number) for number in range(PICTURES)]
    sound = _file(folder / "music.wav", 1_000)
    strips: list[Strip] = []
    start = 0
    for shot in range(shots):
        frames = FrameRange(start, start + 48 + (shot * 7) % 25)
        who = "@ana " if shot % 3 == 0 else "she "
        strips += [
            TextStrip(id=f"t{shot}", name=f"SH{shot:05}", channel=3, range=frames, text=f"{who}crosses the yard."),
            ImageStrip(
                id=f"i{shot}", name=f"panel {shot}", channel=1, range=frames, files=(pictures[shot % PICTURES],)
            ),
            SoundStrip(
                id=f"s{shot}",
                name=f"music {shot}",
                channel=2,
                range=frames,
                file=sound,
                trim=Trim(start_seconds=Fraction(0), end_seconds=frames.seconds(RATE)),
            ),
        ]
        start = frames.end
    return Timeline(
        name="benchmark",
        rate=RATE,
        width=1920,
        height=1080,
        stretch=FrameRange(0, start),
        strips=tuple(strips),
        cast=(CastMember(name="ana", files=(pictures[0],), description="a woman in a red raincoat"),),
        settings=ShootSettings(service=service),
    )


def _file(path: Path, seed: int) -> Path:
    path.write_bytes(seed.to_bytes(8, "big") * 512)
    return path
