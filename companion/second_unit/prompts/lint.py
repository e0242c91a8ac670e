"""
Reading a prompt the way a model will, before anything is spent.

Every finding is a warning that names the strip and the words; none stops a plan.

=================== ====================================================================
many-actions        more than two actions in one shot
no-camera           nothing says where the camera is or how it moves
no-sound            sound is generated and nothing says what is heard
hard-lighting       a hint: hard light on faces or hands with nothing to soften mistakes
unmentioned         a reference is attached and the written prompt never names it
missing-reference   the prompt names ``Image 4`` and there is none
unknown-name        the prompt names ``@nobody`` and nothing attached bears that name
too-long            longer than the model reads
short-window        a shot shorter than the model's least
=================== ====================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from second_unit.prompts.actions import find_actions
from second_unit.prompts.mentions import locate_labels, locate_mentions, nearest_name
from second_unit.prompts.references import names_reference
from second_unit.prompts.speech import split_speech
from second_unit.prompts.values import PromptReference, PromptShot, WrittenPrompt
from second_unit.prompts.vocabulary import find_word
from second_unit.shots import ReferenceKind
from second_unit.timeline import Prompt, Role, ShotWarning

MOST_ACTIONS = 2


def lint(
    shots: Sequence[PromptShot],
    references: Sequence[PromptReference],
    written: WrittenPrompt,
    *,
    most_characters: int,
    least_window_seconds: int,
) -> tuple[ShotWarning, ...]:
    """
    Return what is likely to go wrong with a prompt, shot by shot, then for the whole.

    Args:
        shots: what it was written from.
        references: those of the request, in the order sent.
        written: the prompt as it will be sent.
        most_characters: the longest prompt that the model reads.
        least_window_seconds: the model's shortest timed shot.
    """
    by_label = {reference.label: reference for reference in references}
    found: list[ShotWarning] = []
    for shot in shots:
        attached = [by_label[label] for label in shot.references if label in by_label]
        found += _count_actions(shot)
        found += _find_camera(shot, attached, written)
        found += _find_sound(shot, attached, written)
        found += _find_hard_light(shot, written)
        found += _find_missing(shot, references)
        found += _measure_window(shot, least_window_seconds)
    found += _find_unmentioned(references, written)
    found += _measure_length(shots, written, most_characters)
    return tuple(found)


def _count_actions(shot: PromptShot) -> Iterator[ShotWarning]:
    prompt = shot.prompt
    actions = find_actions(_narration(prompt.text, f"{prompt.subject.rstrip('.')} {prompt.action}"))
    if len(actions) > MOST_ACTIONS:
        yield ShotWarning(
            code="many-actions",
            strip=shot.strip,
            message=f"{len(actions)} actions in one shot: {_listed(actions)}.",
            remedy="Keep one or two, or split the strip.",
        )


def _find_camera(
    shot: PromptShot, attached: Sequence[PromptReference], written: WrittenPrompt
) -> Iterator[ShotWarning]:
    by_reference = any(
        reference.role is Role.CAMERA or (reference.source_kind == "scene" and reference.kind is ReferenceKind.VIDEO)
        for reference in attached
    )
    if not (shot.prompt.camera.strip() or by_reference or find_word("camera", _told(shot, written))):
        yield ShotWarning(
            code="no-camera",
            strip=shot.strip,
            message=f"Nothing says what the camera does in {_quoted(shot)}.",
            remedy="Fill the camera field: 'slow push-in, medium close-up', or 'static camera'.",
        )


def _find_sound(shot: PromptShot, attached: Sequence[PromptReference], written: WrittenPrompt) -> Iterator[ShotWarning]:
    is_heard = (
        any(reference.kind is ReferenceKind.AUDIO for reference in attached)
        or any(span.spoken for value in _fields(shot.prompt) for span in split_speech(value))
        or find_word("sound", _told(shot, written)) is not None
    )
    if written.generates_audio and not shot.prompt.audio.strip() and not is_heard:
        yield ShotWarning(
            code="no-sound",
            strip=shot.strip,
            message=f"Sound is generated and nothing says what is heard in {_quoted(shot)}.",
            remedy="Fill the audio field: 'distant traffic, no music', or 'silence'.",
        )


def _find_hard_light(shot: PromptShot, written: WrittenPrompt) -> Iterator[ShotWarning]:
    told = _told(shot, written)
    skin, light = find_word("skin", told), find_word("hard_light", told)
    if skin and light and not find_word("masking", told):
        yield ShotWarning(
            code="hard-lighting",
            strip=shot.strip,
            message=f"A hint: '{light}' on '{skin}' shows every mistake of the model.",
            remedy="Soften the light, or let rain, fog, night or dust help.",
        )


def _find_missing(shot: PromptShot, references: Sequence[PromptReference]) -> Iterator[ShotWarning]:
    """Find labels without a reference and ``@names`` without a cast member, each once a shot."""
    text = "\n".join(_fields(shot.prompt))
    labels = {reference.label for reference in references}
    cast = tuple(dict.fromkeys(reference.cast for reference in references if reference.cast))
    for label in dict.fromkeys(found.label for found in locate_labels(text) if found.label not in labels):
        yield ShotWarning(
            code="missing-reference",
            strip=shot.strip,
            message=f"The prompt says '{label}' and no such reference is attached.",
            remedy=f"Attached: {', '.join(labels_in_order(references))}." if references else "Nothing is attached.",
        )
    for name in dict.fromkeys(found.name for found in locate_mentions(text, cast) if not found.known):
        nearest = nearest_name(name, cast)
        yield ShotWarning(
            code="unknown-name",
            strip=shot.strip,
            message=f"The prompt says '@{name}' and nothing attached bears that name.",
            remedy=f"Did you mean '@{nearest}'?" if nearest else "Add it to the cast, with its media.",
        )


def labels_in_order(references: Sequence[PromptReference]) -> tuple[str, ...]:
    """Return the labels of the references as they are sent."""
    return tuple(reference.label for reference in references)


def _measure_window(shot: PromptShot, least: int) -> Iterator[ShotWarning]:
    length = shot.end_seconds - shot.start_seconds
    if length < least:
        yield ShotWarning(
            code="short-window",
            strip=shot.strip,
            message=f"The shot has {length} s; the model's shortest timed shot is {least} s.",
            remedy="Lengthen the strip, or join it with its neighbour.",
        )


def _find_unmentioned(references: Sequence[PromptReference], written: WrittenPrompt) -> Iterator[ShotWarning]:
    for reference in references:
        if not names_reference(written.text, reference.label, written.reference_name):
            yield ShotWarning(
                code="unmentioned",
                strip=reference.strips[0] if reference.strips else reference.name,
                message=f"{reference.label} ('{reference.name}') is attached and the prompt never names it.",
                remedy=f"Write '{reference.label}' where it belongs, or take the reference away.",
            )


def _measure_length(shots: Sequence[PromptShot], written: WrittenPrompt, most: int) -> Iterator[ShotWarning]:
    if len(written.text) <= most:
        return
    longest, text = max(zip(shots, written.shot_texts, strict=True), key=lambda pair: len(pair[1]))
    yield ShotWarning(
        code="too-long",
        strip=longest.strip,
        message=f"The prompt has {len(written.text):,} characters; the model reads {most:,}. "
        f"The longest shot is '{_shortened(text)}', {len(text):,} characters.",
        remedy=f"Shorten it by {len(written.text) - most:,} characters, or split the request.",
    )


def _fields(prompt: Prompt) -> tuple[str, ...]:
    return tuple(prompt.model_dump().values())


def _narration(*texts: str) -> str:
    """Return the texts without their spoken lines: what is said is not done."""
    told = ([span.text for span in split_speech(text) if not span.spoken] for text in texts if text.strip())
    return ". ".join(" ".join(spans) for spans in told)


def _told(shot: PromptShot, written: WrittenPrompt) -> str:
    return ". ".join(filter(None, [_narration(*_fields(shot.prompt)), written.look]))


def _quoted(shot: PromptShot) -> str:
    said = next((value for value in _fields(shot.prompt) if value.strip()), "")
    return f"'{_shortened(said)}'" if said else "a shot without words"


def _shortened(text: str, most: int = 60) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
