"""The panels: what they show with nothing, with an edit, after a dry run; drawing touches no file and no store."""

from __future__ import annotations

import sys
import time
from decimal import Decimal
from pathlib import Path

import bpy
import pytest

import addon
from addon import later
from addon.panel import job_words, offers, panels
from addon.panel.panel_cast import CastPanel
from addon.panel.panel_jobs import JobsPanel, clock, fill_list
from addon.panel.panel_service import ServiceMorePanel, ServicePanel
from addon.panel.panel_shot import ShotFieldsPanel, ShotPanel, ShotReferencesPanel, ShotRequestPanel, ShotRolePanel
from addon.panel.panel_stretch import OrdersPanel, StretchPanel, WarningsPanel, money
from addon.sequencer import LEFT_HANDLE, RIGHT_HANDLE, sequencer_context
from addon.watching import session
from second_unit.jobs.reader import JobRow
from second_unit.plan import Cost

from .drawing import draw, draw_menu, in_sequencer
from .laying import lay_effect, lay_text

PANELS = [each for each in panels.CLASSES if issubclass(each, bpy.types.Panel)]


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """A saved edit with Second Unit registered, and a store of its own that doesn't exist yet."""
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path / "home"))
    bpy.ops.wm.read_factory_settings(use_empty=False)
    addon.register()
    bpy.context.scene.sequence_editor_create()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    try:
        yield bpy.context.scene
    finally:
        addon.unregister()
        later.forget()
        job_words.forget()


@pytest.fixture
def edit(scene, pictures):
    """Two shots with a picture under the first."""
    lay_text(scene.sequence_editor, "SH010", "Ana opens a door.", 3, 1, 50)
    lay_text(scene.sequence_editor, "SH020", "A cat walks in.", 3, 51, 50)
    lay_effect(scene.sequence_editor, "Grade", "COLOR", 2, 1, 10)
    strip = scene.sequence_editor.strips.new_image("Door", str(pictures / "p0.png"), 1, 1, fit_method="FIT")
    setattr(strip, RIGHT_HANDLE, 51)
    return scene


def _preview(scene, stretch="all"):
    with in_sequencer(scene, "SH010"):
        bpy.ops.second_unit.preview(stretch=stretch)


def _words(panel, scene, active=""):
    with in_sequencer(scene, active):
        drawn = draw(panel)
    return " ".join(drawn.words) if drawn is not None else None


def test_every_panel_draws_with_an_empty_edit(scene):
    with sequencer_context(scene):
        for panel in PANELS:
            draw(panel)


@pytest.mark.parametrize("active", ["SH010", "Door", "Grade", ""])
def test_every_panel_draws_before_and_after_a_dry_run(edit, active):
    for step in (offers.offers, lambda: _preview(edit)):
        with in_sequencer(edit, active):
            for panel in PANELS:
                draw(panel)
        step()
    with in_sequencer(edit, active):
        assert all(draw(panel) for panel in (StretchPanel, ServicePanel, ShotPanel, CastPanel, JobsPanel))


@pytest.mark.parametrize("menu", ["SECOND_UNIT_MT_add", "SECOND_UNIT_MT_strip", "SECOND_UNIT_MT_cast"])
def test_every_menu_draws(edit, menu):
    with in_sequencer(edit, "SH010"):
        assert draw_menu(menu).buttons


def test_drawing_loads_nothing_and_reads_no_catalog(edit, monkeypatch):
    """What is wanted is asked for, and read later."""
    asked = []
    monkeypatch.setattr(later, "soon", lambda key, _work: asked.append(key))
    offers.forget()
    session.touch()
    with in_sequencer(edit, "SH010"):
        before = set(sys.modules)
        for panel in PANELS:
            draw(panel)
    assert (set(), True) == (set(sys.modules) - before, "offers" in asked)


def test_without_a_dry_run_only_the_preview_is_offered(edit):
    with in_sequencer(edit):
        drawn = draw(StretchPanel)
    assert ["second_unit.preview"] == drawn.buttons


def test_after_a_dry_run_generate_says_what_it_costs(edit):
    _preview(edit)
    with in_sequencer(edit):
        drawn = draw(StretchPanel)
    assert "Generate: free" in drawn.words
    assert ["second_unit.generate", "second_unit.preview"] == drawn.buttons[:2]


def test_when_the_edit_changed_the_preview_is_asked_for_again(edit):
    _preview(edit)
    edit.sequence_editor.strips["SH010"].text = "Ana closes the door."
    session.touch()
    session.measure(edit)
    with in_sequencer(edit):
        drawn = draw(StretchPanel)
    assert ["second_unit.preview"] == drawn.buttons
    assert "changed since the last preview" in " ".join(drawn.words)


