"""How an ``httpx.AsyncClient`` reaches other machines: through :class:`~second_unit.network.reach.Reach`, or not."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpcore
import httpx

from second_unit.network.reach import Reach, proxy_for, tls

# Both tell every address they visit, signatures and all, to whoever turns logging on.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_SECONDS_PER_ADDRESS = 5.0
_CONNECTIONS = 100
_IDLE_SECONDS = 15.0


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections to checked addresses only. TLS still asks for the name, so certificates mean what they say."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of the host that answers."""
        addresses = await self._resolve(host, port, timeout)
        for address in addresses[:-1]:
            # A machine without working IPv6 must not spend the whole time on addresses that never answer.
            patience = _SECONDS_PER_ADDRESS if timeout is None else min(timeout, _SECONDS_PER_ADDRESS)
            try:
                return await self._network.connect_tcp(address, port, patience, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def _resolve(self, host: str, port: int, timeout: float | None) -> list[str]:
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.to_thread(self._reach.resolve, host, port)
        except socket.gaierror as error:
            raise httpcore.ConnectError(f"no machine is called {host} ({error.strerror})") from error
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"the name {host} could not be looked up in time") from error

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._network.sleep(seconds)


class GuardedTransport(httpx.AsyncBaseTransport):
    """
    What an ``httpx.AsyncClient`` sends through.

    Args:
        reach: where it may go.
        keep_alive: how many idle connections to keep.
    """

    def __init__(self, reach: Reach, *, keep_alive: int) -> None:
        self._reach = reach
        self._keep_alive = keep_alive
        self._pools: dict[str | None, httpcore.AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its address must be the endpoint's, or one that may be followed."""
        parts = self._reach.check(str(request.url))
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx(request):
            answer = await self._pool(proxy_for(parts)).handle_async_request(sent)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer, request),
            extensions=answer.extensions,
        )

    def _pool(self, proxy: str | None) -> httpcore.AsyncConnectionPool:
        if proxy not in self._pools:
            self._pools[proxy] = self._open_pool(proxy)
        return self._pools[proxy]

    def _open_pool(self, proxy: str | None) -> httpcore.AsyncConnectionPool:
        if proxy is None:
            return httpcore.AsyncConnectionPool(
                ssl_context=tls(),
                network_backend=GuardedNetwork(self._reach),
                max_connections=_CONNECTIONS,
                max_keepalive_connections=self._keep_alive,
                keepalive_expiry=_IDLE_SECONDS,
            )
        # Behind a proxy it is the proxy that looks names up: only what is written in an address can be checked here.
        parts = urlsplit(proxy)
        return httpcore.AsyncHTTPProxy(
            f"{parts.scheme}://{parts.hostname}:{parts.port or 80}",
            proxy_auth=(parts.username, parts.password or "") if parts.username else None,
            ssl_context=tls(),
            max_connections=_CONNECTIONS,
            max_keepalive_connections=self._keep_alive,
            keepalive_expiry=_IDLE_SECONDS,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx(self._request):
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


@contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    """Raise httpcore's errors as httpx's: they bear the same names."""
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
    ) as error:
        kind = getattr(httpx, type(error).__name__, httpx.TransportError)
        raise kind(str(error), request=request) from error
