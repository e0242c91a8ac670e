"""What of a panel's media is shown large, and what small beside it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from second_unit.animatic.panels import stage_panel
from second_unit.animatic.script import Panel, PanelMovie, PanelPicture
from second_unit.timeline import Role


def _stage(*roles: Role, movies: int = 0) -> tuple[list[str], list[str]]:
    panel = Panel(
        start_seconds=Fraction(0),
        end_seconds=Fraction(2),
        pictures=tuple(PanelPicture(path=Path(role.value), role=role) for role in roles),
        movies=tuple(PanelMovie(path=Path(f"movie {number}")) for number in range(movies)),
    )
    staging = stage_panel(panel)
    return [str(item.path) for item in staging.stage], [str(item.path) for item in staging.beside]


def test_first_and_last_frame_open_and_close_what_lies_between() -> None:
    stage, beside = _stage(Role.LAST_FRAME, Role.COMPOSITION, Role.FIRST_FRAME, Role.CHARACTER)

    assert ["first frame", "composition", "last frame"] == stage
    assert ["character"] == beside


def test_a_movie_takes_the_stage_before_compositions() -> None:
    assert (["movie 0"], ["composition"]) == _stage(Role.COMPOSITION, movies=1)


def test_characters_take_the_stage_where_nothing_else_does() -> None:
    assert (["character"], ["style"]) == _stage(Role.STYLE, Role.CHARACTER)


def test_styles_are_the_last_resort() -> None:
    assert (["style"], []) == _stage(Role.STYLE)


def test_with_nothing_the_stage_is_empty_and_a_card_is_drawn() -> None:
    assert ([], []) == _stage()
