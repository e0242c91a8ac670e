"""
The takes of a shot, as the job store knows them, for the list in the panel and for changing what is shown.

Reading the store takes some milliseconds: operators read it, a panel draws what was read before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from .. import later
from . import session

if TYPE_CHECKING:
    from fractions import Fraction

    from second_unit.jobs.job import Job
    from second_unit.takes import Placement


class KnownTake(NamedTuple):
    """
    A take of a shot, in plain words.

    Args:
        job: the job's id.
        number: as it stands in the file's and the strip's name.
        made_at: ``"22 Nov 20:41"``.
        cost: what it was billed, or what it should have cost.
        notes: what to look at in it.
        middle_seconds: the middle of the shot, in the file: where its picture is taken.
        is_here: whether its file was there when the list was read.
        slower: by what part it may be slowed to fill its shot; 0 where it fills it.
    """

    job: str
    number: int
    name: str
    file: Path
    model: str
    made_at: str
    cost: str
    notes: tuple[str, ...]
    middle_seconds: Fraction
    is_here: bool
    slower: Fraction | int = 0


# What was read, with the rows of the session as they were then: where those changed, there may be a new take.
_known: dict[tuple[str, ...], tuple[object, tuple[KnownTake, ...]]] = {}


def read_takes(segments: Sequence[str]) -> tuple[KnownTake, ...]:
    """Return the takes of a shot from the store, oldest first, and remember them for drawing."""
    found = tuple(_told(job, placement) for job, placement in _placements(segments))
    _known[tuple(segments)] = session.rows(), found
    return found


def known_takes(segments: Sequence[str]) -> tuple[KnownTake, ...] | None:
    """Return them for drawing, as of the last reading; None while there was none. They are read anew a moment later."""
    key = tuple(segments)
    rows, takes = _known.get(key, (None, None))
    if rows is not session.rows():
        later.soon(("takes", key), lambda: read_takes(key))
    return takes


def forget() -> None:
    """Know nothing any more: another file was opened."""
    _known.clear()


def placement_of(segments: Sequence[str], job: str) -> Placement | None:
    """Return where a job's take of a shot is cut in; None where the store doesn't know it."""
    return next((placement for one, placement in _placements(segments) if one.id == job), None)


def choose(segments: Sequence[str], shown_job: str, which: Literal["next", "previous", "latest"]) -> Placement | None:
    """
    Return another take of a shot than the one shown; None where there is no other.

    Takes are counted in the order in which they were ordered: a shot that was ordered alone, and again together with
    its neighbour, has two takes with the number 1.
    """
    from ..placing.switch_takes import choose_take

    takes = _placements(segments)
    counted = [placement.model_copy(update={"take": count}) for count, (_, placement) in enumerate(takes, 1)]
    shown = next((count for count, (job, _) in enumerate(takes, 1) if job.id == shown_job), 0)
    found = choose_take(counted, shown, which)
    return takes[found.take - 1][1] if found is not None else None


def _placements(segments: Sequence[str]) -> list[tuple[Job, Placement]]:
    """Return each take that fills one of the segments, with the job it came from; a file shared by two jobs once."""
    from second_unit.jobs.job import State
    from second_unit.jobs.store import JobStore
    from second_unit.takes import conform

    from ..shoot import provenance

    if not session.store().exists():
        return []
    with JobStore(session.store()) as kept:
        jobs = kept.jobs(states=(State.READY, State.PLACED))
    mine = [job for job in jobs if any(shot.segment in segments for shot in job.request.shots)]
    found: dict[Path, tuple[Job, Placement]] = {}
    for job in mine:
        for placement in conform(job.take, provenance=provenance(job)) if job.take else ():
            if set(placement.segments) & set(segments):
                found.setdefault(placement.file, (job, placement))
    return list(found.values())


def _told(job: Job, placement: Placement) -> KnownTake:
    from second_unit.planning.plan_text import describe_cost

    billed = job.billed
    amount = (
        f"{billed.amount:.2f} {billed.currency}"
        if billed is not None and billed.amount is not None
        else describe_cost(job.request.cost)
    )
    return KnownTake(
        job=job.id,
        number=placement.take,
        name=placement.name,
        file=placement.file,
        model=job.request.model,
        made_at=datetime.fromtimestamp(job.updated_at, UTC).astimezone().strftime("%d %b %H:%M"),
        cost=amount,
        notes=tuple(f"{warning.message} {warning.remedy}".strip() for warning in placement.warnings),
        middle_seconds=placement.source_start_seconds + placement.range.seconds(job.request.rate) / 2,
        is_here=placement.file.is_file(),
        slower=placement.slower,
    )
