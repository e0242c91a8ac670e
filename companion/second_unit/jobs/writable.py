"""See that a takes folder can be written, at the moment somebody orders: sooner than the worker could say so."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

from second_unit.errors import ReadOnlyFolder


def require_writable(folder: Path) -> None:
    """
    Make the folder, and write and remove a file in it.

    Raises:
        ReadOnlyFolder: it can't be made or written; nothing was ordered.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as trial:
            trial.write(b"\0")
    except OSError as error:
        raise ReadOnlyFolder(
            f"The takes folder {folder} can't be written: {error.strerror or error}.",
            remedy="Make it writable, or choose another. Nothing was ordered.",
        ) from error
