"""The store outlives every process, and keeps each change whole or not at all."""

from __future__ import annotations

import hashlib
import multiprocessing
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from second_unit.errors import AnswerLost, DamagedStore, NewerStore, ReadOnlyFolder, StoreBusy, StoreError
from second_unit.jobs import events, schema
from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.reader import StoreReader
from second_unit.jobs.store import JobStore
from second_unit.jobs.transition import IllegalMove
from tests.jobs.making import make_plan


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "jobs.sqlite3"


def test_what_is_kept_is_read_back_the_same(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        jobs = enqueue(store, make_plan("SH010", "SH020"), tmp_path)
        moved = store.apply(jobs[0].id, events.Started(at=5.0))
    with JobStore(path) as store:
        assert (moved, jobs[1]) == store.jobs()
        assert moved == store.job(jobs[0].id[:6])


def test_an_illegal_move_changes_nothing(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        (job,) = enqueue(store, make_plan(), tmp_path)
        with pytest.raises(IllegalMove):
            store.apply(job.id, events.Placed(at=1))
        assert job == store.job(job.id)


def test_a_job_that_is_not_there_is_named(path: Path) -> None:
    with JobStore(path) as store, pytest.raises(StoreError, match="no job 'beef'"):
        store.job("beef")


def _move_until_refused(path: Path, job_id: str, wins: multiprocessing.Queue[bool]) -> None:
    with JobStore(path) as store:
        try:
            store.apply(job_id, events.Started(at=1))
        except IllegalMove:
            wins.put(False)
        else:
            wins.put(True)


def test_two_processes_cannot_make_the_same_move(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        (job,) = enqueue(store, make_plan(), tmp_path)
    context = multiprocessing.get_context("spawn")
    wins = context.Queue()
    processes = [context.Process(target=_move_until_refused, args=(path, job.id, wins)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [False, False, True] == sorted(wins.get() for _ in processes)


def test_a_damaged_store_is_set_aside_and_never_deleted(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        enqueue(store, make_plan(*(f"SH{n}" for n in range(50))), tmp_path)
    content = bytearray(path.read_bytes())
    content[4096 : len(content)] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(DamagedStore, match="set aside as") as caught:
        JobStore(path)
    (aside,) = path.parent.glob("jobs.sqlite3.damaged-*")
    assert bytes(content) == aside.read_bytes()
    assert str(aside) in str(caught.value)
    with JobStore(path) as store:
        assert () == store.jobs()


def test_a_file_that_is_no_database_is_set_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("These are the notes of somebody.\n" * 100)
    with pytest.raises(DamagedStore):
        JobStore(path)
    assert "notes of somebody" in next(path.parent.glob("*.damaged-*")).read_text()


def test_a_newer_store_is_refused_and_left_alone(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        enqueue(store, make_plan(), tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(NewerStore, match="newer Second Unit"):
        JobStore(path)
    assert before == hashlib.sha256(path.read_bytes()).hexdigest()


def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        JobStore(path)
    assert before == path.read_bytes()


def test_a_store_of_the_first_schema_is_brought_forward_with_its_jobs(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path, isolation_level=None)
    schema.migrate(connection, path, schema.STEPS[:1])
    connection.execute(
        "INSERT INTO jobs"
        " VALUES ('j1', 1, 'planned', 'SH010', '', 'peer', 'small', 'f', 'r', NULL, 'Planned.', 0, 0, ?, ?)",
        (
            make_plan().requests[0].model_dump_json(),
            f'{{"id": "j1", "takes_folder": "{tmp_path}", "created_at": 0, "updated_at": 0}}',
        ),
    )
    connection.close()
    with JobStore(path) as store:
        assert ["j1"] == [job.id for job in store.jobs()]
        assert () == store.ledger()


def test_a_step_forward_that_fails_leaves_the_store_as_it_was(path: Path) -> None:
    JobStore(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(connection, path, (*schema.STEPS, "CREATE TABLE fine (a); CREATE NONSENSE"))
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    assert "fine" not in tables
    assert version == len(schema.STEPS)


def test_a_store_that_is_held_says_so(path: Path, tmp_path: Path) -> None:
    JobStore(path).close()
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    with JobStore(path, busy_seconds=0.1) as store, pytest.raises(StoreBusy, match="Another process"):
        enqueue(store, make_plan(), tmp_path)
    blocker.close()


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReadOnlyFolder, match="can't be made"):
        JobStore(tmp_path / "file" / "jobs.sqlite3")


def test_an_open_job_is_not_forgotten(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        (job,) = enqueue(store, make_plan(), tmp_path)
        with pytest.raises(StoreError, match="while it is open"):
            store.forget(job.id)


def test_a_forgotten_job_leaves_its_line_in_the_ledger(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        (job,) = enqueue(store, make_plan(), tmp_path)
        for event in (events.Started(at=1), events.Sending(at=1), events.Lost(at=1, error=AnswerLost("").as_record())):
            store.apply(job.id, event)
        store.forget(job.id)
        assert () == store.jobs()
        assert [(job.id, "uncertain")] == [(entry.job, entry.standing) for entry in store.ledger()]


def test_take_numbers_are_each_jobs_alone_and_stay_with_it(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        numbers = [store.name_take(job, tmp_path, "SH010", 1) for job in ("a", "b", "a", "c")]
        assert [1, 2, 1, 3] == numbers
        assert store.name_take("a", tmp_path, "SH010", 7) == 7


def test_the_reader_tells_what_changed_and_then_nothing(path: Path, tmp_path: Path) -> None:
    reader = StoreReader(path)
    assert (0, ()) == reader.changed_since(0)
    with JobStore(path) as store:
        first, second = enqueue(store, make_plan("SH010", "SH020"), tmp_path)
        cursor, rows = reader.changed_since(0)
        assert ["SH010", "SH020"] == [row.name for row in rows]
        assert (cursor, ()) == reader.changed_since(cursor)
        store.apply(second.id, events.Started(at=1))
        cursor, rows = reader.changed_since(cursor)
        assert [(second.id, "preparing", True)] == [(row.id, row.state, row.is_open) for row in rows]
        store.apply(first.id, events.Cancelled(at=1, message="Stopped."))
        store.forget(first.id)
        cursor, rows = reader.changed_since(cursor)
        assert [(first.id, "forgotten")] == [(row.id, row.state) for row in rows]
    reader.close()


def test_the_reader_goes_over_to_a_store_that_took_the_place_of_a_damaged_one(path: Path, tmp_path: Path) -> None:
    reader = StoreReader(path)
    with JobStore(path) as store:
        enqueue(store, make_plan(*(f"SH{n}" for n in range(5))), tmp_path)
        cursor, _ = reader.changed_since(0)
    for name in ("jobs.sqlite3", "jobs.sqlite3-wal", "jobs.sqlite3-shm"):
        companion = path.with_name(name)
        if companion.exists():
            companion.rename(tmp_path / name)
    with JobStore(path) as store:
        (job,) = enqueue(store, make_plan("SH900"), tmp_path)
        _, rows = reader.changed_since(cursor)
        assert [job.id] == [row.id for row in rows]
    reader.close()


def test_the_reader_makes_no_store(path: Path) -> None:
    reader = StoreReader(path)
    reader.changed_since(0)
    reader.close()
    assert not path.exists()


def test_a_tick_of_the_reader_costs_less_than_a_millisecond_with_500_open_jobs(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        jobs = enqueue(store, make_plan(*(f"SH{n:04d}" for n in range(500))), tmp_path)
        reader = StoreReader(path)
        cursor, rows = reader.changed_since(0)
        assert len(rows) == 500
        quiet, busy = [], []
        for job in jobs[:60]:
            began = time.perf_counter()
            reader.changed_since(cursor)
            quiet.append(time.perf_counter() - began)
            store.apply(job.id, events.Started(at=1))
            began = time.perf_counter()
            cursor, rows = reader.changed_since(cursor)
            busy.append(time.perf_counter() - began)
            assert len(rows) == 1
        reader.close()
    # The median: what else the machine does at a given moment isn't ours.
    assert sorted(quiet)[30] < 0.001
    assert sorted(busy)[30] < 0.001


def test_the_reader_and_the_starter_load_neither_pydantic_nor_a_client() -> None:
    rooms = ", ".join(f"second_unit.jobs.{name}" for name in ("reader", "starting", "lock", "folders"))
    code = f"import sys, {rooms}; print(sorted({{'pydantic', 'httpx', 'av', 'numpy', 'asyncio'}} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
