"""Every kind of strip is read as what it shows."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path

import bpy
import pytest

from addon import sequencer
from addon.reading.read_timeline import read_timeline
from addon.strip_marks import strip_id
from second_unit.timeline import (
    ImageStrip,
    MetaStrip,
    OtherStrip,
    SceneStrip,
    SoundStrip,
    TextStrip,
    Timeline,
    Trim,
    walk,
)
from second_unit.timing import FrameRange, FrameRate
from tests.addon.laying import lay_effect, lay_text, set_rate
from tests.addon.media import write_counted_movie
from tests.mixing import mix_down


def _only(scene):
    (strip,) = read_timeline(scene, "all").strips
    return strip


def _codes(timeline: Timeline) -> list[tuple[str, str]]:
    return [(warning.code, warning.strip) for warning in timeline.warnings]


def _lay_sequence(edit, pictures: Path, start: int):
    strip = edit.strips.new_image("Panels", str(pictures / "p0.png"), 1, start)
    for number in range(1, 5):
        strip.elements.append(f"p{number}.png")
    return strip


def test_a_text_strip_says_its_text(scene, edit):
    strip = lay_text(edit, "SH010", "A fox runs", 3, 10, 50)
    strip.select = False
    read = _only(scene)
    assert read == TextStrip(
        id=strip_id(strip), name="SH010", channel=3, range=FrameRange(10, 60), text="A fox runs", take_of=None
    )


def test_a_still_is_one_file_however_long_it_stands(scene, edit, pictures):
    strip = edit.strips.new_image("Board", str(pictures / "p2.png"), 1, 5)
    setattr(strip, sequencer.RIGHT_HANDLE, 80)
    read = _only(scene)
    assert (ImageStrip, (pictures / "p2.png",), FrameRange(5, 80)) == (type(read), read.files, read.range)


def test_an_image_sequence_is_the_files_it_shows_trimmed_and_held(scene, edit, pictures):
    strip = _lay_sequence(edit, pictures, 10)
    setattr(strip, sequencer.LEFT_HANDLE, 12)
    setattr(strip, sequencer.RIGHT_HANDLE, 17)
    assert [path.name for path in _only(scene).files] == ["p2.png", "p3.png", "p4.png", "p4.png", "p4.png"]


def test_a_reversed_image_sequence_is_its_files_backwards(scene, edit, pictures):
    _lay_sequence(edit, pictures, 10).use_reverse_frames = True
    assert [path.name for path in _only(scene).files] == ["p4.png", "p3.png", "p2.png", "p1.png", "p0.png"]


def test_a_sound_is_trimmed_by_its_handles(scene, edit, ramp):
    strip = edit.strips.new_sound("Voice", str(ramp), 1, 11)
    strip.volume = 0.5
    setattr(strip, sequencer.LEFT_HANDLE, 41)
    setattr(strip, sequencer.RIGHT_HANDLE, 71)
    read = _only(scene)
    assert (SoundStrip, ramp, 0.5) == (type(read), read.file, read.volume)
    assert (FrameRange(41, 71), Trim(start_seconds=1, end_seconds=2)) == (read.range, read.trim)


def test_a_sounds_content_trim_and_offset_move_what_is_heard(scene, edit, ramp):
    strip = edit.strips.new_sound("Voice", str(ramp), 1, 11)
    setattr(strip, sequencer.CONTENT_TRIM_START, 30)
    strip.sound_offset = 0.25
    start = sequencer.left_handle(strip)
    setattr(strip, sequencer.LEFT_HANDLE, start + 30)
    setattr(strip, sequencer.RIGHT_HANDLE, start + 60)
    assert _only(scene).trim == Trim(start_seconds=Fraction(7, 4), end_seconds=Fraction(11, 4))


def test_the_silence_around_a_sound_is_no_part_of_it(scene, edit, ramp):
    strip = edit.strips.new_sound("Voice", str(ramp), 1, 31)
    setattr(strip, sequencer.LEFT_HANDLE, 1)
    setattr(strip, sequencer.RIGHT_HANDLE, 200)
    read = _only(scene)
    assert (FrameRange(31, 151), Trim(start_seconds=0, end_seconds=4)) == (read.range, read.trim)


def test_what_is_heard_in_a_sounds_trim_is_what_blender_mixes(scene, edit, ramp, tmp_path):
    """The ramp's loudness on the first mixed sample tells its moment; a mono sound is panned to −3 dB."""
    strip = edit.strips.new_sound("Voice", str(ramp), 1, 11)
    setattr(strip, sequencer.CONTENT_TRIM_START, 15)
    strip.sound_offset = 0.25
    setattr(strip, sequencer.LEFT_HANDLE, sequencer.left_handle(strip) + 30)
    read = _only(scene)
    scene.frame_start, scene.frame_end = read.range.start, read.range.end - 1
    mixed = tmp_path / "mixed.wav"
    mix_down(mixed, mixrate=48_000)
    heard_seconds = _left_sample(mixed, 2400) / 32_000 * 4 * 2**0.5 - 0.05
    assert heard_seconds == pytest.approx(float(read.trim.start_seconds), abs=0.005)


def _left_sample(path: Path, index: int) -> int:
    with wave.open(str(path)) as file:
        file.setpos(index)
        return int.from_bytes(file.readframes(1)[:2], "little", signed=True)


def test_a_scene_strip_shows_frames_of_its_scene_at_that_scenes_rate(scene, edit):
    other = bpy.data.scenes.new("Previs")
    set_rate(other, 60)
    other.frame_start, other.frame_end = 11, 110
    other.camera = bpy.data.objects.new("Crane", bpy.data.cameras.new("Crane"))
    strip = edit.strips.new_scene("Previs", other, 2, 50)
    setattr(strip, sequencer.LEFT_HANDLE, 60)
    setattr(strip, sequencer.RIGHT_HANDLE, 100)
    timeline = read_timeline(scene, "all")
    (read,) = timeline.strips
    assert (SceneStrip, "Previs", "Crane") == (type(read), read.scene, read.camera)
    assert (FrameRange(21, 61), FrameRate(60)) == (read.frames, read.rate)
    assert _codes(timeline) == [("scene-rate", "Previs")]


