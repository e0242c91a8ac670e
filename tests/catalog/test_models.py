"""The catalog: found by any name, changed by a user's file, honest about what was shut down."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from second_unit.catalog.models import all_models, find_model, merge_patch, model_of, price_of
from second_unit.errors import PlanRefused, RetiredModel, UnknownModel
from second_unit.prompts.dialects import DIALECTS
from second_unit.shots import ReferenceKind
from second_unit.timeline import ShootSettings

SEEDANCE = ("seedance-2.0", "seedance-2.0-fast", "seedance-2.0-mini", "seedance-2.5")


@pytest.fixture
def users_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "models.json"
    monkeypatch.setenv("SECOND_UNIT_CATALOG", str(path))
    return path


def test_a_service_without_a_model_gives_its_first() -> None:
    assert [find_model("animatic").id, find_model("seedance").id] == ["previs", "seedance-2.0"]


@pytest.mark.parametrize(
    "name",
    ["seedance-2.5", "Seedance 2.5", "dreamina-seedance-2-5-260628", "doubao-seedance-2-5-260628"],
)
def test_a_model_is_found_by_any_of_its_names(name: str) -> None:
    assert find_model("seedance", name).id == "seedance-2.5"


@pytest.mark.parametrize(
    ("model", "seconds", "counts", "resolutions"),
    [
        ("seedance-2.0", (4, 15), (9, 3, 3, 12), ["480p", "720p", "1080p", "4k"]),
        ("seedance-2.0-fast", (4, 15), (9, 3, 3, 12), ["480p", "720p"]),
        ("seedance-2.0-mini", (4, 15), (9, 3, 3, 12), ["480p", "720p"]),
        ("seedance-2.5", (4, 30), (30, 10, 10, 50), ["480p", "720p", "1080p"]),
    ],
)
def test_seedance_limits_are_those_of_the_facts(
    model: str, seconds: tuple[int, int], counts: tuple[int, ...], resolutions: list[str]
) -> None:
    takes = find_model("seedance", model).capabilities

    assert seconds == (takes.least_seconds, takes.most_seconds)
    assert counts == (*(takes.limits(kind).count for kind in ReferenceKind), takes.references)
    assert resolutions == list(takes.sizes)


def test_only_2_5_takes_sound_alone() -> None:
    needs = {model: find_model("seedance", model).capabilities.audio_needs_picture for model in SEEDANCE}

    assert needs == dict.fromkeys(SEEDANCE, True) | {"seedance-2.5": False}


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model.id)
def test_every_entry_says_where_its_figures_come_from(model) -> None:
    assert model.source


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model.id)
def test_every_entry_can_be_ordered(model) -> None:
    takes = model.capabilities

    assert takes.dialect in DIALECTS
    assert takes.default_resolution in takes.sizes
    assert takes.shots * takes.least_window_seconds <= takes.most_seconds
    assert all(width % 2 == height % 2 == 0 for ratios in takes.sizes.values() for width, height in ratios.values())


@pytest.mark.parametrize("model", [one for one in all_models() if one.retired_on], ids=lambda model: model.id)
def test_a_model_that_was_shut_down_says_so_and_names_another_that_works(model) -> None:
    with pytest.raises(RetiredModel, match=f"was shut down on {model.retired_on}") as caught:
        find_model(model.service, model.id)

    service, _, replacement = model.replaced_by.partition("/")
    assert model.replaced_by in caught.value.remedy
    assert replacement == find_model(service, replacement).id


def test_an_unknown_service_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownModel, match=r"no service 'seedence'.* Did you mean 'seedance'\?"):
        find_model("seedence")


def test_an_unknown_model_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownModel, match=r"no model 'xyz'.* Choose one of seedance-2.0, .*seedance-2.5"):
        find_model("seedance", "xyz")


def test_an_endpoint_of_the_users_own_must_say_what_it_is() -> None:
    with pytest.raises(UnknownModel, match=r"'ep-2026-abc' doesn't say which model.* Set the option 'like'"):
        find_model("seedance", "ep-2026-abc")


def test_an_endpoint_takes_what_its_model_takes() -> None:
    settings = ShootSettings(service="seedance", model="ep-2026-abc", options={"like": "seedance-2.5"})
    endpoint, model = model_of(settings), find_model("seedance", "seedance-2.5")

    assert (endpoint.id, endpoint.ids, endpoint.capabilities) == ("ep-2026-abc", {}, model.capabilities)


def test_a_users_file_changes_a_price_and_keeps_the_rest(users_file: Path) -> None:
    users_file.write_text('{"models": []}')
    before = find_model("seedance", "seedance-2.0")
    entry = {"service": "seedance", "id": "seedance-2.0", "price": {"by_resolution": {"720p": "5.00"}}}
    users_file.write_text(json.dumps({"models": [entry]}))

    after = find_model("seedance", "seedance-2.0")
    assert Decimal("5.00") == after.price.by_resolution["720p"]
    assert before.price.by_resolution["480p"] == after.price.by_resolution["480p"]
    assert before.capabilities == after.capabilities


def test_a_users_file_adds_a_model_like_another(users_file: Path) -> None:
    entry = {"like": "seedance/seedance-2.5", "id": "seedance-3.0", "capabilities": {"most_seconds": 60}}
    users_file.write_text(json.dumps({"models": [entry]}))

    assert find_model("seedance", "seedance-3.0").capabilities.most_seconds == 60
    assert find_model("seedance").id == "seedance-2.0"


def test_a_changed_users_file_is_read_again(users_file: Path) -> None:
    users_file.write_text(json.dumps({"models": []}))
    all_models()
    users_file.write_text(json.dumps({"models": [{"like": "animatic/previs", "id": "more"}]}))

    assert find_model("animatic", "more").id == "more"


@pytest.mark.parametrize(
    "content",
    ["{", "[]", '{"models": [{"like": "no/such", "id": "x"}]}', '{"models": [{"service": "s", "id": "x"}]}'],
)
def test_a_users_file_that_cant_be_read_is_named(users_file: Path, content: str) -> None:
    users_file.write_text(content)

    with pytest.raises(PlanRefused, match=f"{users_file.name} can't be read"):
        all_models()


def test_a_users_file_that_isnt_there_is_named(users_file: Path) -> None:
    with pytest.raises(PlanRefused, match="can't be read"):
        all_models()


def test_prices_differ_by_host() -> None:
    model = find_model("seedance", "seedance-2.0")

    assert [price_of(model, host).currency for host in ("", "byteplus", "volcengine")] == ["USD", "USD", "CNY"]


# The examples of RFC 7386, appendix A.
@pytest.mark.parametrize(
    ("base", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_entries_are_merged_as_json_merge_patch_says(base, patch, expected) -> None:
    assert expected == merge_patch(base, patch)
