"""From shots to orders: windows that cover, requests that never run across a break, references chosen and labelled."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from second_unit.catalog.capabilities import Capabilities, Model, ReferenceLimits
from second_unit.catalog.models import find_model
from second_unit.errors import OverLimit, PlanRefused, RetiredModel, UnknownModel
from second_unit.plan import GenerationRequest, Plan
from second_unit.planning import make_plan
from second_unit.planning.plan_text import describe_plan
from second_unit.shot_list import build_shot_list
from second_unit.shots import FileSource, Segment, ShotList
from second_unit.timeline import CastMember, Marker, Prompt, Role, ShootSettings, Strip, Timeline, Trim
from second_unit.timing import FrameRange, FrameRate
from tests.edits import RATE, image, media, meta, movie, scene, sound, text, timeline


def plan(*strips: Strip, **more: Any) -> Plan:
    return make_plan(build_shot_list(timeline(*strips, **({"service": "seedance"} | more))))


def names(made: Plan) -> list[str]:
    return [request.name for request in made.requests]


def codes(made: Plan) -> list[tuple[str, str]]:
    """What planning itself warns of; lint has its own tests."""
    lint = {"no-camera", "no-sound", "many-actions", "unmentioned", "short-window", "hard-lighting"}
    return [(warning.code, warning.strip) for warning in made.warnings if warning.code not in lint]


def windows(request: GenerationRequest) -> list[tuple[int, int]]:
    return [(shot.start_seconds, shot.end_seconds) for shot in request.shots]


def labels(request: GenerationRequest) -> list[tuple[str, str]]:
    return [(reference.label, reference.name) for reference in request.references]


def model(**takes: Any) -> Model:
    """A model with limits of our own choosing, made from a real one."""
    real = find_model("seedance")
    capabilities = Capabilities.model_validate(real.capabilities.model_dump() | takes)
    return real.model_copy(update={"capabilities": capabilities})


# Windows


@pytest.mark.parametrize(("frames", "seconds"), [(95, 4), (96, 4), (97, 5), (360, 15)])
def test_a_window_is_the_whole_seconds_that_cover_the_shot(frames: int, seconds: int) -> None:
    assert [(0, seconds)] == windows(plan(text("A", 0, frames)).requests[0])


def test_at_29_97_a_window_still_covers() -> None:
    made = plan(text("A", 0, 150), rate=FrameRate(30000, 1001))  # 5.005 s

    assert windows(made.requests[0]) == [(0, 6)]


def test_what_the_models_least_adds_goes_to_the_last_window() -> None:
    request = plan(text("A", 0, 24), text("B", 24, 48)).requests[0]

    assert (windows(request), request.duration_seconds) == ([(0, 1), (1, 4)], 4)


def test_windows_are_never_shorter_than_the_models_least() -> None:
    request = plan(text("A", 0, 24), text("B", 24, 48), model="seedance-2.5").requests[0]

    assert windows(request) == [(0, 3), (3, 6)]


segments = st.lists(st.tuples(st.integers(1, 300), st.integers(0, 30), st.booleans()), min_size=1, max_size=14)


@given(segments, st.sampled_from([RATE, FrameRate(24000, 1001), FrameRate(30000, 1001), FrameRate(50)]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_shot_is_ordered_once_whole_and_never_across_a_break(
    laid: list[tuple[int, int, bool]], rate: FrameRate
) -> None:
    shots, start = [], 0
    breaks = []
    for number, (length, gap, broken) in enumerate(laid):
        start += gap if gap > 15 else 0
        if gap > 15 or broken:
            breaks.append(start)
        frames = FrameRange(start, start + length)
        shots.append(
            Segment(id=str(number), name=str(number), range=frames, prompt=Prompt(text="Rain."), strips=("a",))
        )
        start = frames.end
    shot_list = ShotList(name="E", rate=rate, width=1920, height=1080, segments=tuple(shots), breaks=tuple(breaks))

    made = make_plan(shot_list, find_model("seedance"))

    ordered = [shot for request in made.requests for shot in request.shots]
    assert [shot.id for shot in shots] == [shot.segment for shot in ordered]
    for request in made.requests:
        ends = [0, *(shot.end_seconds for shot in request.shots)]
        assert [shot.start_seconds for shot in request.shots] == ends[:-1]
        assert ends[-1] == request.duration_seconds <= 15
        assert all(shot.end_seconds - shot.start_seconds >= shot.range.seconds(rate) for shot in request.shots)
        inner = FrameRange(request.shots[0].range.start + 1, max(request.range.end, request.shots[0].range.start + 1))
        assert not [frame for frame in breaks if frame in inner]


# Which shots share a request


def test_neighbours_share_a_request() -> None:
    assert names(plan(text("A", 0, 48), text("B", 48, 120), text("C", 120, 192))) == ["A–C"]


def test_a_marker_ends_a_request() -> None:
    made = plan(text("A", 0, 96), text("B", 96, 192), markers=(Marker(frame=96),))

    assert names(made) == ["A", "B"]


def test_a_gap_ends_a_request() -> None:
    assert names(plan(text("A", 0, 96), text("B", 97, 193))) == ["A", "B"]


def test_a_group_that_fits_is_never_split_and_its_edge_ends_a_request() -> None:
    group = meta("G", 96, 288, text("B", 96, 192), text("C", 192, 288))

    assert names(plan(text("A", 0, 96), group, text("D", 288, 384))) == ["A", "B–C", "D"]


def test_a_group_that_doesnt_fit_is_split() -> None:
    inside = [text(name, at, at + 120) for name, at in zip("ABCD", range(0, 480, 120), strict=True)]

    assert sorted(request.duration_seconds for request in plan(meta("G", 0, 480, *inside)).requests) == [5, 15]


def test_a_model_of_one_shot_gets_one_request_a_shot() -> None:
    shots = build_shot_list(timeline(text("A", 0, 96), text("B", 96, 192)))

    assert names(make_plan(shots, model(shots=1))) == ["A", "B"]


def test_shots_are_divided_where_it_is_cheapest(tmp_path: Path) -> None:
    """Two shots of 2 s cost 4 s together and 8 s apart, for 4 s is the least that is sold."""
    made = plan(text("A", 0, 48), text("B", 48, 96))

    assert (Decimal("0.6111"), ["A–B"]) == (made.cost.amount, names(made))


def test_a_prompt_that_gets_too_long_divides_the_shots() -> None:
    long = "The rain falls on the yard and on the wall. " * 50  # 2,200 characters
    made = plan(*(text(name, at, at + 48, long) for name, at in zip("ABC", (0, 48, 96), strict=True)))

    assert len(made.requests) == 2
    assert all(len(request.prompt) <= 5000 for request in made.requests)


def test_introductions_that_make_a_prompt_too_long_divide_the_shots_too(tmp_path: Path) -> None:
    """What the references add is known only once the prompt is written: the shots are then packed again."""
    strips: list[Strip] = []
    for number, at in enumerate((0, 48, 96)):
        panel = media(tmp_path, f"{number}.png")
        strips += [text(f"S{number}", at, at + 48), image(f"i{number}", at, at + 48, panel, description="wall " * 400)]
    made = plan(*strips)

    assert sorted(len(request.shots) for request in made.requests) == [1, 2]


def test_one_shot_whose_prompt_is_too_long_is_refused_by_name() -> None:
    with pytest.raises(OverLimit, match=r"The prompt of shot 'A' has 5,0\d\d characters; Seedance 2.0 takes 5,000"):
        plan(text("A", 0, 96, "x" * 5_010))


def test_a_shot_longer_than_the_model_is_refused_with_another_that_takes_it() -> None:
    with pytest.raises(OverLimit) as caught:
        plan(text("SH040", 0, 22 * 24))

    assert "Shot 'SH040' is 22 s; Seedance 2.0 takes 4–15 s. Split the strip, or choose Seedance 2.5." in str(
        caught.value
    )
    assert caught.value.strip == "SH040"


# References


def test_labels_count_per_kind_in_the_order_sent(tmp_path: Path) -> None:
    files = {name: media(tmp_path, name) for name in ("a.png", "b.png", "c.mp4", "d.wav")}
    request = plan(
        text("A", 0, 96),
        sound("d", 0, 96, files["d.wav"]),
        movie("c", 0, 96, files["c.mp4"]),
        image("b", 48, 96, files["b.png"]),
        image("a", 0, 96, files["a.png"]),
    ).requests[0]

    assert labels(request) == [("Image 1", "a"), ("Image 2", "b"), ("Video 1", "c"), ("Audio 1", "d")]


def test_one_sound_under_several_shots_is_sent_once_and_whole(tmp_path: Path) -> None:
    noise, panel = media(tmp_path, "noise.wav"), media(tmp_path, "p.png")
    (request,) = plan(
        text("A", 0, 40), text("B", 40, 120), sound("noise", 0, 120, noise), image("p", 0, 120, panel)
    ).requests

    (audio,) = [reference for reference in request.references if reference.label == "Audio 1"]
    assert FileSource(path=noise, trim=Trim(start_seconds=Fraction(0), end_seconds=Fraction(5))) == audio.source
    assert audio.shots == ("id-A", "id-B")


def test_one_scene_under_several_shots_is_played_once() -> None:
    (request,) = plan(text("A", 0, 48), text("B", 48, 120), scene("set", 0, 120, (1, 121))).requests

    (video,) = request.references
    assert FrameRange(1, 121) == video.source.frames


def test_of_too_many_the_pinned_then_the_role_then_the_longest_are_kept(tmp_path: Path) -> None:
    strips: list[Strip] = [
        text("A", 0, 240),
        *(image(f"p{n}", 0, 24 + n, media(tmp_path, f"{n}.png"), channel=n + 1) for n in range(9)),
    ]
    strips += [
        image("pinned", 0, 2, media(tmp_path, "pinned.png"), pinned=True, channel=11),
        image("face", 0, 2, media(tmp_path, "face.png"), role=Role.CHARACTER, channel=12),
    ]
    made = plan(*strips)

    kept = {name for _, name in labels(made.requests[0])}
    assert kept == {"pinned", "face", *(f"p{number}" for number in range(2, 9))}
    assert codes(made) == [("left-out", "p1"), ("left-out", "p0")]


def test_twelve_in_all_are_kept_and_the_rest_named(tmp_path: Path) -> None:
    strips: list[Strip] = [text("A", 0, 240)]
    strips += [image(f"i{n}", 0, 96, media(tmp_path, f"{n}.png"), channel=n + 6) for n in range(9)]
    strips += [movie(f"v{n}", 0, 96, media(tmp_path, f"{n}.mp4"), channel=n + 20) for n in range(3)]
    strips += [sound(f"a{n}", 0, 96, media(tmp_path, f"{n}.wav"), channel=n + 30) for n in range(3)]
    made = plan(*strips)

    assert len(made.requests[0].references) == 12
    assert codes(made) == [("left-out", "a0"), ("left-out", "a1"), ("left-out", "a2")]


def test_a_reference_left_out_is_neither_in_the_prompt_nor_in_the_cost(tmp_path: Path) -> None:
    made = plan(
        text("A", 0, 96), movie("brief", 0, 30, media(tmp_path, "b.mp4")), image("p", 0, 96, media(tmp_path, "p.png"))
    )

    assert codes(made) == [("too-short", "brief")]
    assert "Video" not in made.requests[0].prompt
    assert made.requests[0].cost.tokens == plan(text("A", 0, 96)).requests[0].cost.tokens


def test_a_video_longer_than_the_model_takes_is_shortened_and_said_so(tmp_path: Path) -> None:
    made = plan(text("A", 0, 240), movie("fast", 0, 240, media(tmp_path, "b.mp4"), seconds=(1, 21)))

    assert codes(made) == [("speed", "fast"), ("shortened", "fast")]
    assert made.requests[0].references[0].length_seconds == 15


def test_sound_without_a_picture_is_left_out_where_the_model_needs_one(tmp_path: Path) -> None:
    strips = [text("A", 0, 96), sound("noise", 0, 96, media(tmp_path, "n.wav"))]

    assert codes(plan(*strips)) == [("audio-alone", "noise")]
    assert labels(plan(*strips, model="seedance-2.5").requests[0]) == [("Audio 1", "noise")]


def test_a_first_frame_alone_is_exactly_that(tmp_path: Path) -> None:
    made = plan(text("A", 0, 96), image("f", 0, 96, media(tmp_path, "f.png"), role=Role.FIRST_FRAME))

    assert made.requests[0].sends_frames
    assert codes(made) == []


def test_a_first_frame_among_references_is_sent_as_one_and_said_so(tmp_path: Path) -> None:
    made = plan(
        text("A", 0, 96),
        image("f", 0, 96, media(tmp_path, "f.png"), role=Role.FIRST_FRAME),
        image("p", 0, 96, media(tmp_path, "p.png"), channel=2),
    )

    assert not made.requests[0].sends_frames
    assert codes(made) == [("frame-as-reference", "f")]
    assert "Image 1 is the first frame" in made.requests[0].prompt


def test_a_first_frame_of_a_later_shot_is_a_reference(tmp_path: Path) -> None:
    made = plan(
        text("A", 0, 48), text("B", 48, 96), image("f", 48, 96, media(tmp_path, "f.png"), role=Role.FIRST_FRAME)
    )

    assert not made.requests[0].sends_frames
    assert codes(made) == [("frame-as-reference", "f")]


def test_a_last_frame_goes_with_a_first(tmp_path: Path) -> None:
    request = plan(
        text("A", 0, 96),
        image("f", 0, 48, media(tmp_path, "f.png"), role=Role.FIRST_FRAME),
        image("l", 48, 96, media(tmp_path, "l.png"), role=Role.LAST_FRAME),
    ).requests[0]

    assert request.sends_frames


def test_cast_without_media_is_written_in_words() -> None:
    cast = (CastMember(name="ana", description="a woman in a red raincoat"),)
    request = plan(text("A", 0, 96, "@Ana waits. @ana leaves."), cast=cast).requests[0]

    assert "ana (a woman in a red raincoat) waits. ana leaves." in request.shots[0].text


def test_cast_with_media_is_written_as_its_label(tmp_path: Path) -> None:
    cast = (CastMember(name="ana", files=(media(tmp_path, "ana.png"),)),)
    request = plan(text("A", 0, 96, "@ana waits."), cast=cast).requests[0]

    assert request.shots[0].text == "Image 1 waits."
    assert request.references[0].cast == "ana"


# Shape, options, models


@pytest.mark.parametrize(
    ("size", "ratio"),
    [((1920, 1080), "16:9"), ((1920, 817), "21:9"), ((1080, 1920), "9:16"), ((1000, 1000), "1:1"), ((720, 576), "4:3")],
)
def test_the_ratio_is_the_one_nearest_to_the_edits(size: tuple[int, int], ratio: str) -> None:
    assert ratio == plan(text("A", 0, 96), width=size[0], height=size[1]).requests[0].ratio


def chosen(**choice: Any) -> Timeline:
    edit = timeline(text("A", 0, 96), text("B", 96, 192))
    return edit.model_copy(update={"settings": ShootSettings(**({"service": "seedance"} | choice))})


def test_the_settings_are_carried_into_the_request() -> None:
    request = make_plan(
        build_shot_list(chosen(ratio="1:1", resolution="1080p", seed=7, audio=False, options={"watermark": True}))
    ).requests[0]

    assert (
        request.width,
        request.height,
        request.seed,
        request.audio,
        request.options,
    ) == (1440, 1440, 7, False, {"watermark": True})


@pytest.mark.parametrize(
    ("choice", "error", "message"),
    [
        (
            {"resolution": "4k", "model": "seedance-2.5"},
            OverLimit,
            r"makes no 4k. Set one of .* or choose Seedance 2.0",
        ),
        ({"ratio": "2:1"}, OverLimit, "makes no 2:1 at 720p. Set one of 16:9"),
        ({"model": "seedance-1.5-pro"}, RetiredModel, "Choose seedance/seedance-2.0 instead"),
        ({"service": "sora"}, UnknownModel, "no service 'sora'"),
        ({"options": {"dialect": "verse"}}, PlanRefused, "called 'verse'. Set one of markers"),
    ],
)
def test_a_choice_that_cant_be_is_refused_with_the_remedy(
    choice: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make_plan(build_shot_list(chosen(**choice)))


@pytest.mark.parametrize(
    ("choice", "mark"),
    [
        ({}, "[4-8s] "),
        ({"model": "seedance-2.5"}, "Shot 2 [0:04-0:08] - "),
        ({"options": {"dialect": "numbered"}}, "Shot 2: "),
    ],
)
def test_shots_are_written_as_the_model_or_the_user_wants(choice: dict[str, Any], mark: str) -> None:
    assert mark in make_plan(build_shot_list(chosen(**choice))).requests[0].prompt


def test_a_model_that_makes_no_sound_is_said_so() -> None:
    made = make_plan(build_shot_list(chosen()), model(generates_audio=False))

    assert ("no-audio", "") in codes(made)
    assert not made.requests[0].audio


def test_an_order_of_the_users_own_endpoint_costs_what_its_model_costs() -> None:
    made = make_plan(build_shot_list(chosen(model="ep-1", options={"like": "seedance-2.5"})))

    assert ("ep-1", find_model("seedance", "seedance-2.5").capabilities.dialect) == (made.requests[0].model, "windows")
    assert Decimal("1.8586") == made.cost.amount


# The plan as a whole


def test_the_cost_of_a_plan_is_the_sum_and_unknown_if_one_is() -> None:
    shots = build_shot_list(chosen())
    known, unknown = make_plan(shots), make_plan(shots, model().model_copy(update={"price": None}))

    assert sum(request.cost.amount for request in known.requests) == known.cost.amount
    assert unknown.cost.amount is None


def test_a_plan_comes_back_from_json_as_it_was(tmp_path: Path) -> None:
    made = plan(text("A", 0, 96), movie("m", 0, 96, media(tmp_path, "m.mp4")))

    assert made == Plan.model_validate_json(made.model_dump_json())


def test_the_same_shots_give_the_same_orders(tmp_path: Path) -> None:
    strips = [text("A", 0, 96), movie("m", 0, 96, media(tmp_path, "m.mp4"))]

    assert [one.fingerprint for one in plan(*strips).requests] == [one.fingerprint for one in plan(*strips).requests]


def test_moving_the_shots_in_the_edit_changes_no_order(tmp_path: Path) -> None:
    file = media(tmp_path, "m.mp4")
    here = plan(text("A", 0, 96), movie("m", 0, 96, file)).requests[0]
    there = plan(text("A", 500, 596), movie("m", 500, 596, file)).requests[0]

    assert here.fingerprint == there.fingerprint


def test_the_plan_is_told_in_plain_text(tmp_path: Path) -> None:
    told = describe_plan(plan(text("A", 0, 96), image("panel", 0, 96, media(tmp_path, "p.png"))))

    for line in ("1. A: seedance seedance-2.0, 4 s, 16:9 720p (1280×720), 0.6111 USD", "Image 1: panel, composition"):
        assert line in told
    assert told.endswith("1 request, 0.6111 USD in all. Nothing is spent yet.")


def test_limits_of_no_kind_leave_the_references_out(tmp_path: Path) -> None:
    shots = build_shot_list(timeline(text("A", 0, 96), image("panel", 0, 96, media(tmp_path, "p.png"))))
    made = make_plan(shots, model(image=ReferenceLimits().model_dump()))

    assert codes(made) == [("left-out", "panel")]


def test_a_sound_that_starts_inside_its_first_shot_says_by_how_much(tmp_path: Path) -> None:
    bell = media(tmp_path, "bell.wav")
    strips = [
        text("A", 0, 96),
        text("B", 96, 192),
        sound("bell", 36, 192, bell),
        image("p", 0, 192, media(tmp_path, "p.png")),
    ]
    (request,) = plan(*strips).requests
    (heard,) = [reference for reference in request.references if reference.name == "bell"]
    assert (1.5, 6.5) == (heard.offset_seconds, heard.length_seconds)
