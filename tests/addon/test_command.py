"""``blender -b edit.blend -c second_unit …``: what it says, what it leaves, and how it ends."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import bpy
import pytest

import addon
from addon import command
from addon.sequencer import strips_all
from addon.strip_marks import take_tag
from second_unit.cli.exits import Exit
from second_unit.cli.lines import LINES, DoneLine, ErrorLine, FileLine, JobLine, Line, PlanLine, TakeLine
from second_unit.jobs.folders import lock_path
from second_unit.jobs.lock import is_held, read_holder
from second_unit.jobs.starting import _started
from second_unit.rehearsal.running import rehearsing
from tests.addon.laying import lay_text

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.endswith("_KEY")]:
        monkeypatch.delenv(name)
    yield tmp_path / "home"
    if is_held(tmp_path / "home" / "jobs.sqlite3"):
        os.kill(read_holder(lock_path(tmp_path / "home" / "jobs.sqlite3"))["pid"], signal.SIGTERM)
    for worker in _started:
        worker.wait(timeout=30)


def lay(path: Path, *shots: str) -> Path:
    bpy.ops.wm.read_factory_settings(use_empty=False)
    scene = bpy.context.scene
    scene.sequence_editor_create()
    scene.render.resolution_x, scene.render.resolution_y, scene.frame_end = 320, 180, 24 * max(1, len(shots))
    for number, name in enumerate(shots):
        lay_text(scene.sequence_editor, name, f"{name}: a door opens. Static. Creaks.", 3, 1 + 24 * number, 24)
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


@pytest.fixture
def edit(home, tmp_path):
    """A saved edit with two shots, open in a Blender with Second Unit registered."""
    addon.register()
    yield lay(tmp_path / "edit.blend", "SH010", "SH020")
    addon.unregister()


class Said:
    """What a command said: its exit code, its lines, and what stood on stderr."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out = code, out
        self.errors = [line for line in err.splitlines() if line.startswith("second-unit:")]
        self.lines: list[Line] = [LINES.validate_json(line) for line in out.splitlines()]

    def of(self, kind):
        return [line for line in self.lines if isinstance(line, kind)]


@pytest.fixture
def run(capfd):
    def do(*arguments: object) -> Said:
        command._flush()  # what Blender said while the edit was laid
        capfd.readouterr()
        code = command.run([str(one) for one in arguments])
        told = capfd.readouterr()
        return Said(code, told.out, told.err)

    return do


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without_ids(plan):
    return [(one.fingerprint, one.name, one.range, one.cost) for one in plan.requests]


def test_a_dry_run_touches_no_file_and_no_network_and_prints_what_generate_carries_out(
    edit, run, tmp_path, monkeypatch
):
    before = snapshot(tmp_path)
    with monkeypatch.context() as blocked:

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("a dry run used the network")

        blocked.setattr(socket.socket, "connect", refuse)
        blocked.setattr(socket, "getaddrinfo", refuse)
        dry = run("generate", "--resolution", "480p", "--dry-run")
    assert (dry.code, [type(line) for line in dry.lines]) == (Exit.DONE, [PlanLine, DoneLine])
    assert before == snapshot(tmp_path)

    real = run("generate", "--resolution", "480p")
    assert without_ids(dry.of(PlanLine)[0].plan) == without_ids(real.of(PlanLine)[0].plan)
    assert dry.of(PlanLine)[0].plan == real.of(PlanLine)[0].plan


def test_several_edits_are_shot_saved_and_rendered_in_a_row(edit, run, tmp_path):
    files = [lay(tmp_path / f"{name}.blend", f"{name}-010") for name in ("one", "two")]
    done = run(
        "generate", *files, "--resolution", "480p", "--save-as", tmp_path / "out" / ".." / "{edit}-shot.blend",
        "--render", tmp_path / "{edit}.mp4",
    )  # fmt: skip
    assert (done.code, done.of(DoneLine)[0].ready) == (Exit.DONE, 2)
    assert [line.file.name for line in done.of(FileLine)] == ["one-shot.blend", "one.mp4", "two-shot.blend", "two.mp4"]
    for name in ("one", "two"):
        assert (tmp_path / f"{name}.mp4").stat().st_size > 0
        bpy.ops.wm.open_mainfile(filepath=str(tmp_path / f"{name}-shot.blend"))
        assert sum(take_tag(strip) is not None for strip in strips_all(bpy.context.scene)) == 2


