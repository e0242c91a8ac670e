"""``second-unit models``: the catalog as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from second_unit.cli.plan import AsJson

if TYPE_CHECKING:
    from second_unit.catalog.capabilities import Capabilities


def models(
    service: Annotated[str | None, typer.Option(help="Only this service's.")] = None, as_json: AsJson = False
) -> None:
    """
    List the models: what each takes, what it costs, and when that was read.

    Example: second-unit models --service seedance
    """
    from second_unit.catalog.models import all_models
    from second_unit.cli.output import rows

    chosen = [model for model in all_models() if service in {None, model.service}]
    if as_json:
        for model in chosen:
            print(model.model_dump_json())
        return
    rows(
        (
            (
                f"{model.service}/{model.id}",
                model.title,
                f"{model.capabilities.least_seconds}–{model.capabilities.most_seconds} s",
                " ".join(model.capabilities.sizes),
                _references(model.capabilities),
                f"closed {model.retired_on}: {model.replaced_by}" if model.retired_on else f"read {model.verified_on}",
            )
            for model in chosen
        ),
        "service/model",
        "title",
        "length",
        "resolutions",
        "images + videos + audio",
        "state",
    )


def _references(takes: Capabilities) -> str:
    return f"{takes.image.count} + {takes.video.count} + {takes.audio.count}"
