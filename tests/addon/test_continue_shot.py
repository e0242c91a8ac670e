"""Going on from a shot's last frame, and filling gaps: the right frames, over exactly the right frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import bpy
import numpy as np
import pytest
from PIL import Image

from addon.continue_shot import continue_from, fill_gap
from addon.placing.place_takes import place_takes
from addon.reading.read_timeline import read_timeline
from addon.sequencer import left_handle, right_handle
from second_unit.errors import BadRange, PlacementError, UnsavedEdit
from second_unit.planning import make_plan
from second_unit.shot_list import build_shot_list
from second_unit.takes import Placement
from second_unit.timeline import Role
from second_unit.timing import FrameRange

from .flash_and_pop import BLOCKS, HEIGHT, WIDTH, write_take
from .laying import lay_effect, set_rate


@pytest.fixture
def edit(registered, tmp_path):
    """Two takes with a gap of 45 frames between them, at 30 fps, in a saved edit."""
    scene = bpy.context.scene
    scene.sequence_editor_create()
    set_rate(scene, 30)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    scene = bpy.context.scene
    take = write_take(tmp_path / "take.mp4", frames=97)
    place_takes(
        scene, [_placement(take, "SH010", 1, 61, Fraction(0)), _placement(take, "SH030", 106, 130, Fraction(2))]
    )
    return scene


def test_a_shot_goes_on_from_the_last_frame_of_the_one_before(edit, tmp_path):
    """60 frames of 30 fps are 2 s: the last one shows the take's frame 47."""
    name = continue_from(edit, "SH010 take 1", 90, prompt="She turns round.")
    words = edit.sequence_editor.strips[name]
    assert (61, 151, "She turns round.") == (left_handle(words), right_handle(words), words.text)
    (still,) = (tmp_path / "takes" / "stills").iterdir()
    assert 47 == _number(still)


def test_a_gap_is_filled_to_the_frame_from_the_left_ones_last_to_the_right_ones_first(edit):
    """The right one begins at 2 s of its take: frame 48."""
    name = fill_gap(edit, "SH010 take 1", "SH030 take 1", prompt="She crosses the yard.")
    words = edit.sequence_editor.strips[name]
    assert (61, 106) == (left_handle(words), right_handle(words))
    timeline = read_timeline(edit, "all", FrameRange(61, 106))
    (request,) = make_plan(build_shot_list(timeline)).requests
    assert FrameRange(61, 106) == request.shots[0].range
    assert {Role.FIRST_FRAME: 47, Role.LAST_FRAME: 48} == {
        reference.role: _number(reference.source.path) for reference in request.references
    }
    assert request.sends_frames


def test_a_picture_is_its_own_last_frame(edit, pictures):
    edit.sequence_editor.strips.new_image("Board", str(pictures / "p0.png"), 9, 200)
    name = continue_from(edit, "Board", 30)
    timeline = read_timeline(edit, "all", FrameRange(201, 231))
    laid = next(strip for strip in timeline.strips if strip.role is Role.FIRST_FRAME)
    assert ([pictures / "p0.png"], name) == ([*laid.files], "After Board")


def test_a_gap_the_wrong_way_round_is_refused(edit):
    with pytest.raises(BadRange, match="no gap from 'SH030 take 1' to 'SH010 take 1'"):
        fill_gap(edit, "SH030 take 1", "SH010 take 1")


def test_strips_that_show_no_file_can_not_be_gone_on_from(edit):
    lay_effect(edit.sequence_editor, "Red", "COLOR", 5, 200, 20)
    with pytest.raises(PlacementError, match="'Red' is no movie or picture strip"):
        continue_from(edit, "Red", 30)


def test_an_edit_without_a_folder_is_told_to_be_saved(registered, tmp_path):
    scene = bpy.context.scene
    scene.sequence_editor_create()
    place_takes(scene, [_placement(write_take(tmp_path / "take.mp4", frames=49), "SH010", 1, 25, Fraction(0))])
    before = len(scene.sequence_editor.strips)
    with pytest.raises(UnsavedEdit):
        continue_from(scene, "SH010 take 1", 30)
    assert before == len(scene.sequence_editor.strips)


def _placement(file: Path, name: str, start: int, end: int, source_start: Fraction) -> Placement:
    return Placement(name=name, file=file, range=FrameRange(start, end), source_start_seconds=source_start, job="job-1")


def _number(picture: Path) -> int:
    """Return the frame number that a still of a test's take bears."""
    with Image.open(picture) as image:
        assert (WIDTH, HEIGHT) == image.size
        lower = np.asarray(image.convert("L"))[HEIGHT // 2 + 4 : -4]
    levels = [lower[:, bit * WIDTH // BLOCKS + 2 : (bit + 1) * WIDTH // BLOCKS - 2].mean() for bit in range(BLOCKS)]
    return int("".join("1" if level > 140 else "0" for level in levels), 2)
