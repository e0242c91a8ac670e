"""
Small pictures of takes: a frame from the middle of the shot, for a movie of several shots begins with another one.

A child Python writes them, one after another, beside the job store; each is written once.
"""

from __future__ import annotations

from pathlib import Path

from .. import later
from ..settings import errands
from ..watching import session
from ..watching.shot_takes import KnownTake
from .thumbnails import thumbnail

MOST_PIXELS = 256


class _Known:
    """Which pictures are there, which couldn't be made, and which are still to be made."""

    here: set[Path] = set()
    failed: set[Path] = set()
    waiting: dict[Path, KnownTake] = {}
    made_now: Path | None = None


def poster(take: KnownTake) -> int:
    """Return a take's icon for drawing; 0 while there is none: it is asked for, and drawn when it is there."""
    path = poster_path(take)
    if path in _Known.here:
        return thumbnail(path)
    if path in _Known.failed:
        return thumbnail(take.file)
    later.soon(("poster", path), lambda: ask_for(take))
    return 0


def poster_path(take: KnownTake) -> Path:
    """Return where a take's picture is kept."""
    return session.store().parent / "posters" / f"{take.job}_{round(take.middle_seconds * 1000)}.png"


def ask_for(take: KnownTake) -> None:
    """Have a take's picture made, unless it is there."""
    path = poster_path(take)
    if path.is_file():
        _Known.here.add(path)
        return
    _Known.waiting[path] = take
    _make_next()


def _make_next() -> None:
    if _Known.made_now is not None or not _Known.waiting:
        return
    path, take = next(iter(_Known.waiting.items()))
    del _Known.waiting[path]
    _Known.made_now = path
    program = ("-m", "second_unit.media.still")
    errands.send([*program, str(take.file), str(take.middle_seconds), str(path), str(MOST_PIXELS)], _made)


def _made(code: int, _said: str) -> None:
    path, _Known.made_now = _Known.made_now, None
    if path is not None:
        (_Known.failed if code else _Known.here).add(path)
    later.redraw()
    _make_next()


def register() -> None:
    """Nothing was looked for yet."""


def unregister() -> None:
    """Make no more of them."""
    for each in (_Known.here, _Known.failed, _Known.waiting):
        each.clear()
    _Known.made_now = None
