"""Looking up the words of ``vocabulary.toml`` in a prompt, whatever language it is written in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal

from second_unit.prompts.mentions import is_unspaced

Subject = Literal["camera", "sound", "skin", "hard_light", "masking", "sequence"]

# "The face" is a face; "the houses face the sea" and "hand-held" are not.
_SKIN = (
    r"(?<!\w)(?:his|her|their|its|the|an?|my|our|each|of|\w+['’]s?) (?:\w+ )?"
    r"(?:face|hands?|fingers?|palms?|cheeks?|skin)(?![\w-]| (?:the|toward\w*|each|away|up|down|off|out|held)\b)"
)


def find_word(subject: Subject, text: str) -> str | None:
    """Return the first word in the text that speaks of the subject, as it was typed, or None."""
    return next(iter(find_words(subject, text)), None)


def find_words(subject: Subject, text: str) -> tuple[str, ...]:
    """Return every word in the text that speaks of the subject, as typed, in order."""
    # Lower case letter by letter, so that places stay the same; far quicker than a search that ignores case.
    lowered = "".join(lower if len(lower := letter.lower()) == 1 else letter for letter in text)
    return tuple(text[found.start() : found.end()] for found in _pattern(subject).finditer(lowered))


@cache
def action_verbs() -> frozenset[str]:
    """Return the English verbs of doing, in their base form, some with the word that must follow (``"sit down"``)."""
    return frozenset(_words("actions"))


@cache
def _pattern(subject: Subject) -> re.Pattern[str]:
    words = sorted((word.lower() for word in _words(subject)), key=len, reverse=True)
    spaced = _any_of(word for word in words if not is_unspaced(word[0]))
    inside = _any_of(word for word in words if is_unspaced(word[0]))
    # In scripts without spaces a word may stand inside a run of letters; elsewhere it stands alone.
    alternatives = [rf"(?<!\w)(?:{spaced})(?!\w)", inside, _SKIN if subject == "skin" else ""]
    return re.compile("|".join(filter(None, alternatives)))


def _any_of(words: Iterable[str]) -> str:
    """Return an expression for any of the words, parted by first letter: tried letter by letter it takes a tenth."""
    by_letter: dict[str, list[str]] = {}
    for word in words:
        by_letter.setdefault(word[0], []).append(_expression(word[1:]))
    return "|".join(f"{re.escape(letter)}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())


def _words(table: str) -> list[str]:
    lists = _vocabulary()[table].values()
    return [" ".join(word.split()) for words in lists for word in words.split(",") if word.strip()]


@cache
def _vocabulary() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("second_unit.prompts").joinpath("vocabulary.toml").read_text("utf-8"))


def _expression(word: str) -> str:
    return re.escape(word).replace(r"\*", r"\w*").replace(r"\-", "[- ]?").replace(r"\ ", r"\s+")
