"""
Takes whose cuts came back elsewhere than planned: found, cut there, in sync at every rate, and after changing takes.

The animatic flashes white and pops on each shot's true first frame, wherever its cut was moved to.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import bpy
import numpy as np
import pytest

from addon.placing.lay_strips import scene_rate
from addon.placing.place_takes import place_takes
from addon.placing.switch_takes import switch_take
from second_unit.animatic.render import render
from second_unit.animatic.script import AnimaticScript, Panel
from second_unit.media.cuts import cuts_of
from second_unit.media.probe import probe
from second_unit.plan import GenerationRequest, TimedShot
from second_unit.takes import Take, conform
from second_unit.timing import FrameRange
from tests.mixing import mix_down
from tests.story.measuring import flashes, lag, nearest, read_sound

from .flash_and_pop import prepare_scene, render_edit
from .test_sync import every_rate

PLANNED = (0, 3, 6)
# By how much the cuts of either take were moved, a whole number of the take's frames: 26, -29, -13 and 22.
MOVED = ((Fraction(26, 24), Fraction(-29, 24)), (Fraction(-13, 24), Fraction(22, 24)))
SOUND_SECONDS, PICTURE_SECONDS = 0.005, 1 / 24


@pytest.fixture(scope="module")
def takes(tmp_path_factory) -> list[Path]:
    """Two takes of three shots in 9 s, each with its cuts moved its own way."""
    folder = tmp_path_factory.mktemp("takes")
    return [_write(folder / f"take{number}.mp4", moved) for number, moved in enumerate(MOVED, 1)]


def test_cuts_are_found_on_their_frames(takes):
    for file, moved in zip(takes, MOVED, strict=True):
        found = cuts_of(file, _request(prepare_scene(bpy.context.scene, (24, 1.0))))
        assert [second + by for second, by in zip(PLANNED[1:], moved, strict=True)] == [
            cut.seconds for cut in found.found
        ]


@every_rate
def test_shots_start_on_their_true_first_frames_in_sync_also_when_takes_are_changed(scene, takes, tmp_path, rate):
    edit = prepare_scene(scene, rate)
    first, second = (_conformed(edit, file, number) for number, file in enumerate(takes, 1))
    place_takes(edit, first)
    _assert_in_sync(edit, tmp_path / "first", takes[0], first)
    for before, after in zip(first, second, strict=True):
        switch_take(edit, [f"{before.name} take 1"], after)
    _assert_in_sync(edit, tmp_path / "second", takes[1], second)


def _assert_in_sync(edit, folder: Path, file: Path, placements) -> None:
    folder.mkdir()
    rate, movie, mix = scene_rate(edit), folder / "edit.mp4", folder / "mix.wav"
    render_edit(edit, movie, range(placements[0].range.start, placements[-1].range.end))
    mix_down(mix)
    seen, heard, take = flashes(movie), read_sound(mix), read_sound(file)
    for placement in placements:
        begin = float(rate.seconds(placement.range.start - placements[0].range.start))
        assert nearest(begin, seen) <= PICTURE_SECONDS + 1e-6
        assert abs(lag(heard, begin, take, float(placement.source_start_seconds))) <= SOUND_SECONDS


def _conformed(edit, file: Path, number: int):
    request = _request(edit)
    take = Take(
        job=f"job-{number}", number=number, file=file, facts=probe(file), request=request, cuts=cuts_of(file, request)
    )
    return conform(take)


def _request(edit) -> GenerationRequest:
    """Three shots of 1.5 s, cut from windows of 3 s."""
    rate = scene_rate(edit)
    length = rate.floor_frame(Fraction(3, 2))
    shots = tuple(
        TimedShot(
            segment=f"id-{number}",
            name=f"SH0{number + 1}0",
            range=FrameRange(1 + number * length, 1 + (number + 1) * length),
            start_seconds=second,
            end_seconds=second + 3,
            channel=1,
        )
        for number, second in enumerate(PLANNED)
    )
    return GenerationRequest(
        name="SH010–SH030", service="animatic", model="animatic", prompt="", shots=shots, duration_seconds=9,
        ratio="16:9", resolution="480p", width=320, height=180, rate=rate,
    )  # fmt: skip


def _write(to: Path, moved: tuple[Fraction, Fraction]) -> Path:
    edges = [Fraction(0), *(second + by for second, by in zip(PLANNED[1:], moved, strict=True)), Fraction(9)]
    words = ("A red door in a white wall", "The sea at night", "A green hill under the sun")
    panels = tuple(
        Panel(start_seconds=edges[index], end_seconds=edges[index + 1], name=f"SH0{index + 1}0", text=text)
        for index, text in enumerate(words)
    )
    script = AnimaticScript(width=320, height=180, seconds=Fraction(9), panels=panels, sync_pops=True)
    render(script, to)
    assert np.isclose(float(probe(to).seconds), 9 + 1 / 24, atol=0.001)
    return to
