"""
Every error that Second Unit raises on purpose.

::

    SecondUnitError
    ├── TimelineError              what the editor laid out can't be read or shot
    │   ├── EmptyStretch           nothing to shoot: no usable strip in the stretch
    │   ├── EmptyPrompt            a shot says nothing and has nothing to show
    │   ├── BadRange               a range that can't be: empty, or before frame 0
    │   ├── MissingMedia           a strip's file isn't there
    │   └── UnreadableMedia        a strip's file is there and can't be decoded
    ├── PlanRefused                the order can't be sent to this model; nothing was spent
    │   ├── OverLimit              a limit of the model: seconds, counts, pixels, bytes, characters
    │   ├── UnknownModel           the catalog has no such service or model
    │   ├── RetiredModel           the model was shut down; says what replaces it
    │   ├── OverBudget             a spend cap of the user's
    │   └── AlreadyOrdered         an identical order is running or finished; nothing is paid twice
    ├── MediaError                 a file can't be prepared, rendered or verified
    │   └── BrokenTake             what came back is not what was ordered
    ├── PlacementError             a take can't be cut in; the edit is as it was
    │   ├── UnsavedEdit            the .blend has no folder yet
    │   ├── NoFreeChannel          the channel stack is full over the range
    │   └── ReadOnlyFolder         the takes folder can't be written
    ├── StoreError                 the job store
    │   ├── DamagedStore           set aside, never deleted
    │   ├── NewerStore             written by a newer Second Unit; left alone
    │   └── StoreBusy              another process holds it
    ├── HostingError               a local file could not be made a URL
    └── ServiceError               a service said no, or nothing
        ├── KeyMissing             no key in the environment or the keyring
        ├── KeyRefused             the service doesn't accept the key
        ├── NotAllowed             the account may not use this model
        ├── OutOfFunds             the account's money or pack is used up: waiting won't help
        ├── RateLimited            too many requests: waiting helps
        ├── Moderated              the prompt, a reference or the result was refused for its content
        ├── RequestRefused         the service found the order invalid
        ├── TaskFailed             accepted, then failed on the service's side
        ├── TaskExpired            the service gave up on it, or its result is no longer kept
        ├── TaskUnknown            the service has no such task
        ├── ServiceUnavailable     down or overloaded; nothing was accepted
        ├── AnswerLost             sent, and the answer never came: it may have been accepted and billed
        ├── CannotBeAsked          the service has no way to look for an order whose answer was lost
        └── HostileAnswer          an answer that must not be followed: too large, or leading elsewhere

Messages say what happened, to which strip or job, and what to do next.
"""

from __future__ import annotations

from typing import Any


