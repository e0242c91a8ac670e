"""Orders that a .blend doesn't know of, for Blender ended before it was saved."""

from __future__ import annotations

from addon import crew
from addon.placing.placeholders import find_placeholders
from addon.shoot import order, plan
from addon.strip_marks import ID_KEY, NAMED_KEY, strip_id
from addon.watching.recall_orders import lay_again
from tests.addon.laying import lay_text

QUICK = {"resolution": "480p", "seed": 11}


def test_a_file_whose_strips_never_had_ids_gets_its_places_and_its_ids_back(scene):
    strip = lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    store, jobs = order(plan(scene, **QUICK))
    crew.wait(store, jobs)
    ordered = strip_id(strip)
    del strip[ID_KEY], strip[NAMED_KEY]  # as in the file that was saved before anything was planned

    assert lay_again(jobs)
    assert [one.note.job for one in find_placeholders(scene)] == list(jobs)
    assert strip_id(strip) == ordered


def test_shots_that_are_not_in_the_file_any_more_are_not_recalled(scene):
    strip = lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    store, jobs = order(plan(scene, **QUICK))
    crew.wait(store, jobs)
    del strip[ID_KEY], strip[NAMED_KEY]
    strip.name = "Something else"

    assert not lay_again(jobs)
