"""``second-unit plan``, ``generate``, ``watch``: as a script runs them, from arguments to exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from second_unit.cli.app import COMMANDS
from second_unit.cli.exits import Exit
from second_unit.cli.lines import LINES, DoneLine, ErrorLine, JobLine, Line, PlanLine, TakeLine
from second_unit.jobs.folders import lock_path
from second_unit.jobs.lock import is_held, read_holder
from second_unit.rehearsal.running import Rehearsal, rehearsing
from second_unit.timing import FrameRange
from tests.edits import text, timeline

otio = pytest.importorskip("opentimelineio")
QUICK = ("--resolution", "480p")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.endswith("_KEY")]:
        monkeypatch.delenv(name)
    yield tmp_path / "home"
    store = tmp_path / "home" / "jobs.sqlite3"
    if is_held(store):
        os.kill(read_holder(lock_path(store))["pid"], signal.SIGTERM)


@pytest.fixture
def edit(home: Path, tmp_path: Path) -> Path:
    """An edit of two shots that no model takes in one request, for they stand apart."""
    path = tmp_path / "edit.json"
    strips = (text("SH010", 0, 48), text("SH020", 96, 144))
    path.write_text(timeline(*strips, file=path).model_dump_json(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path_factory.mktemp("rehearsal")) as running:
        yield running


class Said:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        self.lines: list[Line] = [LINES.validate_json(line) for line in out.splitlines() if line.startswith("{")]

    def of(self, kind: type) -> list[Any]:
        return [line for line in self.lines if isinstance(line, kind)]


def second_unit(*arguments: object, **variables: str) -> Said:
    command = [sys.executable, "-m", "second_unit", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=os.environ | variables)
    return Said(done.returncode, done.stdout, done.stderr)


def seedance(rehearsal: Rehearsal) -> tuple[str, ...]:
    return ("--service", "seedance", "--endpoint", rehearsal.endpoint(), *QUICK)


def test_plan_says_what_generate_carries_out_and_a_second_run_pays_nothing(edit, rehearsal):
    rehearsal.clear_faults()
    key = {"ARK_API_KEY": "rehearsal"}
    dry = second_unit("generate", edit, *seedance(rehearsal), "--dry-run", **key)
    first = second_unit("generate", edit, *seedance(rehearsal), **key)
    again = second_unit("generate", edit, *seedance(rehearsal), **key)
    assert [0, 0, 0] == [dry.code, first.code, again.code]
    assert dry.of(PlanLine) == first.of(PlanLine) == again.of(PlanLine)
    assert [take.file for take in first.of(TakeLine)] == [take.file for take in again.of(TakeLine)]
    assert [1, 1] == sorted(rehearsal.order_counts().values())
    assert first.of(DoneLine) == [DoneLine(exit_code=0, ready=2)]


def test_some_failed_is_1_and_each_failure_one_line_on_stderr(edit, rehearsal):
    rehearsal.fault("fails")
    done = second_unit("generate", edit, *seedance(rehearsal), "--seed", 7, ARK_API_KEY="rehearsal")
    assert (done.code, done.of(DoneLine)) == (Exit.SOME_FAILED, [DoneLine(exit_code=1, ready=1, failed=1)])
    failed = done.of(ErrorLine)[0].error
    assert [line for line in done.err.splitlines() if failed.shot in line] == done.err.splitlines()
    assert len(done.err.splitlines()) == 1


def test_a_key_that_the_service_refuses_is_5(edit, rehearsal):
    done = second_unit("generate", edit, *seedance(rehearsal), "--seed", 8, ARK_API_KEY="bad")
    assert done.code == Exit.NO_KEY
    assert {"KeyRefused"} == {line.error.kind for line in done.of(ErrorLine)}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--service", "seedance"), Exit.NO_KEY, "ARK_API_KEY"),
        (("--service", "seedance", "--budget", "0.10"), Exit.OVER_BUDGET, "Nothing was ordered"),
        (("--service", "nobody"), Exit.REFUSED, "nobody"),
        (("--shard", "6/5"), Exit.REFUSED, "6/5"),
    ],
)
def test_a_refusal_is_one_line_on_stderr_and_an_exit_code(edit, home, words, code, says):
    done = second_unit("generate", edit, *words)
    assert (done.code, len(done.err.splitlines())) == (code, 1)
    assert says in done.err
    assert [code] == [line.exit_code for line in done.of(DoneLine)]
    assert not home.exists()


@pytest.mark.parametrize("words", ["generate", "generate {edit} --budget much", "generate {edit} --save-as out.otio"])
def test_wrong_usage_is_2_and_orders_nothing(edit, home, words):
    assert second_unit(*words.format(edit=edit).split()).code == Exit.USAGE
    assert not home.exists()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_leaves_the_jobs_running_and_says_how_to_come_back(edit, rehearsal):
    with rehearsing(rehearsal.folder.parent / "slow", running_seconds=4.0) as slow:
        command = [sys.executable, "-m", "second_unit", "generate", str(edit), *seedance(slow)]
        # Where these tests run in the background, Ctrl-C is ignored, and what they start would inherit that.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"ARK_API_KEY": "key"}
        )
        signal.signal(signal.SIGINT, before)
        assert child.stdout
        while '"submitted"' not in (line := child.stdout.readline()):
            assert line
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
        assert (child.returncode, "second-unit watch" in err) == (Exit.STILL_RUNNING, True)
        back = second_unit("watch", ARK_API_KEY="key")
        assert (back.code, {line.state for line in back.of(JobLine)} >= {"ready"}) == (Exit.DONE, True)
        assert {1} == set(slow.order_counts().values())


def test_an_otio_edit_comes_back_with_its_record_ranges_and_opens_again(home, tmp_path):
    path, shot = tmp_path / "edit.otio", tmp_path / "shot.otio"
    track = otio.schema.Track(name="V1", kind="Video")
    for name, start, length in (("A", 0, 48), ("B", 0, 60)):
        span = otio.opentime.TimeRange(otio.opentime.RationalTime(start, 24), otio.opentime.RationalTime(length, 24))
        words = f"{name}: a door opens. Static. Creaks."
        track.append(otio.schema.Clip(name, source_range=span, metadata={"second_unit": words}))
    otio.adapters.write_to_file(otio.schema.Timeline("Edit", tracks=[track]), str(path))

    done = second_unit("generate", path, *QUICK, "--save-as", shot)
    assert (done.code, done.err) == (Exit.DONE, "")
    planned = [one.range for request in done.of(PlanLine)[0].plan.requests for one in request.shots]
    assert planned == [FrameRange(0, 48), FrameRange(48, 108)]
    written = otio.adapters.read_from_file(str(shot))
    tracks = {track.name: track for track in written.tracks}
    for name in ("V1", "Second Unit", "Second Unit sound"):
        ranges = [clip.trimmed_range_in_parent() for clip in tracks[name].find_clips()]
        assert [(0, 48), (48, 60)] == [(int(one.start_time.value), int(one.duration.value)) for one in ranges]
    for clip in tracks["Second Unit"].find_clips():
        assert (tmp_path / clip.media_reference.target_url).is_file()


def test_the_sample_timelines_are_planned_or_refused_with_a_reason(home):
    folder = os.environ.get("SECOND_UNIT_OTIO_SAMPLES")
    if not folder:
        pytest.skip("SECOND_UNIT_OTIO_SAMPLES doesn't name a copy of OpenTimelineIO's tests/sample_data")
    for path in sorted(Path(folder).glob("*.otio")):
        done = second_unit("plan", path)
        assert "Traceback" not in done.err, path.name
        if done.code != Exit.DONE:
            assert (len(done.err.splitlines()), len(done.of(ErrorLine))) == (1, 1), path.name
            assert done.of(ErrorLine)[0].error.remedy, path.name


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_each_command_shows_an_example(name):
    done = second_unit(*name.split(), "--help")
    assert (done.code, f"Example: second-unit {name or 'demo'}" in " ".join(done.out.split())) == (0, True)


@pytest.mark.parametrize(
    ("typed", "offered"), [("second-unit ge", "generate"), ("second-unit plan --serv", "--service")]
)
def test_the_shell_completes_commands_and_options(typed, offered):
    shell = {"_SECOND_UNIT_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    script = Path(sys.executable).with_name("second-unit")
    done = subprocess.run([script], capture_output=True, text=True, check=False, env=os.environ | shell, timeout=60)
    assert offered in done.stdout.split()


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
@pytest.mark.parametrize("no_color", ["", "1"])
def test_no_color_is_kept_to_on_a_terminal(edit, no_color):
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": no_color}
    child = subprocess.Popen(
        [sys.executable, "-m", "second_unit", "plan", str(edit)], stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end was closed
            break
        if not part:
            break
        said += part
    os.close(ours)
    assert child.wait(timeout=30) == 0
    assert b"SH010" in said
    assert (b"\x1b[3" not in said) is bool(no_color)


def test_every_line_of_output_keeps_to_the_published_schema(edit, home):
    from tools.write_schema import SCHEMA, schema

    assert schema() == SCHEMA.read_text(encoding="utf-8")
    jsonschema = pytest.importorskip("jsonschema")
    keeps_to = jsonschema.Draft202012Validator(json.loads(schema()))
    said = [second_unit("plan", edit), second_unit("generate", edit, *QUICK), second_unit("watch")]
    said.append(second_unit("plan", edit, "--service", "nobody"))
    lines = [json.loads(line) for one in said for line in one.out.splitlines()]
    assert {"plan", "job", "take", "error", "done"} == {line["event"] for line in lines}
    for line in lines:
        keeps_to.validate(line)


def test_the_schema_can_refuse():
    from tools.write_schema import schema

    jsonschema = pytest.importorskip("jsonschema")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"event": "done"}, json.loads(schema()))


def test_two_machines_share_a_takes_folder_and_never_overwrite_each_other(edit, tmp_path):
    takes = tmp_path / "shared"
    children = []
    for number in (1, 2):
        words = ["generate", str(edit), *QUICK, "--takes", str(takes)]
        children.append(
            subprocess.Popen(
                [sys.executable, "-m", "second_unit", *words],
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | {"SECOND_UNIT_HOME": str(tmp_path / f"machine-{number}")},
            )
        )
    told = [child.communicate(timeout=120)[0] for child in children]
    files = [take.file for out in told for take in Said(0, out, "").of(TakeLine)]
    for number in (1, 2):
        store = tmp_path / f"machine-{number}" / "jobs.sqlite3"
        if is_held(store):
            os.kill(read_holder(lock_path(store))["pid"], signal.SIGTERM)
    assert (len(files), len(set(files))) == (4, 4)
    assert all(file.is_file() and takes in file.parents for file in files)


def test_it_says_something_soon():
    """What `benchmarks/starting.py` measures in milliseconds, as a limit that a busy machine keeps too."""
    began = time.process_time(), os.times().children_user
    second_unit("--help")
    assert os.times().children_user - began[1] < 1.5
