"""How much of a service is used at once, and whose turn it is."""

from __future__ import annotations

import asyncio
import heapq
import itertools

from second_unit.errors import ServiceUnavailable
from second_unit.jobs.gate import Gate
from second_unit.jobs.patience import poll_wait, retry_wait
from second_unit.jobs.settings import WorkSettings


class Time:
    """A clock whose time passes only while everybody waits."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    def now(self) -> float:
        return self.seconds

    def steady(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.seconds + seconds, next(self._count), waking))
        await waking

    async def pass_until(self, done: asyncio.Future[object]) -> None:
        while not done.done():
            for _ in range(20):
                await asyncio.sleep(0)
            if self._sleepers and not done.done():
                self.seconds, _, waking = heapq.heappop(self._sleepers)
                if not waking.done():
                    waking.set_result(None)


def run_through(gate_of: object, callers: list[str], stay: float = 0.0) -> list[tuple[str, float]]:
    """Send callers (their projects) through a gate and return who entered when."""
    time = Time()
    entered: list[tuple[str, float]] = []

    async def call(gate: Gate, project: str) -> None:
        async with gate.turn(project):
            entered.append((project, round(time.seconds, 3)))
            if stay:
                await time.sleep(stay)

    async def everybody() -> None:
        gate = gate_of(time)  # type: ignore[operator]
        calls = asyncio.gather(*(call(gate, project) for project in callers))
        await time.pass_until(calls)

    asyncio.run(everybody())
    return entered


def test_no_more_enter_a_second_than_the_pace_allows() -> None:
    entered = run_through(lambda time: Gate(time, at_once=100, per_second=2), ["a"] * 5)
    assert [0.0, 0.5, 1.0, 1.5, 2.0] == [when for _, when in entered]


def test_no_more_are_inside_than_may_be_at_once() -> None:
    entered = run_through(lambda time: Gate(time, at_once=2, per_second=1000), ["a"] * 6, stay=10)
    assert [0, 0, 10, 10, 20, 20] == [int(when) for _, when in entered]


def test_projects_take_turns_however_many_jobs_each_has() -> None:
    entered = run_through(lambda time: Gate(time, at_once=1, per_second=10), ["a"] * 6 + ["b"] * 2 + ["c"])
    assert "abcabaaaa" == "".join(project for project, _ in entered)


def test_a_pause_holds_back_everybody() -> None:
    def paused(time: Time) -> Gate:
        gate = Gate(time, at_once=10, per_second=1000)
        gate.pause(30)
        return gate

    assert all(when >= 30 for _, when in run_through(paused, ["a", "b"]))


def test_young_tasks_are_asked_for_often_and_old_ones_seldom() -> None:
    calm = WorkSettings(jitter=0)
    assert [3.0, 3.0, 10.0, 60.0] == [poll_wait(age, calm) for age in (0, 30, 100, 6000)]


def test_waits_after_failures_double_and_never_undercut_what_the_service_asked() -> None:
    calm = WorkSettings(jitter=0)
    plain, asking = ServiceUnavailable("Away."), ServiceUnavailable("Away.", wait_seconds=20)
    assert [1.0, 2.0, 4.0, 60.0] == [retry_wait(failures, plain, calm) for failures in (1, 2, 3, 30)]
    assert [20, 20, 60] == [retry_wait(failures, asking, calm) for failures in (1, 2, 30)]


def test_waits_are_shaken_so_that_many_workers_do_not_come_at_once() -> None:
    waits = {poll_wait(100, WorkSettings()) for _ in range(50)}
    assert len(waits) > 40
    assert all(8 <= wait <= 12 for wait in waits)