def test_what_keeps_a_plan_from_being_made_is_shown_with_what_to_do(edit):
    edit.second_unit.service = "no such service"
    with in_sequencer(edit), pytest.raises(RuntimeError):
        bpy.ops.second_unit.preview()
    told = _words(StretchPanel, edit)
    assert "no service 'no such service'" in told
    assert "Choose one of" in told


def test_warnings_lead_to_their_strips(edit):
    edit.sequence_editor.strips["SH010"].text = "@Nobody opens a door."
    _preview(edit)
    with in_sequencer(edit):
        drawn = draw(StretchPanel)
        bpy.ops.second_unit.show_strip(strip="SH020")
    assert "second_unit.show_strip" in drawn.buttons
    assert "SH020" == edit.sequence_editor.active_strip.name


def test_each_order_is_listed_with_its_length(edit):
    _preview(edit)
    assert "s · free" in _words(OrdersPanel, edit)


def test_what_does_not_stand_above_is_in_the_list_of_warnings(edit):
    _preview(edit)
    told = (_words(StretchPanel, edit) + (_words(WarningsPanel, edit) or "")).replace(" ", "")
    missing = [each.message for each in session.preview(edit).warnings if each.message.replace(" ", "") not in told]
    assert [] == missing


def test_a_shots_references_bear_their_labels_and_its_request_is_as_it_is_sent(edit):
    _preview(edit)
    request = session.preview(edit).planned.plan.requests[0]
    assert "Image 1 Composition Door" in _words(ShotReferencesPanel, edit, "SH010")
    told = _words(ShotRequestPanel, edit, "SH010")
    assert (
        request.prompt.split()
        == [word for word in told.split() if word in request.prompt.split()][-len(request.prompt.split()) :]
    )


def test_a_picture_says_under_which_label_it_is_sent(edit):
    _preview(edit)
    assert "Sent as Image 1" in _words(ShotPanel, edit, "Door")


def test_a_text_strip_has_fields_and_no_role_a_sound_a_role_and_no_fields(edit, ramp):
    edit.sequence_editor.strips.new_sound("Ramp", str(ramp), 6, 1)
    there = {}
    for name in ("SH010", "Ramp", "Door"):
        with in_sequencer(edit, name):
            there[name] = [draw(panel) is not None for panel in (ShotFieldsPanel, ShotRolePanel)]
    assert {"SH010": [True, False], "Ramp": [False, True], "Door": [True, True]} == there


def test_the_service_panel_names_what_the_catalog_calls_them(edit):
    edit.second_unit.service = "seedance"
    offers.offers()
    with in_sequencer(edit):
        drawn, more = draw(ServicePanel), draw(ServiceMorePanel)
    assert {"Seedance", "Seedance 2.0", "Automatic (720p)", "Allow Online Access"} <= set(drawn.words)
    assert {"model", "seed", "options", "takes_folder"} <= set(more.values)


def test_choosing_another_service_drops_what_its_model_has_not(edit):
    settings = edit.second_unit
    with in_sequencer(edit):
        bpy.ops.second_unit.choose_service(service="seedance")
        bpy.ops.second_unit.choose_model(model="seedance-2.5")
        bpy.ops.second_unit.choose_resolution(resolution="1080p")
        bpy.ops.second_unit.choose_ratio(ratio="21:9")
        before = (settings.service, settings.model, settings.resolution, settings.ratio)
        bpy.ops.second_unit.choose_model(model="seedance-2.0-mini")
        after = (settings.model, settings.resolution, settings.ratio)
        bpy.ops.second_unit.choose_ratio(ratio="AUTOMATIC")
        bpy.ops.second_unit.choose_service(service="animatic")
    assert ("seedance", "seedance-2.5", "1080p", "21:9") == before
    assert ("seedance-2.0-mini", "", "21:9") == after
    assert ("animatic", "", "") == (settings.service, settings.model, settings.ratio)


