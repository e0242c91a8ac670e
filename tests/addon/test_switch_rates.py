"""Takes of another rate, of other pixels, inside metas, and with sound after one without: as if they had been there."""

from __future__ import annotations

from pathlib import Path

import pytest

from addon.curves import curves_of
from addon.placing.place_takes import place_takes, remove_takes
from addon.placing.switch_takes import keep_take, switch_take
from addon.sequencer import LEFT_HANDLE, content_start, left_handle, right_handle
from addon.strip_marks import is_kept
from second_unit.errors import PlacementError

from .graded_shots import lasting, lay_graded_shots, placement, write_takes
from .laying import lay_effect
from .snapshot import snapshot

RENAMED = {"SH010 take 1": "SH010 take 2", "SH010 take 1 sound": "SH010 take 2 sound"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_takes(tmp_path_factory.mktemp("takes"))


@pytest.fixture
def edit(scene, folder):
    return lay_graded_shots(scene, folder)


def test_a_take_of_another_rate_has_all_that_the_editor_did(edit, folder):
    _grade_more(edit)
    before = snapshot(edit)
    switch_take(edit, ["SH010 take 1"], placement(folder / "other rate.mp4", number=2))
    after = snapshot(edit)
    assert pytest.approx(25) == edit.sequence_editor.strips["SH010 take 2"].fps
    for name in before.strips:
        assert lasting(before, name) == lasting(after, RENAMED.get(name, name))
    assert before.scene == after.scene


def test_what_was_made_of_it_is_made_of_the_take_of_another_rate(edit, folder):
    _grade_more(edit)
    switch_take(edit, ["SH010 take 1"], placement(folder / "other rate.mp4", number=2))
    strips = edit.sequence_editor.strips
    assert ["SH010 take 2", "SH010 take 2"] == [strips["Fade"].input_1.name, strips["Soft"].input_1.name]
    assert strips["SH020 take 1"].modifiers["Masked"].input_mask_strip.name == "SH010 take 2"
    assert {'sequence_editor.strips_all["SH010 take 2"].blend_alpha'} == {each.data_path for each in curves_of(edit)}


def test_the_sound_of_a_take_of_another_rate_stays_bound_to_its_picture(edit, folder):
    switch_take(edit, ["SH010 take 1"], placement(folder / "other rate.mp4", number=2))
    picture = edit.sequence_editor.strips["SH010 take 2"]
    if hasattr(picture, "connections"):  # from 5.2 on a strip tells
        assert ["SH010 take 2 sound"] == [each.name for each in picture.connections]


def test_to_another_rate_and_back_leaves_the_edit_as_it_was(edit, folder):
    before = snapshot(edit)
    switch_take(edit, ["SH010 take 1"], placement(folder / "other rate.mp4", number=2))
    switch_take(edit, ["SH010 take 2"], placement(folder / "one.mp4"))
    after = snapshot(edit)
    for name in before.strips:
        assert lasting(before, name) == lasting(after, name)


def test_the_active_strip_stays_the_active_one(edit, folder):
    switch_take(edit, ["SH020 take 1"], placement(folder / "other rate.mp4", name="SH020", number=2))
    assert edit.sequence_editor.active_strip.name == "SH020 take 2"
    assert edit.sequence_editor.active_strip.select


@pytest.mark.parametrize("file", ["two.mp4", "other rate.mp4"])
def test_a_take_inside_a_meta_is_changed_and_nothing_around_it(edit, folder, file):
    _group(edit)
    before = snapshot(edit)
    names = switch_take(edit, ["SH010 take 1"], placement(folder / file, number=2))
    after = snapshot(edit)
    assert {"SH010 take 2", "SH010 take 2 sound"} == {*names}
    for name in before.strips:
        assert lasting(before, name) == lasting(after, RENAMED.get(name, name))
    assert before.scene == after.scene


def test_takes_inside_metas_are_kept_and_removed(edit):
    meta = _group(edit)
    keep_take(edit, ["SH010 take 1"])
    assert [True, True] == [is_kept(meta.strips[name]) for name in RENAMED]
    remove_takes(edit, RENAMED)
    assert {"Stand-by"} == {strip.name for strip in meta.strips}


def test_a_retimed_strip_is_told_apart_before_anything_changes(edit, folder, monkeypatch):
    from addon.placing import switch_takes

    def retimed(strip):
        raise PlacementError(f"'{strip.name}' is retimed", remedy="Clear its retiming.", strip=strip.name)

    before = snapshot(edit)
    monkeypatch.setattr(switch_takes, "require_replaceable", retimed)
    with pytest.raises(PlacementError, match="'SH010 take 1' is retimed"):
        switch_take(edit, ["SH010 take 1"], placement(folder / "other rate.mp4", number=2))
    assert before == snapshot(edit)


@pytest.mark.parametrize("in_meta", [False, True])
def test_the_sound_of_a_take_is_laid_where_the_take_before_had_none(scene, folder, in_meta):
    place_takes(scene, [placement(folder / "silent.mp4")])
    picture = scene.sequence_editor.strips["SH010 take 1"]
    setattr(picture, LEFT_HANDLE, 15)
    if in_meta:
        picture.move_to_meta(_meta(scene))
    names = switch_take(scene, ["SH010 take 1"], placement(folder / "two.mp4", number=2))
    assert names == ("SH010 take 2", "SH010 take 2 sound")
    picture, sound = (next(one for one in scene.sequence_editor.strips_all if one.name == name) for name in names)
    assert _where(picture) == _where(sound) == (15, 61, 1)
    assert sound.channel > picture.channel
    assert len(scene.sequence_editor.strips_all) == 2 + in_meta * 2


def test_a_sound_that_the_editor_took_away_stays_away(edit, folder):
    edit.sequence_editor.strips.remove(edit.sequence_editor.strips["SH010 take 1 sound"])
    assert switch_take(edit, ["SH010 take 1"], placement(folder / "two.mp4", number=2)) == ("SH010 take 2",)


def test_a_take_of_other_pixels_is_seen_as_large_as_the_one_before(edit, folder):
    strip = edit.sequence_editor.strips["SH010 take 1"]
    strip.transform.scale_y = 4.0
    switch_take(edit, ["SH010 take 1"], placement(folder / "large.mp4", number=2))
    larger = edit.sequence_editor.strips["SH010 take 2"]
    assert (1.25, 2.0, 6) == (larger.transform.scale_x, larger.transform.scale_y, larger.crop.max_x)
    switch_take(edit, ["SH010 take 2"], placement(folder / "one.mp4"))
    again = edit.sequence_editor.strips["SH010 take 1"]
    assert (2.5, 4.0, 3) == (again.transform.scale_x, again.transform.scale_y, again.crop.max_x)


def _grade_more(edit) -> None:
    """A curve of four points, a mask, an effect, a note of the editor's own and a proxy."""
    strips = edit.sequence_editor.strips
    picture = strips["SH010 take 1"]
    curves = picture.modifiers.new("Film", "CURVES").curve_mapping
    for place, value in ((0.3, 0.2), (0.7, 0.9)):
        curves.curves[3].points.new(place, value)
    picture.modifiers.new("Masked", "BRIGHT_CONTRAST").input_mask_strip = strips["Neighbour"]
    strips["SH020 take 1"].modifiers.new("Masked", "BRIGHT_CONTRAST").input_mask_strip = picture
    picture["note"], picture.use_proxy = "the good one", True
    picture.proxy.build_50, picture.proxy.quality = True, 77
    lay_effect(edit.sequence_editor, "Soft", "GAUSSIAN_BLUR", 10, 15, 40, picture)
    edit.sequence_editor.active_strip = strips["Neighbour"]


def _meta(scene):
    meta = scene.sequence_editor.strips.new_meta("Scene 1", 20, 1)
    lay_effect(meta, "Stand-by", "COLOR", 1, 1, 80)
    setattr(meta, "right_handle" if hasattr(meta, "right_handle") else "frame_final_end", 81)
    return meta


def _group(edit):
    """Put the first shot, without its fade, into a meta."""
    editor = edit.sequence_editor
    editor.strips.remove(editor.strips["Fade"])
    meta = _meta(edit)
    for name in RENAMED:
        editor.strips[name].move_to_meta(meta)
    return meta


def _where(strip) -> tuple[int, int, int]:
    return left_handle(strip), right_handle(strip), round(content_start(strip))
