"""Which media Ark takes with an order: how many, how large, how long, by the catalog's figures for the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from second_unit.catalog.capabilities import Capabilities, ReferenceLimits
from second_unit.rehearsal.ark_content import Content
from second_unit.rehearsal.ark_errors import Refused
from second_unit.rehearsal.media import MediaRefused
from second_unit.rehearsal.tasks import Attachment
from second_unit.shots import ReferenceKind

# Recorded by a client that checks before it sends: 15.1 and 30.1 s still pass (ComfyUI's nodes, facts 2.1).
_SECONDS_TOLERANCE = 0.1


def check_urls(content: Content, capabilities: Capabilities) -> None:
    """Refuse inline video: it must be a link."""
    for one in content.of(ReferenceKind.VIDEO):
        if capabilities.video_needs_url and one.url[:5].lower() == "data:":
            raise _invalid(one.place, "reference_video must be provided as a web url")
    for one in content.sent:
        if not one.url.lower().startswith(("http://", "https://", "data:", "asset://")):
            raise Refused(
                "The image, video or audio URL is not valid.", code="InvalidImageURL.InvalidFormat", param=one.place
            )


def as_refused(refused: MediaRefused) -> Refused:
    """Word what went wrong with a piece of media as Ark does."""
    reasons = {
        "timeout": "timeout while fetching resource",
        "download": "resource download failed",
        "too large": "resource is too large",
        "bad data": f"invalid url specified, {refused.message}",
        "unreadable": "failed to decode the resource, check its format",
    }
    return _invalid(refused.place, reasons[refused.kind])


def check_attachments(content: Content, attachments: Sequence[Attachment], capabilities: Capabilities) -> None:
    """Refuse what is too many, too large, too small, too long or too short; assets can't be looked into."""
    if content.mode == "r2v":
        _check_counts(content, capabilities)
    seen = [one for one in attachments if one.source != "asset"]
    for one in seen:
        for reason in _faults_of(one, capabilities.limits(one.kind)):
            raise _invalid(one.place, reason)
    for kind in (ReferenceKind.VIDEO, ReferenceKind.AUDIO):
        most = capabilities.limits(kind).total_seconds
        total = sum(one.seconds or 0 for one in seen if one.kind is kind)
        if most is not None and total > most + _SECONDS_TOLERANCE:
            raise _invalid("content", f"the total duration of reference {kind.value}s must be at most {most:g} seconds")


def _check_counts(content: Content, capabilities: Capabilities) -> None:
    for kind in ReferenceKind:
        count, most = len(content.of(kind)), capabilities.limits(kind).count
        if count > most:
            raise _invalid(
                "content", f"expected at most {most} reference {kind.value} contents but got {count} instead"
            )
    if len(content.sent) > capabilities.references:
        count = len(content.sent)
        raise _invalid(
            "content", f"expected at most {capabilities.references} reference contents but got {count} instead"
        )
    if capabilities.audio_needs_picture and all(one.kind is ReferenceKind.AUDIO for one in content.sent):
        raise _invalid("content", "reference_audio cannot be the only reference input")


def _faults_of(one: Attachment, limits: ReferenceLimits) -> Iterator[str]:
    if limits.most_bytes is not None and one.bytes > limits.most_bytes:
        yield f"the {one.kind.value} size must be at most {limits.most_bytes} bytes"
    if one.kind is not ReferenceKind.AUDIO:
        yield from _faults_of_picture(one, limits)
    if one.seconds is not None:
        yield from _outside("duration", one.seconds, limits.least_seconds, limits.most_seconds, _SECONDS_TOLERANCE)
    if one.rate is not None:
        yield from _outside("frame rate", one.rate, limits.least_rate, limits.most_rate, 0.05)


def _faults_of_picture(one: Attachment, limits: ReferenceLimits) -> Iterator[str]:
    if not (one.width and one.height):
        yield "no picture in the resource"
        return
    yield from _outside("width", one.width, limits.least_side, limits.most_side)
    yield from _outside("height", one.height, limits.least_side, limits.most_side)
    yield from _outside("aspect ratio", one.width / one.height, limits.least_ratio, limits.most_ratio)
    yield from _outside("pixel count", one.width * one.height, limits.least_pixels, limits.most_pixels)


def _outside(what: str, value: float, least: float | None, most: float | None, tolerance: float = 0.0) -> Iterator[str]:
    if (least is not None and value < least - tolerance) or (most is not None and value > most + tolerance):
        shown = " and ".join(f"{limit:.10g}" for limit in (least, most) if limit is not None)
        yield f"{what} must be between {shown}, got {value:.6g}"


def _invalid(param: str, reason: str) -> Refused:
    return Refused(f"The parameter `{param}` specified in the request is not valid: {reason}.", param=param)
