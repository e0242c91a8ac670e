"""Working ahead: the next frames are made while the encoder is busy with this one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _End:
    """Nothing comes after this; ``error`` is why, where it is a failure."""

    error: BaseException | None = None


def work_ahead(items: Iterator[Item], depth: int = 8) -> Iterator[Item]:
    """
    Yield what ``items`` yields, made up to ``depth`` items ahead in a thread of its own.

    Decoding, painting and encoding all leave Python's lock alone, so two cores do both at once. An error in ``items``
    is raised here; leaving the loop early stops the thread and closes ``items`` before it returns.
    """
    ready: queue.Queue[Item | _End] = queue.Queue(depth)
    stop = threading.Event()

    def work() -> None:
        end = _End()
        try:
            for item in items:
                if not _put(ready, item, stop):
                    break
        except BaseException as error:
            end = _End(error)
        finally:
            if hasattr(items, "close"):
                items.close()
        _put(ready, end, stop)

    worker = threading.Thread(target=work, name="working ahead", daemon=True)
    worker.start()
    try:
        while not isinstance(item := ready.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stop.set()
        worker.join()


def _put(ready: queue.Queue[Item | _End], item: Item | _End, stop: threading.Event) -> bool:
    """Hand over one item, waiting for room; False where nobody wants it any more."""
    while not stop.is_set():
        try:
            ready.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False
