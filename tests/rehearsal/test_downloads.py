"""Results' links: good for GET alone, resumable, and over after a day."""

from collections.abc import Callable

import pytest

from tests.rehearsal.conftest import ArkClient, Stage

DAY = 86_400


@pytest.fixture
def url(ark: ArkClient) -> str:
    return str(ark.wait(ark.order())["content"]["video_url"])


def test_a_link_is_presigned_on_another_path(url: str) -> None:
    assert "/media/cgt-" in url
    assert {"X-Tos-Algorithm", "X-Tos-Date", "X-Tos-Expires", "X-Tos-Signature"} <= {
        part.partition("=")[0] for part in url.partition("?")[2].split("&")
    }


def test_a_head_is_refused_since_the_signature_is_for_get(ark: ArkClient, url: str) -> None:
    assert (ark.http.head(url).status_code, ark.http.get(url).status_code) == (403, 200)


def test_a_download_resumes_by_range(ark: ArkClient, url: str) -> None:
    whole = ark.fetch(url)
    assert whole.headers["Accept-Ranges"] == "bytes"
    rest = ark.fetch(url, headers={"Range": "bytes=1000-", "If-Range": whole.headers["ETag"]})
    assert (rest.status_code, whole.content[:1000] + rest.content) == (206, whole.content)
    assert rest.headers["Content-Range"] == f"bytes 1000-{len(whole.content) - 1}/{len(whole.content)}"
    assert ark.fetch(url, headers={"Range": "bytes=999999999-"}).status_code == 416


@pytest.mark.parametrize(
    "change", [("Expires=86400", "Expires=99999"), ("video.mp4", "other.mp4"), ("Date=2", "Date=3")]
)
def test_a_link_that_was_tampered_with_is_refused(ark: ArkClient, url: str, change: tuple[str, str]) -> None:
    assert ark.fetch(url.replace(*change)).status_code == 403


def test_a_link_is_over_after_a_day_while_the_record_stays(on_stage: Callable[..., None]) -> None:
    async def play(stage: Stage) -> None:
        task = await stage.order()
        url = (await stage.finish(task))["content"]["video_url"]
        stage.clock.advance(DAY - 11)
        assert (await stage.http.get(url)).status_code == 200
        stage.clock.advance(12)
        assert ((await stage.http.get(url)).status_code, await stage.status(task)) == (403, "succeeded")

    on_stage(play)


def test_no_key_is_needed_and_none_is_in_the_link(ark: ArkClient, url: str) -> None:
    assert (ark.fetch(url).status_code, "a-key" in url) == (200, False)
