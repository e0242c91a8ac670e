"""
What came with an order: inline media decoded, links really fetched, everything probed and saved as a file.

Files are named by their content, so the same picture sent a hundred times lies there once.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
import secrets
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from second_unit.errors import SecondUnitError
from second_unit.rehearsal.tasks import Attachment
from second_unit.shots import ReferenceKind
from second_unit.timeline import Value

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 220_000_000
_DATA_URL = re.compile(r"data:(?P<type>[^;,]*)(?P<params>(?:;[^;,]*)*),", re.IGNORECASE)
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
    "image/heic": ".heic",
    "image/heif": ".heif",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
}


class MediaRefused(Exception):
    """
    Media that can't be had or read.

    ``kind`` is ``bad data`` (no data URL of that kind), ``download``, ``timeout``, ``too large`` or ``unreadable``.
    """

    def __init__(self, place: str, kind: str, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.kind = kind
        self.message = message


class Sent(Value):
    """One piece of media as an order names it: ``url`` is a data URL, a link, or an asset's name."""

    place: str
    label: str
    kind: ReferenceKind
    role: str = ""
    url: str


async def gather_media(sent: Sequence[Sent], folder: Path, *, timeout_seconds: float = 10.0) -> list[Attachment]:
    """
    Return every piece of media saved in ``folder`` and probed, in the order sent; links are fetched side by side.

    Raises:
        MediaRefused: the first one, in the order sent, that can't be had or read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    async with _fetching(sent, timeout_seconds) as client:
        gathered = await asyncio.gather(*(_gather(one, folder, client) for one in sent), return_exceptions=True)
    for one in gathered:
        if isinstance(one, BaseException):
            raise one
    return [one for one in gathered if isinstance(one, Attachment)]


@asynccontextmanager
async def _fetching(sent: Sequence[Sent], timeout_seconds: float) -> AsyncIterator[httpx.AsyncClient | None]:
    """A client to fetch links with; none where there is no link, which spares the time to load one."""
    if not any(one.url.lower().startswith("http") for one in sent):
        yield None
        return
    import httpx

    async with httpx.AsyncClient(
        trust_env=False, timeout=timeout_seconds, follow_redirects=True, verify=_certificates()
    ) as client:
        yield client


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Loading them takes 50 ms: once is enough."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


async def _gather(sent: Sent, folder: Path, client: httpx.AsyncClient | None) -> Attachment:
    named = Attachment(place=sent.place, label=sent.label, kind=sent.kind, role=sent.role)
    if sent.url.startswith("asset://"):  # in the service's own library, which nobody else can see
        return named.model_copy(update={"source": "asset", "media_type": sent.url})
    if sent.url[:5].lower() == "data:":
        media_type, content = decode_data_url(sent)
        return await asyncio.to_thread(_save, named, folder, "data", media_type, content)
    if client is None:
        raise MediaRefused(sent.place, "download", "resource download failed")
    media_type, content = await _fetch(sent, client)
    return await asyncio.to_thread(_save, named, folder, "url", media_type, content)


def decode_data_url(sent: Sent) -> tuple[str, bytes]:
    """Return the media type and the bytes of a data URL; MediaRefused where it is none of its kind."""
    match = _DATA_URL.match(sent.url)
    if match is None or not match["type"].startswith(f"{sent.kind.value}/"):  # the manual asks for lower case
        raise MediaRefused(sent.place, "bad data", f"not a data URL of an {sent.kind.value}")
    coded = sent.url[match.end() :]
    try:
        whole = base64.b64decode(coded, validate=True) if ";base64" in match["params"] else unquote_to_bytes(coded)
    except (binascii.Error, ValueError) as error:
        raise MediaRefused(sent.place, "bad data", "not valid base64") from error
    return match["type"], whole


async def _fetch(sent: Sent, client: httpx.AsyncClient) -> tuple[str, bytes]:
    import httpx

    try:
        async with client.stream("GET", sent.url) as answer:
            answer.raise_for_status()
            content = bytearray()
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > MOST_BYTES:
                    raise MediaRefused(sent.place, "too large", f"more than {MOST_BYTES} bytes")
            return answer.headers.get("content-type", "").partition(";")[0].strip(), bytes(content)
    except httpx.TimeoutException as error:
        raise MediaRefused(sent.place, "timeout", "timeout while fetching resource") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise MediaRefused(sent.place, "download", "resource download failed") from error


def _save(named: Attachment, folder: Path, source: str, media_type: str, content: bytes) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    file = folder / f"{digest[:24]}{_SUFFIXES.get(media_type, '.bin')}"
    if not file.exists():
        aside = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")  # the same picture may come twice at once
        aside.write_bytes(content)
        aside.replace(file)
    known = {"source": source, "media_type": media_type, "file": file, "sha256": digest, "bytes": len(content)}
    return named.model_copy(update=known | _facts(named, file))


def _facts(named: Attachment, file: Path) -> dict[str, Any]:
    try:
        return _image_facts(file) if named.kind is ReferenceKind.IMAGE else _movie_facts(file)
    except (OSError, ValueError, SecondUnitError) as error:
        raise MediaRefused(named.place, "unreadable", f"{error}") from error


def _image_facts(file: Path) -> dict[str, Any]:
    from PIL import Image

    with Image.open(file) as image:
        return {"width": image.width, "height": image.height, "codec": (image.format or "").lower()}


def _movie_facts(file: Path) -> dict[str, Any]:
    from second_unit.media.probe import probe

    facts = probe(file)
    rate = None if facts.rate is None else float(facts.rate.fraction)
    seconds = float(facts.seconds or facts.audio_seconds or 0)
    return {"width": facts.width, "height": facts.height, "seconds": seconds, "rate": rate, "codec": facts.codec}
