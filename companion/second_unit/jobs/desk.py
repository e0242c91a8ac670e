"""Where one account of a service is spoken to: its provider behind the gates of its rate limits, polls grouped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from second_unit.errors import RateLimited, SecondUnitError, ServiceUnavailable
from second_unit.jobs.clock import Clock
from second_unit.jobs.gate import Gate
from second_unit.jobs.patience import within
from second_unit.jobs.settings import WorkSettings
from second_unit.providers.provider import Accepted, AsksMany, Order, Progress, Provider
from second_unit.timeline import Value


class Pace(Value):
    """
    How much of a service is used: calls a second, and how many at a time.

    ``poll_first_seconds`` and ``poll_most_seconds`` bound the waits between polls; None leaves them to the settings.
    """

    orders_per_second: float = 3
    orders_at_once: int = 4
    reads_per_second: float = 15
    reads_at_once: int = 8
    lists_per_second: float = 1
    downloads_at_once: int = 4
    poll_first_seconds: float | None = None
    poll_most_seconds: float | None = None


ON_THIS_MACHINE = Pace(
    orders_per_second=200,
    orders_at_once=8,
    reads_per_second=500,
    lists_per_second=20,
    poll_first_seconds=0.25,
    poll_most_seconds=1.0,
)

PACES: dict[str, Pace] = {
    "animatic": ON_THIS_MACHINE,
    # A private account may place 180 orders a minute, and ask 20 times and list once a second (Ark's documentation,
    # read 2026-11-22). What is more than that is answered 429, and waits.
    "seedance": Pace(),
}


def pace_of(service: str, endpoint: str | None) -> Pace:
    """Return the pace for a service; whatever answers on this machine is a rehearsal and needs no sparing."""
    host = urlsplit(endpoint).hostname if endpoint else None
    return ON_THIS_MACHINE if host in {"127.0.0.1", "::1", "localhost"} else PACES.get(service, Pace())


_GROUPING_SECONDS = 0.25
"""How long a poll waits for others to share its call, where the service has a call for many."""

_Ask = tuple[Accepted, Order, "asyncio.Future[Progress | None]"]


class Desk:
    """One service and endpoint: its provider, and a gate for each kind of call."""

    def __init__(self, provider: Provider, clock: Clock, settings: WorkSettings, pace: Pace) -> None:
        self.provider = provider
        self._clock = clock
        self._settings = settings
        self.pace = pace
        self.orders = Gate(clock, at_once=pace.orders_at_once, per_second=pace.orders_per_second)
        self.reads = Gate(clock, at_once=pace.reads_at_once, per_second=pace.reads_per_second)
        self.lists = Gate(clock, at_once=1, per_second=pace.lists_per_second)
        self.downloads = Gate(clock, at_once=pace.downloads_at_once, per_second=pace.reads_per_second)
        self._asks: list[_Ask] = []
        self._round: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self, gate: Gate, project: str) -> AsyncIterator[None]:
        """Hold a turn of the gate; a rate limit met inside holds back all that come after."""
        async with gate.turn(project):
            try:
                yield
            except RateLimited as error:
                self.hold_back(gate, error)
                raise

    def hold_back(self, gate: Gate, error: RateLimited) -> None:
        """Let nobody through the gate for as long as the service asked."""
        gate.pause(error.wait_seconds or self._settings.retry_first_seconds)

    def silence(self) -> ServiceUnavailable:
        """Return the error of a read that took too long."""
        name = self.provider.name
        return ServiceUnavailable(
            f"{name} didn't answer within {self._settings.read_seconds:.0f} s.", service=name, charged=None
        )

    async def progress(self, accepted: Accepted, order: Order, project: str) -> Progress:
        """Ask how a task stands; together with others where the service can be asked for many at once."""
        if isinstance(self.provider, AsksMany):
            told = await self._ask_together(accepted, order)
            if told is not None:
                return told
        async with self.turn(self.reads, project):
            return await within(self.provider.progress(accepted, order), self._settings.read_seconds, self.silence())

    async def close(self) -> None:
        """Let go of the provider's connections."""
        if self._round is not None:
            self._round.cancel()
        await self.provider.close()

    async def _ask_together(self, accepted: Accepted, order: Order) -> Progress | None:
        answer: asyncio.Future[Progress | None] = asyncio.get_running_loop().create_future()
        self._asks.append((accepted, order, answer))
        if self._round is None or self._round.done():
            self._round = asyncio.ensure_future(self._ask_round())
        return await answer

    async def _ask_round(self) -> None:
        while self._asks:
            await self._clock.sleep(_GROUPING_SECONDS)
            async with self.lists.turn():
                asks, self._asks = self._asks, []
                await self._ask(asks)

    async def _ask(self, asks: list[_Ask]) -> None:
        if len(asks) == 1:
            return _answer(asks, {})
        assert isinstance(self.provider, AsksMany)  # noqa: S101  for the type checker: only then was it asked
        asked = [(accepted, order) for accepted, order, _ in asks]
        try:
            told = await within(self.provider.progress_many(asked), self._settings.read_seconds, self.silence())
        except SecondUnitError as error:
            if isinstance(error, RateLimited):
                self.hold_back(self.lists, error)
            return _refuse(asks, error)
        except Exception as error:
            return _refuse(asks, error)
        return _answer(asks, dict(told))


def _answer(asks: list[_Ask], told: dict[str, Progress]) -> None:
    for accepted, _, answer in asks:
        if not answer.done():
            answer.set_result(told.get(accepted.task))


def _refuse(asks: list[_Ask], error: Exception) -> None:
    for _, _, answer in asks:
        if not answer.done():
            answer.set_exception(error)
