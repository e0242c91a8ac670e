"""
The store's tables and how an older store becomes today's. Standard library only.

The schema's version is SQLite's ``user_version``. Each entry of :data:`STEPS` leads from one version to the next and is
never changed once published: a new need is a new step.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from second_unit.errors import NewerStore, StoreError

APPLICATION_ID = 0x53554E54  # "SUNT", so that `file` and this module know whose database it is

_JOBS = """
CREATE TABLE counter (change INTEGER NOT NULL);
INSERT INTO counter VALUES (0);
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    change INTEGER NOT NULL,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    project TEXT NOT NULL,
    service TEXT NOT NULL,
    model TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    run TEXT NOT NULL,
    progress REAL,
    message TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    request TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_change ON jobs (change);
CREATE INDEX jobs_by_state ON jobs (state);
CREATE INDEX jobs_by_fingerprint ON jobs (fingerprint);
CREATE TABLE history (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (job, number)
) STRICT;
CREATE TABLE forgotten (id TEXT PRIMARY KEY, change INTEGER NOT NULL) STRICT;
CREATE TABLE names (folder TEXT NOT NULL, stem TEXT NOT NULL, number INTEGER NOT NULL, job TEXT NOT NULL,
    PRIMARY KEY (folder, stem, number)) STRICT;
"""

_LEDGER = """
CREATE TABLE ledger (
    job TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    service TEXT NOT NULL,
    model TEXT NOT NULL,
    day TEXT NOT NULL,
    at REAL NOT NULL,
    currency TEXT NOT NULL,
    estimated TEXT,
    billed TEXT,
    tokens INTEGER,
    standing TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_by_day ON ledger (day);
CREATE INDEX ledger_by_run ON ledger (run);
CREATE TABLE caps (scope TEXT NOT NULL, currency TEXT NOT NULL, amount TEXT NOT NULL,
    PRIMARY KEY (scope, currency)) STRICT;
"""

STEPS: tuple[str, ...] = (_JOBS, _LEDGER)


def migrate(connection: sqlite3.Connection, path: Path, steps: tuple[str, ...] = STEPS) -> None:
    """
    Bring a store forward to the last of ``steps``, each step whole or not at all.

    Raises:
        NewerStore: a newer Second Unit wrote it. Nothing was changed.
        StoreError: it is some other program's database. Nothing was changed.
    """
    version = _version(connection, path, len(steps))
    if version == len(steps):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again inside the transaction: two processes may open an old store at the same moment.
        for number in range(_version(connection, path, len(steps)), len(steps)):
            for statement in filter(str.strip, steps[number].split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if owner != APPLICATION_ID and tables:
        raise StoreError(
            f"{path} is another program's database, not a job store.", remedy="Choose another place for the job store."
        )
    if version > newest:
        raise NewerStore(
            f"{path} was written by a newer Second Unit (its schema is {version}, ours {newest}). It was left alone.",
            remedy="Update Second Unit, or choose another place for the job store.",
        )
    return version
