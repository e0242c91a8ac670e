"""
From a planned job to an accepted one: prepare, say so in the store, send once, keep the id.

The one place where money is spent. What is sent is never sent again by itself: where the answer was lost, the service
is asked whether it has the order, and only "surely not" leads back to sending.
"""

from __future__ import annotations

import asyncio
import itertools

from second_unit.errors import (
    AnswerLost,
    CannotBeAsked,
    HostileAnswer,
    RateLimited,
    SecondUnitError,
    ServiceUnavailable,
    describe,
)
from second_unit.jobs import events
from second_unit.jobs.desk import Desk
from second_unit.jobs.job import Job, State
from second_unit.jobs.orders import check_takes_folder, host_references, kept_order, prepare_order
from second_unit.jobs.patience import accepts_nothing, passes, retry_wait, within
from second_unit.jobs.shift import Shift, log
from second_unit.providers.provider import Accepted, Order

_SKEW_SECONDS = 120.0
"""How far the service's clock may be behind ours when its list is searched by time."""


async def place_order(shift: Shift, job: Job) -> Job:
    """Take a planned or preparing job to ``submitted``, or wherever else it ends up."""
    if job.cancel_asked:
        words = "Cancelled before it was ordered: nothing was charged."
        return await shift.apply(job, events.Cancelled(at=shift.clock.now(), message=words))
    if job.state is State.PLANNED and job.same_as is not None:
        return await _use_take_of(shift, job, job.same_as)
    if job.state is State.PLANNED:
        job = await shift.apply(job, events.Started(at=shift.clock.now()))
    desk = shift.desk(job)
    order = await _prepare(shift, job)
    if _may_be_there(job):
        job = await _look_before_sending_again(shift, desk, job, order)
        if job.error is not None:
            await shift.wait(job, shift.trouble(job).wait_seconds)
        if job.state is not State.PREPARING or job.error is not None:
            return job
    async with desk.turn(desk.orders, job.project):
        # A stop of the worker must not tear the sending from the keeping of its answer.
        sending = asyncio.ensure_future(_send(shift, desk, job, order))
        shift.sending.add(sending)
        sending.add_done_callback(shift.sending.discard)
        job = await asyncio.shield(sending)
    if job.state is State.PREPARING:
        await shift.wait(job, shift.trouble(job).wait_seconds)
    return job


async def recover(shift: Shift, job: Job) -> Job:
    """Find out what became of an order whose answer was lost, or whose worker died while it was sent."""
    try:
        desk = shift.desk(job)
    except SecondUnitError as error:
        return await _lose(shift, job, error)
    order = await order_of(shift, job)
    settle = getattr(desk.provider, "settle_seconds", shift.settings.settle_seconds)
    began, asked = shift.clock.steady(), 0
    while True:
        asked += 1
        try:
            found = await _find(shift, desk, job, order)
        except SecondUnitError as error:
            tired = shift.clock.steady() - began >= shift.settings.read_patience_seconds
            if isinstance(error, CannotBeAsked) or tired or not passes(error):
                return await _lose(shift, job, error)
            job = await _note(shift, job, error, asked)
            continue
        if found is not None:
            return await _keep_id(shift, job, found, found=True)
        if shift.clock.steady() - began >= settle:
            return await _not_there(shift, job)
        await shift.clock.sleep(min(settle / 8, 10.0))


async def _not_there(shift: Shift, job: Job) -> Job:
    """The service surely doesn't have the order: it is placed again, unless that has come to nothing often enough."""
    now, lost = shift.clock.now(), _answers_lost(job)
    if lost < shift.settings.order_attempts:
        return await shift.apply(job, events.NotAccepted(at=now))
    error = ServiceUnavailable(
        f"{job.request.service} was sent the order {lost} times, never answered as it should, and says that it has no "
        "such order.",
        remedy="Look at the service's own list of tasks to be sure, then resume the job.",
        service=job.request.service,
        job=job.id,
    )
    return await shift.apply(job, events.Failed(at=now, error=describe(error)))


def _answers_lost(job: Job) -> int:
    """Count the sendings that the service answered wrongly or not at all: not those that a worker died at."""
    told = [entry.event for entry in job.history if entry.event in {"Sending", "Troubled"}]
    return sum(first == "Sending" and then == "Troubled" for first, then in itertools.pairwise(told))


async def order_of(shift: Shift, job: Job) -> Order:
    """Return the job's order as it was prepared; bare where that is gone (services never need it twice)."""
    if job.id not in shift.orders:
        kept = await shift.in_thread(lambda: kept_order(job, shift.store.path))
        shift.orders[job.id] = kept or Order(job=job.id, request=job.request)
    return shift.orders[job.id]


async def _prepare(shift: Shift, job: Job) -> Order:
    """Make the references ready and see that there is room for the take, before anything is paid."""
    shift.watch(job.id, "before preparing")
    await shift.in_thread(lambda: check_takes_folder(job, shift.settings.spare_bytes))
    order = await host_references(shift, await prepare_order(shift, job))
    shift.orders[job.id] = order
    shift.watch(job.id, "after preparing")
    return order


