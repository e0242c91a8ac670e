"""A blocking connection to a checked address, straight or through the user's proxy."""

from __future__ import annotations

import base64
import http.client
import socket
from urllib.parse import SplitResult, urlsplit

from second_unit.network.reach import Reach, proxy_for, tls

_CONNECT_SECONDS = 20.0
_RECEIVE_BUFFER = 4 * 1024**2


def connect(parts: SplitResult, reach: Reach, seconds: float) -> http.client.HTTPConnection:
    """
    Return an open connection to an address; ``seconds`` is how long any one wait on it may last.

    Raises:
        HostileAnswer: the name resolves to a machine that must not be reached.
        OSError: no such name, nobody there, or a certificate that isn't good.
    """
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    proxy = proxy_for(parts) if parts.scheme == "https" else None
    opened = _through(proxy, host, port) if proxy is not None else _straight(host, port, reach)
    try:
        opened.settimeout(seconds)
        if parts.scheme == "https":
            opened = tls().wrap_socket(opened, server_hostname=host)
    except BaseException:
        opened.close()
        raise
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.sock = opened
    return connection


def _straight(host: str, port: int, reach: Reach) -> socket.socket:
    failure: OSError | None = None
    for address in reach.resolve(host, port):
        try:
            return socket.create_connection((address, port), timeout=_CONNECT_SECONDS)
        except OSError as error:
            failure = error
    raise failure or OSError(f"no machine is called {host}")


def _through(proxy: str, host: str, port: int) -> socket.socket:
    parts = urlsplit(proxy)
    tunnel = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_CONNECT_SECONDS)
    headers = {}
    if parts.username:
        credentials = f"{parts.username}:{parts.password or ''}".encode()
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(credentials).decode()}"
    tunnel.set_tunnel(host, port, headers=headers)
    tunnel.connect()
    return tunnel.sock
