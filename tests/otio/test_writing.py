"""OpenTimelineIO out: takes as media references, the edit as it was."""

from fractions import Fraction

import opentimelineio as otio
import pytest

from second_unit.errors import PlacementError
from second_unit.otio.reading import read_otio
from second_unit.otio.writing import PICTURE_TRACK, write_otio
from second_unit.takes import Placement
from second_unit.timing import FrameRange, FrameRate

RATE = FrameRate(25)


def placement(folder, name, start, end, take=1, **more):
    return Placement(
        name=name,
        file=folder / "takes" / f"{name}_{take}.mp4",
        range=FrameRange(start, end),
        segments=(name,),
        take=take,
        job=f"job-{take}",
        **more,
    )


@pytest.fixture
def edit(tmp_path):
    clip = otio.schema.Clip(
        "A",
        source_range=otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(100, 25)),
        media_reference=otio.schema.ExternalReference(target_url="a.mp4"),
    )
    timeline = otio.schema.Timeline("Edit")
    timeline.tracks.append(otio.schema.Track(name="V1", kind="Video", children=[clip]))
    path = tmp_path / "edit.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def shots(path):
    timeline = otio.adapters.read_from_file(str(path))
    track = next(track for track in timeline.tracks if track.name == PICTURE_TRACK)
    return [(clip.name, clip.trimmed_range_in_parent(), clip) for clip in track.find_clips()]


def test_a_round_trip_keeps_the_record_ranges(edit, tmp_path):
    wanted = [FrameRange(10, 35), FrameRange(35, 60)]
    write_otio(edit, [placement(tmp_path, "B", 35, 60), placement(tmp_path, "A", 10, 35)], edit, rate=RATE)
    strips = [strip for strip in read_otio(edit).strips if strip.channel == 2]
    assert wanted == [strip.range for strip in strips]


def test_nothing_of_the_editors_is_touched(edit, tmp_path):
    before = otio.adapters.read_from_file(str(edit)).tracks[0].to_json_string()
    write_otio(edit, [placement(tmp_path, "A", 0, 50)], edit, rate=RATE)
    assert before == otio.adapters.read_from_file(str(edit)).tracks[0].to_json_string()


def test_all_takes_are_kept_and_the_latest_is_active(edit, tmp_path):
    write_otio(edit, [placement(tmp_path, "A", 0, 50, take) for take in (2, 1)], edit, rate=RATE)
    clip = shots(edit)[0][2]
    assert (sorted(clip.media_references()), clip.active_media_reference_key) == (["take 1", "take 2"], "take 2")


def test_the_chosen_take_is_active(edit, tmp_path):
    takes = [placement(tmp_path, "A", 0, 50, take) for take in (1, 2)]
    write_otio(edit, takes, edit, rate=RATE, chosen={("A",): 1})
    assert shots(edit)[0][2].active_media_reference_key == "take 1"


def test_a_later_run_keeps_the_takes_of_an_earlier_one(edit, tmp_path):
    write_otio(edit, [placement(tmp_path, "A", 0, 50, 1)], edit, rate=RATE)
    write_otio(edit, [placement(tmp_path, "A", 0, 50, 2)], edit, rate=RATE)
    assert sorted(shots(edit)[0][2].media_references()) == ["take 1", "take 2"]


def test_media_are_named_from_where_the_file_lies(edit, tmp_path):
    write_otio(edit, [placement(tmp_path, "A", 0, 50)], edit, rate=RATE)
    assert shots(edit)[0][2].media_reference.target_url == "takes/A_1.mp4"


def test_a_clip_starts_where_its_shot_starts_in_the_take(edit, tmp_path):
    write_otio(edit, [placement(tmp_path, "A", 0, 50, source_start_seconds=Fraction(3))], edit, rate=RATE)
    assert shots(edit)[0][2].source_range.start_time.value == 75


def test_shots_that_overlap_are_refused_and_the_file_is_as_it_was(edit, tmp_path):
    before = edit.read_bytes()
    with pytest.raises(PlacementError, match="'B' starts at frame 40"):
        write_otio(edit, [placement(tmp_path, "A", 0, 50), placement(tmp_path, "B", 40, 60)], edit, rate=RATE)
    assert before == edit.read_bytes()
