"""Seedance's four questions: submit, progress, download, cancel; and a fifth, find, after a lost answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from second_unit.catalog.models import model_of
from second_unit.errors import AnswerLost, KeyMissing, KeyRefused, OverLimit, SecondUnitError, TaskUnknown
from second_unit.network.client import Answer, Query, ServiceClient
from second_unit.network.download import Fetch, download
from second_unit.network.keys import find_key, pass_over_handed_key
from second_unit.network.reach import check_endpoint, is_loopback_endpoint
from second_unit.network.secret import Secret
from second_unit.providers.provider import (
    Accepted,
    Cancelled,
    Finished,
    Order,
    Progress,
    Running,
    Stopped,
    Waiting,
)
from second_unit.providers.seedance.answers import read_progress
from second_unit.providers.seedance.errors import SERVICE, error_from_answer
from second_unit.providers.seedance.finding import Search
from second_unit.providers.seedance.settings import ENDPOINTS, HOST_TITLES, Host, read_options, wire_model
from second_unit.providers.seedance.wire import correlation_token, reference_urls, strip_of, wire_request
from second_unit.providers.stills import stills_for_videos

TASKS = "/contents/generations/tasks"
_IDS_PER_LIST = 50  # keeps the address of a list call well under 8 kB
_PAGE = 100

# Media are fetched while the order is placed, so an answer takes its time; the official clients wait as long.
_ORDER_SECONDS = 600.0


class SeedanceProvider:
    """
    Seedance on BytePlus ModelArk or Volcengine Ark, as a request's ``host`` option says.

    Args:
        endpoint: the base address to talk to in place of both hosts' own: a rehearsal server, a gateway, or a plan
            variant (``…/api/plan/v3``).
    """

    name = SERVICE

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = check_endpoint(endpoint, SERVICE) if endpoint else None
        self._clients: dict[str, ServiceClient] = {}
        self._key: Secret | None = None
        self._refused = False

    async def submit(self, order: Order) -> Accepted:
        """Place the order, once. See :meth:`second_unit.providers.provider.Provider.submit`."""
        host = read_options(order.request).host
        body = await asyncio.to_thread(build_body, order)
        client = self._client(host)
        answer = await client.order(TASKS, body, headers=await self._headers(), seconds=_ORDER_SECONDS)
        if answer.status >= 400:
            raise self._error(client, answer, order, ordering=True)
        task = _id_of(answer.document)
        if task is None:
            raise AnswerLost(
                f"'{order.request.name}' was sent to {client.title}, which answered without an id. It may have been "
                f"accepted and billed. It says: “{client.hide(answer.text, self._key)[:200]}”",
                remedy="It is not sent again by itself. Look for it at the service, or adopt its id.",
                service=SERVICE,
                job=order.job,
            )
        return Accepted(task=task, details={"host": host, "model": wire_model(order.request, host)})

    async def progress(self, accepted: Accepted, order: Order) -> Progress:
        """Ask how it stands."""
        host = read_options(order.request).host
        told = await self._read(host, f"{TASKS}/{_safe_id(accepted.task)}", order)
        return read_progress(told, order, host, HOST_TITLES[host])

    async def progress_many(self, asked: Sequence[tuple[Accepted, Order]]) -> Mapping[str, Progress]:
        """Ask how many tasks stand, fifty a call. Tasks that the list leaves out are left out here too."""
        found: dict[str, Progress] = {}
        for host in ENDPOINTS:
            orders = {one.task: order for one, order in asked if read_options(order.request).host == host}
            tasks = list(orders)
            for start in range(0, len(tasks), _IDS_PER_LIST):
                ids = tasks[start : start + _IDS_PER_LIST]
                query = [
                    ("page_num", "1"),
                    ("page_size", str(_IDS_PER_LIST)),
                    *(("filter.task_ids", id_) for id_ in ids),
                ]
                for item in _items(await self._read(host, TASKS, None, query)):
                    task = _id_of(item)
                    if task in orders:
                        # One that can't be read is left to be asked for alone, where its error names it.
                        with contextlib.suppress(SecondUnitError):
                            found[task] = read_progress(item, orders[task], host, HOST_TITLES[host])
        return found

    async def download(
        self, finished: Finished, to: Path, order: Order, report: Callable[[int, int | None], Awaitable[None]]
    ) -> None:
        """Fetch the film. Its address is signed; no key goes with it."""
        client = self._client(read_options(order.request).host)
        await download(Fetch(finished.url, to, client.reach, client.title, SERVICE), report)

    async def cancel(self, accepted: Accepted, order: Order) -> Cancelled:
        """
        Stop a queued task; say the truth about any other.

        The state is asked first, for the same call that stops a queued task deletes a finished one, film and all.
        """
        before = await self.progress(accepted, order)
        if isinstance(before, Waiting):
            host = read_options(order.request).host
            client = self._client(host)
            answer = await client.read(
                "DELETE", f"{TASKS}/{_safe_id(accepted.task)}", headers=await self._headers(), body=b"{}"
            )
            if answer.status < 400:
                return Cancelled(
                    stopped=True, charged=False, message="Stopped before it was begun. Nothing is charged."
                )
            if answer.status != 409:
                raise self._error(client, answer, order, ordering=False)
            before = await self.progress(accepted, order)
        return _too_late(before)

    async def find(self, order: Order, since: float) -> Accepted | None:
        """
        After a lost answer, look for the order in the list of the last days' tasks, by its correlation token.

        None means that it isn't listed *now*: an order is listed once its media are fetched, so the worker asks again
        for a while before it believes it.
        """
        host = read_options(order.request).host
        model = wire_model(order.request, host)
        search = Search(order, correlation_token(order.job), model, since, HOST_TITLES[host])
        page = 1
        while True:
            query = [("page_num", str(page)), ("page_size", str(_PAGE))]
            told = await self._read(host, TASKS, None, query)
            items = _items(told)
            found = search.look_at(items)
            if found is not None:
                return Accepted(task=found, details={"host": host, "model": model})
            if search.is_over(items, page, _PAGE, told):
                search.conclude()
                return None
            page += 1

    async def try_out(self, host: str) -> str:
        """Ask for one line of the list of tasks, which needs a key and costs nothing."""
        asked: Host = "volcengine" if host == "volcengine" else "byteplus"
        await self._read(asked, TASKS, None, [("page_num", "1"), ("page_size", "1")])
        return f"{self._client(asked).title} takes the key."

    async def close(self) -> None:
        """Let go of connections."""
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    def _client(self, host: Host) -> ServiceClient:
        base = self._endpoint or ENDPOINTS[host]
        if base not in self._clients:
            self._clients[base] = ServiceClient(HOST_TITLES[host], SERVICE, base)
        return self._clients[base]

    async def _headers(self) -> dict[str, str]:
        if self._key is None:
            self._key = await asyncio.to_thread(self._find_key)
        return {"Authorization": f"Bearer {self._key.reveal()}"}

    def _find_key(self) -> Secret:
        if self._refused:
            pass_over_handed_key(SERVICE)
        try:
            return find_key(SERVICE)
        except KeyMissing:
            # A rehearsal on this machine asks for a key, as the service does, and takes any.
            if self._endpoint is not None and is_loopback_endpoint(self._endpoint):
                return Secret("rehearsal")
            raise

    async def _read(self, host: Host, path: str, order: Order | None, query: Query = ()) -> Any:
        client = self._client(host)
        answer = await client.read("GET", path, headers=await self._headers(), query=query)
        if answer.status >= 400:
            raise self._error(client, answer, order, ordering=False)
        return answer.document

    def _error(self, client: ServiceClient, answer: Answer, order: Order | None, *, ordering: bool) -> Exception:
        masked = Answer(answer.status, answer.headers, client.mask(answer.body, self._key), answer.whole)
        error = error_from_answer(masked, client.title, order, ordering=ordering)
        if order is not None:
            error.job = order.job
        if isinstance(error, KeyRefused):
            self._key, self._refused = None, True  # the user may have mended it meanwhile
        return error


def build_body(order: Order) -> bytes:
    """
    Return the body of the create call as it is sent. Reads the references' files.

    Raises:
        HostingError: a video has no web address, and still frames in its place weren't allowed.
        OverLimit: the body is larger than the service takes.
        PlanRefused: an option that Seedance doesn't have.
    """
    if read_options(order.request).stills_for_video:
        order = stills_for_videos(order, model_of(order.request).capabilities)
    urls = reference_urls(order)
    body = json.dumps(wire_request(order, urls), separators=(",", ":")).encode()
    most = model_of(order.request).capabilities.request_bytes
    if most is not None and len(body) > most:
        largest = max(urls, key=lambda label: len(urls[label]), default="")
        raise OverLimit(
            f"'{order.request.name}' comes to {len(body) / 1e6:.1f} MB with its references; Seedance takes "
            f"{most / 1e6:.0f} MB. The largest is {largest} ('{strip_of(order, largest)}').",
            remedy="Make it smaller, or set up hosting so that references are sent as links.",
            strip=strip_of(order, largest),
            job=order.job,
            service=SERVICE,
        )
    return body


def _too_late(progress: Progress) -> Cancelled:
    match progress:
        case Waiting():
            return Cancelled(stopped=False, charged=None, message="The service didn't stop it, though it still waits.")
        case Running():
            return Cancelled(
                stopped=False,
                charged=True,
                message="It is already being made, and Seedance can't stop that: it stays billed. The take is fetched.",
            )
        case Finished():
            return Cancelled(stopped=False, charged=True, message="It is already made and billed. The take is fetched.")
        case Stopped():
            return Cancelled(stopped=True, charged=progress.billed.charged, message="It had already ended by itself.")


def _safe_id(task: str) -> str:
    # An id comes from the service, or from a user who adopts one, and becomes part of an address.
    if not task or len(task) > 200 or not all(character.isalnum() or character in "-_." for character in task):
        raise TaskUnknown(
            f"'{task[:80]}' can't be the id of a task.",
            remedy="Ids look like cgt-20261122143015-k7x2m.",
            service=SERVICE,
        )
    return task


def _id_of(told: Any) -> str | None:
    task = told.get("id") if isinstance(told, dict) else None
    return task if isinstance(task, str) and task else None


def _items(told: Any) -> list[Any]:
    items = told.get("items") if isinstance(told, dict) else None
    return items if isinstance(items, list) else []
