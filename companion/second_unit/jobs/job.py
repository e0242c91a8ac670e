"""The durable record of a request and of all that happened to it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

from second_unit.media.facts import MediaFacts, TakeCuts
from second_unit.plan import GenerationRequest
from second_unit.providers.provider import Billed
from second_unit.takes import Take
from second_unit.timeline import Value


class State(StrEnum):
    """Where a job stands. The first seven are open: the worker goes on with them, also after a restart."""

    PLANNED = "planned"
    PREPARING = "preparing"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    RUNNING = "running"
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    READY = "ready"
    PLACED = "placed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"


OPEN_STATES = frozenset(
    {
        State.PLANNED,
        State.PREPARING,
        State.SUBMITTING,
        State.SUBMITTED,
        State.RUNNING,
        State.DOWNLOADING,
        State.VERIFYING,
    }
)


class HistoryEntry(Value):
    """One line of "what happened": when (Unix seconds), which event, the state after it, and the words."""

    at: float
    event: str
    state: State
    message: str


class Job(Value):
    """
    One order, from plan to take. A job is at most one accepted order: ordering again is another job.

    Args:
        id: also the correlation token that providers send along where a service has a field for it.
        request: what is ordered.
        takes_folder: where its take goes.
        project: who shares the service fairly: the edit's path, or a name.
        run: the enqueueing it came from; spend caps count by it.
        endpoint: another address of the service (a rehearsal server); None is the service's own.
        created_at, updated_at: Unix seconds.
        attempts: how often the order was sent. Above 1 only where earlier ones were surely not accepted.
        submitted_at: when it was last sent, Unix seconds.
        task, details: the service's id, and what else the provider needs to ask for it.
        progress: 0 to 1 where the service or the download says so.
        message: how it stands, in words.
        error: :meth:`~second_unit.errors.SecondUnitError.as_record` of what ended or troubles it.
        cancel_asked: the user wants it stopped; the worker will.
        billed: what the service says it charged.
        expected_seconds, expects_audio, seed: what the service said of the result.
        raw: the service's last answer without its secrets, for provenance.
        rejections: how often a download didn't verify.
        take_file, take_number, take_facts, take_fingerprint: the take; the fingerprint is SHA-256 of the file.
        take_cuts: where the cuts of a take with several shots are; None where there is one shot, or they weren't
            looked for.
        same_as: the job whose take this identical order waits for, instead of paying again.
        replaced_by: the job that ordered it again.
    """

    id: str
    request: GenerationRequest
    takes_folder: Path
    state: State = State.PLANNED
    project: str = ""
    run: str = ""
    endpoint: str | None = None
    created_at: float
    updated_at: float
    attempts: int = 0
    submitted_at: float | None = None
    task: str | None = None
    details: dict[str, Any] = {}
    progress: float | None = None
    message: str = "Planned."
    error: dict[str, Any] | None = None
    cancel_asked: bool = False
    billed: Billed | None = None
    expected_seconds: float | None = None
    expects_audio: bool | None = None
    seed: int | None = None
    raw: dict[str, Any] = {}
    rejections: int = 0
    take_file: Path | None = None
    take_number: int | None = None
    take_facts: MediaFacts | None = None
    take_fingerprint: str = ""
    take_cuts: TakeCuts | None = None
    same_as: str | None = None
    replaced_by: str | None = None
    history: tuple[HistoryEntry, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the worker still has something to do for it."""
        return self.state in OPEN_STATES

    @property
    def name(self) -> str:
        """What to call it to the user: the request's name."""
        return self.request.name

    @property
    def take(self) -> Take | None:
        """The verified take of a ready or placed job; None before."""
        if self.state not in {State.READY, State.PLACED}:
            return None
        if self.take_file is None or self.take_facts is None or self.take_number is None:
            return None
        return Take(
            job=self.id,
            number=self.take_number,
            file=self.take_file,
            facts=self.take_facts,
            request=self.request,
            fingerprint=self.take_fingerprint,
            cuts=self.take_cuts,
        )
