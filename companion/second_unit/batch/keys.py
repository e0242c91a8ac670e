"""See that there is a key before anything is ordered."""

from __future__ import annotations

from second_unit.plan import Plan


def require_key(plan: Plan) -> None:
    """
    See that every service of the plan has its key; the animatic needs none.

    Raises:
        KeyMissing: there is none; nothing was ordered.
    """
    from second_unit.network.keys import find_key

    for service in dict.fromkeys(request.service for request in plan.requests):
        if service != "animatic":
            find_key(service)
