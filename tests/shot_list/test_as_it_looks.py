"""Strips sent as the sequencer shows them, stills in place of movies, and what is then not sent beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from second_unit.planning import make_plan
from second_unit.shot_list import build_shot_list
from second_unit.shots import Reference, ReferenceKind, ReferenceSource, SceneSource, ShotList, StripSource
from second_unit.timeline import OtherStrip, Role
from second_unit.timing import FrameRange, FrameRate
from tests.edits import RATE, image, media, meta, movie, scene, sound, text, timeline


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return media(tmp_path, "clip.mp4")


def other(name: str, start: int, end: int, kind: str, *inputs: str, **more: Any) -> OtherStrip:
    frames = FrameRange(start, end)
    return OtherStrip(id=f"id-{name}", name=name, channel=4, range=frames, type=kind, inputs=inputs, **more)


def only(shots: ShotList) -> Reference:
    (reference,) = shots.references
    return reference


def source_of(*strips: Any, **more: Any) -> ReferenceSource:
    return only(build_shot_list(timeline(text("A", 24, 48), *strips, **more))).source


def test_a_strip_as_it_looks_is_rendered_over_the_frames_of_the_shot(clip: Path, tmp_path: Path) -> None:
    file = tmp_path / "edit.blend"
    expected = StripSource(strip="clip", scene="Edit", frames=FrameRange(24, 48), rate=RATE, blend=file, content="c1")

    assert expected == source_of(movie("clip", 0, 96, clip, as_it_looks=True, content="c1"), file=file)


def test_a_strip_as_it_looks_is_a_video(clip: Path) -> None:
    shots = build_shot_list(timeline(text("A", 24, 48), movie("clip", 0, 96, clip, as_it_looks=True)))

    assert (ReferenceKind.VIDEO, Role.MOTION) == (only(shots).kind, only(shots).role)


@pytest.mark.parametrize(
    "strip",
    [
        text("title", 0, 96, channel=6, as_it_looks=True),
        other("grey", 0, 96, "COLOR", as_it_looks=True),
        image("still", 0, 96, Path("still.png"), as_it_looks=True),
    ],
    ids=lambda strip: strip.name,
)
def test_what_doesnt_move_is_one_picture(strip: Any) -> None:
    shots = build_shot_list(timeline(text("A", 24, 48, channel=9), strip))

    assert [ReferenceKind.IMAGE] == [one.kind for one in shots.references]


@pytest.mark.parametrize(("role", "frame"), [(None, 35), (Role.FIRST_FRAME, 24), (Role.LAST_FRAME, 47)])
def test_a_still_of_a_movie_is_the_frame_that_its_role_asks_for(clip: Path, role: Role | None, frame: int) -> None:
    source = source_of(movie("clip", 0, 96, clip, still=True, role=role))

    assert isinstance(source, StripSource)
    assert (True, FrameRange(frame, frame + 1)) == (source.still, source.frames)


def test_a_still_of_a_scene_is_a_frame_of_the_scene() -> None:
    source = source_of(scene("set", 0, 96, (1, 97), still=True, role=Role.FIRST_FRAME))

    assert isinstance(source, SceneSource)
    assert (True, FrameRange(25, 26)) == (source.still, source.frames)


def test_a_scene_is_played_as_fast_as_the_edit_plays_it() -> None:
    source = source_of(scene("set", 0, 96, (1, 97), rate=25))

    assert isinstance(source, SceneSource)
    assert FrameRate(24) == source.rate


def test_a_sound_is_sent_as_it_is_whatever_is_asked(tmp_path: Path) -> None:
    noise = media(tmp_path, "noise.wav")

    assert source_of(sound("noise", 0, 96, noise, as_it_looks=True)).kind == "file"


def test_a_metas_pictures_are_not_sent_beside_the_meta_that_shows_them(clip: Path, tmp_path: Path) -> None:
    noise = media(tmp_path, "noise.wav")
    group = meta("group", 0, 96, movie("clip", 0, 96, clip), sound("noise", 0, 96, noise), as_it_looks=True)
    shots = build_shot_list(timeline(text("A", 24, 48, channel=9), group))

    assert {"group", "noise"} == {one.name for one in shots.references}


def test_an_effects_inputs_are_not_sent_beside_the_effect_that_shows_them(clip: Path) -> None:
    blur = other("blur", 0, 96, "GAUSSIAN_BLUR", "id-clip", as_it_looks=True)

    assert isinstance(source_of(movie("clip", 0, 96, clip), blur), StripSource)


def test_a_scene_that_changed_is_another_reference() -> None:
    before, after = (
        only(build_shot_list(timeline(text("A", 24, 48), scene("set", 0, 96, (1, 97), content=content))))
        for content in ("a", "b")
    )

    assert before.key != after.key


def test_one_strip_as_it_looks_under_two_shots_is_one_reference(clip: Path) -> None:
    laid = movie("clip", 0, 96, clip, as_it_looks=True)
    (request,) = make_plan(build_shot_list(timeline(text("A", 0, 48), text("B", 48, 96), laid))).requests

    assert [("Video 1", ("id-A", "id-B"), FrameRange(0, 96))] == [
        (one.label, one.shots, one.source.frames) for one in request.references if isinstance(one.source, StripSource)
    ]
