"""Conforming: where each shot of a take goes in the edit, and what is said when it falls short."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from second_unit.errors import PlacementError
from second_unit.media.facts import FoundCut, MediaFacts, TakeCuts
from second_unit.plan import GenerationRequest, TimedShot
from second_unit.takes import Placement, Take, conform, missing_frames
from second_unit.timeline import Trim
from second_unit.timing import FrameRange, FrameRate

FILM = FrameRate(24)
RATES = [FrameRate.from_number(rate) for rate in (23.976, 24, 25, 29.97, 30, 50, 59.94, 60)]


def _shot(name: str, start: int, end: int, window: tuple[int, int], channel: int = 2) -> TimedShot:
    return TimedShot(
        segment=f"id-{name}",
        name=name,
        range=FrameRange(start, end),
        start_seconds=window[0],
        end_seconds=window[1],
        channel=channel,
        strips=(f"{name} board",),
    )


def _take(*shots: TimedShot, frames: int, rate: FrameRate = FILM, audio: Fraction | None = Fraction(1)) -> Take:
    request = GenerationRequest(
        name="SH010–SH030",
        service="animatic",
        model="animatic",
        prompt="A prompt",
        shots=shots,
        duration_seconds=shots[-1].end_seconds,
        ratio="16:9",
        resolution="480p",
        width=854,
        height=480,
        seed=7,
        rate=rate,
    )
    facts = MediaFacts(
        seconds=Fraction(frames, 24), frames=frames, rate=FrameRate(24), width=854, height=480, audio_seconds=audio
    )
    return Take(job="job-1", number=2, file=Path("take.mp4"), facts=facts, request=request, fingerprint="f" * 64)


TWO = (_shot("SH010", 1, 101, (0, 5)), _shot("SH020", 101, 181, (5, 10), channel=4))


def test_each_shot_is_cut_at_its_planned_window_and_fills_its_range():
    placements = conform(_take(*TWO, frames=241))
    assert [("SH010", FrameRange(1, 101), 0, 2), ("SH020", FrameRange(101, 181), 5, 4)] == [
        (each.name, each.range, each.source_start_seconds, each.above_channel) for each in placements
    ]


def test_a_found_cut_stands_before_the_planned_one():
    _, second = conform(_take(*TWO, frames=241), cuts=[FoundCut(seconds=Fraction(125, 24), confidence=0.9)])
    assert Fraction(125, 24) == second.source_start_seconds


def test_a_cut_that_was_not_found_stands_where_it_was_planned():
    _, second = conform(_take(*TWO, frames=241), cuts=[None])
    assert Fraction(5) == second.source_start_seconds


def test_the_cuts_that_a_take_knows_of_are_used():
    cuts = TakeCuts(found=(FoundCut(seconds=Fraction(131, 24)),))
    _, second = conform(_take(*TWO, frames=241).model_copy(update={"cuts": cuts}))
    assert (Fraction(131, 24), ()) == (second.source_start_seconds, second.warnings)


def test_the_shot_whose_cut_is_missing_soft_or_unplanned_is_named():
    shots = (*TWO, _shot("SH030", 181, 200, (10, 12)))
    soft, extra = FoundCut(seconds=Fraction(21, 2), confidence=0.6), FoundCut(seconds=Fraction(7))
    cuts = TakeCuts(found=(None, soft), extra=(extra,))
    placements = conform(_take(*shots, frames=289).model_copy(update={"cuts": cuts}))
    told = [(each.name, [warning.code for warning in each.warnings]) for each in placements]
    assert [("SH010", []), ("SH020", ["no-cut", "extra-cut"]), ("SH030", ["soft-cut"])] == told
    assert str(placements[1].warnings[0]) == (
        "'SH020': in take 2 no cut to this shot was found near 5 s; it is placed as planned. "
        "Look at how it begins, and slip it or generate it again."
    )


def test_a_planned_cut_that_nobody_looked_for_is_no_cause_for_a_word():
    assert [(), ()] == [each.warnings for each in conform(_take(*TWO, frames=241))]


def test_cuts_out_of_order_are_set_aside():
    shots = (*TWO, _shot("SH030", 181, 200, (10, 12)))
    cuts = [FoundCut(seconds=Fraction(10)), FoundCut(seconds=Fraction(5))]
    assert [each.source_start_seconds for each in conform(_take(*shots, frames=289), cuts=cuts)] == [0, 5, 10]


def test_as_many_cuts_as_shots_are_refused():
    with pytest.raises(PlacementError, match="2 shots and 2 cuts"):
        conform(_take(*TWO, frames=241), cuts=[None, None])


def test_the_sound_may_be_left_whole_under_pictures_that_are_cut():
    whole = conform(_take(*TWO, frames=241), mode="sound whole")
    cut = conform(_take(*TWO, frames=241))
    assert [placement.range for placement in cut] == [placement.range for placement in whole]
    assert [(True, FrameRange(1, 181)), (False, cut[1].range)] == [
        (placement.has_audio, placement.sound_range) for placement in whole
    ]


def test_a_take_left_whole_fills_the_edit_from_first_shot_to_last():
    (whole,) = conform(_take(*TWO, frames=241), mode="whole")
    told = ("SH010–SH030", FrameRange(1, 181), 0, 4, ("id-SH010", "id-SH020"))
    assert told == (whole.name, whole.range, whole.source_start_seconds, whole.above_channel, whole.segments)


@pytest.mark.parametrize("frames", [239, 240, 241], ids=["floored by a frame", "24·d", "24·d+1"])
@pytest.mark.parametrize("rate", RATES, ids=str)
def test_a_frame_more_or_less_is_no_warning_at_any_rate(rate, frames):
    shot = _shot("SH010", 1, 1 + rate.floor_frame(Fraction(10)), (0, 10))
    (placement,) = conform(_take(shot, frames=frames, rate=rate))
    assert (shot.range, ()) == (placement.range, placement.warnings)


def test_a_take_short_by_a_little_offers_to_be_slowed():
    (placement,) = conform(_take(_shot("SH010", 1, 241, (0, 10)), frames=228))
    assert [str(warning) for warning in placement.warnings] == [
        "'SH010': take 2 is 12 frames short: 9.50 s came back for 10.00 s. "
        "Slow it by 5%, or shorten the shot, or generate it again."
    ]
    assert Fraction(1, 20) == placement.slower


def test_a_take_short_by_much_says_so_and_still_fills_the_range():
    (placement,) = conform(_take(_shot("SH010", 1, 241, (0, 10)), frames=120))
    assert (FrameRange(1, 241), ["short"], "Shorten the shot, or generate it again.") == (
        placement.range,
        [warning.code for warning in placement.warnings],
        placement.warnings[0].remedy,
    )


def test_a_shot_that_would_run_into_the_next_shots_picture_is_warned_of():
    first, second = conform(_take(*TWO, frames=241), cuts=[FoundCut(seconds=Fraction(3))])
    assert ([w.code for w in first.warnings], [w.code for w in second.warnings]) == (["short"], [])


def test_sound_that_was_ordered_and_did_not_come_is_noticed():
    (placement,) = conform(_take(TWO[0], frames=121, audio=None))
    assert (placement.has_audio, [warning.code for warning in placement.warnings]) == (False, ["no-sound"])


def test_provenance_says_what_was_ordered_and_what_the_job_knows():
    first, _ = conform(_take(*TWO, frames=241), provenance={"task": "cgt-1"})
    told = {key: first.provenance[key] for key in ("service", "prompt", "seed", "task")}
    assert told == {"service": "animatic", "prompt": "A prompt", "seed": 7, "task": "cgt-1"}


def test_a_placement_is_json_in_and_out():
    first, _ = conform(_take(*TWO, frames=241))
    assert first == Placement.model_validate_json(first.model_dump_json())


@given(rate=st.sampled_from(RATES), frames=st.integers(1, 400), length=st.integers(1, 400))
def test_footage_as_long_as_the_shot_is_never_called_short(rate, frames, length):
    """Whatever covers the shot in seconds covers it in frames, at every rate."""
    shot = _shot("SH010", 1, 1 + length, (0, 20))
    window = Trim(start_seconds=Fraction(0), end_seconds=Fraction(frames, 24))
    short = missing_frames(window, shot, _take(shot, frames=frames, rate=rate))
    assert short == 0 or window.length_seconds < shot.range.seconds(rate)