def test_what_came_back_meanwhile_is_listed_and_placed_once(edit, run):
    assert run("generate", "--resolution", "480p", "--no-wait", "--save").code == Exit.DONE
    from addon import crew
    from second_unit.jobs.store import JobStore

    with JobStore(crew.store_path()) as kept:
        crew.wait(crew.store_path(), [job.id for job in kept.jobs()])
    for _ in range(2):
        assert run("place", "--save").code == Exit.DONE
        assert sum(take_tag(strip) is not None for strip in strips_all(bpy.context.scene)) == 4
    assert len(run("takes").of(TakeLine)) == 1
    assert [line.state for line in run("jobs").lines[:-1]] == ["placed"]


def test_stale_orders_only_the_shot_that_changed_since_its_take(edit, run):
    words = ("generate", "--resolution", "480p", "--save", "--stale")
    assert [shot.name for shot in shots(run(*words))] == ["SH010", "SH020"]
    bpy.context.scene.sequence_editor.strips["SH020"].text = "SH020: a window breaks. Static. Glass."
    bpy.ops.wm.save_mainfile()
    changed = run(*words)
    assert (Exit.DONE, ["SH020"]) == (changed.code, [shot.name for shot in shots(changed)])
    takes = [tag.take for strip in strips_all(bpy.context.scene) if (tag := take_tag(strip)) and strip.type == "MOVIE"]
    assert 3 == len(takes)
    assert [] == shots(run(*words))
    assert 2 == len(run("jobs").of(JobLine))


def test_one_edit_that_fails_does_not_keep_the_others(edit, run, tmp_path):
    done = run("plan", tmp_path / "gone.blend", edit)
    assert (done.code, len(done.of(PlanLine)), len(done.errors)) == (Exit.REFUSED, 1, 1)
    assert "gone.blend" in done.errors[0]


def test_only_some_frames_or_a_part_of_the_batch_are_planned(edit, run):
    assert [shot.name for shot in shots(run("plan", "--range", "25-48"))] == ["SH020"]
    assert shots(run("plan", "--shard", "2/2")) == []


def shots(said):
    return [shot for request in said.of(PlanLine)[0].plan.requests for shot in request.shots]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("generate --service seedance", Exit.NO_KEY, "-b {edit} --online-mode -c second_unit generate"),
        ("generate --service seedance --endpoint http://127.0.0.1:9/", Exit.NO_KEY, "ARK_API_KEY"),
        ("generate --service seedance --budget 0.10", Exit.OVER_BUDGET, "Nothing was ordered"),
        ("generate --service nobody", Exit.REFUSED, "nobody"),
        ("plan --scene Nowhere", Exit.REFUSED, "It has: Scene"),
    ],
)
def test_a_refusal_is_one_line_on_stderr_and_an_exit_code(edit, run, home, words, code, says):
    done = run(*words.split())
    assert (done.code, len(done.errors), len(done.of(ErrorLine))) == (code, 1, 1)
    assert says.format(edit=bpy.data.filepath) in done.errors[0]
    assert not (home / "jobs.sqlite3").exists()


@pytest.mark.parametrize(
    "words",
    [
        "",
        "shoot",
        "generate --budget much",
        "plan --range 9-1",
        "generate a.blend b.blend --render out.mp4",
        "generate a.blend b.blend --save-as out.blend",
    ],
)
def test_wrong_usage_is_2(edit, run, words):
    assert run(*words.split()).code == Exit.USAGE


@pytest.mark.parametrize("name", ["", "plan", "generate", "place", "takes", "jobs"])
def test_each_command_shows_an_example(edit, capfd, name):
    assert command.run([*name.split(), "--help"]) == 0
    said = " ".join(capfd.readouterr().out.split())
    assert f"Example: blender -b edit.blend {'--online-mode ' if name in {'', 'generate'} else ''}-c" in said


def test_one_budget_holds_for_all_edits_of_a_batch(edit, run, monkeypatch, tmp_path):
    monkeypatch.setenv("ARK_API_KEY", "rehearsal")
    files = [lay(tmp_path / f"{name}.blend", f"{name}-010") for name in ("one", "two")]
    with rehearsing(tmp_path / "rehearsal") as studio:
        words = ("--service", "seedance", "--resolution", "480p", "--endpoint", studio.endpoint())
        price = run("plan", files[0], *words[:4]).of(PlanLine)[0].cost.amount
        done = run("generate", *files, *words, "--budget", price * 3 / 2)
        assert (done.code, sum(studio.order_counts().values())) == (Exit.OVER_BUDGET, 1)


def test_the_command_is_there_in_a_process_of_its_own(home, tmp_path):
    lay(tmp_path / "edit.blend", "SH010")
    words = f"{shlex.quote(sys.executable)} -m tools.blender_module -b edit.blend -c second_unit plan"
    done = subprocess.run(
        shlex.split(words), cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(PROJECT)}, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = [json.loads(line)["event"] for line in done.stdout.splitlines() if line.startswith("{")]
    assert said == ["plan", "done"]
