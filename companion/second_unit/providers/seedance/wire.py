"""
An order as Ark's JSON (create-task page of Volcengine Ark and BytePlus ModelArk, 2026-11).

Three modes that exclude one another: text alone, a first frame (and a last one), or references of any kind. What a
model doesn't take isn't sent, for some of it is refused and the rest silently ignored.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from second_unit.errors import HostingError
from second_unit.media.facts import PreparedReference
from second_unit.providers.provider import Order
from second_unit.providers.seedance.settings import SeedanceOptions, is_2_5, read_options, wire_model
from second_unit.shots import ReferenceKind
from second_unit.timeline import Role

ADAPTIVE = "adaptive"
MODEL_DECIDES = -1

_FRAME_ROLES = {Role.FIRST_FRAME: "first_frame", Role.LAST_FRAME: "last_frame"}
_REFERENCE_ROLES = {
    ReferenceKind.IMAGE: "reference_image",
    ReferenceKind.VIDEO: "reference_video",
    ReferenceKind.AUDIO: "reference_audio",
}
# The format in a data: URL is lower case, and by the short name (create-task page).
_SHORT_FORMATS = {"mpeg": "mp3", "x-wav": "wav", "wave": "wav", "vnd.wave": "wav", "jpg": "jpeg"}


def wire_request(order: Order, urls: Mapping[str, str]) -> dict[str, Any]:
    """
    Return the body of the create call. Nothing is read or sent.

    Args:
        order: the order.
        urls: where each reference is, by its label: a web address, ``asset://…`` or a ``data:`` URL.

    Raises:
        PlanRefused: an option that Seedance, or this model, doesn't have.
    """
    options = read_options(order.request)
    body: dict[str, Any] = {"model": wire_model(order.request, options.host)}
    if options.draft_task:
        body |= _completion(options)
    else:
        body |= {"content": _content(order, urls)} | _terms(order, options)
    body |= _anyhow(options)
    return body | {"safety_identifier": correlation_token(order.job)}


def correlation_token(job: str) -> str:
    """Return what the service is told in ``safety_identifier`` (64 characters at most), to know a job's task again."""
    return f"second-unit-{hashlib.sha256(job.encode()).hexdigest()[:48]}"


def sends_frames(order: Order) -> bool:
    """Whether pictures go as exact first and last frames, which takes that nothing else goes with them."""
    return order.request.sends_frames and all(reference.role in _FRAME_ROLES for reference in order.references)


def reference_urls(order: Order) -> dict[str, str]:
    """
    Return where each reference is, by its label: its web address, else its content as a ``data:`` URL. Reads files.

    Raises:
        HostingError: a video has no web address; names its strip and the ways out.
    """
    return {reference.label: _url(order, reference) for reference in order.references}


def _url(order: Order, reference: PreparedReference) -> str:
    if reference.url is not None:
        return reference.url
    if reference.kind is ReferenceKind.VIDEO:
        # "reference_video must be provided as a web url": recorded, HTTP 400.
        strip = strip_of(order, reference.label)
        raise HostingError(
            f"'{strip}' ({reference.label}) is a video on this machine, and Seedance takes videos only from a web "
            "address. Nothing was sent.",
            remedy="Set up hosting (a bucket of your own, fal's CDN or a command: see docs/services.md), or set the "
            "option stills_for_video=true to send still frames in its place.",
            strip=strip,
            job=order.job,
            service="seedance",
        )
    family, _, form = reference.media_type.lower().partition("/")
    content = base64.b64encode(reference.path.read_bytes()).decode()
    return f"data:{family}/{_SHORT_FORMATS.get(form, form)};base64,{content}"


def strip_of(order: Order, label: str) -> str:
    """Return the name of the strip that a reference came from."""
    for reference in order.request.references:
        if reference.label == label:
            return (reference.strips or (reference.name,))[0]
    return order.request.shots[0].name


def reference_at(order: Order, index: int) -> PreparedReference | None:
    """Return the reference that stands at that place of ``content``; None for the text and for places there aren't."""
    place = index - (1 if order.request.prompt else 0)
    return order.references[place] if 0 <= place < len(order.references) else None


def _content(order: Order, urls: Mapping[str, str]) -> list[dict[str, Any]]:
    exact = sends_frames(order)
    content: list[dict[str, Any]] = []
    if order.request.prompt:
        content.append({"type": "text", "text": order.request.prompt})
    for reference in order.references:
        kind = f"{reference.kind.value}_url"
        role = _FRAME_ROLES[reference.role] if exact else _REFERENCE_ROLES[reference.kind]
        content.append({"type": kind, kind: {"url": urls[reference.label]}, "role": role})
    return content


def _terms(order: Order, options: SeedanceOptions) -> dict[str, Any]:
    """What a draft's completion may not repeat."""
    request, has_references = order.request, bool(order.references) and not sends_frames(order)
    terms: dict[str, Any] = {
        "resolution": request.resolution,
        "ratio": request.ratio,
        "duration": request.duration_seconds,
        "generate_audio": request.audio,
    }
    if request.seed is not None:
        # Documented for 1.x only; 2.x takes it and tells one back, so it does no harm (2026-11).
        terms["seed"] = request.seed
    if options.draft is not None:
        terms["draft"] = options.draft
    if options.web_search and not order.references:
        terms["tools"] = [{"type": "web_search"}]
    return terms | (_task_type(order, options, has_references) if is_2_5(request) else {})


def _task_type(order: Order, options: SeedanceOptions, has_references: bool) -> dict[str, Any]:
    """
    2.5's locks (create-task page, 2026-08): the picture or the video sets the shape; an edit keeps its length.

    The type is always said: left to ``auto``, words like "replace" or "continue" in a prompt turn a new shot into an
    edit of its reference, which then fails later.
    """
    if not has_references:
        return {"ratio": ADAPTIVE} if order.references else {}
    locked: dict[str, dict[str, Any]] = {
        "edit": {"ratio": ADAPTIVE, "duration": MODEL_DECIDES},
        "extend": {"ratio": ADAPTIVE},
    }
    return {"omni_reference_task_type": options.task_type} | locked.get(options.task_type, {})


def _completion(options: SeedanceOptions) -> dict[str, Any]:
    # Everything else follows the draft and must not be repeated.
    return {
        "content": [{"type": "draft_task", "draft_task": {"id": options.draft_task}}],
        "resolution": "1080p",
    }


def _anyhow(options: SeedanceOptions) -> dict[str, Any]:
    told = {
        "watermark": options.watermark,
        "return_last_frame": options.return_last_frame,
        "output_format": options.output_format,
        "execution_expires_after": options.execution_expires_after,
        "priority": options.priority,
        "callback_url": options.callback_url or None,
    }
    return {name: value for name, value in told.items() if value is not None}
