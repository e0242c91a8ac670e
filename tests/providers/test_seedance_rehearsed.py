"""The provider against the rehearsal server over HTTP: every mode, every end."""

import asyncio
import functools
import http.server
import threading
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from second_unit.errors import (
    AnswerLost,
    KeyRefused,
    Moderated,
    OutOfFunds,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
    TaskExpired,
    TaskUnknown,
)
from second_unit.media.probe import probe
from second_unit.providers.provider import Accepted, Cancelled, Finished, Order, Running, Stopped, Waiting
from second_unit.providers.registry import open_provider
from second_unit.providers.seedance import SeedanceProvider
from second_unit.providers.seedance.wire import correlation_token
from second_unit.rehearsal.running import Rehearsal
from second_unit.timeline import Role
from tests.providers.ordering import make_order, picture, sound, video

Play = Callable[[SeedanceProvider], Coroutine[Any, Any, Any]]


def play(rehearsal: Rehearsal, part: Play) -> Any:
    async def go() -> Any:
        provider = open_provider("seedance", endpoint=rehearsal.endpoint())
        assert isinstance(provider, SeedanceProvider)
        try:
            return await part(provider)
        finally:
            await provider.close()

    return asyncio.run(go())


async def finish(provider: SeedanceProvider, accepted: Accepted, order: Order) -> Finished | Stopped:
    for _ in range(400):
        told = await provider.progress(accepted, order)
        if isinstance(told, Finished | Stopped):
            return told
        await asyncio.sleep(0.05)
    raise AssertionError("never finished")


async def ignore(received: int, total: int | None) -> None:
    pass


def shoot(rehearsal: Rehearsal, order: Order, to: Path) -> Finished:
    """From order to film."""

    async def part(provider: SeedanceProvider) -> Finished:
        accepted = await provider.submit(order)
        finished = await finish(provider, accepted, order)
        assert isinstance(finished, Finished), finished
        await provider.download(finished, to, order, ignore)
        return finished

    return play(rehearsal, part)


