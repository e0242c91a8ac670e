"""
Writing the prompt of one request.

>>> ana = PromptReference(label="Image 1", kind="image", role="character", cast="ana", description="in a red raincoat")
>>> shot = PromptShot(name="SH010", start_seconds=0, end_seconds=3, prompt=Prompt(text="@ana waits", camera="static"))
>>> print(write_prompt([shot], [ana], dialect="markers", reference_name="{kind} {n}").text)
Image 1 is ana: in a red raincoat. Keep this appearance in every detail. Do not use its background.
Image 1 waits. Camera: static.
"""

from __future__ import annotations

from collections.abc import Sequence

from second_unit.errors import BadRange
from second_unit.prompts.dialects import DIALECTS, Dialect
from second_unit.prompts.references import Speller, introduce, sentence, words_for
from second_unit.prompts.speech import language_of, languages_named, split_speech
from second_unit.prompts.values import PromptReference, PromptShot, WrittenPrompt
from second_unit.timeline import Prompt, Role

__all__ = ["PromptReference", "PromptShot", "WrittenPrompt", "write_prompt"]


def write_prompt(
    shots: Sequence[PromptShot],
    references: Sequence[PromptReference],
    *,
    dialect: str,
    reference_name: str,
    look: str = "",
    generates_audio: bool = True,
) -> WrittenPrompt:
    """
    Return the text of a request; the same order always gives the same text.

    First the look, once; then each reference, once; then the shots, each with its mark. A request of one shot needs no
    mark.

    Args:
        shots: in order, their windows following one another from 0.
        references: in the order sent.
        dialect: a key of :data:`~second_unit.prompts.dialects.DIALECTS`.
        reference_name: how the model wants a reference named: ``"{kind} {n}"``.
        look: words that hold for every shot.
        generates_audio: False leaves the audio field out.

    Raises:
        KeyError: no such dialect.
        BadRange: the windows leave a gap, overlap or don't start at 0.
    """
    style = DIALECTS[dialect]
    _check_windows(shots)
    speller = Speller(references, reference_name)
    whole = _everything_said(shots)
    texts = [_write_shot(shot, speller, whole=whole, generates_audio=generates_audio) for shot in shots]
    if len(shots) > 1:
        some = [reference for reference in references if not _holds_everywhere(reference, shots)]
        texts = [_say_uses(text, shot, some, speller) for text, shot in zip(texts, shots, strict=True)]
    look_line = sentence(f"Look: {speller.spell(look)}") if look.strip() else ""
    head = [look_line, *_introductions(references, shots, speller, style)]
    body = [
        _mark(number, shot, shots, style) + text
        for number, (shot, text) in enumerate(zip(shots, texts, strict=True), 1)
    ]
    text = "\n".join(line for line in [*head, *body] if line)
    return WrittenPrompt(
        text=text,
        shot_texts=tuple(texts),
        look=look_line,
        generates_audio=generates_audio,
        reference_name=reference_name,
    )


def _check_windows(shots: Sequence[PromptShot]) -> None:
    expected = 0
    for shot in shots:
        if shot.start_seconds != expected or shot.end_seconds <= shot.start_seconds:
            raise BadRange(
                f"Shot '{shot.name}' has the window {shot.start_seconds}–{shot.end_seconds} s where one from "
                f"{expected} s was due.",
                remedy="Windows must follow one another without a gap: plan the shots again.",
                strip=shot.strip,
            )
        expected = shot.end_seconds


def _everything_said(shots: Sequence[PromptShot]) -> str:
    return "\n".join(value for shot in shots for value in shot.prompt.model_dump().values())


def _mark(number: int, shot: PromptShot, shots: Sequence[PromptShot], style: Dialect) -> str:
    return style.mark(number, shot.start_seconds, shot.end_seconds) if len(shots) > 1 else ""


