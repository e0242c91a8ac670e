"""
The life of a job as an explicit table: from which state which event leads where. What isn't in it can't happen.

:func:`transition` is pure: a job and an event in, the job after it out. ``docs/jobs.md`` draws the table.
"""

from __future__ import annotations

from typing import Any

from second_unit.errors import SecondUnitError, StoreError
from second_unit.jobs import events
from second_unit.jobs.events import Event
from second_unit.jobs.job import HistoryEntry, Job, State

Move = tuple[State, type[Event]]


class IllegalMove(StoreError):
    """An event that can't happen to a job in its state. The job is as it was."""


def _stay(event: type[Event], *states: State) -> dict[Move, State]:
    return {(state, event): state for state in states}


def _lead(event: type[Event], to: State, *states: State) -> dict[Move, State]:
    return {(state, event): to for state in states}


_BEFORE = (State.PLANNED, State.PREPARING)
_AT_SERVICE = (State.SUBMITTED, State.RUNNING)
_AFTER = (State.DOWNLOADING, State.VERIFYING)
_OPEN = (*_BEFORE, State.SUBMITTING, *_AT_SERVICE, *_AFTER)
_ENDED = (State.FAILED, State.CANCELLED, State.UNCERTAIN)

TABLE: dict[Move, State] = {
    # The straight line.
    **_lead(events.Started, State.PREPARING, State.PLANNED),
    **_stay(events.Prepared, State.PREPARING),
    **_lead(events.Sending, State.SUBMITTING, State.PREPARING),
    # From preparing: found at the service, just before it would have been sent again.
    **_lead(events.Accepted, State.SUBMITTED, State.SUBMITTING, State.PREPARING),
    **_stay(events.Queued, *_AT_SERVICE),
    # A finished task may be back at work: the animatic is rendered again after a restart.
    **_lead(events.Moved, State.RUNNING, *_AT_SERVICE, State.DOWNLOADING),
    **_lead(events.Made, State.DOWNLOADING, *_AT_SERVICE, State.DOWNLOADING),
    **_stay(events.Received, State.DOWNLOADING),
    **_lead(events.Downloaded, State.VERIFYING, State.DOWNLOADING),
    **_stay(events.Named, State.VERIFYING),
    **_lead(events.Verified, State.READY, State.VERIFYING),
    **_lead(events.Placed, State.PLACED, State.READY, State.PLACED),
    **_lead(events.TakenBack, State.READY, State.PLACED),
    **_lead(events.Reused, State.READY, State.PLANNED),
    # Trouble that is safe to try again.
    **_stay(events.Troubled, *_OPEN),
    **_lead(events.Postponed, State.PREPARING, State.SUBMITTING, State.PREPARING),
    **_lead(events.NotAccepted, State.PREPARING, State.SUBMITTING),
    **_lead(events.Rejected, State.DOWNLOADING, State.VERIFYING),
    # The other ends.
    **_lead(events.Lost, State.UNCERTAIN, State.SUBMITTING),
    **_lead(events.Failed, State.FAILED, *_OPEN),
    **_stay(events.CancelAsked, *_BEFORE, State.SUBMITTING, *_AT_SERVICE),
    **_stay(events.CancelRefused, *_OPEN),
    **_lead(events.Cancelled, State.CANCELLED, *_BEFORE, *_AT_SERVICE),
    # The user's ways out. None of them orders anything; ordering again is another job.
    **_lead(events.CheckAsked, State.SUBMITTING, State.UNCERTAIN),
    **_lead(events.Adopted, State.SUBMITTED, *_ENDED),
    **_lead(events.AskedAgain, State.SUBMITTED, State.FAILED),
    **_lead(events.StartedAgain, State.PLANNED, State.FAILED, State.CANCELLED),
    **_stay(events.Replaced, State.FAILED, State.CANCELLED),
    **_lead(events.Replaced, State.FAILED, State.UNCERTAIN),
}

_QUIET = (events.Prepared, events.Received, events.Queued, events.Moved)
"""Events that repeat with every poll: they enter the history only when they change the state or the words."""


