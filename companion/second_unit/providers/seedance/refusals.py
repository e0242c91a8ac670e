"""
Ark's error codes in words: what happened, whether it was charged, what to do (error-code manual, 2026-11-22).

Only tasks that succeed are billed, so none of these costs anything. A code that isn't known is kept whole and shown.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from second_unit.errors import (
    KeyRefused,
    Moderated,
    NotAllowed,
    OutOfFunds,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceUnavailable,
    TaskUnknown,
)


class Refusal(NamedTuple):
    """One code: what it is to us, what happened, what to do next. ``{it}`` stands for what the service names."""

    kind: type[ServiceError]
    happened: str
    remedy: str


_WAIT = "It is tried again by itself."
_TOP_UP = "Waiting won't help: top the account up in the service's console, then resume the job."
_CONSOLE = "Open the service's console and switch it on, then resume the job."

REFUSALS: dict[str, Refusal] = {
    # 400: the order
    "MissingParameter": Refusal(
        RequestRefused, "Seedance misses something in the order: {it}.", "Check the model and the options of the shot."
    ),
    "InvalidParameter": Refusal(
        RequestRefused, "Seedance doesn't take {it} as it was sent.", "Change what its words name and order it again."
    ),
    "InvalidParameter.UnsupportedParameter": Refusal(
        RequestRefused, "This model has no such setting: {it}.", "Take the option away, or choose another model."
    ),
    "InvalidParameter.TosURLInvalid": Refusal(
        RequestRefused,
        "Seedance couldn't fetch {it} from its web address.",
        "Check the hosting: the address must be open to the internet while the order is placed.",
    ),
    "InvalidParameter.TaskTypeConstraint": Refusal(
        RequestRefused,
        "Seedance took the prompt for an edit or an extension, which sets ratio and duration by itself.",
        "Set the option task_type=reference, or avoid words such as edit, replace, remove, extend and continue.",
    ),
    "InvalidParameter.TaskTypeMismatch": Refusal(
        RequestRefused,
        "The task type that was set doesn't fit what was sent with it.",
        "Set task_type=reference; edit and extend want a video reference.",
    ),
    "InvalidImageURL": Refusal(
        RequestRefused, "Seedance can't read {it}.", "Replace the picture, or save it again as PNG or JPEG."
    ),
    "InvalidImageURL.EmptyURL": Refusal(
        RequestRefused, "{it} came without its picture.", "Check that the strip's file can be opened."
    ),
    "InvalidImageURL.InvalidFormat": Refusal(
        RequestRefused, "{it} is in a format that Seedance doesn't read.", "Save it as PNG or JPEG."
    ),
    "SensitiveContentDetected": Refusal(
        Moderated, "Seedance refused the order for its content.", "Change the wording or the references."
    ),
    "SensitiveContentDetected.SevereViolation": Refusal(
        Moderated,
        "Seedance refused the order as a severe violation of its rules.",
        "Change the shot; repeated violations can close an account.",
    ),
    "SensitiveContentDetected.Violence": Refusal(
        Moderated, "Seedance refused the order for violence.", "Tone the action down, or show it off screen."
    ),
    "InvalidSubscription": Refusal(
        NotAllowed, "The account's subscription doesn't cover this.", "Renew or change it in the service's console."
    ),
    # 401: the key
    "AuthenticationError": Refusal(
        KeyRefused,
        "Seedance doesn't accept the key.",
        "Check it, and the host: keys of BytePlus and of Volcengine are not the same.",
    ),
    "InvalidAccountStatus": Refusal(
        NotAllowed, "The account is not in good standing.", "Look into the service's console."
    ),
    # 403: rights and money
    "AccessDenied": Refusal(
        NotAllowed, "The key may not use this model or project.", "Give it the right in the service's console."
    ),
    "OperationDenied": Refusal(NotAllowed, "Seedance doesn't allow this now.", "Look into the service's console."),
    "OperationDenied.ServiceNotOpen": Refusal(NotAllowed, "The model service isn't switched on.", _CONSOLE),
    "OperationDenied.ServiceOverdue": Refusal(OutOfFunds, "The account's bills are overdue.", _TOP_UP),
    "OperationDenied.InvalidState": Refusal(
        NotAllowed, "What was asked for can't be done in its present state.", "Look at the job again in a moment."
    ),
    "OperationDenied.FileQuotaExceeded": Refusal(
        NotAllowed, "The account's file storage is full.", "Delete files in the service's console."
    ),
    "AccountOverdueError": Refusal(OutOfFunds, "The account's bills are overdue.", _TOP_UP),
    # 404: models and tasks
    "InvalidEndpointOrModel": Refusal(
        RequestRefused, "Seedance can't use the model or endpoint.", "Check its id, and the host it belongs to."
    ),
    "InvalidEndpointOrModel.NotFound": Refusal(
        RequestRefused,
        "Seedance doesn't know the model or endpoint, or the account may not use it.",
        "Check its id and the host, and switch the model on in the service's console.",
    ),
    "InvalidEndpointOrModel.ModelIDAccessDisabled": Refusal(
        NotAllowed,
        "This account may use models only through endpoints of its own.",
        "Create an endpoint in the service's console and choose its id (ep-…) as the model.",
    ),
    "ModelNotOpen": Refusal(NotAllowed, "The model isn't switched on for this account.", _CONSOLE),
    "NotFound": Refusal(
        TaskUnknown,
        "Seedance has no such task; it keeps them for 7 days, cancelled ones for one.",
        "If it was never there, order the shot again.",
    ),
    "UnsupportedModel": Refusal(
        RequestRefused, "The model doesn't make videos in this way.", "Choose another model from the catalog."
    ),
    # 409: too late
    "InvalidAction": Refusal(RequestRefused, "That can't be done to the task any more.", "Wait for its end."),
    "InvalidAction.RunningTaskDeletion": Refusal(
        RequestRefused, "The task is running and can't be stopped.", "Wait for its end: the take will be fetched."
    ),
    # 429: too much
    "RateLimitExceeded": Refusal(RateLimited, "Too many orders in a minute.", _WAIT),
    "RateLimitExceeded.EndpointRPMExceeded": Refusal(RateLimited, "Too many orders in a minute.", _WAIT),
    "RateLimitExceeded.EndpointTPMExceeded": Refusal(RateLimited, "Too much was ordered in a minute.", _WAIT),
    "ModelAccountRpmRateLimitExceeded": Refusal(RateLimited, "Too many orders in a minute.", _WAIT),
    "ModelAccountTpmRateLimitExceeded": Refusal(RateLimited, "Too much was ordered in a minute.", _WAIT),
    "ModelAccountIpmRateLimitExceeded": Refusal(RateLimited, "Too many pictures in a minute.", _WAIT),
    "APIAccountRpmRateLimitExceeded": Refusal(RateLimited, "Too many calls in a minute.", _WAIT),
    "AccountRateLimitExceeded": Refusal(RateLimited, "Too many calls from this account.", _WAIT),
    "QuotaExceeded": Refusal(OutOfFunds, "The account's quota for this model is used up.", _TOP_UP),
    "SetLimitExceeded": Refusal(
        OutOfFunds,
        "The spending limit that was set for this model is reached, and the service is paused.",
        "Waiting won't help: raise the limit in the service's console, then resume the job.",
    ),
    "InflightBatchsizeExceeded": Refusal(RateLimited, "Too many tasks at once for this account.", _WAIT),
    "ServerOverloaded": Refusal(ServiceUnavailable, "Seedance is overloaded.", _WAIT),
    "RequestBurstTooFast": Refusal(RateLimited, "The orders came in too fast.", _WAIT),
    # 500: theirs
    "InternalServiceError": Refusal(ServiceUnavailable, "Something broke on Seedance's side.", _WAIT),
}

_MODERATION = re.compile(
    r"(?P<side>Input|Output)(?P<what>Text|Image|Video|Audio)?(?:SensitiveContentDetected|RiskDetection)(?:\.(?P<why>\w+))?"
)
_WHAT = {"Text": "text", "Image": "picture", "Video": "video", "Audio": "sound", None: "content"}


def find_refusal(code: str) -> Refusal | None:
    """Return what is known of a code, by its longest known beginning; None for a code that isn't known."""
    moderation = _MODERATION.fullmatch(code)
    if moderation is not None:
        return _moderated(**moderation.groupdict())
    parts = code.split(".")
    for length in range(len(parts), 0, -1):
        known = REFUSALS.get(".".join(parts[:length]))
        if known is not None:
            return known
    return None


def _moderated(side: str, what: str | None, why: str | None) -> Refusal:
    told = _WHAT[what]
    if why == "PrivacyInformation":
        return Refusal(
            Moderated,
            f"Seedance sees a real person in the {told} ({{it}}), which it takes only when registered with it.",
            "Use a drawn or generated face, a frame from a take of the same account, or turn the person away.",
        )
    reason = " as an infringement of rights" if why == "PolicyViolation" else f" ({why})" if why else ""
    if side == "Output":
        return Refusal(
            Moderated,
            f"Seedance made the shot and then withheld its {told}{reason}.",
            "Order it again, perhaps with another seed, or change the wording.",
        )
    subject = "prompt" if what == "Text" else f"{told} sent with it ({{it}})"
    return Refusal(
        Moderated,
        f"Seedance refused the {subject}{reason} for its content.",
        "Change the wording." if what == "Text" else "Replace or mute that reference.",
    )
