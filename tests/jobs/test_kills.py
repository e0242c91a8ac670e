"""Killed anywhere: no job is lost and none is paid twice, whatever moment the worker dies at."""

from __future__ import annotations

import collections
import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.job import State
from second_unit.jobs.store import JobStore
from second_unit.media.verify import verify_take
from second_unit.rehearsal.running import rehearsing
from tests.jobs.making import accepted_orders, make_plan, serving

STEPS = tuple(
    f"{side} {step}"
    for step in (
        *("Started", "preparing", "Sending", "sending", "Accepted", "Moved", "Made", "downloading", "Downloaded"),
        *("verifying", "Named", "sidecar", "naming", "Verified"),
    )
    for side in ("before", "after")
)
"""In the order of a job's life, so that each worker dies one step further on."""

ROUNDS = 7
FROM_OUTSIDE = 20

pytestmark = pytest.mark.skipif(os.name != "posix", reason="forks workers")


@contextmanager
def lives(store: Path) -> Iterator[Lives]:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.jobs.lives", str(store)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as zygote:
        yield Lives(zygote)
        assert zygote.stdin is not None
        zygote.stdin.close()
    assert zygote.returncode == 0


class Lives:
    def __init__(self, zygote: subprocess.Popen[str]) -> None:
        self._zygote = zygote

    def live(self, **how: object) -> bool:
        """Let one worker live; returns whether it was killed."""
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(json.dumps(how) + "\n")
        self._zygote.stdin.flush()
        return bool(json.loads(self._zygote.stdout.readline())["killed"])


@pytest.mark.timeout(600)
def test_two_hundred_kills_lose_nothing_and_order_nothing_twice(tmp_path: Path) -> None:
    store_path = tmp_path / "home" / "jobs.sqlite3"
    dice = random.Random(20261122)
    deaths: list[dict[str, object]] = [{"step": step} for step in STEPS * ROUNDS]
    for _ in range(FROM_OUTSIDE):
        deaths.insert(dice.randrange(len(deaths)), {"seconds": dice.uniform(0.02, 0.3)})
    killed: collections.Counter[str] = collections.Counter()
    with rehearsing(tmp_path / "service") as service, lives(store_path) as workers:

        def order_one_more() -> None:
            with JobStore(store_path) as store:
                plan = make_plan(f"SH{len(store.jobs()):03d}", service="seedance")
                enqueue(store, plan, tmp_path / "takes", endpoint=service.endpoint())

        for death in deaths:
            while not workers.live(**death):  # every job had passed that step: let there be another
                order_one_more()
            killed[str(death.get("step", "from outside"))] += 1
        assert not workers.live()
        counts = service.order_counts()
    with JobStore(store_path) as store:
        jobs, ledger = store.jobs(), store.ledger()
    assert killed.total() >= 200, killed
    assert set(STEPS) <= set(killed), "not every step was died at"
    assert {State.READY} == {job.state for job in jobs}
    # Exactly one accepted order for each job, and the ledger agrees.
    assert [1] * len(jobs) == sorted(counts.values())
    assert sorted(job.id for job in jobs) == sorted(entry.job for entry in ledger if entry.standing == "billed")
    for job in jobs:
        assert job.take is not None
        verify_take(job.take.file, job.request)
        assert job.take.fingerprint == hashlib.sha256(job.take.file.read_bytes()).hexdigest()
        assert json.loads(job.take.file.with_suffix(".json").read_text())["job"] == job.id
    # And nothing is left lying about.
    takes = sorted(path.name for path in (tmp_path / "takes" / "reel one").iterdir())
    assert sorted(f"{job.name}_take001{suffix}" for job in jobs for suffix in (".mp4", ".json")) == takes


def test_killed_while_ordering_from_a_service_without_a_list_is_uncertain_and_never_two_orders(tmp_path: Path) -> None:
    store_path = tmp_path / "home" / "jobs.sqlite3"
    steps = ("after Sending", "before sending", "after sending", "before Accepted", "after Accepted")
    with serving(tmp_path / "service", "--no-list") as endpoint, lives(store_path) as workers:
        for step in steps:
            with JobStore(store_path) as store:
                enqueue(store, make_plan(step), tmp_path / "takes", endpoint=endpoint)
            assert workers.live(step=step), histories(store_path)
        assert not workers.live()
        accepted = accepted_orders(tmp_path / "service")
    with JobStore(store_path) as store:
        ends = {job.name: (job.state, accepted.count(job.id)) for job in store.jobs()}
    assert {
        "after Sending": (State.UNCERTAIN, 0),
        "before sending": (State.UNCERTAIN, 0),
        "after sending": (State.UNCERTAIN, 1),
        "before Accepted": (State.UNCERTAIN, 1),
        "after Accepted": (State.READY, 1),
    } == ends


def histories(store_path: Path) -> str:
    """What happened to every job, for a failure's message."""
    with JobStore(store_path) as store:
        return "\n".join(f"{job.name}: {entry.message}" for job in store.jobs() for entry in job.history)
