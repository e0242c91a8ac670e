"""``second-unit models``: the catalog as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from second_unit.cli.plan import AsJson

if TYPE_CHECKING:
    from second_unit.catalog.capabilities import Capabilities, Model


def models(
    service: Annotated[str | None, typer.Option(help="Only this service's.")] = None, as_json: AsJson = False
) -> None:
    """
    List the models: what each takes, what it costs, and when that was read.

    References: how many images, videos and sounds. Cost: of ten seconds, 16:9 at the model's default resolution.

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
                f"{model.capabilities.least_seconds}–{model.capabilities.most_seconds} s",
                _span(tuple(model.capabilities.sizes)),
                _references(model.capabilities),
                _price(model),
                _state(model),
            )
            for model in chosen
        ),
        "model",
        "length",
        "sizes",
        "references",
        "10 s cost",
        "state",
    )


def _state(model: Model) -> str:
    if model.retired_on is None:
        return f"read {model.verified_on}"
    return f"closed {model.retired_on}: use {model.replaced_by.rpartition('/')[2]}"


def _span(resolutions: tuple[str, ...]) -> str:
    return resolutions[0] if len(resolutions) == 1 else f"{resolutions[0]}–{resolutions[-1]}"


def _references(takes: Capabilities) -> str:
    return f"{takes.image.count}, {takes.video.count}, {takes.audio.count}"


def _price(model: Model) -> str:
    """Return what ten seconds cost at the model's own resolution, 16:9, with no video to look at."""
    from second_unit.cli.output import money
    from second_unit.planning.cost import reckon_cost

    resolution = model.capabilities.default_resolution
    width, height = model.capabilities.sizes[resolution]["16:9"]
    cost = reckon_cost(model.price, resolution=resolution, width=width, height=height, seconds=10)
    return money(cost.amount, cost.currency)
