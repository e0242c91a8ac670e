"""
From an order's prompt and attachments to the animatic's script: what is returned shows what was asked for.

The prompt is read as text, as a model reads it: shots by their marks, references by the names that stand in a shot's
words. What only the preamble names (a look, a face, a track) goes for the whole movie.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from second_unit.animatic.script import AnimaticScript, PanelMovie, PanelPicture, PlacedSound
from second_unit.animatic.script import Panel as ScriptPanel
from second_unit.rehearsal.panels import Panel, preamble
from second_unit.rehearsal.tasks import FRAME_RATE, Attachment, Commission
from second_unit.shots import ReferenceKind
from second_unit.timeline import Role

_WORDS = {
    ReferenceKind.IMAGE: (
        (r"first frame|首帧", Role.FIRST_FRAME),
        (r"last frame|尾帧", Role.LAST_FRAME),
        (r"composition|framing|layout|storyboard|keyframe|构图", Role.COMPOSITION),
        (r"\b(style|look|palette|grade)\b|风格", Role.STYLE),
        (r"\bis\b|face|cloth|appearance|character|identity|角色|人物", Role.CHARACTER),
    ),
    ReferenceKind.VIDEO: ((r"camera|运镜", Role.CAMERA),),
    ReferenceKind.AUDIO: (
        (r"music|soundtrack|song|rhythm|音乐", Role.SOUNDTRACK),
        (r"voice|timbre|says|音色", Role.VOICE),
    ),
}
_USUAL = {
    ReferenceKind.IMAGE: Role.COMPOSITION,
    ReferenceKind.VIDEO: Role.MOTION,
    ReferenceKind.AUDIO: Role.AMBIENCE,
}


def draw_storyboard(commission: Commission, panels: Sequence[Panel]) -> AnimaticScript:
    """Return the animatic's script for a commission whose cuts lie where ``panels`` has them."""
    seen = [one for one in commission.attachments if one.file is not None]
    seconds = Fraction(max(commission.frames - 1, 1), FRAME_RATE)
    return AnimaticScript(
        name="Rehearsal",
        width=commission.width // 2 * 2,
        height=commission.height // 2 * 2,
        seconds=seconds,
        extra_frames=commission.frames - int(seconds * FRAME_RATE),
        panels=tuple(_draw(commission, panels, index, seen, seconds) for index in range(len(panels))),
        sounds=() if commission.silent else tuple(_sounds(commission, panels, seen, seconds)),
        sync_pops=commission.sync_pops,
        audio=commission.audio,
        channels=1,
        seed=commission.seed,
    )


def role_of(attachment: Attachment, prompt: str) -> Role:
    """Return what an attachment is for: by its role on the wire, else by what the prompt says first about it."""
    if attachment.role in ("first_frame", "last_frame"):
        return Role(attachment.role.replace("_", " "))
    number = attachment.label.rpartition(" ")[2]
    said = re.search(rf"{attachment.kind.value}\s*{number}(?!\d)([^.。\n]*)", prompt, re.IGNORECASE)
    for words, role in _WORDS[attachment.kind]:
        if said and re.search(words, said[1], re.IGNORECASE):
            return role
    return _USUAL[attachment.kind]


def _draw(
    commission: Commission, panels: Sequence[Panel], index: int, seen: Sequence[Attachment], seconds: Fraction
) -> ScriptPanel:
    panel = panels[index]
    used = [one for one in seen if index in _panels_of(one, commission, panels)]
    pictures, movies = [], []
    for one in used:
        role = role_of(one, preamble(commission.prompt) or commission.prompt)
        if one.kind is ReferenceKind.IMAGE:
            pictures.append(PanelPicture(path=_file(one), role=role, label=one.label))
        elif one.kind is ReferenceKind.VIDEO:
            start = _movie_start(one, commission, panels, index)
            movies.append(PanelMovie(path=_file(one), role=role, label=one.label, start_seconds=start))
    return ScriptPanel(
        start_seconds=Fraction(panel.start, FRAME_RATE),
        end_seconds=seconds if index == len(panels) - 1 else Fraction(panel.end, FRAME_RATE),
        name=f"Shot {index + 1}",
        text=panel.text,
        pictures=tuple(pictures),
        movies=tuple(movies),
    )


def _panels_of(one: Attachment, commission: Commission, panels: Sequence[Panel]) -> list[int]:
    """Return which panels an attachment belongs to: those that name it, else all."""
    role = role_of(one, preamble(commission.prompt) or commission.prompt)
    if role is Role.FIRST_FRAME:
        return [0]
    if role is Role.LAST_FRAME:
        return [len(panels) - 1]
    named = [index for index, panel in enumerate(panels) if one.label in panel.mentions]
    return named or list(range(len(panels)))


def _movie_start(one: Attachment, commission: Commission, panels: Sequence[Panel], index: int) -> Fraction:
    """A movie named in several shots plays on through them, as a blockout of the whole take must."""
    first = _panels_of(one, commission, panels)[0]
    passed = Fraction(panels[index].start - panels[first].start, FRAME_RATE)
    return passed if passed < Fraction(one.seconds or 0) else Fraction(0)


def _sounds(
    commission: Commission, panels: Sequence[Panel], seen: Sequence[Attachment], seconds: Fraction
) -> list[PlacedSound]:
    sounds = []
    for one in seen:
        if one.kind is not ReferenceKind.AUDIO:
            continue
        used = _panels_of(one, commission, panels)
        sounds.append(
            PlacedSound(
                path=_file(one),
                start_seconds=Fraction(panels[used[0]].start, FRAME_RATE),
                end_seconds=min(Fraction(panels[used[-1]].end, FRAME_RATE), seconds),
                role=role_of(one, commission.prompt),
                label=one.label,
            )
        )
    return sounds


def _file(one: Attachment) -> Path:
    if one.file is None:
        raise ValueError(f"{one.label} has no file.")
    return one.file
