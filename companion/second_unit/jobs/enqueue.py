"""From a plan to jobs in the store: the last step before money, and the first that outlives Blender."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Literal

from second_unit.errors import AlreadyOrdered
from second_unit.jobs.clock import Clock, SystemClock
from second_unit.jobs.job import Job, State
from second_unit.jobs.store import JobStore
from second_unit.plan import GenerationRequest, Plan

Duplicate = Literal["reuse", "offer", "order"]

_SERVES = {State.READY, State.PLACED}
_MAY_COME = {
    State.PLANNED,
    State.PREPARING,
    State.SUBMITTING,
    State.SUBMITTED,
    State.RUNNING,
    State.DOWNLOADING,
    State.VERIFYING,
    State.UNCERTAIN,
}


def enqueue(
    store: JobStore,
    plan: Plan,
    takes_folder: Path,
    *,
    project: str = "",
    endpoint: str | None = None,
    duplicate: Duplicate = "reuse",
    clock: Clock | None = None,
) -> tuple[Job, ...]:
    """
    Keep one job for each request of the plan, all or none, and return them. The worker does the rest.

    An order that is identical to one already finished, running or uncertain isn't paid again: with ``"reuse"`` the new
    job takes over that one's take (``Job.same_as`` says whose); with ``"offer"`` nothing is kept and
    :class:`~second_unit.errors.AlreadyOrdered` names it; ``"order"`` orders a further take knowingly. Orders that cost
    nothing are always ordered.

    Args:
        store: where they are kept.
        plan: what to order.
        takes_folder: where the takes go; a folder named after the edit is made in it.
        duplicate: what to do about an identical order, as above.
        clock: for the jobs' times; the machine's by default.
        project: who shares the service fairly; by default the edit's path.
        endpoint: another address of the service, such as a rehearsal server's.

    Raises:
        AlreadyOrdered: see above.
        StoreError: the store can't be written; nothing was kept.
    """
    now = (clock or SystemClock()).now()
    run = secrets.token_hex(6)
    jobs: list[Job] = []
    for request in plan.requests:
        earlier = None if duplicate == "order" else find_identical(store, request, endpoint, among=tuple(jobs))
        if earlier is not None and duplicate == "offer":
            raise _already(earlier)
        jobs.append(
            Job(
                id=secrets.token_hex(8),
                request=request,
                takes_folder=Path(takes_folder).absolute(),
                project=project or str(request.edit or ""),
                run=run,
                endpoint=endpoint,
                created_at=now,
                updated_at=now,
                same_as=earlier.id if earlier is not None else None,
                message="Planned." if earlier is None else f"Waits for the identical order {earlier.id}.",
            )
        )
    store.add(jobs)
    return tuple(jobs)


def find_identical(
    store: JobStore, request: GenerationRequest, endpoint: str | None = None, *, among: tuple[Job, ...] = ()
) -> Job | None:
    """
    Return the job whose take would serve this request too, or None.

    It is one that is ready or placed and whose file is still there, else one that is still open or uncertain. There is
    none where ordering costs nothing.
    """
    if request.cost.amount == 0:
        return None
    known = (*(job for job in among if job.request.fingerprint == request.fingerprint),)
    same = [job for job in (*known, *store.with_fingerprint(request.fingerprint)) if job.endpoint == endpoint]
    leading = [job for job in same if job.same_as is None or job.state in _SERVES]
    finished = [job for job in leading if job.state in _SERVES and job.take is not None and job.take.file.is_file()]
    coming = [job for job in leading if job.state in _MAY_COME]
    return next(iter([*finished, *coming]), None)


def _already(earlier: Job) -> AlreadyOrdered:
    how = "has a take" if earlier.state in _SERVES else f"is {earlier.state}"
    return AlreadyOrdered(
        f"'{earlier.name}' was ordered before exactly so: job {earlier.id} {how}.",
        remedy="Use its take, change the prompt, or order a further take knowingly.",
        job=earlier.id,
    )
