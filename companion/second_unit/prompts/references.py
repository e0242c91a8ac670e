"""
Introducing references: each is defined once, in words, at the head of the prompt.

A model sees numbered media and plain text. What binds the two is a sentence a reference: what it is, what to take from
it, and what to leave (guides of Seedance 2.0 and 2.5, read 2026-11-22: a role and an exclusion each, never "Images 1–4
are four people").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from second_unit.prompts.mentions import Label, Mention, locate_labels, locate_mentions
from second_unit.prompts.speech import split_speech
from second_unit.prompts.values import PromptReference
from second_unit.shots import ReferenceKind
from second_unit.timeline import Role


class RoleWords(NamedTuple):
    """
    How a role is told.

    Args:
        statement: what the reference is, after its name.
        take: what to take from it.
        leave: what to leave, unless the editor said it.
        use: how a shot that doesn't mention the reference says that it uses it; ``{}`` is the reference.
    """

    statement: str
    take: str
    leave: str
    use: str


ROLE_WORDS: dict[Role, RoleWords] = {
    Role.FIRST_FRAME: RoleWords("is the first frame", "Start on exactly this picture", "", ""),
    Role.LAST_FRAME: RoleWords("is the last frame", "End on exactly this picture", "", ""),
    Role.CHARACTER: RoleWords(
        "shows a character", "Keep this appearance in every detail", "Do not use its background", "With {}"
    ),
    Role.STYLE: RoleWords(
        "sets the style",
        "Take its palette, light and texture",
        "Do not use its content: none of its people, things or places",
        "In the style of {}",
    ),
    Role.COMPOSITION: RoleWords(
        "sets the composition",
        "Take its framing and where things stand",
        "Do not use its style or its people",
        "Composed like {}",
    ),
    Role.MOTION: RoleWords(
        "sets the movement",
        "Take its paths, timing and gestures",
        "Do not use its people, places or style",
        "Movement as in {}",
    ),
    Role.CAMERA: RoleWords(
        "sets the camera",
        "Take the camera's move, framing and speed",
        "Do not use its people, places or style",
        "Camera as in {}",
    ),
    Role.SOUNDTRACK: RoleWords("is the music", "Keep its rhythm and mood", "", "Music: {}"),
    Role.VOICE: RoleWords("is a voice", "Take its timbre, accent and pace", "Do not use its words", "Voice: {}"),
    Role.AMBIENCE: RoleWords("is the background sound", "Keep it under the scene", "", "Background sound: {}"),
}
_BLOCKOUT = RoleWords(
    "is a coarse blockout",
    "Take only paths, blocking, camera and cuts from it",
    "Do not use its look, surfaces or setting",
    "Follow the blockout {}",
)
_BLOCKOUT_STILL = RoleWords(
    "is a still of a coarse blockout",
    "Take only the framing and where things stand",
    "Do not use its look, surfaces or setting",
    "Framed like the blockout {}",
)
_NO_SENTENCE = re.compile(
    r"(?i)(do not|don.t|never|no|not|none|without|avoid|ignore|leave|exclude|only|keep|use|take)\b|[^\x00-\x7f]"
)
_SENTENCE_ENDS = ".!?…。！？।؟։።"


def words_for(reference: PromptReference) -> RoleWords:
    """Return how the reference is told: by its role, and a scene's playblast as a blockout."""
    guides = reference.role in {Role.MOTION, Role.CAMERA, Role.COMPOSITION}
    if reference.source_kind != "scene" or not guides:
        return ROLE_WORDS[reference.role]
    return _BLOCKOUT if reference.kind is ReferenceKind.VIDEO else _BLOCKOUT_STILL


def write_label(label: str, reference_name: str) -> str:
    """
    Return the label as a model wants it: ``"Image 1"`` by ``"[{kind}{n}]"`` is ``[Image1]``.

    Args:
        label: kind and number, as the plan counts them.
        reference_name: with ``{kind}`` (``Image``) or ``{kind_lower}`` (``image``) and ``{n}``; other braces are text.
    """
    kind, _, number = label.rpartition(" ")
    filled = reference_name.replace("{kind_lower}", kind.lower()).replace("{kind}", kind)
    return filled.replace("{n}", number)


def names_reference(text: str, label: str, reference_name: str) -> bool:
    """Tell whether the text names that reference: ``Image 1`` stands in ``Image 1's``, not in ``Image 12``."""
    token = re.escape(write_label(label, reference_name))
    return re.search(rf"(?<![A-Za-z0-9_]){token}(?![0-9])", text) is not None


