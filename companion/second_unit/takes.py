"""
From takes to the edit: what came back, and where it goes.

A :class:`Take` is a verified movie on disk beside its sidecar. :func:`conform` says where it is cut in, as
:class:`Placement` values that ``addon/placing/place_takes.py`` carries out. Nothing here touches Blender.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal

from second_unit.errors import PlacementError
from second_unit.media.facts import FoundCut, MediaFacts, TakeCuts
from second_unit.plan import GenerationRequest, OrderReference, TimedShot
from second_unit.shots import FileSource
from second_unit.timeline import ShotWarning, Trim, Value
from second_unit.timing import FrameRange, FrameRate

# What a service's file may lack without a word: it floors lengths by a frame of its own, and the edit's frames don't
# divide by it. The last frame is held for as long.
_SLACK_TAKE_FRAMES = 1
_SLACK_EDIT_FRAMES = 1
# A shot may be slowed by so much before it shows.
MOST_RETIME = Fraction(1, 10)
_USUAL_RATE = FrameRate(24)
# Hard cuts are found with at least this confidence; dissolves and whip pans with less.
_SHARP = 0.8

Known = str | int | float | bool | None
Mode = Literal["cut", "whole", "sound whole"]


class Take(Value):
    """
    What came back for one request.

    Args:
        job: the job's id.
        number: 1 for the first take of this request in this edit, counting up; nothing is ever overwritten.
        file: the movie with its sound.
        facts: what probing it told.
        request: what was ordered.
        fingerprint: SHA-256 of the file.
        cuts: where its shots truly change; None where there is one shot, or nobody looked.
    """

    job: str
    number: int
    file: Path
    facts: MediaFacts
    request: GenerationRequest
    fingerprint: str = ""
    cuts: TakeCuts | None = None


class Placement(Value):
    """
    One pair of strips to place: picture, and sound where the take has it.

    Args:
        name: for the strips.
        file: the take's own file, never re-encoded.
        range: the frames of the edit to fill, exactly.
        source_start_seconds: what moment of the file stands on the range's first frame.
        above_channel: the picture goes on the first free channel above this one.
        has_audio: whether a sound strip is placed too.
        sound_frames: how many frames of the edit the sound fills, from the range's first on, where it goes on under the
            shots that follow (an L cut); None for as many as the picture.
        segments: ids of the segments it fills.
        job: the job whose take it is.
        take: its number.
        provenance: service, model, prompt, seed, task, cost, time: kept on the strip.
        made_from: names of the strips the shot was made from, which may be muted under it.
        warnings: which shot to look at, and why.
        slower: by what part of its new length the take is slowed to fill its range; 0 where it fills it, and where that
            would show (over a tenth).
        facts: what probing the file told. Files that it can't tell apart are placed much faster, for Blender needs to
            open only one of them.
    """

    name: str
    file: Path
    range: FrameRange
    source_start_seconds: Fraction = Fraction(0)
    above_channel: int = 0
    has_audio: bool = True
    sound_frames: int | None = None
    segments: tuple[str, ...] = ()
    job: str = ""
    take: int = 1
    provenance: dict[str, Known] = {}
    made_from: tuple[str, ...] = ()
    warnings: tuple[ShotWarning, ...] = ()
    slower: Fraction = Fraction(0)
    facts: MediaFacts | None = None

    @property
    def sound_range(self) -> FrameRange:
        """The frames that the sound fills."""
        length = self.range.length if self.sound_frames is None else self.sound_frames
        return FrameRange(self.range.start, self.range.start + length)


def conform(
    take: Take,
    *,
    mode: Mode = "cut",
    cuts: Sequence[FoundCut | None] | None = None,
    provenance: Mapping[str, Known] | None = None,
) -> tuple[Placement, ...]:
    """
    Say where a take goes: one placement a shot, or one for the whole of it.

    Every placement fills its shot's frames exactly. Shots are cut where the cuts were found, else where they were
    planned; what the shot doesn't need stays beyond its ends as handles. A file that is a frame or so short of the
    shot (services floor lengths; 24·d frames are 239.76 at 23.976 fps) holds its last frame; one that is shorter says
    so in its placement's warnings.

    Args:
        mode: ``"cut"`` under the segments; ``"whole"``: one pair from the first shot's first frame to the last's last,
            uncut; ``"sound whole"``: pictures cut, and the sound uncut under all of them, beside the first.
        cuts: where each shot after the first begins, in order; None for one that wasn't found. By default those that
            the take knows of.
        provenance: what only the job knows (task id, time, what it cost in the end); added to what the order tells.

    Raises:
        PlacementError: ``cuts`` doesn't match the shots.
    """
    shots = take.request.shots
    if mode == "whole":
        return (_whole(take, provenance or {}),)
    if cuts is None and take.cuts is not None:
        cuts = take.cuts.found
    if cuts is not None and len(cuts) != len(shots) - 1:
        raise PlacementError(
            f"'{take.request.name}' has {len(shots)} shots and {len(cuts)} cuts were given.",
            remedy="Give one cut fewer than shots; None for one that wasn't found.",
            job=take.job,
        )
    starts = [Fraction(0), *_starts(shots, cuts)]
    ends = [*starts[1:], max(take.facts.seconds, starts[-1])]
    windows = (Trim(start_seconds=start, end_seconds=end) for start, end in zip(starts, ends, strict=True))
    placements = (_cut(take, shot, window, provenance or {}) for shot, window in zip(shots, windows, strict=True))
    told_too = tuple(
        placement.model_copy(update={"warnings": (*placement.warnings, *told)}) if told else placement
        for placement, told in zip(placements, cut_warnings(take, cuts, ends), strict=True)
    )
    return _with_sound_whole(told_too) if mode == "sound whole" else told_too


def _with_sound_whole(cut: tuple[Placement, ...]) -> tuple[Placement, ...]:
    """Let the first shot's sound go on to the last one's end, and the others have none."""
    whole = cut[-1].range.end - cut[0].range.start
    first = cut[0].model_copy(update={"sound_frames": whole})
    return (first, *(placement.model_copy(update={"has_audio": False}) for placement in cut[1:]))


def missing_frames(window: Trim, shot: TimedShot, take: Take) -> int:
    """Return by how many frames of the edit the footage between two cuts is too short for its shot; 0 if it isn't."""
    edit, own = take.request.rate, take.facts.rate or _USUAL_RATE
    there = edit.floor_frame(window.length_seconds + own.seconds(_SLACK_TAKE_FRAMES)) + _SLACK_EDIT_FRAMES
    return shot.range.length - edit.floor_frame(window.length_seconds) if there < shot.range.length else 0


