"""
The services whose wires the rehearsal server speaks.

A wire is one file with ``SERVICE`` (the catalog's name), ``BASE`` (the path that a client's endpoint ends in) and
``routes(studio)``. Adding a service is adding its file and its line here.
"""

from __future__ import annotations

from typing import Protocol

from starlette.routing import BaseRoute

from second_unit.rehearsal import ark
from second_unit.rehearsal.studio import Studio


class Wire(Protocol):
    """What each service's file holds."""

    SERVICE: str
    BASE: str

    def routes(self, studio: Studio) -> list[BaseRoute]:
        """Return the service's routes."""
        ...


WIRES: tuple[Wire, ...] = (ark,)
