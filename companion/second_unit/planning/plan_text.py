"""A plan in plain text, for people to read before they spend."""

from __future__ import annotations

from second_unit.plan import Cost, GenerationRequest, OrderReference, Plan


def describe_plan(plan: Plan) -> str:
    """Return every request with its shots, references and cost, then the warnings, then the sum."""
    blocks = [_describe_request(number, request) for number, request in enumerate(plan.requests, 1)]
    warnings = [f"! {warning}" for warning in plan.warnings]
    count = len(plan.requests)
    total = f"{count} request{'' if count == 1 else 's'}, {describe_cost(plan.cost)} in all. Nothing is spent yet."
    return "\n\n".join([*blocks, *(["\n".join(warnings)] if warnings else []), total])


def describe_cost(cost: Cost) -> str:
    """Return an amount in words: ``0.7623 USD``, ``free`` or ``price not known``."""
    if cost.amount is None:
        return "price not known"
    return f"{cost.amount.normalize():f} {cost.currency}" if cost.amount else "free"


def _describe_request(number: int, request: GenerationRequest) -> str:
    head = (
        f"{number}. {request.name}: {request.service} {request.model}, {request.duration_seconds} s, {request.ratio} "
        f"{request.resolution} ({request.width}×{request.height}), {describe_cost(request.cost)}"
    )
    shots = [
        f"   {shot.start_seconds:>3}–{shot.end_seconds:<3} s  {shot.name}  frames {shot.range.start}–{shot.range.end}  "
        f"{shot.text}".rstrip()
        for shot in request.shots
    ]
    return "\n".join(
        [head, *shots, *(_describe_reference(one) for one in request.references), f"   {request.cost.reason}"]
    )


def _describe_reference(reference: OrderReference) -> str:
    name = f"@{reference.cast}" if reference.cast else ", ".join(reference.strips) or reference.name
    length = "" if reference.length_seconds is None else f", {reference.length_seconds:.4g} s"
    return f"   {reference.label}: {name}, {reference.role.value}{length}"
