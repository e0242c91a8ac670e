"""Many takes at once: each strip shows its own file, though Blender opened only one of each kind."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest

from addon.placing.place_takes import PlacedTakes, place_takes
from addon.sequencer import left_handle, right_handle
from second_unit.errors import UnreadableMedia
from second_unit.media.probe import probe
from second_unit.takes import Placement
from second_unit.timing import FrameRange

from .flash_and_pop import prepare_scene, render_edit, write_take
from .laying import lay_effect
from .snapshot import snapshot

COUNT, SHOT = 24, 10


@pytest.fixture(scope="module")
def takes(tmp_path_factory) -> list[Path]:
    """Takes of two lengths, in turn; each bears numbers of its own in its pictures."""
    folder = tmp_path_factory.mktemp("takes")
    return [
        write_take(folder / f"take{number:02}.mp4", frames=25 + number % 2 * 12, first=number * 100)
        for number in range(COUNT)
    ]


@pytest.fixture
def placements(takes) -> list[Placement]:
    """A shot for each take, and the first take once more."""
    shots = [*takes, takes[0]]
    return [
        Placement(
            name=f"SH{number:02}",
            file=file,
            range=FrameRange(1 + number * SHOT, 1 + (number + 1) * SHOT),
            job=f"job-{number}",
            facts=probe(file),
        )
        for number, file in enumerate(shots)
    ]


def test_every_strip_bears_its_own_file(scene, placements):
    placed = place_takes(scene, placements)
    assert [each.file for each in placements] == _files(scene, placed, "picture")
    assert [each.file for each in placements] == _files(scene, placed, "sound")


def test_every_strip_fills_its_own_range(scene, placements):
    placed = place_takes(scene, placements)
    strips = scene.sequence_editor.strips
    for take in placed.takes:
        for name in (take.picture, take.sound):
            assert take.placement.range == FrameRange(left_handle(strips[name]), right_handle(strips[name]))


def test_every_strip_shows_its_own_take_at_its_true_speed(scene, placements, tmp_path):
    edit = prepare_scene(scene, (30, 1.0))
    place_takes(edit, placements)
    shown = render_edit(edit, tmp_path / "edit.mp4", range(1, 1 + len(placements) * SHOT)).numbers
    expected = [number * 100 for number in range(COUNT)] + [0]
    assert expected == list(shown[::SHOT])
    # Ten frames at 30 fps are eight of a take at 24: the tenth shows number 7 of its take, or one beside it.
    assert all(6 <= last - first <= 8 for first, last in zip(expected, shown[SHOT - 1 :: SHOT], strict=True))


def test_pictures_stay_bound_to_their_own_sounds(scene, placements):
    """From 5.2 on a strip tells which others move with it."""
    placed = place_takes(scene, placements)
    strips = scene.sequence_editor.strips
    if hasattr(strips[0], "connections"):
        bound = [[each.name for each in strips[take.picture].connections] for take in placed.takes]
        assert [[take.sound] for take in placed.takes] == bound


def test_paths_are_relative_in_a_saved_edit(scene, placements, takes):
    bpy.ops.wm.save_as_mainfile(filepath=str(takes[0].parent / "edit.blend"))
    edit = bpy.context.scene
    placed = place_takes(edit, placements)
    strips = edit.sequence_editor.strips
    assert [f"//{each.file.name}" for each in placements] == [strips[each.picture].filepath for each in placed.takes]
    assert [f"//{each.file.name}" for each in placements] == [
        strips[each.sound].sound.filepath for each in placed.takes
    ]


def test_nothing_of_the_editors_is_touched_and_no_scene_is_left_behind(scene, placements):
    for number in range(8):
        lay_effect(scene.sequence_editor, f"Strip {number}", "COLOR", 1 + number, 1 + number, 60).select = number % 2
    before, scenes = snapshot(scene), len(bpy.data.scenes)
    placed = place_takes(scene, placements)
    after = snapshot(scene, leave_out=[name for take in placed.takes for name in (take.picture, take.sound)])
    assert before.strips == after.strips
    assert before.scene == after.scene
    assert (scene, scenes) == (bpy.context.window.scene, len(bpy.data.scenes))


def test_an_unreadable_file_among_many_leaves_the_edit_as_it_was(scene, placements, tmp_path):
    garbage = tmp_path / "garbage.mp4"
    garbage.write_bytes(b"not a movie" * 100)
    bad = placements[3].model_copy(update={"file": garbage, "facts": None, "name": "SH99"})
    before, scenes = snapshot(scene), len(bpy.data.scenes)
    with pytest.raises(UnreadableMedia, match="'SH99'"):
        place_takes(scene, [*placements[:3], bad, *placements[4:]])
    assert before == snapshot(scene)
    assert scenes == len(bpy.data.scenes)


def _files(scene, placed: PlacedTakes, kind: str) -> list[Path]:
    strips = [scene.sequence_editor.strips[getattr(take, kind)] for take in placed.takes]
    return [Path(strip.filepath if kind == "picture" else strip.sound.filepath) for strip in strips]
