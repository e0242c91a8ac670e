"""
A service's key: the environment, else what the parent process handed over, else the keyring, else the key file.

Hosting needs keys too and may not import providers, so the work is done in :mod:`second_unit.network.keys`.
"""

from second_unit.network.keys import (
    KeySource,
    environment_without_keys,
    find_key,
    forget_key,
    hand_over,
    key_file,
    key_source,
    keys_from,
    known_secrets,
    store_key,
    variables,
)
from second_unit.network.secret import Secret, redact

__all__ = [
    "KeySource",
    "Secret",
    "environment_without_keys",
    "find_key",
    "forget_key",
    "hand_over",
    "key_file",
    "key_source",
    "keys_from",
    "known_secrets",
    "redact",
    "store_key",
    "variables",
]
