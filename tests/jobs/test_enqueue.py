"""An order that was placed before exactly so isn't paid again."""

from __future__ import annotations

from pathlib import Path

import pytest

from second_unit.errors import AlreadyOrdered
from second_unit.jobs import events
from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.job import Job, State
from second_unit.jobs.store import JobStore
from second_unit.jobs.worker import run_worker
from second_unit.media.facts import MediaFacts
from second_unit.plan import Plan
from tests.jobs.making import HURRY, accepted_orders, make_plan, make_request, serving
from tests.jobs.peer_provider import open_peer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "jobs.sqlite3"


def finish(store: JobStore, job: Job, take: Path) -> None:
    take.parent.mkdir(parents=True, exist_ok=True)
    take.write_bytes(b"movie")
    facts = MediaFacts(seconds=1, frames=24)
    store.apply(job.id, events.Reused(at=1, of="", file=take, number=1, facts=facts, fingerprint="f"))


def test_identical_orders_in_one_edit_are_paid_once_and_share_the_take(path: Path, tmp_path: Path) -> None:
    twice = Plan(requests=(make_request("SH010"), make_request("SH010")))
    with serving(tmp_path / "peer") as endpoint:
        with JobStore(path) as store:
            first, second = enqueue(store, twice, tmp_path / "takes", endpoint=endpoint)
        assert (None, first.id) == (first.same_as, second.same_as)
        run_worker(path, idle_seconds=0, settings=HURRY, open_provider=open_peer)
        assert [first.id] == accepted_orders(tmp_path / "peer")
    with JobStore(path) as store:
        made, shared = store.job(first.id), store.job(second.id)
    assert made.take is not None
    assert shared.take is not None
    assert (State.READY, made.take.file) == (shared.state, shared.take.file)


def test_a_finished_identical_order_is_used_again(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        (first,) = enqueue(store, make_plan(), tmp_path)
        finish(store, first, tmp_path / "a.mp4")
        (again,) = enqueue(store, make_plan(), tmp_path)
        assert first.id == again.same_as


def test_a_take_that_is_gone_serves_nobody(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        (first,) = enqueue(store, make_plan(), tmp_path)
        finish(store, first, tmp_path / "a.mp4")
        (tmp_path / "a.mp4").unlink()
        assert enqueue(store, make_plan(), tmp_path)[0].same_as is None


def test_offer_keeps_nothing_and_names_the_earlier_order(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        (first,) = enqueue(store, make_plan(), tmp_path)
        with pytest.raises(AlreadyOrdered, match=first.id):
            enqueue(store, make_plan("SH020", "SH010"), tmp_path, duplicate="offer")
        assert (first,) == store.jobs()


def test_order_orders_a_further_take_knowingly(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        enqueue(store, make_plan(), tmp_path)
        assert enqueue(store, make_plan(), tmp_path, duplicate="order")[0].same_as is None


def test_another_prompt_is_another_order(path: Path, tmp_path: Path) -> None:
    changed = make_request().model_copy(update={"prompt": "A blue door opens."})
    with JobStore(path) as store:
        enqueue(store, make_plan(), tmp_path)
        assert enqueue(store, Plan(requests=(changed,)), tmp_path)[0].same_as is None


def test_a_rehearsed_order_does_not_stand_for_a_real_one(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        enqueue(store, make_plan(), tmp_path, endpoint="http://127.0.0.1:1/api")
        assert enqueue(store, make_plan(), tmp_path)[0].same_as is None


def test_what_is_free_is_made_again(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        enqueue(store, make_plan(price="0"), tmp_path)
        assert enqueue(store, make_plan(price="0"), tmp_path)[0].same_as is None


def test_who_waits_for_an_order_that_failed_says_so_and_orders_nothing(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        first, second = enqueue(store, make_plan("SH010", "SH010"), tmp_path)
        error = AlreadyOrdered("No.").as_record()
        store.apply(first.id, events.Started(at=1))
        store.apply(first.id, events.Failed(at=1, error=error))
    run_worker(path, idle_seconds=0, settings=HURRY, open_provider=open_peer)
    with JobStore(path) as store:
        told = store.job(second.id)
    assert told.error is not None
    assert (State.FAILED, False) == (told.state, told.error["charged"])
    assert first.id in told.error["message"]
