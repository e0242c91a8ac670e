"""
What a provider must answer: submit, progress, download, cancel.

A provider is stateless between calls: whatever it must know again after a restart is in the job's row. It raises the
typed errors of :mod:`second_unit.errors` and never retries a submission. Retrying reads is the worker's business.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

from pydantic import Field

from second_unit.media.facts import PreparedReference
from second_unit.plan import GenerationRequest
from second_unit.timeline import Value


class Order(Value):
    """A request with its prepared references: all that a provider needs to submit."""

    job: str
    request: GenerationRequest
    references: tuple[PreparedReference, ...] = ()


class Accepted(Value):
    """The service took the order. ``task`` is its id; ``details`` whatever else the provider needs to ask again."""

    task: str
    details: dict[str, Any] = {}


class Billed(Value):
    """What the service says it charged, as far as it says. ``charged`` None: not known."""

    charged: bool | None = None
    amount: Decimal | None = None
    currency: str = "USD"
    tokens: int | None = None


class Waiting(Value):
    """Accepted, not started. It may still be cancelled for nothing."""

    state: Literal["waiting"] = "waiting"
    raw_state: str = ""


class Running(Value):
    """Being made. ``fraction`` 0 to 1 where the service says so."""

    state: Literal["running"] = "running"
    fraction: float | None = None
    raw_state: str = ""


class Finished(Value):
    """Ready to download. ``raw`` is the service's answer without its secrets, kept for provenance."""

    state: Literal["finished"] = "finished"
    url: str = ""
    last_frame_url: str | None = None
    expected_seconds: float | None = None
    expects_audio: bool | None = None
    seed: int | None = None
    billed: Billed = Billed()
    raw: dict[str, Any] = {}


class Stopped(Value):
    """
    Ended without a result. ``error`` is :meth:`~second_unit.errors.SecondUnitError.as_record` of why.

    ``cancelled`` is true where the user asked for it.
    """

    state: Literal["stopped"] = "stopped"
    error: dict[str, Any]
    cancelled: bool = False
    billed: Billed = Billed()
    raw: dict[str, Any] = {}


Progress = Annotated[Waiting | Running | Finished | Stopped, Field(discriminator="state")]


class Cancelled(Value):
    """What came of asking to cancel: ``stopped`` says whether it was; ``message`` what to tell the user."""

    stopped: bool
    charged: bool | None = None
    message: str


class Provider(Protocol):
    """
    The one file that knows one service.

    ``name`` is the service's name in the catalog. Every method may raise any :class:`~second_unit.errors.ServiceError`.
    """

    name: str

    async def submit(self, order: Order) -> Accepted:
        """
        Place the order, once.

        Raises:
            AnswerLost: bytes were sent and no answer came: it may have been accepted and billed.
            ServiceUnavailable, RateLimited: surely nothing was accepted; the worker may try again.
            ServiceError: refused, for the reason that its type says.
        """
        ...

    async def progress(self, accepted: Accepted, order: Order) -> Progress:
        """Ask how it stands. Safe to repeat. Unknown states are kept whole in ``raw_state`` and count as running."""
        ...

    async def download(
        self, finished: Finished, to: Path, order: Order, report: Callable[[int, int | None], Awaitable[None]]
    ) -> None:
        """
        Fetch the result into ``to`` (a temporary name; resumed where it stands), telling ``report(bytes, total)``.

        Raises:
            TaskExpired: the URL no longer works: ask :meth:`progress` again for a new one.
        """
        ...

    async def cancel(self, accepted: Accepted, order: Order) -> Cancelled:
        """Ask to stop it, and tell the truth about what that achieved."""
        ...

    async def find(self, order: Order, since: float) -> Accepted | None:
        """
        After a lost answer: find the order among the service's tasks since then (Unix seconds), without placing it.

        Returns None where the service surely doesn't have it.

        Raises:
            CannotBeAsked: the service has no way to look; the job becomes ``uncertain``.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class AsksMany(Protocol):
    """A provider that can ask for many tasks in one call. The worker then groups its polls."""

    async def progress_many(self, asked: Sequence[tuple[Accepted, Order]]) -> Mapping[str, Progress]:
        """
        Ask how these tasks stand, in one call (or few). Safe to repeat.

        Returns the progress by task id. A task that the answer doesn't hold is simply left out: the worker then asks
        for it alone, by :meth:`Provider.progress`. An error of the whole call is raised.
        """
        ...


@runtime_checkable
class CanBeTried(Protocol):
    """A provider that can ask its service whether the key and the address work, without ordering anything."""

    async def try_out(self, host: str) -> str:
        """
        Ask for something that costs nothing; return in a sentence that it worked.

        Args:
            host: whose service, where there are several; empty takes the usual one.
        """
        ...
