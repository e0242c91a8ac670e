"""Only shots whose words, references or settings changed since their take are ordered again."""

from __future__ import annotations

from pathlib import Path

import pytest

from second_unit.jobs.stale import plan_stale
from second_unit.planning import make_plan
from second_unit.planning.staleness import stale_segments
from second_unit.shot_list import build_shot_list
from second_unit.timeline import ShootSettings
from tests.edits import image, media, sound, text, timeline


def edit(folder: Path, *, says: str = "A cat sits.", at: int = 100, picture: bytes = b"one", **more):
    still = media(folder, "cat.png", picture)
    strips = (text("SH010", 0, 48, "A door opens."), text("SH020", at, at + 48, says), image("Cat", at, at + 48, still))
    return build_shot_list(timeline(*strips, **more))


def stale(now, taken) -> list[str]:
    return sorted(stale_segments(now, "previs", make_plan(taken).requests))


def test_what_did_not_change_is_fresh(tmp_path):
    assert stale(edit(tmp_path), edit(tmp_path)) == []


def test_moving_a_shot_does_not_make_it_stale(tmp_path):
    assert stale(edit(tmp_path, at=200), edit(tmp_path)) == []


@pytest.mark.parametrize("change", [{"says": "A cat jumps."}, {"picture": b"another"}])
def test_only_the_shot_that_changed_is_stale(tmp_path, change):
    taken = edit(tmp_path)
    assert stale(edit(tmp_path, **change), taken) == ["id-SH020"]


def test_a_sound_that_starts_later_in_its_shot_makes_the_shot_stale(tmp_path):
    def with_sound(start: int):
        bell = media(tmp_path, "bell.wav", b"bell")
        return build_shot_list(timeline(text("SH010", 0, 96, "A bell."), sound("Bell", start, start + 48, bell)))

    assert stale(with_sound(12), with_sound(12)) == []
    assert stale(with_sound(24), with_sound(12)) == ["id-SH010"]


@pytest.mark.parametrize("change", [{"look": "Noir."}, {"settings": ShootSettings(resolution="480p")}])
def test_what_holds_for_all_shots_makes_all_stale(tmp_path, change):
    assert stale(edit(tmp_path, **change), edit(tmp_path)) == ["id-SH010", "id-SH020"]


def test_a_store_that_is_not_there_holds_no_takes_and_is_not_made(tmp_path):
    store = tmp_path / "jobs.sqlite3"
    assert [shot.name for one in plan_stale(edit(tmp_path), store).requests for shot in one.shots] == ["SH010", "SH020"]
    assert not store.exists()
