"""When to try again: after which errors, and how long to wait."""

from __future__ import annotations

import asyncio
import errno
import random
from collections.abc import Awaitable
from typing import TypeVar

from second_unit.errors import (
    AnswerLost,
    HostingError,
    MediaError,
    RateLimited,
    ReadOnlyFolder,
    SecondUnitError,
    ServiceUnavailable,
    TaskUnknown,
)
from second_unit.jobs.settings import WorkSettings

_LOCAL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOENT}
_random = random.SystemRandom()
Result = TypeVar("Result")


async def within(work: Awaitable[Result], seconds: float, late: SecondUnitError) -> Result:
    """
    Return what ``work`` returns.

    Raises:
        SecondUnitError: ``late``, where it takes longer than ``seconds``.
    """
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise late from None


def poll_wait(
    age_seconds: float, settings: WorkSettings, first_seconds: float | None = None, most_seconds: float | None = None
) -> float:
    """
    Return how long to wait before asking again for a task of that age: young ones often, old ones seldom.

    Args:
        age_seconds: of the task.
        settings: the shortest and the longest wait.
        first_seconds, most_seconds: shorter ones for a service on this machine, which needs no sparing.
    """
    first = min(settings.poll_first_seconds, first_seconds or settings.poll_first_seconds)
    most = min(settings.poll_most_seconds, most_seconds or settings.poll_most_seconds)
    return shaken(min(max(age_seconds * settings.poll_growth, first), most), settings)


def retry_wait(failures: int, error: BaseException, settings: WorkSettings) -> float:
    """Return how long to wait after so many failures in a row (1 and up); never less than the service asked for."""
    doubled = settings.retry_first_seconds * 2.0 ** min(failures - 1, 16)
    asked = getattr(error, "wait_seconds", None) or 0.0
    return max(shaken(min(doubled, settings.retry_most_seconds), settings), asked)


def shaken(seconds: float, settings: WorkSettings) -> float:
    """Return the wait, a little longer or shorter by chance."""
    return seconds * _random.uniform(1 - settings.jitter, 1 + settings.jitter)


def passes(error: SecondUnitError) -> bool:
    """Whether a read that ended so is worth repeating: the service was away, slow or busy, and may not be soon."""
    return error.retry or isinstance(error, (ServiceUnavailable, RateLimited, AnswerLost))


def accepts_nothing(error: SecondUnitError) -> bool:
    """Whether an order that ended so was surely not accepted, and may be by and by."""
    return isinstance(error, (ServiceUnavailable, RateLimited)) or (isinstance(error, HostingError) and error.retry)


def is_new(error: SecondUnitError) -> bool:
    """Whether the service may merely not know the task yet."""
    return isinstance(error, TaskUnknown)


def local_trouble(error: OSError) -> SecondUnitError | None:
    """Return the error in words where this machine's disk or folder is to blame, else None."""
    if error.errno not in _LOCAL:
        return None
    where = error.filename or "the takes folder"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return MediaError(
            f"The disk is full: {where} can't be written.",
            remedy="Free some space: the take waits at the service, and the worker goes on by itself.",
            retry=True,
        )
    return ReadOnlyFolder(
        f"{where} can't be written: {error.strerror}.",
        remedy="Make the folder writable: the take waits at the service, and the worker goes on by itself.",
        retry=True,
    )
