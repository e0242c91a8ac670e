"""
What Blender's timer asks of the store. Standard library only, so that the first tick loads no pydantic.

A tick with nothing new costs microseconds: SQLite says by ``data_version`` whether another process has written.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

OPEN = frozenset({"planned", "preparing", "submitting", "submitted", "running", "downloading", "verifying"})


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
