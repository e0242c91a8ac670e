"""
Start the worker as a process of its own, and wait for jobs. Standard library only: Blender calls these too.

The worker outlives whoever started it. Starting a second one is harmless: the store's lock sends it away.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from second_unit.jobs.folders import log_path
from second_unit.jobs.reader import JobRow, StoreReader

#: How often waiting asks the store, in seconds: often enough for a progress bar, too seldom to cost anything.
_EVERY_SECONDS = 0.1

_started: list[subprocess.Popen[bytes]] = []

#: Windows: no console of the parent's, and no part in its Ctrl-C. These flags exist only there.
_APART = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "DETACHED_PROCESS", 0)


def start_worker(
    store: Path,
    *,
    python: Sequence[str] = (sys.executable,),
    environment: Mapping[str, str] | None = None,
    keys: Mapping[str, str] | None = None,
    idle_seconds: float | None = None,
) -> subprocess.Popen[bytes]:
    """
    Start ``python -m second_unit work`` on the store, apart from this process's terminal and its end.

    Args:
        store: the job store.
        python: the command that runs Python with Second Unit importable.
        environment: of the new process; None passes this one's on.
        keys: handed over on its standard input, never as arguments: ``{"seedance": "…"}``.
        idle_seconds: how long it stays when nothing is left to do; None leaves that to the worker.

    What it prints before its own log stands goes to ``worker.out`` beside that log.
    """
    folder = log_path(store).parent
    folder.mkdir(parents=True, exist_ok=True)
    command = [*python, "-m", "second_unit", "work", "--store", str(store)]
    command += [] if idle_seconds is None else ["--idle", str(idle_seconds)]
    command += ["--keys-from-stdin"] if keys else []
    with (folder / "worker.out").open("ab") as out:
        worker = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if keys else subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=dict(environment) if environment is not None else None,
            start_new_session=True,  # on Windows it means nothing, and the flags do the same
            creationflags=_APART,
        )
    if worker.stdin is not None:
        worker.stdin.write(json.dumps(dict(keys or {})).encode() + b"\n")
        worker.stdin.close()
    # Kept, and asked now and then: a child that nobody waits for is a zombie once it ends, and Python complains.
    _started[:] = [worker, *(one for one in _started if one.poll() is None)]
    return worker


def wait_for(
    store: Path,
    jobs: Iterable[str],
    *,
    report: Callable[[JobRow], None] | None = None,
    alive: Callable[[], bool] | None = None,
) -> dict[str, JobRow]:
    """
    Wait until none of the jobs is open any more; return their last rows by id.

    Args:
        report: told of each change of each of them.
        alive: asked whenever nothing changed; False ends the wait early, with jobs still open.
    """
    wanted = set(jobs)
    rows: dict[str, JobRow] = {}
    reader, cursor = StoreReader(store), 0
    try:
        while True:
            cursor, changed = reader.changed_since(cursor)
            for row in changed:
                if row.id in wanted:
                    rows[row.id] = row
                    if report is not None:
                        report(row)
            if wanted <= {row.id for row in rows.values() if not row.is_open}:
                return rows
            if not changed:
                if alive is not None and not alive():
                    return rows
                time.sleep(_EVERY_SECONDS)
    finally:
        reader.close()
