"""What an HTTP status means when the service's own words don't say it."""

from __future__ import annotations

from second_unit.errors import (
    AnswerLost,
    KeyRefused,
    NotAllowed,
    OutOfFunds,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceUnavailable,
    TaskUnknown,
)
from second_unit.network.client import Answer


def error_for_status(answer: Answer, title: str, service: str, *, ordering: bool, words: str = "") -> ServiceError:
    """
    Return the error that an answer's status alone amounts to.

    On an order the question is whether it may have been accepted:

    * 408: somebody grew tired of waiting. If the order had not got through, nothing was accepted; if it had, whoever
      waited was waiting for the service's answer.
    * 409, 425, 429: refused for now, surely not accepted.
    * other 4xx: refused.
    * 5xx without the service's own words: a gateway's. A 502 or 504 may come after the order was passed on, and so may
      a 503 (Envoy answers so when the connection behind it breaks) and a 500: the answer is lost.

    Args:
        answer: with a status of 400 or more.
        ordering: whether it answers an order that costs money.
        words: what the service said, already masked.
    """
    said = f" {title} says: “{words}”" if words else ""
    if ordering and (answer.status >= 500 or (answer.status == 408 and answer.whole)):
        return AnswerLost(
            f"{title} answered the order with HTTP {answer.status}: it may have been accepted and billed.{said}",
            remedy="It is not sent again by itself. Look for it at the service, or adopt its id.",
            service=service,
            code=str(answer.status),
        )
    if answer.status == 429:
        message, remedy = f"{title} was asked too often.{said}", "It is tried again later."
        return RateLimited(
            message, remedy=remedy, wait_seconds=answer.wait_seconds, service=service, code=str(answer.status)
        )
    if answer.status >= 500 or answer.status in {408, 409, 425}:
        return ServiceUnavailable(
            f"{title} can't answer just now (HTTP {answer.status}).{said}",
            remedy="It is asked again.",
            wait_seconds=answer.wait_seconds,
            service=service,
            code=str(answer.status),
        )
    kind, what, remedy = _REFUSALS.get(answer.status, _REFUSED)
    return kind(
        f"{title} {what} (HTTP {answer.status}).{said}", remedy=remedy, service=service, code=str(answer.status)
    )


_REFUSED: tuple[type[ServiceError], str, str] = (
    RequestRefused,
    "refused the request",
    "Nothing was charged. Change what it names and try again.",
)
_REFUSALS: dict[int, tuple[type[ServiceError], str, str]] = {
    401: (KeyRefused, "doesn't accept the key", "Check the key, and that it belongs to this endpoint."),
    402: (OutOfFunds, "says the account is out of funds", "Nothing was charged. Top the account up."),
    403: (NotAllowed, "doesn't allow this", "Nothing was charged. Check the account's rights."),
    404: (TaskUnknown, "doesn't know what was asked for", "Check the endpoint; services forget tasks after days."),
    407: (NotAllowed, "is behind a proxy that wants a password", "Set it in HTTPS_PROXY."),
    410: (TaskUnknown, "no longer has what was asked for", "Services forget tasks after days."),
}
