"""One worker a store, and a dead one never keeps the next one out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from second_unit.errors import StoreBusy
from second_unit.jobs.folders import lock_path
from second_unit.jobs.lock import WorkerLock, is_held, read_holder

HOLD = """
import sys, time
from pathlib import Path
from second_unit.jobs.lock import WorkerLock
with WorkerLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(store: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(store)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_holder_is_refused_and_told_who_it_is(tmp_path: Path) -> None:
    store = tmp_path / "jobs.sqlite3"
    with holder(store) as process:
        assert is_held(store)
        with pytest.raises(StoreBusy, match=f"process {process.pid}"), WorkerLock(store):
            pass
        process.terminate()


def test_the_lock_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    store = tmp_path / "jobs.sqlite3"
    with holder(store) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not is_held(store)
        with WorkerLock(store):
            assert os.getpid() == read_holder(lock_path(store))["pid"]


def test_a_lock_file_that_names_a_living_process_keeps_nobody_out(tmp_path: Path) -> None:
    """The dead worker's process id may be another program's by now."""
    store = tmp_path / "jobs.sqlite3"
    lock_path(store).write_text(json.dumps({"pid": os.getpid(), "since": 0}))
    assert not is_held(store)
    with WorkerLock(store):
        assert is_held(store)
    assert not is_held(store)


def test_looking_at_the_lock_from_the_holders_own_process_does_not_give_it_away(tmp_path: Path) -> None:
    store = tmp_path / "jobs.sqlite3"
    with WorkerLock(store):
        assert is_held(store)
        look = "import sys; from pathlib import Path; from second_unit.jobs.lock import is_held;"
        look += "print(is_held(Path(sys.argv[1])))"
        told = subprocess.run([sys.executable, "-c", look, str(store)], capture_output=True, text=True, check=True)
        assert told.stdout.strip() == "True"


@pytest.mark.skipif(os.name != "posix", reason="forks")
def test_a_child_that_outlives_a_killed_worker_does_not_hold_its_lock(tmp_path: Path) -> None:
    """Renderers are started by exec, which drops the lock: it isn't inherited."""
    store = tmp_path / "jobs.sqlite3"
    code = HOLD.replace('print("held"', "import subprocess; subprocess.Popen(['sleep', '30']); print(\"held\"")
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(store)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.stdout.close()
    try:
        assert not is_held(store)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
