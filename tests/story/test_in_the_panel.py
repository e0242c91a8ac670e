"""The line as an editor walks it: operators, the timer's turns, and a real worker in the background."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import bpy
import pytest

from addon.placing.placeholders import find_placeholders
from addon.placing.switch_takes import keep_take
from addon.reading.read_timeline import read_timeline
from addon.sequencer import CONTENT_START, left_handle, right_handle, strips_all
from addon.strip_marks import is_placeholder, take_tag
from addon.watching import session, watch_edit, watch_jobs
from second_unit.jobs.folders import lock_path
from second_unit.jobs.lock import is_held, read_holder
from second_unit.jobs.store import JobStore
from tests.addon.laying import lay_text, set_rate


def until(holds: Callable[[], object], seconds: float = 90) -> None:
    """Let the timer's turns go by until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, [(row.name, row.state, row.message) for row in session.rows()]
        watch_jobs.step()
        time.sleep(0.05)


def order(*, frames: int = 30, shots: int = 1) -> bpy.types.Scene:
    """Lay shots, preview them and order them, as with two clicks."""
    scene = bpy.context.scene
    scene.second_unit.resolution = "480p"
    for number in range(shots):
        name = f"SH{number + 1:02}0"
        lay_text(scene.sequence_editor, name, "A door opens. Static. Hinges creak.", 3, 1 + number * 100, frames)
    assert bpy.ops.second_unit.preview() == {"FINISHED"}
    assert bpy.ops.second_unit.generate() == {"FINISHED"}
    return scene


def takes(scene: bpy.types.Scene) -> list[tuple[str, int, int]]:
    return sorted(
        (strip.name, int(left_handle(strip)), int(right_handle(strip)))
        for strip in strips_all(scene)
        if take_tag(strip) is not None and strip.type == "MOVIE"
    )


def states() -> set[str]:
    return {row.state for row in session.rows()}


def reopen(*, save: bool = True) -> bpy.types.Scene:
    """Close the file and open it again; nothing of the session is left."""
    if save:
        bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    return bpy.context.scene


def _finish_all() -> None:
    """Wait until the worker has nothing left to do, as it does with no Blender to watch it."""
    end = time.monotonic() + 90
    with JobStore(session.store()) as store:
        while store.open_marks() and time.monotonic() < end:
            time.sleep(0.1)
        assert {"ready"} == {job.state for job in store.jobs()}


def test_an_order_lays_placeholders_that_become_takes(scene):
    order(shots=2)
    waiting = [(one.note.shot, one.frames.start, one.frames.end) for one in find_placeholders(scene)]
    assert [("SH010", 1, 31), ("SH020", 101, 131)] == waiting
    assert {"SH010 · waiting", "SH020 · waiting"} == {one.strip for one in find_placeholders(scene)}
    until(lambda: not find_placeholders(scene))
    assert [("SH010 take 1", 1, 31), ("SH020 take 1", 101, 131)] == takes(scene)
    assert {"placed"} == states()


def test_placeholders_change_no_picture_and_are_no_part_of_the_edit(scene):
    order()
    (one,) = find_placeholders(scene)
    strip = scene.sequence_editor.strips[one.strip]
    assert (True, 0.0) == (strip.mute, strip.blend_alpha)
    assert ["SH010"] == [each.name for each in read_timeline(scene, "all").strips]
    strip.select = True
    scene.sequence_editor.strips["SH010"].select = True
    assert ["SH010"] == [each.name for each in read_timeline(scene, "selection").strips]
    until(lambda: takes(scene))


def test_a_take_lands_where_its_placeholder_was_moved_to(scene):
    order()
    (one,) = find_placeholders(scene)
    setattr(scene.sequence_editor.strips[one.strip], CONTENT_START, 501)
    until(lambda: takes(scene))
    assert [("SH010 take 1", 501, 531)] == takes(scene)


def test_a_take_whose_placeholder_was_deleted_waits_for_its_button(scene):
    order()
    (one,) = find_placeholders(scene)
    scene.sequence_editor.strips.remove(scene.sequence_editor.strips[one.strip])
    until(lambda: states() == {"ready"})
    for _ in range(5):
        watch_jobs.step()
    assert [] == takes(scene)
    assert bpy.ops.second_unit.place() == {"FINISHED"}
    assert [("SH010 take 1", 1, 31)] == takes(scene)


def test_a_take_that_came_while_blender_was_closed_is_placed_at_the_next_start(scene):
    order()
    bpy.ops.wm.save_mainfile()
    path = bpy.data.filepath
    bpy.ops.wm.read_homefile(use_empty=True)
    assert () == session.rows()
    _finish_all()
    bpy.ops.wm.open_mainfile(filepath=path)
    until(lambda: takes(bpy.context.scene))
    assert [] == list(find_placeholders(bpy.context.scene))


