"""
The embedded provider: a real movie with sound from the references, rendered on this machine. No account, no key.

It keeps nothing that a restart would lose: an order that was being rendered is simply rendered again, which is free.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from second_unit.errors import MediaError, TaskExpired, describe
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

_FREE = Billed(charged=False)


class AnimaticProvider:
    """
    Renders animatics, each in a process of its own: it can be stopped, and never holds up the worker.

    Args:
        endpoint: not used; every provider is opened alike.
        at_once: how many are rendered at the same time; by default one for every two processors.
    """

    name = "animatic"

    def __init__(self, endpoint: str | None = None, *, at_once: int | None = None) -> None:
        del endpoint
        self._at_once = at_once or max(1, (os.cpu_count() or 2) // 2)
        self._renders: dict[str, _Render] = {}
        self._folder: Path | None = None

    async def submit(self, order: Order) -> Accepted:
        """Accept the order. Nothing leaves this machine; rendering begins when progress is first asked for."""
        earlier = self._renders.pop(f"animatic-{order.job}", None)
        if earlier is not None:
            await earlier.stop()
        return Accepted(task=f"animatic-{order.job}")

    async def progress(self, accepted: Accepted, order: Order) -> Progress:
        """Tell how far it is, and start it if it isn't running: after a restart it begins anew."""
        render = self._renders.get(accepted.task)
        if render is None:
            if sum(each.is_running for each in self._renders.values()) >= self._at_once:
                return Waiting(raw_state="waiting for a processor")
            render = self._renders[accepted.task] = _Render(self._new_path(accepted.task))
            await render.start(order)
        return _how_it_stands(render, order)

    async def download(
        self, finished: Finished, to: Path, order: Order, report: Callable[[int, int | None], Awaitable[None]]
    ) -> None:
        """
        Move the movie to where it belongs.

        Raises:
            TaskExpired: it isn't there any more; asking for progress renders it again.
        """
        made = Path(finished.url)
        try:
            size = made.stat().st_size
            await asyncio.to_thread(shutil.move, made, to)
        except FileNotFoundError as error:
            self._forget(made)
            raise TaskExpired(
                f"The animatic of '{order.request.name}' isn't there any more.",
                remedy="It is rendered again, which is free.",
                service=self.name,
                job=order.job,
                retry=True,
            ) from error
        self._forget(made)
        await report(size, size)

    async def cancel(self, accepted: Accepted, order: Order) -> Cancelled:
        """Stop rendering."""
        render = self._renders.pop(accepted.task, None)
        if render is not None:
            await render.stop()
        return Cancelled(stopped=True, charged=False, message=f"'{order.request.name}' isn't rendered any further.")

    async def find(self, order: Order, since: float) -> Accepted | None:
        """Return the order as accepted: placing it twice renders it once."""
        del since
        return Accepted(task=f"animatic-{order.job}")

    async def close(self) -> None:
        """Stop every render and remove what isn't fetched."""
        for render in self._renders.values():
            await render.stop()
        self._renders.clear()
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
            self._folder = None

    def _new_path(self, task: str) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="second-unit-animatic-"))
        # A job's id is ours, but it is a file name only here.
        return self._folder / f"{''.join(c if c.isalnum() or c in '-_' else '_' for c in task)}.mp4"

    def _forget(self, made: Path) -> None:
        self._renders = {task: render for task, render in self._renders.items() if render.to != made}


class _Render:
    """One child process, and what it said last."""

    def __init__(self, to: Path) -> None:
        self.to = to
        self.fraction = 0.0
        self.error: dict[str, Any] | None = None
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self._reader is not None and not self._reader.done()

    async def start(self, order: Order) -> None:
        """Write the script and start the child; a script that can't be written is the render's error."""
        # A worker that shoots nothing here must not pay for the renderer's imports.
        from second_unit.animatic.ordering import write_script

        try:
            script = write_script(order.request, order.references)
            path = self.to.with_suffix(".json")
            path.write_text(script.model_dump_json(), encoding="utf-8")
            command = (sys.executable, "-m", "second_unit.animatic", str(path), str(self.to), "--while-read")
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_environment()
            )
        except (OSError, ValueError) as error:
            self.error = describe(
                MediaError(f"The animatic can't be rendered: {error}.", remedy="Resume the job.", job=order.job)
            )
            return
        self._reader = asyncio.create_task(self._read(self._process, order))

    async def stop(self) -> None:
        """End the child at once and wait until it is gone."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        if self._reader is not None:
            await self._reader

    async def _read(self, process: Process, order: Order) -> None:
        while line := await process.stdout.readline() if process.stdout else b"":
            if not line.startswith(b"{"):
                continue  # a library's own words
            told = json.loads(line)
            if "error" in told:
                self.error = told["error"] | {"job": order.job}
            else:
                self.fraction = told["done"] / told["total"]
        code = await process.wait()
        if process.stdin is not None:
            process.stdin.close()
        if code and self.error is None:
            self.error = describe(
                MediaError(
                    f"Rendering '{order.request.name}' ended early (exit code {code}).",
                    remedy="Resume the job: it is rendered again, which is free.",
                    job=order.job,
                    retry=True,
                )
            )


def _how_it_stands(render: _Render, order: Order) -> Progress:
    if render.is_running:
        return Running(fraction=render.fraction)
    if render.error is not None:
        return Stopped(error=render.error, billed=_FREE)
    return Finished(
        url=str(render.to),
        expected_seconds=float(order.request.duration_seconds),
        expects_audio=order.request.audio,
        seed=order.request.seed,
        billed=_FREE,
    )


def _environment() -> dict[str, str]:
    """Return an environment in which the child finds this package, wherever Blender keeps it."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
