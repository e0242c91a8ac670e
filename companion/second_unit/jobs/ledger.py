"""
The money: what was ordered for how much, what was billed, and the caps that stop an order before it is sent.

A row is written in the same transaction as the move that causes it, so that no crash can part the two. Rows stay when
their job is forgotten. Amounts of different currencies are never added.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, assert_never

from second_unit.errors import OverBudget
from second_unit.jobs import events
from second_unit.jobs.events import Event
from second_unit.jobs.job import Job
from second_unit.timeline import Value

Scope = Literal["run", "day"]


class Standing(StrEnum):
    """What is known of an order's charge."""

    RESERVED = "reserved"  # being sent
    ACCEPTED = "accepted"  # the service has it; it will be billed when it is made
    BILLED = "billed"
    UNCERTAIN = "uncertain"  # it may have been billed: counted as if it was
    RELEASED = "released"  # surely not billed


class LedgerEntry(Value):
    """
    One order's money.

    Args:
        job: its id; the job itself may be forgotten.
        day: the local day on which it was sent, ``"2026-11-22"``.
        at: the same in Unix seconds.
        estimated: what it should cost; None where the price isn't known.
        billed: what the service says it charged; None where it doesn't say how much.
    """

    job: str
    run: str
    project: str
    name: str
    service: str
    model: str
    day: str
    at: float
    currency: str
    estimated: Decimal | None = None
    billed: Decimal | None = None
    tokens: int | None = None
    standing: Standing

    @property
    def counted(self) -> Decimal | None:
        """What it counts towards a cap: nothing once released, else what was billed, else the estimate."""
        if self.standing is Standing.RELEASED:
            return Decimal(0)
        return self.estimated if self.billed is None else self.billed


def note(connection: sqlite3.Connection, after: Job, event: Event) -> None:
    """
    Write what the event means for the money. Belongs into the transaction that writes the job.

    Raises:
        OverBudget: the event would send an order that passes a cap; the transaction must not be kept.
    """
    match event:
        case events.Sending():
            _check_caps(connection, after, event.at)
            _open(connection, after, event.at, Standing.RESERVED)
        case events.Adopted():
            _open(connection, after, event.at, Standing.ACCEPTED)
        case events.Accepted() | events.AskedAgain():
            _stand(connection, after.id, Standing.ACCEPTED)
        case events.Postponed() | events.NotAccepted():
            _stand(connection, after.id, Standing.RELEASED)
        case events.Lost():
            _stand(connection, after.id, Standing.UNCERTAIN)
        case events.Made() | events.Failed() | events.Cancelled():
            _settle(connection, after, event)
        case _:
            pass


def read_entries(connection: sqlite3.Connection) -> tuple[LedgerEntry, ...]:
    """Return all entries, oldest first."""
    columns = ", ".join(LedgerEntry.model_fields)
    rows = connection.execute(f"SELECT {columns} FROM ledger ORDER BY at, rowid").fetchall()  # noqa: S608  our names
    return tuple(LedgerEntry.model_validate(dict(zip(LedgerEntry.model_fields, row, strict=True))) for row in rows)


def read_caps(connection: sqlite3.Connection) -> dict[tuple[Scope, str], Decimal]:
    """Return the caps by scope and currency."""
    rows = connection.execute("SELECT scope, currency, amount FROM caps").fetchall()
    return {(row[0], row[1]): Decimal(row[2]) for row in rows}


def write_cap(connection: sqlite3.Connection, scope: Scope, currency: str, amount: Decimal | None) -> None:
    """Set a cap, or with None remove it."""
    connection.execute("DELETE FROM caps WHERE scope = ? AND currency = ?", (scope, currency))
    if amount is not None:
        connection.execute("INSERT INTO caps VALUES (?, ?, ?)", (scope, currency, str(amount)))


