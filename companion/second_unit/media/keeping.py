"""Keeping what was prepared: named by content and recipe, made once, whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from second_unit.errors import MediaError, MissingMedia

_WHOLE_BYTES = 64_000_000
_SAMPLE_BYTES = 262_144
_SAMPLES = 64
_locks: dict[Path, threading.Lock] = {}
_locks_guard = threading.Lock()


def content_mark(path: Path) -> str:
    """
    Return what tells a file's content from another's, in the same short time however long the file is.

    Up to 64 MB it is the SHA-256 of all of it. Beyond, of its size, its time of change and 64 samples of it: a trim of
    a four-hour file must not cost the reading of four hours.
    """
    try:
        size = path.stat()
        with path.open("rb") as file:
            if size.st_size <= _WHOLE_BYTES:
                return hashlib.file_digest(file, "sha256").hexdigest()
            digest = hashlib.sha256(f"{size.st_size} {size.st_mtime_ns}".encode())
            for number in range(_SAMPLES):
                file.seek((size.st_size - _SAMPLE_BYTES) * number // (_SAMPLES - 1))
                digest.update(file.read(_SAMPLE_BYTES))
            return digest.hexdigest()
    except FileNotFoundError as error:
        raise MissingMedia(f"The file '{path}' isn't there.", remedy="Find it, or remove its strip.") from error


def keep(folder: Path, contents: list[str], recipe: dict[str, Any], suffix: str, make: Callable[[Path], None]) -> Path:
    """
    Return the file that ``recipe`` makes of ``contents``, made now unless it was made before.

    Two threads that want the same one wait for each other; two processes both make it, and the later replaces the
    earlier by the same.

    Args:
        folder: where such files are kept; made where it isn't there.
        contents: a :func:`content_mark` for each source file.
        recipe: everything that changes what is made, as plain data.
        suffix: ``".mp4"``.
        make: writes the file under the temporary name that it is given, which has the suffix too.

    Raises:
        MediaError: the folder can't be written, or the disk is full.
    """
    told = json.dumps([contents, recipe], sort_keys=True, default=str).encode()
    kept = folder / f"{hashlib.sha256(told).hexdigest()[:32]}{suffix}"
    with _lock_of(kept):
        if kept.is_file():
            return kept
        part = kept.with_name(f".{kept.stem}.{os.getpid()}.part{suffix}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            make(part)
            part.replace(kept)
        except OSError as error:
            raise MediaError(
                f"A reference can't be prepared in '{folder}': {error.strerror or error}.",
                remedy="Make room there, or make it writable.",
                retry=True,
            ) from error
        finally:
            part.unlink(missing_ok=True)
    return kept


def _lock_of(path: Path) -> threading.Lock:
    with _locks_guard:
        return _locks.setdefault(path, threading.Lock())
