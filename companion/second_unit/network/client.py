"""
Asking a service: one request, one answer, and the exact truth about what became of it.

The two verbs differ in what they promise. :meth:`ServiceClient.read` may be repeated. :meth:`ServiceClient.order` costs
money, so it tells "surely nothing was accepted" from "it may have been".
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from second_unit import __version__
from second_unit.errors import AnswerLost, HostileAnswer, ServiceUnavailable
from second_unit.network.reach import Reach, shown
from second_unit.network.secret import Secret, redact
from second_unit.network.transport import GuardedTransport
from second_unit.network.waiting import wait_seconds

USER_AGENT = f"second-unit/{__version__}"
_CHUNK_BYTES = 262_144
_MOST_ANSWER_BYTES = 16 * 1024 * 1024

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """
    What a service answered: any status, the whole body.

    Args:
        whole: the request's body had been sent to its last byte when the answer came.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    whole: bool = True

    @property
    def document(self) -> Any:
        """The body as JSON; None where it isn't JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def text(self) -> str:
        """The beginning of the body, for a message."""
        return self.body[:2000].decode("utf-8", "replace").strip()

    @property
    def wait_seconds(self) -> float | None:
        """How long the service asked us to wait (``Retry-After``)."""
        return wait_seconds(self.headers.get("retry-after"))


class _EndlessAnswer(HostileAnswer):
    """An answer that doesn't end where an answer should."""


