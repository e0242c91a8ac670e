"""Each fault does what it says, on a real connection."""

import json
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from second_unit.media.probe import probe
from second_unit.rehearsal.running import Rehearsal
from tests.rehearsal.conftest import TASKS, ArkClient

ORDER = {
    "model": "doubao-seedance-2-0-260128",
    "content": [{"type": "text", "text": "A harbour."}],
    "resolution": "480p",
    "ratio": "16:9",
    "duration": 4,
}


def accepted(rehearsal: Rehearsal, token: str) -> int:
    return rehearsal.order_counts().get(token, 0)


@pytest.mark.parametrize(
    ("stage", "orders"), [("before", 0), ("upload", 0), ("answer", 1), ("during", 1), ("after", 1)]
)
def test_a_reset_breaks_the_connection_where_it_says(
    rehearsal: Rehearsal, ark: ArkClient, stage: str, orders: int
) -> None:
    rehearsal.fault("reset", stage=stage)
    token = f"reset-{stage}"
    with pytest.raises((httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)):
        ark.create(ORDER | {"safety_identifier": token})
    assert accepted(rehearsal, token) == orders
    assert ark.create(ORDER).status_code == 200  # the next one is served


def test_a_lost_answer_leaves_an_order_that_the_list_finds(rehearsal: Rehearsal, ark: ArkClient) -> None:
    rehearsal.fault("lost answer")
    with pytest.raises(httpx.RemoteProtocolError):
        ark.create(ORDER | {"safety_identifier": "lost-1"})
    listed = ark.http.get(TASKS).json()["items"]
    assert [task["safety_identifier"] for task in listed if task.get("safety_identifier") == "lost-1"] == ["lost-1"]
    assert accepted(rehearsal, "lost-1") == 1


@pytest.mark.parametrize(
    ("fields", "code", "retry_after"),
    [
        ({"status": 429}, "RateLimitExceeded.EndpointRPMExceeded", None),
        ({"status": 429, "retry_after": "7"}, "RateLimitExceeded.EndpointRPMExceeded", "7"),
        ({"status": 429, "reason": "concurrency"}, "InflightBatchsizeExceeded", None),
        ({"status": 429, "reason": "quota"}, "QuotaExceeded", None),
        ({"status": 429, "reason": "funds"}, "SetLimitExceeded", None),
        ({"status": 429, "reason": "overloaded"}, "ServerOverloaded", None),
        ({"status": 429, "reason": "burst"}, "RequestBurstTooFast", None),
        ({"status": 403}, "AccountOverdueError", None),
        ({"status": 408}, "RequestTimeout", None),
        ({"status": 409}, "Conflict", None),
        ({"status": 425}, "TooEarly", None),
        ({"status": 500}, "InternalServiceError", None),
        ({"status": 403, "code": "OperationDenied.ServiceNotOpen"}, "OperationDenied.ServiceNotOpen", None),
    ],
)
def test_a_refusal_is_worded_as_the_service_would(
    rehearsal: Rehearsal, ark: ArkClient, fields: dict[str, Any], code: str, retry_after: str | None
) -> None:
    rehearsal.fault("refuse", **fields)
    before = len(rehearsal.orders())
    answer = ark.create(ORDER)
    assert (answer.status_code, answer.json()["error"]["code"]) == (fields["status"], code)
    assert answer.headers.get("Retry-After") == retry_after
    assert len(rehearsal.orders()) == before


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_s_error_is_a_page(rehearsal: Rehearsal, ark: ArkClient, status: int) -> None:
    rehearsal.fault("refuse", status=status)
    answer = ark.create(ORDER)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")


def test_a_gateway_can_give_up_after_the_order_was_taken(rehearsal: Rehearsal, ark: ArkClient) -> None:
    rehearsal.fault("refuse", status=504, accepted=True)
    assert ark.create(ORDER | {"safety_identifier": "gateway"}).status_code == 504
    assert accepted(rehearsal, "gateway") == 1


