"""``second-unit jobs``, ``ledger``, ``doctor`` and ``work``: as a user types them."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from second_unit.errors import AnswerLost, TaskFailed
from second_unit.jobs import events
from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.folders import lock_path
from second_unit.jobs.job import Job
from second_unit.jobs.lock import is_held, read_holder
from second_unit.jobs.store import JobStore
from tests.jobs.making import make_plan


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.endswith("_KEY")]:
        monkeypatch.delenv(name)
    yield tmp_path / "home"
    store = tmp_path / "home" / "jobs.sqlite3"
    if is_held(store):  # a command started the worker, which would stay for half a minute
        os.kill(read_holder(lock_path(store))["pid"], signal.SIGTERM)


def second_unit(*arguments: str, code: int = 0) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "second_unit", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert code == told.returncode, told.stdout + told.stderr
    return told.stdout if code == 0 else told.stdout + told.stderr


def keep_jobs(home: Path, tmp_path: Path) -> tuple[Job, Job]:
    """One job that is uncertain, and one that failed for nothing."""
    with JobStore(home / "jobs.sqlite3") as store:
        lost, failed = enqueue(store, make_plan("SH010", "SH020"), tmp_path)
        for job in (lost, failed):
            store.apply(job.id, events.Started(at=1))
            store.apply(job.id, events.Sending(at=1))
        store.apply(lost.id, events.Lost(at=1, error=AnswerLost("The answer was lost.").as_record()))
        store.apply(failed.id, events.Failed(at=1, error=TaskFailed("It failed.").as_record()))
        return store.job(lost.id), store.job(failed.id)


def test_jobs_lists_each_with_its_state(home: Path, tmp_path: Path) -> None:
    assert second_unit("jobs").strip() == "There are no jobs."
    jobs = keep_jobs(home, tmp_path)
    listed = [json.loads(line) for line in second_unit("jobs", "--json").splitlines()]
    assert [(job.id, str(job.state)) for job in jobs] == [(job["id"], job["state"]) for job in listed]
    assert "uncertain" in second_unit("jobs")


def test_show_tells_the_history_the_charge_and_the_next_step(home: Path, tmp_path: Path) -> None:
    lost, _ = keep_jobs(home, tmp_path)
    told = second_unit("jobs", "show", lost.id[:8])
    for words in ("Placing the order.", "Whether it was charged isn't known.", "adopt"):
        assert words in told


def test_resubmit_asks_before_it_may_pay_twice(home: Path, tmp_path: Path) -> None:
    lost, failed = keep_jobs(home, tmp_path)
    refused = second_unit("jobs", "resubmit", lost.id, code=2)
    assert "--pay-again" in refused
    again = json.loads(second_unit("jobs", "resubmit", lost.id, "--pay-again", "--json"))
    assert again["id"] not in {lost.id, failed.id}
    # What surely wasn't charged needs no such word.
    second_unit("jobs", "resubmit", failed.id)


def test_forget_drops_it_from_the_list_and_not_from_the_ledger(home: Path, tmp_path: Path) -> None:
    lost, failed = keep_jobs(home, tmp_path)
    second_unit("jobs", "forget", lost.id)
    assert [failed.id] == [json.loads(line)["id"] for line in second_unit("jobs", "--json").splitlines()]
    assert [lost.id, failed.id] == [json.loads(line)["job"] for line in second_unit("ledger", "--json").splitlines()]


def test_an_unknown_job_and_a_useless_wish_are_said_in_words(home: Path, tmp_path: Path) -> None:
    keep_jobs(home, tmp_path)
    assert "There is no job 'zzz'" in second_unit("jobs", "show", "zzz", code=1)
    with JobStore(home / "jobs.sqlite3") as store:
        failed = store.jobs()[1]
    assert "there is nothing to cancel" in second_unit("jobs", "cancel", failed.id, code=1)


def test_ledger_sums_and_keeps_caps(home: Path, tmp_path: Path) -> None:
    keep_jobs(home, tmp_path)
    told = second_unit("ledger", "--by", "service", "--cap-day", "20", "--cap-run", "5.5")
    for words in ("peer", "0.50 USD", "Cap a day: 20.00 USD", "Cap a run: 5.50 USD"):
        assert words in told
    assert "Cap a day" not in second_unit("ledger", "--cap-day", "none")
    assert "is no amount" in second_unit("ledger", "--cap-day", "lots", code=2)


def test_doctor_says_what_is_there_and_what_is_not(home: Path) -> None:
    findings = [json.loads(line) for line in second_unit("doctor", "--offline", "--json").splitlines()]
    assert {"store", "worker", "store's disk", "key of seedance"} <= {finding["about"] for finding in findings}


def test_doctor_names_a_damaged_store_and_where_it_went(home: Path) -> None:
    home.mkdir()
    (home / "jobs.sqlite3").write_text("no database" * 100)
    told = second_unit("doctor", "--offline", "--json", code=1)
    assert "set aside as" in told
    assert [1100] == [path.stat().st_size for path in home.glob("jobs.sqlite3.damaged-*")]


def test_work_loads_no_command_line_library(home: Path) -> None:
    code = "import sys; sys.argv = ['second-unit', 'work', '--idle', '0']; import os; os._exit = lambda c: print("
    code += "c, sorted({'typer', 'rich', 'click'} & set(sys.modules)));"
    code += "import runpy; runpy.run_module('second_unit', run_name='__main__')"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == "0 []"


def test_work_says_in_words_that_a_store_cannot_be_used(home: Path) -> None:
    JobStore(home / "jobs.sqlite3").close()
    connection = sqlite3.connect(home / "jobs.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert "written by a newer Second Unit" in second_unit("work", "--idle", "0", code=1)
