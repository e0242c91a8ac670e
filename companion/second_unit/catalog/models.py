"""
The models that can be ordered from: ours in ``models.json``, and the user's own file over them.

A catalog file is ``{"models": [entry, …]}``. An entry may be written as what differs from another: ``"like":
"service/model"`` takes that one and merges the entry into it by the rules of JSON Merge Patch (RFC 7386): objects are
merged, everything else is replaced, and ``null`` takes away. An entry for a model that is already there changes it.
The user's file is named by ``SECOND_UNIT_CATALOG``, else it is ``models.json`` in the user's configuration folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from platformdirs import user_config_path
from pydantic import ValidationError

from second_unit.catalog.capabilities import Free, Model, Price
from second_unit.errors import PlanRefused, RetiredModel, UnknownModel

SHIPPED = Path(__file__).with_name("models.json")
USERS_FILE = "SECOND_UNIT_CATALOG"
ENDPOINT = "ep-"  # how Volcengine Ark and BytePlus ModelArk begin the id of an endpoint that a user made

Entries = dict[str, dict[str, Any]]


class Chosen(Protocol):
    """Whatever names a model: the scene's settings, or a request."""

    @property
    def service(self) -> str: ...  # noqa: D102 - see Model.service

    @property
    def model(self) -> str: ...  # noqa: D102 - see Model.id

    @property
    def options(self) -> Mapping[str, str | int | float | bool]: ...  # noqa: D102 - see ShootSettings.options


def all_models() -> tuple[Model, ...]:
    """
    Return every model, the retired too, each service's first one being its default.

    Raises:
        PlanRefused: the user's catalog file can't be read.
    """
    users = _users_file()
    return _load(users, users.stat().st_mtime_ns if users and users.is_file() else 0)


def find_model(service: str, model: str = "", *, like: str = "") -> Model:
    """
    Return a model by any of its names: ours, or the id that one of its hosts knows it by.

    Args:
        service: such as ``"seedance"``.
        model: empty takes the service's first.
        like: for an endpoint id of the user's own (``ep-…``), which says nothing of the model behind it: that model.

    Raises:
        UnknownModel: there is no such service or model, or an endpoint id came without ``like``.
        RetiredModel: it was shut down.
    """
    offered = [one for one in all_models() if one.service == service]
    if not offered:
        raise UnknownModel(
            f"There is no service '{service}' in the catalog.",
            remedy=_suggest(service, {one.service for one in all_models()}),
            service=service,
        )
    if model.startswith(ENDPOINT):
        return _endpoint(service, model, like)
    found = _named(offered, model)
    if found is None:
        raise UnknownModel(
            f"The service '{service}' has no model '{model}' in the catalog.",
            remedy=_suggest(model, {one.id for one in offered if one.retired_on is None}),
            service=service,
        )
    if found.retired_on is not None:
        raise RetiredModel(
            f"{found.title} was shut down on {found.retired_on.isoformat()}.",
            remedy=f"Choose {found.replaced_by or 'another model'} instead.",
            service=service,
        )
    return found


def model_of(chosen: Chosen) -> Model:
    """
    Return the model that settings or a request name; an endpoint id goes by ``options["like"]``.

    Raises:
        UnknownModel, RetiredModel: as :func:`find_model`.
    """
    return find_model(chosen.service, chosen.model, like=str(chosen.options.get("like", "")))


def price_of(model: Model, host: str = "") -> Price | None:
    """Return what a model costs on one of its hosts (``"byteplus"``, ``"volcengine"``)."""
    return model.prices.get(host, model.price)


def titles_where(takes: Callable[[Model], bool], besides: Model) -> str:
    """Return the titles of the models that would take an order, for a remedy: ``"Seedance 2.5 or Kling 3.0"``."""
    titles = [
        one.title
        for one in all_models()
        if one.retired_on is None and one.id != besides.id and not isinstance(one.price, Free) and takes(one)
    ]
    return " or ".join(dict.fromkeys(titles))


def _endpoint(service: str, endpoint: str, like: str) -> Model:
    if not like:
        raise UnknownModel(
            f"The endpoint '{endpoint}' doesn't say which model stands behind it.",
            remedy="Set the option 'like' to that model, such as like=seedance-2.0.",
            service=service,
        )
    model = find_model(service, like)
    return model.model_copy(update={"id": endpoint, "ids": {}, "title": f"{model.title} ({endpoint})"})


def _named(offered: Iterable[Model], name: str) -> Model | None:
    for one in offered:
        if not name and one.retired_on is None:
            return one
        if name.casefold() in {
            one.id.casefold(),
            one.title.casefold(),
            *(known.casefold() for known in one.ids.values()),
        }:
            return one
    return None


def _suggest(name: str, names: set[str]) -> str:
    close = get_close_matches(name, sorted(names), n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Choose one of {', '.join(sorted(names))}."


def _users_file() -> Path | None:
    named = os.environ.get(USERS_FILE)
    if named:
        return Path(named)
    usual = user_config_path("second-unit", appauthor=False) / "models.json"
    return usual if usual.is_file() else None


@lru_cache(maxsize=8)
def _load(users: Path | None, _changed: int) -> tuple[Model, ...]:
    entries = _merge_file({}, SHIPPED)
    if users is not None:
        entries = _merge_file(entries, users)
    try:
        return tuple(Model.model_validate(entry) for entry in entries.values())
    except ValidationError as error:
        raise _bad_file(users or SHIPPED, str(error)) from error


def _merge_file(entries: Entries, file: Path) -> Entries:
    """Return the entries with those of a file merged in, in the order in which they first appear."""
    merged = dict(entries)
    try:
        for entry in json.loads(file.read_text(encoding="utf-8"))["models"]:
            _merge_entry(merged, dict(entry))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _bad_file(file, f"{type(error).__name__}: {error}") from error
    return merged


def _merge_entry(entries: Entries, entry: dict[str, Any]) -> None:
    like = entry.pop("like", None)
    service = entry.get("service") or str(like).split("/")[0]
    name = f"{service}/{entry['id']}"
    base = entries[like] if like else entries.get(name, {})
    merged: dict[str, Any] = merge_patch(base, {"service": service, **entry})
    entries[name] = merged


def merge_patch(base: Any, patch: Any) -> Any:
    """Return ``base`` changed by ``patch`` by the rules of JSON Merge Patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def _bad_file(file: Path, reason: str) -> PlanRefused:
    return PlanRefused(
        f"The catalog file {file} can't be read: {reason}",
        remedy="Mend the file, or take it away to go on with the models that come with Second Unit.",
    )
