"""What the server says it got: bodies whole, attachments as files, orders counted by token."""

import base64
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from second_unit.catalog.models import find_model
from second_unit.rehearsal.ark_validation import Terms, billed_tokens
from second_unit.rehearsal.running import Rehearsal
from second_unit.rehearsal.tasks import Attachment
from second_unit.shots import ReferenceKind
from tests.rehearsal.conftest import MODEL, ArkClient


def png(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(file, "PNG")
    return file.getvalue()


def wav(seconds: float = 2.5) -> bytes:
    import wave

    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(44_100)
        sound.writeframes(np.zeros(int(seconds * 44_100) * 2, np.int16).tobytes())
    return file.getvalue()


def inline(kind: str, media_type: str, content: bytes, role: str) -> dict[str, Any]:
    url = f"data:{media_type};base64,{base64.b64encode(content).decode()}"
    return {"type": f"{kind}_url", f"{kind}_url": {"url": url}, "role": role}


def test_every_attachment_is_saved_as_it_was_sent(rehearsal: Rehearsal, ark: ArkClient) -> None:
    red, blue, sound = png("red"), png("blue"), wav()
    content = [
        {"type": "text", "text": "Image 1 beside Image 2."},
        inline("image", "image/png", red, "reference_image"),
        inline("image", "image/png", blue, "reference_image"),
        inline("audio", "audio/wav", sound, "reference_audio"),
    ]
    ark.order(content=content, safety_identifier="attached")
    saved = rehearsal.orders("attached")[0]["attachments"]
    assert [one["label"] for one in saved] == ["Image 1", "Image 2", "Audio 1"]
    assert [Path(one["file"]).read_bytes() for one in saved] == [red, blue, sound]
    assert [(one["width"], one["height"], one["seconds"]) for one in saved] == [(640, 480, None)] * 2 + [(0, 0, 2.5)]
    assert [one["place"] for one in saved] == [
        f"content[{n}].{k}_url" for n, k in ((1, "image"), (2, "image"), (3, "audio"))
    ]


def test_the_same_picture_sent_often_lies_there_once(rehearsal: Rehearsal, ark: ArkClient) -> None:
    picture = inline("image", "image/png", png("gold"), "reference_image")
    for _ in range(3):
        ark.order(content=[{"type": "text", "text": "x"}, picture, picture], safety_identifier="often")
    files = {one["file"] for order in rehearsal.orders("often") for one in order["attachments"]}
    assert len(files) == 1


def test_the_body_is_kept_as_it_came_with_inline_media_named(rehearsal: Rehearsal, ark: ArkClient) -> None:
    picture = png("green")
    text = {"type": "text", "text": "“Ana” – 港口"}
    ark.order(
        content=[text, inline("image", "image/png", picture, "reference_image")],
        safety_identifier="kept",
        seed=None,
        unheard_of={"deep": [1]},
    )
    order = rehearsal.orders("kept")[0]
    mark = f"data:image/png;base64,<{len(picture)} bytes, sha256 {hashlib.sha256(picture).hexdigest()[:16]}>"
    assert order["body"] == {
        "model": MODEL,
        "resolution": "480p",
        "ratio": "16:9",
        "duration": 4,
        "content": [text, {"type": "image_url", "image_url": {"url": mark}, "role": "reference_image"}],
        "safety_identifier": "kept",
        "seed": None,
        "unheard_of": {"deep": [1]},
    }
    assert json.loads(Path(order["body_file"]).read_text(encoding="utf-8")) == order["body"]


def test_orders_are_counted_by_token_even_when_their_record_is_gone(rehearsal: Rehearsal, ark: ArkClient) -> None:
    tasks = [ark.order(safety_identifier="counted") for _ in range(2)]
    ark.wait(tasks[0])
    ark.http.delete(f"contents/generations/tasks/{tasks[0]}")
    assert (rehearsal.order_counts()["counted"], ark.read(tasks[0])["error"]["type"]) == (2, "NotFound")


def test_no_key_is_kept(rehearsal: Rehearsal) -> None:
    with ArkClient(rehearsal.endpoint(), key="sk-marked-7731") as ark:
        ark.order(safety_identifier="secret")
    assert "sk-marked-7731" not in json.dumps(rehearsal.requests()) + json.dumps(rehearsal.orders())
    for file in rehearsal.folder.rglob("*"):
        assert not file.is_file() or b"sk-marked-7731" not in file.read_bytes()


def test_requests_are_counted_by_operation(rehearsal: Rehearsal, ark: ArkClient) -> None:
    before = rehearsal.requests()["counts"]
    task = ark.order()
    ark.read(task)
    ark.read(task)
    counts = rehearsal.requests()["counts"]
    assert (counts["create"] - before.get("create", 0), counts["read"] - before.get("read", 0)) == (1, 2)


@pytest.mark.parametrize(
    ("model", "size", "sent", "seconds", "tokens"),
    [
        ("seedance-2.5", ("720p", 1280, 720), 30, 30, 1_296_900),  # recorded: 30 s in and 30 s out
        ("seedance-2.0", ("720p", 1280, 720), 2, 5, 195_300),  # 2 + 5 s, but 9 s at least: 921,600·217/1024
    ],
)
def test_a_video_among_the_references_is_billed_too(
    model: str, size: tuple[str, int, int], sent: float, seconds: int, tokens: int
) -> None:
    terms = Terms(resolution=size[0], width=size[1], height=size[2], ratio="16:9", duration=seconds)
    movie = Attachment(place="content[1].video_url", label="Video 1", kind=ReferenceKind.VIDEO, seconds=sent)
    assert billed_tokens(find_model("seedance", model), terms, [movie]) == tokens
