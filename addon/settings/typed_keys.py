"""
Keys that were typed into the preferences, on their way: to the keyring or the key file, and to the worker.

They are kept in this process's memory only, until it ends. Blender stores none: not in userpref.blend, not in a .blend.
A child puts them away (:mod:`second_unit.jobs.errands`), and the worker gets them through its standard input.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import bpy

from .. import __package__ as extension
from .. import later
from ..redraw import redraw_preferences
from . import errands

VARIABLE = "SECOND_UNIT_KEY_FILE"
#: What has a key: the services, and the two kinds of hosting that need one.
TITLES = {"seedance": "Seedance", "fal": "fal's Storage", "bucket": "Bucket"}
_ERRANDS = ("-m", "second_unit.jobs.errands")


class Told(NamedTuple):
    """What to say of a service: that something is under way, went well or went wrong."""

    text: str
    good: bool = True
    busy: bool = False


class _Known:
    """What this session was told. Nothing of it is saved."""

    typed: dict[str, str] = {}
    sources: dict[str, str] | None = None
    told: dict[str, Told] = {}
    moved = False


def typed() -> dict[str, str]:
    """Return the keys that were typed in this session, for the worker's standard input."""
    return dict(_Known.typed)


def told(service: str) -> Told | None:
    """Return what there is to say of a service since the last click."""
    return _Known.told.get(service)


def source(service: str) -> str:
    """Return in words where a service's key is; empty where there is none, or where nobody looked yet."""
    if _Known.sources is None:
        later.soon("keys", look)
        return ""
    return _Known.sources.get(service, "")


def look() -> None:
    """Have a child look where keys are."""
    if _Known.sources is None:
        _Known.sources = {}
        _ask({"do": "find", "services": list(TITLES)})


def keep(service: str, key: str) -> None:
    """Take a key that was typed, and have a child put it away."""
    key = key.strip()
    if not key:
        return
    _Known.typed[service] = key
    _Known.told[service] = Told("Putting the key away …", busy=True)

    def kept(answer: dict[str, object]) -> None:
        if not answer["good"]:
            _Known.typed.pop(service, None)
        _say(service, answer, "The key is kept.")

    _ask({"do": "keep", "service": service, "key": key}, kept)


def forget(service: str) -> None:
    """Forget a service's key: here, in the keyring and in the key file."""
    _Known.typed.pop(service, None)
    if _Known.sources:
        _Known.sources.pop(service, None)
    _Known.told[service] = Told("Forgetting the key …", busy=True)
    _ask({"do": "forget", "service": service}, lambda answer: _say(service, answer, "The key is forgotten."))


def try_service(service: str, host: str, endpoint: str) -> None:
    """Have a child ask the service whether it takes the key."""
    _Known.told[service] = Told("Asking the service …", busy=True)
    key = _Known.typed.get(service, "")
    errand = {"do": "try", "service": service, "host": host, "endpoint": endpoint or None, "key": key}
    _ask(errand, lambda answer: _say(service, answer, "It works."))


def _say(service: str, answer: dict[str, object], else_: str) -> None:
    words = " ".join(str(answer.get(name, "")) for name in ("message", "remedy")).strip()
    _Known.told[service] = Told(words or else_, good=bool(answer["good"]))


def _ask(errand: dict[str, object], then: Callable[[dict[str, object]], None] | None = None) -> None:
    def back(code: int, said: str) -> None:
        lines = [line for line in said.splitlines() if line.startswith("{")]
        failed = {"good": False, "message": "The key helper failed.", "remedy": f"It ended with code {code}."}
        answer = json.loads(lines[-1]) if code == 0 and lines else failed
        if _Known.sources is not None and answer.get("sources"):
            _Known.sources |= answer["sources"]
        if then is not None:
            then(answer)
        redraw_preferences()

    errands.send(_ERRANDS, back, told=json.dumps(errand))


def register() -> None:
    """Keep the key file in the extension's own folder, unless the user says where."""
    if extension.startswith("bl_ext.") and VARIABLE not in os.environ:
        folder = Path(bpy.utils.extension_path_user(extension))
        os.environ[VARIABLE] = str(folder / "keys.json")
        _Known.moved = True


def unregister() -> None:
    """Forget everything that was typed."""
    _Known.typed.clear()
    _Known.told.clear()
    _Known.sources = None
    if _Known.moved:
        os.environ.pop(VARIABLE, None)
        _Known.moved = False
