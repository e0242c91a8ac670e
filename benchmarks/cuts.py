"""
How well cuts are found, beside PySceneDetect on the same files.

Makes takes from the real footage in ``../shared/media`` whose true cuts lie up to 1.2 s from where they were planned,
with flashes, whip pans, dissolves, missing cuts and unplanned ones (:mod:`benchmarks._cut_takes`), and looks for each
planned cut. A hard cut counts as found on its very frame; what is reported where no cut is, or for a planned cut that
isn't there, is false. PySceneDetect's detections are given to the same matching.

``--first`` chooses the seeds: the thresholds were chosen on 0–59, and 1000–1199 are reported.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._cut_takes import MEDIA, RATE, MadeTake, TrueCut, make_take
from second_unit.media.cuts import REACH_SECONDS, find_cuts

Finder = Callable[[MadeTake], Sequence[int | None]]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks cuts", description="Find cuts, beside PySceneDetect.")
    parser.add_argument("--takes", type=int, default=200)
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    arguments = parser.parse_args(argv)
    if not MEDIA.is_dir():
        print(f"skipped: the footage isn't there: {MEDIA}")
        return 0
    finders = {"second unit": ours} | theirs()
    counts = {name: Counter[str]() for name in finders}
    spent = Counter[str]()
    for seed in range(arguments.first, arguments.first + arguments.takes):
        with TemporaryDirectory() as folder:
            take = make_take(Path(folder) / "take.mp4", seed)
            for name, find in finders.items():
                start = time.perf_counter()
                found = find(take)
                spent[name] += time.perf_counter() - start
                for cut, frame in zip(take.cuts, found, strict=True):
                    counts[name].update(judge(cut, frame))
    for name, count in counts.items():
        tell(name, count, spent[name] / arguments.takes)
    return 0


def ours(take: MadeTake) -> Sequence[int | None]:
    found = find_cuts(take.path, [cut.planned_seconds for cut in take.cuts])
    return [None if cut is None else round(cut.seconds * RATE) for cut in found]


def theirs() -> dict[str, Finder]:
    """Return PySceneDetect's detectors as they come, or none where it isn't installed."""
    try:
        from scenedetect import AdaptiveDetector, ContentDetector, detect
    except ImportError:
        print("skipped: PySceneDetect isn't installed (the dependency group `benchmarks`)")
        return {}

    def finder(kind: Callable[[], object]) -> Finder:
        def find(take: MadeTake) -> Sequence[int | None]:
            scenes = detect(str(take.path), kind())
            return nearest([start.frame_num for start, _ in scenes[1:]], take)

        return find

    return {"scenedetect adaptive": finder(AdaptiveDetector), "scenedetect content": finder(ContentDetector)}


def nearest(frames: Sequence[int], take: MadeTake) -> list[int | None]:
    """Give each planned cut the nearest detection within reach that comes after the one before's."""
    chosen: list[int | None] = []
    last = -1
    for cut in take.cuts:
        plan = cut.planned_seconds * RATE
        near = [frame for frame in frames if frame > last and abs(frame - plan) <= REACH_SECONDS * RATE]
        chosen.append(min(near, key=lambda frame: abs(frame - plan)) if near else None)
        last = chosen[-1] or last
    return chosen


def judge(cut: TrueCut, frame: int | None) -> list[str]:
    is_hard = cut.how in {"hard", "flash"}
    told = [f"{cut.how}", "hard cuts"] if is_hard else [cut.how]
    if frame is None:
        return told
    right = cut.how != "missing" and abs(frame - cut.frame) <= cut.half
    return [*told, "reported", *([f"{cut.how} found", *(["cuts found"] if is_hard else [])] if right else ["false"])]


def tell(name: str, count: Counter[str], seconds: float) -> None:
    hard, reported = max(1, count["hard cuts"]), max(1, count["reported"])
    print(
        f"{name:>21}: {count['cuts found']}/{count['hard cuts']} hard cuts to the frame "
        f"({Fraction(count['cuts found'], hard):.1%}), {count['false']}/{count['reported']} false "
        f"({Fraction(count['false'], reported):.1%}); "
        + ", ".join(f"{how} {count[f'{how} found']}/{count[how]}" for how in ("flash", "dissolve", "whip"))
        + f"; {count['missing']} were missing; {seconds:.2f} s a take"
    )
