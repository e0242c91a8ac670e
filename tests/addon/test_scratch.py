"""Scratch is muted only on request, only where takes cover it, and comes back with their removal."""

from __future__ import annotations

from pathlib import Path

import pytest

from addon.placing.place_takes import place_takes, remove_takes
from addon.placing.scratch import release_uncovered
from addon.sequencer import RIGHT_HANDLE
from second_unit.errors import PlacementError
from second_unit.takes import Placement
from second_unit.timing import FrameRange

from .flash_and_pop import write_take
from .laying import lay_effect
from .snapshot import snapshot


@pytest.fixture(scope="module")
def take(tmp_path_factory) -> Path:
    return write_take(tmp_path_factory.mktemp("takes") / "take.mp4", frames=49)


@pytest.fixture
def edit(scene):
    lay_effect(scene.sequence_editor, "Board", "COLOR", 1, 1, 48)
    lay_effect(scene.sequence_editor, "Music", "COLOR", 2, 1, 200)
    return scene


def test_nothing_is_muted_unasked(edit, take):
    placed = place_takes(edit, [_placement(take, 1, 49)])
    assert (placed.muted, _muted(edit)) == ((), [])


def test_scratch_that_takes_cover_is_muted_on_request_and_longer_music_is_not(edit, take):
    placed = place_takes(edit, [_placement(take, 1, 30), _placement(take, 30, 49)], mute_scratch=True)
    assert (placed.muted, _muted(edit)) == (("Board",), ["Board"])


def test_removing_the_takes_brings_the_edit_back_as_it_was(edit, take):
    before = snapshot(edit)
    placed = place_takes(edit, [_placement(take, 1, 49)], mute_scratch=True)
    unmuted = remove_takes(edit, [placed.takes[0].picture, placed.takes[0].sound])
    assert unmuted == ("Board",)
    assert before.strips == snapshot(edit).strips


def test_scratch_stays_muted_while_another_take_covers_it(edit, take):
    first = place_takes(edit, [_placement(take, 1, 49)], mute_scratch=True).takes[0]
    place_takes(edit, [_placement(take, 1, 49, number=2)], mute_scratch=True)
    assert remove_takes(edit, [first.picture, first.sound]) == ()
    assert _muted(edit) == ["Board"]


def test_two_takes_of_a_shot_are_never_heard_at_once(edit, take):
    first = place_takes(edit, [_placement(take, 1, 49)]).takes[0]
    second = place_takes(edit, [_placement(take, 1, 49, number=2)])
    assert ((first.sound,), [first.sound]) == (second.muted, _muted(edit))

    assert (first.sound,) == remove_takes(edit, [second.takes[0].picture, second.takes[0].sound])
    assert [] == _muted(edit)


def test_a_take_of_the_shot_elsewhere_in_the_edit_goes_on_sounding(edit, take):
    place_takes(edit, [_placement(take, 100, 148)])
    assert () == place_takes(edit, [_placement(take, 1, 49, number=2)]).muted


def test_only_scratch_sound_that_sounds_of_takes_cover_is_replaced(scene, take, ramp):
    strips = scene.sequence_editor.strips
    lay_effect(scene.sequence_editor, "Board", "COLOR", 1, 1, 48)
    for name, channel, end in (("Guide", 2, 49), ("Music", 3, 90)):
        setattr(strips.new_sound(name, str(ramp), channel, 1), RIGHT_HANDLE, end)
    whole = {"made_from": ("Board", "Guide", "Music"), "sound_frames": 48}
    first = _placement(take, 1, 30).model_copy(update=whole)
    second = _placement(take, 30, 49).model_copy(update={"has_audio": False})
    placed = place_takes(scene, [first, second], sound="replace")
    assert (placed.muted, _muted(scene)) == (("Guide",), ["Guide"])
    assert remove_takes(scene, [placed.takes[0].picture, placed.takes[0].sound]) == ("Guide",)


def test_sound_of_takes_can_be_laid_muted(edit, take):
    placed = place_takes(edit, [_placement(take, 1, 49)], sound="mute")
    assert _muted(edit) == [placed.takes[0].sound]


def test_what_the_editor_had_muted_stays_muted(edit, take):
    edit.sequence_editor.strips["Board"].mute = True
    placed = place_takes(edit, [_placement(take, 1, 49)], mute_scratch=True)
    remove_takes(edit, [placed.takes[0].picture, placed.takes[0].sound])
    assert (placed.muted, _muted(edit)) == ((), ["Board"])


def test_renamed_scratch_comes_back_when_its_takes_are_deleted_by_hand(edit, take):
    place_takes(edit, [_placement(take, 1, 49)], mute_scratch=True)
    strips = edit.sequence_editor.strips
    strips["Board"].name = "Sketch"
    for strip in [strip for strip in strips if "take" in strip.name]:
        strips.remove(strip)
    assert release_uncovered(edit) == ("Sketch",)
    assert _muted(edit) == []


def test_the_editors_own_strips_are_never_removed(edit, take):
    placed = place_takes(edit, [_placement(take, 1, 49)])
    before = snapshot(edit)
    with pytest.raises(PlacementError, match="'Music' is no take"):
        remove_takes(edit, [placed.takes[0].picture, "Music"])
    assert before == snapshot(edit)


def _placement(file: Path, start: int, end: int, number: int = 1) -> Placement:
    return Placement(
        name="SH010",
        file=file,
        range=FrameRange(start, end),
        above_channel=2,
        segments=("segment-1",),
        job=f"job-{number}",
        take=number,
        made_from=("Board", "Music", "Gone"),
    )


def _muted(scene) -> list[str]:
    return [strip.name for strip in scene.sequence_editor.strips if strip.mute]