def test_a_fault_waits_for_its_text_skips_and_counts(rehearsal: Rehearsal, ark: ArkClient) -> None:
    rehearsal.fault("refuse", match="storm", skip=1, times=2)
    prompts = ["calm", "storm", "storm", "calm", "storm", "storm"]
    orders = [ORDER | {"content": [{"type": "text", "text": text}]} for text in prompts]
    assert [ark.create(order).status_code for order in orders] == [200, 200, 500, 200, 500, 200]
    assert rehearsal.faults()["faults"] == {}


def test_a_fault_can_strike_any_operation(rehearsal: Rehearsal, ark: ArkClient) -> None:
    task = ark.order()
    rehearsal.fault("refuse", on="read", status=500)
    rehearsal.fault("refuse", on="list", status=503)
    rehearsal.fault("lost answer", on="cancel")
    assert ark.http.get(f"{TASKS}/{task}").status_code == 500
    assert ark.http.get(TASKS).status_code == 503
    with pytest.raises(httpx.RemoteProtocolError):
        ark.http.delete(f"{TASKS}/{task}")
    assert ark.http.get(f"{TASKS}/{task}").status_code == 200


def test_a_header_carries_a_fault_for_its_own_request(ark: ArkClient) -> None:
    carried = {"X-Rehearsal-Fault": json.dumps({"kind": "refuse", "status": 409})}
    assert [ark.create(ORDER, headers=carried).status_code, ark.create(ORDER).status_code] == [409, 200]


def test_a_misspelt_fault_is_refused_not_ignored(rehearsal: Rehearsal, ark: ArkClient) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        rehearsal.fault("earthquake")
    assert ark.create(ORDER, headers={"X-Rehearsal-Fault": "{"}).status_code == 400


@pytest.mark.parametrize("kind", ["slow answer", "slow headers", "slow body"])
def test_slowness_takes_its_time_and_then_answers(rehearsal: Rehearsal, ark: ArkClient, kind: str) -> None:
    rehearsal.fault(kind, on="create", seconds=0.5)
    started = time.monotonic()
    answer = ark.create(ORDER)
    assert (answer.status_code, answer.json()["id"][:4]) == (200, "cgt-")
    assert 0.5 <= time.monotonic() - started < 5


def test_slow_headers_come_a_byte_at_a_time(rehearsal: Rehearsal) -> None:
    rehearsal.fault("slow headers", on="list", seconds=2.0)
    with socket.create_connection(("127.0.0.1", rehearsal.port), timeout=10) as connection:
        connection.sendall(f"GET /v3/{TASKS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer k\r\n\r\n".encode())
        pieces = [connection.recv(1000) for _ in range(12)]
    assert b"".join(pieces)[:9] == b"HTTP/1.1 "
    assert max(len(piece) for piece in pieces) < 40


def test_a_slow_answer_can_take_the_order_only_late(rehearsal: Rehearsal, ark: ArkClient) -> None:
    rehearsal.fault("slow answer", seconds=0.6, accepted_first=False)
    with pytest.raises(httpx.ReadTimeout):
        ark.create(ORDER | {"safety_identifier": "late"}, timeout=0.2)
    assert accepted(rehearsal, "late") == 0
    time.sleep(0.8)
    assert accepted(rehearsal, "late") == 1


def test_a_stall_sends_half_and_falls_silent(rehearsal: Rehearsal, ark: ArkClient) -> None:
    told = ark.wait(ark.order())
    rehearsal.fault("stall", on="media")
    got: list[bytes] = []
    url = told["content"]["video_url"]
    with pytest.raises(httpx.ReadTimeout), ark.http.stream("GET", url, timeout=0.5) as answer:
        got.extend(answer.iter_raw())
    assert sum(map(len, got)) == int(answer.headers["Content-Length"]) // 2


