"""The buttons for takes, on a shot that was shot twice: what they do to the edit, and what they say is missing."""

from __future__ import annotations

import bpy
import pytest

import addon
from addon import crew
from addon.panel import posters
from addon.panel.active_shot import active_shot
from addon.panel.panel_takes import TakesPanel
from addon.placing.placeholders import find_placeholders
from addon.sequencer import CONTENT_START, sequencer_context
from addon.settings import errands
from addon.shoot import redo, shoot
from addon.strip_marks import is_kept, strip_id
from addon.watching import session, shot_takes
from second_unit.jobs.store import JobStore
from second_unit.timing import FrameRange
from tests.addon.drawing import draw, in_sequencer
from tests.addon.laying import lay_text

from .conftest import _send_home

QUICK = {"resolution": "480p", "seed": 11}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("takes of a shot")


@pytest.fixture(scope="module")
def store(folder):
    """A store and a saved edit: SH010 was shot twice, and shows its first take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECOND_UNIT_HOME", str(folder / "home"))
        bpy.ops.wm.read_factory_settings(use_empty=False)
        addon.register()
        scene = bpy.context.scene
        scene.sequence_editor_create()
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / "edit.blend"))
        lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
        lay_text(scene.sequence_editor, "SH020", "A cat walks in.", 3, 51, 30)
        shoot(scene, frames=(1, 31), **QUICK)
        where, jobs = redo(scene, "SH010 take 1")
        crew.wait(where, jobs, None)
        bpy.ops.wm.save_mainfile()
        addon.unregister()
        yield where
        _send_home(folder / "home")


@pytest.fixture
def scene(store, folder, monkeypatch):
    """That edit, freshly opened."""
    monkeypatch.setenv("SECOND_UNIT_HOME", str(folder / "home"))
    bpy.ops.wm.read_factory_settings(use_empty=False)
    addon.register()
    bpy.ops.wm.open_mainfile(filepath=str(folder / "edit.blend"))
    session.refresh()
    try:
        yield bpy.context.scene
    finally:
        addon.unregister()
        shot_takes.forget()


def _names(scene: bpy.types.Scene) -> set[str]:
    return {strip.name for strip in scene.sequence_editor.strips} - {"SH010", "SH020"}


ONE, TWO = ({f"SH010 take {number}", f"SH010 take {number} sound"} for number in (1, 2))


@pytest.mark.parametrize("active", ["SH010", "SH010 take 1", "SH010 take 1 sound"])
def test_the_next_take_is_shown_from_the_take_and_from_its_prompt(scene, active):
    with in_sequencer(scene, active):
        bpy.ops.second_unit.next_take()
    assert _names(scene) == TWO


def test_after_the_last_take_comes_the_first_and_before_the_first_the_last(scene):
    shown = []
    for button in ("previous_take", "next_take", "latest_take", "previous_take"):
        with in_sequencer(scene, "SH010"):
            getattr(bpy.ops.second_unit, button)()
        shown.append(_names(scene))
    assert shown == [TWO, ONE, TWO, ONE]


def test_a_take_is_chosen_from_the_list(scene, store):
    with in_sequencer(scene, "SH010"):
        takes = shot_takes.read_takes(active_shot(bpy.context).segments)
        bpy.ops.second_unit.show_take(job=takes[1].job)
    assert ([1, 2], TWO) == ([take.number for take in takes], _names(scene))


def test_keeping_circles_picture_and_sound_and_again_takes_the_circle_off(scene):
    strips = scene.sequence_editor.strips
    circled = []
    for _ in range(2):
        with in_sequencer(scene, "SH010"):
            bpy.ops.second_unit.keep_take()
        circled.append({name: is_kept(strips[name]) for name in ONE})
    assert circled == [dict.fromkeys(ONE, True), dict.fromkeys(ONE, False)]


def test_a_comparison_lies_over_where_the_take_lies_now_and_ends_without_a_trace(scene):
    before = _names(scene)
    with in_sequencer(scene, "SH010"):
        bpy.ops.second_unit.compare_takes(how="wipe")
    during = _names(scene)
    with in_sequencer(scene, "SH010"):
        assert active_shot(bpy.context).shown == "SH010 take 1"
        bpy.ops.second_unit.end_comparison()
    assert (2, before) == (len(during - before), _names(scene))


def test_removing_takes_them_out_and_leaves_the_editors_own(scene):
    with in_sequencer(scene, selected=("SH010", "SH010 take 1", "SH010 take 1 sound")):
        bpy.ops.second_unit.remove_takes()
    assert (set(), True) == (_names(scene), "SH010" in scene.sequence_editor.strips)


@pytest.mark.parametrize(
    ("button", "active", "missing"),
    [
        ("next_take", "SH020", "Select a strip that shows a take, or the prompt strip under it"),
        ("redo", "", "Select a strip that shows a take, or the prompt strip under it"),
        ("remove_takes", "SH020", "Select strips that show takes"),
        ("match_loudness", "SH020", "Select strips that show takes"),
        ("end_comparison", "SH010", "No takes are being compared"),
    ],
)
def test_what_is_missing_is_said(scene, button, active, missing):
    with in_sequencer(scene, active), pytest.raises(RuntimeError, match=missing):
        getattr(bpy.ops.second_unit, button)()


def test_the_panel_lists_the_takes_newest_first_once_they_were_read(scene):
    with in_sequencer(scene, "SH010"):
        looking = draw(TakesPanel)
        shot_takes.read_takes((strip_id(scene.sequence_editor.strips["SH010"]),))
        drawn = draw(TakesPanel)
    listed = [word for word in drawn.words if word.startswith("Take ")]
    assert (["Looking for takes…"], ["Take 2", "Take 1"]) == (looking.words, listed)
    assert {"second_unit.next_take", "second_unit.redo", "second_unit.show_take"} <= set(drawn.buttons)


def test_a_takes_picture_is_made_small_by_a_child_and_shown_from_then_on(scene):
    (first, _) = shot_takes.read_takes((strip_id(scene.sequence_editor.strips["SH010"]),))
    asked_for = posters.poster(first)
    posters.ask_for(first)
    errands.wait()
    picture = bpy.data.images.load(str(posters.poster_path(first)))
    assert (0, 256, 0.625) == (asked_for, max(picture.size), float(first.middle_seconds))
    # Blender without windows gives no icons; which picture is shown is known all the same.
    assert {posters.poster_path(first)} == posters._Known.here


def test_a_take_that_cannot_be_pictured_is_asked_for_once(scene, tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"not a movie" * 100)
    (first, _) = shot_takes.read_takes((strip_id(scene.sequence_editor.strips["SH010"]),))
    broken = first._replace(job="broken", file=tmp_path / "broken.mp4")
    posters.ask_for(broken)
    errands.wait()
    assert not posters.poster_path(broken).exists()
    assert ({posters.poster_path(broken)}, {}) == (posters._Known.failed, posters._Known.waiting)


def test_a_shot_without_a_take_says_how_to_get_one(scene):
    with in_sequencer(scene, "SH020"):
        shot_takes.read_takes(active_shot(bpy.context).segments)
        drawn = draw(TakesPanel)
    assert "Preview the stretch and generate it" in " ".join(drawn.words)


def test_every_strip_button_can_be_drawn_in_the_sequencers_menus(scene):
    from tests.addon.drawing import draw_menu

    with sequencer_context(scene):
        drawn = draw_menu("SECOND_UNIT_MT_strip")
    assert {"second_unit.preview", "second_unit.next_take", "second_unit.refit_takes"} <= set(drawn.buttons)


def test_redo_says_what_it_costs_orders_once_more_and_waits_where_the_take_was_moved_to(scene, store):
    """Last, for the shot has three takes from here on."""
    from addon.operators.take_operators import _cost_of_redo

    strip = scene.sequence_editor.strips["SH010 take 1"]
    setattr(strip, CONTENT_START, 201)
    with JobStore(store) as kept:
        before = {job.id for job in kept.jobs()}
    with in_sequencer(scene, "SH010 take 1"):
        told = _cost_of_redo(bpy.context, None)
        bpy.ops.second_unit.redo()
    with JobStore(store) as kept:
        (ordered,) = {job.id for job in kept.jobs()} - before
    crew.wait(store, [ordered], None)
    waiting = {(one.note.job, one.frames) for one in find_placeholders(scene)}
    assert "SH010: 2 s by animatic previs, 480p\nIt is free." == told
    assert {(ordered, FrameRange(201, 231))} == waiting
