"""A command of the user's own that uploads a file and prints where it is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from second_unit.errors import HostingError
from second_unit.hosting.settings import CommandSettings
from second_unit.network.keys import environment_without_keys
from second_unit.network.secret import redact

_MOST_OUTPUT = 65_536


class CommandHost:
    """Runs the command once a file, without a shell and without our keys in its environment."""

    def __init__(self, settings: CommandSettings) -> None:
        self._settings = settings

    async def host(self, path: Path, media_type: str) -> str:
        """Return the first web address that the command prints. See :class:`~second_unit.hosting.host.Host`."""
        command = self._command(path, media_type)
        try:
            running = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment_without_keys(),
                start_new_session=True,  # so that whatever it starts can be ended with it
                limit=_MOST_OUTPUT,
            )
        except OSError as error:
            raise HostingError(
                f"The hosting command '{command[0]}' can't be run: {error.strerror or error}.",
                remedy="Check it in the hosting settings; give the program's whole path.",
            ) from None
        out, words = await self._wait(running, path)
        if running.returncode != 0:
            raise HostingError(
                f"The hosting command ended with code {running.returncode} for {path.name}: "
                f"{words or 'it said nothing'}.",
                remedy="Run it by hand with the same file to see more.",
            )
        return _address(out, path)

    def _command(self, path: Path, media_type: str) -> list[str]:
        filled = [part.replace("{path}", str(path)).replace("{type}", media_type) for part in self._settings.command]
        has_place = any("{path}" in part for part in self._settings.command)
        return filled if has_place else [*filled, str(path)]

    async def _wait(self, running: asyncio.subprocess.Process, path: Path) -> tuple[str, str]:
        try:
            async with asyncio.timeout(self._settings.seconds):
                out, errors, _ = await asyncio.gather(
                    _beginning(running.stdout), _beginning(running.stderr), running.wait()
                )
        except TimeoutError:
            raise HostingError(
                f"The hosting command took longer than {self._settings.seconds:g} s for {path.name}.",
                remedy="Check the network, or allow it more time in the hosting settings.",
                retry=True,
            ) from None
        finally:
            await _end(running)
        lines = [line.strip() for line in errors.splitlines() if line.strip()]
        return out, redact(" ".join(lines[-3:]))[:300]

    async def close(self) -> None:
        """Nothing is kept open."""


async def _beginning(stream: asyncio.StreamReader | None) -> str:
    """Read a stream to its end and return its beginning: a talkative command must not fill the memory."""
    kept = bytearray()
    while stream is not None and (piece := await stream.read(_MOST_OUTPUT)):
        kept += piece[: max(0, _MOST_OUTPUT - len(kept))]
    return kept.decode("utf-8", "replace")


async def _end(running: asyncio.subprocess.Process) -> None:
    if running.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            running.kill()
        else:
            os.killpg(running.pid, signal.SIGKILL)
    await running.wait()


def _address(out: str, path: Path) -> str:
    for line in out.splitlines():
        text = line.strip()
        with contextlib.suppress(ValueError):
            parts = urlsplit(text)
            if parts.scheme in {"http", "https"} and parts.hostname and not any(c.isspace() for c in text):
                return text
    raise HostingError(
        f"The hosting command printed no web address for {path.name}.",
        remedy="Have it print the address alone on a line of its own.",
    )
