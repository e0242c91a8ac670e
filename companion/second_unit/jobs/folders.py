"""
Where the store, its lock, its log and the worker's own files live.

The store belongs on a disk of this machine: SQLite's write-ahead log and the worker's lock need one. Takes may lie
anywhere, network drives too. ``SECOND_UNIT_HOME`` moves all of it.
"""

from __future__ import annotations

import os
from pathlib import Path


def home_folder() -> Path:
    """Return the folder of this user's Second Unit; it may not exist yet."""
    moved = os.environ.get("SECOND_UNIT_HOME")
    if moved:
        return Path(moved).expanduser().absolute()
    import platformdirs  # only where it is needed: Blender imports this file

    return Path(platformdirs.user_data_path("second-unit", appauthor=False))


def store_path() -> Path:
    """Return where this user's job store is kept."""
    return home_folder() / "jobs.sqlite3"


def lock_path(store: Path) -> Path:
    """Return the lock file of the store's worker."""
    return store.with_name(store.name + ".lock")


def log_path(store: Path) -> Path:
    """Return the log file of the store's worker."""
    return store.parent / "logs" / "worker.log"


def media_folder(store: Path) -> Path:
    """Return where prepared references are kept, shared by all jobs of the store."""
    return store.parent / "prepared" / "media"


def prepared_order_path(store: Path, job: str) -> Path:
    """Return where an open job's order is kept as it was prepared."""
    return store.parent / "prepared" / f"{job}.json"


def takes_folder(edit: Path | None) -> Path:
    """Return where an edit's takes go unless the user says otherwise: beside it, or the user's own folder."""
    return edit.parent / "takes" if edit is not None else home_folder() / "takes"
