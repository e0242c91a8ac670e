"""The fault matrix: what goes wrong where, and the state that must come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from second_unit.jobs.job import State

READY, FAILED = State.READY, State.FAILED


@dataclass(frozen=True)
class Case:
    """
    Args:
        name: of the case.
        fault: as ``Rehearsal.fault`` takes it.
        state: where the job ends.
        orders: how many orders the service accepted in all. Never above 1.
        kind: of the error that it ends with.
        charged: what the job says of it.
    """

    name: str
    fault: dict[str, Any]
    state: State = READY
    orders: int = 1
    kind: str | None = None
    charged: bool | None = True


def _fault(kind: str, **about: Any) -> dict[str, Any]:
    return {"kind": kind, **about}


def _refuse(status: int, **about: Any) -> dict[str, Any]:
    return _fault("refuse", status=status, **about)


def _lost(name: str, kind: str, fault: dict[str, Any], *, charged: bool | None = False, orders: int = 0) -> Case:
    return Case(name, fault, FAILED, orders, kind, charged)


ORDERING = (
    *(Case(f"order {status}", _refuse(status)) for status in (408, 409, 425, 500, 502, 503, 504)),
    *(Case(f"order {status}, though accepted", _refuse(status, accepted=True)) for status in (408, 500, 502, 503, 504)),
    Case("order 429 rate, Retry-After", _refuse(429, reason="rate", retry_after="1")),
    Case("order 429 rate, no Retry-After", _refuse(429, reason="rate", times=2)),
    Case("order 429 concurrency", _refuse(429, reason="concurrency")),
    Case("order 429 overloaded", _refuse(429, reason="overloaded")),
    Case("order 429 burst", _refuse(429, reason="burst")),
    _lost("order 429 quota", "OutOfFunds", _refuse(429, reason="quota", times=None)),
    _lost("order 429 funds", "OutOfFunds", _refuse(429, reason="funds", times=None)),
    _lost("order 401", "KeyRefused", _refuse(401, times=None)),
    _lost("order moderated", "Moderated", _fault("moderation", stage="in", about="text", times=None)),
    Case("order answer lost", _fault("lost answer")),
    Case("order reset with the answer", _fault("reset", stage="answer")),
    Case("order reset during the answer", _fault("reset", stage="during")),
    Case("order reset after the answer", _fault("reset", stage="after")),
    Case("order slow answer", _fault("slow answer", seconds=1.0)),
    Case("order slow answer, accepted late", _fault("slow answer", seconds=1.0, accepted_first=False)),
    Case("order slow headers", _fault("slow headers", seconds=1.0)),
    Case("order slow body", _fault("slow body", seconds=1.0)),
    Case("order stalls", _fault("stall", seconds=30)),
    *(Case(f"order {form}", _fault("garbled", form=form)) for form in ("html", "broken json", "empty", "huge")),
    Case("order redirected to a private address", _fault("redirected", on="create")),
)

READING = (
    *(Case(f"read {status}", _refuse(status, on="read", times=2)) for status in (408, 409, 425, 500, 502, 503, 504)),
    Case("read 429, Retry-After", _refuse(429, on="read", retry_after="1")),
    Case("read 404 at first", _refuse(404, on="read")),
    _lost("read 401", "KeyRefused", _refuse(401, on="read", times=None), charged=None, orders=1),
    *(Case(f"read reset {stage}", _fault("reset", on="read", stage=stage)) for stage in ("answer", "during", "after")),
    *(Case(f"read {form}", _fault("garbled", on="read", form=form)) for form in ("html", "broken json", "empty")),
    Case("read stalls", _fault("stall", on="read", seconds=30)),
    Case("read slow headers", _fault("slow headers", on="read", seconds=1.0)),
)

FATES = (
    _lost("task fails", "TaskFailed", _fault("fails"), orders=1),
    _lost("task moderated", "Moderated", _fault("moderation", stage="out", about="video"), orders=1),
    _lost("task expires", "TaskExpired", _fault("expires"), orders=1),
    Case("task in an unknown state", _fault("odd state", seconds=0.5)),
)

FETCHING = (
    *(Case(f"download {status}", _refuse(status, on="media")) for status in (500, 503, 504)),
    Case("download 429", _refuse(429, on="media", retry_after="1")),
    Case("download truncated", _fault("truncated")),
    Case("download of the wrong length", _fault("wrong length")),
    Case("download of another type", _fault("wrong type")),
    Case("download said to be a page", _fault("wrong type", media_type="text/html")),
    Case("download is a page", _fault("garbled", on="media")),
    Case("download corrupt once", _fault("corrupt")),
    _lost("download corrupt always", "BrokenTake", _fault("corrupt", times=None), charged=True, orders=1),
    Case("download reset", _fault("reset", on="media", stage="during")),
    Case("download reset after", _fault("reset", on="media", stage="after")),
    Case("download stalls", _fault("stall", on="media", seconds=30)),
    Case("download slow", _fault("slow body", seconds=1.0)),
    Case("download's address expired", _fault("expired url")),
    _lost(
        "download's address always expired", "TaskExpired", _fault("expired url", times=None), charged=True, orders=1
    ),
    _lost(
        "download led elsewhere", "HostileAnswer", _fault("redirected", on="media", times=None), charged=True, orders=1
    ),
    _lost("take without its sound", "BrokenTake", _fault("no audio"), charged=True, orders=1),
    _lost("take too short", "BrokenTake", _fault("wrong duration", seconds=-1.0), charged=True, orders=1),
)

CASES = (*ORDERING, *READING, *FATES, *FETCHING)


@dataclass
class Ends:
    """How every case ended."""

    states: dict[str, Any] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)
