"""What a child does for Blender's preferences, asked and answered in lines of JSON."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from second_unit.jobs.errands import Answer, do_errand
from second_unit.network import keys
from second_unit.rehearsal.running import Rehearsal, rehearsing

TYPED = "typed-key-0815"


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with rehearsing(tmp_path_factory.mktemp("rehearsal"), bad_key="refused-key") as studio:
        yield studio


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path))
    monkeypatch.delenv("ARK_API_KEY", raising=False)
    monkeypatch.setattr(keys, "_handed_over", {})
    return tmp_path


def ask(**errand: object) -> Answer:
    return do_errand(json.dumps(errand))


def try_with(studio: Rehearsal, key: str) -> Answer:
    return ask(do="try", service="seedance", endpoint=studio.endpoint(), key=key)


def test_a_service_that_takes_the_key_says_so_and_orders_nothing(studio):
    before = studio.order_counts()
    answer = try_with(studio, TYPED)
    assert (True, "Seedance (BytePlus) takes the key.") == (answer.good, answer.message)
    assert before == studio.order_counts()


def test_a_key_that_is_refused_is_told_with_what_to_do_and_without_the_key(studio):
    answer = try_with(studio, "refused-key")
    assert (False, True) == (answer.good, bool(answer.remedy))
    assert "refused-key" not in answer.model_dump_json()


def test_a_service_without_a_key_says_where_one_goes():
    answer = ask(do="try", service="seedance")
    assert not answer.good
    assert "preferences" in answer.remedy


def test_the_animatic_needs_no_connection():
    assert Answer(good=True, message="It needs no connection.") == ask(do="try", service="animatic")


def test_a_key_is_kept_found_and_forgotten(home):
    kept = ask(do="keep", service="seedance", key=TYPED)
    assert kept.good
    assert {"seedance"} == set(ask(do="find", services=["seedance", "fal"]).sources)
    assert "Forgotten." == ask(do="forget", service="seedance").message
    assert {} == ask(do="find", services=["seedance"]).sources
    assert not (home / "keys.json").exists()


def test_it_is_a_process_that_never_says_a_key():
    done = subprocess.run(
        [sys.executable, "-m", "second_unit.jobs.errands"],
        input=json.dumps({"do": "keep", "service": "seedance", "key": TYPED}) + "\n",
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["good"]
    assert TYPED not in done.stdout + done.stderr


def test_a_refused_key_that_was_handed_over_gives_way_to_one_that_was_kept_since():
    keys.hand_over({"seedance": keys.Secret("old-key")})
    keys.pass_over_handed_key("seedance")
    assert "old-key" == keys.find_key("seedance").reveal()  # there is no other
    ask(do="keep", service="seedance", key="new-key")
    keys.pass_over_handed_key("seedance")
    assert "new-key" == keys.find_key("seedance").reveal()
