"""What takes are called, and how a finished file gets its name without ever overwriting another."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

_LONGEST = 80
# What Windows forbids in names, with what would be a nuisance in a shell; letters of every script stay.
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*%\x7f]+')
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")
_NUMBERED = re.compile(r"_take(\d+)$")


def safe_name(name: str) -> str:
    """Return the name as a file can bear it on every system."""
    plain = _FORBIDDEN.sub("-", name).strip(" .-")[:_LONGEST].rstrip(" .-")
    while len(plain.encode()) > 200:  # file systems count bytes: 255, with room for the take's number
        plain = plain[:-1]
    return f"shot {plain}".strip() if not plain or _RESERVED.match(plain) else plain


def take_folder(takes_folder: Path, edit: Path | None) -> Path:
    """Return the folder of an edit's takes: one named after it inside of ``takes_folder``."""
    return takes_folder / safe_name(edit.stem) if edit is not None else takes_folder


def take_name(stem: str, number: int, suffix: str) -> str:
    """Return the file's name: ``take_name("SH010", 1, ".mp4") == "SH010_take001.mp4"``."""
    return f"{stem}_take{number:03d}{suffix}"


def part_file(takes_folder: Path, edit: Path | None, job: str) -> Path:
    """Return the temporary name of a download: in the takes' own folder, so that renaming copies nothing."""
    return take_folder(takes_folder, edit) / f".{job}.part"


def next_number(folder: Path, stem: str) -> int:
    """Return the first take number above all in the folder, whatever their suffix."""
    numbers = [0]
    if folder.is_dir():
        for path in folder.iterdir():
            base = path.name.split(".")[0] if "." in path.name else path.name
            found = _NUMBERED.search(path.stem) or _NUMBERED.search(base)
            if found and path.name.startswith(f"{stem}_take"):
                numbers.append(int(found[1]))
    return max(numbers) + 1


def movie_suffix(path: Path) -> str:
    """Return what the container is called: ``.mp4``, ``.mov``, ``.webm``, told by the file's first bytes."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"\x1aE\xdf\xa3":
        return ".webm"
    return ".mov" if head[8:12] == b"qt  " else ".mp4"


def give_name(part: Path, name: Path) -> bool:
    """
    Give the finished file its name, and return False where another file has it. Safe to repeat after a crash.

    The name appears in one step with all of its content behind it; a file that stands there is never touched.
    """
    sync_file(part)
    try:
        os.link(part, name)
    except FileExistsError:
        if not part.samefile(name):
            return False
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES}:
            raise
        # File systems without links (exFAT, some network drives): take the name first, then move over our own file.
        if not _take_empty(name):
            return False
        part.replace(name)
    part.unlink(missing_ok=True)
    sync_folder(name.parent)
    return True


def _take_empty(name: Path) -> bool:
    try:
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except FileExistsError:
        # An empty file under the name that the store gave to this job alone is ours, from before a crash.
        return name.stat().st_size == 0
    return True


def sync_file(path: Path) -> None:
    """Make sure that the file's content outlives a power cut."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make sure that the folder's names outlive a power cut, where the system has a way to."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
