import asyncio
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from second_unit.errors import HostingError, KeyMissing
from second_unit.hosting import BucketSettings, open_host

SERVER = Path(__file__).with_name("moto_server.py")
SECRET = "marked-secret-0815"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A server that speaks S3, with one bucket."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        urllib.request.urlopen(urllib.request.Request(f"{url}/takes", method="PUT")).close()
        yield url
        server.communicate("\n", timeout=20)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "block out ü.mp4"
    path.write_bytes(b"\0\0\0\x20ftypisom" + os.urandom(100_000))
    return path


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECOND_UNIT_BUCKET_KEY", f"an-id:{SECRET}")


def host(settings: BucketSettings, *paths: Path) -> list[str]:
    async def go() -> list[str]:
        opened = open_host(settings)
        assert opened is not None
        try:
            return [await opened.host(path, "video/mp4") for path in paths]
        finally:
            await opened.close()

    return asyncio.run(go())


def fetch(url: str) -> tuple[bytes, str]:
    with urllib.request.urlopen(url) as answer:
        return answer.read(), answer.headers["Content-Type"]


def test_a_file_put_into_the_users_bucket_is_fetched_by_its_link(s3: str, film: Path, key: None) -> None:
    (url,) = host(BucketSettings(bucket="takes", endpoint=s3), film)
    assert fetch(url) == (film.read_bytes(), "video/mp4")


def test_a_link_ends_by_itself_and_holds_no_secret_and_no_name_of_the_users(s3: str, film: Path, key: None) -> None:
    (url,) = host(BucketSettings(bucket="takes", endpoint=s3, prefix="a/b", link_seconds=1200), film)
    parts = urllib.parse.urlsplit(url)
    assert urllib.parse.parse_qs(parts.query)["X-Amz-Expires"] == ["1200"]
    assert parts.path.startswith("/takes/a/b/")
    assert (SECRET in url, "block" in url) == (False, False)


def test_the_same_content_is_uploaded_once(s3: str, film: Path, key: None, tmp_path: Path) -> None:
    twin = tmp_path / "twin.mp4"
    twin.write_bytes(film.read_bytes())
    one, two = host(BucketSettings(bucket="takes", endpoint=s3), film, twin)
    assert one.partition("?")[0] == two.partition("?")[0]


def test_a_bucket_that_is_not_there_says_so_without_the_key(s3: str, film: Path, key: None) -> None:
    with pytest.raises(HostingError, match="'no-such-bucket'") as caught:
        host(BucketSettings(bucket="no-such-bucket", endpoint=s3), film)
    assert SECRET not in str(caught.value)


def test_a_bucket_that_cannot_be_reached_is_tried_again(film: Path, key: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("second_unit.hosting.bucket.RETRY_SECONDS", 0.2)
    with pytest.raises(HostingError) as caught:
        host(BucketSettings(bucket="takes", endpoint="http://127.0.0.1:9"), film)
    assert caught.value.retry is True


def test_without_a_key_it_says_where_one_can_be_put(s3: str, film: Path) -> None:
    with pytest.raises(KeyMissing, match="'bucket'"):
        host(BucketSettings(bucket="takes", endpoint=s3), film)


def test_a_key_in_another_form_is_refused_unquoted(s3: str, film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECOND_UNIT_BUCKET_KEY", SECRET)
    with pytest.raises(HostingError, match="<access key id>:<secret>") as caught:
        host(BucketSettings(bucket="takes", endpoint=s3), film)
    assert SECRET not in str(caught.value)
