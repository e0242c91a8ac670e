"""
Names in prompts: ``@ana`` for the cast, ``Image 1`` for a reference by its label.

Models read plain text; nothing of this is syntax to them. So every name is found here, once, and written the way the
model knows it (``references.py``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

# Scripts written without spaces between words, and Hangul, whose particles cling to the name: 看见@小明走过来.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Han
    (0xAC00, 0xD7AF),  # Hangul
    (0xF900, 0xFAFF),  # Han, compatibility
    (0x20000, 0x3FFFF),  # Han, extensions
)
_JOINERS = "\u200c\u200d"  # inside Persian and Indian words
_LABEL = re.compile(
    r"(?<![A-Za-z0-9_.@＠])(?P<open>\[)?[@＠]?(?P<kind>image|video|audio)[ \u00a0]?(?P<number>[0-9]{1,3})(?(open)\])"
    r"(?![A-Za-z0-9_])(?!\.[0-9])"
    r"|(?P<han>图片|图像|圖片|视频|視頻|音频|音頻) ?(?P<han_number>[0-9]{1,3})(?![0-9])",
    re.IGNORECASE,
)
_HAN_KINDS = {"图": "image", "圖": "image", "视": "video", "視": "video", "音": "audio"}


class Mention(NamedTuple):
    """A ``@name`` in a text: where it stands (the ``@`` included) and the name as it is to be understood."""

    start: int
    end: int
    name: str
    known: bool


class Label(NamedTuple):
    """A reference's label in a text, however it was typed: ``Image 1`` for ``@image1``, ``[Image 1]`` or ``图片1``."""

    start: int
    end: int
    label: str


def find_mentions(text: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """
    Return the names after ``@`` in a text, each once, in order.

    Args:
        text: whatever the editor typed. An ``@`` inside an e-mail address is no mention, nor is a label (``@Image 1``).
        names: the cast. Where given, a mention of one of them comes back in the cast's own spelling (``@Ana`` for
            ``ana``), and a name in a script without spaces is found where it ends (``@小明走`` for ``小明``).
    """
    return tuple(dict.fromkeys(mention.name for mention in locate_mentions(text, names)))


def locate_mentions(text: str, names: Iterable[str] = ()) -> Iterator[Mention]:
    """Yield each mention with its place in the text; see :func:`find_mentions`."""
    cast = tuple(names)
    labels = {label.start for label in locate_labels(text)}
    for found in re.finditer("[@＠]", text):
        start = found.start()
        if start in labels or _in_address(text, start):
            continue
        run = _name_at(text, start + 1)
        if run:
            typed, name = _resolve(run, cast)
            yield Mention(start, start + 1 + len(typed), name or typed, name is not None)


def locate_labels(text: str) -> Iterator[Label]:
    """Yield each label of a reference in the text, written as the plan writes it: ``Image 1``."""
    for found in _LABEL.finditer(text):
        kind = found["kind"] or _HAN_KINDS[found["han"][0]]
        number = int(found["number"] or found["han_number"])
        yield Label(found.start(), found.end(), f"{kind.capitalize()} {number}")


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant: the closest in spelling, upper and lower case alike; None if none is."""
    by_fold = {fold(candidate): candidate for candidate in names}
    close = get_close_matches(fold(name), list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def fold(name: str) -> str:
    """Return the form in which names are compared: case and the way accents are coded make no difference."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _in_address(text: str, at: int) -> bool:
    if at == 0:
        return False
    before = text[at - 1]
    return before in "@＠" or (_is_name_character(before) and not is_unspaced(before))


def _name_at(text: str, start: int) -> str:
    end = start
    while end < len(text) and (_is_name_character(text[end]) or text[end] in "-" + _JOINERS):
        end += 1
    run = text[start:end].rstrip("-" + _JOINERS)
    return run if _is_name_character(run[:1]) and not unicodedata.category(run[0]).startswith("M") else ""


def _resolve(run: str, cast: tuple[str, ...]) -> tuple[str, str | None]:
    """Return what of the run is the name as typed, and the cast's spelling of it (None: not of the cast)."""
    spelled = {name: name for name in cast}
    folded = {fold(name): name for name in reversed(cast)}
    for typed in _readings(run):
        name = spelled.get(typed) or folded.get(fold(typed))
        if name is not None:
            return typed, name
    return run, None


def _readings(run: str) -> Iterator[str]:
    """Yield the run, then what is left of it when a hyphen or a script without spaces lets the name end earlier."""
    yield run
    for end in range(len(run) - 1, 0, -1):
        if run[end] == "-" or is_unspaced(run[end]):
            yield run[:end]


def _is_name_character(character: str) -> bool:
    return character == "_" or unicodedata.category(character or " ")[0] in "LMN"


def is_unspaced(character: str) -> bool:
    """Tell whether a character belongs to a script that doesn't part its words by spaces."""
    return any(first <= ord(character) <= last for first, last in _UNSPACED)
