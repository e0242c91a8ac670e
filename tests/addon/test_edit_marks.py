"""What the panel says of the edit at a glance, against what a dry run says of it."""

from __future__ import annotations

import pytest

from addon.placing.placeholders import Progress, find_placeholders, lay_placeholders, remove_placeholders, show_progress
from addon.reading.edit_marks import changed_shots, edit_mark, selection_key, shot_mark, summarise
from addon.reading.read_timeline import read_timeline
from addon.strip_marks import ensure_strip_ids
from benchmarks.jobs import a_request
from second_unit.shot_list import build_shot_list
from tests.addon.laying import lay_effect, lay_text, set_rate


@pytest.fixture
def shots(registered):
    """Three prompts in a row, a picture's worth of grey under them, at 24 fps."""
    scene = registered.context.scene
    scene.sequence_editor_create()
    set_rate(scene, 24)
    for number in range(3):
        lay_text(scene.sequence_editor, f"SH0{number}0", "A door opens.", 2, 1 + number * 48, 48)
    lay_effect(scene.sequence_editor, "Card", "COLOR", 1, 1, 144)
    for strip in scene.sequence_editor.strips:
        strip.select = False
    return scene


def test_an_empty_edit_says_so(scene):
    assert (0, "", 1) == (summarise(scene).shots, summarise(scene).by, len(summarise(scene).notices))


def test_the_whole_edit_the_preview_range_or_the_selection(shots):
    told = [summarise(shots)]
    shots.use_preview_range, shots.frame_preview_start, shots.frame_preview_end = True, 1, 60
    told.append(summarise(shots))
    shots.sequence_editor.strips["SH020"].select = True
    told.append(summarise(shots))
    assert [("whole edit", 3, 1, 145), ("preview range", 2, 1, 61), ("selection", 1, 97, 145)] == [
        (one.by, one.shots, one.start, one.end) for one in told
    ]
    assert (144, 6.0) == (told[0].frames, told[0].seconds)


@pytest.mark.parametrize("stretch", ["whole", "selection"])
def test_it_counts_the_shots_that_a_dry_run_counts(shots, stretch):
    strips = shots.sequence_editor.strips
    strips["SH000"].mute = True
    strips["Card"].second_unit.text = "A card."
    for strip in strips:
        strip.select = stretch == "selection" and strip.name in {"SH010", "Card"}
    planned = build_shot_list(read_timeline(shots))
    # A shot that another lies over the middle of is shot in two parts.
    assert len({segment.id.split("/")[0] for segment in planned.segments}) == summarise(shots).shots


def test_obvious_things_to_mend_are_named(shots):
    strips = shots.sequence_editor.strips
    strips["SH000"].mute = True
    strips["SH010"].text = " "
    assert (("SH000", "is muted and left out."), ("SH010", "has no text.")) == summarise(shots).notices


def test_a_mark_changes_with_the_edit_and_not_with_what_is_selected(shots):
    strips = shots.sequence_editor.strips
    before, selected = edit_mark(shots), selection_key(shots)
    strips["SH000"].select = True
    assert (before, True) == (edit_mark(shots), selected != selection_key(shots))
    changes = [
        lambda: setattr(strips["SH000"], "text", "A window opens."),
        lambda: setattr(strips["SH000"].second_unit, "camera", "Static."),
        lambda: setattr(strips["SH010"], "mute", True),
        lambda: setattr(shots.second_unit, "resolution", "480p"),
        lambda: setattr(shots.render, "fps", 25),
        lambda: shots.timeline_markers.new("cut", frame=49),
        lambda: strips.remove(strips["Card"]),
    ]
    marks = [before]
    for change in changes:
        change()
        marks.append(edit_mark(shots))
    assert len(marks) == len(set(marks))


def test_placeholders_leave_the_mark_and_the_count_alone(shots):
    before, count = edit_mark(shots), summarise(shots).shots
    lay_placeholders(shots, {"job": a_request(1)})
    assert (before, count) == (edit_mark(shots), summarise(shots).shots)
    remove_placeholders(shots, {"job"})
    assert () == find_placeholders(shots)


def test_a_placeholder_says_how_its_job_fares(shots):
    (name,) = lay_placeholders(shots, {"job": a_request(1)})
    (now,) = show_progress(shots, [Progress(name, "job", "running", "45 %")])
    strip = shots.sequence_editor.strips[now]
    assert ("SH0001 · 45 %", "COLOR_05") == (now, strip.color_tag)
    assert (None, None) == show_progress(
        shots, [Progress(now, "another", "ready", "ready"), Progress("SH000", "job", "ready", "ready")]
    )


def test_a_long_name_keeps_its_progress(shots):
    request = a_request(1)
    shot = request.shots[0].model_copy(update={"name": "Ein sehr langer Name für eine Einstellung am Hafen " * 2})
    (name,) = lay_placeholders(shots, {"job": request.model_copy(update={"shots": (shot,)})})
    assert (True, True) == (name.endswith(" · waiting"), len(name.encode()) <= 61)


def test_what_was_ordered_is_known_from_session_to_session(shots):
    ensure_strip_ids(shots)
    strip = shots.sequence_editor.strips["SH000"]
    before = shot_mark(strip)
    strip.text = "A window opens."
    changed = shot_mark(strip)
    strip.text = "A door opens."
    assert (True, before, frozenset()) == (before != changed, shot_mark(strip), changed_shots(shots))
