"""From an accepted job to one whose result exists: ask now and then, and pass on the user's wish to stop."""

from __future__ import annotations

from typing import assert_never

from second_unit.errors import SecondUnitError, StoreError, describe
from second_unit.jobs import events
from second_unit.jobs.desk import Desk
from second_unit.jobs.job import Job, State
from second_unit.jobs.ordering import order_of
from second_unit.jobs.patience import is_new, passes, poll_wait, retry_wait
from second_unit.jobs.shift import Shift
from second_unit.providers.provider import Accepted, Finished, Progress, Running, Stopped, Waiting

_TELL_STEP = 0.01
"""Progress is written when it has grown by so much: a disk write for every poll would help nobody."""


def accepted_of(job: Job) -> Accepted:
    """Return what the service answered when it took the order."""
    if job.task is None:
        raise StoreError(f"Job {job.id} is {job.state} and has no task.", remedy="Adopt one.", job=job.id)
    return Accepted(task=job.task, details=job.details)


async def follow(shift: Shift, job: Job) -> Job:
    """Ask once how a submitted or running job stands, and wait until it is time to ask again."""
    desk = shift.desk(job)
    if job.cancel_asked:
        return await _cancel(shift, desk, job)
    try:
        told = await desk.progress(accepted_of(job), await order_of(shift, job), job.project)
    except SecondUnitError as error:
        return await read_failed(shift, job, error)
    shift.settled(job)
    job = await _take_in(shift, job, told)
    if job.state in {State.SUBMITTED, State.RUNNING}:
        pace = desk.pace
        age = shift.age_seconds(job)
        await shift.wait(job, poll_wait(age, shift.settings, pace.poll_first_seconds, pace.poll_most_seconds))
    return job


async def read_failed(shift: Shift, job: Job, error: SecondUnitError) -> Job:
    """Note a failed question and wait, or end the job where asking again can't help. Nothing is ordered by asking."""
    trouble = shift.trouble(job)
    trouble.failures += 1
    settings = shift.settings
    patience = settings.unknown_patience_seconds if is_new(error) else settings.read_patience_seconds
    now = shift.clock.now()
    if (passes(error) or is_new(error)) and trouble.lasts_seconds < patience:
        wait = retry_wait(trouble.failures, error, settings)
        job = await shift.apply(job, events.Troubled(at=now, error=describe(error), wait_seconds=wait))
        await shift.wait(job, wait)
        return job
    return await shift.apply(job, events.Failed(at=now, error=describe(error) | {"charged": charged(job, error)}))


def charged(job: Job, error: SecondUnitError) -> bool | None:
    """Return whether a job that ends with this error after its order was accepted was paid for; None: not known."""
    if job.billed is not None and job.billed.charged is not None:
        return job.billed.charged
    # An error that says nothing of it says "not charged" by default, which is true only before acceptance.
    return error.charged or None


async def _take_in(shift: Shift, job: Job, told: Progress) -> Job:
    now = shift.clock.now()
    match told:
        case Waiting():
            event: events.Event = events.Queued(at=now, raw_state=told.raw_state)
            return await shift.apply(job, event) if _says_more(job, event, None) else job
        case Running():
            event = events.Moved(at=now, fraction=told.fraction, raw_state=told.raw_state)
            return await shift.apply(job, event) if _says_more(job, event, told.fraction) else job
        case Finished():
            shift.made[job.id] = told
            return await shift.apply(job, made(told, now))
        case Stopped():
            return await shift.apply(job, stopped(told, now))
        case _:
            assert_never(told)


def made(finished: Finished, now: float) -> events.Made:
    """Return the event of a finished task, without its URLs."""
    return events.Made(
        at=now,
        expected_seconds=finished.expected_seconds,
        expects_audio=finished.expects_audio,
        seed=finished.seed,
        billed=finished.billed,
        raw=finished.raw,
    )


def stopped(told: Stopped, now: float) -> events.Cancelled | events.Failed:
    """Return the event of a task that ended without a result."""
    if told.cancelled:
        return events.Cancelled(at=now, message=str(told.error["message"]), charged=told.billed.charged)
    return events.Failed(at=now, error=told.error, billed=told.billed)


def _says_more(job: Job, event: events.Event, fraction: float | None) -> bool:
    grown = (fraction or 0.0) - (job.progress or 0.0)
    begun = isinstance(event, events.Moved) and job.state is State.SUBMITTED
    return begun or abs(grown) >= _TELL_STEP or job.error is not None or str(event) != job.message


async def _cancel(shift: Shift, desk: Desk, job: Job) -> Job:
    order = await order_of(shift, job)
    try:
        async with desk.turn(desk.reads, job.project):
            told = await desk.provider.cancel(accepted_of(job), order)
    except SecondUnitError as error:
        if passes(error):
            return await read_failed(shift, job, error)
        return await shift.apply(job, events.CancelRefused(at=shift.clock.now(), message=str(error)))
    now = shift.clock.now()
    if told.stopped:
        return await shift.apply(job, events.Cancelled(at=now, message=told.message, charged=told.charged))
    return await shift.apply(job, events.CancelRefused(at=now, message=told.message))
