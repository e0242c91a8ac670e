"""
The job store: one SQLite file that outlives every process. All writing of jobs goes through :meth:`JobStore.apply`.

Blender's timer reads it with :class:`second_unit.jobs.reader.StoreReader`, which loads no pydantic.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from second_unit.errors import StoreError
from second_unit.jobs.events import Event
from second_unit.jobs.job import OPEN_STATES, HistoryEntry, Job, State
from second_unit.jobs.ledger import LedgerEntry, Scope, check_amount, note, read_caps, read_entries, write_cap
from second_unit.jobs.opening import BUSY_SECONDS, open_store, store_errors
from second_unit.jobs.transition import transition
from second_unit.plan import GenerationRequest

_COLUMNS = "request, record"


class JobStore:
    """
    The durable records of all jobs.

    Args:
        path: of the file, on a disk of this machine; made where there is none.
        busy_seconds: how long to wait for another process's write.

    Raises:
        StoreError: as :func:`second_unit.jobs.opening.open_store`.
    """

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = Path(path)
        self._connection = open_store(self.path, busy_seconds=busy_seconds)
        self._turn = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._connection.close()

    def add(self, jobs: Sequence[Job]) -> None:
        """
        Keep new jobs of one run, all or none.

        Raises:
            OverBudget: ordering all of them would pass a cap of the user's.
        """
        with self.writing() as connection:
            _check_run(connection, jobs)
            _insert(connection, jobs)

    def apply(self, job_id: str, event: Event, *, also: Sequence[Job] = ()) -> Job:
        """
        Let the event happen to the job as it stands in the store, and return the job after it.

        ``also`` are new jobs to keep in the same step.

        Reading, deciding and writing are one transaction: two processes can't both make the same move.

        Raises:
            IllegalMove: the table has no such move; nothing was changed.
            OverBudget: the order would pass a cap of the user's; nothing was changed.
            StoreError: no such job, or the store can't be written.
        """
        with self.writing() as connection:
            before = _read(connection, job_id)
            after = transition(before, event)
            note(connection, after, event)
            _update(connection, after)
            _write_history(connection, after, len(before.history))
            _insert(connection, also)
            return after

    def job(self, job_id: str) -> Job:
        """
        Return the job; the first characters of its id are enough where only one job has them.

        Raises:
            StoreError: no such job, or several.
        """
        with self._reading() as connection:
            return _read(connection, _whole_id(connection, job_id))

    def jobs(self, *, states: Iterable[State] | None = None, project: str | None = None) -> tuple[Job, ...]:
        """Return the jobs, oldest first, of these states and this project where given."""
        wanted = [str(state) for state in (State if states is None else states)]
        query = f"SELECT id, {_COLUMNS} FROM jobs WHERE state IN ({_marks(wanted)})"  # noqa: S608  marks only
        arguments = list(wanted)
        if project is not None:
            query, arguments = query + " AND project = ?", [*arguments, project]
        with self._reading() as connection:
            rows = connection.execute(query + " ORDER BY created_at, rowid", arguments).fetchall()
            return tuple(_job(row[1:], _history(connection, row[0])) for row in rows)

    def open_jobs(self) -> tuple[Job, ...]:
        """Return the jobs that the worker still has something to do for, oldest first."""
        return self.jobs(states=OPEN_STATES)

    def open_marks(self) -> tuple[tuple[str, bool], ...]:
        """Return the ids of the open jobs, oldest first, and whether the user wants each stopped. Cheap."""
        states = [str(state) for state in OPEN_STATES]
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT id, json_extract(record, '$.cancel_asked') FROM jobs WHERE state IN ({_marks(states)})"  # noqa: S608
                " ORDER BY created_at, rowid",
                states,
            ).fetchall()
            return tuple((str(row[0]), bool(row[1])) for row in rows)

    def with_fingerprint(self, fingerprint: str) -> tuple[Job, ...]:
        """Return the jobs of this exact order, newest first."""
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT id, {_COLUMNS} FROM jobs WHERE fingerprint = ? ORDER BY created_at DESC, rowid DESC",  # noqa: S608
                (fingerprint,),
            ).fetchall()
            return tuple(_job(row[1:], _history(connection, row[0])) for row in rows)

    def forget(self, job_id: str) -> Job:
        """
        Drop an ended job from the store and return it as it was. Its files and the ledger stay.

        Raises:
            StoreError: it is still open.
        """
        with self.writing() as connection:
            job = _read(connection, _whole_id(connection, job_id))
            if job.is_open:
                raise StoreError(
                    f"Job {job.id} ('{job.name}') is {job.state}: it can't be forgotten while it is open.",
                    remedy="Cancel it first.",
                    job=job.id,
                )
            connection.execute("DELETE FROM jobs WHERE id = ?", (job.id,))
            connection.execute("INSERT OR REPLACE INTO forgotten VALUES (?, ?)", (job.id, _next_change(connection)))
            return job

    def name_take(self, job_id: str, folder: Path, stem: str, least: int) -> int:
        """
        Return the take number that is this job's alone for ``stem`` in ``folder``, at least ``least``.

        Two jobs that finish at once get different numbers; the same job gets its own again after a restart.
        """
        with self.writing() as connection:
            mine = connection.execute(
                "SELECT number FROM names WHERE folder = ? AND stem = ? AND job = ? AND number >= ?",
                (str(folder), stem, job_id, least),
            ).fetchone()
            if mine is not None:
                return int(mine[0])
            highest = connection.execute(
                "SELECT max(number) FROM names WHERE folder = ? AND stem = ?", (str(folder), stem)
            ).fetchone()[0]
            number = max(least, (highest or 0) + 1)
            connection.execute("INSERT INTO names VALUES (?, ?, ?, ?)", (str(folder), stem, number, job_id))
            return number

    def ledger(self) -> tuple[LedgerEntry, ...]:
        """Return what was ordered for how much, oldest first, forgotten jobs too."""
        with self._reading() as connection:
            return read_entries(connection)

    def caps(self) -> dict[tuple[Scope, str], Decimal]:
        """Return the spend caps by scope (``"run"``, ``"day"``) and currency."""
        with self._reading() as connection:
            return read_caps(connection)

    def set_cap(self, scope: Scope, currency: str, amount: Decimal | None) -> None:
        """Let no order be sent that passes ``amount`` a run or a day; None removes the cap."""
        with self.writing() as connection:
            write_cap(connection, scope, currency, amount)

    def version(self) -> int:
        """Return a number that changes when another process has written; costs microseconds."""
        with self._reading() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the store's one write transaction: all of the block is kept, or nothing of it."""
        with self._turn, store_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._turn, store_errors(self.path):
            yield self._connection


