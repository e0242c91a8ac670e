"""How jobs fare, in a word or a line: for the names of placeholders and for the status bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from second_unit.jobs.reader import JobRow

WORDS = {
    "planned": "waiting",
    "preparing": "preparing",
    "submitting": "ordering",
    "submitted": "in the queue",
    "running": "being made",
    "downloading": "downloading",
    "verifying": "checking",
    "ready": "ready",
    "placed": "ready",
    "failed": "failed",
    "cancelled": "cancelled",
    "uncertain": "uncertain",
}
# Only these say how far they are: preparing, too, has a fraction, but it starts again at 0 afterwards.
COUNTED = frozenset({"running", "downloading"})


def words_of(row: JobRow) -> str:
    """Return how a job stands in a word or two: ``"45 %"``, ``"in the queue"``, ``"failed"``."""
    if row.state in COUNTED and row.progress is not None:
        return f"{row.progress:.0%}".replace("%", " %")
    return WORDS.get(row.state, row.state)


def status_line(rows: Sequence[JobRow], awaited: int) -> str:
    """
    Return the line for the status bar; empty where nothing is open and nothing waits.

    Args:
        rows: the jobs of the .blend.
        awaited: how many takes are here and wait for a moment to be placed.
    """
    open_rows = [row for row in rows if row.is_open]
    told = []
    if open_rows:
        done = sum(_done(row) for row in open_rows) / len(open_rows)
        told.append(f"{len(open_rows)} {'order' if len(open_rows) == 1 else 'orders'}, {done:.0%}".replace("%", " %"))
    if awaited:
        told.append(f"{awaited} {'take waits' if awaited == 1 else 'takes wait'} to be placed")
    unsure = sum(1 for row in rows if row.state == "uncertain")
    if told and unsure:
        told.append(f"{unsure} uncertain")
    return f"Second Unit: {', '.join(told)}" if told else ""


def _done(row: JobRow) -> float:
    if row.state == "verifying":
        return 1.0
    return (row.progress or 0.0) if row.state in COUNTED else 0.0
