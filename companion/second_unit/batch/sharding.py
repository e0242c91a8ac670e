"""Split a batch over machines by shot: each takes its part of the plan, none takes another's."""

from __future__ import annotations

import re

from second_unit.errors import PlanRefused
from second_unit.plan import Plan


def take_shard(plan: Plan, shard: str | None) -> Plan:
    """
    Return the part of the plan that ``"2/5"`` stands for: the requests whose number leaves 1 when divided by 5.

    Machines that plan the same edit get the same requests in the same order, so the parts neither overlap nor leave
    anything out. None is the whole plan.

    Raises:
        PlanRefused: the shard isn't ``N/M`` with 1 ≤ N ≤ M.
    """
    if shard is None:
        return plan
    found = re.fullmatch(r"(\d+)/(\d+)", shard)
    part, parts = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= part <= parts:
        raise PlanRefused(f"'{shard}' is not a part of a batch.", remedy="Write 2/5 for the second of five parts.")
    return plan.model_copy(update={"requests": plan.requests[part - 1 :: parts]})
