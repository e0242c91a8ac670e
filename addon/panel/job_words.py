"""What happened to a job, whether it was charged and what to do next, read from the store before it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .. import later
from ..watching import session

if TYPE_CHECKING:
    from second_unit.jobs.reader import JobRow


class JobWords(NamedTuple):
    """
    Three sentences about a job, and the last lines of its history.

    Args:
        history: each as ``"20:41 Submitted."``, oldest first.
    """

    happened: str
    charged: str
    next: str
    history: tuple[str, ...] = ()


_known: dict[str, tuple[float, JobWords]] = {}


def read_words(row: JobRow) -> JobWords | None:
    """Return them, read from the store; None where it doesn't know the job any more."""
    from datetime import UTC, datetime

    from second_unit.jobs.wording import explain

    job = session.job(row.id)
    if job is None:
        return None
    told = explain(job)
    history = tuple(
        f"{datetime.fromtimestamp(entry.at, UTC).astimezone():%H:%M} {entry.message}" for entry in job.history
    )
    words = JobWords(told.happened, told.charged, told.next, history)
    _known[row.id] = row.updated_at, words
    return words


def known_words(row: JobRow) -> JobWords | None:
    """Return them for drawing: as of the last reading, which is repeated a moment later where the job changed since."""
    known = _known.get(row.id)
    if known is None or known[0] != row.updated_at:
        later.soon(("words", row.id), lambda: read_words(row))
    return known[1] if known else None


def forget() -> None:
    """Know nothing any more."""
    _known.clear()
