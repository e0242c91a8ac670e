"""The ways out: none of them pays twice unasked."""

from __future__ import annotations

import collections
from pathlib import Path

import pytest

from second_unit.errors import AnswerLost, StoreError, TaskFailed
from second_unit.jobs import events, remedies
from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.job import Job, State
from second_unit.jobs.store import JobStore
from second_unit.jobs.wording import explain
from second_unit.jobs.worker import run_worker
from tests.jobs.making import HURRY, accepted_orders, make_plan, serving
from tests.jobs.peer_provider import open_peer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "jobs.sqlite3"


def work(path: Path) -> None:
    run_worker(path, idle_seconds=0, settings=HURRY, open_provider=open_peer)


def lose_the_answer(store: JobStore, job: Job) -> None:
    """As a worker that died while it sent the order leaves the job."""
    store.apply(job.id, events.Started(at=1))
    store.apply(job.id, events.Sending(at=1))


def test_a_lost_order_of_a_service_without_a_list_is_uncertain_and_not_sent_again(path: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "peer", "--no-list") as endpoint:
        with JobStore(path) as store:
            (job,) = enqueue(store, make_plan(), tmp_path / "takes", endpoint=endpoint)
            lose_the_answer(store, job)
        work(path)
        assert [] == accepted_orders(tmp_path / "peer")
    with JobStore(path) as store:
        uncertain = store.job(job.id)
        assert ["uncertain"] == [entry.standing for entry in store.ledger()]
    assert State.UNCERTAIN is uncertain.state
    told = explain(uncertain)
    assert told.charged == "Whether it was charged isn't known."
    assert "adopt" in told.next


def test_an_adopted_task_is_followed_to_its_take(path: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "peer", "--no-list") as endpoint:
        with JobStore(path) as store:
            first, second = enqueue(store, make_plan("SH010", "SH020"), tmp_path / "takes", endpoint=endpoint)
            lose_the_answer(store, second)
        work(path)
        with JobStore(path) as store:
            task = store.job(first.id).task
            assert task is not None
            with pytest.raises(StoreError, match=f"Job {first.id}"):
                remedies.adopt(store, second.id, task)
            store.apply(first.id, events.Placed(at=1))
            store.forget(first.id)
            remedies.adopt(store, second.id, task)
        work(path)
        assert [first.id] == accepted_orders(tmp_path / "peer")
    with JobStore(path) as store:
        assert State.READY is store.job(second.id).state


def test_check_asks_once_more_and_sends_only_what_surely_is_not_there(path: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "peer") as endpoint:
        with JobStore(path) as store:
            (job,) = enqueue(store, make_plan(), tmp_path / "takes", endpoint=endpoint)
            lose_the_answer(store, job)
            store.apply(job.id, events.Lost(at=1, error=AnswerLost("Lost.").as_record()))
            remedies.check(store, job.id)
        work(path)
        assert [job.id] == accepted_orders(tmp_path / "peer")
    with JobStore(path) as store:
        assert State.READY is store.job(job.id).state


def test_resubmit_is_a_new_job_and_the_old_one_says_which(path: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "peer", "--no-list") as endpoint:
        with JobStore(path) as store:
            (job,) = enqueue(store, make_plan(), tmp_path / "takes", endpoint=endpoint)
            lose_the_answer(store, job)
        work(path)
        with JobStore(path) as store:
            again = remedies.resubmit(store, job.id)
            with pytest.raises(StoreError, match="ordered again already"):
                remedies.resubmit(store, job.id)
        work(path)
        assert [again.id] == accepted_orders(tmp_path / "peer")
    with JobStore(path) as store:
        assert (State.FAILED, again.id) == (store.job(job.id).state, store.job(job.id).replaced_by)
        assert again.id in explain(store.job(job.id)).happened
        assert State.READY is store.job(again.id).state


