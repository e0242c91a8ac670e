"""
The wire of Volcengine Ark and BytePlus ModelArk: Seedance's own service (facts of 2026-11-22, sections 1 and 8).

Four routes under any base path; ``POST`` takes an order on, ``GET`` tells how it stands, ``DELETE`` stops a queued task
or forgets a finished one, and the list is what a client finds an order by whose answer was lost.
"""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from second_unit.rehearsal import ark_tasks
from second_unit.rehearsal.ark_content import Content, read_content
from second_unit.rehearsal.ark_draft import complete_draft
from second_unit.rehearsal.ark_errors import (
    Refused,
    asked_for,
    moderation_words,
    new_request_id,
    refusal_answer,
    unauthorized,
)
from second_unit.rehearsal.ark_media import as_refused, check_attachments, check_urls
from second_unit.rehearsal.ark_models import find_ark_model
from second_unit.rehearsal.ark_validation import Terms, billed_tokens, read_terms
from second_unit.rehearsal.exchange import Exchange
from second_unit.rehearsal.faults import Fails, Fault, Moderation, Operation
from second_unit.rehearsal.media import MediaRefused, gather_media
from second_unit.rehearsal.rates import Rate
from second_unit.rehearsal.studio import Studio
from second_unit.rehearsal.tasks import Attachment, Commission, Task

SERVICE = "seedance"
BASE = "/ark/api/v3"
MOST_BODY_BYTES = 64_000_000
# Requests in seconds (facts 1.7 and 1.11): 600 orders a minute for an enterprise, and queries a second.
_RATES: dict[Operation, tuple[int, float]] = {"create": (600, 60), "read": (20, 1), "list": (1, 1), "cancel": (20, 1)}
_PATH = "/{base:path}/contents/generations/tasks"
Answering = Callable[[Studio, Request, Sequence[Fault]], Awaitable[Response]]


def routes(studio: Studio) -> list[BaseRoute]:
    """Return the four routes."""

    def exchange(operation: Operation, answering: Answering) -> Exchange:
        async def answer(request: Request, faults: Sequence[Fault]) -> Response:
            request_id = new_request_id()
            try:
                _check_key(studio, request)
                response = await answering(studio, request, faults)
            except Refused as refused:
                return refusal_answer(refused, request_id)
            response.headers["X-Request-Id"] = request_id
            return response

        return Exchange(studio, operation, answer, asked_for, Rate(*_RATES[operation]))

    return [
        Route(_PATH, exchange("create", _create), methods=["POST"]),
        Route(_PATH, exchange("list", _list), methods=["GET"]),
        Route(_PATH + "/{task_id}", exchange("read", _read), methods=["GET"]),
        Route(_PATH + "/{task_id}", exchange("cancel", _cancel), methods=["DELETE"]),
    ]


