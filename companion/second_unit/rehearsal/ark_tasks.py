"""How Ark tells of its tasks: one, a list of them, and what cancelling does to each state."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from second_unit.rehearsal.ark_errors import Refused, moderation_words, new_request_id
from second_unit.rehearsal.downloads import media_url
from second_unit.rehearsal.faults import Moderation
from second_unit.rehearsal.studio import Studio
from second_unit.rehearsal.tasks import FRAME_RATE, Standing, Task

RECORD_SECONDS = 7 * 86_400
CANCELLED_SECONDS = 86_400


def find(studio: Studio, service: str, request: Request) -> Task:
    """Return the task that the path names; Refused (404) where it is unknown, deleted or no longer kept."""
    task_id = request.path_params["task_id"]
    task = studio.task(service, task_id)
    if task is None or not _is_kept(studio, task):
        # The service's own code isn't established (facts 7); its manual lists ``NotFound.…`` under 404.
        raise Refused(f"The task {task_id} does not exist.", code="NotFound.Task", status=404, param="id")
    return task


def describe(studio: Studio, request: Request, task: Task) -> dict[str, Any]:
    """Return a task as ``GET`` shows it in its present state."""
    stands = studio.standing(task)
    terms = task.echo["terms"]
    told: dict[str, Any] = {
        "id": task.id,
        "model": task.model,
        "status": stands.raw_state or stands.state,
        "created_at": int(task.accepted_at),
        "updated_at": int(stands.since),
        "service_tier": terms["service_tier"],
        "execution_expires_after": terms["execution_expires_after"],
        "generate_audio": terms["generate_audio"],
        "draft": terms["draft"],
        "priority": terms["priority"],
    }
    if task.correlation:
        told["safety_identifier"] = task.correlation
    told |= {name: task.echo[name] for name in ("draft_task_id", "tools") if name in task.echo}
    if stands.state == "failed":
        told["error"] = _error(stands)
    if stands.state == "succeeded":
        told |= _result(studio, request, task)
    return told


def list_tasks(studio: Studio, service: str, request: Request) -> dict[str, Any]:
    """Return a page of the last 7 days' tasks, the newest first (their order isn't documented)."""
    query = request.query_params
    number = _whole(query.get("page_num", "1"), "page_num")
    size = _whole(query.get("page_size", "20"), "page_size")
    found = [
        task for task in reversed(studio.tasks(service)) if _is_kept(studio, task) and _matches(studio, task, request)
    ]
    page = found[(number - 1) * size : number * size]
    return {"items": [describe(studio, request, task) for task in page], "total": len(found)}


def cancel_or_delete(studio: Studio, task: Task) -> None:
    """Cancel a queued task, forget a finished one; Refused (409) for a running one, which nothing stops."""
    match studio.standing(task).state:
        case "queued":
            studio.cancel(task)
        case "running" | "odd":
            raise Refused(
                f"Cannot delete task `{task.id}` because it is currently running.",
                code="InvalidAction.RunningTaskDeletion",
                status=409,
            )
        case "cancelled":  # not allowed, by the manual; its code and status aren't established (facts 7)
            raise Refused(
                f"Cannot delete task `{task.id}` because it is cancelled.",
                code="InvalidAction.CancelledTaskDeletion",
                status=409,
            )
        case _:
            studio.delete(task)


def _error(stands: Standing) -> dict[str, str]:
    if isinstance(stands.cause, Moderation):
        code, message = moderation_words(stands.cause)
    else:
        code, message = (stands.cause.code, stands.cause.message) if stands.cause else ("InternalServiceError", "")
    return {"code": code, "message": f"{message} Request id: {new_request_id()}"}


def _result(studio: Studio, request: Request, task: Task) -> dict[str, Any]:
    terms, tokens = task.echo["terms"], task.echo["tokens"]
    content = {"video_url": media_url(studio, request, task, f"video.{task.commission.container}")}
    if terms["return_last_frame"]:
        content["last_frame_url"] = media_url(studio, request, task, "last_frame.png")
    return {
        "content": content,
        "usage": {"completion_tokens": tokens, "total_tokens": tokens},
        "seed": task.echo["seed"],
        "resolution": terms["resolution"],
        "ratio": terms["ratio"],
        "duration": terms["duration"],
        "framespersecond": FRAME_RATE,
        "output_format": terms["output_format"],
    }


def _is_kept(studio: Studio, task: Task) -> bool:
    now = studio.clock.now()
    if task.cancelled_at is not None and now >= task.cancelled_at + CANCELLED_SECONDS:
        return False
    return now < task.accepted_at + RECORD_SECONDS


def _matches(studio: Studio, task: Task, request: Request) -> bool:
    query = request.query_params
    stands = studio.standing(task)
    wanted_ids = query.getlist("filter.task_ids")
    return (
        query.get("filter.status", stands.raw_state or stands.state) == (stands.raw_state or stands.state)
        and query.get("filter.model", task.model) == task.model
        and query.get("filter.service_tier", "default") == task.echo["terms"]["service_tier"]
        and (not wanted_ids or task.id in wanted_ids)
    )


def _whole(text: str, name: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 500:
        raise Refused(
            f"The parameter `{name}` specified in the request is not valid: 1 to 500 is expected.", param=name
        )
    return number
