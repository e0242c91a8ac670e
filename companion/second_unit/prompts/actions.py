"""
Counting the actions of a shot.

A model gives one window one action, two at a push; what is over is rushed or dropped. Counting needs no grammar: of the
verbs that people use for doing something, those that stand where a verb stands.

>>> find_actions("A woman in a red coat enters, sits down, opens the letter and burns it.")
('enters', 'sits down', 'opens', 'burns')
>>> find_actions("The waves of a walk along the turn of the road; she stands still.")
()
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from second_unit.prompts.vocabulary import action_verbs, find_words

_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|[.,;:!?—–()]")
# What the camera does is no action of the shot's; its clause ends where another subject begins.
_CAMERA_CLAUSE = re.compile(
    r"\b(?:(?:camera|lens|shot|frame|view|drone)\b(?! (?:operator|man|woman|crew|bag))"
    r"|we (?:follow|move|push|pull|drift|track|fly|glide|pan|tilt|zoom|orbit|circle)\b)"
    r".*?(?=[.;!?]|(?:,|,? and| while| as) (?:the|an?|s?he|they|his|her|@\w+) | who |$)",
    re.IGNORECASE,
)
_NUMBERS = "two three four five six seven eight nine ten many few several"
_PREPOSITIONS = (
    "of with in at on by for from into onto under over through across along between behind near without than like as to"
)
_DETERMINERS = "a an the this that these those his her its their my our your no some any each every another first last"
_QUALITIES = "slow quick long short big small great little gentle sudden final"
# Before a noun, never before a finite verb.
_BEFORE_NOUN = frozenset(f"{_NUMBERS} {_PREPOSITIONS} {_DETERMINERS} {_QUALITIES}".split())
_BEFORE_BASE = frozenset({"and", "then", "they", "we", "you", "who", "people", "men", "women", "children", ",", "both"})
_BEFORE_PARTICIPLE = frozenset({"is", "are", "begins", "starts", "then", "before", "after"})
_SENTENCE_ENDS = frozenset(".;:!?—–()")


def find_actions(text: str) -> tuple[str, ...]:
    """
    Return the actions of a text as they were typed, in order; spoken lines must have been taken out.

    English verbs are known by name. In any language "and then" parts one action from the next; where that makes more,
    those words are returned, with an ellipsis for what comes before the first.
    """
    told = _CAMERA_CLAUSE.sub("", text)
    verbs = tuple(_verbs(_WORD.findall(told)))
    steps = find_words("sequence", told)
    return ("…", *steps) if steps and len(steps) >= len(verbs) else verbs


def _verbs(words: list[str]) -> Iterator[str]:
    """Yield the words that stand as verbs, with the particle that makes them one ("sits down")."""
    for at, word in enumerate(words):
        before = words[at - 1].casefold() if at else "."
        after = words[at + 1].casefold() if at + 1 < len(words) else "."
        for base, form in _forms(word.casefold()):
            with_particle = f"{base} {after}" in action_verbs()
            if (with_particle or base in action_verbs()) and _stands_as_verb(form, before, after):
                yield f"{word} {after}" if with_particle else word
                break


def _forms(word: str) -> Iterator[tuple[str, str]]:
    """Yield what the word may be a form of: ``catches`` of ``catch`` in "s", ``running`` of ``run`` in "ing"."""
    yield word, "base"
    for ending, instead in (("s", ""), ("es", ""), ("ies", "y")):
        if word.endswith(ending):
            yield word.removesuffix(ending) + instead, "s"
    if word.endswith("ing"):
        stem = word.removesuffix("ing")
        yield from ((base, "ing") for base in (stem, f"{stem}e", stem[:-1]))


def _stands_as_verb(form: str, before: str, after: str) -> bool:
    opens = before in _SENTENCE_ENDS
    match form:
        case "s":
            return before not in _BEFORE_NOUN and not opens and after not in {"of", "are", "is"}
        case "base":
            is_plural = before.endswith("s") and before not in _BEFORE_NOUN and not before.endswith(("ss", "'s", "’s"))
            return before in _BEFORE_BASE or is_plural or (opens and after in _BEFORE_NOUN)
        case _:
            return before in _BEFORE_PARTICIPLE
