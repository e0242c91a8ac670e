"""OpenTimelineIO in: what an edit from another program says."""

import os
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from second_unit.errors import EmptyStretch, SecondUnitError, UnreadableMedia
from second_unit.otio.reading import read_otio
from second_unit.timeline import ImageStrip, MetaStrip, MovieStrip, SoundStrip, TextStrip, Trim
from second_unit.timing import FrameRange, FrameRate


def time(value, rate=24):
    return otio.opentime.RationalTime(value, rate)


def span(start, duration, rate=24):
    return otio.opentime.TimeRange(time(start, rate), time(duration, rate))


def movie(name, url="media/a.mp4", start=0, duration=48, rate=24, available=(0, 240), **more):
    media = otio.schema.ExternalReference(target_url=url, available_range=span(*available, rate))
    return otio.schema.Clip(name, media_reference=media, source_range=span(start, duration, rate), **more)


def save(folder, *tracks):
    timeline = otio.schema.Timeline("Edit")
    timeline.tracks.extend(tracks)
    path = folder / "edit.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def video(*items, **more):
    return otio.schema.Track(name="V1", kind="Video", children=list(items), **more)


def test_clips_stand_one_after_another_with_their_trims(tmp_path):
    path = save(tmp_path, video(movie("A", start=24), otio.schema.Gap(source_range=span(0, 12)), movie("B")))
    first, second = read_otio(path).strips
    assert isinstance(first, MovieStrip)
    assert FrameRange(0, 48) == first.range
    assert Trim(start_seconds=Fraction(1), end_seconds=Fraction(3)) == first.trim
    assert FrameRange(60, 108) == second.range


def test_media_with_a_start_timecode_is_counted_from_its_first_frame(tmp_path):
    path = save(tmp_path, video(movie("A", start=86_424, available=(86_400, 240))))
    assert Trim(start_seconds=Fraction(1), end_seconds=Fraction(3)) == read_otio(path).strips[0].trim


def test_relative_media_lie_beside_the_file_and_file_urls_are_decoded(tmp_path):
    path = save(tmp_path, video(movie("A", "media/a b.mp4"), movie("B", "file:///shots/caf%C3%A9%201.mp4")))
    first, second = read_otio(path).strips
    assert tmp_path / "media" / "a b.mp4" == first.file
    assert Path("/shots/café 1.mp4") == second.file


def test_an_ntsc_rate_that_was_written_as_a_decimal_is_exact_again(tmp_path):
    path = save(tmp_path, video(movie("A", rate=23.976, duration=24_000)))
    timeline = read_otio(path)
    assert FrameRate(24_000, 1001) == timeline.rate
    assert Fraction(1001) == timeline.strips[0].trim.length_seconds


def test_sound_counted_in_samples_does_not_set_the_rate(tmp_path):
    sound = movie("S", "a.wav", rate=48_000, duration=96_000, available=(0, 480_000))
    path = save(tmp_path, video(movie("A", rate=25)), otio.schema.Track(kind="Audio", children=[sound]))
    timeline = read_otio(path)
    strip = timeline.strips[1]
    assert FrameRate(25) == timeline.rate
    assert isinstance(strip, SoundStrip)
    assert (2, FrameRange(0, 50)) == (strip.channel, strip.range)


def test_a_time_warp_plays_more_of_its_media(tmp_path):
    fast = movie("A")
    fast.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    strip = read_otio(save(tmp_path, video(fast))).strips[0]
    assert (48, Fraction(4)) == (strip.range.length, strip.trim.length_seconds)


def test_a_nested_stack_is_a_group_cut_to_what_it_shows(tmp_path):
    inner = otio.schema.Stack(name="Group", children=[video(movie("A"), movie("B"))], source_range=span(24, 48))
    group = read_otio(save(tmp_path, video(movie("Before"), inner))).strips[1]
    assert isinstance(group, MetaStrip)
    assert FrameRange(48, 96) == group.range
    assert [FrameRange(48, 72), FrameRange(72, 96)] == [child.range for child in group.children]
    assert Trim(start_seconds=Fraction(1), end_seconds=Fraction(2)) == group.children[0].trim


def test_an_image_sequence_is_the_pictures_it_shows(tmp_path):
    pictures = otio.schema.ImageSequenceReference(
        target_url_base="seq/",
        name_prefix="a.",
        name_suffix=".png",
        start_frame=1,
        frame_zero_padding=3,
        rate=24,
        available_range=span(1, 10),
    )
    clip = otio.schema.Clip("A", media_reference=pictures, source_range=span(3, 2))
    strip = read_otio(save(tmp_path, video(clip))).strips[0]
    assert isinstance(strip, ImageStrip)
    assert (tmp_path / "seq" / "a.003.png", tmp_path / "seq" / "a.004.png") == strip.files


@pytest.mark.parametrize(
    "metadata",
    [
        {"second_unit": "A door opens."},
        {"second_unit": {"prompt": "A door opens."}},
        {"Resolve_OTIO": {"Notes": "A door opens."}},
        {"cmx_3600": {"comments": ["A door", "opens."]}},
    ],
)
def test_a_prompt_comes_from_metadata_or_notes(tmp_path, metadata):
    strip = read_otio(save(tmp_path, video(movie("A", metadata=metadata)))).strips[0]
    assert strip.prompt.text == "A door opens."


def test_a_marker_with_words_and_a_length_is_a_prompt_strip(tmp_path):
    track = video(movie("A", duration=96))
    track.markers.append(otio.schema.Marker("SH010", marked_range=span(24, 48), comment="Rain on the pier."))
    shot = read_otio(save(tmp_path, track)).strips[1]
    assert isinstance(shot, TextStrip)
    assert ("SH010", "Rain on the pier.", FrameRange(24, 72)) == (shot.name, shot.text, shot.range)


def test_a_shot_without_media_needs_a_prompt(tmp_path):
    missing = otio.schema.Clip("A", source_range=span(0, 48))
    told = otio.schema.Clip("B", source_range=span(0, 48), metadata={"second_unit": "A door opens."})
    timeline = read_otio(save(tmp_path, video(missing, told)))
    assert [strip.name for strip in timeline.strips] == ["B"]
    assert [(warning.code, warning.strip) for warning in timeline.warnings] == [("no-media", "A")]


def test_ids_are_the_same_at_every_reading(tmp_path):
    path = save(tmp_path, video(movie("A"), movie("A")))
    first, again = read_otio(path), read_otio(path)
    assert [strip.id for strip in first.strips] == [strip.id for strip in again.strips]
    assert [strip.name for strip in first.strips] == ["A", "A.001"]


def test_an_edit_with_nothing_to_shoot_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(EmptyStretch, match="Relink its clips"):
        read_otio(save(tmp_path, video(otio.schema.Clip("A", source_range=span(0, 48)))))


def test_what_is_not_opentimelineio_is_refused(tmp_path):
    path = tmp_path / "edit.otio"
    path.write_text("{}")
    with pytest.raises(UnreadableMedia, match=r"edit\.otio"):
        read_otio(path)


def test_the_sample_timelines_are_read_or_refused_with_a_reason():
    folder = os.environ.get("SECOND_UNIT_OTIO_SAMPLES")
    if not folder:
        pytest.skip("SECOND_UNIT_OTIO_SAMPLES doesn't name a copy of OpenTimelineIO's tests/sample_data")
    for path in sorted(Path(folder).glob("*.otio")):
        try:
            assert read_otio(path).strips, path.name
        except SecondUnitError as error:
            if not error.remedy:
                pytest.fail(f"{path.name} was refused without a remedy: {error}")
