"""
What Blender's preferences have a child process do: keep or forget a key, say where keys are, try a service.

``python -m second_unit.jobs.errands`` reads one line of JSON, an :class:`Errand`, and answers with one, an
:class:`Answer`. A keyring may ask its user first and a network may keep silent: Blender must wait for neither. The key
comes on standard input and is in no answer.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from second_unit.errors import SecondUnitError
from second_unit.network.keys import KeySource, forget_key, hand_over, key_file, key_source, store_key
from second_unit.network.secret import Secret
from second_unit.providers.provider import CanBeTried
from second_unit.providers.registry import open_provider
from second_unit.timeline import Value

_SECONDS = 30.0
_IN_WORDS: dict[KeySource, str] = {
    "environment": "from the environment",
    "handed over": "typed in this session",
    "keyring": "in the system's keyring",
    "file": "in a file that only you can read",
}


class KeepKey(Value):
    """Keep a key: in the keyring, else in the key file."""

    do: Literal["keep"] = "keep"
    service: str
    key: str


class ForgetKey(Value):
    """Remove a key from both."""

    do: Literal["forget"] = "forget"
    service: str


class FindKeys(Value):
    """Say where the keys of these services are."""

    do: Literal["find"] = "find"
    services: tuple[str, ...]


class TryService(Value):
    """Ask a service whether it takes the key; ``key`` is one that was only typed. Costs nothing."""

    do: Literal["try"] = "try"
    service: str
    host: str = ""
    endpoint: str | None = None
    key: str = ""


Errand = Annotated[KeepKey | ForgetKey | FindKeys | TryService, Field(discriminator="do")]
_ERRANDS = TypeAdapter[Errand](Errand)


class Answer(Value):
    """
    How it went.

    Args:
        good: whether it did.
        message, remedy: for the user.
        sources: where each service's key is, in words; services without one are left out.
    """

    good: bool
    message: str = ""
    remedy: str = ""
    sources: dict[str, str] = {}


def do_errand(line: str) -> Answer:
    """Do what a line of JSON says."""
    try:
        return _do(_ERRANDS.validate_json(line))
    except SecondUnitError as error:
        return Answer(good=False, message=error.message, remedy=error.remedy)
    except OSError as error:
        return Answer(good=False, message=f"{error.strerror or error}.", remedy="Try again.")


def _do(errand: Errand) -> Answer:
    match errand:
        case KeepKey(service=service, key=key):
            store_key(service, Secret(key))
            return _found((service,))
        case ForgetKey(service=service):
            forget_key(service)
            left = _found((service,))
            return left.model_copy(update={"message": "Forgotten." if not left.sources else "The environment has one."})
        case FindKeys(services=services):
            return _found(services)
        case TryService():
            return asyncio.run(_try(errand))


def _found(services: tuple[str, ...]) -> Answer:
    sources = {service: key_source(service) for service in services}
    words = {service: _IN_WORDS[source] for service, source in sources.items() if source is not None}
    if "file" in sources.values():
        return Answer(good=True, sources=words, message=f"The file is {key_file()}.")
    return Answer(good=True, sources=words)


async def _try(errand: TryService) -> Answer:
    if errand.key:
        hand_over({errand.service: Secret(errand.key)})
    provider = open_provider(errand.service, endpoint=errand.endpoint or None)
    try:
        if not isinstance(provider, CanBeTried):
            return Answer(good=True, message="It needs no connection.")
        async with asyncio.timeout(_SECONDS):
            return Answer(good=True, message=await provider.try_out(errand.host))
    except TimeoutError:
        return Answer(
            good=False,
            message=f"No answer in {_SECONDS:.0f} seconds.",
            remedy="Check the network, its proxy (HTTPS_PROXY) and its firewall.",
        )
    finally:
        await provider.close()


if __name__ == "__main__":
    sys.stdout.write(do_errand(sys.stdin.readline()).model_dump_json() + "\n")
