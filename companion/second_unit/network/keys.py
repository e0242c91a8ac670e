"""
Where keys come from: the environment, the parent process, the operating system's keyring, a file only its owner reads.

They are looked for in that order. Nothing here prints one, and none is ever an argument of a command.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Literal

from second_unit.errors import KeyMissing, SecondUnitError
from second_unit.network.secret import Secret

KeySource = Literal["environment", "handed over", "keyring", "file"]

WELL_KNOWN_VARIABLES: dict[str, tuple[str, ...]] = {
    "seedance": ("ARK_API_KEY",),
    "fal": ("FAL_KEY",),
}
"""The names that a service's own documentation gives the variable; ``SECOND_UNIT_<SERVICE>_KEY`` comes before them."""

_KEYRING_NAME = "second-unit"
_handed_over: dict[str, Secret] = {}


def variables(service: str) -> tuple[str, ...]:
    """Return the environment variables that may hold a service's key, the most telling first."""
    own = f"SECOND_UNIT_{service.upper().replace('-', '_')}_KEY"
    return (own, *WELL_KNOWN_VARIABLES.get(service, ()))


def find_key(service: str) -> Secret:
    """
    Return the key of a service.

    Raises:
        KeyMissing: there is none anywhere; the message says where one can be put.
    """
    found = _look_up(service)
    if found is None:
        raise KeyMissing(
            f"There is no key for '{service}'.",
            remedy=f"Set the environment variable {variables(service)[-1]}, or enter the key in Second Unit's "
            "preferences in Blender.",
            service=service,
        )
    return found[0]


def key_source(service: str) -> KeySource | None:
    """Return where the key of a service would be taken from; None where there is none."""
    found = _look_up(service)
    return None if found is None else found[1]


def store_key(service: str, key: Secret) -> KeySource:
    """
    Keep a key: in the keyring where this machine has one that works, else in the key file. Returns which it was.

    Raises:
        SecondUnitError: the key is empty or holds white space or control characters (half a paste, most likely).
    """
    text = key.reveal()
    if not text or any(character.isspace() or not character.isprintable() for character in text):
        raise SecondUnitError(
            f"That can't be a key for '{service}': it is empty or holds white space.", remedy="Paste the key alone."
        )
    if _keyring_set(service, text):
        _write_key_file({name: kept for name, kept in _read_key_file().items() if name != service})
        return "keyring"
    _write_key_file(_read_key_file() | {service: text})
    return "file"


def forget_key(service: str) -> None:
    """Remove a service's key from the keyring and the key file. The environment is the user's own."""
    _handed_over.pop(service, None)
    _keyring_delete(service)
    kept = _read_key_file()
    if kept.pop(service, None) is not None:
        _write_key_file(kept)


def keys_from(stream: IO[str]) -> dict[str, Secret]:
    """
    Read the keys that a parent process wrote as one line of JSON: ``{"seedance": "…"}``.

    Give them to :func:`hand_over` to have :func:`find_key` find them.

    Raises:
        SecondUnitError: the line isn't such an object. The message doesn't quote it.
    """
    line = stream.readline()
    try:
        told = json.loads(line or "{}")
    except ValueError:
        told = None
    if not isinstance(told, dict) or not all(isinstance(key, str) for key in told.values()):
        # Raised outside of the handler: json's error carries the whole line, keys and all.
        raise SecondUnitError(
            "The keys handed over on standard input could not be read.",
            remedy='Write one line of JSON: {"<service>": "<key>"}.',
        )
    return {service: Secret(key) for service, key in told.items() if key}


def hand_over(keys: Mapping[str, Secret]) -> None:
    """Let :func:`find_key` find these keys, in this process and only while it lives."""
    _handed_over.update(keys)


def pass_over_handed_key(service: str) -> None:
    """Let a key that was handed over and refused give way to one that was kept since; without one it stays."""
    held = _handed_over.pop(service, None)
    if held is not None and _look_up(service) is None:
        _handed_over[service] = held


def known_secrets() -> tuple[Secret, ...]:
    """Return the keys this process was given or has in its environment, for masking them in a text."""
    names = {name for service in WELL_KNOWN_VARIABLES for name in variables(service)}
    held = [Secret(text) for name, text in os.environ.items() if (name in names or _is_own(name)) and text]
    return (*held, *_handed_over.values())


def environment_without_keys() -> dict[str, str]:
    """Return this process's environment for a child that needs no keys: a renderer, a user's command."""
    names = {name for service in WELL_KNOWN_VARIABLES for name in variables(service)}
    return {name: text for name, text in os.environ.items() if name not in names and not _is_own(name)}


def key_file() -> Path:
    """Return where keys are kept when there is no keyring; ``SECOND_UNIT_KEY_FILE`` moves it."""
    moved = os.environ.get("SECOND_UNIT_KEY_FILE")
    return Path(moved).expanduser().absolute() if moved else settings_folder() / "keys.json"


def settings_folder() -> Path:
    """Return the folder of the user's settings; ``SECOND_UNIT_HOME`` moves it. It may not exist yet."""
    moved = os.environ.get("SECOND_UNIT_HOME")
    if moved:
        return Path(moved).expanduser().absolute()
    import platformdirs  # only where it is needed: Blender imports this file

    return Path(platformdirs.user_config_path("second-unit", appauthor=False))


def _is_own(variable: str) -> bool:
    return variable.startswith("SECOND_UNIT_") and variable.endswith("_KEY")


def _look_up(service: str) -> tuple[Secret, KeySource] | None:
    for variable in variables(service):
        if text := os.environ.get(variable, "").strip():
            return Secret(text), "environment"
    if service in _handed_over:
        return _handed_over[service], "handed over"
    if kept := _keyring_get(service):
        return Secret(kept), "keyring"
    if kept := _read_key_file().get(service):
        return Secret(kept), "file"
    return None


# A keyring is foreign software: locked, absent, half installed or behind a D-Bus that doesn't answer, each backend
# fails with exceptions of its own. Whatever it raises means "not here", and the key file stands in.


def _keyring_get(service: str) -> str | None:
    try:
        import keyring  # an optional extra, and slow to load

        return keyring.get_password(_KEYRING_NAME, service)
    except Exception:
        return None


def _keyring_set(service: str, text: str) -> bool:
    try:
        import keyring

        keyring.set_password(_KEYRING_NAME, service, text)
        # Some backends accept and forget (the null one): only a key that can be read back is kept.
        return keyring.get_password(_KEYRING_NAME, service) == text
    except Exception:
        return False


def _keyring_delete(service: str) -> None:
    try:
        import keyring

        keyring.delete_password(_KEYRING_NAME, service)
    except Exception:  # noqa: S110  see above
        pass


def _read_key_file() -> dict[str, str]:
    path = key_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not all(isinstance(key, str) for key in told.values()):
        raise SecondUnitError(f"The key file {path} is damaged.", remedy="Move it away and store your keys again.")
    return told


def _write_key_file(keys: Mapping[str, str]) -> None:
    path = key_file()
    if not keys:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    # Created readable by its owner alone, before a byte is in it. (Windows ignores the mode; there the user's profile,
    # where the file lies, is closed to others.)
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(dict(keys), file, indent=2)
    beside.replace(path)
