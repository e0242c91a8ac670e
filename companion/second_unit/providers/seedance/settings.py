"""What a request's ``options`` may say to Seedance, read once and checked."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from second_unit.catalog.capabilities import Model
from second_unit.catalog.models import ENDPOINT, find_model, model_of
from second_unit.errors import PlanRefused
from second_unit.plan import GenerationRequest
from second_unit.timeline import Value

Host = Literal["byteplus", "volcengine"]

ENDPOINTS: dict[Host, str] = {
    "byteplus": "https://ark.ap-southeast.bytepluses.com/api/v3",
    "volcengine": "https://ark.cn-beijing.volces.com/api/v3",
}
HOST_TITLES: dict[Host, str] = {"byteplus": "Seedance (BytePlus)", "volcengine": "Seedance (Volcengine)"}


class SeedanceOptions(Value):
    """
    The options of a request, by the names that the wire gives them.

    Args:
        host: whose service; keys and accounts of the two are apart.
        like: the model behind an endpoint id (``ep-…``).
        task_type: 2.5 with references: what the task is. ``auto`` lets the prompt's words decide.
        watermark: "AI generated" at the bottom right.
        return_last_frame: the last frame comes back as a picture too.
        output_format: 2.5: ``mov`` is H.264 4:4:4 with PCM sound.
        draft: 2.5: a cheap 480p look first.
        draft_task: 2.5: complete that draft in 1080p. Both steps are billed.
        execution_expires_after: seconds after which the service gives up.
        priority: among the tasks of one endpoint.
        web_search: text alone: let the model look things up.
        callback_url: told of each change of state.
        stills_for_video: send still frames in the place of videos that have no web address.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    host: Host = "byteplus"
    like: str = ""
    task_type: Literal["auto", "reference", "edit", "extend"] = "reference"
    watermark: bool = False
    return_last_frame: bool | None = None
    output_format: Literal["mp4", "mov"] | None = None
    draft: bool | None = None
    draft_task: str = ""
    execution_expires_after: int | None = Field(default=None, ge=3600, le=259_200)
    priority: int | None = Field(default=None, ge=0, le=9)
    web_search: bool = False
    callback_url: str = ""
    stills_for_video: bool = False


_OF_2_5 = ("task_type", "output_format", "draft", "draft_task")


def read_options(request: GenerationRequest) -> SeedanceOptions:
    """
    Return a request's options.

    Raises:
        PlanRefused: one that Seedance doesn't have, or has with other values.
    """
    try:
        options = SeedanceOptions.model_validate(request.options)
    except ValidationError as error:
        raise _refuse_option(request, error) from None
    if not is_2_5(request):
        for name in _OF_2_5:
            if name in request.options:
                raise PlanRefused(
                    f"'{request.name}' sets '{name}', which only Seedance 2.5 has.",
                    remedy="Take the option away, or choose Seedance 2.5.",
                    strip=request.shots[0].name,
                    service="seedance",
                )
    return options


def is_2_5(request: GenerationRequest) -> bool:
    """Whether the rules of 2.5 hold for a request's model, an endpoint of the user's included."""
    model = _catalog_model(request)
    return any(mark in name for name in (model.id, *model.ids.values()) for mark in ("2.5", "2-5"))


def wire_model(request: GenerationRequest, host: Host) -> str:
    """Return what the host calls the model; an endpoint id stays as it is."""
    if request.model.startswith(ENDPOINT):
        return request.model
    model = model_of(request)
    return model.ids.get(host, model.id)


def _catalog_model(request: GenerationRequest) -> Model:
    if request.model.startswith(ENDPOINT):
        return find_model("seedance", str(request.options.get("like", "")))
    return model_of(request)


def _refuse_option(request: GenerationRequest, error: ValidationError) -> PlanRefused:
    fault: Any = error.errors(include_url=False)[0]
    name = str(fault["loc"][0])
    if fault["type"] == "extra_forbidden":
        names = sorted(SeedanceOptions.model_fields)
        close = get_close_matches(name, names, n=1)
        what = f"sets '{name}', which Seedance doesn't know."
        remedy = f"Did you mean '{close[0]}'?" if close else f"It knows {', '.join(names)}."
    else:
        what = f"sets '{name}' to {request.options[name]!r}, which Seedance doesn't take."
        remedy = f"{fault['msg']}."
    return PlanRefused(f"'{request.name}' {what}", remedy=remedy, strip=request.shots[0].name, service="seedance")
