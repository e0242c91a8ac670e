"""
What can go wrong, to order: the faults that a test (or a nervous editor) asks the rehearsal server for.

Three sorts. *Exchange* faults happen to one HTTP exchange, on the wire. *Fate* faults settle at acceptance how a task
ends. *Take* faults spoil the movie that a task makes. A fault waits in the :class:`FaultBook` until a request matches
it, or rides on one request in the header ``X-Rehearsal-Fault``, as JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from second_unit.timeline import Value

Operation = Literal["create", "read", "list", "cancel", "media"]


class Matching(Value):
    """
    Which requests a fault befalls.

    Args:
        on: the operation; None is the fault's own usual one.
        match: only requests whose path, body, task or correlation holds this text.
        skip: let so many matching requests pass first.
        times: then befall so many; None: every one.
    """

    on: Operation | None = None
    match: str = ""
    skip: int = Field(default=0, ge=0)
    times: int | None = Field(default=1, ge=1)


class SlowAnswer(Matching):
    """The answer comes late; the order is taken before the wait, or (``accepted_first`` false) only after it."""

    kind: Literal["slow answer"] = "slow answer"
    seconds: float = 5.0
    accepted_first: bool = True


class SlowHeaders(Matching):
    """The headers dribble, a byte at a time, over so many seconds."""

    kind: Literal["slow headers"] = "slow headers"
    seconds: float = 5.0


class SlowBody(Matching):
    """Headers at once, the body in pieces over so many seconds."""

    kind: Literal["slow body"] = "slow body"
    seconds: float = 5.0
    pieces: int = Field(default=20, ge=1)


class Stall(Matching):
    """Headers and part of the body, then silence; the connection stays open (for ``seconds``)."""

    kind: Literal["stall"] = "stall"
    fraction: float = Field(default=0.5, ge=0, le=1)
    seconds: float = 3600.0


class LostAnswer(Matching):
    """The order is taken, then the connection closed without a byte of answer."""

    kind: Literal["lost answer"] = "lost answer"


class Reset(Matching):
    """
    The connection is reset (a real RST).

    Stages: ``before`` a byte of the request's body is read, ``upload``: with the body partly read; nothing is accepted
    in either. ``answer``: accepted, no byte of the answer sent. ``during``: half the answer's body. ``after``: all of
    its bytes, but never its end.
    """

    kind: Literal["reset"] = "reset"
    stage: Literal["before", "upload", "answer", "during", "after"] = "before"


class Refuse(Matching):
    """
    An error answer.

    Args:
        status: the HTTP status.
        reason: which kind of 429: rate, concurrency, overloaded, burst; quota and funds, where waiting won't help.
        code: the service's code, where another than the status's usual one is wanted.
        message: likewise.
        retry_after: the ``Retry-After`` header, seconds or an HTTP date.
        accepted: the order is taken all the same: a gateway that gave up too early.
    """

    kind: Literal["refuse"] = "refuse"
    status: int = Field(default=500, ge=300, le=599)
    reason: Literal["rate", "concurrency", "quota", "funds", "overloaded", "burst"] = "rate"
    code: str = ""
    message: str = ""
    retry_after: str | None = None
    accepted: bool = False


class Garbled(Matching):
    """The answer is 200 and not what it should be: an HTML page, broken JSON, an empty body, or far too much of it."""

    kind: Literal["garbled"] = "garbled"
    form: Literal["html", "broken json", "empty", "huge"] = "html"


class Redirected(Matching):
    """A redirect to wherever it says: another scheme, a private address."""

    kind: Literal["redirected"] = "redirected"
    to: str = "http://169.254.169.254/latest/meta-data/"
    status: int = 302


class Truncated(Matching):
    """The file is cut short and the headers agree with what is sent."""

    kind: Literal["truncated"] = "truncated"
    fraction: float = Field(default=0.5, ge=0, lt=1)


class WrongLength(Matching):
    """Content-Length promises ``more`` bytes than come, and then the connection closes."""

    kind: Literal["wrong length"] = "wrong length"
    more: int = 4096


class WrongType(Matching):
    """The right bytes under another Content-Type."""

    kind: Literal["wrong type"] = "wrong type"
    media_type: str = "application/octet-stream"


class Corrupt(Matching):
    """The file's length is right and a stretch of its middle is noise (``whole``: all of it is)."""

    kind: Literal["corrupt"] = "corrupt"
    whole: bool = False


class ExpiredUrl(Matching):
    """The download link has run out: 403."""

    kind: Literal["expired url"] = "expired url"


ExchangeFault = (
    SlowAnswer | SlowHeaders | SlowBody | Stall | LostAnswer | Reset | Refuse | Garbled | Redirected
    | Truncated | WrongLength | WrongType | Corrupt | ExpiredUrl
)  # fmt: skip


