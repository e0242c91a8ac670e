import base64
import json
from pathlib import Path

import pytest

from second_unit.errors import HostingError, OverLimit, PlanRefused
from second_unit.providers.provider import Order
from second_unit.providers.seedance.provider import build_body
from second_unit.providers.seedance.wire import correlation_token, reference_urls, wire_request
from second_unit.timeline import Role
from tests.providers.ordering import make_order, picture, sound, video

WEB = "https://bucket.example/blockout.mp4"


def body_of(order: Order) -> dict:
    return wire_request(order, reference_urls(order))


def roles(body: dict) -> list[str]:
    return [item["role"] for item in body["content"] if item["type"] != "text"]


def test_text_alone_is_sent_with_every_setting_said_explicitly() -> None:
    assert body_of(make_order()) == {
        "model": "dreamina-seedance-2-0-260128",
        "content": [{"type": "text", "text": "A gull lands on the quay."}],
        "resolution": "480p",
        "ratio": "16:9",
        "duration": 4,
        "generate_audio": True,
        "watermark": False,
        "safety_identifier": correlation_token("job-1"),
    }


@pytest.mark.parametrize(
    ("model", "host", "expected"),
    [
        ("seedance-2.0", "byteplus", "dreamina-seedance-2-0-260128"),
        ("seedance-2.0", "volcengine", "doubao-seedance-2-0-260128"),
        ("seedance-2.0-fast", "byteplus", "dreamina-seedance-2-0-fast-260128"),
        ("seedance-2.0-mini", "volcengine", "doubao-seedance-2-0-mini-260615"),
        ("seedance-2.5", "byteplus", "dreamina-seedance-2-5-260628"),
        ("dreamina-seedance-2-5-260628", "byteplus", "dreamina-seedance-2-5-260628"),
    ],
)
def test_each_model_goes_by_its_hosts_id(model: str, host: str, expected: str) -> None:
    assert body_of(make_order(model=model, options={"host": host}))["model"] == expected


def test_any_endpoint_id_is_sent_as_it_is_and_keeps_the_rules_of_the_model_behind_it(tmp_path: Path) -> None:
    options = {"like": "seedance-2.5"}
    body = body_of(make_order(picture(tmp_path), model="ep-20261122-abcde", options=options))
    assert (body["model"], body["omni_reference_task_type"]) == ("ep-20261122-abcde", "reference")


def test_a_first_frame_goes_as_a_first_frame(tmp_path: Path) -> None:
    assert roles(body_of(make_order(picture(tmp_path, role=Role.FIRST_FRAME)))) == ["first_frame"]


def test_first_and_last_frame_go_together(tmp_path: Path) -> None:
    first = picture(tmp_path, "Image 1", Role.FIRST_FRAME)
    last = picture(tmp_path, "Image 2", Role.LAST_FRAME)
    assert roles(body_of(make_order(first, last))) == ["first_frame", "last_frame"]


def test_a_first_frame_among_references_goes_as_a_reference(tmp_path: Path) -> None:
    order = make_order(picture(tmp_path, role=Role.FIRST_FRAME), sound(tmp_path))
    assert roles(body_of(order)) == ["reference_image", "reference_audio"]


def test_references_go_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    order = make_order(
        picture(tmp_path), picture(tmp_path, "Image 2"), video(tmp_path, url=WEB, seconds=1), sound(tmp_path)
    )
    assert roles(body_of(order)) == ["reference_image", "reference_image", "reference_video", "reference_audio"]


def test_pictures_and_sounds_go_inline_whole_and_videos_by_their_address(tmp_path: Path) -> None:
    image, clip, tone = picture(tmp_path), video(tmp_path, url=WEB, seconds=1), sound(tmp_path)
    urls = reference_urls(make_order(image, clip, tone))
    assert urls["Video 1"] == WEB
    assert urls["Image 1"].startswith("data:image/png;base64,")
    assert urls["Audio 1"].startswith("data:audio/wav;base64,")
    assert base64.b64decode(urls["Image 1"].partition(",")[2]) == image.path.read_bytes()
    assert base64.b64decode(urls["Audio 1"].partition(",")[2]) == tone.path.read_bytes()


def test_mp3_goes_by_the_short_name_of_its_format(tmp_path: Path) -> None:
    tone = sound(tmp_path).model_copy(update={"media_type": "audio/mpeg"})
    assert reference_urls(make_order(tone))["Audio 1"].startswith("data:audio/mp3;base64,")


def test_a_local_video_without_an_address_names_its_strip_and_the_ways_out(tmp_path: Path) -> None:
    with pytest.raises(HostingError) as caught:
        build_body(make_order(video(tmp_path, seconds=1)))
    assert caught.value.strip == "Blockout"
    assert "'Blockout' (Video 1)" in str(caught.value)
    assert "bucket" in caught.value.remedy
    assert "stills_for_video=true" in caught.value.remedy


