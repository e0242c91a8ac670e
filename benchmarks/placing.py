"""
How long it takes to cut 50, 100 and 500 takes into edits of 500, 1,000 and 5,000 strips.

Each take is a file of its own, as a service returns them: of one rate and length. Seconds are the process's own (CPU),
so that a busy machine doesn't count. Run from the project's folder::

    uv run python -m benchmarks placing [--quick]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from time import process_time

import bpy

from addon.placing.place_takes import place_takes
from second_unit.media.probe import probe
from second_unit.takes import Placement
from second_unit.timing import FrameRange
from tests.addon.flash_and_pop import write_take
from tests.addon.laying import lay_effect

SHOT_FRAMES, CHANNELS = 50, 4


def main(argv: list[str]) -> None:
    arguments = argparse.ArgumentParser(prog="benchmarks placing")
    arguments.add_argument("--quick", action="store_true", help="up to 100 takes in 1,000 strips")
    quick = arguments.parse_args(argv).quick
    edits, takes = ((500, 1000), (50, 100)) if quick else ((500, 1000, 5000), (50, 100, 500))
    print(f"Blender {bpy.app.version_string}; CPU seconds, until the scene is up to date")
    print("takes".rjust(8) + "".join(f"in {strips} strips".rjust(18) for strips in edits))
    with tempfile.TemporaryDirectory() as folder:
        placements = _write_takes(Path(folder), takes[-1])
        for count in takes:
            seconds = [_time(strips, placements[:count]) for strips in edits]
            print(str(count).rjust(8) + "".join(f"{each:.2f}".rjust(18) for each in seconds), flush=True)


def _write_takes(folder: Path, count: int) -> list[Placement]:
    first = write_take(folder / "take.mp4", frames=73)
    facts = probe(first)
    files = [Path(shutil.copy(first, folder / f"take{number:03}.mp4")) for number in range(count)]
    return [
        Placement(
            name=f"SH{number:03}",
            file=file,
            range=FrameRange(1 + number * SHOT_FRAMES, 1 + (number + 1) * SHOT_FRAMES - number % 7),
            above_channel=CHANNELS,
            job=f"job-{number}",
            segments=(f"shot-{number}",),
            facts=facts,
        )
        for number, file in enumerate(files)
    ]


def _time(strips: int, placements: list[Placement]) -> float:
    bpy.ops.wm.read_factory_settings(use_empty=False)
    scene = bpy.context.scene
    scene.sequence_editor_create()
    scene.render.fps = 25
    for number in range(strips):
        start = 1 + number // CHANNELS * SHOT_FRAMES
        lay_effect(scene.sequence_editor, f"Strip {number}", "COLOR", 1 + number % CHANNELS, start, SHOT_FRAMES)
    bpy.context.view_layer.update()
    began = process_time()
    place_takes(scene, placements)
    bpy.context.view_layer.update()
    taken = process_time() - began
    assert len(scene.sequence_editor.strips) == strips + 2 * len(placements)
    return taken
