"""The life of a job is a table: what isn't in it can't happen."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from second_unit.errors import AnswerLost, ServiceUnavailable, TaskFailed
from second_unit.jobs import events
from second_unit.jobs.job import OPEN_STATES, Job, State
from second_unit.jobs.reader import OPEN
from second_unit.jobs.transition import TABLE, IllegalMove, transition
from second_unit.media.facts import MediaFacts
from second_unit.providers.provider import Billed
from tests.jobs.making import make_request

FACTS = MediaFacts(seconds=1, frames=24)
AWAY = ServiceUnavailable("Away.").as_record()
LOST = AnswerLost("Lost.").as_record()

EVENTS: dict[type[events.Event], events.Event] = {
    type(event): event
    for event in (
        events.Started(at=1),
        events.Prepared(at=1, fraction=0.5),
        events.Sending(at=1),
        events.Accepted(at=1, task="t1", found=True),
        events.Postponed(at=1, error=AWAY),
        events.NotAccepted(at=1),
        events.Lost(at=1, error=LOST),
        events.Queued(at=1),
        events.Moved(at=1, fraction=0.5),
        events.Troubled(at=1, error=AWAY),
        events.Made(at=1, billed=Billed(charged=True)),
        events.Received(at=1, fraction=0.5),
        events.Downloaded(at=1, bytes=10),
        events.Named(at=1, file=Path("/takes/a.mp4"), number=1),
        events.Rejected(at=1, error=AWAY),
        events.Verified(at=1, facts=FACTS, fingerprint="f"),
        events.Reused(at=1, of="j0", file=Path("/takes/a.mp4"), number=1, facts=FACTS, fingerprint="f"),
        events.Placed(at=1),
        events.TakenBack(at=1),
        events.Failed(at=1, error=AWAY),
        events.CancelAsked(at=1),
        events.CancelRefused(at=1, message="No."),
        events.Cancelled(at=1, message="Stopped."),
        events.CheckAsked(at=1),
        events.Adopted(at=1, task="t1"),
        events.AskedAgain(at=1),
        events.StartedAgain(at=1),
        events.Replaced(at=1, by="j2"),
    )
}


def make_job(state: State = State.PLANNED, **about: object) -> Job:
    base = {"id": "j1", "request": make_request(), "takes_folder": Path("/takes"), "created_at": 0, "updated_at": 0}
    return Job.model_validate(base | {"state": state} | about)


def lead(job: Job, *happened: events.Event) -> Job:
    for event in happened:
        job = transition(job, event)
    return job


def test_every_event_is_in_the_table_and_in_this_test() -> None:
    kinds = {
        kind
        for _, kind in inspect.getmembers(events, inspect.isclass)
        if issubclass(kind, events.Event) and kind is not events.Event
    }
    assert kinds == set(EVENTS)
    assert kinds == {kind for _, kind in TABLE}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", EVENTS)
def test_a_move_leads_where_the_table_says_and_no_other_happens(state: State, kind: type[events.Event]) -> None:
    # StartedAgain and AskedAgain need a job without and with a task.
    job = make_job(state, task=None if kind is events.StartedAgain else "t1")
    if (state, kind) in TABLE:
        after = transition(job, EVENTS[kind])
        assert TABLE[state, kind] is after.state
        assert (str(EVENTS[kind]), 1) == (after.message, after.updated_at)
    else:
        with pytest.raises(IllegalMove, match="can't happen"):
            transition(job, EVENTS[kind])


def test_transition_leaves_the_job_it_was_given_as_it_was() -> None:
    job = make_job()
    transition(job, EVENTS[events.Started])
    assert make_job() == job


def test_every_state_can_be_reached_and_every_open_one_can_be_left() -> None:
    assert set(State) == {State.PLANNED, *TABLE.values()}
    left = {state for (state, _), to in TABLE.items() if to is not state}
    assert left >= OPEN_STATES


def test_the_reader_and_the_job_agree_on_what_is_open() -> None:
    assert {str(state) for state in OPEN_STATES} == OPEN


def test_the_straight_line_is_told_in_the_history() -> None:
    line = (events.Started, events.Sending, events.Accepted, events.Moved, events.Made, events.Downloaded)
    line += (events.Named, events.Verified, events.Placed)
    job = lead(make_job(), *(EVENTS[kind] for kind in line))
    assert [kind.__name__ for kind in line] == [entry.event for entry in job.history]
    assert [State.PREPARING, State.SUBMITTING, State.SUBMITTED, State.RUNNING] == [e.state for e in job.history[:4]]
    assert job.take is not None
    assert job.billed == Billed(charged=True)


def test_progress_repeats_without_filling_the_history() -> None:
    moves = [events.Moved(at=n, fraction=n / 10) for n in range(10)]
    job = lead(make_job(State.SUBMITTED, task="t1"), *moves)
    assert (1, 0.9) == (len(job.history), job.progress)


def test_the_same_trouble_each_minute_is_one_line_of_the_history() -> None:
    away = [events.Troubled(at=n, error=AWAY, wait_seconds=n) for n in range(10)]
    other = events.Troubled(at=11, error=ServiceUnavailable("Overloaded.").as_record())
    job = lead(make_job(State.SUBMITTED, task="t1"), *away, other, away[0])
    assert ["Away.", "Overloaded.", "Away."] == [entry.message.split(" ")[0] for entry in job.history]


@pytest.mark.parametrize("charged", [True, None])
def test_a_job_that_may_have_been_charged_is_not_begun_anew(charged: bool | None) -> None:
    error = TaskFailed("Failed.", charged=charged).as_record()
    with pytest.raises(IllegalMove):
        transition(make_job(State.FAILED, error=error), EVENTS[events.StartedAgain])


def test_a_job_with_a_task_is_asked_for_and_never_begun_anew() -> None:
    failed = make_job(State.FAILED, task="t1", error=AWAY)
    with pytest.raises(IllegalMove):
        transition(failed, EVENTS[events.StartedAgain])
    assert State.SUBMITTED is transition(failed, EVENTS[events.AskedAgain]).state


def test_a_job_that_is_to_be_cancelled_is_not_sent() -> None:
    with pytest.raises(IllegalMove):
        transition(make_job(State.PREPARING, cancel_asked=True), EVENTS[events.Sending])


def test_no_event_leads_from_uncertain_to_sending() -> None:
    assert {
        events.CheckAsked: State.SUBMITTING,  # asks; a job in this state is looked for, not sent
        events.Adopted: State.SUBMITTED,
        events.Replaced: State.FAILED,
    } == {kind: to for (state, kind), to in TABLE.items() if state is State.UNCERTAIN}


def test_the_manual_shows_this_table() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "jobs.md").read_text(encoding="utf-8")
    told: dict[tuple[State, type[events.Event]], State] = {}
    for line in page.partition("## The table")[2].partition("\n## ")[0].splitlines():
        if line.startswith("| `"):
            event, froms, to = (cell.strip() for cell in line.split("|")[1:4])
            for state in (State(name.strip(" `")) for name in froms.split(",")):
                told[state, getattr(events, event.strip("`"))] = state if to == "stays" else State(to.strip("`"))
    assert TABLE == told
