"""Spend caps: what the user allows to be ordered, checked before anything is."""

from __future__ import annotations

from decimal import Decimal

from second_unit.errors import OverBudget
from second_unit.plan import Plan


def check_budget(plan: Plan, most: Decimal | float | None) -> None:
    """
    See that a plan costs no more than ``most``, in the plan's currency; None allows anything.

    Raises:
        OverBudget: it costs more, or its cost isn't known and so can't be promised to stay below.
    """
    if most is None:
        return
    cost, allowed = plan.cost, Decimal(str(most))
    if cost.amount is None:
        raise OverBudget(
            f"What this plan costs isn't known, so it can't be kept below {allowed:.2f} {cost.currency}.",
            remedy="Leave the budget away, or choose a model whose price the catalog knows. Nothing was ordered.",
        )
    if cost.amount > allowed:
        raise OverBudget(
            f"The plan costs {cost.amount:.2f} {cost.currency}; the budget is {allowed:.2f} {cost.currency}.",
            remedy="Choose fewer shots, a smaller resolution or a cheaper model, or raise it. Nothing was ordered.",
        )
