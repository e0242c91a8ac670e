"""
Which strips make shots, and which frames each shot fills.

Strips are taken out of their metas and cut to the stretch (:func:`lay_out`); those that make shots are chosen
(:func:`choose_shots`); where two of them overlap, the upper one is the shot (:func:`cut_apart`).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from second_unit.errors import BadRange, EmptyStretch
from second_unit.timeline import MetaStrip, SceneStrip, ShotWarning, Strip, TextStrip, Timeline
from second_unit.timing import FrameRange

PICTURES = ("image", "movie", "scene", "meta")


@dataclass(frozen=True, slots=True)
class LaidStrip:
    """
    A strip as it lies in the edit.

    Args:
        strip: as it was read.
        range: the frames of the stretch that it shows, inside its metas too.
        layer: its channel, after the channels of the metas that hold it; the greater one lies above.
        metas: the ids of the metas that hold it, outermost first.
        selected: it, or a meta that holds it, is selected.
    """

    strip: Strip
    range: FrameRange
    layer: tuple[int, ...]
    metas: tuple[str, ...]
    selected: bool

    @property
    def group(self) -> str | None:
        """The outermost meta that holds it."""
        return self.metas[0] if self.metas else None

    @property
    def channel(self) -> int:
        """The channel in the edit itself, not inside a meta."""
        return self.layer[0]


@dataclass(frozen=True, slots=True)
class ShotRange:
    """Frames that one strip's shot fills. ``part`` counts from 1 where another shot cut it into several."""

    laid: LaidStrip
    range: FrameRange
    part: int = 1


def lay_out(timeline: Timeline) -> tuple[list[LaidStrip], list[ShotWarning]]:
    """Return the strips that count, metas beside their children, and a warning for each that was left out."""
    laid: list[LaidStrip] = []
    warnings: list[ShotWarning] = []
    _lay(timeline.strips, timeline.stretch, None, laid, warnings)
    laid.sort(key=lambda one: (one.range.start, one.layer))
    return laid, warnings


def _lay(
    strips: Iterable[Strip],
    window: FrameRange,
    parent: LaidStrip | None,
    laid: list[LaidStrip],
    warnings: list[ShotWarning],
) -> None:
    for strip in strips:
        if strip.take_of is not None:
            continue  # our own takes are results, never material
        if carries_prompt(strip) and strip.range.length == 0:
            raise BadRange(
                f"'{strip.name}' has no frames.", remedy="Lengthen the strip, or delete it.", strip=strip.name
            )
        visible = strip.range.overlap(window)
        if visible is None:
            continue
        if strip.muted:
            warnings.append(_muted(strip))
            continue
        one = LaidStrip(
            strip,
            visible,
            (*(parent.layer if parent else ()), strip.channel),
            (*parent.metas, parent.strip.id) if parent else (),
            strip.selected or (parent is not None and parent.selected),
        )
        laid.append(one)
        if isinstance(strip, MetaStrip):
            _lay(strip.children, visible, one, laid, warnings)


def _muted(strip: Strip) -> ShotWarning:
    return ShotWarning(
        code="muted", strip=strip.name, message="is muted and left out.", remedy="Unmute it or its channel to use it."
    )


def carries_prompt(strip: Strip) -> bool:
    """
    Tell whether a strip makes a shot of its own: a text strip, or one whose prompt says something.

    A scene strip's camera field alone doesn't count: it is measured from the scene and goes to the shot above it.
    """
    if isinstance(strip, TextStrip):
        return True
    prompt = strip.prompt.model_copy(update={"camera": ""}) if isinstance(strip, SceneStrip) else strip.prompt
    return not prompt.is_empty


def choose_shots(timeline: Timeline, laid: Sequence[LaidStrip]) -> tuple[list[LaidStrip], list[ShotWarning]]:
    """
    Return the strips that make shots: the prompt strips; where there is none, the pictures that lie in no meta.

    Of a selection, only what is selected.

    Raises:
        EmptyStretch: there is neither.
        BadRange: one of them lies before frame 0.
    """
    chosen = [one for one in laid if one.selected] if timeline.stretch_by == "selection" else []
    candidates = chosen or laid
    prompts = [one for one in candidates if carries_prompt(one.strip)]
    shots, warnings = _without_outer_prompts(prompts)
    shots = shots or [one for one in candidates if one.group is None and _shows_a_picture(one.strip)]
    if not shots:
        raise EmptyStretch(
            f"There is nothing to shoot in the {timeline.stretch_by}.",
            remedy="Select text, picture, movie, scene or meta strips that aren't muted, or widen the preview range.",
        )
    for shot in shots:
        _refuse_before_zero(shot)
    return shots, warnings


