"""
What can happen to a job: one small class each, named as what has happened, read by :func:`transition`.

Every event carries ``at``, Unix seconds of the clock that saw it. ``str(event)`` is the line that the job's history
shows; it holds no secret.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from second_unit.media.facts import MediaFacts, TakeCuts
from second_unit.providers.provider import Billed
from second_unit.timeline import Value


class Event(Value):
    """Something that happened to a job."""

    at: float

    def __str__(self) -> str:
        return type(self).__name__


class Started(Event):
    """The worker took the job up."""

    def __str__(self) -> str:
        return "Preparing the references."


class Prepared(Event):
    """So much of the references is ready, 0 to 1."""

    fraction: float

    def __str__(self) -> str:
        return "Preparing the references."


class Sending(Event):
    """The order is about to be sent: saved before the first byte leaves."""

    estimated: Decimal | None = None

    def __str__(self) -> str:
        return "Placing the order."


class Accepted(Event):
    """The service took the order. ``found``: learnt by looking for it, after its answer was lost."""

    task: str
    details: dict[str, Any] = {}
    found: bool = False

    def __str__(self) -> str:
        how = "Found at the service after its answer was lost" if self.found else "Accepted by the service"
        return f"{how} as task {self.task}."


class Postponed(Event):
    """Surely nothing was accepted; the worker tries again after ``wait_seconds``."""

    error: dict[str, Any]
    wait_seconds: float = 0

    def __str__(self) -> str:
        return f"{self.error['message']} Nothing was accepted; trying again in {self.wait_seconds:.0f} s."


class NotAccepted(Event):
    """The service was asked for the order whose answer was lost, and surely doesn't have it."""

    def __str__(self) -> str:
        return "The answer was lost, and the service says that it has no such order: nothing was charged."


class Lost(Event):
    """The answer was lost and the service can't be asked: it may have been accepted and billed."""

    error: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.error['message']} It may have been accepted and billed."


class Queued(Event):
    """The service has it and hasn't begun."""

    raw_state: str = ""

    def __str__(self) -> str:
        return "Waiting in the service's queue."


class Moved(Event):
    """The service is making it. ``fraction`` 0 to 1 where it says so."""

    fraction: float | None = None
    raw_state: str = ""

    def __str__(self) -> str:
        return "The service is making it." if not self.raw_state else f"The service says: {self.raw_state}."


class Troubled(Event):
    """Something didn't work that is safe to try again; the worker does, after ``wait_seconds``."""

    error: dict[str, Any]
    wait_seconds: float = 0

    def __str__(self) -> str:
        return f"{self.error['message']} Trying again in {self.wait_seconds:.0f} s."


class Made(Event):
    """The result exists at the service. Its URL is a secret that expires: it is asked for again, never kept."""

    expected_seconds: float | None = None
    expects_audio: bool | None = None
    seed: int | None = None
    billed: Billed = Billed()
    raw: dict[str, Any] = {}

    def __str__(self) -> str:
        return "Made; downloading."


class Received(Event):
    """So much of the download is here, 0 to 1."""

    fraction: float | None = None

    def __str__(self) -> str:
        return "Downloading."


class Downloaded(Event):
    """All of it is on disk under a temporary name."""

    bytes: int

    def __str__(self) -> str:
        return f"Downloaded {self.bytes} bytes; verifying."


class Named(Event):
    """The take's name was chosen; nothing else of ours will take it."""

    file: Path
    number: int

    def __str__(self) -> str:
        return f"Becomes {self.file.name}."


class Rejected(Event):
    """What was downloaded doesn't verify; it is fetched again."""

    error: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.error['message']} Fetching it again."


class Verified(Event):
    """The take is on disk under its own name, whole and fingerprinted; its cuts were looked for."""

    facts: MediaFacts
    fingerprint: str
    cuts: TakeCuts | None = None

    def __str__(self) -> str:
        return "Ready."


class Reused(Event):
    """An identical order's take serves this one; nothing was paid."""

    of: str
    file: Path
    number: int
    facts: MediaFacts
    fingerprint: str
    cuts: TakeCuts | None = None

    def __str__(self) -> str:
        return f"Uses the take of the identical order {self.of}; nothing was paid."


class Placed(Event):
    """The take was cut into the edit."""

    def __str__(self) -> str:
        return "Placed in the edit."


class TakenBack(Event):
    """The take was taken out of the edit again; the file stays."""

    def __str__(self) -> str:
        return "Taken out of the edit."


class Failed(Event):
    """It ended without a take. ``error`` says why and whether it was charged."""

    error: dict[str, Any]
    billed: Billed = Billed()

    def __str__(self) -> str:
        return str(self.error["message"])


class CancelAsked(Event):
    """The user wants it stopped."""

    def __str__(self) -> str:
        return "Asked to cancel."


class CancelRefused(Event):
    """It couldn't be stopped; it goes on."""

    message: str

    def __str__(self) -> str:
        return self.message


class Cancelled(Event):
    """It was stopped. ``charged`` None: not known."""

    message: str
    charged: bool | None = False

    def __str__(self) -> str:
        return self.message


class CheckAsked(Event):
    """The user wants the service to be asked once more whether it has the order."""

    def __str__(self) -> str:
        return "Asking the service once more."


class Adopted(Event):
    """The user found the order at the service and gave its task id."""

    task: str
    details: dict[str, Any] = {}

    def __str__(self) -> str:
        return f"Adopted the service's task {self.task}."


class AskedAgain(Event):
    """The user wants a failed job's task asked for again: nothing new is ordered."""

    def __str__(self) -> str:
        return "Asking for the result again."


class StartedAgain(Event):
    """The user wants a job that was never accepted taken up again."""

    def __str__(self) -> str:
        return "Taken up again."


class Replaced(Event):
    """The user knowingly ordered it again, as another job."""

    by: str

    def __str__(self) -> str:
        return f"Ordered again as job {self.by}."
