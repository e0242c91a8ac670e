"""
Fetching a film: streamed, resumed, bounded, and never from where it shouldn't come.

A download runs on a thread of its own with blocking sockets. Through asyncio and httpx the same bytes cost four times
the processor (185 MB/s against 780 MB/s on loopback, two cores, 2026-11), and a slow disk would hold up every poll.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import http.client
import shutil
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from second_unit.errors import HostileAnswer, ServiceUnavailable, TaskExpired
from second_unit.network.connection import connect
from second_unit.network.reach import Reach, shown
from second_unit.network.resuming import Mark, forget_mark, read_mark, write_mark
from second_unit.network.waiting import wait_seconds

Report = Callable[[int, int | None], Awaitable[None]]

MOST_BYTES = 8 * 1024**3
_REDIRECTS = 5
_AT_ONCE = 8
_LEAST_BUFFER = 64 * 1024
_MOST_BUFFER = 512 * 1024
_NETWORK_ERRORS = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Fetch:
    """
    What to fetch and how far to trust it.

    Args:
        url: where the film is.
        to: the file to write; what is there already is gone on from, where the server allows.
        reach: which machines may be asked.
        title: the service's name in messages.
        service: its name in the catalog.
        headers: for hosts that want a key; never carried to another host.
        most_bytes: larger films are refused.
        stall_seconds: how long not a single byte may come.
    """

    url: str
    to: Path
    reach: Reach
    title: str
    service: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    most_bytes: int = MOST_BYTES
    stall_seconds: float = 30.0


async def download(fetch: Fetch, report: Report | None = None) -> None:
    """
    Fetch a film into ``fetch.to``, telling ``report(bytes, total)`` a few times a second.

    What arrived stays when it fails: the next call goes on from there if the server can tell that the film is the same.

    Raises:
        TaskExpired: the address doesn't work any more; ask the service for a new one.
        ServiceUnavailable: unreachable, overloaded, broken off, or a page of text in the film's place: try again.
        HostileAnswer: too large, or leading to a place it must not.
        OSError: the disk is full or can't be written.
    """
    course = _Course()
    running = asyncio.get_running_loop().run_in_executor(_threads(), _run, fetch, course)
    try:
        while not running.done():
            await asyncio.wait({running}, timeout=0.25)
            if report is not None and not running.done():
                await report(course.received, course.total)
        await running
        if report is not None:
            await report(course.received, course.total)
    except BaseException:
        course.stop()
        # The thread still writes to the file: whoever asked must not touch it before it is done.
        with contextlib.suppress(Exception):
            await asyncio.shield(running)
        raise


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="download")


@dataclass
class _Course:
    """How a download stands: written by its thread, read by the loop."""

    received: int = 0
    total: int | None = None
    stopped: bool = False
    socket: socket.socket | None = None

    def stop(self) -> None:
        self.stopped = True
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)


def _run(fetch: Fetch, course: _Course) -> None:
    have = fetch.to.stat().st_size if fetch.to.exists() else 0
    mark = read_mark(fetch.to) if have else None
    if mark is not None and mark.total == have:
        course.received, course.total = have, have
        forget_mark(fetch.to)
        return
    try:
        _fetch(fetch, course, have if mark is not None else 0, mark)
    except _NotTheSame:
        _fetch(fetch, course, 0, None)
    forget_mark(fetch.to)


class _NotTheSame(Exception):
    """What is on disk doesn't belong to what the server has: start again."""


def _fetch(fetch: Fetch, course: _Course, have: int, mark: Mark | None) -> None:
    connection, answer = _open(fetch, course, have, mark)
    try:
        start = _starting_point(answer, have, mark)
        _check_media(fetch, answer)
        total = None if answer.length is None else start + answer.length
        _check_size(fetch, start, total)
        write_mark(fetch.to, Mark.of(answer.headers.get("etag", ""), answer.headers.get("last-modified", ""), total))
        course.received, course.total = start, total
        _copy(fetch, course, answer, start)
    finally:
        answer.close()
        connection.close()
    if course.total is not None and course.received < course.total:
        raise _unavailable(fetch, f"the film broke off after {course.received} of {course.total} bytes")