def test_an_order_of_a_file_that_was_not_saved_since_is_found_again(scene):
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    bpy.ops.second_unit.preview()
    bpy.ops.wm.save_mainfile()
    bpy.ops.second_unit.generate()
    assert 1 == len(find_placeholders(scene))
    again = reopen(save=False)
    assert 0 == len(find_placeholders(again))
    watch_jobs.step()
    assert 1 == len(find_placeholders(again))
    until(lambda: takes(again))
    assert [("SH010 take 1", 1, 31)] == takes(again)


def test_what_was_placed_and_not_saved_is_placed_again(scene):
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    bpy.ops.second_unit.preview()
    bpy.ops.wm.save_mainfile()
    bpy.ops.second_unit.generate()
    until(lambda: takes(scene))
    again = reopen(save=False)
    assert [] == takes(again)
    until(lambda: takes(again))


def test_a_deleted_placeholder_stays_away_when_the_file_is_opened_again(scene):
    order()
    (one,) = find_placeholders(scene)
    scene.sequence_editor.strips.remove(scene.sequence_editor.strips[one.strip])
    again = reopen()
    until(lambda: states() == {"ready"})
    watch_jobs.step()
    assert ([], []) == (list(find_placeholders(again)), takes(again))


def test_a_file_saved_elsewhere_gets_its_takes_too(scene, tmp_path):
    order()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other.blend"))
    assert 1 == len(session.rows())
    until(lambda: takes(scene))
    again = reopen()
    assert ([("SH010 take 1", 1, 31)], 1) == (takes(again), len(find_placeholders(again)) + len(takes(again)))


def test_the_worker_is_started_again_when_it_was_killed(scene, home):
    order(frames=120)
    store = session.store()
    until(lambda: is_held(store))
    os.kill(read_holder(lock_path(store))["pid"], signal.SIGKILL)
    until(lambda: takes(scene))


def test_a_shot_whose_take_is_circled_keeps_it(scene):
    order()
    until(lambda: takes(scene))
    keep_take(scene, ["SH010 take 1"])
    bpy.ops.second_unit.preview()
    bpy.ops.second_unit.generate()
    until(lambda: states() == {"placed", "ready"})
    until(lambda: not find_placeholders(scene))
    assert [("SH010 take 1", 1, 31)] == takes(scene)
    bpy.ops.second_unit.place()
    assert ["SH010 take 1", "SH010 take 2"] == [name for name, *_ in takes(scene)]


def test_a_duplicate_of_a_shot_is_another_shot(scene):
    order()
    until(lambda: takes(scene))
    lay_text(scene.sequence_editor, "SH010.001", "A door opens. Static. Hinges creak.", 3, 201, 30)
    for strip in strips_all(scene):
        strip.select = False
    copied = scene.sequence_editor.strips["SH010.001"]
    copied["second_unit_id"] = scene.sequence_editor.strips["SH010"]["second_unit_id"]
    bpy.ops.second_unit.preview(stale_only=True)
    made = session.preview(scene)
    assert (1, {copied["second_unit_id"]}) == (made.shots, set(made.stale))
    assert copied["second_unit_id"] != scene.sequence_editor.strips["SH010"]["second_unit_id"]


def test_takes_follow_a_change_of_the_frame_rate(scene):
    set_rate(scene, 24)
    order(frames=48)
    until(lambda: takes(scene))
    for _ in range(3):
        watch_jobs.step()
    set_rate(scene, 30)
    for _ in range(3):
        watch_jobs.step()
    assert [("SH010 take 1", 1, 49)] == takes(scene)


def test_a_shot_whose_words_change_after_its_take_is_stale_until_they_change_back(scene):
    order()
    until(lambda: takes(scene))
    strip = scene.sequence_editor.strips["SH010"]
    told = []
    for text in (strip.text, "A window opens. Static. Glass.", strip.text):
        strip.text = text
        session.touch()
        for _ in range(3):
            watch_jobs.step()
        told.append(session.stale(scene))
    assert [frozenset(), {strip["second_unit_id"]}, frozenset()] == told
    strip.text = "A window opens. Static. Glass."
    again = reopen()
    for _ in range(3):
        watch_jobs.step()
    assert {again.sequence_editor.strips["SH010"]["second_unit_id"]} == session.stale(again)


