"""Comparing takes: both are seen, above everything, and nothing stays behind."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from addon.placing.compare_takes import compare_takes, end_comparison
from addon.placing.place_takes import place_takes
from second_unit.errors import MissingMedia
from second_unit.takes import Placement
from second_unit.timing import FrameRange

from .flash_and_pop import HEIGHT, WIDTH, prepare_scene, render_edit, write_take
from .laying import lay_effect
from .snapshot import snapshot


@pytest.fixture(scope="module")
def takes(tmp_path_factory) -> tuple[Path, Path]:
    """Two takes whose numbers are all dark, and all bright, in their first frames."""
    folder = tmp_path_factory.mktemp("takes")
    return write_take(folder / "dark.mp4", frames=25), write_take(folder / "bright.mp4", frames=25, first=4095)


@pytest.fixture
def edit(scene, takes):
    edit = prepare_scene(scene, (24, 1.0))
    place_takes(edit, [_placement(takes[0])])
    lay_effect(edit.sequence_editor, "Grade", "ADJUSTMENT", 7, 1, 100)
    return edit


def test_side_by_side_the_first_is_on_the_left_at_half_size(edit, takes, tmp_path):
    compare_takes(edit, _placement(takes[0]), _placement(takes[1], number=2))
    # The numbers stand in the lower half of each picture: here from the middle to three quarters of the height.
    left, right = _levels(edit, tmp_path, row=HEIGHT * 5 // 8)
    assert left < 100
    assert right > 180


def test_a_wipe_shows_one_half_of_each(edit, takes, tmp_path):
    compare_takes(edit, _placement(takes[0]), _placement(takes[1], number=2), "wipe")
    left, right = _levels(edit, tmp_path, row=HEIGHT * 7 // 8)
    assert left < 100
    assert right > 180


def test_compared_takes_lie_above_everything_without_sound(edit, takes):
    names = compare_takes(edit, _placement(takes[0]), _placement(takes[1], number=2))
    strips = edit.sequence_editor.strips
    assert [8, 9] == [strips[name].channel for name in names]
    assert 1 == sum(strip.type == "SOUND" for strip in strips)


def test_ending_the_comparison_leaves_the_edit_as_it_was(edit, takes):
    before = snapshot(edit)
    compare_takes(edit, _placement(takes[0]), _placement(takes[1], number=2))
    compare_takes(edit, _placement(takes[1]), _placement(takes[0], number=2), "wipe")
    end_comparison(edit)
    assert before == snapshot(edit)


def test_a_take_that_is_missing_leaves_the_edit_as_it_was(edit, takes):
    before = snapshot(edit)
    with pytest.raises(MissingMedia):
        compare_takes(edit, _placement(takes[0]), _placement(Path("nowhere.mp4"), number=2))
    assert before == snapshot(edit)


def _placement(file: Path, number: int = 1) -> Placement:
    return Placement(
        name="SH010", file=file, range=FrameRange(1, 25), segments=("shot",), job=f"job-{number}", take=number
    )


def _levels(scene, folder: Path, row: int) -> tuple[float, float]:
    """Render the first frame and return how bright a quarter and three quarters of the row are."""
    render_edit(scene, folder / "frame.mp4", range(1, 2))
    with av.open(str(folder / "frame.mp4")) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="gray")
    return tuple(float(picture[row - 1 : row + 2, x - 3 : x + 4].mean()) for x in (WIDTH // 4, WIDTH * 3 // 4))