def test_cast_is_made_moved_and_removed(edit, pictures):
    cast = edit.second_unit.cast
    with in_sequencer(edit, "Door", ("Door", "SH010")):
        bpy.ops.second_unit.add_cast_member(called="Ana")
        bpy.ops.second_unit.add_cast_member(called="@Ana")
        bpy.ops.second_unit.cast_from_strips()
        bpy.ops.second_unit.move_cast_member(direction="UP")
        bpy.ops.second_unit.add_cast_files(
            directory=str(pictures), files=[{"name": "p0.png"}, {"name": "p1.png"}, {"name": "p1.png"}]
        )
        drawn = draw(CastPanel)
        files = [bpy.path.basename(file.path) for file in cast["Door"].files]
        bpy.ops.second_unit.remove_cast_file(index=0)
    assert (["Ana", "Door", "Ana2"], ["p0.png", "p1.png"]) == ([member.name for member in cast], files)
    assert ["p1.png"] == [bpy.path.basename(file.path) for file in cast["Door"].files]
    assert ["SECOND_UNIT_UL_cast", "SECOND_UNIT_UL_cast_files"] == drawn.lists
    with in_sequencer(edit):
        bpy.ops.second_unit.remove_cast_member()
    assert (["Ana", "Ana2"], 1) == ([member.name for member in cast], edit.second_unit.cast_index)


def test_a_painted_image_becomes_a_cast_member_with_a_file(edit, tmp_path):
    bpy.data.images.new("Red Coat", 8, 8)
    with in_sequencer(edit):
        for _ in range(2):
            bpy.ops.second_unit.cast_from_image(image="Red Coat")
    files = [Path(bpy.path.abspath(member.files[0].path)) for member in edit.second_unit.cast]
    folder = tmp_path / "takes" / "cast"
    assert [folder / "Red Coat.png", folder / "Red Coat2.png"] == files
    assert all(file.is_file() for file in files)


def test_a_prompt_strip_goes_over_the_selection_or_at_the_playhead(edit):
    edit.frame_current = 301
    edit.render.fps, edit.render.fps_base = 25, 1.0
    with in_sequencer(edit, "Door", ("Door",)):
        bpy.ops.second_unit.add_prompt_strip(prompt="Knock.")
    with in_sequencer(edit):
        bpy.ops.second_unit.add_prompt_strip(seconds=2)
    strips = edit.sequence_editor.strips
    assert ["SH030", "SH040"] == [strip.name for strip in strips if strip.name > "SH02" and strip.type == "TEXT"][-2:]
    assert ((1, 51, "Knock."), (301, 351, "")) == tuple(
        (getattr(strip, LEFT_HANDLE), getattr(strip, RIGHT_HANDLE), strip.text)
        for strip in (strips["SH030"], strips["SH040"])
    )


@pytest.mark.parametrize(
    ("button", "selected", "missing"),
    [
        ("fill_gap", ("Door",), "Select the two movie or picture strips"),
        ("continue_shot", ("SH010",), "Make a movie or picture strip active"),
        ("cast_from_strips", ("SH010",), "Select picture, movie or sound strips"),
        ("remove_cast_member", (), "Add a cast member first"),
        ("cast_from_image", (), "This file has no image yet"),
    ],
)
def test_what_is_missing_is_said(edit, button, selected, missing):
    for image in list(bpy.data.images):
        bpy.data.images.remove(image)
    with in_sequencer(edit, selected[0] if selected else "", selected), pytest.raises(RuntimeError, match=missing):
        getattr(bpy.ops.second_unit, button)()


# --- jobs -----------------------------------------------------------------------------------------------------------


def _rows(*told: tuple[str, str, float | None]) -> None:
    now = time.time()
    for number, (name, state, progress) in enumerate(told):
        session._now.rows[f"job{number}"] = JobRow(
            f"job{number}", state, name, progress, "As it is.", bpy.data.filepath, "", "animatic", now, created_at=now
        )
    session._now.listed = None


def test_jobs_are_listed_with_how_far_they_are(scene):
    _rows(("SH010", "running", 0.45), ("SH020", "failed", None), ("SH030", "submitted", None))
    fill_list()
    with sequencer_context(scene):
        drawn = draw(JobsPanel)
    assert {"SH010", "45 %", "failed", "in the queue"} <= set(drawn.words)
    assert 3 == drawn.buttons.count("second_unit.cancel_job")  # two in the list, one beneath it


def test_the_chosen_job_stays_chosen_when_others_come(scene):
    _rows(("SH010", "running", 0.1))
    fill_list()
    _rows(("SH010", "running", 0.1), ("SH020", "running", 0.1))
    fill_list()
    manager = bpy.context.window_manager
    assert "job0" == manager.second_unit_jobs[manager.second_unit_job_index].name


def test_times_are_read_from_a_clock():
    assert ["0:05", "1:05", "1:01:05"] == [clock(seconds) for seconds in (5.2, 65, 3665)]


def test_money_is_told_in_words():
    costs = (Cost(amount=None), Cost(amount=Decimal(0)), Cost(amount=Decimal("0.7623")))
    assert ["price not known", "free", "0.76 USD"] == [money(cost) for cost in costs]
