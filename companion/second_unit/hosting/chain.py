"""Opening what the user set up, with the addresses that files already have before it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import assert_never

from second_unit.errors import HostingError
from second_unit.hosting.host import Host, KnownAddress, Lookup, fingerprint
from second_unit.hosting.settings import BucketSettings, CommandSettings, FalSettings, HostSettings

# What is left of an address's life must do for the order to be placed.
_LEAST_SECONDS = 900.0
# A link made here is given out again for this long: shorter than any host's links live.
_REUSE_SECONDS = 1800.0


def open_host(
    settings: HostSettings | None,
    earlier: Lookup | None = None,
    *,
    clock: Callable[[], float] = time.time,
) -> Host | None:
    """
    Return where local files are made web addresses; None where nothing is set up and no file has an address.

    Args:
        settings: as :func:`~second_unit.hosting.settings.read_host_settings` returns them.
        earlier: tells the address that a file already has, by its fingerprint: a take whose service still keeps it.
        clock: Unix seconds.
    """
    inner = None if settings is None else _open(settings)
    return None if inner is None and earlier is None else ChainedHost(inner, earlier, clock)


def _open(settings: HostSettings) -> Host:
    # Loaded on demand: obstore takes its time.
    match settings:
        case BucketSettings():
            from second_unit.hosting.bucket import BucketHost

            return BucketHost(settings)
        case FalSettings():
            from second_unit.hosting.fal import FalHost

            return FalHost(settings)
        case CommandSettings():
            from second_unit.hosting.command import CommandHost

            return CommandHost(settings)
        case _:
            assert_never(settings)


class ChainedHost:
    """Gives a file the address that it has, else hosts it: once, also when many jobs want it at the same time."""

    def __init__(self, inner: Host | None, earlier: Lookup | None, clock: Callable[[], float]) -> None:
        self._inner = inner
        self._earlier = earlier
        self._clock = clock
        self._known: dict[str, KnownAddress] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def host(self, path: Path, media_type: str) -> str:
        """Return an address of the file. See :class:`~second_unit.hosting.host.Host`."""
        mark = await asyncio.to_thread(fingerprint, path)
        async with self._turns.setdefault(mark, asyncio.Lock()):
            known = self._known.get(mark)
            if known is None and self._earlier is not None:
                known = await self._earlier(mark)
            if known is None or known.lives_until - self._clock() <= _LEAST_SECONDS:
                known = await self._upload(path, media_type, mark)
            self._known[mark] = known
            return known.url

    async def _upload(self, path: Path, media_type: str, mark: str) -> KnownAddress:
        if self._inner is None:
            raise HostingError(
                f"{path.name} has no web address, and no hosting is set up.",
                remedy="Set up a bucket, fal's storage or a command, or set the option stills_for_video=true: "
                "see docs/services.md.",
            )
        url = await self._inner.host(path, media_type)
        return KnownAddress(fingerprint=mark, url=url, lives_until=self._clock() + _REUSE_SECONDS + _LEAST_SECONDS)

    async def close(self) -> None:
        """Let go of connections."""
        if self._inner is not None:
            await self._inner.close()
