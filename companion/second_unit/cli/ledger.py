"""``second-unit ledger``: what was spent, and the caps that stop an order before it is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from second_unit.cli.plan import AsJson

if TYPE_CHECKING:
    from second_unit.jobs.ledger import LedgerEntry, Scope
    from second_unit.jobs.store import JobStore


class Grouping(StrEnum):
    """What the sums are of."""

    DAY = "day"
    SERVICE = "service"
    PROJECT = "project"
    MODEL = "model"
    RUN = "run"
    JOB = "job"


Cap = Annotated[str | None, typer.Option(help="An amount, or 'none' to remove the cap.")]


def ledger(
    by: Annotated[Grouping, typer.Option(help="What the sums are of.")] = Grouping.DAY,
    cap_day: Cap = None,
    cap_run: Cap = None,
    currency: Annotated[str, typer.Option(help="Of the caps.")] = "USD",
    store: Annotated[Path | None, typer.Option(help="The job store; else this user's own.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Show what was ordered for how much and what was billed; set spend caps.

    Example: second-unit ledger --by project --cap-day 20
    """
    from second_unit.jobs.folders import store_path
    from second_unit.jobs.store import JobStore

    with JobStore(store or store_path()) as kept:
        _set_cap(kept, "day", currency, cap_day)
        _set_cap(kept, "run", currency, cap_run)
        entries, caps = kept.ledger(), kept.caps()
    if as_json:
        for entry in entries:
            typer.echo(entry.model_dump_json())
        return
    _say_sums(entries, by)
    for (scope, of), cap in sorted(caps.items()):
        typer.echo(f"Cap a {scope}: {cap:.2f} {of}. An order that passes it isn't sent.")


def _set_cap(kept: JobStore, scope: Scope, currency: str, told: str | None) -> None:
    if told is None:
        return
    try:
        amount = None if told.lower() == "none" else Decimal(told)
    except ArithmeticError:
        raise typer.BadParameter(f"'{told}' is no amount.", param_hint=f"--cap-{scope}") from None
    if amount is not None and not (amount.is_finite() and amount >= 0):
        raise typer.BadParameter(f"'{told}' is no amount.", param_hint=f"--cap-{scope}")
    kept.set_cap(scope, currency.upper(), amount)


def _say_sums(entries: tuple[LedgerEntry, ...], by: Grouping) -> None:
    from second_unit.cli.output import rows

    if not entries:
        typer.echo("Nothing was ordered yet.")
        return
    groups: dict[tuple[str, str], list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        groups[getattr(entry, by.value), entry.currency].append(entry)
    rows(
        (
            (
                key or "—",
                len(group),
                f"{_sum(entry.estimated for entry in group if entry.standing != 'released')} {currency}",
                f"{_sum(entry.billed for entry in group)} {currency}",
                sum(entry.standing == "uncertain" for entry in group) or "",
            )
            for (key, currency), group in groups.items()
        ),
        by.value,
        "orders",
        "estimated",
        "billed, as told",
        "uncertain",
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
