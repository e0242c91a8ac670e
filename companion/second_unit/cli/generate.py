"""``second-unit generate``: place the orders, wait for the takes, and say where they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from second_unit.cli.plan import (
    AsJson,
    Audio,
    Edit,
    ModelName,
    Option,
    Ratio,
    Resolution,
    Seed,
    Service,
    Shard,
    Stale,
    Store,
    read_options,
    say_plan,
)

if TYPE_CHECKING:
    from second_unit.timeline import Timeline

Endpoint = Annotated[str | None, typer.Option(help="Another address of the service, such as a rehearsal server's.")]
Takes = Annotated[Path | None, typer.Option("--takes", help="Where takes go; else a folder beside the edit.")]
Again = Annotated[
    bool, typer.Option("--again", help="Order a further take of what was ordered before, and pay for it.")
]
Budget = Annotated[float | None, typer.Option(help="Order nothing if all of it would cost more than this.")]


def generate(
    edit: Edit,
    service: Service = None,
    model: ModelName = None,
    ratio: Ratio = None,
    resolution: Resolution = None,
    audio: Audio = None,
    seed: Seed = None,
    option: Option = None,
    endpoint: Endpoint = None,
    takes: Takes = None,
    store: Store = None,
    budget: Budget = None,
    stale: Stale = False,
    shard: Shard = None,
    again: Again = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and order nothing.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Stay until the takes are here.")] = True,
    save_as: Annotated[Path | None, typer.Option(help="Write the edit with its takes: .otio.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Order the shots of an edit, wait for the takes, and say where they are.

    What was ordered before exactly so isn't paid again: its take is used. Ctrl-C leaves the jobs running.

    Example: second-unit generate edit.otio --service seedance --budget 20
    """
    from second_unit.batch import order, read_edit, save_edit, with_settings
    from second_unit.cli.lines import FileLine
    from second_unit.cli.output import Output
    from second_unit.cli.watch import count_ends, follow
    from second_unit.jobs.budget import check_budget
    from second_unit.jobs.folders import takes_folder

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
        if save_as is not None:
            _check_otio(timeline)
        made = say_plan(timeline, output, shard=shard, stale=stale, store=store)
        check_budget(made, budget)
        if dry_run or not made.requests:
            output.say(count_ends(0, ()))
            return
        where, jobs = order(
            made, takes or takes_folder(timeline.file), store=store, endpoint=endpoint, budget=budget, again=again
        )
        code, ended = follow(where, jobs, wait=wait, output=output)
        if save_as is not None and timeline.file is not None:
            save_edit(timeline.file, timeline.rate, ended, save_as)
            output.say(FileLine(what="edit", file=save_as.resolve()))
        output.say(count_ends(code, ended))
    raise typer.Exit(code)


def _check_otio(timeline: Timeline) -> None:
    """See that the edit can be written with its takes, before anything is ordered."""
    if timeline.file is None or timeline.file.suffix.lower() != ".otio":
        raise typer.BadParameter("only an .otio edit can be saved as .otio.", param_hint="--save-as")
