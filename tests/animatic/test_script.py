"""Panels and the frames that show them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from second_unit.animatic.script import AnimaticScript, Panel
from second_unit.timing import FrameRange


def _script(edges: list[Fraction], **others: object) -> AnimaticScript:
    panels = [Panel(start_seconds=start, end_seconds=end) for start, end in pairwise(edges)]
    return AnimaticScript.model_validate({"width": 64, "height": 36, "seconds": edges[-1], "panels": panels, **others})


def test_whole_seconds_cut_on_exact_frames() -> None:
    script = _script([Fraction(0), Fraction(3), Fraction(5)])

    assert [FrameRange(0, 72), FrameRange(72, 121)] == [script.panel_frames(0), script.panel_frames(1)]
    assert script.frames == 121


@given(st.lists(st.fractions(min_value="1/10", max_value=4, max_denominator=1000), min_size=1, max_size=8))
def test_every_frame_belongs_to_exactly_one_panel(lengths: list[Fraction]) -> None:
    edges = [sum(lengths[:count], Fraction(0)) for count in range(len(lengths) + 1)]
    script = _script(edges)
    shown = [frame for index in range(len(lengths)) for frame in script.panel_frames(index)]

    assert list(range(script.frames)) == shown


def test_a_cut_falls_on_the_first_frame_that_starts_in_its_window() -> None:
    # 1.01 s are 24.24 frames: frame 24 still starts before, frame 25 is the first after.
    assert 25 == _script([Fraction(0), Fraction("1.01"), Fraction(2)]).panel_frames(1).start


@pytest.mark.parametrize("size", [(1471, 630), (1470, 631), (0, 10), (20_000, 10)])
def test_sizes_that_cannot_be_coded_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValidationError):
        _script([Fraction(0), Fraction(1)], width=size[0], height=size[1])


def test_panels_that_overlap_are_refused() -> None:
    panels = [Panel(start_seconds=Fraction(0), end_seconds=Fraction(2), name="A")]
    panels.append(Panel(start_seconds=Fraction(1), end_seconds=Fraction(3), name="B"))
    with pytest.raises(ValidationError, match="'B' starts before 'A' ends"):
        AnimaticScript(width=64, height=36, seconds=Fraction(3), panels=tuple(panels))


def test_a_script_is_json_in_and_out() -> None:
    script = _script([Fraction(0), Fraction(3), Fraction(5)], sync_pops=True, seed=4)

    assert script == AnimaticScript.model_validate_json(script.model_dump_json())
