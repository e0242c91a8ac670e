"""The provider of the small service in ``peer_server.py``: real HTTP, real lost answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import httpx

from second_unit.errors import AnswerLost, CannotBeAsked, SecondUnitError, ServiceUnavailable, TaskUnknown
from second_unit.providers.provider import (
    Accepted,
    Billed,
    Cancelled,
    Finished,
    Order,
    Progress,
    Running,
    Stopped,
    Waiting,
)


class PeerProvider:
    """Asks for one task at a time."""

    name = "peer"

    def __init__(self, *, endpoint: str | None = None) -> None:
        assert endpoint is not None
        self.http = httpx.AsyncClient(base_url=endpoint, timeout=10.0, trust_env=False)

    async def submit(self, order: Order) -> Accepted:
        try:
            answer = await self.http.post("/orders", json={"token": order.job})
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ServiceUnavailable("The peer is away.", service="peer") from error
        except httpx.HTTPError as error:
            raise AnswerLost("The peer didn't answer.", service="peer") from error
        return Accepted(task=answer.json()["id"])

    async def progress(self, accepted: Accepted, order: Order) -> Progress:
        answer = await self._get(f"/orders/{accepted.task}")
        if answer.status_code == 404:
            raise TaskUnknown("No such task.", service="peer", charged=None)
        return told(answer.json())

    async def download(
        self, finished: Finished, to: Path, order: Order, report: Callable[[int, int | None], Awaitable[None]]
    ) -> None:
        have = to.stat().st_size if to.exists() else 0
        try:
            async with self.http.stream("GET", finished.url, headers={"Range": f"bytes={have}-"}) as answer:
                if answer.status_code == 416:
                    return
                if answer.status_code == 200:
                    have = 0
                total = have + int(answer.headers["content-length"])
                with to.open("ab" if have else "wb") as file:
                    async for chunk in answer.aiter_bytes(4096):
                        file.write(chunk)
                        have += len(chunk)
                        await report(have, total)
        except httpx.HTTPError as error:
            raise ServiceUnavailable("The peer broke off.", service="peer") from error

    async def cancel(self, accepted: Accepted, order: Order) -> Cancelled:
        told = (await self.http.delete(f"/orders/{accepted.task}")).json()
        message = "Stopped; nothing was charged." if told["stopped"] else "It is being made and can't be stopped."
        return Cancelled(stopped=told["stopped"], charged=not told["stopped"], message=message)

    async def find(self, order: Order, since: float) -> Accepted | None:
        answer = await self._get("/orders", token=order.job)
        if answer.status_code == 405:
            raise CannotBeAsked("The peer has no list of orders.", service="peer")
        found = answer.json()
        return Accepted(task=found[0]["id"]) if found else None

    async def close(self) -> None:
        await self.http.aclose()

    async def _get(self, path: str, **query: str) -> httpx.Response:
        try:
            return await self.http.get(path, params=query)
        except httpx.HTTPError as error:
            raise ServiceUnavailable("The peer is away.", service="peer") from error


class GroupingPeerProvider(PeerProvider):
    """Can ask for many tasks in one call."""

    async def progress_many(self, asked: Sequence[tuple[Accepted, Order]]) -> Mapping[str, Progress]:
        answer = await self.http.get("/orders", params=[("id", accepted.task) for accepted, _ in asked])
        return {task["id"]: told(task) for task in answer.json()}


def told(task: dict) -> Progress:
    match task["state"]:
        case "queued":
            return Waiting(raw_state="queued")
        case "running":
            return Running(fraction=task["fraction"], raw_state="running")
        case "cancelled":
            return Stopped(error=SecondUnitError("Stopped.").as_record(), cancelled=True, billed=Billed(charged=False))
        case _:
            return Finished(url=task["file"], billed=Billed(charged=True, tokens=1000))


def open_peer(service: str, *, endpoint: str | None = None) -> PeerProvider:
    return PeerProvider(endpoint=endpoint)


def open_grouping_peer(service: str, *, endpoint: str | None = None) -> GroupingPeerProvider:
    return GroupingPeerProvider(endpoint=endpoint)
