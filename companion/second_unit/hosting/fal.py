"""fal's file storage: upload with the user's fal key, get a public address (fal-client 1.0.3, read 2026-11-22)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from second_unit.errors import HostingError, KeyMissing, KeyRefused, ServiceError, ServiceUnavailable
from second_unit.hosting.host import fingerprint, object_name
from second_unit.hosting.settings import FalSettings
from second_unit.network.client import Answer, ServiceClient
from second_unit.network.keys import find_key
from second_unit.network.reach import Reach, check_endpoint
from second_unit.network.secret import Secret, redact

# Above it, fal wants the file in parts. Prepared references stay well below.
_MOST_BYTES = 100 * 1024**2
_TOKEN_PATH = "/storage/auth/token?storage_type=fal-cdn-v3"  # noqa: S105  an address, no secret


class FalHost:
    """Asks for an upload token with the key, then sends the file with the token: the key stays with one address."""

    def __init__(self, settings: FalSettings) -> None:
        self._address = check_endpoint(settings.address, "fal")
        self._tokens = ServiceClient("fal", "fal", self._address)
        self._reach = Reach(self._address)

    async def host(self, path: Path, media_type: str) -> str:
        """Return the file's public address. See :class:`~second_unit.hosting.host.Host`."""
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise HostingError(
                f"{path.name} is {size / 1e6:.0f} MB; fal takes {_MOST_BYTES / 1e6:.0f} MB in one piece.",
                remedy="Shorten the strip, or use a bucket of your own.",
            )
        try:
            return await self._upload(path, media_type)
        except ServiceUnavailable as error:
            raise HostingError(error.message, remedy="It is tried again.", service="fal", retry=True) from None
        except (KeyMissing, KeyRefused):
            raise
        except ServiceError as error:
            raise HostingError(error.message, remedy=error.remedy, service="fal") from None

    async def _upload(self, path: Path, media_type: str) -> str:
        key = await asyncio.to_thread(find_key, "fal")
        token, kind, base = await self._token(key)
        content = await asyncio.to_thread(path.read_bytes)
        name = object_name(await asyncio.to_thread(fingerprint, path), media_type)
        # The token's answer says where to upload: an address of theirs, followed only if it may be.
        self._reach.check(base)
        uploads = ServiceClient("fal", "fal", base, reach=self._reach)
        try:
            answer = await uploads.read(
                "POST",
                "/files/upload",
                headers={"Authorization": f"{kind} {token.reveal()}", "X-Fal-File-Name": name},
                body=content,
                media_type=media_type,
                seconds=300,
            )
        finally:
            await uploads.close()
        told = self._document(answer, (key, token))
        url = told.get("access_url")
        if not isinstance(url, str):
            raise HostingError("fal took the file and gave no address for it.", remedy="It is tried again.", retry=True)
        self._reach.check(url)
        return url

    async def _token(self, key: Secret) -> tuple[Secret, str, str]:
        answer = await self._tokens.read(
            "POST", _TOKEN_PATH, headers={"Authorization": f"Key {key.reveal()}"}, body=json.dumps({}).encode()
        )
        told = self._document(answer, (key,))
        token, kind, base = (told.get(name) for name in ("token", "token_type", "base_url"))
        if not (isinstance(token, str) and isinstance(kind, str) and isinstance(base, str) and kind.isalnum()):
            raise HostingError("fal gave no usable upload token.", remedy="It is tried again.", retry=True)
        return Secret(token), kind, base.rstrip("/")

    def _document(self, answer: Answer, secrets: tuple[Secret, ...]) -> dict[str, Any]:
        words = redact(answer.text, secrets)[:200]
        if answer.status in {401, 403}:
            raise KeyRefused(f"fal doesn't accept the key. fal says: “{words}”", remedy="Check FAL_KEY.", service="fal")
        if answer.status >= 400:
            raise HostingError(
                f"fal did not take the file (HTTP {answer.status}): “{words}”",
                remedy="It is tried again." if answer.status >= 500 or answer.status == 429 else "See fal's words.",
                service="fal",
                retry=answer.status >= 500 or answer.status in {408, 429},
            )
        told = answer.document
        if not isinstance(told, dict):
            raise HostingError("fal answered in a way that can't be read.", remedy="It is tried again.", retry=True)
        return told

    async def close(self) -> None:
        """Let go of connections."""
        await self._tokens.close()
