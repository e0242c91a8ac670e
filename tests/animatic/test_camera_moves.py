"""The camera's move, read from a prompt's words and seen in the picture."""

from __future__ import annotations

from itertools import pairwise

import pytest

from second_unit.animatic.camera_moves import FoundMove, Move, View, find_moves, view_at

CAMERA_WORDS = [
    ("Slow push in", "push in"),
    ("the camera pushes slowly in on her face", "push in"),
    ("dolly in", "push in"),
    ("slow zoom", "push in"),
    ("crash zoom in", "push in"),
    ("Pull back to reveal the harbour", "pull back"),
    ("dolly out", "pull back"),
    ("zooms out", "pull back"),
    ("pan left", "pan left"),
    ("pan from left to right", "pan right"),
    ("whip pan right", "pan right"),
    ("slow leftward pan", "pan left"),
    ("tilt up", "tilt up"),
    ("tilts down to the shoes", "tilt down"),
    ("crane up over the roofs", "crane up"),
    ("crane shot", "crane up"),
    ("jib down", "crane down"),
    ("the camera descends", "crane down"),
    ("track right alongside the boat", "track right"),
    ("trucks left", "track left"),
    ("tracking shot", "track right"),
    ("orbit around her", "orbit right"),
    ("arc left", "orbit left"),
    ("handheld", "handheld"),
    ("hand-held from another boat's deck", "handheld"),
    ("static", "static"),
    ("locked-off wide shot", "static"),
    ("tripod, no camera movement", "static"),
]


@pytest.mark.parametrize(("words", "move"), CAMERA_WORDS)
def test_the_move_is_found_in_the_camera_field(words: str, move: str) -> None:
    assert move in [found.move for found in find_moves(words)]


@pytest.mark.parametrize(
    "words",
    [
        "She holds a frying pan over the fire.",
        "Mara pushes the door into the room.",
        "The sun rises behind the roofs.",
        "A train on the left track.",
        "He follows her down the stairs.",
        "A crane lifts a crate.",
    ],
)
def test_what_people_and_things_do_moves_no_camera(words: str) -> None:
    assert () == find_moves("", words)


def test_a_prompts_sentence_is_read_where_the_camera_field_is_empty() -> None:
    assert [Move.PAN_LEFT] == [found.move for found in find_moves("", "A bear crosses. The camera pans left with it.")]


def test_speed_is_read() -> None:
    assert [0.55, 1.0, 1.6] == [find_moves(f"{word}push in")[0].speed for word in ("slowly ", "", "fast ")]


def test_moves_can_be_combined() -> None:
    assert {Move.HANDHELD, Move.TRACK_RIGHT} == {found.move for found in find_moves("handheld, tracking right")}


def _ends(move: Move) -> tuple[View, View]:
    moves = (FoundMove(move),)
    return view_at(moves, 0.0, 0.0), view_at(moves, 1.0, 3.0)


def test_a_push_in_sees_less_and_a_pull_back_more() -> None:
    (near_start, near_end), (far_start, far_end) = _ends(Move.PUSH_IN), _ends(Move.PULL_BACK)

    assert near_end.zoom > near_start.zoom
    assert far_end.zoom < far_start.zoom


@pytest.mark.parametrize(
    ("move", "axis", "sign"),
    [
        (Move.PAN_LEFT, "x", -1),
        (Move.PAN_RIGHT, "x", 1),
        (Move.TRACK_LEFT, "x", -1),
        (Move.TRACK_RIGHT, "x", 1),
        (Move.ORBIT_LEFT, "x", -1),
        (Move.ORBIT_RIGHT, "x", 1),
        (Move.TILT_UP, "y", -1),
        (Move.TILT_DOWN, "y", 1),
        (Move.CRANE_UP, "y", -1),
        (Move.CRANE_DOWN, "y", 1),
    ],
)
def test_the_view_travels_the_way_the_word_says(move: Move, axis: str, sign: int) -> None:
    start, end = _ends(move)

    assert sign * (getattr(end, axis) - getattr(start, axis)) > 0


def test_a_static_camera_stands_still() -> None:
    assert {View()} == {view_at((FoundMove(Move.STATIC),), part / 10, part / 3.0) for part in range(11)}


def test_a_hand_shakes_but_never_jumps() -> None:
    views = [view_at((FoundMove(Move.HANDHELD),), frame / 240, frame / 24, seed=3) for frame in range(241)]
    steps = [abs(after.x - before.x) for before, after in pairwise(views)]

    assert len({view.x for view in views}) > 200
    assert max(steps) < 0.01


@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("speed", [0.55, 1.0, 1.6])
def test_no_move_looks_beyond_the_picture(move: Move, speed: float) -> None:
    for frame in range(49):
        view = view_at((FoundMove(move, speed),), frame / 48, frame / 24, seed=11)
        left, top, right, bottom = view.box(1600, 900)
        assert min(left, top) >= 0
        assert right <= 1600
        assert bottom <= 900
        # A view that was pushed back from an edge would stop before its move ends.
        assert abs((left + right) / 2 - 1600 * (0.5 + view.x)) < 1.5
        assert abs((top + bottom) / 2 - 900 * (0.5 + view.y)) < 1.5