class OrderBody(httpx.AsyncByteStream):
    """
    A body sent in pieces that knows whether its last piece was handed to the network.

    A body with a declared length that lacks its end is no request: whoever receives it must not act on it (RFC 9112
    §6.3). So until the last piece is handed over, nothing can have been accepted.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.whole = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), _CHUNK_BYTES):
            # Set before the piece is given away: from here on it may have arrived, whatever happens next.
            self.whole = start + _CHUNK_BYTES >= len(self._body)
            yield self._body[start : start + _CHUNK_BYTES]


class ServiceClient:
    """
    One service at one endpoint.

    Args:
        title: what to call it in messages: ``"Seedance"``.
        service: its name in the catalog.
        endpoint: its base address; paths are appended to it.
        reach: which machines may be asked; by default the endpoint's own and public ones.
    """

    def __init__(self, title: str, service: str, endpoint: str, *, reach: Reach | None = None) -> None:
        self.title = title
        self.service = service
        self.endpoint = endpoint.rstrip("/")
        self.reach = reach or Reach(self.endpoint)
        self._reads: httpx.AsyncClient | None = None
        self._orders: httpx.AsyncClient | None = None

    async def read(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        query: Query = (),
        body: bytes | None = None,
        media_type: str = "application/json",
        seconds: float = 60.0,
    ) -> Answer:
        """
        Ask for something that may be asked again. Returns the answer whatever its status, redirects excepted.

        Raises:
            ServiceUnavailable: unreachable, or no answer in ``seconds``.
            HostileAnswer: a redirect, or an answer without end.
        """
        if self._reads is None:
            self._reads = self._open(keep_alive=20)
        try:
            told = {"Content-Type": media_type, **headers} if body is not None else headers
            return await self._ask(self._reads, method, path, told, query, body, None, seconds)
        except (httpx.TransportError, httpx.DecodingError, OSError, TimeoutError) as error:
            raise ServiceUnavailable(
                f"{self.title} can't be reached at {shown(self.endpoint)}: {reason(error)}.",
                remedy="Check the network; it is asked again.",
                service=self.service,
            ) from None

    async def order(self, path: str, body: bytes, *, headers: Mapping[str, str], seconds: float = 600.0) -> Answer:
        """
        Send what costs money, once. Returns the answer whatever its status, redirects excepted.

        Raises:
            ServiceUnavailable: it surely didn't get the whole order.
            AnswerLost: it may have got it, and no usable answer came.
        """
        if self._orders is None:
            # Never on a kept connection: one that the other side just closed fails in a way that looks like a lost
            # answer, and the user would be asked about an order that never left.
            self._orders = self._open(keep_alive=0)
        sent = OrderBody(body)
        try:
            told = {"Content-Type": "application/json", **headers}
            return await self._ask(self._orders, "POST", path, told, (), body, sent, seconds)
        except (httpx.TransportError, httpx.DecodingError, OSError, TimeoutError) as error:
            raise self._broken_order(sent, reason(error)) from None
        except _EndlessAnswer as error:
            raise self._broken_order(sent, error.message.rstrip(".")) from None

    def _broken_order(self, sent: OrderBody, why: str) -> ServiceUnavailable | AnswerLost:
        if sent.whole:
            return AnswerLost(
                f"The order was sent to {self.title} and no usable answer came: {why}. "
                "It may have been accepted and billed.",
                remedy="It is not sent again by itself. Look for it at the service, or adopt its id.",
                service=self.service,
            )
        return ServiceUnavailable(
            f"{self.title} can't be reached at {shown(self.endpoint)}: {why}. The order did not get through.",
            remedy="Nothing was charged; it is tried again.",
            service=self.service,
        )

    async def _ask(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Query,
        body: bytes | None,
        sent: OrderBody | None,
        seconds: float,
    ) -> Answer:
        told = {**headers, "Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": USER_AGENT}
        if body is not None:
            told["Content-Length"] = str(len(body))
        request = client.build_request(
            method,
            f"{self.endpoint}{path}",
            params=list(query) or None,
            headers=told,
            content=sent if sent is not None else body,
            timeout=httpx.Timeout(seconds, connect=20.0, write=120.0),
        )
        async with asyncio.timeout(seconds):
            answer = await client.send(request, stream=True, follow_redirects=False)
            try:
                self._refuse_redirect(answer)
                content = await self._read_body(answer)
            finally:
                await answer.aclose()
        return Answer(answer.status_code, dict(answer.headers), content, sent.whole if sent is not None else True)

    def _refuse_redirect(self, answer: httpx.Response) -> None:
        if 300 <= answer.status_code < 400:
            # The key goes to the endpoint and nowhere else.
            raise HostileAnswer(
                f"{self.title} leads elsewhere: {shown(answer.headers.get('location', ''))}.",
                remedy="Nothing was sent there. If that is its new address, give it as the endpoint.",
                service=self.service,
            )

    async def _read_body(self, answer: httpx.Response) -> bytes:
        pieces = bytearray()
        try:
            async for piece in answer.aiter_bytes():
                pieces += piece
                self._refuse_endless(pieces)
        except (httpx.TransportError, httpx.DecodingError, _EndlessAnswer):
            # A refusal is a refusal even if its words broke off; anything else is only worth something whole.
            if not 400 <= answer.status_code < 500:
                raise
        return bytes(pieces)

    def _refuse_endless(self, pieces: bytearray) -> None:
        if len(pieces) > _MOST_ANSWER_BYTES:
            raise _EndlessAnswer(
                f"{self.title} answered with more than {_MOST_ANSWER_BYTES // 1_048_576} MB where a few lines "
                "were due.",
                remedy="It was not read to the end.",
                service=self.service,
            )

    def mask(self, body: bytes, key: Secret | None) -> bytes:
        """Return an answer's body with the key masked, should the service quote it."""
        return redact(body.decode("utf-8", "replace"), (key,) if key is not None else ()).encode()

    def hide(self, text: str, key: Secret | None) -> str:
        """Return a service's own words with the key masked and a length fit for a message."""
        return redact(text, (key,) if key is not None else ())[:600]

    def _open(self, *, keep_alive: int) -> httpx.AsyncClient:
        transport = GuardedTransport(self.reach, keep_alive=keep_alive)
        return httpx.AsyncClient(transport=transport, follow_redirects=False)

    async def close(self) -> None:
        """Close every connection."""
        for client in (self._reads, self._orders):
            if client is not None:
                await client.aclose()
        self._reads = self._orders = None


def reason(error: BaseException) -> str:
    """Return in words why a connection failed."""
    match error:
        case httpx.ConnectTimeout():
            return "no connection in time"
        case httpx.TimeoutException() | TimeoutError():
            return "no answer in time"
        case httpx.RemoteProtocolError():
            return "it hung up in the middle"
        case httpx.ReadError() | httpx.WriteError() | ConnectionResetError() | BrokenPipeError():
            return "the connection broke"
        case _:
            text = str(error).splitlines()[0][:200].rstrip(".") if str(error) else ""
            return text or type(error).__name__