def _check_run(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    """See that all that will be paid for keeps within the caps; jobs that use an earlier take cost nothing."""
    costs = [job.request.cost for job in jobs if job.same_as is None]
    for currency in {cost.currency for cost in costs}:
        amounts = [cost.amount for cost in costs if cost.currency == currency]
        known = [amount for amount in amounts if amount is not None]
        total = sum(known, Decimal(0)) if len(known) == len(amounts) else None
        first = jobs[0]
        what = f"'{first.name}'" if len(jobs) == 1 else f"The run of {len(jobs)} orders"
        check_amount(connection, total, currency, run=first.run, at=first.created_at, what=what)


def _marks(values: list[str]) -> str:
    return ", ".join("?" * len(values))


def _next_change(connection: sqlite3.Connection) -> int:
    return int(connection.execute("UPDATE counter SET change = change + 1 RETURNING change").fetchall()[0][0])


def _row(job: Job, change: int) -> tuple[object, ...]:
    request = job.request
    return (
        job.id,
        change,
        str(job.state),
        job.name,
        job.project,
        request.service,
        request.model,
        request.fingerprint,
        job.run,
        job.progress,
        job.message,
        job.created_at,
        job.updated_at,
        request.model_dump_json(),
        _record(job),
    )


def _record(job: Job) -> str:
    return job.model_dump_json(exclude={"request", "history"})


def _insert(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    for job in jobs:
        row = _row(job, _next_change(connection))
        connection.execute(f"INSERT INTO jobs VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608  marks only
        _write_history(connection, job, 0)


def _update(connection: sqlite3.Connection, job: Job) -> None:
    connection.execute(
        "UPDATE jobs SET change = ?, state = ?, progress = ?, message = ?, updated_at = ?, record = ? WHERE id = ?",
        (_next_change(connection), str(job.state), job.progress, job.message, job.updated_at, _record(job), job.id),
    )


def _write_history(connection: sqlite3.Connection, job: Job, known: int) -> None:
    entries = [(job.id, number, entry.model_dump_json()) for number, entry in enumerate(job.history) if number >= known]
    connection.executemany("INSERT INTO history VALUES (?, ?, ?)", entries)


def _whole_id(connection: sqlite3.Connection, beginning: str) -> str:
    rows = connection.execute("SELECT id FROM jobs WHERE substr(id, 1, ?) = ?", (len(beginning), beginning)).fetchall()
    if len(rows) == 1 or (beginning,) in rows:
        return beginning if (beginning,) in rows else str(rows[0][0])
    what = "no job" if not rows or not beginning else f"{len(rows)} jobs"
    raise StoreError(
        f"There is {what} '{beginning}' in the store."
        if not rows
        else f"There are {what} beginning with '{beginning}'.",
        remedy="`second-unit jobs` lists them.",
        job=beginning,
    )


def _read(connection: sqlite3.Connection, job_id: str) -> Job:
    row = connection.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (job_id,)).fetchone()  # noqa: S608
    if row is None:
        raise StoreError(
            f"There is no job '{job_id}' in the store.", remedy="`second-unit jobs` lists them.", job=job_id
        )
    return _job(row, _history(connection, job_id))


def _history(connection: sqlite3.Connection, job_id: str) -> tuple[HistoryEntry, ...]:
    rows = connection.execute("SELECT entry FROM history WHERE job = ? ORDER BY number", (job_id,))
    return tuple(HistoryEntry.model_validate_json(row[0]) for row in rows)


def _job(row: tuple[str, str], history: tuple[HistoryEntry, ...]) -> Job:
    # The record is a JSON object without these two; they are put in as text, so that it is parsed once.
    request, record = row
    bare = GenerationRequest.model_validate_json(request)
    return Job.model_validate_json(f'{{"request": {request}, {record[1:]}').model_copy(
        update={"request": bare, "history": history}
    )
