"""What is said of every end: what happened, whether it was charged, what to do next."""

from __future__ import annotations

import inspect
from decimal import Decimal
from pathlib import Path

import pytest

from second_unit import errors
from second_unit.errors import SecondUnitError, ServiceError
from second_unit.jobs.job import Job, State
from second_unit.jobs.wording import explain
from second_unit.providers.provider import Billed
from tests.jobs.test_transition import FACTS, make_job

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, SecondUnitError) and kind is not SecondUnitError
]

OF_SERVICES = [
    kind for kind in KINDS if issubclass(kind, ServiceError) and kind not in {ServiceError, errors.CannotBeAsked}
]
"""Those that can end a job: CannotBeAsked leaves it uncertain."""


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_three_sentences(state: State) -> None:
    take = {"take_file": Path("/takes/SH010_take001.mp4"), "take_number": 1, "take_facts": FACTS}
    told = explain(make_job(state, **take))
    for sentence in (told.happened, told.charged, told.next):
        assert sentence.endswith(".")
    assert "SH010" in told.happened


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("charged", "words"),
    [
        (True, "It was charged (about 0.50 USD)."),
        (False, "Nothing was charged."),
        (None, "Whether it was charged isn't known."),
    ],
)
def test_every_error_says_whether_it_was_charged_and_what_to_do(
    kind: type[SecondUnitError], charged: bool | None, words: str
) -> None:
    told = explain(make_job(State.FAILED, error=kind("It broke.", charged=charged).as_record()))
    assert words == told.charged
    assert "It broke." in told.happened
    assert told.next


@pytest.mark.parametrize("kind", OF_SERVICES, ids=lambda kind: kind.__name__)
def test_each_error_of_a_service_has_advice_of_its_own(kind: type[ServiceError]) -> None:
    told = explain(make_job(State.FAILED, error=kind("It broke.").as_record()))
    assert told.next != "Resume the job, or order it again."


def test_the_raisers_own_remedy_comes_first() -> None:
    error = errors.Moderated("No.", remedy="Change 'Image 1'.").as_record()
    assert explain(make_job(State.FAILED, error=error)).next == "Change 'Image 1'."


def ready(**about: object) -> Job:
    take = {"take_file": Path("/takes/SH010_take001.mp4"), "take_number": 1, "take_facts": FACTS}
    return make_job(State.READY, **(take | about))


def test_what_was_billed_is_said_to_the_cent() -> None:
    billed = Billed(charged=True, amount=Decimal("0.1358"))
    assert explain(ready(billed=billed)).charged == "0.14 USD were charged."


def test_a_take_that_serves_twice_is_charged_once() -> None:
    assert explain(ready(same_as="j0")).charged == "Nothing was charged."
