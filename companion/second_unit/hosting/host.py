"""What a host is: something that makes a local file a web address."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from second_unit.timeline import Value

SUFFIXES = {
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
}


class Host(Protocol):
    """Makes local files web addresses that a service can fetch for some hours."""

    async def host(self, path: Path, media_type: str) -> str:
        """
        Return a web address that answers with the file.

        Raises:
            HostingError: it could not be uploaded; ``retry`` says whether trying again can help.
            KeyMissing: the host wants a key and there is none.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class KnownAddress(Value):
    """
    A web address that a file already has: an earlier take's own, while its service keeps it.

    Args:
        fingerprint: SHA-256 of the file.
        url: its address.
        lives_until: Unix seconds.
    """

    fingerprint: str
    url: str
    lives_until: float


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def object_name(mark: str, media_type: str) -> str:
    """Return what a file is called where it is hosted: by its content, never by the user's name for it."""
    return mark + SUFFIXES.get(media_type.lower(), "")


Lookup = Callable[[str], Awaitable[KnownAddress | None]]
"""Tells the address that a file already has, by its fingerprint."""


def signed_until(url: str) -> float | None:
    """
    Return when a presigned address ends, Unix seconds, as its signature says; None where it doesn't.

    Object stores write when it was signed and for how long: ``X-Tos-Date=20261122T143015Z&X-Tos-Expires=86400``.
    """
    told = parse_qs(urlsplit(url).query)
    for store in ("X-Tos", "X-Amz"):
        try:
            signed = datetime.strptime(told[f"{store}-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return signed.timestamp() + int(told[f"{store}-Expires"][0])
        except (KeyError, ValueError):
            continue
    return None