def _starts(shots: Sequence[TimedShot], cuts: Sequence[FoundCut | None] | None) -> list[Fraction]:
    """Return where each shot after the first begins. Found cuts that would swap two shots are set aside."""
    planned = [Fraction(shot.start_seconds) for shot in shots[1:]]
    found = [cut.seconds if cut else plan for cut, plan in zip(cuts or [None] * len(planned), planned, strict=True)]
    in_order = all(before < after for before, after in pairwise([Fraction(0), *found]))
    return found if in_order else planned


def cut_warnings(
    take: Take, cuts: Sequence[FoundCut | None] | None, ends: Sequence[Fraction]
) -> list[list[ShotWarning]]:
    """
    Return, for each shot, what to look at in how it was cut: a cut that isn't there, isn't sharp, or nobody planned.

    Args:
        cuts: what was found; None where nobody looked, which is no cause for a word.
        ends: where in the take each shot ends.
    """
    told: list[list[ShotWarning]] = [[] for _ in take.request.shots]
    for index, cut in enumerate(cuts or (), 1):
        if cut is None or cut.confidence < _SHARP:
            told[index].append(_not_sharp(take, take.request.shots[index], cut))
    for cut in take.cuts.extra if take.cuts is not None else ():
        index = sum(end <= cut.seconds for end in ends[:-1])
        told[index].append(_unplanned(take, take.request.shots[index], cut))
    return told


def _not_sharp(take: Take, shot: TimedShot, cut: FoundCut | None) -> ShotWarning:
    if cut is None:
        return ShotWarning(
            code="no-cut",
            strip=shot.name,
            message=f"in take {take.number} no cut to this shot was found near {shot.start_seconds} s; "
            "it is placed as planned.",
            remedy="Look at how it begins, and slip it or generate it again.",
        )
    return ShotWarning(
        code="soft-cut",
        strip=shot.name,
        message=f"in take {take.number} it comes in by a dissolve or a whip pan, at about {float(cut.seconds):.2f} s.",
        remedy="Look at how it begins, and slip or trim it.",
    )


