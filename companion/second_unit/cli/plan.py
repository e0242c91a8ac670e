"""``second-unit plan``: what would be ordered, and what it would cost. Nothing is spent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from second_unit.cli.output import Output
    from second_unit.plan import Plan
    from second_unit.timeline import Timeline

Edit = Annotated[Path, typer.Argument(help="A timeline as .json, or an .otio file.", show_default=False)]
Service = Annotated[str | None, typer.Option(help="The service; else the edit's own.")]
ModelName = Annotated[str | None, typer.Option("--model", help="A model of it; see `second-unit models`.")]
Ratio = Annotated[str | None, typer.Option(help='Such as "16:9"; else the nearest to the edit\'s.')]
Resolution = Annotated[str | None, typer.Option(help='Such as "720p"; else the model\'s default.')]
Audio = Annotated[bool | None, typer.Option("--audio/--no-audio", help="Order sound with the picture.")]
Seed = Annotated[int | None, typer.Option(help="Fixes what chance decides, where the model can.")]
Option = Annotated[list[str] | None, typer.Option(help="NAME=VALUE: what only this service understands.")]
Shard = Annotated[str | None, typer.Option(help="2/5: only the second of five equal parts of the requests.")]
Stale = Annotated[bool, typer.Option("--stale", help="Only shots that changed since their take, or have none.")]
Store = Annotated[Path | None, typer.Option(help="The job store; else this user's own.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines, as when piped.")]


def plan(
    edit: Edit,
    service: Service = None,
    model: ModelName = None,
    ratio: Ratio = None,
    resolution: Resolution = None,
    audio: Audio = None,
    seed: Seed = None,
    option: Option = None,
    stale: Stale = False,
    shard: Shard = None,
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """
    Print what would be ordered and what it would cost. Nothing is spent, no file is written.

    Example: second-unit plan edit.otio --service seedance
    """
    from second_unit.batch.edits import read_edit, with_settings
    from second_unit.cli.lines import DoneLine
    from second_unit.cli.output import Output

    with Output(as_json) as output:
        timeline = with_settings(
            read_edit(edit),
            service=service,
            model=model,
            ratio=ratio,
            resolution=resolution,
            audio=audio,
            seed=seed,
            options=read_options(option),
        )
        say_plan(timeline, output, shard=shard, stale=stale, store=store)
        output.say(DoneLine(exit_code=0))


def say_plan(timeline: Timeline, output: Output, *, shard: str | None, stale: bool, store: Path | None) -> Plan:
    """Plan the timeline, say the plan, and return it: the same for ``plan`` and ``generate``."""
    from second_unit.batch import plan_shots
    from second_unit.cli.lines import PlanLine

    made = plan_shots(timeline, stale=stale, shard=shard, store=store)
    output.say(PlanLine(edit=timeline.file, plan=made, cost=made.cost))
    return made


def read_options(given: list[str] | None) -> dict[str, str | int | float | bool]:
    """
    Return ``NAME=VALUE`` options by name: true, false and numbers as such, anything else as text.

    Raises typer.BadParameter for one without ``=``.
    """
    options: dict[str, str | int | float | bool] = {}
    for one in given or []:
        name, mark, value = one.partition("=")
        if not mark or not name:
            raise typer.BadParameter(f"'{one}' is not NAME=VALUE.", param_hint="--option")
        options[name] = _typed(value)
    return options


def _typed(value: str) -> str | int | float | bool:
    if value in {"true", "false"}:
        return value == "true"
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
