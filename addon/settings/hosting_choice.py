"""
Where local videos are hosted, as the preferences show it: read from and written to the companion's ``hosting.json``.

The worker reads it there. Nothing in it is secret; keys go the way of :mod:`.typed_keys`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from bpy.props import EnumProperty, StringProperty

from .. import later

# Numbers are Blender's way of naming an enum's value to get and set.
KINDS = (
    ("none", "Nowhere", "Videos can't be sent to services that want an address; still frames can", "NONE", 0),
    ("bucket", "My Bucket", "A bucket of your own that speaks S3: Amazon, Cloudflare R2, TOS, MinIO", "NONE", 1),
    ("fal", "fal's Storage", "Whoever has the link can read the file", "NONE", 2),
    ("command", "My Command", "A program of yours that uploads a file and prints its address", "NONE", 3),
)


class _Known:
    """What the file says, and what was typed that doesn't suffice yet."""

    told: dict[str, Any] | None = None
    fault: str = ""


def kind() -> str:
    """Return which is chosen."""
    return str(_told().get("kind", "none"))


def fault() -> str:
    """Return what is missing before it can be used; empty where nothing is."""
    return _Known.fault


def by_environment() -> str:
    """Return what the environment chooses, which goes before the file; empty where it doesn't."""
    return os.environ.get("SECOND_UNIT_HOST", "").strip()


def read() -> None:
    """Read the file."""
    from second_unit.hosting.settings import host_settings_file

    try:
        told = json.loads(host_settings_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = {}
    _Known.told = told if isinstance(told, dict) else {}


def forget() -> None:
    """Read it anew next time."""
    _Known.told, _Known.fault = None, ""


def kind_property() -> Any:
    """Return the property that chooses."""
    numbers = {name: number for name, *_, number in KINDS}
    names = {number: name for name, number in numbers.items()}

    def put(_owner: Any, number: int) -> None:
        chosen = names[number]
        _put({} if chosen == "none" else {"kind": chosen})

    return EnumProperty(
        name="Videos",
        description="Services fetch videos from the web: where yours get an address while an order is placed",
        items=KINDS,
        get=lambda _owner: numbers.get(kind(), 0),
        set=put,
    )


def text_property(name: str, description: str, key: str) -> Any:
    """Return the property of one setting of what is chosen."""
    return StringProperty(name=name, description=description, get=_getter(key), set=_setter(key))


def _getter(key: str) -> Callable[[Any], str]:
    def get(_owner: Any) -> str:
        import shlex

        value = _told().get(key, "")
        return shlex.join(value) if isinstance(value, list | tuple) else str(value or "")

    return get


def _setter(key: str) -> Callable[[Any, str], None]:
    def put(_owner: Any, text: str) -> None:
        rest = {name: value for name, value in _told().items() if name != key}
        value: object = text.strip()
        if key == "command":
            import shlex

            try:
                value = shlex.split(text, posix=os.name != "nt")
            except ValueError as error:  # a quotation mark that isn't closed
                _Known.fault = f"The command can't be read: {error}."
                return
        _put(rest | ({key: value} if value else {}))

    return put


def _told() -> dict[str, Any]:
    if _Known.told is None:
        later.soon("hosting", read)
    return _Known.told or {}


def _put(told: dict[str, Any]) -> None:
    """Keep it, and write it as soon as it suffices."""
    from pydantic import TypeAdapter, ValidationError

    from second_unit.hosting.settings import HostSettings, write_host_settings

    _Known.told, _Known.fault = told, ""
    if not told:
        write_host_settings(None)
        return
    try:
        write_host_settings(TypeAdapter(HostSettings).validate_python(told))
    except ValidationError as error:
        missing = error.errors(include_url=False, include_input=False)[0]
        _Known.fault = f"{str(missing['loc'][-1]).capitalize()} is needed: {missing['msg'].lower()}."
