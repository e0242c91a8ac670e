"""A text that is used and never shown."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from typing import NoReturn, SupportsIndex

MASK = "•••"

# Whoever builds an Authorization header quotes the key itself; services quote it back in parts ("sk-ab***yz") or whole.
_BEARER = re.compile(r"(?i)\b(bearer|key|basic|token)\s+[A-Za-z0-9._~+/=:-]{8,}")


class Secret:
    """
    A key. ``reveal()`` is the one way to its text: printing, formatting, comparing as text, pickling and JSON are not.

    Two secrets are equal when their texts are; the comparison takes the same time wherever they differ.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself, for the one header that needs it."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        # One hash for all: a hash of the text would tell something of it.
        return hash(Secret)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("A secret can't be pickled: it must not leave this process except in a request's header.")


def redact(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Return the text with the secrets, and whatever looks like an authorization header's value, masked."""
    for secret in secrets:
        if secret:
            text = text.replace(secret.reveal(), MASK)
    return _BEARER.sub(rf"\1 {MASK}", text)