def transition(job: Job, event: Event) -> Job:
    """
    Return the job after the event.

    Raises:
        IllegalMove: the table has no such move, or the job lacks what the move needs.
    """
    state = TABLE.get((job.state, type(event)))
    if state is None or not _may(job, event):
        raise IllegalMove(
            f"Job {job.id} ('{job.name}') is {job.state}: '{type(event).__name__}' can't happen to it.",
            remedy="See `second-unit jobs show` for how it stands.",
            job=job.id,
        )
    message = str(event)
    changes: dict[str, Any] = {"state": state, "updated_at": event.at, "message": message} | _changes(job, event)
    if state is not job.state or not (isinstance(event, _QUIET) or _repeats(job, event)):
        entry = HistoryEntry(at=event.at, event=type(event).__name__, state=state, message=message)
        changes["history"] = (*job.history, entry)
    return job.model_copy(update=changes)


def is_quiet(before: Job, after: Job, event: Event) -> bool:
    """Whether the event is only progress, or the same trouble once more: not worth a line in a history or a log."""
    return after.state is before.state and (isinstance(event, _QUIET) or _repeats(before, event))


def _repeats(job: Job, event: Event) -> bool:
    """Whether it is the trouble that the job is in already: a service may be away for days, asked each minute."""
    if not isinstance(event, (events.Troubled, events.Postponed)) or job.error is None or not job.history:
        return False
    return job.history[-1].event == type(event).__name__ and job.error["message"] == event.error["message"]


def _may(job: Job, event: Event) -> bool:
    match event:
        case events.AskedAgain():
            return job.task is not None
        case events.Sending():
            return not job.cancel_asked
        case events.Accepted():
            return event.found or job.state is State.SUBMITTING
        case events.StartedAgain():
            # Only an order that surely was never accepted is taken up again; any other would be paid twice.
            return job.task is None and (job.error is None or job.error.get("charged") is False)
        case _:
            return True


def _changes(job: Job, event: Event) -> dict[str, Any]:  # noqa: C901, PLR0911, PLR0912  one arm an event: a table too
    match event:
        case events.Sending():
            return {"attempts": job.attempts + 1, "submitted_at": event.at, "error": None, "progress": None}
        case events.Accepted() | events.Adopted():
            return {"task": event.task, "details": event.details, "error": None, "progress": None}
        case events.Postponed() | events.Troubled() | events.Lost():
            return {"error": event.error}
        case events.Rejected():
            return {"error": event.error, "rejections": job.rejections + 1, "progress": None}
        case events.Failed():
            return {"error": event.error, "billed": event.billed, "cancel_asked": False}
        case events.Queued() | events.NotAccepted() | events.CheckAsked() | events.AskedAgain():
            return {"error": None, "progress": None, "rejections": 0}
        case events.StartedAgain():
            return {"error": None, "progress": None, "cancel_asked": False, "same_as": None}
        case events.Prepared() | events.Moved() | events.Received():
            return {"progress": event.fraction, "error": None}
        case events.Made():
            return _what_was_made(job, event)
        case events.Downloaded():
            return {"progress": None, "error": None}
        case events.Named():
            return {"take_file": event.file, "take_number": event.number}
        case events.Verified():
            return _what_verified(event)
        case events.Reused():
            return _what_is_reused(event)
        case events.CancelAsked():
            return {"cancel_asked": True}
        case events.CancelRefused():
            return {"cancel_asked": False}
        case events.Cancelled():
            ended = SecondUnitError(event.message, job=job.id, service=job.request.service, charged=event.charged)
            return {"cancel_asked": False, "error": ended.as_record() | {"kind": "Cancelled"}}
        case events.Replaced():
            return {"replaced_by": event.by}
        case _:
            return {}


def _what_was_made(job: Job, event: events.Made) -> dict[str, Any]:
    return {
        "expected_seconds": event.expected_seconds,
        "expects_audio": event.expects_audio,
        "seed": event.seed,
        "billed": event.billed,
        "raw": event.raw,
        "error": None,
        "cancel_asked": False,
        "progress": job.progress if job.state is State.DOWNLOADING else None,
    }


def _what_verified(event: events.Verified) -> dict[str, Any]:
    return {
        "take_facts": event.facts,
        "take_fingerprint": event.fingerprint,
        "take_cuts": event.cuts,
        "progress": 1.0,
        "error": None,
    }


def _what_is_reused(event: events.Reused) -> dict[str, Any]:
    return {
        "same_as": event.of,
        "take_file": event.file,
        "take_number": event.number,
        "take_facts": event.facts,
        "take_fingerprint": event.fingerprint,
        "take_cuts": event.cuts,
        "progress": 1.0,
        "error": None,
    }