def test_generate_needs_a_preview_that_still_holds(scene):
    strip = lay_text(scene.sequence_editor, "SH010", "A door opens.", 3, 1, 30)
    with pytest.raises(RuntimeError, match="Preview the stretch first"):
        bpy.ops.second_unit.generate()
    bpy.ops.second_unit.preview()
    strip.text = "A window opens."
    with pytest.raises(RuntimeError, match="changed since the preview"):
        bpy.ops.second_unit.generate()
    assert () == session.rows()


def test_a_preview_says_shots_cost_and_what_is_wrong(scene):
    with pytest.raises(RuntimeError, match="is empty"):
        bpy.ops.second_unit.preview()
    assert "EmptyStretch" == session.preview(scene).error.kind
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    bpy.ops.second_unit.preview()
    made = session.preview(scene)
    assert (1, 1, "free", None) == (made.shots, made.requests, made.cost, made.error)


def test_a_service_on_the_network_is_refused_offline_and_nothing_is_ordered(scene):
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 120)
    scene.second_unit.service = "seedance"
    bpy.ops.second_unit.preview()
    with pytest.raises(RuntimeError, match="may not use the network"):
        bpy.ops.second_unit.generate()
    watch_jobs.step()
    assert ((), ()) == (session.rows(), find_placeholders(scene))


def test_a_cancelled_order_loses_its_placeholder_and_resuming_brings_it_back(scene):
    order(frames=240)
    job = session.rows()[0].id
    bpy.ops.second_unit.cancel_job(job=job)
    until(lambda: states() == {"cancelled"})
    until(lambda: not find_placeholders(scene))
    bpy.ops.second_unit.resume_job(job=job)
    assert 1 == len(find_placeholders(scene))
    until(lambda: takes(scene))


def test_a_forgotten_job_loses_its_placeholder(scene):
    order(frames=240)
    job = session.rows()[0].id
    bpy.ops.second_unit.cancel_job(job=job)
    until(lambda: states() == {"cancelled"})
    bpy.ops.second_unit.forget_job(job=job)
    watch_jobs.step()
    assert ((), []) == (session.rows(), [strip for strip in strips_all(scene) if is_placeholder(strip)])


def test_ordering_again_hands_the_placeholder_over(scene):
    order(frames=240)
    job = session.rows()[0].id
    bpy.ops.second_unit.cancel_job(job=job)
    session.refresh()
    until(lambda: states() == {"cancelled"})
    bpy.ops.second_unit.resubmit_job(job=job)
    new = session.rows()[0].id
    assert {new} == {one.note.job for one in find_placeholders(scene)} - {job}
    until(lambda: takes(scene))


def test_a_job_goes_to_the_scene_that_holds_its_shots(scene):
    order()
    other = bpy.data.scenes.new("Other")
    other.sequence_editor_create()
    bpy.context.window.scene = other
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = other
    until(lambda: takes(scene))
    assert ([("SH010 take 1", 1, 31)], []) == (takes(scene), takes(other))


def test_what_undo_took_out_stays_out_until_redo(scene):
    """Background has no undo: what it leaves behind is laid by hand, and the handlers are called as it would."""
    order()
    until(lambda: takes(scene))
    (row,) = session.rows()
    from addon.placing.place_takes import remove_takes
    from addon.placing.placeholders import lay_placeholders

    names = [strip.name for strip in strips_all(scene) if take_tag(strip)]
    remove_takes(scene, names)
    lay_placeholders(scene, {row.id: session.job(row.id).request})
    watch_jobs.HANDLERS["undo_post"]()
    for _ in range(4):
        watch_jobs.step()
    assert (1, [], {"ready"}) == (len(find_placeholders(scene)), takes(scene), states())
    bpy.ops.second_unit.place(job=row.id)
    watch_jobs.HANDLERS["redo_post"]()
    watch_jobs.step()
    assert (0, 1, {"placed"}) == (len(find_placeholders(scene)), len(takes(scene)), states())


def test_copying_the_request_copies_what_is_sent(scene):
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    bpy.ops.second_unit.preview()
    copied = session.preview(scene).planned.plan.requests[0]
    assert bpy.ops.second_unit.copy_request(what="PROMPT") == {"FINISHED"}
    # Without a display there is no clipboard to read back from.
    assert "A door opens" in copied.prompt


def test_nothing_of_another_file_is_known_after_loading(scene, tmp_path):
    order()
    until(lambda: takes(scene))
    bpy.ops.wm.read_homefile(use_empty=True)
    watch_jobs.step()
    assert ((), None, "") == (session.rows(), session.preview(bpy.context.scene), session.status())
    assert watch_edit.waiting_to_place() == 0
