import asyncio
import json
import sys
from pathlib import Path

import pytest

from second_unit.errors import HostingError
from second_unit.hosting import (
    BucketSettings,
    CommandSettings,
    FalSettings,
    KnownAddress,
    Lookup,
    open_host,
    read_host_settings,
    signed_until,
    write_host_settings,
)
from second_unit.hosting.host import fingerprint
from second_unit.hosting.settings import host_settings_file

NOW = 1_800_000_000.0
COUNTING = "import sys; print(len(open(sys.argv[1]).read()), file=open(sys.argv[2], 'a')); print('https://x.example/')"


@pytest.fixture
def take(tmp_path: Path) -> Path:
    path = tmp_path / "take.mp4"
    path.write_bytes(b"a take")
    return path


def known(take: Path, seconds: float) -> Lookup:
    async def look_up(mark: str) -> KnownAddress | None:
        if mark != fingerprint(take):
            return None
        return KnownAddress(fingerprint=mark, url="https://store.example/t.mp4", lives_until=NOW + seconds)

    return look_up


def test_with_nothing_set_up_there_is_no_host() -> None:
    assert open_host(None) is None


def test_an_earlier_takes_own_address_is_used_while_it_lives(take: Path) -> None:
    opened = open_host(None, known(take, 86_400), clock=lambda: NOW)
    assert opened is not None
    assert asyncio.run(opened.host(take, "video/mp4")) == "https://store.example/t.mp4"


def test_an_address_that_ends_soon_is_not_used(take: Path) -> None:
    opened = open_host(None, known(take, 60), clock=lambda: NOW)
    assert opened is not None
    with pytest.raises(HostingError, match="no hosting is set up"):
        asyncio.run(opened.host(take, "video/mp4"))


def test_a_file_that_has_no_address_is_hosted_once_for_all_who_want_it(take: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    settings = CommandSettings(command=(sys.executable, "-c", COUNTING, "{path}", str(log)))

    async def go() -> list[str]:
        opened = open_host(settings)
        assert opened is not None
        return await asyncio.gather(*(opened.host(take, "video/mp4") for _ in range(5)))

    assert asyncio.run(go()) == ["https://x.example/"] * 5
    assert log.read_text().split() == ["6"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"HOST": "fal"}, FalSettings()),
        ({"HOST": "bucket", "BUCKET": "takes"}, BucketSettings(bucket="takes")),
        (
            {"HOST": "bucket", "BUCKET": "t", "BUCKET_ENDPOINT": "https://r2.example", "BUCKET_REGION": "auto"},
            BucketSettings(bucket="t", endpoint="https://r2.example", region="auto"),
        ),
        (
            {"HOST": "command", "HOST_COMMAND": "up --to 'my box' {path}"},
            CommandSettings(command=("up", "--to", "my box", "{path}")),
        ),
    ],
)
def test_settings_come_from_the_environment(environment: dict, expected: object, monkeypatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(f"SECOND_UNIT_{name}", value)
    assert read_host_settings() == expected


@pytest.mark.parametrize(
    "settings", [BucketSettings(bucket="takes"), FalSettings(), CommandSettings(command=("up", "{path}"))]
)
def test_settings_are_kept_in_a_file(settings) -> None:
    write_host_settings(settings)
    assert read_host_settings() == settings
    write_host_settings(None)
    assert read_host_settings() is None


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"kind": "ftp"}), json.dumps({"kind": "bucket"})])
def test_settings_that_cannot_be_read_are_refused(text: str) -> None:
    host_settings_file().parent.mkdir(parents=True)
    host_settings_file().write_text(text)
    with pytest.raises(HostingError, match="hosting settings"):
        read_host_settings()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("X-Tos-Date=20261122T143015Z&X-Tos-Expires=86400", 1_795_444_215.0),
        ("X-Amz-Date=20261122T143015Z&X-Amz-Expires=600", 1_795_358_415.0),
        ("X-Tos-Expires=86400", None),
        ("X-Tos-Date=soon&X-Tos-Expires=86400", None),
        ("", None),
    ],
)
def test_a_presigned_address_says_when_it_ends(query: str, expected: float | None) -> None:
    assert signed_until(f"https://store.example/t.mp4?{query}") == expected