def _check_key(studio: Studio, request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not key.strip() or key.strip() in studio.settings.bad_keys:
        raise unauthorized()


async def _create(studio: Studio, request: Request, faults: Sequence[Fault]) -> Response:
    body = await _read_body(request)
    order = {name: value for name, value in body.items() if value is not None}
    model = find_ark_model(order.get("model"), studio.settings.endpoints)
    content = read_content(order.get("content"))
    for fault in faults:
        if isinstance(fault, Moderation) and fault.stage == "in":
            code, message = moderation_words(fault)
            raise Refused(message, code=code)
    draft: Task | None = None
    if content.draft:
        draft, terms = complete_draft(studio, SERVICE, order, content, model)
        attachments: Sequence[Attachment] = draft.commission.attachments
        content = content.model_copy(update={"text": draft.commission.prompt})
    else:
        attachments = await _attachments(studio, content, model.capabilities)
        terms = read_terms(order, model, content, attachments)
    task_id = _new_id(studio)
    accepted = studio.accept(
        service=SERVICE,
        task_id=task_id,
        model=str(order["model"]),
        correlation=terms.safety_identifier,
        body=_shown(body, attachments),
        commission=_commission(studio, content, attachments, terms),
        echo=_echo(order, terms, task_id, draft) | {"tokens": billed_tokens(model, terms, attachments)},
        faults=[*faults, *_broken_lock(terms)],
        expires_after_seconds=terms.execution_expires_after,
    )
    answer = {"id": accepted.id}
    if terms.safety_identifier:
        answer["safety_identifier"] = terms.safety_identifier
    return JSONResponse(answer)


async def _attachments(studio: Studio, content: Content, capabilities: Any) -> list[Attachment]:
    check_urls(content, capabilities)
    try:
        attachments = await gather_media(content.sent, studio.folder / "attachments")
    except MediaRefused as refused:
        raise as_refused(refused) from refused
    check_attachments(content, attachments, capabilities)
    return attachments


async def _read(studio: Studio, request: Request, _faults: Sequence[Fault]) -> Response:
    return JSONResponse(ark_tasks.describe(studio, request, ark_tasks.find(studio, SERVICE, request)))


async def _list(studio: Studio, request: Request, _faults: Sequence[Fault]) -> Response:
    return JSONResponse(ark_tasks.list_tasks(studio, SERVICE, request))


async def _cancel(studio: Studio, request: Request, _faults: Sequence[Fault]) -> Response:
    ark_tasks.cancel_or_delete(studio, ark_tasks.find(studio, SERVICE, request))
    return JSONResponse({})


async def _read_body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if len(raw) > MOST_BODY_BYTES:
        raise Refused(f"The request body must be at most {MOST_BODY_BYTES} bytes.")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Refused("The request body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise Refused("The request body must be a JSON object.")
    return body


def _commission(studio: Studio, content: Content, attachments: Sequence[Attachment], terms: Terms) -> Commission:
    return Commission(
        prompt=content.text,
        attachments=tuple(attachments),
        width=terms.width,
        height=terms.height,
        frames=terms.frames,
        audio=terms.generate_audio,
        container="mov" if terms.output_format == "mov" else "mp4",
        picture=_picture(studio, terms),
        seed=max(terms.seed, 0),
        sync_pops=studio.settings.sync_pops,
        fast=studio.settings.fast,
    )


def _picture(studio: Studio, terms: Terms) -> Literal["h264", "h264 444", "h265"]:
    if terms.output_format == "mov":
        return "h264 444"
    is_h265 = studio.settings.true_codecs and terms.in_h265
    return "h265" if is_h265 else "h264"


def _echo(order: dict[str, Any], terms: Terms, task_id: str, draft: Task | None) -> dict[str, Any]:
    seed = terms.seed if terms.seed >= 0 else random.Random(task_id).randrange(2**31)  # noqa: S311 - no secret
    echo: dict[str, Any] = {
        "terms": terms.model_dump(mode="json", exclude={"locked", "in_h265", "safety_identifier", "width", "height"}),
        "seed": seed,
    }
    if draft is not None:
        echo |= {"draft_task_id": draft.id, "seed": draft.echo["seed"]}
    if order.get("tools"):
        echo["tools"] = order["tools"]
    return echo


def _broken_lock(terms: Terms) -> list[Fault]:
    """A 2.5 task of type ``auto`` that breaks the rules of what the prompt makes it fails after it was accepted."""
    return [Fails(code="InvalidParameter.TaskTypeConstraint", message=terms.locked)] if terms.locked else []


def _new_id(studio: Studio) -> str:
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    moment = datetime.fromtimestamp(studio.clock.now(), UTC).strftime("%Y%m%d%H%M%S")
    return f"cgt-{moment}-" + "".join(secrets.choice(letters) for _ in range(5))


def _shown(body: dict[str, Any], attachments: Sequence[Attachment]) -> dict[str, Any]:
    """Return the body with inline media replaced by a mark that names its file."""
    files = {one.place: one for one in attachments if one.source == "data" and one.file is not None}
    shown = json.loads(json.dumps(body))
    for index, item in enumerate(shown.get("content") or []):
        for name in ("image_url", "audio_url", "video_url"):
            one = files.get(f"content[{index}].{name}")
            if one is not None and one.file is not None:
                item[name]["url"] = f"data:{one.media_type};base64,<{one.bytes} bytes, sha256 {one.sha256[:16]}>"
    result: dict[str, Any] = shown
    return result
