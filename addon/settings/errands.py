"""
Short errands: a child Python does what could keep Blender waiting, and a timer looks whether it is back.

A keyring that asks its user first, a service that doesn't answer, media that must be drawn: none of them may freeze the
window. The worker's jobs are no errands: those go on without Blender.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import bpy

from ..child_python import child_environment, python_command

_EVERY_SECONDS = 0.1
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


@dataclass
class _Errand:
    process: subprocess.Popen[bytes]
    said: IO[bytes]
    back: Callable[[int, str], None]


_away: list[_Errand] = []


def send(arguments: Sequence[str], back: Callable[[int, str], None], *, told: str = "") -> None:
    """
    Start ``python ARGUMENTS`` and return at once.

    Args:
        arguments: such as ``("-m", "second_unit.jobs.errands")``. Never a key.
        back: is called in Blender's main thread with its exit code and its output once it ended.
        told: goes to its standard input.
    """
    said = tempfile.TemporaryFile()  # noqa: SIM115  it is read when the child ended; a pipe could fill up
    process = subprocess.Popen(
        [*python_command(), *arguments],
        stdin=subprocess.PIPE,
        stdout=said,
        stderr=subprocess.STDOUT,
        env=child_environment(),
        creationflags=_NO_WINDOW,
    )
    if process.stdin is not None:
        process.stdin.write(told.encode() + b"\n")
        process.stdin.close()
    _away.append(_Errand(process, said, back))
    if not bpy.app.timers.is_registered(look):
        bpy.app.timers.register(look, first_interval=_EVERY_SECONDS, persistent=True)


def look() -> float | None:
    """See who is back, and return when to look again; None when nobody is away any more."""
    for errand in [one for one in _away if one.process.poll() is not None]:
        _away.remove(errand)
        errand.said.seek(0)
        said = errand.said.read().decode("utf-8", "replace")
        errand.said.close()
        errand.back(errand.process.returncode, said)
    return _EVERY_SECONDS if _away else None


def wait() -> None:
    """Wait for all of them, as scripts do: timers don't run in ``-b``."""
    while _away:
        look()
        time.sleep(_EVERY_SECONDS / 4)


def is_away() -> bool:
    """Whether somebody is."""
    return bool(_away)


def register() -> None:
    """Nobody is away yet."""


def unregister() -> None:
    """End all of them."""
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)
    while _away:
        _end(_away.pop())


def _end(errand: Any) -> None:
    errand.process.kill()
    errand.process.wait()
    errand.said.close()
