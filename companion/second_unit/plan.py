"""
From shots to orders: which segments share a request, what each request says, and what it will cost.

A plan is data. Nothing is spent by making, printing or storing one.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path

from second_unit.shots import ReferenceKind, ReferenceSource
from second_unit.timeline import Role, ShotWarning, Value
from second_unit.timing import FrameRange, FrameRate


class Cost(Value):
    """
    What a request will cost.

    Args:
        amount: in ``currency``; None where the price isn't known.
        currency: such as ``"USD"``.
        tokens: what the service counts in, where it does.
        reason: how it was reckoned, in words.
    """

    amount: Decimal | None = None
    currency: str = "USD"
    tokens: int | None = None
    reason: str = ""


class TimedShot(Value):
    """
    One segment inside a request.

    Args:
        segment: the segment's id.
        name: the shot's name.
        range: the frames of the edit that it fills.
        start_seconds, end_seconds: its window in what will come back, whole seconds.
        text: what happens, as it stands in the prompt without its time mark.
        channel: the highest channel it was made from.
        strips: the names of the strips it was made from.
        signature: changes whenever what is asked for the shot does (:mod:`second_unit.planning.staleness`).
    """

    segment: str
    name: str
    range: FrameRange
    start_seconds: int
    end_seconds: int
    text: str = ""
    channel: int = 1
    strips: tuple[str, ...] = ()
    signature: str = ""


class OrderReference(Value):
    """
    A reference as a request sends it.

    Args:
        label: ``"Image 1"``: kind and number, counted per kind in the order sent; the same in plan, prompt and strips.
        key: the shot list's key for it.
        shots: ids of the segments in this request that use it.
        length_seconds: for video and audio, how long what is sent lasts.
        offset_seconds: by how much it starts after the first of its shots, where it starts inside that shot.
    """

    label: str
    key: str
    kind: ReferenceKind
    role: Role
    source: ReferenceSource
    name: str
    strips: tuple[str, ...] = ()
    cast: str | None = None
    description: str = ""
    exclusion: str = ""
    shots: tuple[str, ...] = ()
    length_seconds: float | None = None
    offset_seconds: float = 0.0


class GenerationRequest(Value):
    """
    Everything needed to generate, and nothing secret. The same for every service.

    Args:
        name: for people: ``"SH010–SH030"``.
        service, model: of the catalog.
        prompt: the whole text as it will be sent.
        shots: in order; their windows follow one another without a gap, from 0 to ``duration_seconds``.
        references: in the order sent, grouped by kind: images, videos, audio.
        duration_seconds: whole seconds ordered.
        ratio, resolution: of the catalog's tables.
        width, height: what they come to in pixels.
        audio: whether sound is ordered.
        seed: or None.
        rate: the edit's frames per second.
        edit: the .blend or .otio that it was planned from.
        options: what only this service understands.
        cost: what it will cost.
    """

    name: str
    service: str
    model: str
    prompt: str
    shots: tuple[TimedShot, ...]
    references: tuple[OrderReference, ...] = ()
    duration_seconds: int
    ratio: str
    resolution: str
    width: int
    height: int
    audio: bool = True
    seed: int | None = None
    rate: FrameRate
    edit: Path | None = None
    options: dict[str, str | int | float | bool] = {}
    cost: Cost = Cost()

    @property
    def range(self) -> FrameRange:
        """The frames of the edit from its first shot to its last."""
        return FrameRange(self.shots[0].range.start, self.shots[-1].range.end)

    @property
    def sends_frames(self) -> bool:
        """
        Whether its pictures are ordered as exactly the first frame, or the first and the last one.

        That takes one first frame of its first shot, at most one last frame of its last shot, and nothing else. In any
        other company a first or last frame is a reference like the others, and only the prompt says what it is.
        """
        firsts = [reference for reference in self.references if reference.role is Role.FIRST_FRAME]
        lasts = [reference for reference in self.references if reference.role is Role.LAST_FRAME]
        return (
            len(firsts) == 1
            and len(lasts) <= 1
            and len(firsts) + len(lasts) == len(self.references)
            and firsts[0].shots[:1] in ((), (self.shots[0].segment,))
            and all(last.shots[-1:] in ((), (self.shots[-1].segment,)) for last in lasts)
        )

    @property
    def fingerprint(self) -> str:
        """
        Recognise an identical order: 64 hexadecimal digits over everything that changes what comes back.

        References count by key (content, trim, role); names, channels, cost and where in the edit the shots lie don't.
        """
        told = {
            "service": self.service,
            "model": self.model,
            "prompt": self.prompt,
            "windows": [(shot.start_seconds, shot.end_seconds) for shot in self.shots],
            "references": [(reference.label, reference.key) for reference in self.references],
            "duration": self.duration_seconds,
            "size": [self.ratio, self.resolution, self.width, self.height],
            "audio": self.audio,
            "seed": self.seed,
            "options": self.options,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class Plan(Value):
    """The requests for a shot list, what each will cost, and every warning, each naming its strip."""

    requests: tuple[GenerationRequest, ...]
    warnings: tuple[ShotWarning, ...] = ()

    @property
    def cost(self) -> Cost:
        """The sum; its amount is None as soon as one request's is."""
        amounts = [request.cost.amount for request in self.requests]
        known = [amount for amount in amounts if amount is not None]
        currency = self.requests[0].cost.currency if self.requests else "USD"
        return Cost(amount=sum(known, Decimal(0)) if len(known) == len(amounts) else None, currency=currency)
