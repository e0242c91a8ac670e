"""Five hundred orders at once: all taken, none twice, all made."""

import asyncio
from pathlib import Path

import httpx

from second_unit.rehearsal.running import Rehearsal, rehearsing
from tests.rehearsal.conftest import MODEL, NO_CERTIFICATES, TASKS

ORDERS = 500


def test_five_hundred_orders_at_once_are_all_made(tmp_path: Path) -> None:
    with rehearsing(tmp_path) as rehearsal:
        states = asyncio.run(shoot(rehearsal))
        assert states == ["succeeded"] * ORDERS
        assert rehearsal.order_counts() == {f"job-{n}": 1 for n in range(ORDERS)}


async def shoot(rehearsal: Rehearsal) -> list[str]:
    limits = httpx.Limits(max_connections=100)
    headers = {"Authorization": "Bearer a-key"}
    async with httpx.AsyncClient(
        base_url=rehearsal.endpoint(),
        headers=headers,
        limits=limits,
        timeout=60,
        trust_env=False,
        verify=NO_CERTIFICATES,
    ) as http:
        tasks = await asyncio.gather(*(order(http, n) for n in range(ORDERS)))
        while True:
            listed = (await http.get(TASKS, params={"page_size": 500})).json()["items"]
            states = {task["id"]: task["status"] for task in listed}
            if not {"queued", "running"} & set(states.values()):
                return [states[task] for task in tasks]
            await asyncio.sleep(0.2)


async def order(http: httpx.AsyncClient, number: int) -> str:
    answer = await http.post(
        TASKS,
        json={
            "model": MODEL,
            "content": [{"type": "text", "text": f"[0-2s] Gull {number}. [2-4s] Harbour."}],
            "resolution": "480p",
            "ratio": "16:9",
            "duration": 4,
            "safety_identifier": f"job-{number}",
        },
    )
    return str(answer.json()["id"])
