"""Reading what the editor laid out: the stretch, the order, settings, paths."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import bpy
import pytest

from addon import sequencer
from addon.reading.edit_marks import summarise
from addon.reading.read_timeline import read_timeline
from addon.strip_marks import TakeTag, strip_id, tag_take
from second_unit.errors import EmptyStretch, ReadOnlyFolder, TimelineError, UnreadableMedia, UnsavedEdit
from second_unit.shot_list import build_shot_list
from second_unit.timeline import (
    CastMember,
    Marker,
    Prompt,
    Role,
    ShootSettings,
    Timeline,
    walk,
)
from second_unit.timing import FrameRange, FrameRate
from tests.addon.laying import lay_effect, lay_text, set_rate


def _only(scene):
    (strip,) = read_timeline(scene, "all").strips
    return strip


# Order, muting, selection, stretch


def test_strips_come_from_the_lowest_channel_up_by_start_within_a_channel(scene, edit):
    for name, channel, start in [("d", 2, 50), ("b", 1, 60), ("c", 2, 1), ("a", 1, 2)]:
        lay_text(edit, name, name, channel, start, 10)
    assert [strip.name for strip in read_timeline(scene, "all").strips] == ["a", "b", "c", "d"]


def test_muted_strips_channels_and_metas_are_marked(scene, edit):
    lay_text(edit, "Strip", "a", 1, 1, 10).mute = True
    lay_text(edit, "Channel", "b", 2, 1, 10)
    edit.channels[2].mute = True
    meta = edit.strips.new_meta("Meta", 3, 1)
    meta.mute = True
    lay_text(meta, "Child", "c", 1, 1, 10)
    setattr(meta, sequencer.RIGHT_HANDLE, 11)
    lay_text(edit, "Heard", "d", 4, 1, 10)
    muted = {strip.name for strip in walk(read_timeline(scene, "all").strips) if strip.muted}
    assert muted == {"Strip", "Channel", "Meta", "Child"}


def test_a_channel_muted_inside_a_meta_mutes_there_only(scene, edit):
    meta = edit.strips.new_meta("Meta", 3, 1)
    meta.channels[1].mute = True
    lay_text(meta, "Child", "c", 1, 1, 10)
    setattr(meta, sequencer.RIGHT_HANDLE, 11)
    lay_text(edit, "Outside", "d", 1, 1, 10)
    muted = {strip.name for strip in walk(read_timeline(scene, "all").strips) if strip.muted}
    assert muted == {"Child"}


@pytest.fixture
def three_shots(edit):
    """Shots of 100 frames each, from 1, none selected."""
    for number in range(3):
        lay_text(edit, f"SH0{number + 1}0", "a", 1, 1 + number * 100, 100).select = False
    return edit


def test_a_selection_comes_before_the_preview_range_and_that_before_all(scene, three_shots):
    whole = read_timeline(scene)
    scene.use_preview_range = True
    scene.frame_preview_start, scene.frame_preview_end = 101, 150
    preview = read_timeline(scene)
    three_shots.strips["SH030"].select = True
    selection = read_timeline(scene)
    told = [(each.stretch_by, each.stretch) for each in (whole, preview, selection)]
    assert told == [
        ("whole edit", FrameRange(1, 301)),
        ("preview range", FrameRange(101, 151)),
        ("selection", FrameRange(201, 301)),
    ]


def test_only_strips_of_the_stretch_are_read_and_whole(scene, three_shots):
    scene.use_preview_range = True
    scene.frame_preview_start, scene.frame_preview_end = 150, 220
    read = read_timeline(scene, "preview").strips
    assert [("SH020", FrameRange(101, 201)), ("SH030", FrameRange(201, 301))] == [(s.name, s.range) for s in read]


def test_a_selection_brings_what_lies_over_it_and_says_what_was_selected(scene, three_shots):
    lay_effect(three_shots, "Under", "COLOR", 2, 120, 10).select = False
    three_shots.strips["SH020"].select = True
    read = read_timeline(scene).strips
    assert [(strip.name, strip.selected) for strip in read] == [("SH020", True), ("Under", False)]


def test_frames_asked_for_are_the_stretch(scene, three_shots):
    timeline = read_timeline(scene, frames=FrameRange(10, 40))
    assert (FrameRange(10, 40), ["SH010"]) == (timeline.stretch, [strip.name for strip in timeline.strips])


def test_a_selected_take_stands_for_the_shot_that_it_shows(scene, three_shots):
    read_timeline(scene)  # gives ids
    shot = strip_id(three_shots.strips["SH020"])
    take = lay_effect(three_shots, "SH020 take 1", "COLOR", 5, 101, 100)
    tag_take(take, TakeTag(job="one", segments=(shot,)))
    take.select = True

    timeline = read_timeline(scene)
    assert ("selection", FrameRange(101, 201)) == (timeline.stretch_by, timeline.stretch)
    assert ["SH020"] == [strip.name for strip in timeline.strips if strip.selected]
    assert ("selection", 1, 101, 201) == summary_of(scene)


def summary_of(scene):
    found = summarise(scene)
    return found.by, found.shots, found.start, found.end


@pytest.mark.parametrize(
    ("stretch", "message"), [("selection", "No strip is selected"), ("preview", "No preview range is set")]
)
def test_an_empty_selection_or_preview_range_says_what_to_do(scene, three_shots, stretch, message):
    with pytest.raises(EmptyStretch, match=message) as caught:
        read_timeline(scene, stretch)
    assert caught.value.remedy


def test_a_preview_range_over_nothing_says_so(scene, three_shots):
    scene.use_preview_range = True
    scene.frame_preview_start, scene.frame_preview_end = 500, 600
    with pytest.raises(EmptyStretch, match="No strip lies in the preview range, frames 500 to 601"):
        read_timeline(scene)


def test_a_scene_without_strips_says_so(blender):
    with pytest.raises(EmptyStretch, match=r"The edit of scene 'Scene' is empty.*Lay strips"):
        read_timeline(blender.context.scene)


# What holds for the whole edit


def test_rate_size_markers_and_name_are_the_scenes(scene, edit):
    set_rate(scene, 30, 1.001)
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 720, 576, 50
    scene.render.pixel_aspect_x, scene.render.pixel_aspect_y = 64, 45
    scene.timeline_markers.new("Act 2", frame=50)
    scene.timeline_markers.new("Act 1", frame=1)
    lay_text(edit, "SH010", "a", 1, 1, 100)
    timeline = read_timeline(scene, "all")
    assert (FrameRate(30000, 1001), 1024, 576) == (timeline.rate, timeline.width, timeline.height)
    assert timeline.markers == (Marker(frame=1, name="Act 1"), Marker(frame=50, name="Act 2"))
    assert (timeline.name, timeline.file) == ("Scene", None)


def test_settings_of_scene_and_strips_are_read(registered, scene, edit, tmp_path):
    strip = lay_text(edit, "SH010", "a", 1, 1, 100)
    for name in ("text", "subject", "action", "camera", "environment", "lighting", "audio"):
        setattr(strip.second_unit, name, name)
    strip.second_unit.role, strip.second_unit.pinned = "STYLE", True
    strip.second_unit.description, strip.second_unit.exclusion = "who", "what not"
    settings = scene.second_unit
    settings.look, settings.service, settings.model, settings.ratio = "16 mm", "seedance", "pro", "9:16"
    settings.resolution, settings.audio, settings.use_seed, settings.seed = "720p", False, True, 7
    settings.options = '{"camera_fixed": true}'
    member = settings.cast.add()
    member.name, member.role, member.description, member.exclusion = "ada", "CHARACTER", "a fox", "the snow"
    member.files.add().path = str(tmp_path / "ada.png")
    timeline = read_timeline(scene, "all")
    (read,) = timeline.strips
    fields = dict.fromkeys(Prompt.model_fields)
    assert read.prompt == Prompt(**{name: name for name in fields})
    assert (read.role, read.pinned, read.description, read.exclusion) == (Role.STYLE, True, "who", "what not")
    assert timeline.look == "16 mm"
    assert timeline.settings == ShootSettings(
        service="seedance",
        model="pro",
        ratio="9:16",
        resolution="720p",
        audio=False,
        seed=7,
        options={"camera_fixed": True},
    )
    assert timeline.cast == (
        CastMember(
            name="ada",
            files=(tmp_path / "ada.png",),
            role=Role.CHARACTER,
            description="a fox",
            exclusion="the snow",
        ),
    )


def test_untouched_settings_are_the_timelines_defaults(registered, scene, edit):
    lay_text(edit, "SH010", "a", 1, 1, 100)
    timeline = read_timeline(scene, "all")
    (strip,) = timeline.strips
    assert (ShootSettings(), Prompt(), None) == (timeline.settings, strip.prompt, strip.role)


@pytest.mark.parametrize("options", ["{", "[1]", '{"a": [1]}', '{"a": null}'])
def test_options_that_cant_be_read_are_an_error(registered, scene, edit, options):
    lay_text(edit, "SH010", "a", 1, 1, 100)
    scene.second_unit.options = options
    with pytest.raises(TimelineError, match="options can't be read"):
        read_timeline(scene, "all")


def test_a_placed_take_is_known_by_its_mark(scene, edit):
    tag_take(lay_text(edit, "Take", "a", 1, 1, 100), TakeTag("job-1"))
    assert _only(scene).take_of == "job-1"


def test_a_timeline_is_json_in_and_out(scene, edit, ramp, pictures):
    lay_text(edit, "SH010", "a", 1, 1, 100)
    edit.strips.new_sound("Voice", str(ramp), 2, 11)
    edit.strips.new_image("Board", str(pictures / "p0.png"), 1, 200)
    timeline = read_timeline(scene, "all")
    assert timeline == Timeline.model_validate_json(timeline.model_dump_json())


def test_reading_twice_tells_the_same_and_writes_nothing_more(scene, edit, tmp_path):
    lay_text(edit, "SH010", "a", 1, 1, 100)
    first = read_timeline(scene, "all")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    before = bpy.data.is_dirty  # Blender 4.5's module calls even a file just saved dirty
    second = read_timeline(scene, "all")
    assert (first.strips, before) == (second.strips, bpy.data.is_dirty)


def test_what_is_read_can_be_shot(scene, edit, pictures):
    lay_text(edit, "SH010", "A fox runs", 3, 1, 60)
    strip = edit.strips.new_image("Board", str(pictures / "p2.png"), 1, 1)
    setattr(strip, sequencer.RIGHT_HANDLE, 61)
    shots = build_shot_list(read_timeline(scene, "all"))
    assert [(segment.name, segment.strips) for segment in shots.segments] == [("SH010", ("SH010", "Board"))]


# Paths


def test_relative_paths_are_the_blends(scene, edit, pictures, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    shutil.copy(pictures / "p0.png", tmp_path / "board.png")
    edit.strips.new_image("Board", "//board.png", 1, 1)
    timeline = read_timeline(scene, "all")
    assert (tmp_path / "edit.blend", (tmp_path / "board.png",)) == (timeline.file, timeline.strips[0].files)


def test_a_relative_path_in_an_unsaved_blend_is_an_error_that_names_the_strip(scene, edit):
    edit.strips.new_image("Board", "//board.png", 1, 1)
    with pytest.raises(UnsavedEdit, match=r"'Board' shows '//.*never saved.*Save the .blend") as caught:
        read_timeline(scene, "all")
    assert caught.value.strip == "Board"


def test_missing_files_are_read_like_any_other(scene, edit, tmp_path):
    edit.strips.new_image("Board", str(tmp_path / "gone.png"), 1, 1)
    edit.strips.new_sound("Voice", str(tmp_path / "gone.wav"), 2, 1)
    board, voice = read_timeline(scene, "all").strips
    assert (board.files, voice.file) == ((tmp_path / "gone.png",), tmp_path / "gone.wav")


def test_a_file_that_is_no_sound_is_named_with_its_strip(scene, edit, tmp_path):
    (tmp_path / "notes.wav").write_text("not a sound")
    edit.strips.new_sound("Voice", str(tmp_path / "notes.wav"), 2, 1)
    with pytest.raises(UnreadableMedia, match=r"'Voice' shows 'notes.wav', which can't be read as a sound"):
        read_timeline(scene, "all")


@pytest.fixture
def packed(scene, edit, ramp, tmp_path) -> Path:
    """A saved edit with a packed sound; its file."""
    original = Path(shutil.copy(ramp, tmp_path / "voice.wav"))
    edit.strips.new_sound("Voice", str(original), 2, 1).sound.pack()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    return original


def test_a_packed_sound_whose_file_is_still_the_same_is_that_file(scene, packed):
    assert packed == _only(scene).file


def test_a_packed_sound_without_its_file_is_written_out_beside_the_blend_once(scene, packed, ramp):
    packed.unlink()
    written = _only(scene).file
    stamp = written.stat().st_mtime_ns
    again = _only(scene).file
    assert packed.parent / "takes" / "packed" == written.parent
    assert (ramp.read_bytes(), written, stamp) == (written.read_bytes(), again, again.stat().st_mtime_ns)


def test_a_packed_sound_that_cant_be_written_out_is_an_error_that_names_the_strip(scene, packed):
    packed.unlink()
    (packed.parent / "takes").write_text("in the way")
    with pytest.raises(ReadOnlyFolder, match=r"The sound of 'Voice' is packed.*Make the folder writable"):
        read_timeline(scene, "all")


def test_warnings_are_plain_data_too(scene, edit):
    lay_effect(edit, "Angles", "MULTICAM", 2, 1, 30)
    told = json.loads(read_timeline(scene, "all").model_dump_json())["warnings"]
    assert [warning["strip"] for warning in told] == ["Angles"]
