"""
What Blender's timer asks of the store. Standard library only, so that the first tick loads no pydantic.

A tick with nothing new costs microseconds: SQLite says by ``data_version`` whether another process has written.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

OPEN = frozenset({"planned", "preparing", "submitting", "submitted", "running", "downloading", "verifying"})

# Orders of the last month tell how long such orders take.
_LATELY_SECONDS = 30 * 86_400


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the panel shows it. ``state`` is ``"forgotten"`` for one that was dropped from the store."""

    id: str
    state: str
    name: str = ""
    progress: float | None = None
    message: str = ""
    project: str = ""
    run: str = ""
    service: str = ""
    updated_at: float = 0.0
    model: str = ""
    created_at: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the worker still has something to do for it."""
        return self.state in OPEN


class StoreReader:
    """
    Reads what changed; never writes, never makes the file, never waits.

    Args:
        path: of the store; it may not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._connection: sqlite3.Connection | None = None
        self._version: int | None = None
        self._cursor = -1
        self._file = 0

    def changed_since(self, cursor: int) -> tuple[int, tuple[JobRow, ...]]:
        """
        Return the cursor to ask with next time, and the jobs that changed after ``cursor`` (0: all of them).

        A store that is missing, busy or damaged has no changes; the worker and the command say what is wrong with it.
        Where a new store has taken the place of one that was set aside, all of its jobs are returned.
        """
        try:
            connection, cursor = self._open(cursor)
            version = int(connection.execute("PRAGMA data_version").fetchone()[0])
            if version == self._version and cursor == self._cursor:
                return cursor, ()
            newest, rows = _changes(connection, cursor)
        except (sqlite3.Error, OSError):
            self.close()
            return cursor, ()
        self._version, self._cursor = version, newest
        return newest, rows

    def spent_on(self, day: str) -> dict[str, Decimal]:
        """
        Return what counts as spent on a local day (``"2026-11-22"``), by currency: billed, else as it was estimated.

        Orders that surely weren't charged don't count, nor do those whose price nobody knows. Empty where the store
        can't be read.
        """
        query = (
            "SELECT currency, coalesce(billed, estimated) FROM ledger"
            " WHERE day = ? AND standing != 'released' AND coalesce(billed, estimated) IS NOT NULL"
        )
        spent: dict[str, Decimal] = {}
        for currency, amount in self._ask(query, day):
            spent[currency] = spent.get(currency, Decimal(0)) + Decimal(amount)
        return {currency: amount for currency, amount in spent.items() if amount}

    def usual_seconds(self) -> dict[tuple[str, str], float]:
        """Return how long orders took lately, from ordering to their verified take: the median a service and model."""
        query = (
            "SELECT jobs.service, jobs.model, json_extract(history.entry, '$.at') - jobs.created_at"
            " FROM history JOIN jobs ON jobs.id = history.job"
            " WHERE json_extract(history.entry, '$.event') = 'Verified' AND jobs.created_at >= ?"
        )
        took: dict[tuple[str, str], list[float]] = {}
        for service, model, seconds in self._ask(query, time.time() - _LATELY_SECONDS):
            took.setdefault((service, model), []).append(seconds)
        return {each: median(seconds) for each, seconds in took.items()}

    def _ask(self, query: str, *arguments: object) -> list[Any]:
        try:
            connection, _ = self._open(self._cursor)
            return connection.execute(query, arguments).fetchall()
        except (sqlite3.Error, OSError):
            self.close()
            return []

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._version = None, None

    def _open(self, cursor: int) -> tuple[sqlite3.Connection, int]:
        file = self.path.stat().st_ino
        if self._connection is not None and file != self._file:
            self.close()
            cursor = 0
        if self._connection is None:
            # rw, not rwc: a reader makes no store. Not ro: a write-ahead log needs its shared memory file.
            uri = f"{self.path.absolute().as_uri()}?mode=rw"
            self._connection = sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)
            self._file = file
        return self._connection, cursor


def _changes(connection: sqlite3.Connection, cursor: int) -> tuple[int, tuple[JobRow, ...]]:
    columns = "id, state, name, progress, message, project, run, service, updated_at, model, created_at, change"
    found = connection.execute(f"SELECT {columns} FROM jobs WHERE change > ? ORDER BY change", (cursor,))  # noqa: S608
    rows = found.fetchall()
    gone = connection.execute("SELECT id, change FROM forgotten WHERE change > ?", (cursor,)).fetchall()
    newest = max([cursor, *(row[-1] for row in rows), *(row[-1] for row in gone)])
    return newest, (*(JobRow(*row[:-1]) for row in rows), *(JobRow(row[0], "forgotten") for row in gone))