def test_resume_begins_anew_what_was_never_accepted(path: Path, tmp_path: Path) -> None:
    (tmp_path / "takes").touch()
    with serving(tmp_path / "peer") as endpoint:
        with JobStore(path) as store:
            (job,) = enqueue(store, make_plan(), tmp_path / "takes", endpoint=endpoint)
        work(path)
        (tmp_path / "takes").unlink()
        with JobStore(path) as store:
            assert State.FAILED is store.job(job.id).state
            remedies.resume(store, job.id)
        work(path)
    with JobStore(path) as store:
        assert State.READY is store.job(job.id).state


def test_resume_fetches_again_what_was_made(path: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "peer") as endpoint:
        movie = tmp_path / "peer" / "movie.mp4"
        good = movie.read_bytes()
        movie.write_bytes(good[: len(good) // 2])
        with JobStore(path) as store:
            (job,) = enqueue(store, make_plan(), tmp_path / "takes", endpoint=endpoint)
        work(path)
        movie.write_bytes(good)
        with JobStore(path) as store:
            broken = store.job(job.id)
            assert broken.error is not None
            assert ("BrokenTake", True) == (broken.error["kind"], broken.error["charged"])
            remedies.resume(store, job.id)
        work(path)
        assert [job.id] == accepted_orders(tmp_path / "peer")
    with JobStore(path) as store:
        assert State.READY is store.job(job.id).state


def test_resume_refuses_what_may_have_been_charged(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        (job,) = enqueue(store, make_plan(), tmp_path)
        lose_the_answer(store, job)
        store.apply(job.id, events.Failed(at=1, error=TaskFailed("No.", charged=None).as_record()))
        with pytest.raises(StoreError, match="would be a new order"):
            remedies.resume(store, job.id)


def test_a_queued_job_is_stopped_for_nothing(path: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "peer", "--queued", "60") as endpoint, JobStore(path) as store:
        (job,) = enqueue(store, make_plan(), tmp_path / "takes", endpoint=endpoint)
        work_until_asked(path, store, job)
        told = store.job(job.id)
        assert (State.CANCELLED, "released") == (told.state, store.ledger()[0].standing)
    assert explain(told).charged == "Nothing was charged."


def test_a_running_job_that_cannot_be_stopped_says_so_and_its_take_is_fetched(path: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "peer", "--queued", "0", "--running", "2") as endpoint, JobStore(path) as store:
        (job,) = enqueue(store, make_plan(), tmp_path / "takes", endpoint=endpoint)
        work_until_asked(path, store, job)
        told = store.job(job.id)
    assert State.READY is told.state
    assert any("can't be stopped" in entry.message for entry in told.history)


def work_until_asked(path: Path, store: JobStore, job: Job) -> None:
    """Work, and ask to cancel from another connection once the job was accepted."""
    seen: collections.Counter[str] = collections.Counter()

    def watch(_job: str, step: str) -> None:
        seen[step] += 1
        if step == "after Accepted":
            remedies.cancel(store, job.id)

    run_worker(path, idle_seconds=0, settings=HURRY, open_provider=open_peer, watch=watch)
    assert seen["after Accepted"] == 1


def test_a_planned_job_is_cancelled_before_anything_is_sent(path: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "peer") as endpoint:
        with JobStore(path) as store:
            (job,) = enqueue(store, make_plan(), tmp_path / "takes", endpoint=endpoint)
            remedies.cancel(store, job.id)
        work(path)
        assert [] == accepted_orders(tmp_path / "peer")
        with JobStore(path) as store:
            assert State.CANCELLED is store.job(job.id).state
            remedies.resume(store, job.id)
        work(path)
        assert [job.id] == accepted_orders(tmp_path / "peer")


def test_what_is_made_is_not_cancelled(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        (job,) = enqueue(store, make_plan(), tmp_path)
        for event in (events.Started(at=1), events.Sending(at=1), events.Accepted(at=1, task="t"), events.Made(at=1)):
            store.apply(job.id, event)
        with pytest.raises(StoreError, match="made already and was charged"):
            remedies.cancel(store, job.id)
