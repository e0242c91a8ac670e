"""What every step of a worker's shift shares: the store, the clock, the services and how much of them is used."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from second_unit.errors import StoreError
from second_unit.hosting import Host, open_host, read_host_settings
from second_unit.jobs.clock import Clock
from second_unit.jobs.desk import Desk, pace_of
from second_unit.jobs.events import Event
from second_unit.jobs.job import Job
from second_unit.jobs.patience import retry_wait
from second_unit.jobs.settings import WorkSettings
from second_unit.jobs.store import JobStore
from second_unit.jobs.transition import IllegalMove, is_quiet
from second_unit.providers.provider import Finished, Order, Provider
from second_unit.shots import SceneSource, StripSource

RenderSource = Callable[[SceneSource | StripSource, Path, Callable[[int, int], None] | None], Path]
"""Renders a scene's or a strip's frames into a folder and returns the file."""

log = logging.getLogger("second_unit.jobs")
Result = TypeVar("Result")

Watch = Callable[[str, str], None]
"""Told ``(job, step)`` before and after every step of a job's life; a test kills the process there."""


class OpenProvider(Protocol):
    """As :func:`second_unit.providers.registry.open_provider`."""

    def __call__(self, service: str, *, endpoint: str | None = None) -> Provider:
        """Return the provider that knows the service."""
        ...


class Trouble:
    """How often and for how long one step of a job has failed in a row."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = clock.steady()
        self.failures = 0
        self.wait_seconds = 0.0

    @property
    def lasts_seconds(self) -> float:
        """How long ago it began."""
        return self._clock.steady() - self._since


class Shift:
    """
    One worker's time at work.

    Args:
        store: it is closed by whoever opened it.
        settings: how patient to be.
        clock: for records and waiting.
        open_provider: makes the provider of a service.
        watch: see :data:`Watch`.
        render_source: renders a scene or a strip as it looks; called on a thread.
    """

    def __init__(
        self,
        store: JobStore,
        settings: WorkSettings,
        clock: Clock,
        open_provider: OpenProvider,
        watch: Watch | None = None,
        render_source: RenderSource | None = None,
    ) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        self.watch: Watch = watch or (lambda _job, _step: None)
        self.orders: dict[str, Order] = {}
        self.made: dict[str, Finished] = {}
        self.wakes: dict[str, asyncio.Event] = {}
        self.troubles: dict[str, Trouble] = {}
        self.asked_since: dict[str, float] = {}
        self.sending: set[asyncio.Task[Job]] = set()
        self.render_source = render_source
        self._open_provider = open_provider
        self._hosting: Host | None = None
        self._desks: dict[tuple[str, str | None], Desk] = {}
        # SQLite waits for the disk on every write: one thread for it keeps the others' polls going.
        self._clerk = ThreadPoolExecutor(1, "store")
        self._hands = ThreadPoolExecutor(max(2, os.cpu_count() or 2), "media")

    def desk(self, job: Job) -> Desk:
        """
        Return where the job's service is spoken to; one for each service and endpoint.

        Raises:
            ServiceError: there is no key, or no such service.
        """
        where = (job.request.service, job.endpoint)
        if where not in self._desks:
            provider = self._open_provider(job.request.service, endpoint=job.endpoint)
            self._desks[where] = Desk(provider, self.clock, self.settings, pace_of(*where))
        return self._desks[where]

    def host(self) -> Host | None:
        """
        Return where the user has local files hosted; None where nothing is set up.

        Raises:
            HostingError: what is set up can't be read.
        """
        if self._hosting is None:
            self._hosting = open_host(read_host_settings())
        return self._hosting

    async def in_store(self, ask: Callable[..., Result], *arguments: object) -> Result:
        """Call a method of the store on its thread."""
        return await asyncio.get_running_loop().run_in_executor(self._clerk, partial(ask, *arguments))

    async def in_thread(self, work: Callable[[], Result]) -> Result:
        """Do what takes the processor or the disk for long, on a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._hands, work)

    async def apply(self, job: Job, event: Event) -> Job:
        """
        Let the event happen to the job in the store, and return the job after it.

        A store that is held by another process or has no room is waited for: what a service said is never dropped.

        Raises:
            IllegalMove: the user moved the job meanwhile; read it again.
            StoreError: the job is gone, or the store is damaged.
        """
        name = type(event).__name__
        self.watch(job.id, f"before {name}")
        failures = 0
        while True:
            try:
                after = await self.in_store(self.store.apply, job.id, event)
            except StoreError as error:
                if isinstance(error, IllegalMove) or not error.retry:
                    raise
                failures += 1
                log.warning("job %s: %s can't be kept yet: %s", job.id, name, error)
                await self.clock.sleep(retry_wait(failures, error, self.settings))
            else:
                level = logging.DEBUG if is_quiet(job, after, event) else logging.INFO
                log.log(level, "job %s ('%s') is %s: %s", after.id, after.name, after.state, after.message)
                self.watch(job.id, f"after {name}")
                return after

    def age_seconds(self, job: Job) -> float:
        """Return for how long the job's task has been asked for in this shift."""
        return self.clock.steady() - self.asked_since.setdefault(job.id, self.clock.steady())

    def trouble(self, job: Job) -> Trouble:
        """Return what has gone wrong with the job's present step, begun now where nothing had."""
        return self.troubles.setdefault(job.id, Trouble(self.clock))

    def settled(self, job: Job) -> None:
        """Forget what went wrong: the step worked."""
        self.troubles.pop(job.id, None)

    def leave(self, job_id: str) -> None:
        """Forget all that was kept in memory for a job."""
        for kept in (self.orders, self.made, self.wakes, self.troubles, self.asked_since):
            kept.pop(job_id, None)

    async def wait(self, job: Job, seconds: float) -> None:
        """Wait, but no longer than until the user wants something of the job."""
        wake = self.wakes.setdefault(job.id, asyncio.Event())
        sleep = asyncio.ensure_future(self.clock.sleep(seconds))
        rouse = asyncio.ensure_future(wake.wait())
        try:
            await asyncio.wait({sleep, rouse}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            rouse.cancel()
            wake.clear()

    async def close(self) -> None:
        """Let go of connections and threads; what a thread is doing is left to end with the process."""
        for desk in self._desks.values():
            await desk.close()
        if self._hosting is not None:
            await self._hosting.close()
        self._clerk.shutdown(wait=True)
        self._hands.shutdown(wait=False, cancel_futures=True)
