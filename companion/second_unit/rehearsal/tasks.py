"""
What the rehearsal server took on: orders, and how they stand at a given moment.

How a task stands is reckoned from the clock, never ticked: a server that was killed and started again tells the same
story, and a test moves the clock instead of waiting.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from second_unit.rehearsal.faults import Expires, Fails, FateFault, Moderation, OddState, TakeFault
from second_unit.shots import ReferenceKind
from second_unit.timeline import Value

FRAME_RATE = 24


class Attachment(Value):
    """
    What came with an order, saved as a file.

    Args:
        place: where in the body it stood: ``content[1]``.
        label: ``Image 1``, counted per kind in the order sent.
        role: the service's word for what it is for; empty where none was sent.
        source: how it came: inline, fetched from a URL, or named as an asset that the server can't see.
        file: the saved file, named by its content; None for an asset.
        seconds: of video and audio.
    """

    place: str
    label: str
    kind: ReferenceKind
    role: str = ""
    source: Literal["data", "url", "asset"] = "data"
    media_type: str = ""
    file: Path | None = None
    sha256: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    seconds: float | None = None
    rate: float | None = None
    codec: str = ""


class Commission(Value):
    """
    Exactly what the renderer is to make; two equal ones make the same movie, which is rendered once.

    Args:
        frames: how many, at 24 a second.
        audio: whether it has a sound stream; ``silent``: with nothing to hear.
        picture: the codec: H.264 with 4:2:0 or 4:4:4 colour, or 10-bit H.265.
        seed: as far as the client chose one: another seed makes another movie.
        cuts_moved: seconds by which the inner cuts lie from where the prompt puts them.
        fast: a plain clip with the right size, length, cuts and pops, for load tests.
    """

    prompt: str
    attachments: tuple[Attachment, ...] = ()
    width: int
    height: int
    frames: int = Field(gt=0)
    audio: bool = True
    silent: bool = False
    container: Literal["mp4", "mov"] = "mp4"
    picture: Literal["h264", "h264 444", "h265"] = "h264"
    seed: int = 0
    cuts_moved: tuple[float, ...] = ()
    sync_pops: bool = True
    padding_bytes: int = 0
    fast: bool = False


class Made(Value):
    """
    What the renderer made of a commission.

    Args:
        planned_cuts, true_cuts: the first frame of every panel, as the prompt has it and as the movie has it.
    """

    movie: Path
    last_frame: Path
    planned_cuts: tuple[int, ...] = ()
    true_cuts: tuple[int, ...] = ()
    at: float = 0.0


class Task(Value):
    """
    One accepted order. ``number`` counts them; ``correlation`` is the client's own token, empty where it sent none.

    ``echo`` holds what the service's wire tells back (ratio, seed, tokens, …); ``body`` the order's JSON with inline
    media replaced by the names of their files. ``cancelled_at`` and ``deleted`` are all that changes later, beside
    what became of the rendering.
    """

    number: int
    id: str
    service: str
    model: str
    correlation: str = ""
    accepted_at: float
    starts_at: float
    ends_at: float
    expires_at: float
    body: dict[str, Any]
    body_file: Path
    echo: dict[str, Any] = {}
    commission: Commission
    fates: tuple[FateFault, ...] = ()
    take_faults: tuple[TakeFault, ...] = ()
    cancelled_at: float | None = None
    deleted: bool = False
    made: Made | None = None
    broke: str | None = None


State = Literal["queued", "running", "succeeded", "failed", "expired", "cancelled", "odd"]


class Standing(Value):
    """How a task stands: its state, since when, and (failed) why. ``raw_state`` is an odd state's name."""

    state: State
    since: float
    cause: Moderation | Fails | None = None
    raw_state: str = ""


def standing(task: Task, now: float) -> Standing:
    """Return how a task stands at that moment."""
    if task.cancelled_at is not None:
        return Standing(state="cancelled", since=task.cancelled_at)
    return _given_up(task, now) or _under_way(task, now) or _ended(task)


def _given_up(task: Task, now: float) -> Standing | None:
    gives_up_at = task.starts_at if any(isinstance(fate, Expires) for fate in task.fates) else task.expires_at
    unfinished = gives_up_at < task.ends_at
    return Standing(state="expired", since=gives_up_at) if unfinished and now >= gives_up_at else None


def _under_way(task: Task, now: float) -> Standing | None:
    if now < task.starts_at:
        return Standing(state="queued", since=task.accepted_at)
    for fate in task.fates:
        if isinstance(fate, OddState) and now < task.starts_at + fate.seconds:
            return Standing(state="odd", since=task.starts_at, raw_state=fate.state)
    if now < task.ends_at:
        return Standing(state="running", since=task.starts_at)
    return None


def _ended(task: Task) -> Standing:
    for fate in task.fates:
        if isinstance(fate, (Moderation, Fails)):
            return Standing(state="failed", since=task.ends_at, cause=fate)
    if task.broke is not None:
        return Standing(state="failed", since=task.ends_at, cause=Fails(message=task.broke))
    if task.made is None:  # the clock says done, the renderer doesn't
        return Standing(state="running", since=task.starts_at)
    return Standing(state="succeeded", since=max(task.ends_at, task.made.at))
