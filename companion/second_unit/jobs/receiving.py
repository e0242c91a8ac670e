"""One try at a download: watched for silence, bounded in size, its progress told now and then."""

from __future__ import annotations

import asyncio
from pathlib import Path

from second_unit.errors import HostileAnswer, ServiceUnavailable
from second_unit.jobs import events
from second_unit.jobs.job import Job
from second_unit.jobs.ordering import order_of
from second_unit.jobs.shift import Shift
from second_unit.providers.provider import Finished

_TELL_SECONDS = 1.0


async def receive(shift: Shift, job: Job, finished: Finished, part: Path) -> None:
    """
    Fetch the result into ``part``, going on where it stands.

    Raises:
        ServiceUnavailable: no byte came for ``stall_seconds``; what came is kept.
        HostileAnswer: it is larger than ``most_bytes``; removed.
        ServiceError, OSError: as the provider's download.
    """
    desk, order = shift.desk(job), await order_of(shift, job)
    watch = _Watch(shift, job)
    async with desk.turn(desk.downloads, job.project):
        watch.heard()
        fetching = asyncio.ensure_future(desk.provider.download(finished, part, order, watch.report))
        try:
            await _watched(shift, job, fetching, watch)
        except HostileAnswer:
            part.unlink(missing_ok=True)
            raise
        finally:
            fetching.cancel()
            await asyncio.wait({fetching})


async def _watched(shift: Shift, job: Job, fetching: asyncio.Future[None], watch: _Watch) -> None:
    stall = shift.settings.stall_seconds
    while not fetching.done():
        await asyncio.wait({fetching}, timeout=min(stall, 1.0))
        if not fetching.done() and watch.silent_seconds() >= stall:
            raise ServiceUnavailable(
                f"The download stood still for {stall:.0f} s.", service=job.request.service, job=job.id, charged=None
            )
    await fetching


class _Watch:
    """Hears how the download goes."""

    def __init__(self, shift: Shift, job: Job) -> None:
        self._shift = shift
        self._job = job
        self._heard = self._told = shift.clock.steady()
        self._bytes = -1

    def heard(self) -> None:
        self._heard = self._shift.clock.steady()

    def silent_seconds(self) -> float:
        return self._shift.clock.steady() - self._heard

    async def report(self, count: int, total: int | None) -> None:
        most = self._shift.settings.most_bytes
        if max(count, total or 0) > most:
            raise HostileAnswer(
                f"The result of job {self._job.id} is larger than {most // 1_000_000} MB.",
                remedy="Fetch it by hand at the service, if it is right.",
                service=self._job.request.service,
                charged=True,
            )
        if count > self._bytes:
            self._bytes = count
            self.heard()
        if total and self._shift.clock.steady() - self._told >= _TELL_SECONDS:
            self._told = self._shift.clock.steady()
            self._shift.watch(self._job.id, "during downloading")
            fraction = min(count / total, 1.0)
            await self._shift.apply(self._job, events.Received(at=self._shift.clock.now(), fraction=fraction))
