"""How many requests a service takes in a while: what a client that polls too eagerly gets to feel."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field


@dataclass
class Rate:
    """So many ``requests`` within any ``seconds``; counted in real time, whatever the rehearsal's clock says."""

    requests: int
    seconds: float
    _taken: deque[float] = field(default_factory=deque)

    def wait_seconds(self) -> float:
        """Count a request and return 0, or return how long the client should wait where it is one too many."""
        now = time.monotonic()
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()
        if len(self._taken) >= self.requests:
            return self._taken[0] + self.seconds - now
        self._taken.append(now)
        return 0.0