def _without_outer_prompts(prompts: list[LaidStrip]) -> tuple[list[LaidStrip], list[ShotWarning]]:
    """Leave out metas whose own prompt stands over strips with prompts inside."""
    holders = {meta for one in prompts for meta in one.metas}
    outer = [one for one in prompts if one.strip.id in holders]
    warnings = [
        ShotWarning(
            code="meta-prompt",
            strip=one.strip.name,
            message="has a prompt, and strips with prompts inside: its own isn't used.",
            remedy="Move its words into the strips inside it, or into the scene's look.",
        )
        for one in outer
    ]
    return [one for one in prompts if one.strip.id not in holders], warnings


def _shows_a_picture(strip: Strip) -> bool:
    if isinstance(strip, MetaStrip):
        return any(not child.muted and child.take_of is None and _shows_a_picture(child) for child in strip.children)
    return strip.kind in PICTURES


def _refuse_before_zero(shot: LaidStrip) -> None:
    if shot.range.start < 0:
        raise BadRange(
            f"'{shot.strip.name}' starts at frame {shot.range.start}, before frame 0.",
            remedy="Move the strip to frame 0 or later, or set a preview range that starts there.",
            strip=shot.strip.name,
        )


def cut_apart(shots: Sequence[LaidStrip]) -> tuple[list[ShotRange], list[ShotWarning]]:
    """
    Return the frames that each shot fills, in order and never overlapping, and a warning for each that lost frames.

    Where shots overlap the one on the higher layer is seen, as in the sequencer; on one layer, the one that starts
    later. A shot that goes on after another lies over its middle becomes two.

    A sweep over the ends of the strips: n · log n.
    """
    ends = sorted({end for shot in shots for end in (shot.range.start, shot.range.end)})
    order = sorted(range(len(shots)), key=lambda index: shots[index].range.start)
    open_shots: list[tuple[tuple[int, ...], int, int]] = []  # a heap, topmost first
    covered_by: dict[int, int] = {}
    pieces: list[tuple[int, FrameRange]] = []
    following = 0
    for start, end in pairwise(ends):
        before = open_shots[0][2] if open_shots else None
        opened = []
        while following < len(order) and shots[order[following]].range.start == start:
            opened.append(order[following])
            heapq.heappush(open_shots, _on_top(shots[order[following]], order[following]))
            following += 1
        while open_shots and shots[open_shots[0][2]].range.end <= start:
            heapq.heappop(open_shots)
        if not open_shots:
            continue
        top = open_shots[0][2]
        for hidden in [*opened, *([before] if before is not None and shots[before].range.end > start else [])]:
            if hidden != top:
                covered_by.setdefault(hidden, top)
        if pieces and pieces[-1][0] == top and pieces[-1][1].end == start:
            pieces[-1] = (top, FrameRange(pieces[-1][1].start, end))
        else:
            pieces.append((top, FrameRange(start, end)))
    return _number(shots, pieces), _overlaps(shots, pieces, covered_by)


def _on_top(shot: LaidStrip, index: int) -> tuple[tuple[int, ...], int, int]:
    # Negated, for heapq keeps the smallest first. The closing 1 puts a meta's child, whose layer begins with the
    # meta's own, above the meta.
    return (*(-channel for channel in shot.layer), 1), -shot.range.start, index


def _number(shots: Sequence[LaidStrip], pieces: list[tuple[int, FrameRange]]) -> list[ShotRange]:
    parts: dict[int, int] = {}
    ranges = []
    for index, frames in pieces:
        parts[index] = parts.get(index, 0) + 1
        ranges.append(ShotRange(shots[index], frames, parts[index]))
    return ranges


def _overlaps(
    shots: Sequence[LaidStrip], pieces: list[tuple[int, FrameRange]], covered_by: dict[int, int]
) -> list[ShotWarning]:
    seen = {index for index, _ in pieces}
    warnings = []
    for index, upper in sorted(covered_by.items()):
        strip, over = shots[index].strip, shots[upper].strip.name
        if index in seen:
            message = f"overlaps '{over}', which lies above or starts later: it is shot only where it isn't covered."
        elif carries_prompt(strip):
            message = f"is covered by '{over}' and makes no shot."
        else:
            continue  # a picture under another shot is that shot's reference: nothing is lost
        warnings.append(
            ShotWarning(code="overlap", strip=strip.name, message=message, remedy="Move them apart, or mute one.")
        )
    return warnings
