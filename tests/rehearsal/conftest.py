import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from second_unit.rehearsal.clock import SetClock
from second_unit.rehearsal.running import Rehearsal, rehearsing
from second_unit.rehearsal.server import build_app
from second_unit.rehearsal.studio import Studio, StudioSettings

MODEL = "doubao-seedance-2-0-260128"
MODEL_2_5 = "doubao-seedance-2-5-260628"
TASKS = "contents/generations/tasks"
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading the usual ones takes 50 ms a client


class ArkClient:
    """A bare client of the Ark wire: what it sends is what the test says, and every answer is shown whole."""

    def __init__(self, endpoint: str, key: str = "a-key") -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        plain: dict[str, Any] = {"trust_env": False, "timeout": 30, "verify": NO_CERTIFICATES}
        self.http = httpx.Client(base_url=endpoint, headers=headers, **plain)
        self._plain = httpx.Client(**plain)

    def __enter__(self) -> "ArkClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self._plain.close()

    def create(self, body: dict[str, Any], **about: Any) -> httpx.Response:
        return self.http.post(TASKS, json=body, **about)

    def order(self, text: str = "A quiet harbour.", **fields: Any) -> str:
        small = {"model": MODEL, "resolution": "480p", "ratio": "16:9", "duration": 4}
        answer = self.create(small | {"content": [{"type": "text", "text": text}]} | fields)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    def read(self, task: str) -> dict[str, Any]:
        return self.http.get(f"{TASKS}/{task}").json()

    def wait(self, task: str) -> dict[str, Any]:
        for _ in range(600):
            told = self.read(task)
            if told["status"] not in ("queued", "running"):
                return told
            time.sleep(0.05)
        raise AssertionError(f"{task} is still {told['status']}")

    def fetch(self, url: str, **about: Any) -> httpx.Response:
        return self._plain.get(url, **about)


@pytest.fixture(scope="session")
def renders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of movies for every server of the session: the same clip is rendered once."""
    return tmp_path_factory.mktemp("renders")


@pytest.fixture(scope="session")
def shared_rehearsal(tmp_path_factory: pytest.TempPathFactory, renders: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path_factory.mktemp("rehearsal"), renders=renders) as running:
        yield running


@pytest.fixture
def rehearsal(shared_rehearsal: Rehearsal) -> Rehearsal:
    shared_rehearsal.clear_faults()
    return shared_rehearsal


@pytest.fixture
def ark(rehearsal: Rehearsal) -> Iterator[ArkClient]:
    with ArkClient(rehearsal.endpoint()) as client:
        yield client


class Stage:
    """A rehearsal server inside the test's own loop, whose clock the test moves."""

    def __init__(self, studio: Studio, clock: SetClock, http: httpx.AsyncClient) -> None:
        self.studio = studio
        self.clock = clock
        self.http = http

    async def order(self, text: str = "A quiet harbour.", **fields: Any) -> str:
        small = {"model": MODEL, "resolution": "480p", "ratio": "16:9", "duration": 4}
        body = small | {"content": [{"type": "text", "text": text}]} | fields
        answer = await self.http.post(TASKS, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    async def read(self, task: str) -> httpx.Response:
        return await self.http.get(f"{TASKS}/{task}")

    async def status(self, task: str) -> str:
        return (await self.read(task)).json()["status"]

    async def list(self, **query: Any) -> dict[str, Any]:
        return (await self.http.get(TASKS, params=query)).json()

    async def delete(self, task: str) -> httpx.Response:
        return await self.http.request("DELETE", f"{TASKS}/{task}", json={})

    async def finish(self, task: str, seconds: float = 10.0) -> dict[str, Any]:
        """Let so much time pass, and the renderer come to its end."""
        self.clock.advance(seconds)
        for _ in range(400):
            told = (await self.read(task)).json()
            if told["status"] != "running":
                return told
            await asyncio.sleep(0.05)
        raise AssertionError("never rendered")


@pytest.fixture
def on_stage(tmp_path: Path, renders: Path) -> Callable[..., None]:
    """Run a coroutine function with a :class:`Stage`."""

    def run(play: Callable[[Stage], Coroutine[Any, Any, None]], **settings: Any) -> None:
        async def go() -> None:
            clock = SetClock()
            app = build_app(
                tmp_path / "rehearsal", StudioSettings(**({"fast": True, "renders": renders} | settings)), clock
            )
            transport = httpx.ASGITransport(app=app)
            headers = {"Authorization": "Bearer a-key"}
            async with (
                app.router.lifespan_context(app),
                httpx.AsyncClient(
                    transport=transport, verify=NO_CERTIFICATES, base_url="http://rehearsal/v3", headers=headers
                ) as http,
            ):
                await play(Stage(app.state.studio, clock, http))

        asyncio.run(go())

    return run