def _unplanned(take: Take, shot: TimedShot, cut: FoundCut) -> ShotWarning:
    return ShotWarning(
        code="extra-cut",
        strip=shot.name,
        message=f"take {take.number} has a cut at {float(cut.seconds):.2f} s that nobody planned.",
        remedy="Look at this shot; trim it to one side of the cut, or generate it again.",
    )


def _cut(take: Take, shot: TimedShot, window: Trim, provenance: Mapping[str, Known]) -> Placement:
    short = missing_frames(window, shot, take)
    warnings = [_short(take, shot, window, short)] if short else []
    return Placement(
        name=shot.name,
        range=shot.range,
        source_start_seconds=window.start_seconds,
        above_channel=shot.channel,
        segments=(shot.segment,),
        made_from=shot.strips,
        warnings=(*warnings, *_silent(take, shot.name)),
        slower=_slower(take, shot, window) if short else Fraction(0),
        **_of_the_take(take, provenance),
    )


def _slower(take: Take, shot: TimedShot, window: Trim) -> Fraction:
    """Return by what part of the shot's length its footage is too short, so slowed it fills it; 0 above a tenth."""
    needed = shot.range.seconds(take.request.rate)
    slower = (needed - window.length_seconds) / needed
    return slower if slower <= MOST_RETIME else Fraction(0)


def _whole(take: Take, provenance: Mapping[str, Known]) -> Placement:
    shots = take.request.shots
    return Placement(
        name=take.request.name,
        range=take.request.range,
        above_channel=max(shot.channel for shot in shots),
        segments=tuple(shot.segment for shot in shots),
        made_from=tuple(dict.fromkeys(strip for shot in shots for strip in shot.strips)),
        warnings=_silent(take, take.request.name),
        **_of_the_take(take, provenance),
    )


def _of_the_take(take: Take, provenance: Mapping[str, Known]) -> dict[str, object]:
    request, cost, loud = take.request, take.request.cost, take.facts.loudness
    told: dict[str, Known] = {
        "service": request.service,
        "model": request.model,
        "prompt": request.prompt,
        "seed": request.seed,
        "cost": None if cost.amount is None else str(cost.amount),
        "currency": cost.currency,
        "fingerprint": take.fingerprint,
        "references": "; ".join(map(_told, request.references)),
        "lufs": loud.lufs if loud else None,
        "peak_decibels": loud.peak_decibels if loud else None,
    }
    return {
        "file": take.file,
        "facts": take.facts,
        "has_audio": take.facts.audio_seconds is not None,
        "job": take.job,
        "take": take.number,
        "provenance": told | dict(provenance),
    }


def _told(reference: OrderReference) -> str:
    """Return a reference in a line: label, name, what of it was used, and the key that stands for its content."""
    trim = reference.source.trim if isinstance(reference.source, FileSource) else None
    used = f" {float(trim.start_seconds):.3f}–{float(trim.end_seconds):.3f} s" if trim else ""
    return f"{reference.label}: {reference.name}{used} [{reference.key}]"


def _short(take: Take, shot: TimedShot, window: Trim, frames: int) -> ShotWarning:
    rate = take.request.rate
    needed = shot.range.seconds(rate)
    slower = _slower(take, shot, window)
    retime = f"Slow it by {float(slower):.0%}, or shorten" if slower else "Shorten"
    return ShotWarning(
        code="short",
        strip=shot.name,
        message=f"take {take.number} is {frames} frames short: {float(window.length_seconds):.2f} s came back for "
        f"{float(needed):.2f} s.",
        remedy=f"{retime} the shot, or generate it again.",
    )


def _silent(take: Take, name: str) -> tuple[ShotWarning, ...]:
    loud = take.facts.loudness
    is_missing, is_silent = take.facts.audio_seconds is None, loud is not None and loud.is_silent
    if not take.request.audio or not (is_missing or is_silent):
        return ()
    code, what = ("no-sound", "without sound") if is_missing else ("silent", "with nothing to hear in its sound")
    message = f"take {take.number} came back {what}, though sound was ordered."
    return (ShotWarning(code=code, strip=name, message=message, remedy="Keep the scratch sound under it."),)
