"""From Ark's refusals, on the wire or inside a failed task, to errors that name the strip and the remedy."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

from second_unit.errors import ServiceError, ServiceUnavailable, TaskFailed
from second_unit.network.client import Answer
from second_unit.network.statuses import error_for_status
from second_unit.providers.provider import Order
from second_unit.providers.seedance.refusals import Refusal, find_refusal
from second_unit.providers.seedance.wire import reference_at, strip_of

SERVICE = "seedance"

Stage = Literal["order", "task", "read"]

_PLACE = re.compile(r"content\[(\d+)\]")
_QUOTED = re.compile(r"`([^`]{1,80})`")
_SIDES = {"image": "image", "video": "video", "audio": "audio"}


class Said(NamedTuple):
    """The service's own words: its code, its message and the parameter it names; all may be empty."""

    code: str = ""
    message: str = ""
    param: str = ""


def read_error(told: Any) -> Said | None:
    """Return the error in a body or a task, however it is written; None where there is none."""
    if isinstance(told, str) and told:
        return Said(message=told)
    if not isinstance(told, dict):
        return None
    return Said(*(str(told.get(name) or "")[:2000] for name in ("code", "message", "param")))


def error_from_answer(
    answer: Answer, title: str, order: Order | None, *, ordering: bool, hidden: str = ""
) -> ServiceError:
    """
    Return the error of an answer with a status of 400 or more.

    A body with the service's own known code decides, also at 500: it is the service that says no, and it gave no id.
    Anything else with 500 or more is a gateway's and leaves an order uncertain.

    Args:
        hidden: the beginning of the body with the key masked, for answers without a readable error.
    """
    document = answer.document
    said = read_error(document.get("error")) if isinstance(document, dict) else None
    if said is None:
        return error_for_status(answer, title, SERVICE, ordering=ordering, words=_plain(hidden))
    error = error_in_words(said, order, stage="order" if ordering else "read")
    if error is None:
        words = f"{said.code}: {said.message}".strip(": ")
        error = error_for_status(answer, title, SERVICE, ordering=ordering, words=words)
        error.code = said.code or error.code
    if hasattr(error, "wait_seconds") and answer.wait_seconds is not None:
        error.wait_seconds = answer.wait_seconds
    return error


def error_of_task(said: Said | None, title: str, order: Order) -> ServiceError:
    """Return why an accepted task ended in failure."""
    if said is None:
        return TaskFailed(
            f"'{order.request.name}': {title} failed and gave no reason. Nothing was charged.",
            remedy="Order it again.",
            service=SERVICE,
            retry=True,
        )
    error = error_in_words(said, order, stage="task")
    if error is None or isinstance(error, ServiceUnavailable):
        # On the wire "try again by itself" is right; a task that has failed is ordered again by the user alone.
        return TaskFailed(
            f"'{order.request.name}': {title} failed while making it. Nothing was charged.{_quote(said)}",
            remedy="Order it again.",
            service=SERVICE,
            code=said.code or None,
            retry=True,
        )
    return error


def error_in_words(said: Said, order: Order | None, *, stage: Stage) -> ServiceError | None:
    """Return the error for a known code; None for a code that isn't known."""
    refusal = find_refusal(said.code)
    if refusal is None:
        return None
    label, named = _named(said, order)
    happened = _sentence(refusal.happened.format(it=named))
    about = f"'{order.request.name}': " if order is not None else ""
    charge = " Nothing was charged." if stage != "read" else ""
    return refusal.kind(
        f"{about}{happened}{charge}{_quote(said)}",
        remedy=_remedy(refusal, stage),
        service=SERVICE,
        code=said.code,
        charged=False if stage != "read" else None,
        strip=_strip(order, label),
    )


def _remedy(refusal: Refusal, stage: Stage) -> str:
    return (
        refusal.remedy if stage != "task" else refusal.remedy.replace("It is tried again by itself.", "Order it again.")
    )


def _quote(said: Said) -> str:
    code = f" ({said.code})" if said.code else ""
    return f" Seedance says: “{_plain(said.message)}”{code}." if said.message else f" Its code is {said.code}."


def _plain(text: str) -> str:
    """Return foreign words on one line, without control characters, at a length fit for a message."""
    kept = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(kept.split())[:600]


def _named(said: Said, order: Order | None) -> tuple[str | None, str]:
    """Return the label of the reference that the service names, and what to call the thing that it names."""
    place = _PLACE.search(said.param) or _PLACE.search(said.message)
    reference = reference_at(order, int(place.group(1))) if place is not None and order is not None else None
    if reference is None and order is not None:
        reference = _only_one(said.code, order)
    if reference is not None and order is not None:
        return reference.label, f"{reference.label} ('{strip_of(order, reference.label)}')"
    quoted = _QUOTED.search(said.message)
    name = said.param or (quoted.group(1) if quoted is not None else "")
    return None, f"'{_plain(name)[:80]}'" if name else "something in the order"


def _only_one(code: str, order: Order) -> Any:
    """Moderation names a kind and no place: where only one reference is of that kind, it is that one."""
    for kind in _SIDES:
        if code.startswith(f"Input{kind.capitalize()}"):
            found = [reference for reference in order.references if reference.kind.value == kind]
            return found[0] if len(found) == 1 else None
    return None


def _strip(order: Order | None, label: str | None) -> str | None:
    if order is None:
        return None
    if label is not None:
        return strip_of(order, label)
    shots = order.request.shots
    return (shots[0].strips or (shots[0].name,))[0] if len(shots) == 1 else None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
