"""Other takes of a shot: everything the editor did to its strips survives the change."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import bpy
import pytest

from addon.placing.switch_takes import choose_take, keep_take, switch_take
from addon.placing.take_notes import read_cut
from addon.sequencer import content_start, left_handle, right_handle
from addon.strip_marks import is_kept, take_tag
from second_unit.errors import MissingMedia, PlacementError, UnreadableMedia

from .graded_shots import lasting, lay_graded_shots, placement, write_takes
from .snapshot import snapshot


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_takes(tmp_path_factory.mktemp("takes"))


@pytest.fixture
def edit(scene, folder):
    return lay_graded_shots(scene, folder)


def test_the_next_take_follows_and_after_the_last_comes_the_first():
    takes = [placement(Path(f"{number}.mp4"), number=number) for number in (3, 1, 2)]
    assert [choose_take(takes, shown, "next").take for shown in (1, 2, 3)] == [2, 3, 1]
    assert [choose_take(takes, shown, "previous").take for shown in (1, 2, 3)] == [3, 1, 2]


def test_the_latest_is_no_other_where_it_is_shown():
    takes = [placement(Path(f"{number}.mp4"), number=number) for number in (1, 2)]
    assert (choose_take(takes, 1, "latest").take, choose_take(takes, 2, "latest")) == (2, None)


def test_a_shot_with_one_take_has_no_next():
    assert choose_take([placement(Path("1.mp4"))], 1, "next") is None


def test_trims_effects_colour_transforms_and_animation_survive(edit, folder):
    before = snapshot(edit)
    switch_take(edit, ["SH010 take 1"], placement(folder / "two.mp4", number=2))
    after = snapshot(edit)
    renamed = {"SH010 take 1": "SH010 take 2", "SH010 take 1 sound": "SH010 take 2 sound"}
    for name in before.strips:
        assert lasting(before, name) == lasting(after, renamed.get(name, name))
    assert before.scene == after.scene


def test_sound_goes_with_its_picture_and_both_show_the_other_file(edit, folder):
    names = switch_take(edit, ["SH010 take 1 sound"], placement(folder / "two.mp4", number=2))
    strips = edit.sequence_editor.strips
    assert {"SH010 take 2", "SH010 take 2 sound"} == {*names}
    assert str(folder / "two.mp4") == strips["SH010 take 2"].filepath
    assert str(folder / "two.mp4") == strips["SH010 take 2 sound"].sound.filepath
    assert {("job-2", 2)} == {(take_tag(strips[name]).job, take_tag(strips[name]).take) for name in names}


def test_trims_count_from_where_the_shot_begins_in_each_take(edit, folder):
    """Trimmed by 14 frames, at 25 fps; the shot begins 2 s into the other take: 64 frames of it lie before the trim."""
    switch_take(edit, ["SH010 take 1"], placement(folder / "two.mp4", number=2, source_start=Fraction(2)))
    for name in ("SH010 take 2", "SH010 take 2 sound"):
        strip = edit.sequence_editor.strips[name]
        assert (left_handle(strip), right_handle(strip), content_start(strip)) == (15, 55, 15 - 14 - 50)


def test_there_and_back_again_leaves_the_edit_as_it_was(edit, folder):
    before = snapshot(edit)
    switch_take(edit, ["SH010 take 1"], placement(folder / "two.mp4", number=2, source_start=Fraction(7, 3)))
    switch_take(edit, ["SH010 take 2"], placement(folder / "one.mp4"))
    after = snapshot(edit)
    for name in before.strips:
        assert lasting(before, name) == lasting(after, name)


def test_a_name_that_the_editor_gave_stays(edit, folder):
    edit.sequence_editor.strips["SH010 take 1"].name = "Hero"
    assert "Hero" in switch_take(edit, ["Hero"], placement(folder / "two.mp4", number=2))


def test_a_take_without_sound_mutes_the_sound_until_one_with_sound_comes(edit, folder):
    switch_take(edit, ["SH010 take 1"], placement(folder / "silent.mp4", number=2))
    sound = edit.sequence_editor.strips["SH010 take 2 sound"]
    assert sound.mute
    switch_take(edit, ["SH010 take 2"], placement(folder / "two.mp4", number=3))
    assert not sound.mute


@pytest.mark.parametrize(
    ("file", "error", "told"),
    [
        ("nowhere.mp4", MissingMedia, "isn't there"),
        ("garbage.mp4", UnreadableMedia, "can't read"),
    ],
)
def test_a_take_that_cannot_be_shown_changes_nothing(edit, folder, file, error, told):
    before = snapshot(edit)
    with pytest.raises(error, match=told):
        switch_take(edit, ["SH010 take 1"], placement(folder / file, number=2))
    assert before == snapshot(edit)


def test_the_editors_own_strips_are_not_switched(edit, folder):
    with pytest.raises(PlacementError, match="'Neighbour' is no take"):
        switch_take(edit, ["Neighbour"], placement(folder / "two.mp4", number=2))


def test_a_copy_of_a_strip_shows_its_own_take(edit, folder):
    """A copy elsewhere in the edit bears the same marks; it isn't switched with the original."""
    strips = edit.sequence_editor.strips
    copy = strips["SH020 take 1"].split(frame=60, split_method="SOFT")
    switch_take(edit, [copy.name], placement(folder / "two.mp4", name="SH020", number=2))
    assert str(folder / "one.mp4") == strips["SH020 take 1"].filepath
    assert str(folder / "two.mp4") == copy.filepath


def test_takes_can_be_kept_and_the_circle_goes_with_the_take(edit, folder):
    keep_take(edit, ["SH010 take 1"])
    strips = edit.sequence_editor.strips
    assert [is_kept(strips[name]) for name in ("SH010 take 1", "SH010 take 1 sound")] == [True, True]
    switch_take(edit, ["SH010 take 1"], placement(folder / "two.mp4", number=2))
    assert not is_kept(strips["SH010 take 2"])


def test_marks_survive_saving_and_loading(edit, folder, tmp_path):
    keep_take(edit, ["SH010 take 1"])
    cut = read_cut(edit.sequence_editor.strips["SH010 take 1"])
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "edit.blend"))
    assert cut == read_cut(bpy.context.scene.sequence_editor.strips["SH010 take 1"])
