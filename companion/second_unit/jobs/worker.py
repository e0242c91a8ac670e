"""
The worker: a process of its own that does every open job of a store, all at once, and ends when there is none.

It needs no Blender and outlives it. Killed at any moment, the next one goes on from what the store says, by the same
code: there is no other way in than reading a job's state and doing what comes next.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

from second_unit.errors import DamagedStore, SecondUnitError, StoreError, describe
from second_unit.jobs import events
from second_unit.jobs.clock import Clock, SystemClock
from second_unit.jobs.fetching import download, verify
from second_unit.jobs.following import charged, follow
from second_unit.jobs.job import Job, State
from second_unit.jobs.lock import WorkerLock
from second_unit.jobs.opening import BUSY_SECONDS
from second_unit.jobs.ordering import place_order, recover
from second_unit.jobs.orders import drop_old_references
from second_unit.jobs.settings import WorkSettings
from second_unit.jobs.shift import OpenProvider, RenderSource, Shift, Watch, log
from second_unit.jobs.store import JobStore
from second_unit.jobs.transition import IllegalMove
from second_unit.providers.registry import open_provider as open_known_provider

_LOOK_ANYWAY_SECONDS = 10.0


def run_worker(
    store_path: Path,
    *,
    idle_seconds: float = 30.0,
    settings: WorkSettings | None = None,
    clock: Clock | None = None,
    open_provider: OpenProvider = open_known_provider,
    watch: Watch | None = None,
    render_source: RenderSource | None = None,
    busy_seconds: float = BUSY_SECONDS,
) -> bool:
    """
    Do the store's jobs until none has been open for ``idle_seconds``, or SIGTERM or SIGINT asks for an end.

    Returns False, having done nothing, where another worker is already at work on this store.

    Raises:
        StoreError: the store is damaged (set aside), newer than this worker, or can't be written.
    """
    lock = WorkerLock(store_path)
    while lock.acquire():
        try:
            with JobStore(store_path, busy_seconds=busy_seconds) as store:
                shift = Shift(
                    store, settings or WorkSettings(), clock or SystemClock(), open_provider, watch, render_source
                )
                stopped = asyncio.run(_work(shift, idle_seconds))
        finally:
            lock.release()
        # A job that was added while this worker was leaving found the lock held and started no other: look again.
        with JobStore(store_path) as store:
            if stopped or not store.open_marks():
                return True
    return False


async def _work(shift: Shift, idle_seconds: float) -> bool:
    """Work until idle (False) or stopped by a signal (True)."""
    stop = asyncio.Event()
    _stop_on_signals(stop)
    lives: dict[str, asyncio.Task[None]] = {}
    log.info("at work on %s", shift.store.path)
    try:
        await _look_after(shift, lives, stop, idle_seconds)
    finally:
        await _end(shift, lives)
        log.info("stopped" if stop.is_set() else "nothing left to do")
    if not stop.is_set():
        drop_old_references(shift.store.path)
    return stop.is_set()


async def _look_after(
    shift: Shift, lives: dict[str, asyncio.Task[None]], stop: asyncio.Event, idle_seconds: float
) -> None:
    """Start a life for each open job, rouse those that the user wants something of, and notice when all is done."""
    clock = shift.clock
    busy = looked = clock.steady()
    version: int | None = None
    while not stop.is_set():
        now = clock.steady()
        with suppress(_Passing):
            seen = await _version(shift)
            if seen != version or now - looked >= _LOOK_ANYWAY_SECONDS:
                await _take_up(shift, lives)
                version, looked = seen, now
        for job_id in [job_id for job_id, life in lives.items() if life.done()]:
            lives.pop(job_id).result()
        busy = now if lives else busy
        if not lives and now - busy >= idle_seconds:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), shift.settings.scan_seconds)


class _Passing(Exception):
    """The store is busy just now."""


async def _version(shift: Shift) -> int:
    try:
        return await shift.in_store(shift.store.version)
    except StoreError as error:
        if error.retry:
            raise _Passing from error
        raise


async def _take_up(shift: Shift, lives: dict[str, asyncio.Task[None]]) -> None:
    try:
        marks = await shift.in_store(shift.store.open_marks)
    except StoreError as error:
        if error.retry:
            raise _Passing from error
        raise
    for job_id, cancel_asked in marks:
        if job_id not in lives:
            lives[job_id] = asyncio.create_task(_live(shift, job_id), name=job_id)
        elif cancel_asked and job_id in shift.wakes:
            shift.wakes[job_id].set()


async def _live(shift: Shift, job_id: str) -> None:
    """Lead one job from wherever it stands to an end, by what its row says and nothing else."""
    try:
        while True:
            try:
                job = await shift.in_store(shift.store.job, job_id)
                if not job.is_open:
                    return
                await _step(shift, job)
            except IllegalMove as error:
                # The user moved it meanwhile (cancelled, adopted): go on from how it stands now.
                log.info("job %s: %s", job_id, error)
                await shift.clock.sleep(shift.settings.scan_seconds)
            except DamagedStore:
                raise
            except StoreError as error:
                log.warning("job %s: %s", job_id, error)
                if not error.retry:
                    return
                await shift.clock.sleep(shift.settings.scan_seconds)
    finally:
        shift.leave(job_id)


async def _step(shift: Shift, job: Job) -> None:
    """Do what comes next for the job. An error that nobody below had an answer to ends it, in words."""
    try:
        await _next(shift, job)
    except StoreError:
        raise
    except SecondUnitError as error:
        await _fail(shift, job, error, describe(error))
    except Exception as error:
        log.exception("job %s", job.id)
        await _fail(shift, job, SecondUnitError(""), describe(error))


async def _next(shift: Shift, job: Job) -> Job:
    match job.state:
        case State.PLANNED | State.PREPARING:
            return await place_order(shift, job)
        case State.SUBMITTING:
            return await recover(shift, job)
        case State.SUBMITTED | State.RUNNING:
            return await follow(shift, job)
        case State.DOWNLOADING:
            return await download(shift, job)
        case State.VERIFYING:
            return await verify(shift, job)
        case _:
            return job


async def _fail(shift: Shift, job: Job, error: SecondUnitError, record: dict[str, object]) -> None:
    current = await shift.in_store(shift.store.job, job.id)
    now = shift.clock.now()
    if current.state is State.SUBMITTING:
        await shift.apply(current, events.Lost(at=now, error=record | {"charged": None}))
    elif current.is_open:
        paid = False if current.task is None else charged(current, error)
        await shift.apply(current, events.Failed(at=now, error=record | {"charged": paid}))


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        with suppress(ValueError):  # not on the main thread: whoever runs us there ends us otherwise
            if sys.platform == "win32":
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
            else:
                loop.add_signal_handler(number, stop.set)


async def _end(shift: Shift, lives: dict[str, asyncio.Task[None]]) -> None:
    """Let the answers of orders just sent come in, leave everything else where it stands."""
    waiting = [life for life in lives.values() if not life.done()]
    for life in waiting:
        life.cancel()
    if shift.sending:
        await asyncio.wait(set(shift.sending), timeout=shift.settings.stop_seconds)
    await asyncio.gather(*waiting, return_exceptions=True)
    await shift.close()