def _write_shot(shot: PromptShot, speller: Speller, *, whole: str, generates_audio: bool) -> str:
    """Return a shot's six fields in the order that models want: what happens, camera, setting, light, sound."""
    prompt = shot.prompt
    named = languages_named(prompt.audio)
    lines = [_happening(prompt, speller)]
    for title, value in (("Camera", prompt.camera), ("Setting", prompt.environment), ("Light", prompt.lighting)):
        lines.append(_titled(title, value, speller))
    if generates_audio:
        lines.append(_titled("Sound", prompt.audio, speller))
    return " ".join(_name_languages(line, whole, named) for line in lines if line)


def _happening(prompt: Prompt, speller: Speller) -> str:
    """Return subject and action as one sentence where they read as one; free text, which stands for both, first."""
    text, subject, action = (speller.spell(value) for value in (prompt.text, prompt.subject, prompt.action))
    reads_on = subject and action and not action[0].isupper()
    pair = [f"{subject.rstrip('.')} {action}"] if reads_on else [subject, action]
    return " ".join(sentence(line) for line in [text, *pair] if line)


def _titled(title: str, value: str, speller: Speller) -> str:
    spelled = speller.spell(value)
    said_already = spelled.casefold().startswith(f"{title.casefold()}:")
    return sentence(spelled if said_already or not spelled else f"{title}: {spelled}")


def _name_languages(line: str, whole: str, named: tuple[str, ...]) -> str:
    """Name the language after each spoken line, unless the narration around it does."""
    spans = split_speech(line)
    narration = " ".join(span.text for span in spans if not span.spoken)
    if languages_named(narration):
        return line
    pieces = []
    for span in spans:
        language = language_of(span.text, whole) or (named[0] if len(named) == 1 else None) if span.spoken else None
        quoted = f'"{span.text}"' if span.spoken else span.text
        pieces.append(f"{quoted} (in {language})" if language else quoted)
    return "".join(pieces)


def _introductions(
    references: Sequence[PromptReference], shots: Sequence[PromptShot], speller: Speller, style: Dialect
) -> list[str]:
    lines, introduced = [], set()
    for reference in references:
        who = (reference.cast, reference.role)
        again = reference.cast is not None and who in introduced
        introduced.add(who)
        where, holds = _reach(reference, shots, style)
        lines.append(introduce(reference, speller, where=where, holds=holds, again=again))
    return lines


def _reach(reference: PromptReference, shots: Sequence[PromptShot], style: Dialect) -> tuple[str, str]:
    """Return of what a frame is first or last, and whether a reference holds in every shot."""
    users = [number for number, shot in enumerate(shots, 1) if reference.label in shot.references]
    numbers = users or list(range(1, len(shots) + 1))
    match reference.role:
        case Role.FIRST_FRAME:
            return _frame_of(numbers[0] if numbers else 1, 1, shots, style), ""
        case Role.LAST_FRAME:
            return _frame_of(numbers[-1] if numbers else 1, len(shots), shots, style), ""
        case _:
            return "", "in every shot" if len(shots) > 1 and _holds_everywhere(reference, shots) else ""


def _frame_of(number: int, whole: int, shots: Sequence[PromptShot], style: Dialect) -> str:
    if number == whole or len(shots) < 2:
        return "of the video"
    shot = shots[number - 1]
    return f"of {style.refer(number, shot.start_seconds, shot.end_seconds)}"


def _holds_everywhere(reference: PromptReference, shots: Sequence[PromptShot]) -> bool:
    return all(reference.label in shot.references for shot in shots)


def _say_uses(text: str, shot: PromptShot, references: Sequence[PromptReference], speller: Speller) -> str:
    """Add what the shot uses and doesn't name. What every shot uses is told by its introduction."""
    unnamed = [
        words_for(reference).use.format(speller.token(reference.label))
        for reference in references
        if reference.label in shot.references and not speller.names(text, reference.label)
    ]
    return " ".join(filter(None, [text, *map(sentence, unnamed)]))