def test_2_5_is_always_told_the_type_of_a_task_with_references(tmp_path: Path) -> None:
    body = body_of(make_order(picture(tmp_path), model="seedance-2.5"))
    assert (body["omni_reference_task_type"], body["ratio"], body["duration"]) == ("reference", "16:9", 4)


@pytest.mark.parametrize(
    ("task_type", "ratio", "duration"), [("edit", "adaptive", -1), ("extend", "adaptive", 4), ("auto", "16:9", 4)]
)
def test_an_edit_keeps_shape_and_length_and_an_extension_its_shape(
    task_type: str, ratio: str, duration: int, tmp_path: Path
) -> None:
    order = make_order(video(tmp_path, url=WEB, seconds=1), model="seedance-2.5", options={"task_type": task_type})
    body = body_of(order)
    assert (body["omni_reference_task_type"], body["ratio"], body["duration"]) == (task_type, ratio, duration)


def test_a_first_frame_sets_the_shape_on_2_5(tmp_path: Path) -> None:
    body = body_of(make_order(picture(tmp_path, role=Role.FIRST_FRAME), model="seedance-2.5"))
    assert body["ratio"] == "adaptive"
    assert "omni_reference_task_type" not in body


def test_2_0_is_told_nothing_of_task_types(tmp_path: Path) -> None:
    assert "omni_reference_task_type" not in body_of(make_order(picture(tmp_path)))


def test_every_further_field_is_sent_when_it_is_set() -> None:
    options = {
        "watermark": True,
        "return_last_frame": True,
        "output_format": "mov",
        "draft": True,
        "execution_expires_after": 3600,
        "priority": 3,
        "web_search": True,
        "callback_url": "https://example.org/told",
    }
    body = body_of(make_order(model="seedance-2.5", seed=7, audio=False, options=options))
    told = {name: value for name, value in options.items() if name not in ("web_search",)} | {
        "tools": [{"type": "web_search"}],
        "seed": 7,
        "generate_audio": False,
    }
    assert {name: body[name] for name in told} == told


def test_a_drafts_completion_repeats_nothing_that_follows_the_draft() -> None:
    options = {"draft_task": "cgt-20261122143015-k7x2m", "return_last_frame": True}
    body = body_of(make_order(model="seedance-2.5", seed=7, options=options))
    assert body == {
        "model": "dreamina-seedance-2-5-260628",
        "content": [{"type": "draft_task", "draft_task": {"id": "cgt-20261122143015-k7x2m"}}],
        "resolution": "1080p",
        "watermark": False,
        "return_last_frame": True,
        "safety_identifier": correlation_token("job-1"),
    }


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"watermarks": True}, "Did you mean 'watermark'?"),
        ({"priority": 10}, "sets 'priority' to 10"),
        ({"execution_expires_after": 60}, "sets 'execution_expires_after' to 60"),
        ({"draft": True}, "only Seedance 2.5"),
        ({"host": "elsewhere"}, "sets 'host' to 'elsewhere'"),
    ],
)
def test_an_option_that_the_model_lacks_is_refused_with_its_name(options: dict, words: str) -> None:
    with pytest.raises(PlanRefused, match="SH010") as caught:
        body_of(make_order(options=options))
    assert words in str(caught.value)


def test_the_correlation_token_fits_and_is_each_jobs_own() -> None:
    tokens = {correlation_token(f"job-{number}" * 40) for number in range(100)}
    assert len(tokens) == 100
    assert {len(token) <= 64 for token in tokens} == {True}


def test_a_body_over_the_services_limit_names_the_largest_reference(tmp_path: Path) -> None:
    tone = sound(tmp_path)
    tone.path.write_bytes(bytes(49_000_000))
    with pytest.raises(OverLimit) as caught:
        build_body(make_order(picture(tmp_path), tone))
    assert caught.value.strip == "Voice"


def test_still_frames_stand_in_for_a_video_where_the_user_allows_it(tmp_path: Path) -> None:
    order = make_order(
        picture(tmp_path),
        video(tmp_path),
        sound(tmp_path),
        prompt="Ana (Image 1) walks as in @Video 1, with the voice of Audio 1.",
        options={"stills_for_video": True},
    )
    body = json.loads(build_body(order))
    assert roles(body) == ["reference_image"] * 5 + ["reference_audio"]
    assert body["content"][0]["text"] == (
        "Ana (Image 1) walks as in @Images 2 to 5, with the voice of Audio 1.\n"
        "Images 2 to 5: still frames of one movement, in order."
    )
    assert len({item["image_url"]["url"] for item in body["content"] if item["type"] == "image_url"}) == 5
