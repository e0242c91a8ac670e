"""The time as the rehearsal server tells it: it can be put forward, so that a day's expiry is tested in a moment."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells Unix seconds."""

    def now(self) -> float:
        """Return the time, Unix seconds."""
        ...


class ShiftedClock:
    """The machine's clock, put forward or back by ``shift_seconds``."""

    def __init__(self, shift_seconds: float = 0.0) -> None:
        self.shift_seconds = shift_seconds

    def now(self) -> float:
        """Return the shifted time, Unix seconds."""
        return time.time() + self.shift_seconds


class SetClock:
    """A clock that stands still until it is moved: for tests."""

    def __init__(self, now_seconds: float = 1_795_300_000.0) -> None:
        self.now_seconds = now_seconds

    def now(self) -> float:
        """Return the time it was set to."""
        return self.now_seconds

    def advance(self, seconds: float) -> None:
        """Move it forward."""
        self.now_seconds += seconds
