"""
The crew: the worker process that shoots, started from Blender and outliving it, and the store that says how it fares.

Blender only starts it and asks the store. Nothing here waits, but :func:`wait`, which is for batch scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from .child_python import child_environment, python_command
from .settings import typed_keys


def start_worker(store: Path, keys: Mapping[str, str] | None = None) -> None:
    """
    Start the worker on a store unless one is at work there; it goes on when Blender closes.

    Args:
        store: the job store.
        keys: further keys, beside those that were typed into the preferences in this session. All of them go to the
            worker through its standard input.
    """
    from second_unit.jobs.starting import start_worker as start

    handed = typed_keys.typed() | dict(keys or {})
    start(store, python=python_command(), environment=child_environment(), keys=handed or None)


def wait(store: Path, jobs: Iterable[str], report: Callable[[Any], None] | None = None) -> dict[str, Any]:
    """
    Wait until the jobs are done, as a batch script does; return their last rows by id.

    ``report`` is told of each change: a :class:`second_unit.jobs.reader.JobRow`.
    """
    from second_unit.jobs.starting import wait_for

    return wait_for(store, jobs, report=report)


def store_path() -> Path:
    """Return where this user's job store is."""
    from second_unit.jobs.folders import store_path as path

    return path()
