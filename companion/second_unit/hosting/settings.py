"""Where the user wants local files hosted: the environment, else ``hosting.json`` in the settings folder."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from second_unit.errors import HostingError
from second_unit.network.keys import settings_folder
from second_unit.timeline import Value

FAL_ADDRESS = "https://rest.fal.ai"


class BucketSettings(Value):
    """
    A bucket of the user's own that speaks S3. Its key is kept as ``bucket``: ``<access key id>:<secret>``.

    Args:
        bucket: its name.
        prefix: a folder in it.
        endpoint: for anything that isn't Amazon's: R2, TOS, MinIO and the like.
        region: of the bucket; ``auto`` for R2.
        link_seconds: how long a link works. The service fetches while it takes the order; queued retries take longer.
    """

    kind: Literal["bucket"] = "bucket"
    bucket: str
    prefix: str = "second-unit"
    endpoint: str | None = None
    region: str = "us-east-1"
    link_seconds: int = Field(default=21_600, ge=600, le=604_800)


class FalSettings(Value):
    """fal's file storage. Its key is kept as ``fal``, or in ``FAL_KEY``. Whoever has a link can read the file."""

    kind: Literal["fal"] = "fal"
    address: str = FAL_ADDRESS


class CommandSettings(Value):
    """
    A command of the user's that uploads a file and prints its web address.

    Args:
        command: the program and its arguments; ``{path}`` and ``{type}`` stand for the file and its media type, and
            without a ``{path}`` the file comes last. No shell reads it.
        seconds: how long it may take.
    """

    kind: Literal["command"] = "command"
    command: tuple[str, ...] = Field(min_length=1)
    seconds: float = Field(default=300, gt=0)


HostSettings = Annotated[BucketSettings | FalSettings | CommandSettings, Field(discriminator="kind")]

_settings = TypeAdapter[HostSettings](HostSettings)


def read_host_settings() -> HostSettings | None:
    """
    Return what the user set up; None where nothing is.

    ``SECOND_UNIT_HOST`` is ``bucket``, ``fal`` or ``command``; the rest is in ``SECOND_UNIT_BUCKET``,
    ``SECOND_UNIT_BUCKET_ENDPOINT``, ``SECOND_UNIT_BUCKET_REGION``, ``SECOND_UNIT_BUCKET_PREFIX``,
    ``SECOND_UNIT_HOST_COMMAND`` (quoted as for a shell) and ``SECOND_UNIT_FAL_ADDRESS``.

    Raises:
        HostingError: it can't be read.
    """
    kind = os.environ.get("SECOND_UNIT_HOST", "").strip()
    told = _from_environment(kind) if kind else _from_file(host_settings_file())
    if told is None:
        return None
    try:
        return _settings.validate_python(told)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise HostingError(
            f"The hosting settings can't be used: {place or 'kind'}: {fault['msg']}.", remedy="See docs/services.md."
        ) from None


def write_host_settings(settings: HostSettings | None) -> None:
    """Keep the settings in :func:`host_settings_file`; None removes them. There is nothing secret in them."""
    path = host_settings_file()
    if settings is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(settings.model_dump_json(indent=2), encoding="utf-8")
    beside.replace(path)


def host_settings_file() -> Path:
    """Return where the settings are kept."""
    return settings_folder() / "hosting.json"


def _from_environment(kind: str) -> dict[str, object]:
    told: dict[str, object] = {"kind": kind}
    names = {
        "bucket": {
            "bucket": "SECOND_UNIT_BUCKET",
            "endpoint": "SECOND_UNIT_BUCKET_ENDPOINT",
            "region": "SECOND_UNIT_BUCKET_REGION",
            "prefix": "SECOND_UNIT_BUCKET_PREFIX",
        },
        "fal": {"address": "SECOND_UNIT_FAL_ADDRESS"},
    }.get(kind, {})
    told |= {name: os.environ[variable] for name, variable in names.items() if os.environ.get(variable)}
    if kind == "command":
        told["command"] = _split(os.environ.get("SECOND_UNIT_HOST_COMMAND", ""))
    return told


def _split(command: str) -> tuple[str, ...]:
    # A Windows path is full of what a POSIX shell takes for escapes.
    parts = shlex.split(command, posix=os.name != "nt")
    return tuple(part.strip('"') for part in parts) if os.name == "nt" else tuple(parts)


def _from_file(path: Path) -> dict[str, object] | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise HostingError(f"The hosting settings in {path} are damaged.", remedy="Mend or remove the file.")
    return told
