"""Ordering again what a strip's take was ordered with: the very request, from the store or from the page beside it."""

from __future__ import annotations

from datetime import datetime

import pytest

from addon import crew
from addon.shoot import order, place, plan, redo, shoot
from addon.strip_marks import take_tag
from second_unit.errors import PlacementError, StoreError
from second_unit.jobs import events
from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.redo import recorded_request
from second_unit.jobs.store import JobStore
from second_unit.media.facts import TakeCuts
from tests.addon.laying import lay_text

QUICK = {"resolution": "480p", "seed": 11}


def test_redo_orders_the_same_request_again_from_any_strip_of_the_take(scene):
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    first = shoot(scene, **QUICK).jobs[0]
    scene.sequence_editor.strips["SH010"].text = "Something else entirely."
    for strip in ("SH010 take 1", "SH010 take 1 sound"):
        store, jobs = redo(scene, strip)
        crew.wait(store, jobs, None)
        with JobStore(store) as kept:
            (again,) = map(kept.job, jobs)
        assert (first.request, again.take.number > 1) == (again.request, True)


def test_redo_knows_the_request_from_the_page_where_the_store_is_another(scene, tmp_path):
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    job = shoot(scene, **QUICK).jobs[0]
    elsewhere = tmp_path / "another machine" / "jobs.sqlite3"
    assert job.request == recorded_request(elsewhere, job.id, job.take.file)
    job.take.file.with_suffix(".json").unlink()
    with pytest.raises(StoreError, match="isn't known"):
        recorded_request(elsewhere, job.id, job.take.file)


def test_redo_of_what_is_no_take_orders_nothing(scene):
    lay_text(scene.sequence_editor, "SH010", "A door opens.", 3, 1, 30)
    with pytest.raises(PlacementError, match="'SH010' is no take"):
        redo(scene, "SH010")


def test_a_placed_strip_says_task_seed_time_and_references(scene):
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    job = shoot(scene, **QUICK).jobs[0]
    told = take_tag(scene.sequence_editor.strips["SH010 take 1"]).provenance
    assert (job.task, 11, job.request.prompt, "") == tuple(
        told[key] for key in ("task", "seed", "prompt", "references")
    )
    assert datetime.fromisoformat(told["time"]).timestamp() == pytest.approx(job.submitted_at, abs=1)


def test_each_shot_to_look_at_is_said_when_takes_are_placed(scene):
    """The take's file is there; what was found in it is that the second shot's cut is missing."""
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 120)
    lay_text(scene.sequence_editor, "SH020", "A cat walks in. Static. A purr.", 3, 121, 120)
    planned = plan(scene, **QUICK)
    store, (made,) = order(planned)
    crew.wait(store, [made], None)
    with JobStore(store) as kept:
        take = kept.job(made).take
        (job,) = enqueue(kept, planned.plan, take.file.parent, duplicate="order")
        missing = TakeCuts(found=(None,))
        event = events.Reused(
            at=1, of=made, file=take.file, number=1, facts=take.facts, fingerprint=take.fingerprint, cuts=missing
        )
        kept.apply(job.id, event)
    said = []
    place(scene, store, [job.id], warn=said.append)
    assert [("SH020", "no-cut")] == [(warning.strip, warning.code) for warning in said]
