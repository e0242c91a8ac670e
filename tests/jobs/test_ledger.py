"""The money: every order's line, and the caps that stop one before it is sent."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest

from second_unit.errors import OverBudget
from second_unit.jobs import events
from second_unit.jobs.budget import check_budget
from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.job import State
from second_unit.jobs.store import JobStore
from tests.jobs.making import make_plan


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "jobs.sqlite3"


def send(store: JobStore, job_id: str) -> None:
    store.apply(job_id, events.Started(at=time.time()))
    store.apply(job_id, events.Sending(at=time.time()))


def test_a_cap_a_day_stops_the_order_before_it_is_sent(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        first, second = (enqueue(store, make_plan(name, price="6"), tmp_path)[0] for name in ("SH010", "SH020"))
        store.set_cap("day", "USD", Decimal(10))
        send(store, first.id)
        with pytest.raises(OverBudget, match=r"costs 6\.00 USD, 6\.00 are spent, and your cap a day is 10\.00"):
            send(store, second.id)
        assert State.PREPARING is store.job(second.id).state
        assert [first.id] == [entry.job for entry in store.ledger()]


def test_what_was_surely_not_charged_counts_towards_no_cap(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        first, second = (enqueue(store, make_plan(name, price="6"), tmp_path)[0] for name in ("SH010", "SH020"))
        store.set_cap("day", "USD", Decimal(10))
        send(store, first.id)
        store.apply(first.id, events.NotAccepted(at=time.time()))
        send(store, second.id)
        assert ["released", "reserved"] == [entry.standing for entry in store.ledger()]


def test_a_cap_a_run_stops_the_whole_run_before_anything_is_kept(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        store.set_cap("run", "USD", Decimal(10))
        with pytest.raises(OverBudget, match="run of 2 orders"):
            enqueue(store, make_plan("SH010", "SH020", price="6"), tmp_path)
        assert () == store.jobs()
        enqueue(store, make_plan("SH010", price="6"), tmp_path)
        enqueue(store, make_plan("SH020", price="6"), tmp_path)


def test_a_price_that_cannot_be_compared_is_not_ordered_under_a_cap(path: Path, tmp_path: Path) -> None:
    plan = make_plan()
    unknown = plan.requests[0].model_copy(update={"cost": plan.cost.model_copy(update={"amount": None})})
    yuan = plan.requests[0].model_copy(update={"cost": plan.cost.model_copy(update={"currency": "CNY"})})
    with JobStore(path) as store:
        store.set_cap("day", "USD", Decimal(10))
        for request in (unknown, yuan):
            with pytest.raises(OverBudget):
                enqueue(store, plan.model_copy(update={"requests": (request,)}), tmp_path)


def test_what_is_free_passes_any_cap(path: Path, tmp_path: Path) -> None:
    with JobStore(path) as store:
        store.set_cap("day", "USD", Decimal(0))
        (job,) = enqueue(store, make_plan(price="0"), tmp_path)
        send(store, job.id)


def test_a_budget_allows_what_it_allows_and_no_cent_more() -> None:
    plan = make_plan("SH010", "SH020", price="0.50")
    check_budget(plan, 1.0)
    check_budget(plan, None)
    with pytest.raises(OverBudget, match="Nothing was ordered"):
        check_budget(plan, 0.99)


def test_a_budget_refuses_a_plan_whose_cost_is_not_known() -> None:
    plan = make_plan()
    unknown = plan.requests[0].model_copy(update={"cost": plan.cost.model_copy(update={"amount": None})})
    with pytest.raises(OverBudget, match="isn't known"):
        check_budget(plan.model_copy(update={"requests": (unknown,)}), 100)
