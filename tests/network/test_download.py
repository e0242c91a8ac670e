import asyncio
import hashlib
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from second_unit.errors import HostileAnswer, ServiceUnavailable, TaskExpired
from second_unit.network.download import Fetch, download
from second_unit.network.reach import Reach
from second_unit.network.resuming import mark_path
from tests.network.raw_server import RawServer, Script, Visit, serving

FILM = b"\0\0\0\x20ftypisom" + os.urandom(3_000_000)


def fetch(server: RawServer, to: Path, **about: Any) -> list[tuple[int, int | None]]:
    reports: list[tuple[int, int | None]] = []

    async def report(received: int, total: int | None) -> None:
        reports.append((received, total))

    told = {"url": f"{server.url}/film.mp4?X-Sig=1", "reach": Reach(server.url)} | about
    asyncio.run(download(Fetch(to=to, title="Seedance", service="seedance", **told), report))
    return reports


def whole(visit: Visit) -> None:
    visit.read().answer(200, FILM, Content_Type="video/mp4", ETag='"film"')


def in_parts(visit: Visit, etag: str = '"film"', film: bytes = FILM) -> None:
    """As an object store does: goes on where asked if the film is still the same, breaks off the first time."""
    visit.read()
    wanted = visit.header("range")
    if visit.number == 0:
        visit.answer(200, film[:1_000_000], length=len(film), ETag='"film"')
    elif wanted and visit.header("if-range") == etag:
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        told = {"Content-Range": f"bytes {start}-{len(film) - 1}/{len(film)}", "ETag": etag}
        visit.answer(206, film[start:], **told)
    else:
        visit.answer(200, film, ETag=etag)


def test_a_film_arrives_whole_and_progress_ends_at_the_total(tmp_path: Path) -> None:
    with serving(whole) as server:
        reports = fetch(server, tmp_path / "take.part")
    assert (tmp_path / "take.part").read_bytes() == FILM
    assert reports[-1] == (len(FILM), len(FILM))
    assert [path.name for path in tmp_path.iterdir()] == ["take.part"]


def test_the_address_is_asked_for_exactly_as_it_was_signed(tmp_path: Path) -> None:
    with serving(whole) as server:
        fetch(server, tmp_path / "take.part", url=f"{server.url}/a%20b/film.mp4?X-Sig=a%2Fb&b=")
        assert server.visits[0].target == "/a%20b/film.mp4?X-Sig=a%2Fb&b="
        assert server.visits[0].header("host") == f"127.0.0.1:{server.port}"


def test_a_film_that_breaks_off_is_gone_on_with(tmp_path: Path) -> None:
    with serving(in_parts) as server:
        with pytest.raises(ServiceUnavailable, match="broke off after 1000000 of"):
            fetch(server, tmp_path / "take.part")
        fetch(server, tmp_path / "take.part")
        assert server.visits[1].header("range") == "bytes=1000000-"
    assert (tmp_path / "take.part").read_bytes() == FILM
    assert not mark_path(tmp_path / "take.part").exists()


def test_a_film_that_changed_meanwhile_starts_again(tmp_path: Path) -> None:
    other = FILM[::-1]

    def changed(visit: Visit) -> None:
        in_parts(visit, etag='"other"', film=FILM if visit.number == 0 else other)

    with serving(changed) as server:
        with pytest.raises(ServiceUnavailable):
            fetch(server, tmp_path / "take.part")
        fetch(server, tmp_path / "take.part")
    assert (tmp_path / "take.part").read_bytes() == other


def test_a_server_that_goes_on_at_the_wrong_place_makes_it_start_again(tmp_path: Path) -> None:
    def confused(visit: Visit) -> None:
        visit.read()
        if visit.number == 0:
            visit.answer(200, FILM[:1_000_000], length=len(FILM), ETag='"film"')
        elif visit.header("range"):
            visit.answer(206, FILM[5:], **{"Content-Range": f"bytes 5-{len(FILM) - 1}/{len(FILM)}"})
        else:
            visit.answer(200, FILM)

    with serving(confused) as server:
        with pytest.raises(ServiceUnavailable):
            fetch(server, tmp_path / "take.part")
        fetch(server, tmp_path / "take.part")
    assert (tmp_path / "take.part").read_bytes() == FILM


def test_a_server_that_cannot_resume_makes_it_start_again(tmp_path: Path) -> None:
    def simple(visit: Visit) -> None:
        visit.read()
        sent = FILM[:1_000_000] if visit.number == 0 else FILM
        visit.answer(200, sent, length=len(FILM), ETag='"film"')

    with serving(simple) as server:
        with pytest.raises(ServiceUnavailable):
            fetch(server, tmp_path / "take.part")
        fetch(server, tmp_path / "take.part")
    assert (tmp_path / "take.part").read_bytes() == FILM