def test_a_scene_strip_longer_than_its_scene_holds_the_last_frame(scene, edit):
    other = bpy.data.scenes.new("Previs")
    set_rate(other, 30)
    other.frame_start, other.frame_end = 1, 20
    strip = edit.strips.new_scene("Previs", other, 2, 50)
    setattr(strip, sequencer.RIGHT_HANDLE, 100)
    timeline = read_timeline(scene, "all")
    assert timeline.strips[0].frames == FrameRange(1, 21)
    assert _codes(timeline) == [("no-camera", "Previs")]


def test_a_scene_strip_that_lost_its_scene_is_said_to(scene, edit):
    other = bpy.data.scenes.new("Previs")
    edit.strips.new_scene("Previs", other, 2, 50)
    bpy.data.scenes.remove(other)
    lay_text(edit, "SH010", "A fox", 1, 50, 20)
    assert _codes(read_timeline(scene, "all")) == [("orphan", "Previs")]


def test_a_metas_children_are_cut_to_what_it_shows_in_frames_of_the_edit(scene, edit, ramp):
    outer = edit.strips.new_meta("Outer", 2, 1)
    inner = outer.strips.new_meta("Inner", 1, 1)
    inner.strips.new_sound("Deep", str(ramp), 1, 1)
    setattr(inner, sequencer.RIGHT_HANDLE, 121)
    setattr(outer, sequencer.RIGHT_HANDLE, 121)
    setattr(inner, sequencer.RIGHT_HANDLE, 91)
    setattr(outer, sequencer.LEFT_HANDLE, 31)
    setattr(outer, sequencer.CONTENT_START, int(sequencer.content_start(outer)) + 100)
    meta = _only(scene)
    assert isinstance(meta, MetaStrip)
    (deep,) = (strip for strip in walk([meta]) if strip.name == "Deep")
    assert (FrameRange(131, 191), Trim(start_seconds=1, end_seconds=3)) == (deep.range, deep.trim)


def test_children_that_a_meta_no_longer_shows_are_left_out(scene, edit):
    meta = edit.strips.new_meta("Meta", 2, 1)
    lay_text(meta, "Early", "first", 1, 1, 20)
    lay_text(meta, "Late", "then", 1, 21, 20)
    setattr(meta, sequencer.RIGHT_HANDLE, 41)
    setattr(meta, sequencer.LEFT_HANDLE, 21)
    assert [child.name for child in _only(scene).children] == ["Late"]


@pytest.mark.parametrize("kind", ["COLOR", "ADJUSTMENT", "MULTICAM"])
def test_what_makes_no_reference_by_itself_is_kept_by_its_type(scene, edit, kind):
    lay_effect(edit, "It", kind, 1, 1, 30)
    read = _only(scene)
    assert (OtherStrip, kind, FrameRange(1, 31)) == (type(read), read.type, read.range)


def test_a_mask_and_a_movie_clip_are_kept_by_their_type(scene, edit, tmp_path):
    edit.strips.new_mask("Mask", bpy.data.masks.new("Mask"), 1, 1)
    clip = bpy.data.movieclips.load(str(write_counted_movie(tmp_path / "clip.mp4", Fraction(24), 5)))
    edit.strips.new_clip("Clip", clip, 2, 1)
    assert [strip.type for strip in read_timeline(scene, "all").strips] == ["MASK", "MOVIECLIP"]


@pytest.mark.parametrize(
    "kind",
    ["CROSS", "GAMMA_CROSS", "WIPE", "ADD", "SUBTRACT", "MULTIPLY", "ALPHA_OVER", "ALPHA_UNDER", "COLORMIX"],
)
def test_a_transition_names_the_strips_between_which_it_stands(scene, edit, kind):
    first = lay_effect(edit, "A", "COLOR", 1, 1, 30)
    second = lay_effect(edit, "B", "COLOR", 2, 20, 30)
    lay_effect(edit, "Between", kind, 3, 20, 11, first, second)
    read = read_timeline(scene, "all").strips[-1]
    assert ("Between", kind, (strip_id(first), strip_id(second))) == (read.name, read.type, read.inputs)


@pytest.mark.parametrize("kind", ["SPEED", "GLOW", "GAUSSIAN_BLUR"])
def test_an_effect_names_the_strip_that_it_works_on(scene, edit, kind):
    first = lay_effect(edit, "A", "COLOR", 1, 1, 30)
    lay_effect(edit, "On it", kind, 3, 1, 30, first)
    assert read_timeline(scene, "all").strips[-1].inputs == (strip_id(first),)


def test_what_an_effect_does_to_a_strips_speed_is_warned_of_on_the_strip(scene, edit, pictures):
    first = _lay_sequence(edit, pictures, 1)
    lay_effect(edit, "Faster", "SPEED", 3, 1, 5, first)
    assert _codes(read_timeline(scene, "all")) == [("speed-effect", "Panels")]


def test_every_type_of_strip_that_this_blender_knows_is_read():
    from addon.reading._read_strips import StripReader

    known = {item.identifier for item in bpy.types.Strip.bl_rna.properties["type"].enum_items}
    own = {"TEXT", "IMAGE", "MOVIE", "SOUND", "SCENE", "META"}
    reader = StripReader(bpy.context.scene, FrameRate(24), frozenset(), "//takes")
    assert (own, set()) == (set(reader._readers), own - known)
