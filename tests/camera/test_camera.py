"""An animated camera is named the way a set would name it."""

from __future__ import annotations

import time

import pytest

from second_unit.camera import CameraMove, CameraTrack, MoveKind, ShotSize, camera_in_words, measure_camera
from second_unit.timeline import CameraPart, SceneStrip
from second_unit.timing import FrameRange, FrameRate

from .camera_tracks import CRATE, Case, held_out_case, lay_track, names_of

NTSC = FrameRate(30000, 1001)
WIDE_ANGLE, LONG_LENS = 84.0, 12.0

# Cameras that the measurement was made for: what they do, and the words for it.
TUNING: list[tuple[Case, str]] = [
    (Case(), "static camera, eye level, full shot"),
    (Case(subject=None), "static camera"),
    (Case(pitch=-30), "static camera, high angle, full shot"),
    (Case(pitch=25, distance=1.5), "static camera, low angle, medium shot"),
    (Case(pitch=-70), "static camera, overhead view, full shot"),
    (Case(tipped=15), "static camera, eye level, dutch angle, full shot"),
    (Case(distance=20), "static camera, eye level, extreme wide shot"),
    (Case(distance=10), "static camera, eye level, wide shot"),
    (Case(distance=1.2), "static camera, eye level, medium close-up"),
    (Case(distance=0.8), "static camera, eye level, close-up"),
    (Case(distance=0.3), "static camera, eye level, extreme close-up"),
    (Case(distance=2.6), "static camera, eye level, medium wide shot"),
    (Case(subject=CRATE, distance=1.2), "static camera, eye level, close-up"),
    (Case(subject=CRATE, distance=10), "static camera, eye level, wide shot"),
    (Case(hand=0.002), "handheld camera, eye level, full shot, slight handheld sway"),
    (Case(hand=0.008), "handheld camera, eye level, full shot, handheld sway"),
    (Case(hand=0.03), "handheld camera, eye level, full shot, strong handheld shake"),
    (Case(jitter=0.0002), "static camera, eye level, full shot"),
    (Case({"dolly": 0.12}, seconds=5), "slow dolly in, eye level, full shot"),
    (Case({"dolly": 0.6}, seconds=5), "steady dolly in, eye level, from full shot to medium shot"),
    (Case({"dolly": 0.75}, seconds=1.5), "fast dolly in, eye level, from full shot to medium close-up"),
    (Case({"dolly": -0.3}, pitch=-25, seconds=5), "slow dolly out, high angle, wide shot"),
    (Case({"dolly": 0.25}, fov=WIDE_ANGLE, seconds=5), "slow dolly in, eye level, wide shot"),
    (Case({"dolly": 0.25}, distance=20, fov=LONG_LENS, seconds=5), "slow dolly in, eye level, full shot"),
    (Case({"truck": 0.4}, seconds=5), "slow truck right, eye level, full shot"),
    (Case({"truck": -0.8}, ease="linear"), "steady truck left, eye level, full shot"),
    (Case({"truck": 3.0}, follows=True), "fast truck right, eye level, full shot"),
    (Case({"pedestal": 0.3}, pitch=-20, seconds=5), "slow pedestal up, high angle, full shot"),
    (Case({"pedestal": -0.2}, seconds=5), "slow pedestal down, full shot"),
    (Case({"pan": 20}, seconds=5), "slow pan right, eye level, full shot"),
    (Case({"pan": -40}, ease="linear"), "steady pan left, eye level, full shot"),
    (Case({"pan": 60}, seconds=1.5), "fast pan right, eye level, full shot"),
    (Case({"pan": -170}, heading=170, subject=None, seconds=8), "steady pan left"),
    (Case({"pan": 8}, fov=LONG_LENS, subject=None), "steady pan right"),
    (Case({"tilt": 15}, pitch=-10, seconds=5), "slow tilt up, eye level, full shot"),
    (Case({"tilt": -40}, pitch=-35, subject=None), "steady tilt down"),
    (Case({"roll": 20}, seconds=5), "slow roll clockwise, eye level, full shot"),
    (Case({"roll": -60}, seconds=3), "steady roll counter-clockwise, eye level, full shot"),
    (Case({"roll": 90}, pitch=-90, heading=0, subject=None, seconds=4), "steady roll clockwise, overhead view"),
    (Case({"zoom": 0.3}, seconds=5), "slow zoom in, eye level, medium wide shot"),
    (Case({"zoom": -0.9}, seconds=4), "steady zoom out, eye level, wide shot"),
    (Case({"zoom": 1.2}, seconds=0.8), "fast zoom in, eye level, from full shot to medium close-up"),
    (Case({"orbit": 40}, seconds=6), "slow orbit right, eye level, full shot"),
    (Case({"orbit": -150}, seconds=6, ease="linear"), "steady orbit left, eye level, full shot"),
    (Case({"orbit": 350}, seconds=5, ease="linear"), "fast orbit right, eye level, full shot"),
    (Case({"orbit": 45}, subject=None, seconds=6), "slow orbit right"),
    (Case({"orbit": -45}, pitch=-30, seconds=6), "slow orbit left, high angle, full shot"),
    (Case({"dolly": 0.5, "zoom": -0.69}, seconds=5), "steady zoom out with a steady dolly in, eye level, full shot"),
    (Case({"pan": 25, "tilt": 12}, seconds=5), "slow pan right with a slow tilt up, eye level, full shot"),
    (Case({"truck": 0.5, "pan": 20}, seconds=5), "steady truck right with a slow pan right, eye level, full shot"),
    (Case({"pedestal": 0.4, "tilt": -15}, seconds=5), "slow pedestal up with a slow tilt down, full shot"),
    (Case({"orbit": 60, "pedestal": 0.5}, seconds=6), "slow orbit right with a slow pedestal up, full shot"),
    (Case({"pan": 20, "dolly": 0.02}, seconds=5), "slow pan right, eye level, full shot"),
    (Case({"pan": 30}, ease="there and back"), "steady pan right and back, eye level, full shot"),
    (Case({"dolly": -0.4}, ease="there and back"), "steady dolly out and back, eye level, full shot"),
    (Case({"dolly": 0.3}, hand=0.005, seconds=5), "slow dolly in, eye level, medium wide shot, handheld sway"),
    (Case({"pan": 30}, hand=0.002, ease="held"), "steady pan right, eye level, full shot, slight handheld sway"),
    (Case({"dolly": 0.3}, rate=FrameRate(60), seconds=5), "slow dolly in, eye level, medium wide shot"),
    (
        Case({"truck": 0.6}, rate=FrameRate(30000, 1001), ratio=9 / 16, seconds=5),
        "steady truck right, eye level, wide shot",
    ),
]


