"""Faults of the wire: each ends in the state that the matrix says, nothing billed twice, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.job import Job, State
from second_unit.jobs.store import JobStore
from second_unit.jobs.wording import explain
from second_unit.jobs.worker import run_worker
from second_unit.media.verify import verify_take
from second_unit.providers.seedance.provider import SeedanceProvider
from second_unit.providers.seedance.wire import correlation_token
from second_unit.rehearsal.running import Rehearsal, rehearsing
from tests.jobs.fault_cases import CASES, Case
from tests.jobs.making import HURRY, make_plan

SETTINGS = HURRY.model_copy(
    update={
        "submit_seconds": 4.0,
        "read_seconds": 3.0,
        "stall_seconds": 2.0,
        "settle_seconds": 2.0,
        "submit_patience_seconds": 30.0,
        "unknown_patience_seconds": 3.0,
    }
)


class OneByOne(SeedanceProvider):
    """Asks for each task alone, so that a fault can be laid on one task's reads."""

    progress_many = None  # type: ignore[assignment]


def open_one_by_one(service: str, *, endpoint: str | None = None) -> OneByOne:
    assert service == "seedance"
    return OneByOne(endpoint=endpoint)


@dataclass(frozen=True)
class Run:
    jobs: dict[str, Job]
    orders: dict[str, int]
    takes: Path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """All cases at once, as an edit of many shots would: one worker, a job a case, each with its own fault."""
    folder = tmp_path_factory.mktemp("faults")
    with rehearsing(folder / "service") as service:
        yield run_cases(folder, service)


def run_cases(folder: Path, service: Rehearsal) -> Run:
    store_path = folder / "home" / "jobs.sqlite3"
    with JobStore(store_path) as store:
        plan = make_plan(*(case.name for case in CASES), service="seedance")
        jobs = enqueue(store, plan, folder / "takes", endpoint=service.endpoint())
        for case, job in zip(CASES, jobs, strict=True):
            service.fault(**case.fault, match=correlation_token(job.id))
    run_worker(store_path, idle_seconds=0, settings=SETTINGS, open_provider=open_one_by_one)
    with JobStore(store_path) as store:
        ended = {case.name: store.job(job.id) for case, job in zip(CASES, jobs, strict=True)}
    counts = service.order_counts()
    orders = {name: counts.get(correlation_token(job.id), 0) for name, job in ended.items()}
    return Run(ended, orders, folder / "takes")


def test_the_matrix_has_at_least_forty_cases() -> None:
    assert len(CASES) >= 40
    assert len(CASES) == len({case.name for case in CASES})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_fault_ends_in_the_state_that_the_matrix_says(case: Case, run: Run) -> None:
    job = run.jobs[case.name]
    history = "\n".join(entry.message for entry in job.history)
    assert (case.state, case.orders) == (job.state, run.orders[case.name]), history
    if case.state is State.READY:
        assert job.take is not None
        assert job.take.facts is not None
        assert job.take.facts.loudness is not None, "its loudness is measured once, when it arrives"
        assert job.take.facts.model_copy(update={"loudness": None}) == verify_take(job.take.file, job.request)
    else:
        assert job.error is not None
        assert (case.kind, case.charged) == (job.error["kind"], job.error["charged"]), history
    told = explain(job)
    assert told.happened
    assert told.charged
    assert told.next


def test_a_take_that_does_not_verify_is_kept_aside_and_named(run: Run) -> None:
    job = run.jobs["take without its sound"]
    aside = run.takes / "reel one" / f"take without its sound_rejected_{job.id}.mp4"
    assert aside.is_file()
    assert aside.name in str(job.error)
