"""Cutting takes in: where they lie, what they leave alone, and what happens when it can't be done."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import bpy
import pytest

from addon.placing import place_takes as placing
from addon.placing.place_takes import place_takes
from addon.placing.take_notes import PlacedTake, read_cut
from addon.sequencer import RIGHT_HANDLE, content_start, left_handle, right_handle
from addon.strip_marks import take_tag
from second_unit.errors import MissingMedia, NoFreeChannel, PlacementError, UnreadableMedia
from second_unit.takes import Placement
from second_unit.timing import FrameRange

from .flash_and_pop import write_take
from .laying import lay_effect, lay_text
from .snapshot import snapshot


@pytest.fixture(scope="module")
def take(tmp_path_factory) -> Path:
    return write_take(tmp_path_factory.mktemp("takes") / "take.mp4", frames=97)


@pytest.fixture(scope="module")
def silent_take(tmp_path_factory) -> Path:
    return write_take(tmp_path_factory.mktemp("takes") / "silent.mp4", frames=97, sound=False)


@pytest.fixture
def edit(scene, take):
    """An edit with something of everything in it, as editors leave it: selected, muted, locked, grouped."""
    editor = scene.sequence_editor
    lay_text(editor, "SH010", "A red bicycle", 1, 1, 48).select_left_handle = True
    picture = editor.strips.new_movie("Scratch", str(take), 2, 1, fit_method="FIT")
    picture.transform.offset_x, picture.crop.max_x, picture.blend_alpha = 12.5, 3, 0.75
    picture.modifiers.new("Grade", "BRIGHT_CONTRAST").bright = 0.2
    editor.strips.new_sound("Guide", str(take), 3, 1).volume = 0.4
    grey, red = lay_effect(editor, "Grey", "COLOR", 1, 60, 40), lay_effect(editor, "Red", "COLOR", 2, 110, 40)
    lay_effect(editor, "Cross", "CROSS", 5, 60, 20, grey, red)
    lay_effect(editor, "Grade", "ADJUSTMENT", 9, 1, 200).mute = True
    meta = editor.strips.new_meta("Group", 4, 160)
    lay_effect(meta, "Inside", "COLOR", 1, 160, 30)
    setattr(meta, RIGHT_HANDLE, 190)
    meta["mine"] = "to keep"
    red.lock = True
    for strip in editor.strips:
        strip.select = strip.name in {"SH010", "Red"}
    editor.active_strip = red
    editor.channels[6].lock = True
    scene.frame_start, scene.frame_end, scene.frame_preview_start, scene.frame_preview_end = 1, 200, 20, 90
    scene.use_preview_range = True
    scene.frame_set(33)
    scene.render.fps, scene.render.fps_base = 25, 1.0
    return scene


def test_picture_and_sound_fill_the_range_exactly(scene, take):
    place_takes(scene, [_placement(take, 11, 41)])
    assert {(11, 41)} == {(left_handle(strip), right_handle(strip)) for strip in scene.sequence_editor.strips}


def test_the_picture_lies_above_what_it_was_made_from_and_the_sound_above_that(edit, take):
    placed = place_takes(edit, [_placement(take, 1, 49, above=3)])
    assert _channels(edit, placed.takes[0]) == (4, 7)


def test_touching_strips_share_a_channel_and_sounds_have_one_of_their_own(scene, take):
    placed = place_takes(scene, [_placement(take, 1, 49), _placement(take, 49, 90), _placement(take, 90, 100, above=1)])
    assert [_channels(scene, each) for each in placed.takes] == [(1, 3), (1, 3), (2, 3)]


def test_the_next_take_of_a_shot_is_seen_above_the_one_before(scene, take):
    place_takes(scene, [_placement(take, 1, 49)])
    placed = place_takes(scene, [_placement(take, 1, 49, number=2)])
    assert _channels(scene, placed.takes[0]) == (3, 4)


def test_locked_and_muted_channels_are_left_alone(scene, take):
    scene.sequence_editor.channels[1].lock = scene.sequence_editor.channels[2].mute = True
    placed = place_takes(scene, [_placement(take, 1, 49)])
    assert _channels(scene, placed.takes[0]) == (3, 4)


def test_a_take_longer_than_its_shot_meets_nothing_while_it_is_laid_down(scene, take):
    """The whole movie is 97 frames long; the free place is 10 frames between strips in every channel up to 8."""
    for channel in range(1, 9):
        lay_effect(scene.sequence_editor, f"Before {channel}", "COLOR", channel, 1, 49)
        lay_effect(scene.sequence_editor, f"After {channel}", "COLOR", channel, 60, 90)
    before = snapshot(scene)
    placed = place_takes(scene, [_placement(take, 50, 60, source_start=Fraction(1))])
    assert _channels(scene, placed.takes[0]) == (1, 9)
    assert before.strips == snapshot(scene, leave_out=_names(placed)).strips


def test_nothing_of_the_editors_is_touched(edit, take):
    before = snapshot(edit)
    placed = place_takes(edit, [_placement(take, 1, 49, above=3), _placement(take, 49, 90, above=3)])
    after = snapshot(edit, leave_out=_names(placed))
    assert len(before.strips) == 9
    assert before.strips == after.strips
    assert before.scene == after.scene


def test_what_is_placed_is_not_selected_and_the_active_strip_stays(edit, take):
    placed = place_takes(edit, [_placement(take, 1, 49)])
    strips = edit.sequence_editor.strips
    assert not any(strips[name].select for name in _names(placed))
    assert edit.sequence_editor.active_strip.name == "Red"


def test_takes_land_in_the_edit_and_not_in_the_meta_that_is_open(edit, take):
    editor = edit.sequence_editor
    editor.display_stack(editor.strips["Group"])
    placed = place_takes(edit, [_placement(take, 1, 49)])
    assert {*_names(placed)} <= {strip.name for strip in editor.strips}
    assert [meta.name for meta in editor.meta_stack] == ["Group"]


def test_a_scene_that_is_not_the_active_one_is_cut_into(scene, take):
    other = bpy.data.scenes.new("Edit")
    place_takes(other, [_placement(take, 1, 49)])
    assert (len(scene.sequence_editor.strips), len(other.sequence_editor.strips)) == (0, 2)


def test_strips_are_named_after_shot_and_take_and_say_where_they_come_from(scene, take):
    placed = place_takes(scene, [_placement(take, 1, 25, number=3, source_start=Fraction(3, 2))])
    assert (placed.takes[0].picture, placed.takes[0].sound) == ("SH010 take 3", "SH010 take 3 sound")
    strip = scene.sequence_editor.strips["SH010 take 3"]
    assert (*vars(take_tag(strip)).values(),) == ("job-1", 3, ("segment-1",), {"seed": 7})
    assert Fraction(3, 2) == read_cut(strip).source_start_seconds


def test_a_long_name_keeps_its_take_number(scene, take):
    placed = place_takes(scene, [_placement(take, 1, 25, name="Überfahrt bei Nacht, " * 5)])
    assert placed.takes[0].picture.endswith(" take 1")
    assert placed.takes[0].sound.endswith(" take 1 sound")


def test_a_take_without_sound_is_placed_as_a_picture_alone(scene, silent_take):
    placed = place_takes(scene, [_placement(silent_take, 1, 49)])
    assert ([strip.type for strip in scene.sequence_editor.strips], placed.takes[0].sound) == (["MOVIE"], None)


def test_sound_that_is_not_wanted_is_not_placed(scene, take):
    placed = place_takes(scene, [_placement(take, 1, 49).model_copy(update={"has_audio": False})])
    assert (len(scene.sequence_editor.strips), placed.takes[0].sound) == (1, None)


def test_a_sound_may_go_on_under_the_shots_that_follow(scene, take):
    first = _placement(take, 1, 31).model_copy(update={"sound_frames": 60})
    second = _placement(take, 31, 61, source_start=Fraction(5, 4)).model_copy(update={"has_audio": False})
    placed = place_takes(scene, [first, second])
    strips = scene.sequence_editor.strips
    reach = [(left_handle(strips[name]), right_handle(strips[name])) for name in _names(placed)]
    assert sorted(reach) == [(1, 31), (1, 61), (31, 61)]


def test_a_take_shorter_than_its_shot_holds_its_last_frame(scene, take):
    scene.render.fps = 24
    placed = place_takes(scene, [_placement(take, 1, 121)])
    strip = scene.sequence_editor.strips[placed.takes[0].picture]
    assert (content_start(strip), left_handle(strip), right_handle(strip)) == (1, 1, 121)


def test_paths_follow_a_project_folder_that_is_moved(scene, tmp_path):
    (tmp_path / "here" / "takes").mkdir(parents=True)
    take = write_take(tmp_path / "here" / "takes" / "take.mp4", frames=25)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "here" / "edit.blend"))
    place_takes(bpy.context.scene, [_placement(take, 1, 25)])
    bpy.ops.wm.save_mainfile()
    (tmp_path / "here").rename(tmp_path / "there")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "there" / "edit.blend"))
    strips = bpy.context.scene.sequence_editor.strips
    paths = [strip.filepath if strip.type == "MOVIE" else strip.sound.filepath for strip in strips]
    assert [tmp_path / "there" / "takes" / "take.mp4"] * 2 == [Path(bpy.path.abspath(path)) for path in paths]


def test_an_unsaved_edit_takes_absolute_paths(scene, take):
    placed = place_takes(scene, [_placement(take, 1, 25)])
    assert str(take) == scene.sequence_editor.strips[placed.takes[0].picture].filepath


def test_a_missing_file_is_told_by_its_shot_and_nothing_is_placed(edit, take):
    before = snapshot(edit)
    with pytest.raises(MissingMedia, match=r"'SH020' isn't there: .*nowhere\.mp4") as caught:
        place_takes(edit, [_placement(take, 1, 49), _placement(Path("nowhere.mp4"), 49, 60, name="SH020")])
    assert caught.value.strip == "SH020"
    assert before == snapshot(edit)


def test_an_unreadable_file_in_the_middle_leaves_the_edit_as_it_was(edit, take, tmp_path):
    garbage = tmp_path / "garbage.mp4"
    garbage.write_bytes(b"not a movie" * 100)
    before = snapshot(edit)
    with pytest.raises(UnreadableMedia, match=r"can't read the take of 'SH020'"):
        place_takes(edit, [_placement(take, 1, 49), _placement(garbage, 49, 60, name="SH020")])
    assert before == snapshot(edit)


def test_an_error_that_nobody_expected_leaves_the_edit_as_it_was(edit, take, monkeypatch):
    """The notes are written last, when both strips lie in the edit already."""
    before = snapshot(edit)
    written: list[object] = []

    def write_once(*about: object) -> None:
        _ = 1 / (1 - len(written))
        written.append(about)

    monkeypatch.setattr(placing, "write_notes", write_once)
    with pytest.raises(ZeroDivisionError):
        place_takes(edit, [_placement(take, 1, 49), _placement(take, 49, 60, name="SH020")])
    assert before == snapshot(edit)


def test_a_full_channel_stack_is_told_and_nothing_is_placed(edit, take):
    for channel in range(1, 129):
        lay_effect(edit.sequence_editor, f"Full {channel}", "COLOR", channel, 300, 50)
    before = snapshot(edit)
    with pytest.raises(NoFreeChannel, match="from frame 320 to 380 for 'SH010'"):
        place_takes(edit, [_placement(take, 1, 49), _placement(take, 320, 380)])
    assert before == snapshot(edit)


def test_a_scene_without_a_sequencer_has_none_after_an_error(blender, tmp_path):
    garbage = tmp_path / "garbage.mp4"
    garbage.write_bytes(b"not a movie" * 100)
    other = bpy.data.scenes.new("Empty")
    with pytest.raises(UnreadableMedia):
        place_takes(other, [_placement(garbage, 1, 25)])
    assert other.sequence_editor is None


def test_an_edit_that_reaches_the_end_of_blenders_timeline_is_refused(scene, take):
    lay_effect(scene.sequence_editor, "Far", "COLOR", 1, 1_048_000, 100)
    with pytest.raises(PlacementError, match="no room is left behind it"):
        place_takes(scene, [_placement(take, 1, 25)])
    assert len(scene.sequence_editor.strips) == 1


def _placement(
    file: Path,
    start: int,
    end: int,
    *,
    above: int = 0,
    number: int = 1,
    name: str = "SH010",
    source_start: Fraction = Fraction(0),
) -> Placement:
    return Placement(
        name=name,
        file=file,
        range=FrameRange(start, end),
        source_start_seconds=source_start,
        above_channel=above,
        segments=("segment-1",),
        job="job-1",
        take=number,
        provenance={"seed": 7},
    )


def _channels(scene, placed: PlacedTake) -> tuple[int, int]:
    strips = scene.sequence_editor.strips
    return strips[placed.picture].channel, strips[placed.sound].channel


def _names(placed: placing.PlacedTakes) -> list[str]:
    return [name for take in placed.takes for name in (take.picture, take.sound) if name]
