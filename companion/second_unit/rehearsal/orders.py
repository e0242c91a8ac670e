"""The orders that were accepted, in a file that survives the server being killed: how often each was paid for."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

from second_unit.rehearsal.tasks import Task

_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class OrderBook:
    """
    Every order ever accepted in this folder, in memory and in ``orders.sqlite``.

    An order is written before it is answered. The file isn't synced to the disk: it survives a killed server, not a
    power cut.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / "orders.sqlite", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)
        rows = self._connection.execute("SELECT id, record FROM orders ORDER BY number")
        self._tasks = {task_id: Task.model_validate_json(record) for task_id, record in rows}

    def next_number(self) -> int:
        """Return the number that the next order gets."""
        return len(self._tasks) + 1

    def keep(self, task: Task) -> Task:
        """Write a task as it is now; return it."""
        self._connection.execute(
            "INSERT OR REPLACE INTO orders VALUES (?, ?, ?)", (task.number, task.id, task.model_dump_json())
        )
        self._tasks[task.id] = task
        return task

    def task(self, task_id: str) -> Task | None:
        """Return a task by its service's id, deleted ones too."""
        return self._tasks.get(task_id)

    def tasks(self) -> tuple[Task, ...]:
        """Return every task in the order of acceptance, deleted ones too."""
        return tuple(self._tasks.values())

    def counts(self) -> dict[str, int]:
        """Return how many orders were accepted with each correlation token; those without one count under ``""``."""
        return dict(Counter(task.correlation for task in self._tasks.values()))

    def setting(self, name: str) -> str | None:
        """Return what was kept under that name."""
        row = self._connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def keep_setting(self, name: str, value: str) -> None:
        """Keep something under a name."""
        self._connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
