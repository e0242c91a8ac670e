import asyncio
import json
import os
from pathlib import Path

import pytest

from second_unit.errors import HostileAnswer, HostingError, KeyMissing, KeyRefused
from second_unit.hosting import FalSettings, open_host
from tests.network.raw_server import RawServer, Script, Visit, serving

KEY = "marked-fal-key"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "secret project.mp4"
    path.write_bytes(b"\0\0\0\x20ftypisom" + os.urandom(100_000))
    return path


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", KEY)


def host(server: RawServer, path: Path) -> str:
    async def go() -> str:
        opened = open_host(FalSettings(address=server.url))
        assert opened is not None
        try:
            return await opened.host(path, "video/mp4")
        finally:
            await opened.close()

    return asyncio.run(go())


def fal(visit: Visit, base: str = "", access: str = "", status: int = 200) -> None:
    """As fal's storage answers (fal-client 1.0.3)."""
    visit.read()
    own = f"http://{visit.header('host')}"
    told: dict[str, str] = {"token": "upload-token", "token_type": "Bearer", "base_url": base or own}
    if visit.target == "/files/upload":
        told = {"access_url": access or f"{own}/files/b/x.mp4"}
    visit.answer(status, json.dumps(told).encode())


def test_a_file_is_uploaded_with_a_token_and_gets_an_address(film: Path) -> None:
    with serving(fal) as server:
        assert host(server, film) == f"{server.url}/files/b/x.mp4"
        asked, uploaded = server.visits
    assert (asked.target, asked.body) == ("/storage/auth/token?storage_type=fal-cdn-v3", b"{}")
    assert asked.header("authorization") == f"Key {KEY}"
    assert (uploaded.target, uploaded.body) == ("/files/upload", film.read_bytes())
    assert (uploaded.header("authorization"), uploaded.header("content-type")) == ("Bearer upload-token", "video/mp4")
    assert KEY.encode() not in uploaded.head
    assert "secret" not in uploaded.header("x-fal-file-name")


@pytest.mark.parametrize("base", ["http://169.254.169.254", "https://10.0.0.1", "file:///etc", "http://files.example"])
def test_a_file_is_not_uploaded_to_where_it_must_not_go(base: str, film: Path) -> None:
    with serving(lambda visit: fal(visit, base=base)) as server, pytest.raises(HostingError):
        host(server, film)


def test_an_address_that_must_not_be_followed_is_not_handed_on(film: Path) -> None:
    with serving(lambda visit: fal(visit, access="file:///etc/passwd")) as server, pytest.raises(HostingError):
        host(server, film)


def test_a_refused_key_is_said_to_be_refused(film: Path) -> None:
    script: Script = lambda visit: visit.read().answer(401, f'{{"detail": "bad key {KEY}"}}'.encode())  # noqa: E731
    with serving(script) as server, pytest.raises(KeyRefused) as caught:
        host(server, film)
    assert KEY not in str(caught.value)


TROUBLE: dict[str, tuple[Script, bool]] = {
    "500": (lambda visit: visit.read().answer(500), True),
    "429": (lambda visit: visit.read().answer(429), True),
    "422": (lambda visit: visit.read().answer(422, b'{"detail": "no"}'), False),
    "no JSON": (lambda visit: visit.read().answer(200, b"<html>"), True),
    "no token": (lambda visit: visit.read().answer(200, b"{}"), True),
    "hangs up": (lambda visit: visit.read().reset(), True),
}


@pytest.mark.parametrize(("script", "retry"), TROUBLE.values(), ids=TROUBLE)
def test_trouble_says_whether_trying_again_helps(script: Script, retry: bool, film: Path) -> None:
    with serving(script) as server, pytest.raises(HostingError) as caught:
        host(server, film)
    assert caught.value.retry is retry


def test_a_file_too_large_for_one_piece_is_refused_before_it_is_sent(film: Path) -> None:
    with film.open("r+b") as file:
        file.truncate(101 * 1024**2)
    with serving(fal) as server:
        with pytest.raises(HostingError, match="106 MB"):
            host(server, film)
        assert server.visits == []


def test_without_a_key_it_says_where_one_can_be_put(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FAL_KEY")
    with serving(fal) as server, pytest.raises(KeyMissing, match="'fal'"):
        host(server, film)


def test_hostile_answers_are_hosting_errors_to_the_worker(film: Path) -> None:
    """The worker knows what to do with a HostingError; a HostileAnswer of a host must not look like the service's."""
    script: Script = lambda visit: visit.read().answer(302, Location="http://127.0.0.1/")  # noqa: E731
    with serving(script) as server, pytest.raises(HostingError) as caught:
        host(server, film)
    assert not isinstance(caught.value, HostileAnswer)