HELD_OUT = range(1000, 1150)


def names(move: CameraMove) -> set[tuple[str, str]]:
    return {(str(one.kind), one.direction) for one in move.moves}


@pytest.mark.parametrize("number", range(len(TUNING)))
def test_each_known_move_gets_its_words(number: int) -> None:
    case, words = TUNING[number]
    assert words == camera_in_words(measure_camera(lay_track(case)))


def test_95_of_100_known_moves_are_named_rightly() -> None:
    right = [words == camera_in_words(measure_camera(lay_track(case))) for case, words in TUNING]
    print(f"named rightly: {sum(right)} of {len(right)} cameras that the measurement was made for")
    assert len(right) >= 30
    assert sum(right) >= 0.95 * len(right)


def test_95_of_100_held_out_moves_are_named_rightly() -> None:
    """Other lenses, rates, easings, directions, subjects and noise than those it was made for, drawn by seed."""
    cases = {seed: held_out_case(seed) for seed in HELD_OUT}
    found = {seed: measure_camera(lay_track(case)) for seed, case in cases.items()}
    wrong = {seed: case.moves for seed, case in cases.items() if names_of(case.moves) != names(found[seed])}
    swaying = {seed for seed, move in found.items() if "handheld" in camera_in_words(move)}
    mistaken = swaying ^ {seed for seed, case in cases.items() if case.hand}
    print(f"named rightly: {len(cases) - len(wrong)} of {len(cases)} held-out cameras; wrong: {wrong}")
    print(f"hand told from tripod: {len(cases) - len(mistaken)} of {len(cases)}; wrong: {sorted(mistaken)}")
    assert len(wrong) <= 0.05 * len(cases)
    assert len(mistaken) <= 0.05 * len(cases)


def test_amounts_come_out_as_they_were_laid() -> None:
    laid = {"dolly": -0.4, "truck": 0.6, "pedestal": 0.3, "pan": 30, "tilt": 12, "roll": 20, "zoom": 0.5, "orbit": 60}
    found = {kind: measure_camera(lay_track(Case({kind: amount}))).moves[0] for kind, amount in laid.items()}
    # The dolly's share is of the mean distance: 4 m to 5.6 m out is 1.6 of 4.8.
    expected = laid | {"dolly": 1 / 3}
    assert {kind: pytest.approx(abs(amount), rel=0.02) for kind, amount in expected.items()} == {
        kind: move.amount for kind, move in found.items()
    }


def test_a_pan_on_a_tripod_that_looks_down_is_no_roll() -> None:
    move = measure_camera(lay_track(Case({"pan": 60}, pitch=-40)))
    assert {("pan", "right")} == names(move)