def check_amount(
    connection: sqlite3.Connection, amount: Decimal | None, currency: str, *, run: str, at: float, what: str
) -> None:
    """
    See that ordering ``what`` for so much keeps within every cap.

    Raises:
        OverBudget: it doesn't, or that can't be told because the price isn't known or is in another currency.
    """
    caps = read_caps(connection)
    if not caps or amount == 0:
        return
    mine = {scope: cap for (scope, cap_currency), cap in caps.items() if cap_currency == currency}
    if amount is None or len(mine) < len({scope for scope, _ in caps}):
        unknown = "its price isn't known" if amount is None else f"its price is in {currency} and the cap isn't"
        raise OverBudget(
            f"{what} wasn't ordered: there is a spend cap, and {unknown}.",
            remedy=f"Set the cap in {currency} too, or remove it: `second-unit ledger --help`.",
        )
    for scope, cap in mine.items():
        spent = _spent(connection, scope, currency, run=run, at=at)
        if spent + amount > cap:
            raise OverBudget(
                f"{what} wasn't ordered: it costs {amount:.2f} {currency}, {spent:.2f} are spent, and "
                f"your cap a {scope} is {cap:.2f}.",
                remedy=f"Raise the cap with `second-unit ledger --cap-{scope}`, then resume the job.",
            )


def local_day(at: float) -> str:
    """Return the day of this machine's calendar: ``"2026-11-22"``."""
    return datetime.fromtimestamp(at, UTC).astimezone().date().isoformat()


def _check_caps(connection: sqlite3.Connection, job: Job, at: float) -> None:
    cost = job.request.cost
    check_amount(connection, cost.amount, cost.currency, run=job.run, at=at, what=f"'{job.name}'")


def _spent(connection: sqlite3.Connection, scope: Scope, currency: str, *, run: str, at: float) -> Decimal:
    match scope:
        case "run":
            where, value = "run = ?", run
        case "day":
            where, value = "day = ?", local_day(at)
        case _:
            assert_never(scope)
    rows = connection.execute(
        f"SELECT coalesce(billed, estimated, '0') FROM ledger WHERE {where} AND currency = ? AND standing != ?",  # noqa: S608
        (value, currency, str(Standing.RELEASED)),
    )
    return sum((Decimal(row[0]) for row in rows), Decimal(0))


def _open(connection: sqlite3.Connection, job: Job, at: float, standing: Standing) -> None:
    cost = job.request.cost
    entry = LedgerEntry(
        job=job.id,
        run=job.run,
        project=job.project,
        name=job.name,
        service=job.request.service,
        model=job.request.model,
        day=local_day(at),
        at=at,
        currency=cost.currency,
        estimated=cost.amount,
        standing=standing,
    )
    row = {name: str(value) if isinstance(value, Decimal) else value for name, value in entry.model_dump().items()}
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT OR REPLACE INTO ledger ({', '.join(row)}) VALUES ({marks})",  # noqa: S608  our own names
        [str(value) if isinstance(value, Standing) else value for value in row.values()],
    )


def _stand(connection: sqlite3.Connection, job: str, standing: Standing) -> None:
    connection.execute("UPDATE ledger SET standing = ? WHERE job = ?", (str(standing), job))


def _settle(connection: sqlite3.Connection, after: Job, event: events.Made | events.Failed | events.Cancelled) -> None:
    match _charged(event):
        case True:
            standing = Standing.BILLED
        case False:
            standing = Standing.RELEASED
        case _:
            standing = Standing.ACCEPTED if isinstance(event, events.Made) else Standing.UNCERTAIN
    _stand(connection, after.id, standing)
    billed = after.billed
    if billed is None or (billed.amount is None and billed.tokens is None):
        return
    connection.execute(
        "UPDATE ledger SET tokens = ?, billed = ? WHERE job = ?",
        (billed.tokens, None if billed.amount is None else str(billed.amount), after.id),
    )


def _charged(event: events.Made | events.Failed | events.Cancelled) -> bool | None:
    match event:
        case events.Made():
            return event.billed.charged
        case events.Failed():
            charged = event.billed.charged if event.billed.charged is not None else event.error.get("charged")
            return None if charged is None else bool(charged)
        case events.Cancelled():
            return event.charged
        case _:
            assert_never(event)
