"""What ``second-unit doctor`` looks at: the store, its worker, the disks, the keys, and the way to the services."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import sys
from pathlib import Path
from urllib.parse import urlsplit

from second_unit.errors import SecondUnitError
from second_unit.jobs.folders import lock_path, log_path
from second_unit.jobs.lock import is_held, read_holder
from second_unit.jobs.store import JobStore
from second_unit.network.keys import key_source, variables
from second_unit.providers.registry import SERVICES
from second_unit.timeline import Value

_NETWORK_DISKS = {"nfs", "nfs4", "cifs", "smb", "smb3", "smbfs", "afpfs", "9p", "fuse.sshfs", "webdav", "davfs"}
_ROOM_BYTES = 2_000_000_000
_REACH_SECONDS = 5.0


class Finding(Value):
    """One thing that was looked at. ``good`` False is a fault; ``remedy`` says what to do about it."""

    about: str
    good: bool
    message: str
    remedy: str = ""


async def check_up(store: Path, takes_folder: Path | None, *, online: bool) -> tuple[Finding, ...]:
    """Look at everything and return what was found. Writes nothing but a new store where there is none."""
    found = [_store(store), _worker(store), _disk("store's disk", store.parent), *_network_disk(store)]
    if takes_folder is not None:
        found.append(_disk("takes' disk", takes_folder))
    found += [_key(service) for service in SERVICES if service not in _LOCAL]
    if online:
        found += await asyncio.gather(*(_reach(*place) for place in _addresses()))
    return tuple(found)


_LOCAL = {"animatic"}


def _store(path: Path) -> Finding:
    try:
        with JobStore(path) as store:
            jobs = store.jobs()
    except SecondUnitError as error:
        return Finding(about="store", good=False, message=error.message, remedy=error.remedy)
    count = sum(job.is_open for job in jobs)
    return Finding(about="store", good=True, message=f"{path}: {len(jobs)} jobs, {count} open.")


def _worker(store: Path) -> Finding:
    if is_held(store):
        pid = read_holder(lock_path(store)).get("pid", "unknown")
        return Finding(about="worker", good=True, message=f"At work, process {pid}. Its log is {log_path(store)}.")
    return Finding(about="worker", good=True, message="None is at work; one is started when there is something to do.")


def _disk(about: str, folder: Path) -> Finding:
    there = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    try:
        free = shutil.disk_usage(there).free
        trial = there / ".second-unit-trial"
        trial.write_bytes(b"\0")
        trial.unlink()
    except OSError as error:
        return Finding(
            about=about,
            good=False,
            message=f"{there} can't be written: {error.strerror or error}.",
            remedy="Make it writable, or choose another folder.",
        )
    room = f"{free / 1e9:.1f} GB free in {there}."
    if free < _ROOM_BYTES:
        return Finding(about=about, good=False, message=room, remedy="Free some space: takes need room.")
    return Finding(about=about, good=True, message=room)


def _network_disk(store: Path) -> list[Finding]:
    kind = _disk_kind(store)
    if kind not in _NETWORK_DISKS:
        return []
    return [
        Finding(
            about="store's disk",
            good=False,
            message=f"The store is on a network drive ({kind}), where its lock and its log may not hold.",
            remedy="Set SECOND_UNIT_HOME to a folder on this machine. Takes may lie on network drives.",
        )
    ]


def _disk_kind(path: Path) -> str:
    """Return the kind of the file system that holds the path, where Linux tells; empty elsewhere."""
    mounts = Path("/proc/self/mounts")
    if sys.platform != "linux" or not mounts.exists():
        return ""
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, where, this_kind, *_ = line.split(" ")
        where = where.replace("\\040", " ")
        if path.absolute().is_relative_to(where) and len(where) >= len(best):
            best, kind = where, this_kind
    return kind


def _key(service: str) -> Finding:
    source = key_source(service)
    if source is None:
        return Finding(
            about=f"key of {service}",
            good=True,
            message="There is none; rehearsals need none.",
            remedy=f"To order from {service}, set {variables(service)[-1]} or enter it in Second Unit's preferences.",
        )
    return Finding(about=f"key of {service}", good=True, message=f"From the {source}.")


def _addresses() -> list[tuple[str, str]]:
    from second_unit.providers.seedance.settings import ENDPOINTS, HOST_TITLES

    return [(HOST_TITLES[host], address) for host, address in ENDPOINTS.items()]


async def _reach(title: str, address: str) -> Finding:
    """Open an encrypted connection and close it: no key and no request is sent."""
    host = urlsplit(address).hostname or ""
    try:
        async with asyncio.timeout(_REACH_SECONDS):
            _, writer = await asyncio.open_connection(host, 443, ssl=ssl.create_default_context())
        writer.close()
    except TimeoutError:
        why = f"no answer in {_REACH_SECONDS:.0f} s"
    except OSError as error:
        why = str(error)
    else:
        return Finding(about=title, good=True, message=f"{host} can be reached.")
    return Finding(
        about=title,
        good=False,
        message=f"{host} can't be reached: {why}.",
        remedy="Check the network, its proxy (HTTPS_PROXY) and its firewall.",
    )
