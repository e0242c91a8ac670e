"""What a prompt is written from, and what it is once it is written."""

from __future__ import annotations

from typing import Literal

from second_unit.shots import ReferenceKind
from second_unit.timeline import Prompt, Role, Value


class PromptShot(Value):
    """
    One timed shot of a request.

    Args:
        name: the shot's name, for people.
        start_seconds, end_seconds: its window in what will come back, whole seconds; windows follow one another.
        prompt: what happens.
        strips: the names of the strips it was made from.
        references: labels (``"Image 1"``) of the references that this shot uses.
    """

    name: str
    start_seconds: int
    end_seconds: int
    prompt: Prompt
    strips: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def strip(self) -> str:
        """The strip that a warning about this shot names."""
        return self.strips[0] if self.strips else self.name


class PromptReference(Value):
    """
    A reference as the prompt must introduce it.

    Args:
        label: kind and number as the plan counts them: ``"Image 1"``.
        kind: image, video or audio.
        role: what the model should take from it.
        name: what to call it to the user; never written into the prompt.
        cast: the cast name that stands for it in prompts, without the ``@``.
        description: a line about what it shows.
        exclusion: what must not be taken from it; empty takes the role's own.
        strips: the names of the strips that use it.
        source_kind: ``"scene"`` for a playblast, which is introduced as a blockout.
    """

    label: str
    kind: ReferenceKind
    role: Role
    name: str = ""
    cast: str | None = None
    description: str = ""
    exclusion: str = ""
    strips: tuple[str, ...] = ()
    source_kind: Literal["file", "sequence", "scene", "strip"] = "file"


class WrittenPrompt(Value):
    """
    A prompt as it will be sent.

    Args:
        text: all of it.
        shot_texts: each shot's words without its mark, in order.
        look: the words that hold for every shot, as they stand in the text.
        generates_audio: whether it was written for a model that makes sound.
        reference_name: how references are named in it.
    """

    text: str
    shot_texts: tuple[str, ...]
    look: str = ""
    generates_audio: bool = True
    reference_name: str = "{kind} {n}"
