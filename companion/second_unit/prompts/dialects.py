"""
How models want timed shots written.

======== ============================ ================================================================
markers  ``[0-3s] …`` ``[3-6s] …``    the form of the Seedance 2.0 announcement
numbered ``Shot 1: …``                the 2.0 guide: order of events, no seconds
windows  ``Shot 1 [0:00-0:03] - …``   the 2.5 guide (2607689): whole seconds, no gaps, as budgets
======== ============================ ================================================================

The 2.0 guide (82379/2222480) calls exact seconds unsteady although its own demonstration uses them; which dialect a
model gets is the catalog's word, and can be overridden. Read 2026-11-22.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """
    One way to write timed shots.

    Args:
        before: what stands before a shot's words.
        name: how other sentences speak of that shot.
        tells_time: whether the seconds appear in the text.

    Both may hold ``{number}`` (1 first), ``{start}`` and ``{end}`` (whole seconds), ``{from}`` and ``{to}`` (the same
    as minutes and seconds).
    """

    before: str
    name: str
    tells_time: bool

    def mark(self, number: int, start: int, end: int) -> str:
        """Return what stands before the words of that shot."""
        return self.before.format_map(_places(number, start, end))

    def refer(self, number: int, start: int, end: int) -> str:
        """Return how other sentences speak of that shot."""
        return self.name.format_map(_places(number, start, end))


def _places(number: int, start: int, end: int) -> dict[str, int | str]:
    return {"number": number, "start": start, "end": end, "from": clock(start), "to": clock(end)}


def clock(seconds: int) -> str:
    """Return minutes and seconds: ``1:05`` for 65."""
    return f"{seconds // 60}:{seconds % 60:02}"


DIALECTS: dict[str, Dialect] = {
    "markers": Dialect("[{start}-{end}s] ", name="the segment {start}-{end}s", tells_time=True),
    "numbered": Dialect("Shot {number}: ", name="Shot {number}", tells_time=False),
    "windows": Dialect("Shot {number} [{from}-{to}] - ", name="Shot {number}", tells_time=True),
}
