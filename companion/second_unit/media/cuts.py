"""
Finding the cuts of a multi-shot take, near where they were planned.

Services place cuts within about a second of where they were asked to. Cuts are looked for in the picture
(:mod:`~second_unit.media.cut_signals`) and matched to the planned ones in order: the surest and nearest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np

from second_unit.media.cut_signals import CutSignals, read_signals
from second_unit.media.facts import FoundCut, TakeCuts
from second_unit.plan import GenerationRequest

REACH_SECONDS = Fraction(3, 2)
# Found by measuring 66 takes of `python -m benchmarks cuts`, other ones than it reports on: of 176 hard cuts the
# faintest had 1.98, of all else the strongest 1.51; of 10 dissolves all but one had 1.07 or more, all else up to 0.97.
_HARD, _DISSOLVE = 1.75, 1.02
# A jump under so many levels of 255 counts for less.
_FULL_JUMP = 10.0
# How little a pan's ends may differ, beside what each side does by itself, for a cut to be hidden in it.
_WHIP, _WHIP_JUMP = 2.0, 8.0
_ALONE = 3
# What being where it was planned is worth, beside confidence.
_NEARNESS = 0.4
# Whether a cut that nobody planned is worth a word.
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    frame: int
    cut: FoundCut
    kind: Literal["hard", "dissolve", "whip"]


def find_cuts(
    path: Path, planned: Sequence[Fraction], *, reach_seconds: Fraction = REACH_SECONDS
) -> tuple[FoundCut | None, ...]:
    """
    Return where the planned cuts of a movie truly are; None for one that isn't there. See :func:`search_cuts`.

    Args:
        planned: seconds from the movie's first frame, in order.
        reach_seconds: how far from there to look.

    Raises:
        MissingMedia, UnreadableMedia: there is no such movie.
    """
    return search_cuts(path, planned, reach_seconds=reach_seconds).found


def search_cuts(path: Path, planned: Sequence[Fraction], *, reach_seconds: Fraction = REACH_SECONDS) -> TakeCuts:
    """
    Return where the planned cuts of a movie truly are, and the sure ones that nobody planned.

    Hard cuts are found to the frame; of a flash on a cut, the flash is the new shot's first frame. A dissolve's cut is
    its middle, and one hidden in a whip pan is where the pan jumps: both with a confidence below 0.8.
    """
    signals = read_signals(path)
    candidates = _candidates(signals)
    matched = _match(candidates, planned, reach_seconds)
    taken = {each.frame for each in matched if each is not None}
    extra = [
        each.cut
        for each in candidates
        if each.frame not in taken and each.kind != "whip" and each.cut.confidence >= _SURE
    ]
    return TakeCuts(found=tuple(each and each.cut for each in matched), extra=tuple(extra))


def cuts_of(path: Path, request: GenerationRequest) -> TakeCuts | None:
    """Return the cuts of what came back for a request; None where it ordered a single shot."""
    if len(request.shots) < 2:
        return None
    return search_cuts(path, [Fraction(shot.start_seconds) for shot in request.shots[1:]])


def _candidates(signals: CutSignals) -> list[_Candidate]:
    """Return all that may be a cut, in order; where two kinds meet, the one that is told more exactly."""
    kept = _hard_cuts(signals)
    for others in (_dissolves(signals), _whips(signals)):
        apart = [one for one in others if all(abs(one.frame - each.frame) > 6 for each in kept)]
        kept = sorted([*kept, *apart], key=lambda each: each.frame)
    return kept


def _hard_cuts(signals: CutSignals) -> list[_Candidate]:
    strength = signals.contrast * np.minimum(1, signals.jump / _FULL_JUMP)
    strong = np.flatnonzero(strength >= _HARD)
    found: list[_Candidate] = []
    for frame in map(int, strong):
        # A flash on a cut makes two jumps; the first is the cut.
        if _ALONE <= frame < len(strength) - 1 and (not found or frame - found[-1].frame > 2):
            found.append(_candidate(signals, frame, "hard", min(1.0, 0.85 + (float(strength[frame]) - _HARD) / 4)))
    return found


def _dissolves(signals: CutSignals) -> list[_Candidate]:
    peaks = _peaks(signals.mixing, _DISSOLVE, apart=12)
    return [
        _candidate(signals, frame, "dissolve", min(0.75, 0.5 + (float(signals.mixing[frame]) - _DISSOLVE) / 4))
        for frame in peaks
    ]


def _whips(signals: CutSignals) -> list[_Candidate]:
    blurred = np.where(signals.leaving >= _WHIP, signals.jump, 0)
    return [_candidate(signals, frame, "whip", 0.3) for frame in _peaks(blurred, _WHIP_JUMP, apart=12)]


def _peaks(signal: np.typing.NDArray[np.float32], least: float, *, apart: int) -> list[int]:
    """Return the frames where a signal is highest among its neighbours, in order."""
    kept: list[int] = []
    for frame in map(int, np.argsort(-signal, kind="stable")):
        if signal[frame] < least:
            break
        if all(abs(frame - each) > apart for each in kept):
            kept.append(frame)
    return sorted(kept)


def _candidate(
    signals: CutSignals, frame: int, kind: Literal["hard", "dissolve", "whip"], confidence: float
) -> _Candidate:
    return _Candidate(frame, FoundCut(seconds=signals.seconds[frame], confidence=round(confidence, 2)), kind)


def _match(
    candidates: Sequence[_Candidate], planned: Sequence[Fraction], reach: Fraction
) -> tuple[_Candidate | None, ...]:
    """Give each planned cut a candidate within reach, or None, in order: the choice that is worth most in all."""
    # best[n] is the worthiest choice for the planned cuts so far among the first n candidates.
    best: list[tuple[float, tuple[_Candidate | None, ...]]] = [(0.0, ())] * (len(candidates) + 1)
    for moment in planned:
        after: list[tuple[float, tuple[_Candidate | None, ...]]] = [(best[0][0], (*best[0][1], None))]
        for number, candidate in enumerate(candidates):
            without = (best[number + 1][0], (*best[number + 1][1], None))
            choices = [after[-1], without]
            if (away := abs(candidate.cut.seconds - moment)) <= reach:
                worth = candidate.cut.confidence + _NEARNESS * float(1 - away / reach)
                choices.append((best[number][0] + worth, (*best[number][1], candidate)))
            after.append(max(choices, key=lambda choice: choice[0]))
        best = after
    return best[-1][1]
