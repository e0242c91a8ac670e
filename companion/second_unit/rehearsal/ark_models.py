"""Which model an Ark order means: an official id, or an endpoint of the account's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from second_unit.catalog.capabilities import Model
from second_unit.catalog.models import all_models
from second_unit.rehearsal.ark_errors import Refused

_USUAL = "seedance-2.0"


def find_ark_model(name: Any, endpoints: Mapping[str, str]) -> Model:
    """Return the catalog's model for an id as the wire has it; Refused for one that isn't there, or no longer."""
    if not name:
        raise Refused("The request is missing the `model` parameter.", code="MissingParameter", param="model")
    if str(name).startswith("ep-"):
        return _by_our_name(endpoints.get(str(name), _USUAL))
    for model in all_models():
        # Only a host's own ids are known on the wire; a model that was shut down is as unknown as one that never was.
        if model.service == "seedance" and name in model.ids.values() and model.retired_on is None:
            return model
    raise Refused(
        f"The model or endpoint {name} does not exist or you do not have access to it.",
        code="InvalidEndpointOrModel.NotFound",
        status=404,
        param="model",
    )


def _by_our_name(name: str) -> Model:
    return next(
        model for model in all_models() if model.service == "seedance" and name in (model.id, *model.ids.values())
    )
