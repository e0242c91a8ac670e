"""One HTTP exchange and all that can go wrong with it: the faults that happen on the wire, down to a real RST."""

from __future__ import annotations

import asyncio
import json
import math
import random
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from second_unit.rehearsal import faults as f
from second_unit.rehearsal.rates import Rate
from second_unit.rehearsal.studio import Studio

TRANSPORT = "second_unit.transport"
HEADER = "X-Rehearsal-Fault"
Answer = Callable[[Request, Sequence[f.Fault]], Awaitable[Response]]
Refusal = Callable[[f.Refuse], Response]
_EARLY = ("before", "upload")
_PAGE = (
    "<!doctype html><html><head><title>Sign in</title></head><body><h1>Welcome to the hotel network</h1></body></html>"
)


@dataclass(frozen=True)
class Captured:
    """A whole answer, held back so that it can be spoilt."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def with_header(self, name: bytes, value: bytes | None) -> Captured:
        """Return it with a header replaced, or (None) left out."""
        kept = [(had, text) for had, text in self.headers if had.lower() != name]
        return replace(self, headers=kept if value is None else [*kept, (name, value)])


class Exchange:
    """
    An ASGI endpoint that answers one operation of a service, unless a fault befalls the request.

    Args:
        studio: where faults wait and requests are counted.
        operation: what the client asks for, in the studio's words.
        answer: makes the service's answer; is given the faults that settle a task's fate.
        refusal: words an error in the service's manner.
        rate: how often it may be asked, where the studio keeps to the services' limits.
    """

    def __init__(
        self, studio: Studio, operation: f.Operation, answer: Answer, refusal: Refusal, rate: Rate | None = None
    ) -> None:
        self._studio = studio
        self._rate = rate if studio.settings.limits else None
        self._operation = operation
        self._answer = answer
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive, send)
        try:
            carried = _carried_faults(request)
        except ValidationError as error:
            bad = JSONResponse({"error": f"{HEADER}: {error.errors(include_url=False)}"}, 400)
            await bad(scope, receive, send)
            return
        if early := self._take(carried, request.url.path, _is_early):
            self._record(request, early)
            await _reset_early(early[0], scope, receive)
            return
        text = await self._text(request)
        fault = self._too_many() or next(iter(self._take(carried, text, _is_exchange)), None)
        fates = self._take(carried, text, _is_fate) if self._operation == "create" else []
        self._record(request, [*([] if fault is None else [fault]), *fates])
        await _Delivery(scope, receive, send).deliver(fault, lambda: self._answer(request, fates), self._refusal)

    def _take(self, carried: Sequence[f.Fault], text: str, wanted: Callable[[f.Fault], bool]) -> list[f.Fault]:
        return [fault for fault in carried if wanted(fault)] + self._studio.faults.take(self._operation, text, wanted)

    def _too_many(self) -> f.Refuse | None:
        wait = self._rate.wait_seconds() if self._rate is not None else 0.0
        return f.Refuse(status=429, retry_after=str(math.ceil(wait))) if wait else None

    async def _text(self, request: Request) -> str:
        """Return what a fault's ``match`` is looked for in: path, body, and the task that the path names."""
        body = (await request.body()).decode("utf-8", "replace")
        named = request.path_params.get("task_id")
        task = self._studio.orders.task(named) if named else None
        about = "" if task is None else json.dumps(task.body, ensure_ascii=False) + task.correlation
        return "\n".join((request.url.path, request.url.query, body, about))

    def _record(self, request: Request, faults: Sequence[f.Fault]) -> None:
        self._studio.requests[self._operation] += 1
        self._studio.latest_requests.append(
            {
                "at": self._studio.clock.now(),
                "operation": self._operation,
                "method": request.method,
                "path": request.url.path,
                "query": request.url.query if self._operation != "media" else "",
                "headers": {name: value for name, value in request.headers.items() if name != "authorization"},
                "faults": [fault.kind for fault in faults],
            }
        )


