"""What Ark refuses, in the order and with the words that were recorded (facts of 2026-11-22, section 1.10)."""

import base64
import functools
import http.server
import io
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from second_unit.rehearsal.panels import read_panels
from second_unit.rehearsal.quick import render_quick
from second_unit.rehearsal.running import Rehearsal
from second_unit.rehearsal.tasks import Commission
from tests.rehearsal.conftest import MODEL, MODEL_2_5, TASKS, ArkClient

TEXT = {"type": "text", "text": "A quiet harbour."}


def picture(width: int = 400, height: int = 300) -> str:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def image(role: str | None = "reference_image", url: str | None = None) -> dict[str, Any]:
    item: dict[str, Any] = {"type": "image_url", "image_url": {"url": url or picture()}}
    return item | ({"role": role} if role else {})


def video(url: str, role: str = "reference_video") -> dict[str, Any]:
    return {"type": "video_url", "video_url": {"url": url}, "role": role}


SOUND = {"type": "audio_url", "audio_url": {"url": "asset://asset-1"}, "role": "reference_audio"}
MOVIE = video("asset://asset-2")


def message_of(ark: ArkClient, body: dict[str, Any], status: int = 400) -> str:
    answer = ark.create(body)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    said = re.fullmatch(r"(.*) Request id: (02\w+)", error["message"], re.DOTALL)
    assert said is not None, error
    assert said[2] == answer.headers["X-Request-Id"]
    return said[1]


def test_a_missing_key_gets_the_recorded_401(rehearsal: Rehearsal) -> None:
    with ArkClient(rehearsal.endpoint(), key="") as ark:
        answer = ark.create({})
    told = answer.json()
    request_id = answer.headers["X-Request-Id"]
    assert (answer.status_code, told) == (
        401,
        {
            "error": {
                "code": "AuthenticationError",
                "message": f"the API key or AK/SK in the request is missing or invalid. request id: {request_id}",
                "param": "",
                "type": "Unauthorized",
            }
        },
    )


def test_the_bad_key_is_refused_on_every_route(rehearsal: Rehearsal) -> None:
    with ArkClient(rehearsal.endpoint(), key="bad") as ark:
        asked = [ark.create({}), ark.http.get(TASKS), ark.http.get(f"{TASKS}/x"), ark.http.delete(f"{TASKS}/x")]
    assert [answer.status_code for answer in asked] == [401, 401, 401, 401]


@pytest.mark.parametrize("model", ["doubao-seedance-9", "doubao-seedance-1-5-pro-251215", "seedance-2.0"])
def test_an_unknown_or_retired_model_is_not_found(ark: ArkClient, model: str) -> None:
    answer = ark.create({"model": model, "content": "nonsense"})  # the model is looked at before the content
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "InvalidEndpointOrModel.NotFound")


def test_an_endpoint_of_the_account_s_own_is_taken(ark: ArkClient) -> None:
    assert ark.order(model="ep-20261122-abcde").startswith("cgt-")


def test_null_counts_as_absent_and_unknown_fields_are_ignored(ark: ArkClient) -> None:
    nulls = dict.fromkeys(["seed", "frames", "tools", "draft", "output_format", "callback_url", "priority"])
    assert ark.order(negative_prompt="ugly", framespersecond=999, **nulls).startswith("cgt-")


@pytest.mark.parametrize(
    ("content", "recorded"),
    [
        ([TEXT, image("first_frame"), image("reference_image")], "first/last frame content cannot be mixed with"),
        ([TEXT, image("first_frame"), MOVIE], "first/last frame content cannot be mixed with reference media content"),
        ([TEXT, image(None), image(None)], "role must be specified for image contents"),
        ([TEXT, image("hero")], "invalid role specified for image content"),
        ([image("first_frame"), image("first_frame")], "expected at most one first frame image content but got 2"),
        ([TEXT, video("asset://a", "video")], "reference media mode requires video role to be reference_video"),
        ([TEXT, video("data:video/mp4;base64,AAAA")], "reference_video must be provided as a web url"),
        ([TEXT, SOUND], "reference_audio cannot be the only reference input"),
        ([TEXT, {"type": "image_url", "image_url": "https://x.example/a.png"}], "an object is expected"),
        ([TEXT, {"type": "mesh_url"}], "unsupported content type"),
        ([TEXT, image(url="http://127.0.0.1:9/none.png")], "resource download failed"),
        ([TEXT, image(url="data:image/png;base64,AAAA")], "failed to decode the resource"),
        ([TEXT, image(url="data:IMAGE/PNG;base64,AAAA")], "not a data URL"),
        ([TEXT, *[image()] * 10], "expected at most 9 reference image contents but got 10 instead"),
        ([TEXT, *[MOVIE] * 4], "expected at most 3 reference video contents but got 4 instead"),
        ([TEXT, image(url=picture(299, 400))], "width must be between 300 and 6000"),
        ([TEXT, image(url=picture(1200, 300))], "aspect ratio must be between 0.4 and 2.5"),
    ],
)
def test_content_that_can_t_be_is_refused_in_the_recorded_words(ark: ArkClient, content: Any, recorded: str) -> None:
    assert recorded in message_of(ark, {"model": MODEL, "content": content})


