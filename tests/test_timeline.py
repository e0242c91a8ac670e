"""A timeline is plain frozen data, JSON in and out."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from second_unit.timeline import CastMember, Marker, Prompt, Role, Timeline, walk
from second_unit.timing import FrameRate
from tests.edits import image, meta, movie, scene, sound, text, timeline


def full_timeline() -> Timeline:
    still, clip, noise = Path("/a/still.png"), Path("/a/clip.mp4"), Path("/a/ноise 音.wav")
    return timeline(
        text("SH010", 0, 48, "Regen fällt.", role=None),
        image("panel", 0, 48, still, role=Role.STYLE, exclusion="the frame"),
        movie("clip", 0, 48, clip, seconds=("1001/1000", "3003/1000"), reversed=True),
        sound("noise", 0, 48, noise, muted=True, volume=0.5),
        meta("group", 48, 96, scene("set", 48, 96, (1, 49), rate=25), text("SH020", 48, 96)),
        rate=FrameRate(30000, 1001),
        markers=(Marker(frame=48, name="act 2"),),
        cast=(CastMember(name="ana", files=(still,), role=Role.CHARACTER),),
        look="16 mm",
    )


def test_a_timeline_comes_back_from_json_as_it_was() -> None:
    edit = full_timeline()

    assert edit == Timeline.model_validate_json(edit.model_dump_json(indent=2))


def test_exact_seconds_survive_json() -> None:
    edit = Timeline.model_validate_json(full_timeline().model_dump_json())

    assert str(edit.strips[2].trim.start_seconds) == "1001/1000"


def test_a_timeline_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        full_timeline().name = "Other"


def test_unknown_fields_are_an_error() -> None:
    with pytest.raises(ValidationError, match="extra"):
        Prompt(text="She waits.", mood="calm")


def test_walking_meets_each_meta_before_its_children() -> None:
    names = [strip.name for strip in walk(full_timeline().strips)]

    assert names == ["SH010", "panel", "clip", "noise", "group", "set", "SH020"]


@pytest.mark.parametrize(
    ("prompt", "empty"), [(Prompt(), True), (Prompt(text=" \n"), True), (Prompt(audio="rain"), False)]
)
def test_a_prompt_is_empty_when_no_field_says_anything(prompt: Prompt, empty: bool) -> None:
    assert empty == prompt.is_empty
