"""
The rehearsal server: every supported service's wire on one local port, so that a production is run without spending.

:func:`build_app` is the application, :func:`serve` runs it until SIGTERM or SIGINT. Tests run it as a process of its
own with :func:`second_unit.rehearsal.running.rehearsing`.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from second_unit.rehearsal import control, downloads
from second_unit.rehearsal.clock import Clock
from second_unit.rehearsal.exchange import TRANSPORT
from second_unit.rehearsal.studio import Studio, StudioSettings
from second_unit.rehearsal.wires import WIRES


def build_app(folder: Path, settings: StudioSettings | None = None, clock: Clock | None = None) -> Starlette:
    """
    Return the rehearsal server as an ASGI application that keeps its orders, attachments and movies in ``folder``.

    The :class:`~second_unit.rehearsal.studio.Studio` is made when the application starts, as ``app.state.studio``.
    """
    studio = Studio(folder, settings, clock)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with studio:
            yield

    wires = [route for wire in WIRES for route in wire.routes(studio)]
    app = Starlette(routes=[*control.routes(studio), *downloads.routes(studio), *wires], lifespan=lifespan)
    app.state.studio = studio
    return app


def service_urls(host: str, port: int) -> dict[str, str]:
    """Return what to set as each service's endpoint."""
    return {wire.SERVICE: f"http://{host}:{port}{wire.BASE}" for wire in WIRES}


class _BreakableProtocol(H11Protocol):
    """uvicorn's own protocol, which also lets the faults get at the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state: dict[str, Any] = {**self.app_state, TRANSPORT: transport}
        super().connection_made(transport)


class _AnnouncingServer(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    settings: StudioSettings | None = None,
    ready: Callable[[int], None] = lambda _port: None,
) -> None:
    """
    Run the server until SIGTERM or SIGINT, then return.

    Args:
        port: 0 takes a free one.
        ready: called with the port once the server listens.
    """
    listening = socket.create_server((host, port), backlog=2048)
    config = uvicorn.Config(
        build_app(folder, settings),
        http=_BreakableProtocol,
        ws="none",
        lifespan="on",
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
    )
    server = _AnnouncingServer(config, lambda: ready(int(listening.getsockname()[1])))
    # uvicorn raises the signal once more after its clean end, which would make that end look like a kill.
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: None)
    with listening:
        server.run(sockets=[listening])
