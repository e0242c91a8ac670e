"""Frames and rates are exact, at every rate that editors use."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from second_unit.errors import BadRange
from second_unit.timing import FrameRange, FrameRate, rescale

RATES = {
    "23.976": FrameRate(24000, 1001),
    "24": FrameRate(24),
    "25": FrameRate(25),
    "29.97": FrameRate(30000, 1001),
    "30": FrameRate(30),
    "50": FrameRate(50),
    "59.94": FrameRate(60000, 1001),
    "60": FrameRate(60),
}
every_rate = pytest.mark.parametrize("rate", RATES.values(), ids=RATES.keys())
rates = st.sampled_from(list(RATES.values()))
frames = st.integers(-1_000_000, 1_000_000)


@every_rate
def test_every_frame_of_an_hour_comes_back_from_seconds(rate: FrameRate) -> None:
    hour = rate.floor_frame(Fraction(3600))

    wrong = [frame for frame in range(hour + 1) if rate.nearest_frame(rate.seconds(frame)) != frame]

    assert wrong == []


@every_rate
def test_an_hour_of_frames_touches_without_gap_or_overlap(rate: FrameRate) -> None:
    """Floor and ceil agree on every frame's own start, so neither loses nor repeats one."""
    step = 997  # a prime: every phase of 1001 is met
    starts = [rate.seconds(frame) for frame in range(0, rate.floor_frame(Fraction(3600)), step)]

    assert [rate.floor_frame(start) for start in starts] == [rate.ceil_frame(start) for start in starts]


@pytest.mark.parametrize(("typed", "rate"), RATES.items(), ids=RATES.keys())
def test_a_decimal_stands_for_its_exact_rate(typed: str, rate: FrameRate) -> None:
    assert rate == FrameRate.from_number(float(typed))


@pytest.mark.parametrize(
    ("fps", "base", "expected"),
    [
        (24, 1.00100004673, RATES["23.976"]),
        (30, 1.00100004673, RATES["29.97"]),
        (60, 1.00100004673, RATES["59.94"]),
        (24, 1.0, RATES["24"]),
        (3, 0.10000000149, RATES["30"]),  # what Blender sets for a movie of 30 fps with use_framerate
    ],
)
def test_blenders_single_precision_base_is_what_was_typed(fps: int, base: float, expected: FrameRate) -> None:
    assert expected == FrameRate.from_blender(fps, base)


@pytest.mark.parametrize("rate", [(0, 1), (24, 0), (-24, 1)])
def test_a_rate_that_cant_be_is_refused(rate: tuple[int, int]) -> None:
    with pytest.raises(BadRange, match="can't be"):
        FrameRate(*rate)


def test_a_rate_is_kept_in_lowest_terms() -> None:
    assert FrameRate(24) == FrameRate(24000, 1000)


@given(rates, frames)
def test_seconds_and_frames_are_inverse(rate: FrameRate, frame: int) -> None:
    assert frame == rate.frames(rate.seconds(frame))


@given(rates, st.fractions(min_value=-10_000, max_value=10_000))
def test_rounding_rules_surround_the_moment(rate: FrameRate, moment: Fraction) -> None:
    floor, ceil = rate.floor_frame(moment), rate.ceil_frame(moment)

    assert rate.seconds(floor) <= moment <= rate.seconds(ceil)
    assert ceil - floor in (0, 1)


@given(rates, st.fractions(min_value=-10_000, max_value=10_000))
def test_the_nearest_frame_is_at_most_half_a_frame_away(rate: FrameRate, moment: Fraction) -> None:
    assert abs(rate.frames(moment) - rate.nearest_frame(moment)) <= Fraction(1, 2)


@given(rates, rates, frames, st.integers(0, 1000), st.integers(0, 1000))
def test_ranges_that_touch_still_touch_at_another_rate(
    source: FrameRate, target: FrameRate, start: int, first: int, second: int
) -> None:
    early = rescale(FrameRange(start, start + first), source, target)
    late = rescale(FrameRange(start + first, start + first + second), source, target)

    assert early.end == late.start


@given(rates, frames, st.integers(0, 100_000))
def test_a_range_survives_a_faster_rate_and_back(rate: FrameRate, start: int, length: int) -> None:
    faster = FrameRate(rate.numerator * 4, rate.denominator)
    frames = FrameRange(start, start + length)

    assert frames == rescale(rescale(frames, rate, faster), faster, rate)


@given(frames, st.integers(0, 500), frames, st.integers(0, 500))
def test_an_overlap_holds_exactly_what_both_hold(one: int, length: int, other: int, other_length: int) -> None:
    first, second = FrameRange(one, one + length), FrameRange(other, other + other_length)
    overlap = first.overlap(second)

    assert set(first) & set(second) == set(overlap or FrameRange(0, 0))


def test_ranges_that_only_touch_share_nothing() -> None:
    assert not FrameRange(0, 10).overlaps(FrameRange(10, 20))


def test_a_reversed_range_is_refused() -> None:
    with pytest.raises(BadRange, match="backwards"):
        FrameRange(10, 9)


@pytest.mark.parametrize(
    ("rate", "frame", "expected"),
    [
        (RATES["24"], 0, "00:00:00:00"),
        (RATES["29.97"], 3600, "00:02:00:00"),
        (RATES["25"], 90_024, "01:00:00:24"),
        (RATES["24"], -25, "-00:00:01:01"),
    ],
)
def test_timecode_counts_in_the_nominal_rate(rate: FrameRate, frame: int, expected: str) -> None:
    assert expected == rate.timecode(frame)