def test_a_dolly_along_the_floor_is_a_dolly_however_the_camera_is_pitched() -> None:
    frames = lay_track(Case(seconds=3, pitch=-30)).frames
    rolling = []
    for number, frame in enumerate(frames):
        rows = [list(row) for row in frame.matrix]
        # Along the horizon, where the camera heads: 30 degrees from +Y.
        rows[0][3] += 0.5 * number / 24 * 0.9
        rows[1][3] += 0.866 * number / 24 * 0.9
        rolling.append(frame.model_copy(update={"matrix": tuple(tuple(row) for row in rows)}))
    move = measure_camera(CameraTrack(rate=FrameRate(24), frames=tuple(rolling)))
    assert {("dolly", "in")} == names(move)


def test_following_a_subject_is_a_truck_not_a_standstill() -> None:
    move = measure_camera(lay_track(Case({"truck": 1.0}, follows=True)))
    assert {("truck", "right")} == names(move)


def test_panning_after_a_passer_by_is_a_pan_not_an_orbit() -> None:
    standing = lay_track(Case({"pan": 40}, seconds=3))
    # The subject goes where the camera looks, 4 m away.
    moved = []
    for frame in standing.frames:
        ahead = [frame.matrix[n][3] - 4 * frame.matrix[n][2] for n in range(3)]
        moved.append(frame.model_copy(update={"subject": ((ahead[0], ahead[1], 0.1), (ahead[0], ahead[1], 1.9))}))
    move = measure_camera(standing.model_copy(update={"frames": tuple(moved)}))
    assert {("pan", "right")} == names(move)


def test_at_most_two_moves_are_named() -> None:
    move = measure_camera(lay_track(Case({"pan": 20, "tilt": 15, "dolly": 0.5, "roll": 20, "zoom": 0.5})))
    assert len(move.moves) == 2


def test_one_frame_is_a_still_with_its_framing() -> None:
    track = lay_track(Case())
    move = measure_camera(track.model_copy(update={"frames": track.frames[:1]}))
    assert camera_in_words(move) == "static camera, eye level, full shot"


def test_a_scaled_matrix_is_read_like_a_plain_one() -> None:
    track = lay_track(Case({"pan": 20}))
    scaled = []
    for frame in track.frames:
        rows = tuple((a * 3, b * 2, c * 0.5, d) for a, b, c, d in frame.matrix[:3])
        scaled.append(frame.model_copy(update={"matrix": (*rows, frame.matrix[3])}))
    found = measure_camera(track.model_copy(update={"frames": tuple(scaled)}))
    assert camera_in_words(measure_camera(track)) == camera_in_words(found)


def test_an_orthographic_camera_zooms_by_its_scale() -> None:
    frames = [
        frame.model_copy(update={"ortho_height": 6.0 - 3 * number / 96})
        for number, frame in enumerate(lay_track(Case()).frames)
    ]
    move = measure_camera(CameraTrack(rate=FrameRate(24), frames=tuple(frames)))
    assert {("zoom", "in")} == names(move)
    assert (move.starts_as, move.ends_as) == (ShotSize.WIDE, ShotSize.WIDE)


def test_a_subject_behind_the_camera_frames_nothing() -> None:
    track = lay_track(Case(distance=-4.0))
    move = measure_camera(track)
    assert (move.starts_as, move.ends_as) == (None, None)


def test_an_upside_down_camera_is_not_dutch() -> None:
    assert not measure_camera(lay_track(Case(tipped=180))).dutch


def test_measuring_ten_seconds_takes_less_than_a_second() -> None:
    track = lay_track(Case({"pan": 30}, seconds=10, hand=0.004))
    began = time.perf_counter()
    measure_camera(track)
    assert time.perf_counter() - began < 1.0


def test_a_move_survives_being_written_down() -> None:
    move = measure_camera(lay_track(Case({"orbit": 60})))
    assert CameraMove.model_validate_json(move.model_dump_json()) == move
    assert move.moves[0].kind is MoveKind.ORBIT


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (FrameRange(0, 100), "orbit"),
        (FrameRange(0, 40), "pan"),
        (FrameRange(40, 100), "dolly"),
        (FrameRange(42, 98), "dolly"),
        (FrameRange(38, 100), "dolly"),
        (FrameRange(0, 300), "orbit"),
        (FrameRange(200, 300), "orbit"),
    ],
)
def test_a_shot_gets_the_words_of_the_part_that_fits_it_best(frames: FrameRange, words: str) -> None:
    strip = SceneStrip(
        id="1",
        name="set",
        channel=1,
        range=FrameRange(0, 100),
        scene="set",
        frames=FrameRange(1, 101),
        rate=FrameRate(24),
        camera_words="orbit",
        camera_parts=(
            CameraPart(range=FrameRange(0, 40), words="pan"),
            CameraPart(range=FrameRange(40, 100), words="dolly"),
        ),
    )
    assert words == strip.camera_over(frames)
