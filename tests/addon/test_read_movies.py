"""Movie trims: what the timeline says a strip shows is what Blender renders."""

from __future__ import annotations

from fractions import Fraction

import bpy
import pytest

from addon import sequencer
from addon.reading.read_timeline import read_timeline
from second_unit.errors import UnreadableMedia
from second_unit.timeline import MovieStrip, Trim
from second_unit.timing import FrameRange
from tests.addon.laying import lay_adjusted_movie, set_rate
from tests.addon.media import HEIGHT, WIDTH, shown_number, write_counted_movie


@pytest.fixture
def scene(scene):
    """An edit of the footage's size."""
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    return scene


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    """Movies of 120 frames that count themselves, by rate."""
    folder = tmp_path_factory.mktemp("footage")
    rates = {"24": Fraction(24), "30": Fraction(30), "29.97": Fraction(30000, 1001)}
    return {name: write_counted_movie(folder / f"{name}.mp4", rate, 120) for name, rate in rates.items()}


def lay_plain(scene, path, channel, start):
    return scene.sequence_editor.strips.new_movie("Plain", str(path), channel, start)


def only_movie(scene) -> MovieStrip:
    (strip,) = read_timeline(scene, "all").strips
    assert isinstance(strip, MovieStrip)
    return strip


def reckoned(movie: MovieStrip, frame: int, rate: Fraction) -> Fraction:
    """The frame of the file that the trim says stands on a frame of the edit."""
    # Backwards, a frame of the edit starts where the one after it ends.
    passed = movie.range.end - 1 - frame if movie.reversed else frame - movie.range.start
    return (movie.trim.start_seconds + Fraction(passed, movie.range.length) * movie.trim.length_seconds) * rate


CUTS = {"whole": (0, 0, 0, 0), "trimmed": (11, 40, 0, 0), "content trimmed too": (11, 40, 10, 7)}


@pytest.mark.parametrize("reverse", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
@pytest.mark.parametrize("lay", [lay_plain, lay_adjusted_movie], ids=["frame for frame", "speed adjusted"])
@pytest.mark.parametrize(("own", "fps", "base"), [("24", 30, 1.0), ("30", 24, 1.0), ("29.97", 24, 1.001)])
def test_the_trim_says_what_blender_renders(scene, footage, tmp_path, own, fps, base, lay, cut, reverse):
    set_rate(scene, fps, base)
    strip = lay(scene, footage[own], 2, 10)
    left, right, trim_start, trim_end = cut
    setattr(strip, sequencer.CONTENT_TRIM_START, trim_start)
    setattr(strip, sequencer.CONTENT_TRIM_END, trim_end)
    setattr(strip, sequencer.LEFT_HANDLE, sequencer.left_handle(strip) + left)
    setattr(strip, sequencer.RIGHT_HANDLE, sequencer.right_handle(strip) - right)
    strip.use_reverse_frames = reverse
    movie = only_movie(scene)
    rate = {"24": Fraction(24), "30": Fraction(30), "29.97": Fraction(30000, 1001)}[own]
    frames = (movie.range.start, movie.range.start + 7, movie.range.end - 1)
    off = [abs(shown_number(scene, frame, tmp_path) - reckoned(movie, frame, rate)) for frame in frames]
    assert max(off) <= 1, off


def test_a_trim_is_exact(scene, footage):
    set_rate(scene, 30)
    strip = lay_adjusted_movie(scene, footage["24"], 2, 10)
    setattr(strip, sequencer.LEFT_HANDLE, 21)
    setattr(strip, sequencer.RIGHT_HANDLE, 60)
    # Frame 21 is 11 frames of 1/30 s after the file's start; frame 60 is 50 of them.
    assert only_movie(scene).trim == Trim(start_seconds=Fraction(11, 30), end_seconds=Fraction(50, 30))


def test_a_movie_laid_frame_for_frame_counts_in_its_own_frames(scene, footage):
    set_rate(scene, 30)
    strip = lay_plain(scene, footage["24"], 2, 10)
    setattr(strip, sequencer.LEFT_HANDLE, 22)
    setattr(strip, sequencer.RIGHT_HANDLE, 58)
    assert only_movie(scene).trim == Trim(start_seconds=Fraction(12, 24), end_seconds=Fraction(48, 24))


def test_a_held_frame_is_no_footage_and_warned_of(scene, footage):
    set_rate(scene, 24)
    strip = lay_plain(scene, footage["24"], 2, 10)
    setattr(strip, sequencer.RIGHT_HANDLE, 10 + 120 + 24)
    timeline = read_timeline(scene, "all")
    assert [(warning.code, warning.strip) for warning in timeline.warnings] == [("held", "Plain")]
    assert timeline.strips[0].trim == Trim(start_seconds=Fraction(0), end_seconds=Fraction(5))


def test_a_retimed_movie_is_read_by_the_speed_it_was_given(scene, footage):
    set_rate(scene, 30)
    strip = lay_adjusted_movie(scene, footage["24"], 2, 10)
    scene.sequence_editor.active_strip = strip
    with sequencer.sequencer_context(scene):
        bpy.ops.sequencer.retiming_segment_speed_set(speed=50.0)
    setattr(strip, sequencer.LEFT_HANDLE, 110)
    # 100 frames at half speed are 50/30 s of the file; Blender 4.5 retimes to a length one frame off.
    assert only_movie(scene).trim.start_seconds == pytest.approx(Fraction(50, 30), abs=1 / 24)


def test_counting_a_movies_frames_leaves_no_trace(scene, footage):
    set_rate(scene, 30)
    lay_adjusted_movie(scene, footage["24"], 2, 10)
    read_timeline(scene, "all")
    assert list(bpy.data.movieclips) == []


def test_a_file_that_is_no_movie_is_named_with_its_strip(scene, tmp_path):
    (tmp_path / "notes.mp4").write_text("not a movie")
    scene.sequence_editor.strips.new_movie("SH010", str(tmp_path / "notes.mp4"), 1, 1)
    with pytest.raises(UnreadableMedia, match=r"'SH010' shows 'notes.mp4'.*Replace the file") as caught:
        read_timeline(scene, "all")
    assert caught.value.strip == "SH010"


def test_a_muted_file_that_is_no_movie_is_in_nobodys_way(scene, tmp_path):
    (tmp_path / "notes.mp4").write_text("not a movie")
    scene.sequence_editor.strips.new_movie("SH010", str(tmp_path / "notes.mp4"), 1, 1).mute = True
    assert only_movie(scene).muted


def test_a_missing_movie_is_read_with_its_path(scene, tmp_path):
    scene.sequence_editor.strips.new_movie("SH010", str(tmp_path / "gone.mp4"), 1, 1)
    assert only_movie(scene).file == tmp_path / "gone.mp4"


def test_a_movie_that_went_missing_after_saving_keeps_its_length(scene, footage, tmp_path):
    set_rate(scene, 24)
    moved = tmp_path / "moved.mp4"
    moved.write_bytes(footage["24"].read_bytes())
    lay_plain(scene, moved, 1, 1)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    moved.unlink()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "edit.blend"))
    movie = only_movie(bpy.context.scene)
    assert (movie.range, movie.trim.length_seconds) == (FrameRange(1, 121), 5)