class Speller:
    """
    Writes the editor's words as a model must read them.

    Args:
        references: those of the request, in the order sent.
        reference_name: how the model wants them named.
    """

    def __init__(self, references: Sequence[PromptReference], reference_name: str) -> None:
        self._reference_name = reference_name
        self._labels = {reference.label: write_label(reference.label, reference_name) for reference in references}
        self._cast: dict[str, list[PromptReference]] = {}
        for reference in references:
            if reference.cast:
                self._cast.setdefault(reference.cast, []).append(reference)

    def token(self, label: str) -> str:
        """Return a label of the request as the model wants it."""
        return self._labels[label]

    def names(self, text: str, label: str) -> bool:
        """Tell whether a written text names that reference."""
        return names_reference(text, label, self._reference_name)

    def spell(self, text: str) -> str:
        """
        Return the text on one line, with cast names and labels as the model knows them, speech in straight quotes.

        A name inside a spoken line stays a name: nobody says "Hello, Image 1".
        """
        flat = " ".join(text.split())
        spans = [f'"{self._speak(span.text)}"' if span.spoken else self._name(span.text) for span in split_speech(flat)]
        return "".join(spans)

    def _speak(self, line: str) -> str:
        return _replace(line, [(found.start, found.end, found.name) for found in locate_mentions(line, self._cast)])

    def _name(self, text: str) -> str:
        mentions = [
            (found.start, found.end, self._mentioned(found, text)) for found in locate_mentions(text, self._cast)
        ]
        labels = [
            (found.start, found.end, self._labels[found.label])
            for found in locate_labels(text)
            if found.label in self._labels and not _inside(found, mentions)
        ]
        return _replace(text, sorted(mentions + labels))

    def _mentioned(self, mention: Mention, text: str) -> str:
        """Return one picture's own name; of a member with several media, or a voice, the cast name with them all."""
        members = self._cast.get(mention.name, [])
        if not members:
            return mention.name
        tokens = [self._labels[member.label] for member in members]
        is_seen = len(members) == 1 and members[0].kind is not ReferenceKind.AUDIO
        gap = " " if text[mention.end : mention.end + 1].isdigit() else ""
        return (tokens[0] if is_seen else f"{mention.name} ({', '.join(tokens)})") + gap


def _inside(label: Label, places: list[tuple[int, int, str]]) -> bool:
    return any(start < label.end and label.start < end for start, end, _ in places)


def _replace(text: str, places: list[tuple[int, int, str]]) -> str:
    pieces, at = [], 0
    for start, end, words in places:
        pieces += [text[at:start], words]
        at = end
    return "".join([*pieces, text[at:]])


def sentence(text: str) -> str:
    """Return the text with a full stop, unless it ends a sentence already; empty stays empty."""
    trimmed = text.strip()
    bare = trimmed.rstrip("\"'»”’)]】」』 ")
    return trimmed if not trimmed or (bare or trimmed)[-1] in _SENTENCE_ENDS else f"{trimmed.rstrip(',;:，；：、')}."


def introduce(
    reference: PromptReference, speller: Speller, *, where: str = "", holds: str = "", again: bool = False
) -> str:
    """
    Return the sentences that define one reference.

    Args:
        reference: what to define.
        speller: writes its label and the editor's words.
        where: for first and last frames, of what: ``"of Shot 2"``.
        holds: ``"in every shot"`` where all of several shots use it.
        again: it is a further picture of a cast member that was introduced before.
    """
    words = words_for(reference)
    token = speller.token(reference.label)
    pieces = [_statement(reference, words, token, again=again), where, holds]
    statement = " ".join(piece for piece in pieces if piece)
    told = "" if again else speller.spell(reference.description)
    head = f"{statement}: {told}" if told else statement
    return " ".join(
        filter(None, [sentence(head), sentence(words.take), sentence(_left_out(reference, words, speller))])
    )


def _statement(reference: PromptReference, words: RoleWords, token: str, *, again: bool) -> str:
    name = reference.cast
    if name is None:
        return f"{token} {words.statement}"
    match reference.role:
        case Role.CHARACTER:
            return f"{token} is {name} too" if again else f"{token} is {name}"
        case Role.VOICE:
            return f"{token} is the voice of {name}"
        case _:
            return f"{token} ({name}) {words.statement}"


def _left_out(reference: PromptReference, words: RoleWords, speller: Speller) -> str:
    typed = speller.spell(reference.exclusion)
    if not typed:
        return words.leave
    return typed if _NO_SENTENCE.match(typed) else f"Do not use {typed}"
