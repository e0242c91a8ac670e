"""
Spend caps in the preferences: read from the job store and written there, where every order is held against them.

They are the store's and not Blender's, so that the command line, another Blender and the worker keep to the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bpy.props import FloatProperty

from .. import later

if TYPE_CHECKING:
    from decimal import Decimal

Key = tuple[str, str]
CURRENCIES = ("USD", "CNY")


class _Known:
    """What the store said last."""

    caps: dict[Key, Decimal] | None = None


def read() -> None:
    """Read the caps from the store, where there is one."""
    from second_unit.jobs.folders import store_path
    from second_unit.jobs.store import JobStore

    where = store_path()
    if not where.exists():
        _Known.caps = {}
        return
    with JobStore(where) as kept:
        _Known.caps = dict(kept.caps())


def forget() -> None:
    """Read them anew next time."""
    _Known.caps = None


def cap_property(scope: str, currency: str) -> Any:
    """Return the property of one cap; 0 is none. ``scope`` is ``"day"``, or ``"run"`` for one click on Generate."""
    span = "a day" if scope == "day" else "a click on Generate"
    return FloatProperty(
        name=f"{currency} {'a Day' if scope == 'day' else 'an Order'}",
        description=f"Order nothing that would take what is spent in {span} above so many {currency}. 0 is no cap",
        min=0.0,
        soft_max=1000.0,
        precision=2,
        get=_getter((scope, currency)),
        set=_setter((scope, currency)),
    )


def _getter(key: Key) -> Callable[[Any], float]:
    def get(_owner: Any) -> float:
        if _Known.caps is None:
            later.soon("caps", read)
        return float((_Known.caps or {}).get(key, 0))

    return get


def _setter(key: Key) -> Callable[[Any, float], None]:
    def put(_owner: Any, amount: float) -> None:
        from decimal import Decimal

        from second_unit.jobs.folders import store_path
        from second_unit.jobs.store import JobStore

        where = store_path()
        where.parent.mkdir(parents=True, exist_ok=True)
        with JobStore(where) as kept:
            # Blender's floats are single: 19.99 would become 19.989999771.
            kept.set_cap(*key, Decimal(f"{amount:.2f}") if amount else None)
            _Known.caps = dict(kept.caps())

    return put
