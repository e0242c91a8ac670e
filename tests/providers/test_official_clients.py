"""What the official clients send and what we send for the same order, side by side: the same JSON but for nulls."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from second_unit.providers.provider import Accepted, Order
from second_unit.providers.seedance import SeedanceProvider, wire_request
from second_unit.providers.seedance.wire import reference_urls
from second_unit.timeline import Role
from tests.network.raw_server import RawServer, Visit, serving
from tests.providers.ordering import make_order, picture, sound, video

CLIENT = Path(__file__).with_name("official_client.py")
PACKAGES = {"volcenginesdkarkruntime": "volcengine", "byteplussdkarkruntime": "byteplus"}
TASK = {"id": "cgt-1", "model": "m", "status": "queued", "created_at": 1, "updated_at": 1}


def every_order(folder: Path, host: str) -> list[Order]:
    """One order of each mode, and every field that can be set, each at least once."""
    first = picture(folder, "Image 1", Role.FIRST_FRAME, size=(320, 320))
    last = picture(folder, "Image 2", Role.LAST_FRAME, size=(320, 320))
    clip = video(folder, url="https://bucket.example/Video%201.mp4?X-Sig=a%2Fb", seconds=1)
    with_all = {
        "watermark": True,
        "return_last_frame": True,
        "output_format": "mov",
        "draft": True,
        "execution_expires_after": 3600,
        "priority": 3,
        "callback_url": "https://example.org/told",
    }
    told: list[tuple[tuple, dict[str, Any]]] = [
        ((), {}),
        ((), {"options": {"web_search": True}, "seed": 7, "audio": False, "prompt": 'Shot 1: 她说 "走吧。" — é'}),
        ((first,), {}),
        ((first, last), {"model": "seedance-2.5"}),
        ((picture(folder, size=(320, 320)), clip, sound(folder)), {}),
        ((clip,), {"model": "seedance-2.5", "options": {"task_type": "edit"}}),
        ((clip,), {"model": "seedance-2.5", "options": {"task_type": "extend"}}),
        ((), {"model": "seedance-2.5", "options": with_all}),
        ((), {"model": "seedance-2.5", "options": {"draft_task": "cgt-20261122143015-k7x2m"}}),
    ]
    orders = []
    for number, (references, fields) in enumerate(told):
        options = {"host": host} | fields.pop("options", {})
        orders.append(make_order(*references, job=f"job-{number}", options=options, **fields))
    return orders


def answer(visit: Visit) -> None:
    visit.read()
    is_list = visit.target.endswith("/tasks") or "?" in visit.target
    told = {"items": [TASK], "total": 1} if is_list and visit.head.startswith(b"GET") else TASK
    visit.answer(200, json.dumps(told).encode(), Content_Type="application/json")


def sent(server: RawServer) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, address and body of each request, nulls left out."""
    return [
        (visit.head.split(b" ")[0].decode(), visit.target, without_nulls(json.loads(visit.body or b"{}")))
        for visit in server.visits
    ]


def without_nulls(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: without_nulls(value) for name, value in told.items() if value is not None}
    return [without_nulls(value) for value in told] if isinstance(told, list) else told


def send_ours(orders: list[Order], endpoint: str) -> None:
    async def go() -> None:
        provider = SeedanceProvider(endpoint)
        for order in orders:
            await provider.submit(order)
        accepted = Accepted(task="cgt-1")
        await provider.progress(accepted, orders[0])
        await provider.progress_many([(accepted, orders[0]), (Accepted(task="cgt-2"), orders[0])])
        await provider.cancel(accepted, orders[0])
        await provider.close()

    asyncio.run(go())


def send_theirs(package: str, orders: list[Order], endpoint: str) -> None:
    # The clients warn at import (pydantic): that is theirs, so they run on their own.
    arguments = [wire_request(order, reference_urls(order)) for order in orders]
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", str(CLIENT), package, endpoint],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_what_an_official_client_sends_and_what_we_send_is_the_same_json_but_for_nulls(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARK_API_KEY", "a-key")
    orders = every_order(tmp_path, PACKAGES[package])
    with serving(answer) as theirs, serving(answer) as ours:
        send_theirs(package, orders, f"{theirs.url}/api/v3")
        send_ours(orders, f"{ours.url}/api/v3")
        expected, actual = sent(theirs), sent(ours)
        keys = [{visit.header("authorization") for visit in server.visits} for server in (theirs, ours)]
    count = len(orders)
    assert [method_and_path for *method_and_path, _ in expected[:count]] == [
        ["POST", "/api/v3/contents/generations/tasks"]
    ] * count
    assert expected[:count] == actual[:count]
    # Then: one task, two by the list, and (after we have asked how it stands) its cancellation.
    assert expected[count:] == [*actual[count : count + 2], actual[-1]]
    assert keys == [{"Bearer a-key"}, {"Bearer a-key"}]
