"""
What the user can do about a job: cancel, check, adopt, resume, order again, forget; for the panel and the command.

Only :func:`resubmit` leads to a further payment, and it says so. The worker, where none is at work, must be started for
them to have an effect.
"""

from __future__ import annotations

import secrets

from second_unit.errors import StoreError
from second_unit.jobs import events
from second_unit.jobs.clock import Clock, SystemClock
from second_unit.jobs.job import Job, State
from second_unit.jobs.store import JobStore
from second_unit.jobs.transition import IllegalMove


def cancel(store: JobStore, job_id: str, clock: Clock | None = None) -> Job:
    """
    Ask for a job to be stopped. The worker tries, and its row then says what came of it and whether it was charged.

    Raises:
        StoreError: it is too late, or it has ended.
    """
    job = store.job(job_id)
    if job.state in {State.DOWNLOADING, State.VERIFYING}:
        raise _refuse(job, "is made already and was charged: it can't be cancelled", "Let it finish.")
    if not job.is_open:
        raise _refuse(job, f"is {job.state}: there is nothing to cancel", "`second-unit jobs forget` drops it.")
    return store.apply(job.id, events.CancelAsked(at=_now(clock)))


def check(store: JobStore, job_id: str, clock: Clock | None = None) -> Job:
    """
    Have the service asked once more whether it has an uncertain job's order. Orders nothing unless it surely hasn't.

    Raises:
        StoreError: the job isn't uncertain.
    """
    job = store.job(job_id)
    if job.state is not State.UNCERTAIN:
        raise _refuse(job, f"is {job.state}, not uncertain", "There is nothing to check.")
    return store.apply(job.id, events.CheckAsked(at=_now(clock)))


def adopt(store: JobStore, job_id: str, task: str, clock: Clock | None = None) -> Job:
    """
    Take over a task that the user found at the service, for a job that is uncertain, failed or cancelled.

    Raises:
        StoreError: the job is in another state, or another job has this task.
    """
    job = store.job(job_id)
    for other in store.jobs():
        if other.task == task and other.id != job.id and other.request.service == job.request.service:
            raise _refuse(job, f"can't adopt {task}", f"Job {other.id} ('{other.name}') has this task.")
    try:
        return store.apply(job.id, events.Adopted(at=_now(clock), task=task))
    except IllegalMove:
        raise _refuse(job, f"is {job.state}: it has its own task", "Nothing needs to be adopted.") from None


def resume(store: JobStore, job_id: str, clock: Clock | None = None) -> Job:
    """
    Take a failed job up again without paying again: ask for its task once more, or begin anew what was never accepted.

    Raises:
        StoreError: the job isn't failed or cancelled, or its order may have been accepted.
    """
    job = store.job(job_id)
    if job.state is State.UNCERTAIN:
        raise _refuse(
            job, "is uncertain: its order may have been accepted", "Check it, adopt its task, or resubmit it knowingly."
        )
    if job.state not in {State.FAILED, State.CANCELLED}:
        raise _refuse(job, f"is {job.state}", "There is nothing to resume.")
    if job.replaced_by is not None:
        raise _refuse(job, f"was ordered again as job {job.replaced_by}", "See to that one.")
    event = events.StartedAgain if job.task is None else events.AskedAgain
    try:
        return store.apply(job.id, event(at=_now(clock)))
    except IllegalMove:
        raise _refuse(
            job, "can't be resumed: going on would be a new order", "`second-unit jobs resubmit` orders it again."
        ) from None


def resubmit(store: JobStore, job_id: str, clock: Clock | None = None) -> Job:
    """
    Order a job again, knowingly: a new job of the same request, **paid again** if the first was charged.

    Returns the new job; the old one says which it is.

    Raises:
        StoreError: the job hasn't ended without a take, or was ordered again already.
    """
    job = store.job(job_id)
    if job.replaced_by is not None:
        raise _refuse(job, f"was ordered again already, as job {job.replaced_by}", "See to that one.")
    now = _now(clock)
    again = Job(
        id=secrets.token_hex(8),
        request=job.request,
        takes_folder=job.takes_folder,
        project=job.project,
        run=secrets.token_hex(6),
        endpoint=job.endpoint,
        created_at=now,
        updated_at=now,
        message=f"Planned; orders job {job.id} again.",
    )
    try:
        store.apply(job.id, events.Replaced(at=now, by=again.id), also=(again,))
    except IllegalMove:
        raise _refuse(
            job,
            f"is {job.state}",
            "Only a failed, cancelled or uncertain job is ordered again; ask for a further take.",
        ) from None
    return again


def _refuse(job: Job, why: str, remedy: str) -> StoreError:
    return StoreError(f"Job {job.id} ('{job.name}') {why}.", remedy=remedy, job=job.id)


def _now(clock: Clock | None) -> float:
    return (clock or SystemClock()).now()
