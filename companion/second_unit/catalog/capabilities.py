"""What one model accepts, and what it costs: the values. The figures are data, in ``models.json`` beside this file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from second_unit.shots import ReferenceKind
from second_unit.timeline import Value


class PricePerSecond(Value):
    """So much a second of output, by resolution; ``"*"`` stands for every other resolution."""

    kind: Literal["per second"] = "per second"
    currency: str = "USD"
    by_resolution: dict[str, Decimal]


class PricePerToken(Value):
    """
    So much a million tokens, by resolution, with tokens counted from pixels: Seedance's way.

    Args:
        by_resolution: price a million tokens without a video among the references.
        with_video: the same with one.
        least_seconds_with_video: the least billed seconds (input and output together) by output seconds, for orders
            with a video reference.
        least_seconds_by_resolution: the same, for resolutions that have a table of their own.
    """

    kind: Literal["per token"] = "per token"
    currency: str = "USD"
    by_resolution: dict[str, Decimal]
    with_video: dict[str, Decimal] = {}
    least_seconds_with_video: dict[int, int] = {}
    least_seconds_by_resolution: dict[str, dict[int, int]] = {}


class Free(Value):
    """Made on this machine."""

    kind: Literal["free"] = "free"


Price = Annotated[PricePerSecond | PricePerToken | Free, Field(discriminator="kind")]


class ReferenceLimits(Value):
    """How many and how large the references of one kind may be. None: no limit known."""

    count: int = 0
    total_seconds: float | None = None
    least_seconds: float | None = None
    most_seconds: float | None = None
    most_bytes: int | None = None
    least_side: int | None = None
    most_side: int | None = None
    least_pixels: int | None = None
    most_pixels: int | None = None
    least_ratio: float | None = None
    most_ratio: float | None = None
    least_rate: float | None = None
    most_rate: float | None = None
    formats: tuple[str, ...] = ()


class Capabilities(Value):
    """
    What one model accepts.

    Args:
        least_seconds: the shortest order.
        most_seconds: the longest order.
        sizes: pixels by resolution and ratio: ``sizes["720p"]["16:9"] == (1280, 720)``.
        shots: how many timed shots one order may hold.
        least_window_seconds: the shortest timed shot inside an order.
        image, video, audio: limits of each kind of reference.
        references: how many references in all.
        prompt_characters: the longest prompt.
        generates_audio: whether sound can be ordered.
        frame_rate: frames a second of what comes back.
        extra_frames: frames that come back beyond ``frame_rate · seconds``.
        dialect: how it wants timed shots written (``second_unit.prompts.dialects``).
        reference_name: how it wants a reference named in the prompt: ``"Image {n}"`` with the kind filled in, such as
            ``"{kind} {n}"`` or ``"@{kind} {n}"``.
        frames_exclude_references: first and last frames can't be mixed with other references.
        frames_set_ratio: with an exact first frame the result takes that picture's shape, whatever ratio was ordered.
        audio_needs_picture: audio can't be the only reference.
        first_frame, last_frame: whether a picture can be ordered as exactly the first or last frame.
        video_needs_url: local videos must be hosted somewhere the service can reach.
        request_bytes: the largest request body.
    """

    least_seconds: int
    most_seconds: int
    default_resolution: str
    sizes: dict[str, dict[str, tuple[int, int]]]
    shots: int = 1
    least_window_seconds: int = 1
    image: ReferenceLimits = ReferenceLimits()
    video: ReferenceLimits = ReferenceLimits()
    audio: ReferenceLimits = ReferenceLimits()
    references: int = 0
    prompt_characters: int = 5000
    generates_audio: bool = True
    frame_rate: int = 24
    extra_frames: int = 0
    dialect: str = "numbered"
    reference_name: str = "{kind} {n}"
    frames_exclude_references: bool = False
    frames_set_ratio: bool = False
    audio_needs_picture: bool = False
    first_frame: bool = True
    last_frame: bool = True
    video_needs_url: bool = False
    request_bytes: int | None = None

    def limits(self, kind: ReferenceKind) -> ReferenceLimits:
        """Return the limits of one kind of reference."""
        return {ReferenceKind.IMAGE: self.image, ReferenceKind.VIDEO: self.video, ReferenceKind.AUDIO: self.audio}[kind]


class Model(Value):
    """
    One entry of the catalog.

    Args:
        service: the provider's name.
        id: what the service calls it, or our name for it where the id differs by host (see ``ids``).
        title: for people.
        ids: the model id by host, where a service has several (Seedance: ``byteplus`` and ``volcengine``).
        capabilities: what it accepts.
        price: None where it isn't known.
        prices: by host, for hosts that ask another price or another currency.
        source: where the figures come from.
        verified_on: the day they were read.
        retired_on: the day it was shut down.
        replaced_by: what to use instead, ``"service/model"``.
    """

    service: str
    id: str
    title: str
    ids: dict[str, str] = {}
    capabilities: Capabilities
    price: Price | None = None
    prices: dict[str, Price] = {}
    source: str = ""
    verified_on: date
    retired_on: date | None = None
    replaced_by: str = ""
