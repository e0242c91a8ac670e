"""The shell script of the README: three edits, killed in the middle, run again; each order is paid once."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import bpy
import pytest

from addon.sequencer import left_handle, right_handle
from addon.strip_marks import take_tag
from second_unit.jobs.folders import lock_path
from second_unit.jobs.lock import is_held, read_holder
from second_unit.jobs.store import JobStore
from second_unit.media.probe import probe
from second_unit.rehearsal.running import rehearsing
from tests.addon.laying import lay_text

PROJECT = Path(__file__).parents[2]
EDITS = ("one", "two", "three")


def script_of_the_readme() -> str:
    blocks = re.findall(r"```sh\n(#!/bin/sh\n.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with rehearsing(tmp_path_factory.mktemp("rehearsal"), running_seconds=1.0) as server:
        yield server


@pytest.fixture
def folder(tmp_path):
    """Three edits of two shots each, and no worker left behind."""
    for number, name in enumerate(EDITS, start=1):
        bpy.ops.wm.read_factory_settings(use_empty=False)
        scene = bpy.context.scene
        scene.sequence_editor_create()
        scene.render.resolution_x, scene.render.resolution_y, scene.frame_end = 320, 180, 72
        lay_text(scene.sequence_editor, f"SH{number}10", f"Door {number} opens. Static. Hinges creak.", 3, 1, 40)
        lay_text(scene.sequence_editor, f"SH{number}20", f"Cat {number} walks in. Slow pan left. A purr.", 3, 41, 32)
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / f"{name}.blend"))
    (tmp_path / "shoot.sh").write_text(script_of_the_readme(), encoding="utf-8")
    yield tmp_path
    store = tmp_path / "home" / "jobs.sqlite3"
    if is_held(store):
        os.kill(read_holder(lock_path(store))["pid"], signal.SIGTERM)


def run_script(folder: Path, endpoint: str) -> int:
    environment = os.environ | {
        "SECOND_UNIT_HOME": str(folder / "home"),
        "BLENDER": f"{shlex.quote(sys.executable)} -m tools.blender_module",
        "ENDPOINT": endpoint,
        "PYTHONPATH": str(PROJECT),
    }
    done = subprocess.run(
        ["/bin/sh", "shoot.sh"],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=200,
        start_new_session=True,  # it kills the whole of its process group
    )
    print(done.stdout, done.stderr)
    return done.returncode


def placed(edit: Path) -> list[tuple[str, int, int]]:
    bpy.ops.wm.open_mainfile(filepath=str(edit))
    strips = bpy.context.scene.sequence_editor.strips
    return sorted((strip.type, left_handle(strip), right_handle(strip)) for strip in strips if take_tag(strip))


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_three_edits_killed_in_the_middle_and_run_again_are_all_placed_rendered_and_paid_once(folder, studio):
    assert len([line for line in script_of_the_readme().splitlines() if line and not line.startswith("#")]) <= 10
    assert run_script(folder, studio.endpoint()) == -signal.SIGKILL
    assert not (folder / "three.mp4").exists()

    assert run_script(folder, studio.endpoint()) == 0
    for name in EDITS:
        assert placed(folder / f"{name}.blend") == [
            ("MOVIE", 1, 41),
            ("MOVIE", 41, 73),
            ("SOUND", 1, 41),
            ("SOUND", 41, 73),
        ]
        assert probe(folder / f"{name}.mp4").seconds == 3
    assert sorted(studio.order_counts().values()) == [1, 1, 1]
    with JobStore(folder / "home" / "jobs.sqlite3") as kept:
        assert len({job.take.file for job in kept.jobs() if job.take}) == 3
