"""Preferences: fields that give nothing back, caps that are the store's, hosting that is the companion's."""

from __future__ import annotations

import json
from decimal import Decimal

import bpy
import pytest

from addon import crew
from addon.child_python import python_command
from addon.settings import errands, hosting_choice, preferences, spending, typed_keys
from addon.settings.preferences import SecondUnitPreferences
from second_unit.hosting.settings import BucketSettings, CommandSettings, host_settings_file, read_host_settings
from second_unit.jobs.store import JobStore
from second_unit.network.keys import find_key


class Held(bpy.types.PropertyGroup):
    """The preferences' fields, held by Blender where no extension is installed."""

    __annotations__ = dict(SecondUnitPreferences.__annotations__)


Held.__module__ = preferences.__name__


def put(name: str, value: object) -> None:
    setattr(bpy.context.window_manager.second_unit_held, name, value)


def get(name: str) -> object:
    return getattr(bpy.context.window_manager.second_unit_held, name)


@pytest.fixture
def home(blender, tmp_path, monkeypatch):
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SECOND_UNIT_HOST", raising=False)
    monkeypatch.delenv("ARK_API_KEY", raising=False)
    for room in (hosting_choice, spending):
        room.forget()
    bpy.utils.register_class(Held)
    bpy.types.WindowManager.second_unit_held = bpy.props.PointerProperty(type=Held)
    yield tmp_path / "home"
    del bpy.types.WindowManager.second_unit_held
    bpy.utils.unregister_class(Held)
    errands.unregister()
    typed_keys.unregister()
    for room in (hosting_choice, spending):
        room.forget()


def test_a_cap_that_is_typed_is_the_stores(home):
    put("cap_day_usd", 19.99)
    with JobStore(crew.store_path()) as kept:
        assert {("day", "USD"): Decimal("19.99")} == kept.caps()
    spending.read()
    assert pytest.approx(19.99) == get("cap_day_usd")
    put("cap_day_usd", 0.0)
    with JobStore(crew.store_path()) as kept:
        assert {} == kept.caps()


def test_a_bucket_is_written_as_soon_as_it_suffices(home):
    hosting_choice.read()
    put("hosting", "bucket")
    assert (None, "Bucket is needed: field required.") == (read_host_settings(), hosting_choice.fault())
    put("hosting_bucket", "my-takes")
    put("hosting_endpoint", "https://storage.example")
    assert BucketSettings(bucket="my-takes", endpoint="https://storage.example") == read_host_settings()
    assert ("my-takes", "", "") == (get("hosting_bucket"), get("hosting_region"), hosting_choice.fault())
    put("hosting", "none")
    assert not host_settings_file().exists()


def test_a_command_is_split_as_a_shell_would(home):
    hosting_choice.read()
    put("hosting", "command")
    put("hosting_command", "share --name 'two words' {path}")
    assert CommandSettings(command=("share", "--name", "two words", "{path}")) == read_host_settings()
    put("hosting_command", "share 'unclosed")
    assert "No closing quotation" in hosting_choice.fault()


def test_a_typed_key_is_kept_by_a_child_and_the_field_stays_empty(home):
    put("seedance_key", "  typed-key ")
    assert ({"seedance": "typed-key"}, "") == (typed_keys.typed(), get("seedance_key"))
    errands.wait()
    assert "typed-key" == find_key("seedance").reveal()
    assert typed_keys.told("seedance").good
    assert "typed-key" not in typed_keys.told("seedance").text
    typed_keys.forget("seedance")
    errands.wait()
    assert ({}, False) == (typed_keys.typed(), (home / "keys.json").exists())


def test_what_cannot_be_a_key_is_refused_and_not_handed_to_the_worker(home):
    put("seedance_key", "half a paste")
    errands.wait()
    assert ({}, False) == (typed_keys.typed(), typed_keys.told("seedance").good)


def test_the_worker_gets_typed_keys_through_its_standard_input(home, tmp_path, monkeypatch):
    seen = tmp_path / "seen.json"
    program = tmp_path / "worker.py"
    program.write_text(
        f"import json, sys; open({str(seen)!r}, 'w').write(json.dumps([sys.argv[1:], sys.stdin.read()]))"
    )
    monkeypatch.setattr(crew, "python_command", lambda: (*python_command(), str(program)))
    put("seedance_key", "typed-key")
    errands.wait()
    crew.start_worker(home / "jobs.sqlite3")
    from second_unit.jobs.starting import _started

    _started[0].wait(30)
    arguments, told = json.loads(seen.read_text())
    assert {"seedance": "typed-key"} == json.loads(told)
    assert "--keys-from-stdin" in arguments
    assert "typed-key" not in " ".join(arguments)


@pytest.mark.parametrize(("online", "may"), [(True, True), (False, False)])
def test_a_service_on_the_web_is_asked_only_where_blender_may_go_online(blender, online, may):
    before = bpy.context.preferences.system.use_online_access
    bpy.context.preferences.system.use_online_access = online
    try:
        assert may == preferences.may_ask("seedance")
    finally:
        bpy.context.preferences.system.use_online_access = before