class SecondUnitError(Exception):
    """
    Something the user can act upon.

    Args:
        message: what happened and to what, one or two sentences, in plain words.
        remedy: what to do next, one sentence.
        strip: the name of the strip it is about.
        job: the id of the job it is about.
        service: the service it is about.
        code: the service's own code, kept as it came.
        charged: whether it was paid for; None where that isn't known.
        retry: whether trying the same thing again, unchanged, can help.

    ``str(error)`` is the message followed by the remedy.
    """

    def __init__(
        self,
        message: str,
        *,
        remedy: str = "",
        strip: str | None = None,
        job: str | None = None,
        service: str | None = None,
        code: str | None = None,
        charged: bool | None = False,
        retry: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.strip = strip
        self.job = job
        self.service = service
        self.code = code
        self.charged = charged
        self.retry = retry

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross processes (the renderer's pool): keyword-only arguments are lost by the default pickling.
        return (_rebuild, (type(self), self.message, self.__dict__))

    def as_record(self) -> dict[str, Any]:
        """Return the error as plain data for the store, a sidecar or ``--json``; holds no secret."""
        return {
            "kind": type(self).__name__,
            "message": self.message,
            "remedy": self.remedy,
            "strip": self.strip,
            "job": self.job,
            "service": self.service,
            "code": self.code,
            "charged": self.charged,
            "retry": self.retry,
        }


def _rebuild(kind: type[SecondUnitError], message: str, state: dict[str, Any]) -> SecondUnitError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


def describe(error: BaseException) -> dict[str, Any]:
    """Return any exception as the plain data of :meth:`SecondUnitError.as_record`."""
    if isinstance(error, SecondUnitError):
        return error.as_record()
    message = f"{type(error).__name__}: {error}"
    return SecondUnitError(message, remedy="This is a fault of Second Unit: please report it.").as_record() | {
        "kind": type(error).__name__
    }


class TimelineError(SecondUnitError):
    """What the editor laid out can't be read or shot."""


class EmptyStretch(TimelineError):
    """Nothing to shoot: no usable strip in the stretch."""


class EmptyPrompt(TimelineError):
    """A shot says nothing and has nothing to show."""


class BadRange(TimelineError):
    """A range that can't be: empty, reversed, or before frame 0."""


class MissingMedia(TimelineError):
    """A strip's file isn't there."""


class UnreadableMedia(TimelineError):
    """A strip's file is there and can't be decoded."""


class PlanRefused(SecondUnitError):
    """The order can't be sent to this model as it stands. Nothing was spent."""


class OverLimit(PlanRefused):
    """A limit of the model: seconds, counts, pixels, bytes or characters."""


class UnknownModel(PlanRefused):
    """The catalog has no such service or model."""


class RetiredModel(PlanRefused):
    """The model was shut down."""


class OverBudget(PlanRefused):
    """A spend cap of the user's own would be passed."""


class AlreadyOrdered(PlanRefused):
    """An identical order is running or finished: its take can be used instead of paying again."""


class MediaError(SecondUnitError):
    """A file can't be prepared, rendered or verified."""


class BrokenTake(MediaError):
    """What came back is not what was ordered: truncated, corrupt, too short, or without its sound."""


class PlacementError(SecondUnitError):
    """A take can't be cut in. The edit is as it was."""


class UnsavedEdit(PlacementError):
    """The .blend has no folder yet, so there is nowhere to keep takes."""


class NoFreeChannel(PlacementError):
    """The channel stack is full over the range."""


class ReadOnlyFolder(PlacementError):
    """The takes folder can't be written."""


class StoreError(SecondUnitError):
    """The job store can't be used."""


class DamagedStore(StoreError):
    """The store's file is damaged. It was set aside under another name, never deleted."""


class NewerStore(StoreError):
    """The store was written by a newer Second Unit. It was left alone."""


class StoreBusy(StoreError):
    """Another process holds the store or its worker's lock."""


class HostingError(SecondUnitError):
    """A local file could not be made a URL for the service."""


class ServiceError(SecondUnitError):
    """A service said no, or nothing."""


class KeyMissing(ServiceError):
    """No key in the environment, the keyring or the key file."""


class KeyRefused(ServiceError):
    """The service doesn't accept the key."""


class NotAllowed(ServiceError):
    """The account may not use this model or endpoint, or the network may not be used."""


class OutOfFunds(ServiceError):
    """The account's money or resource pack is used up: waiting won't help."""


class RateLimited(ServiceError):
    """
    Too many requests: waiting helps, and nothing was accepted.

    Args:
        wait_seconds: how long the service asked us to wait, or None.
    """

    def __init__(self, message: str, *, wait_seconds: float | None = None, **about: Any) -> None:
        super().__init__(message, **({"retry": True} | about))
        self.wait_seconds = wait_seconds


class Moderated(ServiceError):
    """The prompt, a reference or the result was refused for its content."""


class RequestRefused(ServiceError):
    """The service found the order invalid."""


class TaskFailed(ServiceError):
    """Accepted, then failed on the service's side."""


class TaskExpired(ServiceError):
    """The service gave up on the task, or no longer keeps its result."""


class TaskUnknown(ServiceError):
    """The service has no such task."""


class ServiceUnavailable(ServiceError):
    """
    Down, overloaded or unreachable, and nothing was accepted.

    Args:
        wait_seconds: how long the service asked us to wait, or None.
    """

    def __init__(self, message: str, *, wait_seconds: float | None = None, **about: Any) -> None:
        super().__init__(message, **({"retry": True} | about))
        self.wait_seconds = wait_seconds


class AnswerLost(ServiceError):
    """The order was sent and the answer never came: it may have been accepted and billed."""

    def __init__(self, message: str, **about: Any) -> None:
        super().__init__(message, **({"charged": None} | about))


class CannotBeAsked(ServiceError):
    """The service has no way to look for an order whose answer was lost."""


class HostileAnswer(ServiceError):
    """An answer that must not be followed: too large, malformed, or leading to another scheme or a private address."""
