"""What must be known of a half-fetched film to go on with it: kept in a small file beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mark:
    """
    How to recognise the film: the server's validator (an ETag or a date) and its length.

    Args:
        validator: sent back in ``If-Range``: the server goes on only if the film is still this one (RFC 9110 §13.1.5).
    """

    validator: str
    total: int | None

    @classmethod
    def of(cls, etag: str, last_modified: str, total: int | None) -> Mark | None:
        """Return the mark of an answer; None where its film couldn't be recognised again."""
        # A weak ETag means "much the same", and If-Range must not be given one.
        validator = etag if etag.startswith('"') else last_modified
        # No header of theirs is written back into a request with anything but plain characters in it.
        readable = 0 < len(validator) <= 256 and validator.isascii() and validator.isprintable()
        return cls(validator, total) if readable else None


def mark_path(film: Path) -> Path:
    """Return where a film's mark is kept while it is being fetched."""
    return film.with_name(film.name + ".resume")


def read_mark(film: Path) -> Mark | None:
    """Return the mark of a half-fetched film; None where there is none that can be read."""
    try:
        told = json.loads(mark_path(film).read_text(encoding="utf-8"))
        return Mark(str(told["validator"]), None if told["total"] is None else int(told["total"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_mark(film: Path, mark: Mark | None) -> None:
    """Keep a mark, or see to it that there is none."""
    if mark is None:
        forget_mark(film)
    else:
        mark_path(film).write_text(json.dumps(asdict(mark)), encoding="utf-8")


def forget_mark(film: Path) -> None:
    """Remove a film's mark: it is whole, or starts again."""
    mark_path(film).unlink(missing_ok=True)
