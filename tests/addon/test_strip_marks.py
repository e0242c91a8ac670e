"""Ids and take marks on strips."""

from __future__ import annotations

from addon.strip_marks import TakeTag, ensure_strip_ids, strip_id, tag_take, take_tag
from tests.addon.laying import lay_effect


def _ids(scene) -> dict[str, str]:
    return {strip.name: strip_id(strip) for strip in scene.sequence_editor.strips_all}


def test_every_strip_gets_an_id_of_its_own_inside_metas_too(scene):
    meta = scene.sequence_editor.strips.new_meta("Meta", 1, 1)
    lay_effect(meta, "Inner", "COLOR", 1, 1, 20)
    lay_effect(scene.sequence_editor, "Outer", "COLOR", 2, 1, 20)
    ensure_strip_ids(scene)
    assert len(set(_ids(scene).values())) == 3


def test_ids_once_given_are_never_written_again(scene):
    lay_effect(scene.sequence_editor, "Slate", "COLOR", 1, 1, 20)
    ensure_strip_ids(scene)
    before = _ids(scene)
    assert (0, before) == (ensure_strip_ids(scene), _ids(scene))


def test_an_id_stays_through_renaming_saving_and_loading(scene, blender, tmp_path):
    strip = lay_effect(scene.sequence_editor, "Slate", "COLOR", 1, 1, 20)
    ensure_strip_ids(scene)
    expected = strip_id(strip)
    strip.name = "SH010"
    blender.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    blender.ops.wm.open_mainfile(filepath=str(tmp_path / "edit.blend"))
    assert expected == _ids(blender.context.scene)["SH010"]


def test_a_split_off_part_is_a_new_shot_and_the_original_keeps_its_id(scene):
    strip = lay_effect(scene.sequence_editor, "Slate", "COLOR", 1, 1, 20)
    ensure_strip_ids(scene)
    expected = strip_id(strip)
    part = strip.split(10, "SOFT")
    ensure_strip_ids(scene)
    assert (expected, False) == (strip_id(strip), expected == strip_id(part))


def test_of_renamed_copies_the_one_with_the_lowest_number_keeps_the_id(scene):
    strip = lay_effect(scene.sequence_editor, "Slate", "COLOR", 1, 1, 30)
    ensure_strip_ids(scene)
    expected = strip_id(strip)
    strip.name = "SH010"
    for frame in (20, 10):
        strip.split(frame, "SOFT")
    ensure_strip_ids(scene)
    ids = _ids(scene)
    assert (expected, 3) == (ids["SH010"], len(set(ids.values())))


def test_a_take_mark_comes_back_as_it_was_given(scene):
    strip = lay_effect(scene.sequence_editor, "Take", "COLOR", 1, 1, 30)
    tag = TakeTag("job-1", 2, ("a", "b"), {"service": "animatic", "seed": None, "cost": 0.5, "prompt": "Zoë läuft"})
    tag_take(strip, tag)
    assert tag == take_tag(strip)


def test_a_split_take_still_shows_its_take(scene):
    strip = lay_effect(scene.sequence_editor, "Take", "COLOR", 1, 1, 30)
    tag_take(strip, TakeTag("job-1"))
    part = strip.split(10, "SOFT")
    assert take_tag(strip) == take_tag(part)


def test_the_editors_own_strips_and_damaged_marks_show_no_take(scene):
    strip = lay_effect(scene.sequence_editor, "Slate", "COLOR", 1, 1, 30)
    damaged = lay_effect(scene.sequence_editor, "Damaged", "COLOR", 2, 1, 30)
    damaged["second_unit_take"] = '{"job": "a'
    assert (take_tag(strip), take_tag(damaged)) == (None, None)
