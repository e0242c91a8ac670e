import copy
import io
import json
import os
import pickle
import stat
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError
from pydantic import BaseModel

from second_unit.errors import KeyMissing, SecondUnitError
from second_unit.network import keys
from second_unit.network.keys import (
    environment_without_keys,
    find_key,
    forget_key,
    hand_over,
    key_file,
    key_source,
    keys_from,
    known_secrets,
    store_key,
)
from second_unit.network.secret import Secret, redact

MARKED = "marked-key-0815-4711"


class MemoryKeyring(KeyringBackend):
    """A keyring that works, as far as the keyring library can tell, and ends with the test."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


class ForgetfulKeyring(MemoryKeyring):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class BrokenKeyring(MemoryKeyring):
    """As a locked keyring behind a D-Bus that doesn't answer."""

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("no reply from org.freedesktop.secrets")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("no reply from org.freedesktop.secrets")


@pytest.fixture(autouse=True)
def empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for variable in list(os.environ):
        if variable.endswith("_KEY"):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(keys, "_handed_over", {})
    before = keyring.get_keyring()
    keyring.set_keyring(BrokenKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def working_keyring() -> MemoryKeyring:
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    return backend


def test_a_missing_key_says_where_one_can_be_put() -> None:
    with pytest.raises(KeyMissing) as caught:
        find_key("seedance")
    assert "ARK_API_KEY" in caught.value.remedy
    assert key_source("seedance") is None


@pytest.mark.parametrize("variable", ["ARK_API_KEY", "SECOND_UNIT_SEEDANCE_KEY"])
def test_the_environment_holds_a_key(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, f" {MARKED}\n")
    assert (find_key("seedance").reveal(), key_source("seedance")) == (MARKED, "environment")


def test_a_key_is_looked_for_in_the_environment_then_the_hand_then_the_keyring_then_the_file(
    working_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    keys._write_key_file({"seedance": "in-file"})
    seen.append(find_key("seedance").reveal())
    working_keyring.set_password("second-unit", "seedance", "in-keyring")
    seen.append(find_key("seedance").reveal())
    hand_over({"seedance": Secret("in-hand")})
    seen.append(find_key("seedance").reveal())
    monkeypatch.setenv("ARK_API_KEY", "in-environment")
    seen.append(find_key("seedance").reveal())
    assert seen == ["in-file", "in-keyring", "in-hand", "in-environment"]


def test_a_key_is_stored_in_a_keyring_that_works(working_keyring: MemoryKeyring) -> None:
    assert store_key("seedance", Secret(MARKED)) == "keyring"
    assert (find_key("seedance").reveal(), key_source("seedance")) == (MARKED, "keyring")
    assert not key_file().exists()


@pytest.mark.parametrize("backend", [ForgetfulKeyring, BrokenKeyring])
def test_without_one_it_is_stored_in_a_file_that_only_its_owner_can_read(backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    assert store_key("seedance", Secret(MARKED)) == "file"
    assert (find_key("seedance").reveal(), key_source("seedance")) == (MARKED, "file")
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file().parent.stat().st_mode) == 0o700


def test_keys_of_several_services_do_not_disturb_one_another() -> None:
    store_key("seedance", Secret("one"))
    store_key("fal", Secret("two"))
    forget_key("seedance")
    assert (key_source("seedance"), find_key("fal").reveal()) == (None, "two")


def test_a_forgotten_key_is_gone_everywhere(working_keyring: MemoryKeyring) -> None:
    store_key("seedance", Secret(MARKED))
    keys._write_key_file({"seedance": MARKED})
    hand_over({"seedance": Secret(MARKED)})
    forget_key("seedance")
    assert (key_source("seedance"), working_keyring.kept, key_file().exists()) == (None, {}, False)


@pytest.mark.parametrize("text", ["", "two words", "line\nbreak", "bell\x07"])
def test_what_cannot_be_a_key_is_not_stored(text: str) -> None:
    with pytest.raises(SecondUnitError) as caught:
        store_key("seedance", Secret(text))
    assert not text or text not in str(caught.value)


def test_a_damaged_key_file_is_named_and_left_alone() -> None:
    key_file().parent.mkdir(parents=True)
    key_file().write_text("{not json")
    with pytest.raises(SecondUnitError, match="is damaged"):
        find_key("seedance")
    assert key_file().read_text() == "{not json"


def test_keys_are_read_from_one_line_of_a_stream() -> None:
    stream = io.StringIO(json.dumps({"seedance": MARKED, "fal": ""}) + "\nthe rest stays")
    assert keys_from(stream) == {"seedance": Secret(MARKED)}
    assert stream.read() == "the rest stays"


@pytest.mark.parametrize("line", [f'{{"seedance": "{MARKED}"', f'["{MARKED}"]', f'{{"a": ["{MARKED}"]}}'])
def test_a_line_that_cannot_be_read_is_not_quoted(line: str) -> None:
    with pytest.raises(SecondUnitError) as caught:
        keys_from(io.StringIO(line))
    told = repr(caught.value) + str(caught.value) + repr(caught.value.__cause__) + repr(caught.value.__context__)
    assert MARKED not in told


def test_a_childs_environment_holds_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("ARK_API_KEY", "FAL_KEY", "SECOND_UNIT_BUCKET_KEY"):
        monkeypatch.setenv(variable, MARKED)
    monkeypatch.setenv("AWS_PROFILE", "kept")
    assert MARKED not in environment_without_keys().values()
    assert environment_without_keys()["AWS_PROFILE"] == "kept"
    assert set(known_secrets()) == {Secret(MARKED)}


class Holder(BaseModel):
    model_config = {"arbitrary_types_allowed": True}
    key: Secret


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        "{}".format,
        "{:>40}".format,
        "{!r:10}".format,
        lambda secret: f"{secret}",
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031  that is a way, too
        lambda secret: repr({"key": [secret]}),
        lambda secret: repr(Holder(key=secret)),
        lambda secret: repr(copy.deepcopy(secret)),
        lambda secret: str(dir(secret)),
        lambda secret: str(hash(secret)),
        lambda secret: repr(RuntimeError(secret)),
    ],
)
def test_a_secret_never_shows_itself(show) -> None:
    assert MARKED not in show(Secret(MARKED))


@pytest.mark.parametrize(
    "pack", [pickle.dumps, json.dumps, copy.copy(vars), lambda secret: Holder(key=secret).model_dump_json()]
)
def test_a_secret_cannot_be_packed(pack) -> None:
    with pytest.raises((TypeError, ValueError)):
        pack(Secret(MARKED))


def test_secrets_are_equal_when_their_texts_are() -> None:
    assert (Secret("a") == Secret("a"), Secret("a") == Secret("b"), Secret("a") == "a") == (True, False, False)


@pytest.mark.parametrize(
    "text", [f"the key {MARKED} is bad", f"Authorization: Bearer {MARKED}", f"Key {MARKED}", f"?key={MARKED}&x"]
)
def test_a_known_secret_is_masked_in_any_text(text: str) -> None:
    assert MARKED not in redact(text, [Secret(MARKED)])


def test_what_looks_like_a_header_is_masked_even_when_the_key_is_not_known() -> None:
    assert redact("sent 'Bearer abcdefgh12345678'") == "sent 'Bearer •••'"