@pytest.mark.parametrize(
    ("form", "media_type"), [("html", "text/html; charset=utf-8"), ("broken json", "application/json")]
)
def test_a_garbled_answer_is_200_and_no_answer(
    rehearsal: Rehearsal, ark: ArkClient, form: str, media_type: str
) -> None:
    rehearsal.fault("garbled", on="list", form=form)
    answer = ark.http.get(TASKS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()


def test_a_redirect_leads_where_it_should_not(rehearsal: Rehearsal, ark: ArkClient) -> None:
    told = ark.wait(ark.order())
    rehearsal.fault("redirected", to="file:///etc/passwd")
    answer = ark.fetch(told["content"]["video_url"])
    assert (answer.status_code, answer.headers["Location"]) == (302, "file:///etc/passwd")


def test_the_file_s_faults_befall_downloads_alone(rehearsal: Rehearsal, ark: ArkClient, tmp_path: Path) -> None:
    told = ark.wait(ark.order())
    url = told["content"]["video_url"]
    whole = ark.fetch(url).content
    rehearsal.fault("truncated", fraction=0.25)
    assert ark.fetch(url).content == whole[: len(whole) // 4]
    rehearsal.fault("corrupt")
    spoilt = ark.fetch(url).content
    assert (len(spoilt), spoilt[:100], spoilt != whole) == (len(whole), whole[:100], True)
    rehearsal.fault("wrong type", media_type="text/plain")
    assert ark.fetch(url).headers["Content-Type"].startswith("text/plain")
    rehearsal.fault("garbled", on="media")
    assert ark.fetch(url).content.startswith(b"<!doctype html>")
    rehearsal.fault("expired url")
    assert ark.fetch(url).status_code == 403
    rehearsal.fault("wrong length", more=100)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        ark.fetch(url)
    rehearsal.fault("reset", on="media", stage="during")
    with pytest.raises(httpx.ReadError):
        ark.fetch(url)
    movie = tmp_path / "take.mp4"
    movie.write_bytes(ark.fetch(url).content)
    assert probe(movie).frames == 97


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "moderation"}, "OutputVideoSensitiveContentDetected.PolicyViolation"),
        ({"kind": "moderation", "about": "audio", "detail": ""}, "OutputAudioSensitiveContentDetected"),
        ({"kind": "fails"}, "InternalServiceError"),
        ({"kind": "fails", "code": "InvalidParameter.TaskTypeConstraint"}, "InvalidParameter.TaskTypeConstraint"),
    ],
)
def test_a_fate_is_met_after_running(rehearsal: Rehearsal, ark: ArkClient, fault: dict[str, Any], code: str) -> None:
    rehearsal.fault(**fault)
    told = ark.wait(ark.order())
    assert (told["status"], told["error"]["code"]) == ("failed", code)
    assert "Request id: 02" in told["error"]["message"]
    assert "usage" not in told


def test_the_recorded_moderation_message_comes_word_for_word(rehearsal: Rehearsal, ark: ArkClient) -> None:
    rehearsal.fault("moderation")
    message = ark.wait(ark.order())["error"]["message"].rpartition(" Request id")[0]
    assert message == "The request failed because the output video may be related to copyright restrictions."


def test_moderation_of_what_is_sent_refuses_at_once(rehearsal: Rehearsal, ark: ArkClient) -> None:
    rehearsal.fault("moderation", stage="in", about="image", detail="PrivacyInformation")
    before = len(rehearsal.orders())
    answer = ark.create(ORDER)
    code = "InputImageSensitiveContentDetected.PrivacyInformation"
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert len(rehearsal.orders()) == before


def test_a_task_can_expire_or_stand_oddly_for_a_while(rehearsal: Rehearsal, ark: ArkClient) -> None:
    rehearsal.fault("expires")
    assert ark.wait(ark.order())["status"] == "expired"
    rehearsal.fault("odd state", state="reviewing", seconds=0.5)
    task = ark.order()
    time.sleep(0.3)
    assert ark.read(task)["status"] == "reviewing"
    time.sleep(0.6)
    assert ark.wait(task)["status"] == "succeeded"


def test_a_pace_of_its_own_holds_one_task_back(rehearsal: Rehearsal, ark: ArkClient) -> None:
    rehearsal.fault("pace", queued_seconds=60)
    held, usual = ark.order(), ark.order()
    assert (ark.wait(usual)["status"], ark.read(held)["status"]) == ("succeeded", "queued")
