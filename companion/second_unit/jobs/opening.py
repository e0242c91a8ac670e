"""Open the store's file: migrated, write-ahead logged, and set aside rather than deleted where it is damaged."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from second_unit.errors import DamagedStore, ReadOnlyFolder, StoreBusy, StoreError
from second_unit.jobs.schema import migrate

BUSY_SECONDS = 10.0
"""How long a write waits for another process's; writes take a few milliseconds."""

_DAMAGE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def open_store(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """
    Open the store, making it where there is none and bringing an older one forward.

    Raises:
        NewerStore: left alone.
        DamagedStore: set aside under another name; the next call makes a new one.
        StoreBusy: another process held it for longer than ``busy_seconds``.
        ReadOnlyFolder: its folder can't be made or written.
    """
    with _folder_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    connection: sqlite3.Connection | None = None
    try:
        with store_errors(path):
            # Autocommit: every transaction is begun by hand. One connection is used by several threads in turn.
            connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
            _prepare(connection, path)
    except DamagedStore as damage:
        if connection is not None:
            connection.close()
        raise _set_aside(path) from damage
    except BaseException:
        if connection is not None:
            connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    migrate(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: an accepted order's id must outlive a power cut too.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise _damaged(path, str(verdict))


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite raises inside the block into :class:`StoreError` and its kinds."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _named(error, path) from error


def _named(error: sqlite3.DatabaseError, path: Path) -> StoreError | ReadOnlyFolder:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # extended codes keep the plain one in their low byte
    if code in _DAMAGE:
        return _damaged(path, str(error))
    if code in _BUSY:
        return StoreBusy(
            f"Another process holds the job store {path}.",
            remedy="Wait a moment and try again; `second-unit doctor` says who it is.",
            retry=True,
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
        return ReadOnlyFolder(
            f"The job store {path} can't be written: {error}.", remedy="Make its folder writable, or choose another."
        )
    # A full disk, an I/O error: nothing of ours is broken, and trying again helps once there is room.
    return StoreError(f"The job store {path} can't be written: {error}.", remedy="Free some space.", retry=True)


def _damaged(path: Path, why: str) -> DamagedStore:
    return DamagedStore(f"The job store {path} is damaged: {why}.", charged=None)


def _set_aside(path: Path) -> DamagedStore:
    """Rename the store with its companions, and say where it went."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    for suffix in ("", "-wal", "-shm"):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + suffix))
    return DamagedStore(
        f"The job store {path} is damaged. It was set aside as {aside}; nothing was deleted.",
        remedy="Orders that were open are listed in the worker's log with the service's task ids: "
        "order nothing again before looking there. A new store is made at the next start.",
        charged=None,
    )


@contextmanager
def _folder_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReadOnlyFolder(
            f"The folder of the job store, {path.parent}, can't be made: {error.strerror or error}.",
            remedy="Make it writable, or set SECOND_UNIT_HOME to another folder.",
        ) from error
