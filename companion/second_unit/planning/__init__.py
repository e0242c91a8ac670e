"""From shots to orders: drafted, chosen, packed, priced, checked."""

from __future__ import annotations

from second_unit.planning.making import make_plan

__all__ = ["make_plan"]