def _open(
    fetch: Fetch, course: _Course, have: int, mark: Mark | None
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """Follow redirects by hand, each step checked, until an answer has a body worth reading."""
    url = fetch.url
    for _ in range(_REDIRECTS + 1):
        if course.stopped:
            raise _unavailable(fetch, "it was stopped")
        connection, answer = _ask(fetch, course, url, have, mark)
        if answer.status in {200, 206}:
            return connection, answer
        answer.close()
        connection.close()
        if answer.status not in {301, 302, 303, 307, 308}:
            _refuse(fetch, answer)
        url = urljoin(url, answer.headers.get("location", ""))
    raise HostileAnswer(
        f"{fetch.title} sends us in circles for the film.", remedy="It was not followed.", service=fetch.service
    )


def _ask(
    fetch: Fetch, course: _Course, url: str, have: int, mark: Mark | None
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    parts = fetch.reach.check(url)
    # A presigned address is signed together with its host: exactly this Host header, without the default port.
    headers = {"Host": parts.netloc, "Accept-Encoding": "identity", "User-Agent": "second-unit"}
    if have and mark is not None:
        headers |= {"Range": f"bytes={have}-", "If-Range": mark.validator}
    if parts.netloc == urlsplit(fetch.url).netloc:
        headers |= fetch.headers
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection: http.client.HTTPConnection | None = None
    try:
        connection = connect(parts, fetch.reach, fetch.stall_seconds)
        course.socket = connection.sock
        connection.request("GET", target, headers=headers)
        return connection, connection.getresponse()
    except _NETWORK_ERRORS as error:
        if connection is not None:
            connection.close()
        raise _unavailable(fetch, f"{shown(url)}: {_reason(error)}") from None


def _refuse(fetch: Fetch, answer: http.client.HTTPResponse) -> None:
    if answer.status == 416:
        raise _NotTheSame
    if answer.status in {400, 401, 403, 404, 410}:
        raise TaskExpired(
            f"The film's address at {fetch.title} doesn't work any more (HTTP {answer.status}).",
            remedy="A new one is asked for; services keep films for a day or so.",
            service=fetch.service,
            code=str(answer.status),
            charged=None,
        )
    raise _unavailable(fetch, f"HTTP {answer.status}", wait_seconds(answer.headers.get("retry-after")))


def _starting_point(answer: http.client.HTTPResponse, have: int, mark: Mark | None) -> int:
    """Return where in the file the body belongs: 0 unless the server goes on exactly where we stand."""
    if answer.status == 200:
        return 0
    told = answer.headers.get("content-range", "")
    expected = f"bytes {have}-"
    if not have or mark is None or not told.startswith(expected):
        raise _NotTheSame
    if mark.total is not None and told.rpartition("/")[2] not in {str(mark.total), "*"}:
        raise _NotTheSame
    return have


def _check_media(fetch: Fetch, answer: http.client.HTTPResponse) -> None:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind.endswith(("json", "xml", "html")):
        raise _unavailable(fetch, f"a page of text ({kind}) came in the film's place")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise _unavailable(fetch, "the film came compressed, which was not asked for")


def _check_size(fetch: Fetch, start: int, total: int | None) -> None:
    if total is None:
        return
    if total > fetch.most_bytes:
        raise _too_large(fetch)
    free = shutil.disk_usage(fetch.to.parent).free
    if total - start > free:
        raise OSError(errno.ENOSPC, f"the film needs {total - start} bytes and {free} are free", str(fetch.to))


def _copy(fetch: Fetch, course: _Course, answer: http.client.HTTPResponse, start: int) -> None:
    size = _LEAST_BUFFER
    room = memoryview(bytearray(_MOST_BUFFER))
    with fetch.to.open("r+b" if start else "wb", buffering=0) as file:
        file.seek(start)
        file.truncate()
        while True:
            began = time.monotonic()
            count = _receive(fetch, course, answer, room[:size])
            if not count:
                return
            if not course.received:
                _check_beginning(fetch, bytes(room[: min(count, 64)]))
            if course.received + count > fetch.most_bytes:
                raise _too_large(fetch)
            _write(file, room[:count])
            course.received += count
            # A full buffer is waited for: large ones for fast networks, small ones where seconds would pass unseen.
            is_fast = time.monotonic() - began < 0.1
            size = min(size * 2, _MOST_BUFFER) if is_fast else max(size // 2, _LEAST_BUFFER)


def _receive(fetch: Fetch, course: _Course, answer: http.client.HTTPResponse, room: memoryview) -> int:
    try:
        return answer.readinto(room)
    except _NETWORK_ERRORS as error:
        why = "it was stopped" if course.stopped else _reason(error)
        raise _unavailable(fetch, f"the film broke off after {course.received} bytes: {why}") from None


def _write(file: object, content: memoryview) -> None:
    # An unbuffered write may take less than it was given (a nearly full disk does).
    while content:
        content = content[file.write(content) :]  # type: ignore[attr-defined]  # typing knows no raw file


def _check_beginning(fetch: Fetch, beginning: bytes) -> None:
    if beginning.lstrip()[:1] in {b"<", b"{"}:
        raise _unavailable(fetch, "a page of text came in the film's place")


def _too_large(fetch: Fetch) -> HostileAnswer:
    return HostileAnswer(
        f"The film at {fetch.title} is larger than {fetch.most_bytes // 1024**2} MB.",
        remedy="It was not fetched to the end.",
        service=fetch.service,
        charged=None,
    )


def _unavailable(fetch: Fetch, why: str, wait: float | None = None) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"The film can't be fetched from {fetch.title} just now: {why}.",
        remedy="What arrived is kept; it is tried again.",
        service=fetch.service,
        charged=None,
        wait_seconds=wait,
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "nothing came for too long"
    return (str(error).splitlines() or [""])[0][:200].rstrip(".") or type(error).__name__
