"""Which services there are. Adding one is a file beside this one and a line in :data:`SERVICES`."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from second_unit.errors import UnknownModel
from second_unit.providers.provider import Provider

SERVICES: dict[str, tuple[str, str]] = {
    "animatic": ("second_unit.providers.animatic", "AnimaticProvider"),
    "seedance": ("second_unit.providers.seedance", "SeedanceProvider"),
}
"""The module and the class of each service, by its name in the catalog."""


def open_provider(service: str, *, endpoint: str | None = None) -> Provider:
    """
    Return the provider that knows a service. Nothing is sent yet, and only its own module is loaded.

    Args:
        service: a key of :data:`SERVICES`.
        endpoint: the address to talk to in place of the service's own, such as the rehearsal server's.

    Raises:
        UnknownModel: there is no such service; the message names those there are.
    """
    if service not in SERVICES:
        raise UnknownModel(
            f"There is no service '{service}'.",
            remedy=f"Choose one of {', '.join(sorted(SERVICES))}.",
            service=service,
        )
    module, name = SERVICES[service]
    # Loaded on demand: one service's dependencies must not slow down, or break, the others.
    provider_class = getattr(import_module(module), name)
    return cast("Provider", provider_class(endpoint=endpoint))
