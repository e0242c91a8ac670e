"""
One worker a store: a lock that the operating system takes back when its holder dies, however it dies.

The file says who holds it (process id and since when), for messages only: what counts is the lock on it, so a file left
by a dead worker, or a process id that was given to another program since, never keeps a new worker out. The store and
its lock belong on a disk of this machine; over a network drive such locks may not hold (``second-unit doctor`` warns).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from second_unit.errors import ReadOnlyFolder, StoreBusy
from second_unit.jobs.folders import lock_path

_OFFSET = 1 << 30  # Windows locks bytes and forbids reading them: lock one far behind the words


class WorkerLock:
    """
    The right to be the store's worker, as a context.

    Args:
        store: the store's path.

    Raises:
        StoreBusy: on entering, where another process holds it.
    """

    def __init__(self, store: Path) -> None:
        self.path = lock_path(store)
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        if not self.acquire():
            holder = read_holder(self.path)
            raise StoreBusy(
                f"A worker is already at work on this store (process {holder.get('pid', 'unknown')}).",
                remedy="There is nothing to do: it takes up new jobs by itself.",
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self) -> bool:
        """Take the lock and return True, or return False where another holds it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise ReadOnlyFolder(
                f"The worker's lock {self.path} can't be written: {error.strerror or error}.",
                remedy="Make its folder writable, or set SECOND_UNIT_HOME to another folder.",
            ) from error
        if not _try_lock(file):
            file.close()
            return False
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "since": time.time()}, file)
        file.flush()
        self._file = file
        return True

    def release(self) -> None:
        """Give it back. The file stays: removing it could remove the lock of who comes next."""
        if self._file is not None:
            _unlock(self._file)
            self._file.close()
            self._file = None


def read_holder(path: Path) -> dict[str, Any]:
    """Return what the lock file says of who held it last: ``pid`` and ``since``; empty where it says nothing."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def is_held(store: Path) -> bool:
    """Whether a worker is at work on the store now."""
    path = lock_path(store)
    if not path.exists():
        return False
    try:
        with path.open("r+", encoding="utf-8") as file:
            if not _try_lock(file):
                return True
            _unlock(file)
    except OSError:
        return False
    return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        file.seek(_OFFSET)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        file.seek(_OFFSET)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            # flock, not lockf: it belongs to this open file, so that looking at it from the same process is no release.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
