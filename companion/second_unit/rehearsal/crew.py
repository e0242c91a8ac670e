"""The renderers: a few processes of their own, so that the server goes on answering while movies are made."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path

from second_unit.rehearsal.naming import commission_key, made_before
from second_unit.rehearsal.tasks import Commission, Made

_LINE_BYTES = 64 * 1024 * 1024


class RenderingFailed(Exception):
    """The renderer could not make a commission; the message says why."""


class Crew:
    """
    Renders commissions, ``size`` at once; the same commission asked for many times is rendered once.

    Renderers are started when there is work, and end with their input or with :meth:`close`.
    """

    def __init__(self, folder: Path, size: int = 2) -> None:
        self._folder = folder
        # the last one free is the first one used: no second renderer is started while the first keeps up
        self._free: asyncio.Queue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._free.put_nowait(None)
        self._under_way: dict[str, asyncio.Task[Made]] = {}
        self._all: list[asyncio.subprocess.Process] = []

    async def make(self, commission: Commission) -> Made:
        """
        Return what was made of a commission.

        Raises:
            RenderingFailed: it could not be rendered.
        """
        key = commission_key(commission)
        if (made := made_before(key, self._folder)) is not None:
            return made
        if key not in self._under_way:
            self._under_way[key] = asyncio.create_task(self._make(commission))
            self._under_way[key].add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(self._under_way[key])

    async def _make(self, commission: Commission) -> Made:
        renderer = await self._free.get()
        try:
            if renderer is None or renderer.returncode is not None:
                renderer = await self._start()
            answer = await self._ask(renderer, commission)
        finally:
            self._free.put_nowait(renderer)
        if "error" in answer:
            raise RenderingFailed(str(answer["error"]))
        return Made.model_validate(answer)

    async def _start(self) -> asyncio.subprocess.Process:
        renderer = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "second_unit.rehearsal.render_worker",
            str(self._folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LINE_BYTES,
        )
        self._all.append(renderer)
        return renderer

    async def _ask(self, renderer: asyncio.subprocess.Process, commission: Commission) -> dict[str, object]:
        if renderer.stdin is None or renderer.stdout is None:
            raise RenderingFailed("The renderer was started without its pipes.")
        renderer.stdin.write(commission.model_dump_json().encode() + b"\n")
        with contextlib.suppress(ConnectionError):
            await renderer.stdin.drain()
        line = await renderer.stdout.readline()
        if not line:
            raise RenderingFailed(f"The renderer ended with exit code {await renderer.wait()}.")
        answer: dict[str, object] = json.loads(line)
        return answer

    async def close(self) -> None:
        """Stop every renderer, in the middle of its work if need be."""
        for task in list(self._under_way.values()):
            task.cancel()
        for renderer in self._all:
            if renderer.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    renderer.kill()
                await renderer.wait()
