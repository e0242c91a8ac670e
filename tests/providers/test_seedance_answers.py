from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from second_unit.errors import CannotBeAsked, HostileAnswer, TaskExpired
from second_unit.providers.provider import Billed, Finished, Running, Stopped, Waiting
from second_unit.providers.seedance.answers import read_progress
from second_unit.providers.seedance.finding import Search
from tests.providers.ordering import make_order, video

TITLE = "Seedance (BytePlus)"
FILM = "https://ark-acg.tos.example/x.mp4?X-Tos-Expires=86400&X-Tos-Signature=abc"
DONE: dict[str, Any] = {
    "id": "cgt-20260415103000-abcde",
    "model": "dreamina-seedance-2-0-260128",
    "status": "succeeded",
    "content": {"video_url": FILM, "last_frame_url": FILM.replace("x.mp4", "x.png")},
    "usage": {"completion_tokens": 108900, "total_tokens": 108900},
    "created_at": 1776220200,
    "updated_at": 1776220330,
    "seed": 10,
    "resolution": "720p",
    "ratio": "16:9",
    "duration": 5,
    "framespersecond": 24,
    "generate_audio": True,
}


def read(told: Any, **fields: Any) -> Any:
    return read_progress(told, make_order(**fields), "byteplus", TITLE)


def test_a_queued_task_waits() -> None:
    assert read({"id": "cgt-1", "status": "queued"}) == Waiting(raw_state="queued")


def test_a_running_task_runs() -> None:
    assert read({"id": "cgt-1", "status": "running"}) == Running(raw_state="running")


def test_an_unknown_status_is_kept_and_is_no_end() -> None:
    assert read({"id": "cgt-1", "status": "post-processing"}) == Running(raw_state="post-processing")


def test_a_succeeded_task_tells_its_film_its_length_its_sound_its_seed_and_its_bill() -> None:
    finished = read(DONE, resolution="720p")
    assert isinstance(finished, Finished)
    told = (finished.url, finished.expected_seconds, finished.expects_audio, finished.seed)
    assert told == (FILM, 5.0, True, 10)
    assert finished.billed == Billed(charged=True, amount=Decimal("0.7623"), currency="USD", tokens=108900)


def test_the_bill_of_an_order_with_a_video_goes_by_its_own_price(tmp_path: Path) -> None:
    order = make_order(video(tmp_path, seconds=1))
    finished = read_progress(DONE, order, "byteplus", TITLE)
    assert isinstance(finished, Finished)
    assert finished.billed.amount == Decimal("0.4683")


def test_volcengine_bills_in_its_own_currency() -> None:
    finished = read_progress(DONE, make_order(), "volcengine", TITLE)
    assert isinstance(finished, Finished)
    assert finished.billed == Billed(charged=True, amount=Decimal("5.0094"), currency="CNY", tokens=108900)


def test_what_is_kept_of_an_answer_holds_no_signature() -> None:
    finished = read(DONE)
    assert finished.raw["content"]["video_url"] == "https://ark-acg.tos.example/x.mp4"
    assert "X-Tos-Signature" not in finished.model_dump_json(exclude={"url", "last_frame_url"})


@pytest.mark.parametrize("error", [None, "absent"])
def test_a_succeeded_task_may_say_that_its_error_is_null_or_not_mention_it(error: str | None) -> None:
    told = DONE | ({"error": None} if error is None else {})
    assert isinstance(read(told), Finished)


def test_a_failed_task_in_a_200_answer_stops_uncharged_with_its_reason() -> None:
    error = {"code": "OutputVideoSensitiveContentDetected.PolicyViolation", "message": "copyright. Request id: 0217"}
    stopped = read({"id": "cgt-1", "status": "failed", "error": error})
    assert isinstance(stopped, Stopped)
    assert (stopped.error["kind"], stopped.error["code"]) == ("Moderated", error["code"])
    assert (stopped.billed.charged, stopped.cancelled) == (False, False)


def test_a_list_may_call_the_reason_failure_reason() -> None:
    stopped = read({"id": "cgt-1", "status": "failed", "failure_reason": {"code": "InternalServiceError"}})
    assert stopped.error["code"] == "InternalServiceError"


def test_an_expired_task_stops_uncharged_and_says_how_to_allow_it_more_time() -> None:
    stopped = read({"id": "cgt-1", "status": "expired"})
    assert (stopped.error["kind"], stopped.billed.charged) == ("TaskExpired", False)
    assert "execution_expires_after" in stopped.error["remedy"]


@pytest.mark.parametrize("spelling", ["cancelled", "canceled"])
def test_a_cancelled_task_stops_uncharged(spelling: str) -> None:
    stopped = read({"id": "cgt-1", "status": spelling})
    assert (stopped.cancelled, stopped.billed.charged) == (True, False)


def test_a_film_that_is_gone_is_said_to_be_gone_and_billed() -> None:
    with pytest.raises(TaskExpired) as caught:
        read(DONE | {"content": None})
    assert caught.value.charged is True


@pytest.mark.parametrize("told", [None, [], "ok", {}, {"status": 3}, {"status": None}])
def test_what_is_no_task_is_refused(told: Any) -> None:
    with pytest.raises(HostileAnswer):
        read(told)


@pytest.mark.parametrize("odd", [{"duration": "5"}, {"usage": None}, {"seed": "x"}, {"usage": {"total_tokens": "9"}}])
def test_oddly_written_extras_do_not_cost_the_film(odd: dict[str, Any]) -> None:
    finished = read(DONE | odd)
    assert (finished.url, finished.expected_seconds) == (FILM, 5.0 if "duration" not in odd else 4.0)


NOW = 1_800_000_000.0


def search() -> Search:
    return Search(make_order(), "token", "dreamina-seedance-2-0-260128", NOW, TITLE)


def task(**told: Any) -> dict[str, Any]:
    return {"id": "cgt-9", "model": "dreamina-seedance-2-0-260128", "created_at": NOW + 1} | told


def test_the_task_that_carries_the_token_is_the_order() -> None:
    assert search().look_at([task(id="cgt-1"), task(id="cgt-2", safety_identifier="token")]) == "cgt-2"


def test_an_empty_list_surely_does_not_hold_the_order() -> None:
    looking = search()
    assert looking.look_at([]) is None
    looking.conclude()


def test_where_tokens_are_told_a_list_without_ours_surely_does_not_hold_the_order() -> None:
    looking = search()
    assert looking.look_at([task(), task(id="cgt-2", safety_identifier="another")]) is None
    looking.conclude()


def test_where_no_token_is_ever_told_a_task_that_fits_leaves_it_open() -> None:
    looking = search()
    assert looking.look_at([task()]) is None
    with pytest.raises(CannotBeAsked, match="cgt-9"):
        looking.conclude()


@pytest.mark.parametrize("told", [{"model": "another-model"}, {"created_at": NOW - 200_000}])
def test_tasks_that_cannot_be_it_leave_nothing_open(told: dict[str, Any]) -> None:
    looking = search()
    looking.look_at([task(**told)])
    looking.conclude()


def test_a_clock_that_is_hours_wrong_rules_no_task_out() -> None:
    looking = search()
    looking.look_at([task(created_at=NOW - 7200)])
    with pytest.raises(CannotBeAsked):
        looking.conclude()
