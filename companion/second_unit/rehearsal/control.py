"""
What no real service has: see what was ordered, ask for faults, put the clock forward.

::

    GET    /rehearsal/orders              every accepted order; ?correlation=… only one token's
    GET    /rehearsal/requests            how many requests of each operation, and the latest ones
    GET    /rehearsal/faults              the faults that wait, by number
    POST   /rehearsal/faults              one fault, or a list of them → {"numbers": […]}
    DELETE /rehearsal/faults[/{number}]   withdraw them
    POST   /rehearsal/clock               {"advance_seconds": 86401} → {"now": …}
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from second_unit.rehearsal.exchange import as_json
from second_unit.rehearsal.faults import many_faults, one_fault
from second_unit.rehearsal.studio import Studio
from second_unit.rehearsal.tasks import FRAME_RATE, Task


def routes(studio: Studio) -> list[Route]:
    """Return the rehearsal's own routes."""

    async def orders(request: Request) -> Response:
        wanted = request.query_params.get("correlation")
        tasks = [task for task in studio.orders.tasks() if wanted in (None, task.correlation)]
        listed = [describe_order(studio, task) for task in tasks]
        return JSONResponse({"orders": listed, "count": len(listed), "by_correlation": studio.orders.counts()})

    async def requests(_request: Request) -> Response:
        return JSONResponse({"counts": dict(studio.requests), "latest": list(studio.latest_requests)})

    async def faults(request: Request) -> Response:
        if request.method == "POST":
            return await _add_faults(studio, request)
        if request.method == "DELETE":
            studio.faults.clear(request.path_params.get("number"))
        waiting = {str(number): as_json(fault) for number, fault in studio.faults.waiting().items()}
        met = [{"number": number, "kind": fault.kind} for number, fault in studio.faults.met]
        return JSONResponse({"faults": waiting, "met": met})

    async def clock(request: Request) -> Response:
        studio.advance(float((await request.json())["advance_seconds"]))
        return JSONResponse({"now": studio.clock.now()})

    return [
        Route("/rehearsal/orders", orders),
        Route("/rehearsal/requests", requests),
        Route("/rehearsal/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/rehearsal/faults/{number:int}", faults, methods=["DELETE"]),
        Route("/rehearsal/clock", clock, methods=["POST"]),
    ]


async def _add_faults(studio: Studio, request: Request) -> Response:
    body = (await request.body()).strip()
    try:
        added = many_faults.validate_json(body) if body.startswith(b"[") else [one_fault.validate_json(body)]
    except ValidationError as error:
        return JSONResponse({"error": error.errors(include_url=False, include_context=False)}, 400)
    return JSONResponse({"numbers": [studio.faults.add(fault) for fault in added]})


def describe_order(studio: Studio, task: Task) -> dict[str, Any]:
    """Return an accepted order as JSON: its body, its attachments' files, how it stands, and where its cuts lie."""
    told = task.model_dump(mode="json", exclude={"commission", "made"})
    made = task.made
    cuts = None if made is None else {
        "planned_seconds": [cut / FRAME_RATE for cut in made.planned_cuts],
        "true_seconds": [cut / FRAME_RATE for cut in made.true_cuts],
        "planned_frames": made.planned_cuts,
        "true_frames": made.true_cuts,
    }  # fmt: skip
    return told | {
        "state": studio.standing(task).state,
        "prompt": task.commission.prompt,
        "width": task.commission.width,
        "height": task.commission.height,
        "frames": task.commission.frames,
        "audio": task.commission.audio,
        "attachments": [attachment.model_dump(mode="json") for attachment in task.commission.attachments],
        "movie": None if made is None else str(made.movie),
        "cuts": cuts,
    }