class Moderation(Matching):
    """
    Refused for its content: ``stage`` in: at once; out: the task fails after running.

    ``about`` what was objected to, ``detail`` the service's sub-code (``PolicyViolation``, ``PrivacyInformation``).
    """

    kind: Literal["moderation"] = "moderation"
    stage: Literal["in", "out"] = "out"
    about: Literal["text", "image", "video", "audio"] = "video"
    detail: str = "PolicyViolation"


class Fails(Matching):
    """The task is accepted, runs and fails with this code (``InvalidParameter.TaskTypeConstraint``, …)."""

    kind: Literal["fails"] = "fails"
    code: str = "InternalServiceError"
    message: str = "The service encountered an unexpected internal error."


class Expires(Matching):
    """The service gives up on the task: it ends ``expired`` instead of running."""

    kind: Literal["expires"] = "expires"


class OddState(Matching):
    """For a while the task says a state that no manual lists."""

    kind: Literal["odd state"] = "odd state"
    state: str = "reviewing"
    seconds: float = 1.0


class Pace(Matching):
    """The task waits and runs for so long, whatever the server's usual pace."""

    kind: Literal["pace"] = "pace"
    queued_seconds: float | None = None
    running_seconds: float | None = None


FateFault = Moderation | Fails | Expires | OddState | Pace


class NoAudio(Matching):
    """Sound was ordered and the movie has none."""

    kind: Literal["no audio"] = "no audio"


class SilentAudio(Matching):
    """The movie has a sound stream, with nothing to hear."""

    kind: Literal["silent audio"] = "silent audio"


class WrongDuration(Matching):
    """The movie is so many seconds longer or shorter (whole frames) than what was ordered."""

    kind: Literal["wrong duration"] = "wrong duration"
    seconds: float = -1.0


class CutsMoved(Matching):
    """
    The true cuts lie elsewhere than planned.

    ``seconds``: by how much, one for each inner cut (the last one goes for the rest). ``/rehearsal/orders`` tells where
    they truly are.
    """

    kind: Literal["cuts moved"] = "cuts moved"
    seconds: tuple[float, ...] = (0.5,)


class Padded(Matching):
    """The movie's file is made so many bytes large, still valid, by a hole that takes no room on disk."""

    kind: Literal["padded"] = "padded"
    bytes: int = Field(default=100_000_000, gt=0)


TakeFault = NoAudio | SilentAudio | WrongDuration | CutsMoved | Padded
Fault = Annotated[ExchangeFault | FateFault | TakeFault, Field(discriminator="kind")]
one_fault: TypeAdapter[Fault] = TypeAdapter(Fault)
many_faults: TypeAdapter[list[Fault]] = TypeAdapter(list[Fault])

_ON_MEDIA = (Truncated, WrongLength, WrongType, Corrupt, ExpiredUrl, Redirected, SlowBody)


def usual_operation(fault: Fault) -> Operation:
    """Return where a fault strikes: as it says itself, else downloads for a file's faults, else ordering."""
    return fault.on or ("media" if isinstance(fault, _ON_MEDIA) else "create")


class FaultBook:
    """The faults waiting for a request that matches; each has a number, by which it can be withdrawn."""

    def __init__(self) -> None:
        self._waiting: dict[int, Fault] = {}
        self._next = 1
        self.met: list[tuple[int, Fault]] = []

    def add(self, fault: Fault) -> int:
        """Let a fault wait; return its number."""
        number, self._next = self._next, self._next + 1
        self._waiting[number] = fault
        return number

    def waiting(self) -> dict[int, Fault]:
        """The faults that still wait, by number, with what is left of their ``skip`` and ``times``."""
        return dict(self._waiting)

    def clear(self, number: int | None = None) -> None:
        """Withdraw one fault, or all."""
        if number is None:
            self._waiting.clear()
        else:
            self._waiting.pop(number, None)

    def take(self, operation: Operation, text: str, wanted: Callable[[Fault], bool]) -> list[Fault]:
        """Return the wanted faults that befall a request with this text (path, body, task), counting it for each."""
        return [
            fault
            for number, fault in list(self._waiting.items())
            if usual_operation(fault) == operation and fault.match in text and wanted(fault)
            if self._count(number, fault)
        ]

    def _count(self, number: int, fault: Fault) -> bool:
        if fault.skip:
            self._waiting[number] = fault.model_copy(update={"skip": fault.skip - 1})
            return False
        self.met.append((number, fault))
        if fault.times is None:
            return True
        if fault.times == 1:
            del self._waiting[number]
        else:
            self._waiting[number] = fault.model_copy(update={"times": fault.times - 1})
        return True
