"""
How much of a service is used at once: so many calls a second, so many at a time, and projects take turns.

There is one gate for each kind of call of a service's account. A rate limit that one call ran into holds back all that
go through its gate.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from second_unit.jobs.clock import Clock


class Gate:
    """
    Lets callers through in fair turns.

    Args:
        clock: for the pace.
        at_once: how many may be inside.
        per_second: how many may enter a second.
    """

    def __init__(self, clock: Clock, *, at_once: int, per_second: float) -> None:
        self._clock = clock
        self._free = at_once
        self._gap = 1.0 / per_second
        self._next_entry = clock.steady()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._porter: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self, project: str = "") -> AsyncIterator[None]:
        """Wait for a turn and hold it for the block. Projects with callers waiting get in by turns."""
        await self._enter(project)
        try:
            yield
        finally:
            self._free += 1
            self._let_in()

    def pause(self, seconds: float) -> None:
        """Let nobody in for so long: the service asked for it."""
        self._next_entry = max(self._next_entry, self._clock.steady() + seconds)

    async def _enter(self, project: str) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(project, deque()).append(mine)
        self._let_in()
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._free += 1
                self._let_in()
            raise

    def _let_in(self) -> None:
        if self._porter is None or self._porter.done():
            self._porter = asyncio.ensure_future(self._work())

    async def _work(self) -> None:
        while self._free > 0 and (caller := self._next_caller()) is not None:
            while (wait := self._next_entry - self._clock.steady()) > 0:
                await self._clock.sleep(wait)
            if caller.cancelled():
                continue
            self._next_entry = self._clock.steady() + self._gap
            self._free -= 1
            caller.set_result(None)

    def _next_caller(self) -> asyncio.Future[None] | None:
        while self._waiting:
            project, callers = self._waiting.popitem(last=False)
            while callers and callers[0].cancelled():
                callers.popleft()
            if callers:
                caller = callers.popleft()
                if callers:
                    self._waiting[project] = callers  # to the end: the others come first now
                return caller
        return None
