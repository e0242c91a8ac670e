"""The user's own bucket: anything that speaks S3, written with the user's key and read by presigned links."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from second_unit.errors import HostingError, KeyMissing
from second_unit.hosting.host import fingerprint, object_name
from second_unit.hosting.settings import BucketSettings
from second_unit.network.keys import find_key
from second_unit.network.secret import Secret, redact

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config, S3Store

KEY_NAME = "bucket"
RETRY_SECONDS = 60.0


class BucketHost:
    """Uploads a file once, by the name of its content, and hands out links that end by themselves."""

    def __init__(self, settings: BucketSettings) -> None:
        self._settings = settings
        self._store: S3Store | None = None
        self._secrets: tuple[Secret, ...] = ()

    async def host(self, path: Path, media_type: str) -> str:
        """Return a presigned link to the file. See :class:`~second_unit.hosting.host.Host`."""
        import obstore

        name = object_name(await asyncio.to_thread(fingerprint, path), media_type)
        place = f"{self._settings.prefix.strip('/')}/{name}".lstrip("/")
        try:
            store = await asyncio.to_thread(self._open)
            if not await self._is_there(store, place, path.stat().st_size):
                await obstore.put_async(store, place, path, attributes={"Content-Type": media_type})
            return str(await obstore.sign_async(store, "GET", place, timedelta(seconds=self._settings.link_seconds)))
        except (HostingError, KeyMissing):
            raise
        except Exception as error:
            raise self._refusal(path, error) from None

    async def _is_there(self, store: S3Store, place: str, size: int) -> bool:
        import obstore

        try:
            return bool((await obstore.head_async(store, place))["size"] == size)
        except FileNotFoundError:
            return False

    def _open(self) -> S3Store:
        if self._store is not None:
            return self._store
        from obstore.store import S3Store

        key_id, _, secret = find_key(KEY_NAME).reveal().partition(":")
        if not key_id or not secret:
            raise HostingError(
                f"The key of the bucket '{self._settings.bucket}' is not of the form <access key id>:<secret>.",
                remedy="Store it again in that form.",
            )
        self._secrets = (Secret(secret), Secret(key_id))
        config: S3Config = {
            "access_key_id": key_id,
            "secret_access_key": secret,
            "region": self._settings.region,
        }
        client: ClientConfig = {"timeout": "300s", "connect_timeout": "20s"}
        if self._settings.endpoint:
            config["endpoint"] = self._settings.endpoint
            # A bucket on this machine or its network may do without TLS; the user named it.
            client["allow_http"] = urlsplit(self._settings.endpoint).scheme == "http"
        self._store = S3Store(
            self._settings.bucket,
            config=config,
            client_options=client,
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
        )
        return self._store

    def _refusal(self, path: Path, error: Exception) -> HostingError:
        # The library's errors hold the whole answer; its first line says enough, and keys are masked in it.
        words = redact(" ".join(str(error).split()), self._secrets)[:300]
        lasting = isinstance(error, PermissionError) or type(error).__name__ in {
            "UnauthenticatedError",
            "PermissionDeniedError",
            "NotSupportedError",
        }
        return HostingError(
            f"{path.name} could not be put into the bucket '{self._settings.bucket}': {words}",
            remedy="Check the bucket's name, endpoint, region and key."
            if lasting
            else "Check the network and the bucket.",
            retry=not lasting and not isinstance(error, (FileNotFoundError, ValueError)),
        )

    async def close(self) -> None:
        """Let go of connections."""
        self._store = None
