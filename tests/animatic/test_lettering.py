"""Letters of any language are drawn, wrapped, and never crash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from second_unit.animatic.lettering import draw_text, split_runs, text_width, wrap

WORDS = [
    "Push in — “slowly” …",
    "夜明けの灯台",
    "Привет, маяк",
    "안녕하세요 등대",
    "مرحبا",
    "שלום",
    "हिन्दी",
    "ไทย",
    "🎬",
]


def _ink(text: str) -> int:
    image = Image.new("L", (600, 60))
    draw_text(ImageDraw.Draw(image), (4, 44), text, 30, (255,))
    return sum(image.histogram()[128:])


@pytest.mark.parametrize("text", ["Push in", "Plain ASCII only"])
def test_plain_words_leave_ink(text: str) -> None:
    assert _ink(text) > 100


@pytest.mark.parametrize("text", WORDS)
def test_any_language_is_lettered_without_a_crash(text: str) -> None:
    assert _ink(text) >= 0
    assert text_width(text, 30) >= 0


def test_a_letter_that_the_first_font_lacks_comes_from_another_or_is_left_out() -> None:
    drawn = "".join(run.text for run in split_runs("a夜\x00b", 20))

    assert drawn in {"a夜b", "ab"}


def test_long_words_are_wrapped_and_shortened() -> None:
    lines = wrap("The keeper climbs the spiral stairs with a lantern in her hand", 20, 200, 2)

    assert len(lines) == 2
    assert lines[-1].endswith(("…", "..."))
    assert all(text_width(line, 20) <= 200 for line in lines)


def test_what_fits_is_kept_whole() -> None:
    assert ["She waits."] == wrap("She  waits.", 20, 400, 2)


def test_scripts_without_spaces_are_wrapped_between_letters() -> None:
    text = "雨の中の灯台、夜明け。彼女は走る"

    assert text == "".join(wrap(text, 20, 120, 9))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_no_text_crashes_it(text: str) -> None:
    assert isinstance(_ink(text), int)
    assert isinstance(wrap(text, 20, 100, 2), list)
