"""The clock as a value: the day's time for records, a steady one for waiting. Tests bring their own."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What the worker asks of time. Waiting never uses the day's time, so a clock that is set back does no harm."""

    def now(self) -> float:
        """Return Unix seconds. They may jump."""
        ...

    def steady(self) -> float:
        """Return seconds from some moment on. They never jump."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return Unix seconds."""
        return time.time()

    def steady(self) -> float:
        """Return seconds from some moment on."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
