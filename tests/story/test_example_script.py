"""The example of a batch script in the docs, run as it stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import bpy

from addon.sequencer import left_handle, right_handle
from addon.strip_marks import take_tag
from second_unit.rehearsal.running import rehearsing
from tests.addon.laying import lay_text

PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / "docs" / "examples" / "shoot_folder.py"

# As `blender -b --python` runs it; left by the short way, for Blender 4.5's module waits for its sound thread.
RUN = """
import os, runpy, sys
try:
    runpy.run_path(sys.argv[1], run_name="__main__")
except SystemExit as ended:
    sys.stderr.flush()
    os._exit(int(ended.code))
"""


def run_example(folder: Path, endpoint: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", RUN, EXAMPLE, "--", folder, "seedance", endpoint]
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "ARK_API_KEY": "rehearsal"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=200)


def placed(edit: Path) -> list[tuple[str, int, int]]:
    bpy.ops.wm.open_mainfile(filepath=str(edit))
    strips = bpy.context.scene.sequence_editor.strips
    return sorted((strip.type, left_handle(strip), right_handle(strip)) for strip in strips if take_tag(strip))


def test_the_example_shoots_a_folder_and_pays_once_when_it_is_run_again(tmp_path, home):
    edits = [tmp_path / f"{name}.blend" for name in ("one", "two")]
    for edit in edits:
        bpy.ops.wm.read_factory_settings(use_empty=False)
        scene = bpy.context.scene
        scene.sequence_editor_create()
        scene.render.resolution_x, scene.render.resolution_y, scene.frame_end = 320, 180, 48
        lay_text(scene.sequence_editor, "SH010", f"In {edit.stem} a door opens. Static. Hinges creak.", 3, 1, 48)
        bpy.ops.wm.save_as_mainfile(filepath=str(edit))
    with rehearsing(tmp_path / "rehearsal") as studio:
        for _ in range(2):
            done = run_example(tmp_path, studio.endpoint())
            assert (0, []) == (done.returncode, [line for line in done.stderr.splitlines() if "SH010" in line]), done
        assert [1, 1] == sorted(studio.order_counts().values())
    assert [[("MOVIE", 1, 49), ("SOUND", 1, 49)]] * 2 == [placed(edit) for edit in edits]