@pytest.fixture
def job() -> str:
    return f"job-{uuid.uuid4()}"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """A web server over the test's folder: the bucket that videos are hosted in."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


MODES = ["text", "first frame", "first and last frame", "references", "references 2.5", "edit", "extend"]


def order_for(mode: str, folder: Path, web: str, job: str) -> Order:
    first, last = (picture(folder, f"Image {n}", role) for n, role in ((1, Role.FIRST_FRAME), (2, Role.LAST_FRAME)))
    match mode:
        case "text":
            return make_order(job=job)
        case "first frame":
            return make_order(first, job=job)
        case "first and last frame":
            return make_order(first, last, job=job)
    clip = video(folder, url=f"{web}/Video%201.mp4")
    if mode in ("edit", "extend"):
        return make_order(clip, job=job, model="seedance-2.5", options={"task_type": mode}, prompt=f"{mode} Video 1.")
    model = "seedance-2.5" if mode.endswith("2.5") else "seedance-2.0"
    return make_order(picture(folder), clip, sound(folder), job=job, model=model)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_goes_from_order_to_film(
    mode: str, rehearsal: Rehearsal, tmp_path: Path, web: str, job: str
) -> None:
    order = order_for(mode, tmp_path, web, job)
    finished = shoot(rehearsal, order, tmp_path / "take.mp4")
    facts = probe(tmp_path / "take.mp4")
    assert finished.expected_seconds is not None
    assert facts.frames == 24 * int(finished.expected_seconds) + 1
    assert (facts.audio_seconds is not None) is finished.expects_audio is True
    assert rehearsal.order_counts()[correlation_token(job)] == 1


def test_the_bill_of_a_recorded_order_is_the_recorded_one(rehearsal: Rehearsal, tmp_path: Path, job: str) -> None:
    finished = shoot(rehearsal, make_order(job=job), tmp_path / "take.mp4")
    assert (finished.billed.tokens, finished.billed.amount) == (40_594, Decimal("0.2842"))


def test_silence_is_ordered_and_expected(rehearsal: Rehearsal, tmp_path: Path, job: str) -> None:
    finished = shoot(rehearsal, make_order(job=job, audio=False), tmp_path / "take.mp4")
    assert (finished.expects_audio, probe(tmp_path / "take.mp4").audio_seconds) == (False, None)


def test_the_last_frame_comes_back_where_it_is_asked_for(rehearsal: Rehearsal, tmp_path: Path, job: str) -> None:
    order = make_order(job=job, options={"return_last_frame": True})
    assert shoot(rehearsal, order, tmp_path / "take.mp4").last_frame_url is not None


def test_a_draft_is_completed_in_1080p(rehearsal: Rehearsal, tmp_path: Path, job: str) -> None:
    async def part(provider: SeedanceProvider) -> Finished | Stopped:
        draft = make_order(job=job, model="seedance-2.5", options={"draft": True})
        accepted = await provider.submit(draft)
        assert isinstance(await finish(provider, accepted, draft), Finished)
        options = {"draft_task": accepted.task}
        full = make_order(job=f"{job}-2", model="seedance-2.5", resolution="1080p", options=options)
        return await finish(provider, await provider.submit(full), full)

    finished = play(rehearsal, part)
    assert (finished.raw["resolution"], finished.billed.charged) == ("1080p", True)


def test_mov_comes_back_as_mov(rehearsal: Rehearsal, tmp_path: Path, job: str) -> None:
    order = make_order(job=job, model="seedance-2.5", options={"output_format": "mov"})
    assert ".mov?" in shoot(rehearsal, order, tmp_path / "take.mov").url


def test_both_hosts_are_one_wire(rehearsal: Rehearsal, tmp_path: Path, job: str) -> None:
    finished = shoot(rehearsal, make_order(job=job, options={"host": "volcengine"}), tmp_path / "take.mp4")
    assert (finished.billed.currency, finished.raw["model"]) == ("CNY", "doubao-seedance-2-0-260128")


def test_still_frames_go_in_the_place_of_a_video(rehearsal: Rehearsal, tmp_path: Path, job: str) -> None:
    order = make_order(video(tmp_path), job=job, options={"stills_for_video": True})
    shoot(rehearsal, order, tmp_path / "take.mp4")
    (sent,) = rehearsal.orders(correlation_token(job))
    assert [item.get("role") for item in sent["body"]["content"]] == [None] + ["reference_image"] * 4
    assert sent["body"]["content"][0]["text"].endswith("Images 1 to 4: still frames of one movement, in order.")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "lost answer", "on": "create"}, AnswerLost),
        ({"kind": "reset", "on": "create", "stage": "answer"}, AnswerLost),
        ({"kind": "reset", "on": "create", "stage": "after"}, AnswerLost),
        ({"kind": "garbled", "on": "create", "form": "html"}, AnswerLost),
        ({"kind": "garbled", "on": "create", "form": "broken json"}, AnswerLost),
        ({"kind": "garbled", "on": "create", "form": "empty"}, AnswerLost),
        ({"kind": "garbled", "on": "create", "form": "huge"}, AnswerLost),
        ({"kind": "refuse", "on": "create", "status": 502}, AnswerLost),
        ({"kind": "refuse", "on": "create", "status": 503}, AnswerLost),
        ({"kind": "refuse", "on": "create", "status": 504}, AnswerLost),
        ({"kind": "refuse", "on": "create", "status": 500}, ServiceUnavailable),
        ({"kind": "refuse", "on": "create", "status": 409}, ServiceUnavailable),
        ({"kind": "refuse", "on": "create", "status": 425}, ServiceUnavailable),
        ({"kind": "refuse", "on": "create", "status": 429, "reason": "rate", "retry_after": "3"}, RateLimited),
        ({"kind": "refuse", "on": "create", "status": 429, "reason": "concurrency"}, RateLimited),
        ({"kind": "refuse", "on": "create", "status": 429, "reason": "overloaded"}, ServiceUnavailable),
        ({"kind": "refuse", "on": "create", "status": 429, "reason": "quota"}, OutOfFunds),
        ({"kind": "refuse", "on": "create", "status": 429, "reason": "funds"}, OutOfFunds),
        ({"kind": "refuse", "on": "create", "status": 403}, OutOfFunds),
        ({"kind": "refuse", "on": "create", "status": 401}, KeyRefused),
        ({"kind": "refuse", "on": "create", "status": 400}, RequestRefused),
        ({"kind": "moderation", "stage": "in", "about": "text"}, Moderated),
    ],
    ids=lambda value: " ".join(str(part) for part in value.values()) if isinstance(value, dict) else value.__name__,
)
def test_an_order_that_goes_wrong_ends_in_its_own_error(
    fault: dict[str, Any], kind: type[Exception], rehearsal: Rehearsal, job: str
) -> None:
    rehearsal.fault(**fault)
    with pytest.raises(kind) as caught:
        play(rehearsal, lambda provider: provider.submit(make_order(job=job)))
    assert type(caught.value) is kind


def test_an_order_whose_answer_was_lost_is_found_again_by_its_token(
    rehearsal: Rehearsal, tmp_path: Path, job: str
) -> None:
    order = make_order(job=job)
    rehearsal.fault("lost answer", on="create")

    async def part(provider: SeedanceProvider) -> Finished | Stopped:
        began = time.time()
        with pytest.raises(AnswerLost):
            await provider.submit(order)
        found = await provider.find(order, began)
        assert found is not None
        return await finish(provider, found, order)

    assert isinstance(play(rehearsal, part), Finished)
    assert rehearsal.order_counts()[correlation_token(job)] == 1


def test_an_order_that_never_arrived_is_not_found(rehearsal: Rehearsal, job: str) -> None:
    async def part(provider: SeedanceProvider) -> Accepted | None:
        await provider.submit(make_order(job=f"{job}-other"))
        return await provider.find(make_order(job=job), time.time())

    assert play(rehearsal, part) is None


def test_an_order_is_found_beyond_the_first_page(rehearsal: Rehearsal, job: str) -> None:
    order = make_order(job=job)

    async def part(provider: SeedanceProvider) -> tuple[Accepted, Accepted | None]:
        accepted = await provider.submit(order)
        await asyncio.gather(*(provider.submit(make_order(job=f"{job}-{n}")) for n in range(105)))
        return accepted, await provider.find(order, time.time())

    accepted, found = play(rehearsal, part)
    assert accepted == found


def test_moderation_of_a_result_stops_one_order_and_not_the_others(rehearsal: Rehearsal, job: str) -> None:
    orders = [make_order(job=f"{job}-{n}") for n in range(3)]
    rehearsal.fault("moderation", stage="out", about="video", match=correlation_token(orders[1].job))

    async def part(provider: SeedanceProvider) -> list[Finished | Stopped]:
        accepted = [await provider.submit(order) for order in orders]
        return [await finish(provider, one, order) for one, order in zip(accepted, orders, strict=True)]

    ends = play(rehearsal, part)
    assert [type(end) for end in ends] == [Finished, Stopped, Finished]
    assert (ends[1].error["kind"], ends[1].billed.charged) == ("Moderated", False)


def test_an_unknown_state_is_shown_and_waited_out(rehearsal: Rehearsal, job: str) -> None:
    rehearsal.fault("odd state", state="upscaling", seconds=1.0)
    order = make_order(job=job)

    async def part(provider: SeedanceProvider) -> tuple[set[str], Finished | Stopped]:
        accepted, seen = await provider.submit(order), set()
        while not isinstance(told := await provider.progress(accepted, order), Finished | Stopped):
            assert isinstance(told, Waiting | Running)
            seen.add(told.raw_state)
            await asyncio.sleep(0.05)
        return seen, told

    seen, end = play(rehearsal, part)
    assert "upscaling" in seen
    assert isinstance(end, Finished)


def test_an_expired_task_stops(rehearsal: Rehearsal, job: str) -> None:
    rehearsal.fault("expires")
    order = make_order(job=job)

    async def part(provider: SeedanceProvider) -> Finished | Stopped:
        return await finish(provider, await provider.submit(order), order)

    stopped = play(rehearsal, part)
    assert (stopped.error["kind"], stopped.cancelled, stopped.billed.charged) == ("TaskExpired", False, False)


def test_an_expired_address_is_asked_for_again(rehearsal: Rehearsal, tmp_path: Path, job: str) -> None:
    order = make_order(job=job)
    rehearsal.fault("expired url", on="media")

    async def part(provider: SeedanceProvider) -> None:
        accepted = await provider.submit(order)
        finished = await finish(provider, accepted, order)
        with pytest.raises(TaskExpired):
            await provider.download(finished, tmp_path / "take.mp4", order, ignore)
        await provider.download(await finish(provider, accepted, order), tmp_path / "take.mp4", order, ignore)

    play(rehearsal, part)
    assert probe(tmp_path / "take.mp4").frames == 97


def test_many_tasks_are_asked_for_in_few_calls(rehearsal: Rehearsal, job: str) -> None:
    orders = [make_order(job=f"{job}-{n}") for n in range(60)]

    async def part(provider: SeedanceProvider) -> tuple[set[str], set[str]]:
        asked = [(await provider.submit(order), order) for order in orders]
        before = rehearsal.requests()["counts"].get("list", 0)
        told = await provider.progress_many([*asked, (Accepted(task="cgt-20200101000000-abcde"), orders[0])])
        assert rehearsal.requests()["counts"]["list"] - before == 2
        return set(told), {accepted.task for accepted, _ in asked}

    told, asked = play(rehearsal, part)
    assert told == asked


def test_a_queued_task_is_cancelled_for_nothing(rehearsal: Rehearsal, job: str) -> None:
    rehearsal.fault("pace", queued_seconds=60)
    order = make_order(job=job)

    async def part(provider: SeedanceProvider) -> tuple[Cancelled, Finished | Stopped]:
        accepted = await provider.submit(order)
        return await provider.cancel(accepted, order), await finish(provider, accepted, order)

    cancelled, stopped = play(rehearsal, part)
    assert (cancelled.stopped, cancelled.charged) == (True, False)
    assert (stopped.cancelled, stopped.billed.charged) == (True, False)


def test_a_running_task_is_not_cancelled_and_said_to_stay_billed(rehearsal: Rehearsal, job: str) -> None:
    rehearsal.fault("pace", queued_seconds=0, running_seconds=60)
    order = make_order(job=job)

    async def part(provider: SeedanceProvider) -> tuple[Cancelled, object]:
        accepted = await provider.submit(order)
        return await provider.cancel(accepted, order), await provider.progress(accepted, order)

    cancelled, after = play(rehearsal, part)
    assert (cancelled.stopped, cancelled.charged) == (False, True)
    assert "stays billed" in cancelled.message
    assert isinstance(after, Running)


def test_cancelling_a_finished_task_does_not_delete_its_film(rehearsal: Rehearsal, tmp_path: Path, job: str) -> None:
    order = make_order(job=job)

    async def part(provider: SeedanceProvider) -> Cancelled:
        accepted = await provider.submit(order)
        await finish(provider, accepted, order)
        cancelled = await provider.cancel(accepted, order)
        finished = await provider.progress(accepted, order)
        assert isinstance(finished, Finished)
        await provider.download(finished, tmp_path / "take.mp4", order, ignore)
        return cancelled

    cancelled = play(rehearsal, part)
    assert (cancelled.stopped, cancelled.charged) == (False, True)
    assert probe(tmp_path / "take.mp4").frames == 97


def test_a_task_that_the_service_does_not_know_is_unknown(rehearsal: Rehearsal) -> None:
    with pytest.raises(TaskUnknown):
        play(rehearsal, lambda provider: provider.progress(Accepted(task="cgt-20200101000000-abcde"), make_order()))


@pytest.mark.parametrize("task", ["../../../faults", "a/b", "a?b=c", "", "x" * 300, "a b", "%2e%2e"])
def test_an_adopted_id_that_is_none_is_never_put_into_an_address(task: str, rehearsal: Rehearsal) -> None:
    before = rehearsal.requests()["counts"]
    with pytest.raises(TaskUnknown):
        play(rehearsal, lambda provider: provider.progress(Accepted(task=task), make_order()))
    assert rehearsal.requests()["counts"] == before


def test_an_endpoint_of_the_users_own_is_ordered_from_as_it_is(rehearsal: Rehearsal, tmp_path: Path, job: str) -> None:
    order = make_order(job=job, model="ep-20261122-abcde", options={"like": "seedance-2.0"})
    shoot(rehearsal, order, tmp_path / "take.mp4")
    (sent,) = rehearsal.orders(correlation_token(job))
    assert sent["body"]["model"] == "ep-20261122-abcde"