def test_a_single_image_without_a_role_is_the_first_frame(ark: ArkClient) -> None:
    assert ark.create({"model": MODEL, "content": [TEXT, image(None)]}).status_code == 200


def test_audio_alone_is_taken_by_2_5(ark: ArkClient) -> None:
    assert ark.create({"model": MODEL_2_5, "content": [SOUND]}).status_code == 200


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"resolution": "8k"}, "resolution"),
        ({"resolution": "4k", "model": MODEL_2_5}, "resolution"),
        ({"ratio": "wide"}, "ratio"),
        ({"duration": 3}, "duration"),
        ({"duration": 16}, "duration"),
        ({"duration": 31, "model": MODEL_2_5}, "duration"),
        ({"frames": 121}, "frames"),
        ({"camera_fixed": True}, "camera_fixed"),
        ({"draft": True}, "draft"),
        ({"draft": True, "resolution": "720p", "model": MODEL_2_5}, "resolution"),
        ({"output_format": "mov"}, "output_format"),
    ],
)
def test_a_parameter_that_the_model_doesn_t_take_is_named(ark: ArkClient, fields: dict[str, Any], name: str) -> None:
    body = {"model": MODEL, "content": [TEXT]} | fields
    spoken = "dreamina-seedance-2-5" if body["model"] == MODEL_2_5 else "dreamina-seedance-2-0"
    recorded = f"the parameter {name} specified in the request is not valid for model {spoken} in t2v."
    assert message_of(ark, body) == recorded


@pytest.mark.parametrize(
    "fields",
    [
        {"duration": "5"},
        {"duration": 5.0},
        {"generate_audio": "yes"},
        {"seed": -2},
        {"priority": 10},
        {"execution_expires_after": 3599},
        {"safety_identifier": "x" * 65},
    ],
)
def test_a_malformed_parameter_is_refused(ark: ArkClient, fields: dict[str, Any]) -> None:
    name = next(iter(fields))
    said = message_of(ark, {"model": MODEL, "content": [TEXT]} | fields)
    assert said.startswith(f"The parameter `{name}` specified in the request is not valid: ")


def test_the_flex_tier_is_unsupported(ark: ArkClient) -> None:
    answer = ark.create({"model": MODEL, "content": [TEXT], "service_tier": "flex"})
    assert answer.json()["error"]["code"] == "InvalidParameter.UnsupportedParameter"


def test_an_explicit_edit_that_breaks_the_locks_gets_the_recorded_words(ark: ArkClient) -> None:
    body = {"model": MODEL_2_5, "content": [TEXT, MOVIE], "omni_reference_task_type": "edit"}
    assert message_of(ark, body | {"ratio": "16:9", "duration": 5}) == (
        "The parameter(s) ratio and duration specified in the request are not valid. "
        "The task is determined as video editing. Issues: ratio must be adaptive; duration must be -1."
    )
    assert ark.create(body | {"ratio": "adaptive", "duration": -1}).status_code == 200


def test_an_edit_in_auto_fails_only_after_it_was_accepted(ark: ArkClient) -> None:
    content = [{"type": "text", "text": "Edit the video: make it night."}, MOVIE]
    told = ark.wait(ark.order(model=MODEL_2_5, content=content, ratio="16:9", duration=5))
    assert (told["status"], told["error"]["code"]) == ("failed", "InvalidParameter.TaskTypeConstraint")


def test_2_5_takes_its_ratio_from_the_first_frame(ark: ArkClient) -> None:
    said = message_of(ark, {"model": MODEL_2_5, "content": [TEXT, image("first_frame")], "ratio": "16:9"})
    assert said.endswith(
        "For first-frame or first-last-frame generation, the output ratio follows the first-frame image."
    )


def test_nothing_refused_is_counted_as_an_order(rehearsal: Rehearsal, ark: ArkClient) -> None:
    before = len(rehearsal.orders())
    ark.create({"model": MODEL, "content": [TEXT, SOUND]})
    assert len(rehearsal.orders()) == before


@pytest.fixture(scope="module")
def hosted_movies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hosted")
    for name, width, height in (("right.mp4", 864, 496), ("small.mp4", 320, 320)):
        commission = Commission(prompt="", width=width, height=height, frames=49, audio=False)
        render_quick(commission, read_panels("", 49), folder / name)
    serve = functools.partial(QuietFiles, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def test_a_linked_movie_is_really_fetched_and_measured(ark: ArkClient, hosted_movies: str) -> None:
    right, small = (video(f"{hosted_movies}/{name}.mp4") for name in ("right", "small"))
    assert ark.create({"model": MODEL, "content": [TEXT, right]}).status_code == 200
    said = message_of(ark, {"model": MODEL, "content": [TEXT, small]})
    assert said == (
        "The parameter `content[1].video_url` specified in the request is not valid: "
        "pixel count must be between 407696 and 8295044, got 102400."
    )
