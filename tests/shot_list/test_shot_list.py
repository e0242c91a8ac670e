"""From strips to shots: what becomes a shot, what its references are, and what is said of all the rest."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from second_unit.errors import BadRange, EmptyPrompt, EmptyStretch, MissingMedia, UnreadableMedia
from second_unit.shot_list import build_shot_list
from second_unit.shots import FileSource, Reference, ReferenceKind, SceneSource, SequenceSource, ShotList
from second_unit.timeline import CameraPart, CastMember, Marker, OtherStrip, Prompt, Role, Trim
from second_unit.timing import FrameRange, FrameRate
from tests.edits import image, media, meta, movie, scene, sound, text, timeline


def layout(shots: ShotList) -> list[tuple[str, int, int]]:
    return [(segment.name, segment.range.start, segment.range.end) for segment in shots.segments]


def codes(shots: ShotList) -> list[tuple[str, str]]:
    return [(warning.code, warning.strip) for warning in shots.warnings]


def only(shots: ShotList) -> Reference:
    (reference,) = shots.references
    return reference


@pytest.fixture
def still(tmp_path: Path) -> Path:
    return media(tmp_path, "still.png")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return media(tmp_path, "clip.mp4")


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    return media(tmp_path, "noise.wav")


# What becomes a shot


def test_each_prompt_strip_is_a_shot(still: Path) -> None:
    shots = build_shot_list(timeline(text("B", 48, 96), text("A", 0, 48), image("panel", 0, 96, still)))

    assert layout(shots) == [("A", 0, 48), ("B", 48, 96)]


def test_any_strip_that_carries_a_prompt_is_a_shot(still: Path) -> None:
    prompt = Prompt(subject="a dog", action="sleeps")
    shots = build_shot_list(timeline(image("panel", 0, 48, still, prompt=prompt), image("other", 48, 96, still)))

    assert layout(shots) == [("panel", 0, 48)]
    assert prompt == shots.segments[0].prompt


def test_with_no_prompt_strip_every_picture_is_a_shot(still: Path, clip: Path, noise: Path) -> None:
    shots = build_shot_list(
        timeline(
            image("panel", 0, 24, still),
            movie("clip", 24, 48, clip),
            scene("set", 48, 72, (1, 25)),
            meta("group", 72, 96, image("inner", 72, 96, still)),
            sound("noise", 0, 96, noise),
        )
    )

    assert layout(shots) == [("panel", 0, 24), ("clip", 24, 48), ("set", 48, 72), ("group", 72, 96)]


def test_the_text_is_the_prompt() -> None:
    shots = build_shot_list(timeline(text("A", 0, 48, "Rain.", prompt=Prompt(camera="static"))))

    assert Prompt(text="Rain.", camera="static") == shots.segments[0].prompt


def test_a_shot_is_clipped_to_the_stretch_and_said_so() -> None:
    shots = build_shot_list(timeline(text("A", 0, 100), stretch=FrameRange(20, 60)))

    assert layout(shots) == [("A", 20, 60)]
    assert ("clipped", "A") in codes(shots)


def test_of_a_selection_only_what_is_selected_is_shot(still: Path) -> None:
    shots = build_shot_list(
        timeline(
            text("A", 0, 48, selected=True), text("B", 48, 96), image("panel", 0, 96, still), stretch_by="selection"
        )
    )

    assert layout(shots) == [("A", 0, 48)]
    assert only(shots).name == "panel"


def test_our_own_takes_are_neither_shots_nor_references(clip: Path) -> None:
    shots = build_shot_list(timeline(text("A", 0, 48), movie("take", 0, 48, clip, take_of="job-1", channel=6)))

    assert (shots.references, shots.warnings) == ((), ())


def test_overlapping_prompts_never_overlap_as_shots_and_both_are_named() -> None:
    shots = build_shot_list(timeline(text("A", 0, 60, channel=1), text("B", 48, 96, channel=2)))

    assert layout(shots) == [("A", 0, 48), ("B", 48, 96)]
    (warning,) = shots.warnings
    assert (warning.code, warning.strip) == ("overlap", "A")
    assert "'B'" in warning.message


def test_a_shot_over_the_middle_of_another_cuts_it_in_two() -> None:
    shots = build_shot_list(timeline(text("A", 0, 96, channel=1), text("B", 24, 48, channel=2)))

    assert layout(shots) == [("A", 0, 24), ("B", 24, 48), ("A (2)", 48, 96)]
    assert len({segment.id for segment in shots.segments}) == 3


def test_a_prompt_wholly_covered_makes_no_shot_and_is_named() -> None:
    shots = build_shot_list(timeline(text("A", 24, 48, channel=1), text("B", 0, 96, channel=2)))

    assert layout(shots) == [("B", 0, 96)]
    assert codes(shots) == [("overlap", "A")]


def test_a_picture_under_another_is_its_reference(still: Path, clip: Path) -> None:
    shots = build_shot_list(timeline(image("low", 0, 48, still, channel=1), movie("high", 0, 48, clip, channel=2)))

    assert layout(shots) == [("high", 0, 48)]
    assert shots.segments[0].strips == ("high", "low")
    assert codes(shots) == []


# Metas


def test_the_shots_of_a_meta_are_a_group_in_the_edits_frames(still: Path) -> None:
    inner = meta("inner", 48, 96, text("B", 48, 96), channel=2)
    shots = build_shot_list(timeline(meta("outer", 0, 96, text("A", 0, 48), inner, image("panel", 0, 96, still))))

    assert layout(shots) == [("A", 0, 48), ("B", 48, 96)]
    assert [segment.group for segment in shots.segments] == ["id-outer", "id-outer"]
    assert [segment.channel for segment in shots.segments] == [6, 6]


def test_a_meta_shows_only_what_lies_inside_its_ends(still: Path) -> None:
    shots = build_shot_list(timeline(meta("cut", 10, 34, text("A", 0, 48), image("panel", 0, 48, still))))

    assert layout(shots) == [("A", 10, 34)]


def test_a_metas_own_prompt_yields_to_those_inside_and_says_so() -> None:
    shots = build_shot_list(timeline(meta("group", 0, 48, text("A", 0, 48), prompt=Prompt(text="All."))))

    assert layout(shots) == [("A", 0, 48)]
    assert codes(shots) == [("meta-prompt", "group")]


# References


def test_a_still_spans_shots_and_is_one_reference(still: Path) -> None:
    shots = build_shot_list(timeline(text("A", 0, 48), text("B", 48, 96), image("panel", 0, 96, still)))

    assert FileSource(path=still) == only(shots).source
    assert only(shots).frames_on_screen == 96
    assert [segment.references for segment in shots.segments] == [(only(shots).key,)] * 2


def test_one_file_in_many_strips_is_one_reference(tmp_path: Path, still: Path) -> None:
    copy = media(tmp_path, "copy.png", still.read_bytes())
    shots = build_shot_list(
        timeline(text("A", 0, 48), text("B", 48, 96), image("one", 0, 48, still), image("two", 48, 96, copy))
    )

    assert only(shots).strips == ("one", "two")


def test_another_role_makes_another_reference(still: Path) -> None:
    shots = build_shot_list(
        timeline(text("A", 0, 48), image("one", 0, 48, still), image("two", 0, 48, still, channel=2, role=Role.STYLE))
    )

    assert [reference.role for reference in shots.references] == [Role.COMPOSITION, Role.STYLE]


def test_keys_are_the_same_from_run_to_run(still: Path, clip: Path) -> None:
    edit = timeline(text("A", 0, 48), image("panel", 0, 48, still), movie("clip", 0, 48, clip))

    assert build_shot_list(edit) == build_shot_list(edit)


def test_changed_content_changes_the_key(still: Path) -> None:
    edit = timeline(text("A", 0, 48), image("panel", 0, 48, still))
    before = only(build_shot_list(edit)).key
    still.write_bytes(b"repainted, and longer")

    assert before != only(build_shot_list(edit)).key


def test_a_change_deep_inside_a_large_file_is_seen(tmp_path: Path) -> None:
    large = media(tmp_path, "large.mp4", bytes(3_000_000))
    edit = timeline(text("A", 0, 48), movie("clip", 0, 48, large))
    before = only(build_shot_list(edit)).key
    large.write_bytes(b"\0" + bytes(3_000_000))

    assert before != only(build_shot_list(edit)).key


def test_a_movie_is_cut_to_the_overlap(clip: Path) -> None:
    shots = build_shot_list(timeline(text("A", 24, 48), movie("clip", 0, 96, clip, seconds=(10, 14))))

    assert Trim(start_seconds=Fraction(11), end_seconds=Fraction(12)) == only(shots).source.trim


def test_a_movies_speed_scales_its_cut(clip: Path) -> None:
    shots = build_shot_list(timeline(text("A", 24, 48), movie("fast", 0, 48, clip, seconds=(0, 4))))

    assert Trim(start_seconds=Fraction(2), end_seconds=Fraction(4)) == only(shots).source.trim
    assert codes(shots) == [("speed", "fast")]


def test_a_reversed_movie_is_cut_from_its_other_end(clip: Path) -> None:
    shots = build_shot_list(timeline(text("A", 0, 24), movie("back", 0, 96, clip, reversed=True)))

    assert Trim(start_seconds=Fraction(3), end_seconds=Fraction(4)) == only(shots).source.trim
    assert codes(shots) == [("reversed", "back")]


def test_a_sound_is_cut_at_true_speed_and_not_past_its_end(noise: Path) -> None:
    edit = timeline(text("A", 24, 96), sound("noise", 0, 96, noise, seconds=(1, 3)), rate=FrameRate(30000, 1001))

    expected = Trim(start_seconds=1 + FrameRate(30000, 1001).seconds(24), end_seconds=Fraction(3))
    assert expected == only(build_shot_list(edit)).source.trim


def test_a_sequence_gives_the_files_of_the_overlap(tmp_path: Path) -> None:
    files = [media(tmp_path, f"f{number:03}.png") for number in range(48)]
    shots = build_shot_list(timeline(text("A", 12, 36), image("frames", 0, 48, *files)))

    assert SequenceSource(paths=tuple(files[12:36]), rate=FrameRate(24)) == only(shots).source
    assert only(shots).kind is ReferenceKind.VIDEO


def test_a_sequence_past_its_last_picture_holds_it(tmp_path: Path) -> None:
    files = [media(tmp_path, f"f{number:03}.png") for number in range(10)]
    shots = build_shot_list(timeline(text("A", 24, 48), image("frames", 0, 48, *files)))

    assert FileSource(path=files[-1]) == only(shots).source


def test_a_scene_gives_its_own_frames_as_fast_as_the_edit_plays_them(tmp_path: Path) -> None:
    edit = timeline(text("A", 15, 30), scene("set", 0, 30, (1, 26), rate=25), file=tmp_path / "edit.blend")

    source = only(build_shot_list(edit)).source
    assert isinstance(source, SceneSource)
    assert (FrameRange(13, 26), FrameRate(20), tmp_path / "edit.blend") == (source.frames, source.rate, source.blend)


def test_a_scenes_measured_camera_goes_into_the_shots_empty_camera_field() -> None:
    set_strip = scene("set", 0, 48, (1, 49), prompt=Prompt(camera="slow dolly in"))
    shots = build_shot_list(timeline(text("A", 0, 24), text("B", 24, 48, prompt=Prompt(camera="static")), set_strip))

    assert [segment.prompt.camera for segment in shots.segments] == ["slow dolly in", "static"]


def test_each_shot_gets_the_camera_of_its_own_part_of_a_scene() -> None:
    parts = tuple(
        CameraPart(range=FrameRange(*ends), words=words)
        for *ends, words in ((0, 24, "slow pan left"), (24, 48, "tilt"))
    )
    laid = scene("set", 0, 48, (1, 49), camera_words="static camera", camera_parts=parts)
    shots = build_shot_list(timeline(text("A", 0, 24), text("B", 24, 44), laid))

    assert [segment.prompt.camera for segment in shots.segments] == ["slow pan left", "tilt"]


def test_the_camera_of_the_scene_seen_longest_is_told() -> None:
    short = scene("short", 0, 20, (1, 21), camera_words="slow pan left")
    long = scene("long", 10, 48, (1, 39), channel=4, camera_words="static camera")
    shots = build_shot_list(timeline(text("A", 0, 48), short, long))

    assert [segment.prompt.camera for segment in shots.segments] == ["static camera"]


def test_a_camera_written_on_the_scene_strip_stands_in_place_of_the_measured_one() -> None:
    laid = scene("set", 0, 48, (1, 49), prompt=Prompt(camera="crash zoom"), camera_words="slow zoom in")
    shots = build_shot_list(timeline(text("A", 0, 48), laid))

    assert [segment.prompt.camera for segment in shots.segments] == ["crash zoom"]


def test_a_role_that_doesnt_suit_the_media_is_replaced_and_said_so(noise: Path) -> None:
    shots = build_shot_list(timeline(text("A", 0, 48), sound("noise", 0, 48, noise, role=Role.STYLE)))

    assert Role.SOUNDTRACK is only(shots).role
    assert codes(shots) == [("role", "noise")]


@pytest.mark.parametrize("rate", [FrameRate(24000, 1001), FrameRate(25), FrameRate(60000, 1001)])
def test_cuts_of_one_movie_touch_exactly(clip: Path, rate: FrameRate) -> None:
    strips = [text(f"S{number}", number * 7, number * 7 + 7) for number in range(9)]
    shots = build_shot_list(timeline(*strips, movie("clip", 0, 63, clip, seconds=(0, "1001/300")), rate=rate))
    trims = [reference.source.trim for reference in shots.references]

    assert [trim.end_seconds for trim in trims[:-1]] == [trim.start_seconds for trim in trims[1:]]
    assert (Fraction(0), Fraction(1001, 300)) == (trims[0].start_seconds, trims[-1].end_seconds)


def test_the_take_goes_above_pictures_and_their_effects_but_not_above_sound(still: Path, noise: Path) -> None:
    cross = OtherStrip(id="x", name="x", channel=8, range=FrameRange(0, 48), type="CROSS", inputs=("id-panel",))
    grade = OtherStrip(id="g", name="g", channel=20, range=FrameRange(0, 48), type="ADJUSTMENT")
    shots = build_shot_list(
        timeline(
            text("A", 0, 48, channel=5),
            image("panel", 0, 48, still, channel=7),
            sound("noise", 0, 48, noise, channel=12),
            cross,
            grade,
        )
    )

    assert shots.segments[0].channel == 8


# Cast


def test_a_mention_attaches_the_cast_members_media(still: Path) -> None:
    cast = (CastMember(name="ana", files=(still,), description="in red", exclusion="the street"),)
    shots = build_shot_list(timeline(text("A", 0, 48, "@Ana waits."), text("B", 48, 96, "Rain."), cast=cast))

    reference = only(shots)
    assert (
        reference.cast,
        reference.role,
        reference.description,
        reference.exclusion,
    ) == ("ana", Role.CHARACTER, "in red", "the street")
    assert [segment.references for segment in shots.segments] == [(reference.key,), ()]


def test_a_cast_members_media_are_taken_by_their_kind(tmp_path: Path) -> None:
    files = tuple(media(tmp_path, name) for name in ("face.jpg", "walk.mov", "voice.mp3"))
    shots = build_shot_list(timeline(text("A", 0, 48, "@ana"), cast=(CastMember(name="ana", files=files),)))

    assert [reference.role for reference in shots.references] == [Role.CHARACTER, Role.MOTION, Role.VOICE]


def test_a_strip_that_shows_a_cast_members_picture_is_that_member(still: Path) -> None:
    cast = (CastMember(name="ana", files=(still,)),)
    shots = build_shot_list(timeline(text("A", 0, 48, "@ana"), image("portrait", 0, 48, still), cast=cast))

    assert (only(shots).cast, only(shots).strips) == ("ana", ("A", "portrait"))


def test_a_strip_with_a_role_of_its_own_is_sent_beside_the_cast_member(still: Path) -> None:
    cast = (CastMember(name="ana", files=(still,)),)
    strip = image("portrait", 0, 48, still, role=Role.STYLE)
    shots = build_shot_list(timeline(text("A", 0, 48, "@ana"), strip, cast=cast))

    assert {Role.CHARACTER, Role.STYLE} == {reference.role for reference in shots.references}


def test_a_misspelt_name_is_caught_with_the_nearest_one() -> None:
    shots = build_shot_list(timeline(text("A", 0, 48, "@anna waits."), cast=(CastMember(name="ana"),)))

    (warning,) = shots.warnings
    assert (warning.code, warning.strip, warning.remedy) == ("unknown-cast", "A", "Did you mean @ana?")


# Breaks


def test_markers_on_cuts_and_ends_of_gaps_are_breaks_and_markers_inside_shots_are_not() -> None:
    strips = [text("A", 0, 24), text("B", 24, 48), text("C", 48, 72), text("D", 90, 96)]
    markers = tuple(Marker(frame=frame) for frame in (-5, 24, 30, 80, 200))

    assert build_shot_list(timeline(*strips, markers=markers)).breaks == (24, 80, 90)


# What is left out is said; what can't be is refused


def test_muted_strips_are_left_out_and_said_so(still: Path) -> None:
    shots = build_shot_list(timeline(text("A", 0, 48), image("panel", 0, 48, still, muted=True)))

    assert (shots.references, codes(shots)) == ((), [("muted", "panel")])


def test_strips_under_no_shot_are_left_out_and_said_so(still: Path) -> None:
    shots = build_shot_list(timeline(text("A", 0, 48), image("panel", 48, 96, still)))

    assert (shots.references, codes(shots)) == ((), [("unused", "panel")])


def test_the_readers_warnings_are_kept() -> None:
    first = build_shot_list(timeline(text("A", 0, 48), text("M", 0, 48, muted=True)))
    again = build_shot_list(timeline(text("A", 0, 48), warnings=first.warnings))

    assert first.warnings == again.warnings


def test_a_text_strip_with_no_text_and_no_picture_is_refused_by_name(noise: Path) -> None:
    with pytest.raises(EmptyPrompt, match="'A' has no text") as caught:
        build_shot_list(timeline(text("A", 0, 48, " "), sound("noise", 0, 48, noise)))

    assert (
        caught.value.strip,
        caught.value.remedy,
    ) == ("A", "Write what happens, put a picture under it, or mute the strip.")


def test_a_text_strip_with_no_text_over_a_picture_is_a_warning(still: Path) -> None:
    shots = build_shot_list(timeline(text("A", 0, 48, ""), image("panel", 0, 48, still)))

    assert codes(shots) == [("empty-prompt", "A")]


def test_a_shot_before_frame_0_is_refused_by_name() -> None:
    with pytest.raises(BadRange, match="'A' starts at frame -12, before frame 0") as caught:
        build_shot_list(timeline(text("A", -12, 48)))

    assert caught.value.strip == "A"


def test_a_reference_before_frame_0_is_cut_to_its_shot(clip: Path) -> None:
    shots = build_shot_list(timeline(text("A", 0, 48), movie("clip", -24, 48, clip, seconds=(0, 3))))

    assert Fraction(1) == only(shots).source.trim.start_seconds


def test_a_prompt_strip_without_frames_is_refused_by_name() -> None:
    with pytest.raises(BadRange, match="'A' has no frames"):
        build_shot_list(timeline(text("A", 24, 24), text("B", 0, 48)))


def test_strips_that_only_touch_a_shot_are_no_references(still: Path, clip: Path) -> None:
    shots = build_shot_list(timeline(text("A", 24, 48), image("before", 0, 24, still), movie("after", 48, 72, clip)))

    assert shots.references == ()


@pytest.mark.parametrize("by", ["selection", "preview range", "whole edit"])
def test_nothing_to_shoot_is_refused_and_says_where(by: str) -> None:
    with pytest.raises(EmptyStretch, match=by):
        build_shot_list(timeline(text("A", 0, 48, muted=True), stretch_by=by))


def test_an_empty_stretch_is_refused() -> None:
    with pytest.raises(EmptyStretch, match="no frames"):
        build_shot_list(timeline())


def test_missing_media_is_refused_by_the_strips_name(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match=r"'panel' isn't there: .*gone\.png") as caught:
        build_shot_list(timeline(text("A", 0, 48), image("panel", 0, 48, tmp_path / "gone.png")))

    assert caught.value.strip == "panel"


def test_a_missing_picture_of_a_sequence_is_named(tmp_path: Path) -> None:
    files = [media(tmp_path, f"f{number}.png") for number in range(5)]
    files[3].unlink()
    with pytest.raises(MissingMedia, match=r"f3\.png"):
        build_shot_list(timeline(text("A", 0, 5), image("frames", 0, 5, *files)))


def test_an_empty_file_is_refused_by_the_strips_name(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    with pytest.raises(UnreadableMedia, match=r"'clip' can't be used: .*empty\.mp4 \(it is empty\)"):
        build_shot_list(timeline(text("A", 0, 48), movie("clip", 0, 48, path)))


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMedia, match="'panel'"):
        build_shot_list(timeline(text("A", 0, 48), image("panel", 0, 48, tmp_path)))


def test_a_shot_list_comes_back_from_json_as_it_was(still: Path, clip: Path) -> None:
    shots = build_shot_list(timeline(text("A", 0, 48), image("panel", 0, 48, still), movie("clip", 0, 48, clip)))

    assert shots == ShotList.model_validate_json(shots.model_dump_json())
