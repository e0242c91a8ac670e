"""How Ark tells of a task (read and list pages, 2026-11): what becomes of each state, and what it was billed."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from second_unit.catalog.capabilities import PricePerToken
from second_unit.catalog.models import model_of, price_of
from second_unit.errors import HostileAnswer, SecondUnitError, TaskExpired
from second_unit.network.reach import shown
from second_unit.plan import GenerationRequest
from second_unit.planning.cost import PLACES
from second_unit.providers.provider import Billed, Finished, Order, Progress, Running, Stopped, Waiting
from second_unit.providers.seedance.errors import SERVICE, error_of_task, read_error
from second_unit.providers.seedance.settings import Host
from second_unit.shots import ReferenceKind

FRAME_RATE = 24
_FREE = Billed(charged=False)


def read_progress(told: Any, order: Order, host: Host, title: str) -> Progress:
    """
    Return how a task stands.

    Args:
        told: the body of a read, or one item of a list.

    Raises:
        HostileAnswer: it is no task at all.
        TaskExpired: it succeeded, and its film is no longer there.
    """
    if not isinstance(told, dict) or not isinstance(told.get("status"), str):
        raise HostileAnswer(
            f"'{order.request.name}': {title} told of the task in a way that can't be read.",
            remedy="It is asked again.",
            service=SERVICE,
            charged=None,
            retry=True,
        )
    match told["status"]:
        case "queued":
            return Waiting(raw_state="queued")
        case "succeeded":
            return _finished(told, order, host, title)
        case "failed" | "expired" | "cancelled" | "canceled":
            return _ended(told, order, title)
        case status:
            # "running", or one that isn't known: kept, shown, and asked about again. It is no end until one is told.
            return Running(raw_state=status[:100])


def _ended(told: dict[str, Any], order: Order, title: str) -> Stopped:
    match told["status"]:
        case "failed":
            # Documented as "error"; one of the official clients types it "failure_reason" in lists.
            said = read_error(told.get("error")) or read_error(told.get("failure_reason"))
            return _stopped(told, error_of_task(said, title, order))
        case "expired":
            return _stopped(told, _expired(order, title))
        case _:
            return _stopped(told, _cancelled(order, title), cancelled=True)


def _finished(told: dict[str, Any], order: Order, host: Host, title: str) -> Finished:
    content = told.get("content")
    url = content.get("video_url") if isinstance(content, dict) else None
    billed = read_bill(told, order.request, host)
    if not isinstance(content, dict) or not isinstance(url, str) or not url:
        raise TaskExpired(
            f"'{order.request.name}': {title} finished it, and its film is no longer there.",
            remedy="Films are kept for a day. It was billed; order it again knowingly.",
            service=SERVICE,
            charged=True,
        )
    last_frame = content.get("last_frame_url")
    audio = told.get("generate_audio")
    return Finished(
        url=url,
        last_frame_url=last_frame if isinstance(last_frame, str) and last_frame else None,
        expected_seconds=_seconds(told, order.request),
        expects_audio=audio if isinstance(audio, bool) else order.request.audio,
        seed=_whole(told.get("seed")),
        billed=billed,
        raw=without_links(told),
    )


def _stopped(told: dict[str, Any], error: SecondUnitError, *, cancelled: bool = False) -> Stopped:
    # "Only succeeded tasks are billed" (price page, 2026-10): failures, refusals and cancellations cost nothing.
    return Stopped(error=error.as_record(), cancelled=cancelled, billed=_FREE, raw=without_links(told))


def _expired(order: Order, title: str) -> TaskExpired:
    return TaskExpired(
        f"'{order.request.name}': {title} gave up on it: it wasn't made in the time that was set. Nothing was charged.",
        remedy="Order it again, or allow it more time with the option execution_expires_after.",
        service=SERVICE,
        code="expired",
        retry=True,
    )


def _cancelled(order: Order, title: str) -> SecondUnitError:
    return SecondUnitError(
        f"'{order.request.name}' was cancelled at {title} before it was begun. Nothing was charged.",
        remedy="Order it again when you want it.",
        service=SERVICE,
        code="cancelled",
    )


def read_bill(told: dict[str, Any], request: GenerationRequest, host: Host) -> Billed:
    """Return what a succeeded task was billed: its tokens as told, and their price by the catalog."""
    usage = told.get("usage")
    tokens = _whole(usage.get("total_tokens") or usage.get("completion_tokens")) if isinstance(usage, dict) else None
    if tokens is None:
        return Billed(charged=True)
    price = price_of(model_of(request), host)
    resolution = told.get("resolution") if isinstance(told.get("resolution"), str) else request.resolution
    if not isinstance(price, PricePerToken):
        return Billed(charged=True, tokens=tokens)
    has_video = any(reference.kind is ReferenceKind.VIDEO for reference in request.references)
    rate = (price.with_video if has_video else price.by_resolution).get(str(resolution))
    amount = None if rate is None else (Decimal(tokens) * rate / 1_000_000).quantize(PLACES)
    return Billed(charged=True, amount=amount, currency=price.currency, tokens=tokens)


def without_links(told: Any) -> Any:
    """Return an answer for keeping: web addresses without their queries, which let anybody in."""
    match told:
        case dict():
            return {str(name): without_links(value) for name, value in told.items()}
        case list():
            return [without_links(value) for value in told]
        case str() if told.startswith(("http://", "https://")) and urlsplit(told).query:
            return shown(told)
        case _:
            return told


def _seconds(told: dict[str, Any], request: GenerationRequest) -> float | None:
    # One frame more than ordered comes back: 121 for 5 s, and "duration" is their number over 24, rounded down.
    seconds, frames = told.get("duration"), _whole(told.get("frames"))
    if frames:
        return frames / FRAME_RATE
    if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and math.isfinite(seconds) and seconds > 0:
        return float(seconds)
    return float(request.duration_seconds)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