def test_what_lies_there_without_a_mark_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "take.part").write_bytes(b"something else" * 1000)
    with serving(whole) as server:
        fetch(server, tmp_path / "take.part")
        assert server.visits[0].header("range") == ""
    assert (tmp_path / "take.part").read_bytes() == FILM


def test_a_range_that_cannot_be_met_makes_it_start_again(tmp_path: Path) -> None:
    def strict(visit: Visit) -> None:
        visit.read()
        if visit.number == 0:
            visit.answer(200, FILM[:1_000_000], length=len(FILM), ETag='"film"')
        elif visit.header("range"):
            visit.answer(416, b"", **{"Content-Range": "bytes */10"})
        else:
            visit.answer(200, FILM)

    with serving(strict) as server:
        with pytest.raises(ServiceUnavailable):
            fetch(server, tmp_path / "take.part")
        fetch(server, tmp_path / "take.part")
    assert (tmp_path / "take.part").read_bytes() == FILM


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_address_that_stopped_working_is_said_to_have_expired(status: int, tmp_path: Path) -> None:
    with serving(lambda visit: visit.read().answer(status, b"<Error/>")) as server, pytest.raises(TaskExpired):
        fetch(server, tmp_path / "take.part")


PASSING: dict[str, Script] = {
    "500": lambda visit: visit.read().answer(500),
    "503 with a wait": lambda visit: visit.read().answer(503, Retry_After="9"),
    "429": lambda visit: visit.read().answer(429, Retry_After="9"),
    "a page of text": lambda visit: visit.read().answer(200, b"<html>log in</html>", Content_Type="text/html"),
    "a page that calls itself a film": lambda visit: visit.read().answer(200, b" <!DOCTYPE>", Content_Type="video/mp4"),
    "JSON": lambda visit: visit.read().answer(200, b'{"error": 1}', Content_Type="application/json"),
    "compressed": lambda visit: visit.read().answer(200, b"\x1f\x8b123", Content_Encoding="gzip"),
    "closed at once": lambda visit: visit.read().reset(),
    "no HTTP": lambda visit: visit.read().connection.sendall(b"SSH-2.0-OpenSSH\r\n"),
    "a silent stall": lambda visit: visit.read().answer(200, FILM[:100], length=1000) or threading.Event().wait(2),
    "broken chunks": lambda visit: visit.read().connection.sendall(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\nzz\r\n"
    ),
}


@pytest.mark.parametrize("script", PASSING.values(), ids=PASSING)
def test_what_may_pass_is_tried_again(script: Script, tmp_path: Path) -> None:
    with serving(script) as server, pytest.raises(ServiceUnavailable) as caught:
        fetch(server, tmp_path / "take.part", stall_seconds=0.5)
    assert caught.value.retry is True


def test_a_page_of_text_is_not_written_over_what_arrived(tmp_path: Path) -> None:
    def portal(visit: Visit) -> None:
        if visit.number == 1:
            visit.read().answer(200, b"<html>log in</html>", Content_Type="text/html")
        else:
            in_parts(visit)

    with serving(portal) as server:
        for _ in range(2):
            with pytest.raises(ServiceUnavailable):
                fetch(server, tmp_path / "take.part")
        fetch(server, tmp_path / "take.part")
        assert server.visits[2].header("range") == "bytes=1000000-"
    assert (tmp_path / "take.part").read_bytes() == FILM


def test_a_film_over_the_limit_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    with serving(whole) as server, pytest.raises(HostileAnswer, match="larger"):
        fetch(server, tmp_path / "take.part", most_bytes=1_000_000)
    assert not (tmp_path / "take.part").exists()


def test_a_film_that_does_not_say_its_length_is_stopped_at_the_limit(tmp_path: Path) -> None:
    def endless(visit: Visit) -> None:
        visit.read().connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            visit.connection.sendall(FILM)

    with serving(endless) as server, pytest.raises(HostileAnswer, match="larger"):
        fetch(server, tmp_path / "take.part", most_bytes=5_000_000)
    assert (tmp_path / "take.part").stat().st_size <= 5_000_000


def test_a_film_larger_than_the_disk_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    claim = 10**15
    script = lambda visit: visit.read().answer(200, b"abc", length=claim)  # noqa: E731
    with serving(script) as server, pytest.raises(OSError, match="bytes and"):
        fetch(server, tmp_path / "take.part", most_bytes=10**16)