def _may_be_there(job: Job) -> bool:
    """Whether the order was sent before, and nobody said that there are too many: then it is looked for first."""
    return job.attempts > 0 and not (job.error is not None and job.error["kind"] == RateLimited.__name__)


async def _look_before_sending_again(shift: Shift, desk: Desk, job: Job, order: Order) -> Job:
    """
    See that the service doesn't have an order that was sent before: a 500 may come after the order was taken.

    Returns the job submitted where it was found, without its error where it may be sent, else with one.
    """
    try:
        found = await _find(shift, desk, job, order)
    except CannotBeAsked:
        found = None  # its provider said that surely nothing was accepted
    except SecondUnitError as error:
        return await _not_accepted(shift, desk, job, error)
    if found is not None:
        return await _keep_id(shift, job, found, found=True)
    return job.model_copy(update={"error": None})


async def _find(shift: Shift, desk: Desk, job: Job, order: Order) -> Accepted | None:
    since = (job.submitted_at or job.created_at) - _SKEW_SECONDS
    async with desk.turn(desk.lists, job.project):
        return await within(desk.provider.find(order, since), shift.settings.read_seconds, desk.silence())


async def _send(shift: Shift, desk: Desk, job: Job, order: Order) -> Job:
    job = await shift.apply(job, events.Sending(at=shift.clock.now(), estimated=job.request.cost.amount))
    late = AnswerLost(f"{desk.provider.name} took the order and didn't answer.", service=desk.provider.name, job=job.id)
    shift.watch(job.id, "before sending")
    try:
        accepted = await within(desk.provider.submit(order), shift.settings.submit_seconds, late)
    except SecondUnitError as error:
        return await _not_accepted(shift, desk, job, error)
    except Exception as error:
        # Not known to be unsent, so it counts as sent.
        log.exception("job %s: submitting", job.id)
        lost = AnswerLost(f"Sending was interrupted ({type(error).__name__}: {error}).", job=job.id)
        return await _not_accepted(shift, desk, job, lost)
    shift.watch(job.id, "after sending")
    return await _keep_id(shift, job, accepted, found=False)


async def _keep_id(shift: Shift, job: Job, accepted: Accepted, *, found: bool) -> Job:
    # The log knows it too, should the store be lost.
    log.info("job %s ('%s') is task %s of %s", job.id, job.name, accepted.task, job.request.service)
    shift.settled(job)
    event = events.Accepted(at=shift.clock.now(), task=accepted.task, details=accepted.details, found=found)
    return await shift.apply(job, event)


async def _not_accepted(shift: Shift, desk: Desk, job: Job, error: SecondUnitError) -> Job:
    now = shift.clock.now()
    if job.state is State.SUBMITTING and (error.charged is None or isinstance(error, (AnswerLost, HostileAnswer))):
        # A redirect or an endless answer tells no more of what became of the order than none at all.
        return await shift.apply(job, events.Troubled(at=now, error=describe(error) | {"charged": None}))
    if isinstance(error, RateLimited):
        desk.hold_back(desk.orders, error)
    trouble = shift.trouble(job)
    trouble.failures += 1
    if accepts_nothing(error) and trouble.lasts_seconds < shift.settings.submit_patience_seconds:
        trouble.wait_seconds = retry_wait(trouble.failures, error, shift.settings)
        event = events.Postponed(at=now, error=describe(error), wait_seconds=trouble.wait_seconds)
        return await shift.apply(job, event)
    return await shift.apply(job, events.Failed(at=now, error=describe(error)))


async def _note(shift: Shift, job: Job, error: SecondUnitError, failures: int) -> Job:
    wait = retry_wait(failures, error, shift.settings)
    job = await shift.apply(job, events.Troubled(at=shift.clock.now(), error=describe(error), wait_seconds=wait))
    await shift.clock.sleep(wait)
    return job


async def _lose(shift: Shift, job: Job, error: SecondUnitError) -> Job:
    record = describe(error) | {"charged": None}
    return await shift.apply(job, events.Lost(at=shift.clock.now(), error=record))


async def _use_take_of(shift: Shift, job: Job, leader_id: str) -> Job:
    """Wait for the identical order's take, and let it serve this job too."""
    try:
        leader = await shift.in_store(shift.store.job, leader_id)
    except SecondUnitError as error:
        return await shift.apply(job, events.Failed(at=shift.clock.now(), error=describe(error)))
    take = leader.take
    if take is not None:
        event = events.Reused(
            at=shift.clock.now(),
            of=leader.id,
            file=take.file,
            number=take.number,
            facts=take.facts,
            fingerprint=take.fingerprint,
            cuts=take.cuts,
        )
        return await shift.apply(job, event)
    if leader.is_open:
        await shift.wait(job, shift.settings.scan_seconds)
        return job
    missing = SecondUnitError(
        f"The identical order {leader.id} is {leader.state} and has no take.",
        remedy="Mend that one first, or resume this one to order it. Nothing was charged for this one.",
        job=job.id,
    )
    return await shift.apply(job, events.Failed(at=shift.clock.now(), error=missing.as_record()))
