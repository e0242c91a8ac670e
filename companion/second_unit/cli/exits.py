"""What the exit codes mean, in ``second-unit`` and in ``blender -c second_unit`` alike."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from second_unit.errors import (
    KeyMissing,
    KeyRefused,
    NotAllowed,
    OverBudget,
    PlanRefused,
    SecondUnitError,
    TimelineError,
)

if TYPE_CHECKING:
    from second_unit.jobs.job import Job

_NO_KEY = {KeyMissing.__name__, KeyRefused.__name__, NotAllowed.__name__}


class Exit(IntEnum):
    """0 to 6; anything else is a fault of ours."""

    DONE = 0
    SOME_FAILED = 1
    USAGE = 2
    REFUSED = 3
    OVER_BUDGET = 4
    NO_KEY = 5
    STILL_RUNNING = 6


def exit_code(error: SecondUnitError) -> Exit:
    """
    Return the exit code for an error.

    A timeline that can't be shot and an order that the model doesn't take are both "refused by validation".
    """
    match error:
        case OverBudget():
            return Exit.OVER_BUDGET
        case PlanRefused() | TimelineError():
            return Exit.REFUSED
        case KeyMissing() | KeyRefused() | NotAllowed():
            return Exit.NO_KEY
        case _:
            return Exit.SOME_FAILED


def exit_of(ended: Sequence[Job]) -> Exit:
    """
    Return the exit code for jobs that all have ended.

    A service that takes no order at all for want of a key, or of a right, is told from shots that failed.
    """
    failed = [job for job in ended if job.take is None]
    if not failed:
        return Exit.DONE
    return Exit.NO_KEY if all((job.error or {}).get("kind") in _NO_KEY for job in failed) else Exit.SOME_FAILED