def test_redirects_are_followed_to_addresses_that_may_be_followed(tmp_path: Path) -> None:
    def moved(visit: Visit) -> None:
        visit.read()
        if visit.target.startswith("/film"):
            visit.answer(302, Location="/elsewhere/x.mp4?y=1")
        else:
            visit.answer(200, FILM)

    with serving(moved) as server:
        fetch(server, tmp_path / "take.part")
        assert [visit.target for visit in server.visits] == ["/film.mp4?X-Sig=1", "/elsewhere/x.mp4?y=1"]
    assert (tmp_path / "take.part").read_bytes() == FILM


@pytest.mark.parametrize(
    "place", ["http://169.254.169.254/latest", "file:///etc/passwd", "http://10.0.0.1/x", "http://films.example/x", ""]
)
def test_redirects_elsewhere_are_not(place: str, tmp_path: Path) -> None:
    with serving(lambda visit: visit.read().answer(302, Location=place)) as server, pytest.raises(HostileAnswer):
        fetch(server, tmp_path / "take.part")


def test_a_film_on_this_machine_is_not_fetched_for_a_service_elsewhere(tmp_path: Path) -> None:
    with serving(whole) as server:
        for url in (server.url, server.url.replace("http:", "https:"), f"https://localhost:{server.port}"):
            with pytest.raises(HostileAnswer):
                fetch(server, tmp_path / "take.part", url=f"{url}/x.mp4", reach=Reach("https://ark.example"))
        assert server.visits == []


def test_headers_with_a_key_do_not_follow_a_redirect_to_another_host(tmp_path: Path) -> None:
    with serving(whole) as elsewhere:
        script = lambda visit: visit.read().answer(302, Location=f"{elsewhere.url}/x.mp4")  # noqa: E731
        with serving(script) as server:
            fetch(server, tmp_path / "take.part", headers={"X-Key": "marked-key"})
            assert server.visits[0].header("x-key") == "marked-key"
        assert elsewhere.visits[0].header("x-key") == ""


def test_no_name_of_theirs_becomes_a_path(tmp_path: Path) -> None:
    script = lambda visit: visit.read().answer(  # noqa: E731
        200, FILM, Content_Disposition='attachment; filename="../../evil.mp4"'
    )
    (tmp_path / "takes").mkdir()
    with serving(script) as server:
        fetch(server, tmp_path / "takes" / "take.part", url=f"{server.url}/..%2f..%2fevil.mp4")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["take.part", "takes"]


def test_a_download_that_is_cancelled_stops_soon_and_keeps_what_arrived(tmp_path: Path) -> None:
    def slow(visit: Visit) -> None:
        visit.read().answer(200, FILM[:200_000], length=len(FILM), ETag='"film"')
        threading.Event().wait(20)

    async def go(url: str) -> float:
        wanted = Fetch(f"{url}/film.mp4", tmp_path / "take.part", Reach(url), "Seedance", "seedance")
        running = asyncio.ensure_future(download(wanted))
        while not (tmp_path / "take.part").exists() or not (tmp_path / "take.part").stat().st_size:
            await asyncio.sleep(0.02)
        began = asyncio.get_running_loop().time()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return asyncio.get_running_loop().time() - began

    server = RawServer(slow)
    assert asyncio.run(go(server.url)) < 2
    server._listening.close()
    arrived = (tmp_path / "take.part").read_bytes()
    assert arrived == FILM[: len(arrived)]
    assert mark_path(tmp_path / "take.part").exists()


def test_a_download_holds_up_nothing_else(tmp_path: Path) -> None:
    """While a film of 200 MB comes in, the loop still turns every few milliseconds."""
    piece = os.urandom(1_000_000)
    digest = hashlib.sha256()

    def large(visit: Visit) -> None:
        visit.read().answer(200, b"", length=200_000_000)
        for _ in range(200):
            digest.update(piece)
            visit.connection.sendall(piece)

    async def go(url: str) -> float:
        wanted = Fetch(f"{url}/film.mp4", tmp_path / "take.part", Reach(url), "Seedance", "seedance")
        running = asyncio.ensure_future(download(wanted))
        longest, loop = 0.0, asyncio.get_running_loop()
        while not running.done():
            began = loop.time()
            await asyncio.sleep(0.005)
            longest = max(longest, loop.time() - began)
        await running
        return longest

    with serving(large) as server:
        assert asyncio.run(go(server.url)) < 0.5  # a busy machine is allowed its pauses; a blocked loop takes seconds
    with (tmp_path / "take.part").open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == digest.hexdigest()
