"""Matching loudness: by strips' volume, to what was measured, and never into clipping."""

from __future__ import annotations

from pathlib import Path

import pytest

from addon.placing.match_loudness import match_loudness
from addon.placing.place_takes import place_takes
from second_unit.errors import PlacementError
from second_unit.takes import Placement
from second_unit.timing import FrameRange

from .flash_and_pop import write_take


@pytest.fixture(scope="module")
def take(tmp_path_factory) -> Path:
    return write_take(tmp_path_factory.mktemp("takes") / "take.mp4", frames=49)


def test_takes_become_equally_loud_by_their_strips_volume(scene, take):
    names = _place(scene, take, (-20.0, -9.0), (-26.0, -12.0), (-32.0, -18.0))
    volumes = match_loudness(scene, names)
    assert [0.5012, 1.0, 1.9953] == pytest.approx(sorted(volumes.values()), abs=1e-4)
    assert volumes == pytest.approx({name: scene.sequence_editor.strips[name].volume for name in volumes})


def test_a_take_is_not_raised_into_clipping(scene, take):
    names = _place(scene, take, (-30.0, -3.0))
    assert [pytest.approx(10 ** (2 / 20))] == [*match_loudness(scene, names, target_lufs=-16).values()]


def test_a_silent_take_stays_as_it_is(scene, take):
    names = _place(scene, take, (-70.0, -120.0))
    assert {} == match_loudness(scene, names, target_lufs=-16)


def test_an_animated_volume_is_refused_and_nothing_changes(scene, take):
    names = _place(scene, take, (-20.0, -9.0), (-26.0, -12.0))
    sound = scene.sequence_editor.strips["SH020 take 1 sound"]
    sound.keyframe_insert("volume", frame=10)
    with pytest.raises(PlacementError, match="'SH020 take 1 sound' is animated"):
        match_loudness(scene, names)
    assert 1.0 == scene.sequence_editor.strips["SH010 take 1 sound"].volume


def test_a_sound_that_was_not_measured_is_told(scene, take):
    names = _place(scene, take, (None, None))
    with pytest.raises(PlacementError, match="was not measured"):
        match_loudness(scene, names)


def _place(scene, take: Path, *told: tuple[float | None, float | None]) -> list[str]:
    placed = place_takes(
        scene,
        [
            Placement(
                name=f"SH0{number}0",
                file=take,
                range=FrameRange(number * 20, number * 20 + 20),
                job="job-1",
                provenance={"lufs": lufs, "peak_decibels": peak},
            )
            for number, (lufs, peak) in enumerate(told, 1)
        ],
    )
    return [name for each in placed.takes for name in (each.picture, each.sound) if name]
