"""
How long reading a timeline takes, and how that grows.

Prints, for 100, 1,000 and 10,000 strips of every kind, the seconds of the processor that ``read_timeline`` takes the
first time (when strips are given their ids) and again, and beside them the growth from the line before: how much longer
for how much more. In proportion, the two are the same.
"""

from __future__ import annotations

import argparse
import time
import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

SIZES = (100, 1_000, 10_000)
FILES = 20
LAID = 1_000


def main(argv: list[str]) -> int:
    # Blender is loaded only where this benchmark is asked for.
    import bpy

    import addon

    parser = argparse.ArgumentParser(prog="benchmarks reading", description="Time the reading of a timeline.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    arguments = parser.parse_args(argv)
    addon.register()
    try:
        print(f"Blender {bpy.app.version_string}")
        _compare(arguments.sizes)
    finally:
        addon.unregister()
    return 0


def _compare(sizes: list[int]) -> None:
    from addon.reading.read_timeline import read_timeline

    print(f"{'strips':>9} {'first':>9} {'growth':>7} {'again':>9} {'growth':>7} {'of size':>8}")
    with TemporaryDirectory() as folder:
        before: tuple[float, float, float] | None = None
        read_timeline(_edit(20, Path(folder)), "all")  # what is loaded once, is
        for size in sizes:
            scene = _edit(size, Path(folder))
            first = _timed(lambda scene=scene: read_timeline(scene, "all"))
            again = _timed(lambda scene=scene: read_timeline(scene, "all"))
            now = (size, first, again)
            growth = [f"×{new / old:.2f}" for old, new in zip(before, now, strict=True)] if before else ["", "", ""]
            assert len(scene.sequence_editor.strips_all) == size
            print(f"{size:>9,} {first:>8.3f}s {growth[1]:>7} {again:>8.3f}s {growth[2]:>7} {growth[0]:>8}", flush=True)
            before = now


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _edit(size: int, folder: Path) -> object:
    """Return a scene with so many strips, above :data:`LAID` by copying."""
    import bpy

    from addon.sequencer import sequencer_context

    bpy.ops.wm.read_factory_settings()
    scene = bpy.context.scene
    _lay(scene.sequence_editor_create(), min(size, LAID), folder)
    originals = list(scene.sequence_editor.strips_all)
    # Blender goes through the whole edit for each strip laid down, but only once for many copies.
    for _ in range(size // LAID - 1):
        with sequencer_context(scene):
            bpy.ops.sequencer.select_all(action="DESELECT")
            for strip in originals:
                strip.select = True
            bpy.ops.sequencer.duplicate()
    return scene


def _lay(edit: object, size: int, folder: Path) -> None:
    """Lay prompts and pictures, and to each 20 strips a movie, a sound and a meta with a child."""
    from addon import sequencer
    from tests.addon.laying import lay_text
    from tests.addon.media import write_counted_movie, write_picture

    movies, sounds, pictures = ([folder / f"{n}.{kind}" for n in range(FILES)] for kind in ("mp4", "wav", "png"))
    for movie, sound, picture in zip(movies, sounds, pictures, strict=True):
        if not picture.exists():
            write_counted_movie(movie, Fraction(30), 60)  # the edit has 24 fps, so each file's frames are counted
            _write_silence(sound)
            write_picture(picture)
    for shot in range(size // 20):
        start = 1 + shot * 500
        edit.strips.new_sound(f"sound {shot}", str(sounds[shot % FILES]), 2, start)
        edit.strips.new_movie(f"movie {shot}", str(movies[shot % FILES]), 1, start)
        meta = edit.strips.new_meta(f"meta {shot}", 4, start)
        lay_text(meta, f"inner {shot}", "It stops", 1, start, 50)
        setattr(meta, sequencer.RIGHT_HANDLE, start + 50)
    for shot in range(size * 8 // 20):
        edit.strips.new_image(f"picture {shot}", str(pictures[shot % FILES]), 3, 1 + shot * 50)
        lay_text(edit, f"SH{shot:05}", "A fox runs", 5, 1 + shot * 50, 50).second_unit.camera = "push in"


def _write_silence(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(2 * 48_000))
