"""
How Ark says no: recorded bodies where they are known (shared facts of 2026-11-22), the same manner where they aren't.

Every message ends in the request's id, which the header ``X-Request-Id`` holds too.
"""

from __future__ import annotations

import secrets
import time

from starlette.responses import HTMLResponse, JSONResponse, Response

from second_unit.rehearsal.faults import Moderation, Refuse

_TYPES = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict"}
_TYPES |= {429: "TooManyRequests", 500: "InternalServerError"}
_BUSY = {
    "rate": (
        "RateLimitExceeded.EndpointRPMExceeded",
        "The Requests Per Minute (RPM) limit of the endpoint is exceeded.",
    ),
    "concurrency": ("InflightBatchsizeExceeded", "The number of inflight requests exceeds the limit."),
    "quota": ("QuotaExceeded", "The quota of your account for this model is exhausted."),
    "funds": ("SetLimitExceeded", "Your account has reached the set inference limit, and the model service is paused."),
    "overloaded": ("ServerOverloaded", "The service is currently unable to handle additional requests."),
    "burst": ("RequestBurstTooFast", "The request rate grew too fast. Slow down and retry."),
}
_STATUS_CODES = {
    400: ("InvalidParameter", "A parameter specified in the request is not valid."),
    401: ("AuthenticationError", "the API key or AK/SK in the request is missing or invalid."),
    403: ("AccountOverdueError", "Your account has an overdue balance. Settle it and retry."),
    404: ("NotFound.Task", "The specified resource is not found."),
    408: ("RequestTimeout", "The request was not received in time."),
    409: ("Conflict", "The request conflicts with another one."),
    425: ("TooEarly", "The request came too early."),
    500: ("InternalServiceError", "The service encountered an unexpected internal error."),
}
_GATEWAY_PAGE = (
    "<html><head><title>{status} {title}</title></head><body><center><h1>{status} {title}</h1></center></body></html>"
)
_GATEWAY_TITLES = {502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}


class Refused(Exception):
    """A request that Ark refuses; becomes an answer by :func:`refusal_answer`."""

    def __init__(self, message: str, *, code: str = "InvalidParameter", status: int = 400, param: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.param = param


def new_request_id() -> str:
    """Return an id in the shape of Ark's: 02, milliseconds, and a random tail."""
    return f"02{int(time.time() * 1000)}{secrets.token_hex(16)}"


def refusal_answer(refused: Refused, request_id: str = "", headers: dict[str, str] | None = None) -> Response:
    """Return the error body as Ark was seen to send it; 401 alone spells its ``request id`` small."""
    request_id = request_id or new_request_id()
    label = "request id" if refused.status == 401 else "Request id"
    error = {
        "code": refused.code,
        "message": f"{refused.message} {label}: {request_id}",
        "param": refused.param,
        "type": _TYPES.get(refused.status, "BadRequest"),
    }
    return JSONResponse({"error": error}, refused.status, headers={"X-Request-Id": request_id} | (headers or {}))


def asked_for(fault: Refuse) -> Response:
    """Return the error answer that a fault asks for; 502 to 504 come from a gateway, as a page."""
    headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
    if fault.status in _GATEWAY_TITLES and not fault.code:
        page = _GATEWAY_PAGE.format(status=fault.status, title=_GATEWAY_TITLES[fault.status])
        return HTMLResponse(page, fault.status, headers=headers)
    usual = (
        _BUSY[fault.reason] if fault.status == 429 else _STATUS_CODES.get(fault.status, ("InternalServiceError", ""))
    )
    code, message = fault.code or usual[0], fault.message or usual[1]
    return refusal_answer(Refused(message, code=code, status=fault.status), headers=headers)


def unauthorized() -> Refused:
    """The recorded 401."""
    return Refused(_STATUS_CODES[401][1], code="AuthenticationError", status=401)


def moderation_words(fault: Moderation) -> tuple[str, str]:
    """Return the code and message of a refusal for content: ``Output…`` for a result, ``Input…`` for what was sent."""
    side = "Input" if fault.stage == "in" else "Output"
    code = f"{side}{fault.about.capitalize()}SensitiveContentDetected" + (f".{fault.detail}" if fault.detail else "")
    reasons = {
        "PolicyViolation": "may be related to copyright restrictions",
        "PrivacyInformation": "may contain real person",
    }
    reason = reasons.get(fault.detail, "may contain sensitive information")
    return code, f"The request failed because the {side.lower()} {fault.about} {reason}."
