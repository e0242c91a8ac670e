"""How tasks stand over time, what cancelling does to each state, and what the list finds."""

from collections.abc import Callable

import pytest

from tests.rehearsal.conftest import MODEL, MODEL_2_5, Stage

DAY = 86_400
FAULT = "X-Rehearsal-Fault"


def test_a_task_is_queued_then_running_then_succeeded(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        task = await stage.order()
        seen = [await stage.status(task)]
        stage.clock.advance(2.5)
        seen.append(await stage.status(task))
        seen.append((await stage.finish(task, 5))["status"])
        assert seen == ["queued", "running", "succeeded"]

    on_stage(play, queued_seconds=2, running_seconds=5)


def test_speed_divides_both_waits(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        task = await stage.order()
        stage.clock.advance(0.21)
        assert await stage.status(task) == "running"

    on_stage(play, queued_seconds=2, running_seconds=500, speed=10)


def test_a_succeeded_task_has_the_documented_shape(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        task = await stage.order(seed=10, return_last_frame=True, resolution="720p", duration=5, priority=3)
        told = await stage.finish(task)
        content = told.pop("content")
        assert set(content) == {"video_url", "last_frame_url"}
        assert told == {
            "id": task,
            "model": MODEL,
            "status": "succeeded",
            "usage": {"completion_tokens": 108_900, "total_tokens": 108_900},
            "created_at": 1_795_300_000,
            "updated_at": 1_795_300_010,
            "seed": 10,
            "resolution": "720p",
            "ratio": "16:9",
            "duration": 5,
            "framespersecond": 24,
            "output_format": "mp4",
            "service_tier": "default",
            "execution_expires_after": 172_800,
            "generate_audio": True,
            "draft": False,
            "priority": 3,
        }

    on_stage(play)


def test_a_task_s_id_tells_when_it_was_made(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        stage.clock.now_seconds = 1_776_220_200
        assert (await stage.order()).startswith("cgt-20260415023000-")

    on_stage(play)


def test_an_unknown_task_is_not_found(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        answer = await stage.read("cgt-20260101000000-abcde")
        assert (answer.status_code, answer.json()["error"]["type"]) == (404, "NotFound")

    on_stage(play)


def test_deleting_a_queued_task_cancels_it_for_nothing(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        task = await stage.order()
        deleted = await stage.delete(task)
        assert (deleted.status_code, deleted.json()) == (200, {})
        stage.clock.advance(100)
        told = (await stage.read(task)).json()
        assert (told["status"], "usage" in told) == ("cancelled", False)

    on_stage(play)


def test_a_running_task_can_t_be_deleted(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        task = await stage.order()
        stage.clock.advance(1)
        answer = await stage.delete(task)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (409, "InvalidAction.RunningTaskDeletion")
        assert error["message"].startswith(f"Cannot delete task `{task}` because it is currently running. Request id: ")

    on_stage(play, queued_seconds=0.5, running_seconds=500)


@pytest.mark.parametrize("fault", [None, '{"kind": "fails"}', '{"kind": "expires"}'])
def test_deleting_what_has_ended_takes_its_record_away(on_stage: Callable[..., None], fault: str | None) -> None:
    async def play(stage: Stage) -> None:
        if fault:
            stage.http.headers[FAULT] = fault
        task = await stage.order()
        await stage.finish(task)
        assert (await stage.delete(task)).json() == {}
        assert (await stage.read(task)).status_code == 404

    on_stage(play)


def test_a_cancelled_task_can_t_be_deleted_and_vanishes_after_a_day(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        task = await stage.order()
        await stage.delete(task)
        assert (await stage.delete(task)).status_code == 409
        stage.clock.advance(DAY - 1)
        assert await stage.status(task) == "cancelled"
        stage.clock.advance(1)
        assert (await stage.read(task)).status_code == 404

    on_stage(play)


def test_records_are_kept_for_seven_days(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        task = await stage.order()
        await stage.finish(task, 7 * DAY - 1)
        assert (await stage.list())["total"] == 1
        stage.clock.advance(1)
        assert ((await stage.list())["total"], (await stage.read(task)).status_code) == (0, 404)

    on_stage(play)


def test_a_task_that_waits_too_long_expires(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        task = await stage.order(execution_expires_after=3600)
        stage.clock.advance(3599)
        assert await stage.status(task) == "queued"
        stage.clock.advance(1)
        assert await stage.status(task) == "expired"

    on_stage(play, queued_seconds=5000)


def test_beyond_the_account_s_concurrency_tasks_wait_in_the_queue(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        tasks = [await stage.order() for _ in range(3)]
        stage.clock.advance(5)
        assert [await stage.status(task) for task in tasks] == ["running", "running", "queued"]

    on_stage(play, queued_seconds=0, running_seconds=10, concurrency=2)


def test_the_list_filters_by_status_model_tier_and_ids(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        first = await stage.order()
        await stage.delete(first)
        second = await stage.order()
        third = await stage.order(model=MODEL_2_5)

        async def found(**query: object) -> list[str]:
            answer = await stage.list(**{name.replace("__", "."): value for name, value in query.items()})
            return [item["id"] for item in answer["items"]]

        assert await found() == [third, second, first]
        assert await found(filter__status="cancelled") == [first]
        assert await found(filter__model=MODEL_2_5) == [third]
        assert await found(filter__task_ids=[first, third]) == [third, first]
        assert await found(filter__service_tier="flex") == []

    on_stage(play)


def test_the_list_comes_in_pages(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        tasks = [await stage.order() for _ in range(5)]
        page = await stage.list(page_num=2, page_size=2)
        assert ([item["id"] for item in page["items"]], page["total"]) == ([tasks[2], tasks[1]], 5)
        refused = await stage.http.get("contents/generations/tasks", params={"page_size": 501})
        assert refused.status_code == 400

    on_stage(play)


def test_the_list_echoes_the_token_that_a_lost_order_is_found_by(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        await stage.order(safety_identifier="su-job-7")
        assert [item["safety_identifier"] for item in (await stage.list())["items"]] == ["su-job-7"]

    on_stage(play)


def test_a_draft_is_completed_at_1080p_and_both_are_orders(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        draft = await stage.order(model=MODEL_2_5, draft=True, ratio="9:16")
        completion = {"model": MODEL_2_5, "content": [{"type": "draft_task", "draft_task": {"id": draft}}]}
        too_early = await stage.http.post("contents/generations/tasks", json=completion | {"resolution": "1080p"})
        assert too_early.status_code == 400
        drafted = await stage.finish(draft)
        repeated = await stage.http.post(
            "contents/generations/tasks", json=completion | {"resolution": "1080p", "duration": 4}
        )
        assert repeated.json()["error"]["param"] == "duration"
        whole = await stage.http.post("contents/generations/tasks", json=completion | {"resolution": "1080p"})
        told = await stage.finish(whole.json()["id"])
        assert (told["draft_task_id"], told["seed"], told["ratio"]) == (draft, drafted["seed"], "9:16")
        assert (told["resolution"], told["draft"], len(stage.studio.orders.tasks())) == ("1080p", False, 2)

    on_stage(play)


def test_with_limits_a_list_a_second_is_what_the_service_takes(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        answers = [await stage.http.get("contents/generations/tasks") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert answers[1].headers["Retry-After"] == "1"

    on_stage(play, limits=True)
