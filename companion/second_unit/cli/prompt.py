"""``second-unit prompt``: each request as it would be sent."""

from __future__ import annotations

from typing import Annotated

import typer

from second_unit.cli.plan import AsJson, Edit, ModelName, Option, Resolution, Service, read_options


def prompt(
    edit: Edit,
    service: Service = None,
    model: ModelName = None,
    resolution: Resolution = None,
    option: Option = None,
    request: Annotated[int | None, typer.Option(help="Only this request, counted from 1.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Print each request's prompt, word for word as it would be sent, with its references. Nothing is spent.

    Example: second-unit prompt edit.otio --service seedance --request 1
    """
    from second_unit.batch.edits import read_edit, with_settings
    from second_unit.planning import make_plan
    from second_unit.shot_list import build_shot_list

    timeline = with_settings(
        read_edit(edit), service=service, model=model, resolution=resolution, options=read_options(option)
    )
    requests = make_plan(build_shot_list(timeline)).requests
    if request is not None and not 1 <= request <= len(requests):
        raise typer.BadParameter(f"there are {len(requests)} requests.", param_hint="--request")
    for one in requests if request is None else requests[request - 1 : request]:
        if as_json:
            print(one.model_dump_json())
            continue
        print(f"── {one.name}: {one.service} {one.model}, {one.duration_seconds} s, {one.resolution} {one.ratio}")
        for reference in one.references:
            print(f"   {reference.label}: {reference.name} ({reference.role})")
        print(one.prompt, end="\n\n")