class _Delivery:
    """Sends one answer, whole or spoilt."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send

    async def deliver(self, fault: f.Fault | None, answer: Callable[[], Awaitable[Response]], refusal: Refusal) -> None:
        match fault:
            case f.Refuse() if not fault.accepted:
                await self._respond(refusal(fault))
            case f.ExpiredUrl():
                await self._respond(expired_answer())
            case f.SlowAnswer() if not fault.accepted_first:
                await asyncio.sleep(fault.seconds)
                await self._respond(await answer())
            case _:
                await self._after_answering(fault, await answer(), refusal)

    async def _after_answering(self, fault: f.Fault | None, response: Response, refusal: Refusal) -> None:
        match fault:
            case f.SlowAnswer():
                await asyncio.sleep(fault.seconds)
                await self._respond(response)
            case f.LostAnswer():
                await self._close()
            case f.Reset() if fault.stage == "answer":
                await self._reset()
            case f.Refuse():
                await self._respond(refusal(fault))
            case f.Garbled():
                await self._respond(_garbled(fault))
            case f.Redirected():
                await self._respond(Response(status_code=fault.status, headers={"Location": fault.to}))
            case None:
                await self._respond(response)
            case _:
                await self._spoilt(fault, await self._capture(response))

    async def _spoilt(self, fault: f.Fault, whole: Captured) -> None:
        match fault:
            case f.SlowHeaders():
                await self._dribble_headers(whole, fault.seconds)
            case f.SlowBody():
                await self._send_slowly(whole, fault)
            case f.Stall():
                await self._send_part(whole, fault.fraction)
                await self._wait_for_client(fault.seconds)
                await self._close()
            case f.Reset():
                await self._reset_in_body(whole, fault)
            case f.Truncated():
                body = whole.body[: int(len(whole.body) * fault.fraction)]
                await self._send_all(replace(whole, body=body).with_header(b"content-length", b"%d" % len(body)))
            case f.WrongLength():
                promised = b"%d" % (len(whole.body) + fault.more)
                await self._send_part(whole.with_header(b"content-length", promised), 1.0)
                await self._close()
            case f.WrongType():
                await self._send_all(whole.with_header(b"content-type", fault.media_type.encode()))
            case f.Corrupt():
                await self._send_all(replace(whole, body=_corrupted(whole.body, whole=fault.whole)))
            case _:
                raise TypeError(f"A fault of kind {fault.kind!r} doesn't happen to an exchange.")

    async def _respond(self, response: Response) -> None:
        await response(self._scope, self._receive, self._send)

    async def _capture(self, response: Response) -> Captured:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await response(self._scope, self._receive, keep)
        start = messages[0]
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return Captured(start["status"], list(start["headers"]), body)

    async def _start(self, whole: Captured) -> None:
        await self._send({"type": "http.response.start", "status": whole.status, "headers": whole.headers})

    async def _send_bytes(self, body: bytes, *, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _send_all(self, whole: Captured) -> None:
        await self._start(whole)
        await self._send_bytes(whole.body, more=False)

    async def _send_part(self, whole: Captured, fraction: float) -> None:
        await self._start(whole)
        await self._send_bytes(whole.body[: int(len(whole.body) * fraction)], more=True)

    async def _send_slowly(self, whole: Captured, fault: f.SlowBody) -> None:
        await self._start(whole)
        size = -(-len(whole.body) // fault.pieces) or 1
        starts = range(0, len(whole.body), size)
        for start in starts:
            await asyncio.sleep(fault.seconds / len(starts))
            await self._send_bytes(whole.body[start : start + size], more=True)
        await self._send_bytes(b"", more=False)

    async def _dribble_headers(self, whole: Captured, seconds: float) -> None:
        """Write below HTTP, since a server's own writer sends all headers at once."""
        head = f"HTTP/1.1 {whole.status} {HTTPStatus(whole.status).phrase}\r\n".encode()
        lines = [name + b": " + value + b"\r\n" for name, value in whole.with_header(b"connection", b"close").headers]
        text = head + b"".join(lines) + b"\r\n"
        transport = _transport(self._scope)
        for index in range(len(text)):
            if transport.is_closing():
                break
            transport.write(text[index : index + 1])
            await asyncio.sleep(seconds / len(text))
        transport.write(whole.body)
        await self._close()

    async def _reset_in_body(self, whole: Captured, fault: f.Reset) -> None:
        if fault.stage == "during":
            await self._send_part(whole, 0.5)
        else:  # without a length the body ends with a mark, which never comes
            await self._send_part(whole.with_header(b"content-length", None), 1.0)
        await asyncio.sleep(0.05)  # let the client read what was sent
        await self._reset()

    async def _close(self) -> None:
        _transport(self._scope).close()
        await self._wait_for_client(1.0)

    async def _reset(self) -> None:
        reset(self._scope)
        await self._wait_for_client(1.0)

    async def _wait_for_client(self, seconds: float) -> None:
        """Wait until the connection is gone, so long at most."""
        await wait_for_end(self._receive, seconds)


async def wait_for_end(receive: Receive, seconds: float) -> None:
    """Wait until the connection is gone, so many seconds at most."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass


def reset(scope: Scope) -> None:
    """Reset the connection: with a linger of 0 seconds the kernel sends RST in place of FIN."""
    transport = _transport(scope)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def expired_answer() -> Response:
    """Return what the object store says to a link that has run out."""
    body = {"Code": "AccessDenied", "Message": "Request has expired", "EC": "0002-00000046"}
    return JSONResponse(body, 403, headers={"x-tos-ec": "0002-00000046"})


def _transport(scope: Scope) -> asyncio.Transport:
    transport = scope.get("state", {}).get(TRANSPORT)
    if not isinstance(transport, asyncio.Transport):
        raise TypeError("This fault needs the real server: there is no connection to break.")
    return transport


def _carried_faults(request: Request) -> list[f.Fault]:
    carried = request.headers.get(HEADER)
    if carried is None:
        return []
    return f.many_faults.validate_json(carried if carried.lstrip().startswith("[") else f"[{carried}]")


def _is_early(fault: f.Fault) -> bool:
    return isinstance(fault, f.Reset) and fault.stage in _EARLY


def _is_fate(fault: f.Fault) -> bool:
    return isinstance(fault, f.FateFault | f.TakeFault)


def _is_exchange(fault: f.Fault) -> bool:
    return not _is_fate(fault) and not _is_early(fault)


async def _reset_early(fault: f.Fault, scope: Scope, receive: Receive) -> None:
    if isinstance(fault, f.Reset) and fault.stage == "upload":
        await receive()
    reset(scope)
    await wait_for_end(receive, 1.0)


def _garbled(fault: f.Garbled) -> Response:
    match fault.form:
        case "html":
            return HTMLResponse(_PAGE)
        case "broken json":
            return Response(b'{"id": "cgt-2026', media_type="application/json")
        case "empty":
            return Response(b"", media_type="application/json")
        case "huge":
            return Response(b'{"id": "' + b"x" * 80_000_000 + b'"}', media_type="application/json")


def _corrupted(body: bytes, *, whole: bool) -> bytes:
    start, end = (0, len(body)) if whole else (len(body) // 3, len(body) * 2 // 3)
    noise = random.Random(end).randbytes(end - start)  # noqa: S311 - noise, and the same each time
    return body[:start] + noise + body[end:]


def as_json(fault: f.Fault) -> dict[str, Any]:
    """Return a fault as JSON."""
    return fault.model_dump(mode="json")
