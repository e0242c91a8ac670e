"""
The studio behind every wire: it takes orders on, has them rendered, and says how they stand.

A service's wire (one file each, such as :mod:`second_unit.rehearsal.ark`) turns its requests into
:meth:`Studio.accept` and a :class:`~second_unit.rehearsal.tasks.Standing` into its own answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from second_unit.rehearsal.clock import Clock, ShiftedClock
from second_unit.rehearsal.crew import Crew, RenderingFailed
from second_unit.rehearsal.faults import (
    CutsMoved,
    Expires,
    Fails,
    Fault,
    FaultBook,
    Moderation,
    NoAudio,
    OddState,
    Pace,
    Padded,
    SilentAudio,
    TakeFault,
    WrongDuration,
)
from second_unit.rehearsal.orders import OrderBook
from second_unit.rehearsal.tasks import FRAME_RATE, Commission, Standing, Task, standing
from second_unit.timeline import Value


class StudioSettings(Value):
    """
    How the rehearsal server behaves.

    Args:
        queued_seconds, running_seconds: how long a task waits and runs (at ``speed`` 1).
        speed: so many times faster; 0.02 is about as slow as the real service.
        concurrency: how many tasks run at once, the rest being queued; None: all.
        bad_keys: keys that are refused; every other is accepted.
        url_seconds: how long a result's link works.
        fast: plain clips in place of animatics, for load tests.
        sync_pops: a flash and a pop on each shot's first frame.
        true_codecs: 10-bit H.265 where the service returns it (slow to make), else H.264 throughout.
        renderers: how many movies are rendered at once.
        renders: where movies are kept, if several servers are to share them; else in the server's own folder.
        limits: keep to the service's own rates: 429 for a client that asks more often.
        endpoints: the model behind each endpoint id (``ep-…``); others are taken for Seedance 2.0.
    """

    queued_seconds: float = Field(default=0.5, ge=0)
    running_seconds: float = Field(default=2.0, ge=0)
    speed: float = Field(default=1.0, gt=0)
    concurrency: int | None = Field(default=None, ge=1)
    bad_keys: tuple[str, ...] = ("bad",)
    url_seconds: int = Field(default=86_400, gt=0)
    fast: bool = False
    sync_pops: bool = True
    true_codecs: bool = False
    renderers: int = Field(default=2, ge=1)
    renders: Path | None = None
    limits: bool = False
    endpoints: dict[str, str] = {}


class Studio:
    """
    Orders, renderers and faults of one rehearsal server; everything it keeps lies in ``folder``.

    Enter it (``async with``) inside the event loop: renderings left over from a killed server go on.
    """

    def __init__(self, folder: Path, settings: StudioSettings | None = None, clock: Clock | None = None) -> None:
        self.folder = folder.absolute()
        self.settings = settings or StudioSettings()
        self.faults = FaultBook()
        self.orders = OrderBook(self.folder)
        self.clock = clock or ShiftedClock(float(self.orders.setting("shift_seconds") or 0))
        self.secret = self._secret()
        self.requests: Counter[str] = Counter()
        self.latest_requests: deque[dict[str, Any]] = deque(maxlen=5000)
        self._crew = Crew((self.settings.renders or self.folder / "renders").absolute(), self.settings.renderers)
        self._rendering: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Studio:
        for task in self.orders.tasks():
            if self._wants_rendering(task):
                self._render_soon(task)
        return self

    async def __aexit__(self, *_: object) -> None:
        for rendering in self._rendering:
            rendering.cancel()
        await self._crew.close()
        await asyncio.gather(*self._rendering, return_exceptions=True)
        self.orders.close()

    def accept(
        self,
        *,
        service: str,
        task_id: str,
        model: str,
        correlation: str,
        body: dict[str, Any],
        commission: Commission,
        echo: dict[str, Any],
        faults: Sequence[Fault] = (),
        expires_after_seconds: float = 172_800,
    ) -> Task:
        """Take an order on: it is on file before this returns, and its rendering has begun."""
        number = self.orders.next_number()
        now = self.clock.now()
        queued, running = self._pace(faults)
        starts = max(now + queued, self._free_at(now))
        task = Task(
            number=number,
            id=task_id,
            service=service,
            model=model,
            correlation=correlation,
            accepted_at=now,
            starts_at=starts,
            ends_at=starts + running,
            expires_at=now + expires_after_seconds,
            body=body,
            body_file=self._save_body(number, task_id, body),
            echo=echo,
            commission=_spoil(commission, faults),
            fates=tuple(f for f in faults if isinstance(f, Moderation | Fails | Expires | OddState | Pace)),
            take_faults=tuple(f for f in faults if isinstance(f, TakeFault)),
        )
        self.orders.keep(task)
        if self._wants_rendering(task):
            self._render_soon(task)
        return task

    def task(self, service: str, task_id: str) -> Task | None:
        """Return a service's task, unless it was deleted."""
        task = self.orders.task(task_id)
        return task if task is not None and task.service == service and not task.deleted else None

    def tasks(self, service: str) -> tuple[Task, ...]:
        """Return a service's tasks in the order of acceptance, without the deleted."""
        return tuple(task for task in self.orders.tasks() if task.service == service and not task.deleted)

    def standing(self, task: Task) -> Standing:
        """Return how a task stands now."""
        return standing(task, self.clock.now())

    def cancel(self, task: Task) -> Task:
        """Mark a task cancelled."""
        return self.orders.keep(task.model_copy(update={"cancelled_at": self.clock.now()}))

    def delete(self, task: Task) -> Task:
        """Take a task's record out of every answer; it still counts as accepted."""
        return self.orders.keep(task.model_copy(update={"deleted": True}))

    def advance(self, seconds: float) -> None:
        """
        Put the clock forward.

        Raises:
            TypeError: the studio was given a clock of the caller's own.
        """
        if not isinstance(self.clock, ShiftedClock):
            raise TypeError("This studio's clock is its owner's to move.")
        self.clock.shift_seconds += seconds
        self.orders.keep_setting("shift_seconds", str(self.clock.shift_seconds))

    def _secret(self) -> bytes:
        kept = self.orders.setting("secret")
        if kept is None:
            kept = secrets.token_hex(32)
            self.orders.keep_setting("secret", kept)
        return bytes.fromhex(kept)

    def _pace(self, faults: Sequence[Fault]) -> tuple[float, float]:
        queued, running = self.settings.queued_seconds, self.settings.running_seconds
        queued, running = queued / self.settings.speed, running / self.settings.speed
        for fault in faults:
            if isinstance(fault, Pace):
                queued = queued if fault.queued_seconds is None else fault.queued_seconds
                running = running if fault.running_seconds is None else fault.running_seconds
        return queued, running

    def _free_at(self, now: float) -> float:
        """Return when the next place is free; orders beyond the account's concurrency wait in the queue."""
        ends = sorted(t.ends_at for t in self.orders.tasks() if t.cancelled_at is None and t.ends_at > now)
        limit = self.settings.concurrency
        return now if limit is None or len(ends) < limit else ends[-limit]

    def _save_body(self, number: int, task_id: str, body: dict[str, Any]) -> Path:
        folder = self.folder / "orders"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{number:05d}-{task_id}.json"
        file.write_text(json.dumps(body, indent=2, ensure_ascii=False), encoding="utf-8")
        return file

    def _wants_rendering(self, task: Task) -> bool:
        doomed = any(isinstance(fate, Moderation | Fails | Expires) for fate in task.fates)
        return task.made is None and task.broke is None and task.cancelled_at is None and not doomed

    def _render_soon(self, task: Task) -> None:
        rendering = asyncio.create_task(self._render(task.id, task.commission))
        self._rendering.add(rendering)
        rendering.add_done_callback(self._rendering.discard)

    async def _render(self, task_id: str, commission: Commission) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            try:
                made = await self._crew.make(commission)
                change: dict[str, Any] = {"made": made.model_copy(update={"at": self.clock.now()})}
            except RenderingFailed as error:
                change = {"broke": f"The rehearsal server could not render it: {error}"}
            task = self.orders.task(task_id)
            if task is not None:
                self.orders.keep(task.model_copy(update=change))


def _spoil(commission: Commission, faults: Sequence[Fault]) -> Commission:
    change: dict[str, Any] = {}
    for fault in faults:
        match fault:
            case NoAudio():
                change["audio"] = False
            case SilentAudio():
                change["silent"] = True
            case WrongDuration():
                change["frames"] = max(1, commission.frames + round(fault.seconds * FRAME_RATE))
            case CutsMoved():
                change["cuts_moved"] = fault.seconds
            case Padded():
                change["padding_bytes"] = fault.bytes
            case _:
                pass
    return commission.model_copy(update=change)
