"""A real server on loopback that answers with exactly the bytes a test gives it, and breaks where it is told to."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Script = Callable[["Visit"], None]


class Visit:
    """One connection: what came in, and the means to answer."""

    def __init__(self, connection: socket.socket, number: int) -> None:
        self.connection = connection
        self.number = number
        self.head = b""
        self.body = b""

    def read(self) -> Visit:
        """Read a whole request."""
        received = self._until_head()
        length = int(self.header("content-length") or 0)
        while len(received) < length:
            received += self._receive()
        self.body = received
        return self

    def read_head(self) -> Visit:
        """Read the head alone and leave the body where it is."""
        self._until_head()
        return self

    def header(self, name: str) -> str:
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            told, _, value = line.partition(":")
            if told.lower() == name:
                return value.strip()
        return ""

    @property
    def target(self) -> str:
        return self.head.split(b" ")[1].decode()

    def answer(self, status: int = 200, body: bytes = b"", length: int | None = None, **headers: str) -> None:
        told = {"Content-Length": str(len(body) if length is None else length), "Connection": "close"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        self.connection.sendall(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + body)

    def reset(self) -> None:
        """Hang up so that the other side gets a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _until_head(self) -> bytes:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive()
        self.head, _, rest = received.partition(b"\r\n\r\n")
        return rest

    def _receive(self) -> bytes:
        piece = self.connection.recv(65536)
        if not piece:
            raise ConnectionError("the client hung up")
        return piece


class RawServer:
    def __init__(self, script: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._script = script
        self._tls = tls
        self._listening = socket.create_server((host, 0))
        self.port = int(self._listening.getsockname()[1])
        self.visits: list[Visit] = []
        self._threads: list[threading.Thread] = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                connection.settimeout(20)
                visit = Visit(connection, len(self.visits))
                self.visits.append(visit)
                self._script(visit)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(timeout=5)


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    server = RawServer(script, tls)
    try:
        yield server
    finally:
        server.close()
