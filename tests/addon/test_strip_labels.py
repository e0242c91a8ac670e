"""What is drawn over the timeline: labels where references are used, and which shots changed or failed."""

from __future__ import annotations

from dataclasses import replace

import bpy
import pytest

import addon
from addon.panel import strip_labels
from addon.panel.strip_labels import FAILED, STALE, Mark, known_marks
from addon.sequencer import CONTENT_START
from addon.strip_marks import TakeTag, strip_id, tag_take
from addon.watching import session

from .drawing import in_sequencer
from .laying import lay_effect, lay_text


@pytest.fixture
def scene(tmp_path, monkeypatch, pictures):
    """Two shots, the first with a picture and a take."""
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path / "home"))
    bpy.ops.wm.read_factory_settings(use_empty=False)
    addon.register()
    try:
        scene = bpy.context.scene
        editor = scene.sequence_editor_create()
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
        editor.strips.new_image("Door", str(pictures / "p0.png"), 1, 1, fit_method="FIT")
        lay_text(editor, "SH010", "Ana opens a door. Static. A creak.", 3, 1, 50)
        lay_text(editor, "SH020", "A cat walks in. Static. A purr.", 3, 51, 50)
        with in_sequencer(scene):
            bpy.ops.second_unit.preview(stretch="all")
        take = lay_effect(editor, "SH010 take 1", "COLOR", 5, 1, 50)
        tag_take(take, TakeTag("job", 1, (strip_id(editor.strips["SH010"]),)))
        yield scene
    finally:
        addon.unregister()


def _marks(scene) -> dict[tuple[int, int], Mark]:
    session.touch()
    with in_sequencer(scene):
        return {(mark.channel, mark.left): mark for mark in known_marks(bpy.context)}


def test_a_reference_bears_its_label_and_only_shots_with_a_take_are_marked_as_changed(scene):
    assert {(1, 1): "Image 1", (3, 1): "", (5, 1): ""} == {place: mark.label for place, mark in _marks(scene).items()}
    assert {(1, 1): "", (3, 1): STALE, (5, 1): STALE} == {place: mark.state for place, mark in _marks(scene).items()}


def test_a_failed_shot_is_marked_so(scene):
    session.note_failed({scene.name: frozenset({strip_id(scene.sequence_editor.strips["SH020"])})})
    assert FAILED == _marks(scene)[3, 51].state


def test_a_shot_that_has_its_take_is_not_marked(scene):
    session.keep_preview(scene, replace(session.preview(scene), stale=frozenset()))
    assert {(1, 1)} == set(_marks(scene))


def test_marks_follow_a_strip_that_is_moved(scene):
    setattr(scene.sequence_editor.strips["Door"], CONTENT_START, 31)
    assert "Image 1" == _marks(scene)[1, 31].label


def test_without_a_dry_run_nothing_is_looked_for(scene, monkeypatch):
    session.forget(scene)
    session.note_failed({})
    monkeypatch.setattr(strip_labels, "find_marks", lambda _context: pytest.fail("strips were looked at"))
    assert {} == _marks(scene)


def test_labels_are_there_again_after_another_dry_run_of_a_reopened_file(scene):
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    reopened = bpy.context.scene
    assert {} == _marks(reopened)
    with in_sequencer(reopened):
        bpy.ops.second_unit.preview(stretch="all")
    assert "Image 1" == _marks(reopened)[1, 1].label


def test_a_damaged_mark_is_no_take():
    assert [frozenset()] * 4 == [strip_labels.shots_of(mark) for mark in (None, "", "{", '{"job": "x"}')]
