"""``second-unit conform``: a file of a take for hand-off or smooth motion; the take stays as it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from second_unit.timing import FrameRate


def conform(
    take: Annotated[Path, typer.Argument(help="The take's file.")],
    to: Annotated[Path | None, typer.Option(help="The file to write; else a name beside the take.")] = None,
    rate: Annotated[str | None, typer.Option(help="Frames a second: 30, 29.97, 24000/1001; else the take's.")] = None,
    how: Annotated[str, typer.Option(help="nearest, blended or interpolated.")] = "nearest",
    codec: Annotated[str, typer.Option(help="h264, prores, dnxhr, or copy: as it is, its story in it.")] = "h264",
    slower: Annotated[float, typer.Option(min=0, max=10, help="Slow it by so many per cent, sound at its pitch.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, as when piped.")] = False,
) -> None:
    """
    Write a take at another frame rate, in another codec, or slowed a little, beside the take; nothing is overwritten.

    Example: second-unit conform takes/SH010_take001.mp4 --rate 30 --how blended --codec prores
    """
    from second_unit.cli.lines import FileLine
    from second_unit.cli.output import Output
    from second_unit.jobs.handoff import conformed_path, hand_off
    from second_unit.media.conform import Conforming

    if how not in ("nearest", "blended", "interpolated"):
        raise typer.BadParameter("choose nearest, blended or interpolated.", param_hint="--how")
    if codec not in ("h264", "prores", "dnxhr", "copy"):
        raise typer.BadParameter("choose h264, prores, dnxhr or copy.", param_hint="--codec")
    part = Fraction(slower).limit_denominator(10_000) / 100
    wanted = Conforming(rate=_rate(rate), how=how, codec=codec, slower=part)  # type: ignore[arg-type]  # just checked
    with Output(as_json) as output:
        path = to or conformed_path(take, wanted)
        hand_off(take, path, wanted)
        output.say(FileLine(what="conformed take", file=path.resolve()))


def _rate(text: str | None) -> FrameRate | None:
    from second_unit.timing import FrameRate

    if text is None:
        return None
    try:
        rate = FrameRate.from_number(Fraction(text))
    except (ValueError, ZeroDivisionError, ArithmeticError) as error:
        raise typer.BadParameter("give frames a second, such as 30 or 24000/1001.", param_hint="--rate") from error
    if not 1 <= rate.fraction <= 240:
        raise typer.BadParameter("give from 1 to 240 frames a second.", param_hint="--rate")
    return rate
