"""Still frames in the place of videos that no service can fetch, where the user allows it."""

from __future__ import annotations

import hashlib
import re
from fractions import Fraction
from pathlib import Path

from PIL.Image import Image

from second_unit.catalog.capabilities import Capabilities
from second_unit.errors import HostingError
from second_unit.media.facts import PreparedReference
from second_unit.providers.provider import Order
from second_unit.shots import ReferenceKind

_MOST_PER_VIDEO = 4


def stills_for_videos(order: Order, takes: Capabilities) -> Order:
    """
    Return the order with every video that has no web address replaced by stills of it, and its prompt saying so.

    The stills are numbered after the other pictures, so no name in the prompt changes but the videos' own. They are
    written beside the prepared videos.

    Raises:
        HostingError: the model takes no further pictures.
    """
    lacking = [one for one in order.references if one.kind is ReferenceKind.VIDEO and one.url is None]
    if not lacking:
        return order
    images = [one for one in order.references if one.kind is ReferenceKind.IMAGE]
    each = _room(order, lacking, len(images), takes)
    prompt = order.request.prompt
    stills: list[PreparedReference] = []
    for video in lacking:
        first = len(images) + len(stills) + 1
        made = _grab(video, each, first)
        stills += made
        prompt = _rename(prompt, video.label, first, len(made))
    videos = [one for one in order.references if one.kind is ReferenceKind.VIDEO and one.url is not None]
    for number, video in enumerate(videos, 1):
        # A number counts what is sent: with Video 1 gone, what was Video 2 is the first.
        prompt = re.sub(rf"\b{video.label}\b", f"Video {number}", prompt)
    renumbered = [one.model_copy(update={"label": f"Video {number}"}) for number, one in enumerate(videos, 1)]
    sounds = [one for one in order.references if one.kind is ReferenceKind.AUDIO]
    return order.model_copy(
        update={
            "request": order.request.model_copy(update={"prompt": prompt}),
            "references": (*images, *stills, *renumbered, *sounds),
        }
    )


def _room(order: Order, lacking: list[PreparedReference], images: int, takes: Capabilities) -> int:
    """Return how many stills stand for each video."""
    kept = len(order.references) - len(lacking)
    spare = min(takes.image.count - images, takes.references - kept)
    each = min(_MOST_PER_VIDEO, spare // len(lacking))
    if each < 1:
        raise HostingError(
            f"'{order.request.name}' has no room for still frames in the place of {lacking[0].label}: the model takes "
            f"{takes.image.count} pictures. Nothing was sent.",
            remedy="Mute a picture, or set up hosting: see docs/services.md.",
            job=order.job,
            service=order.request.service,
        )
    return each


def _grab(video: PreparedReference, count: int, first: int) -> list[PreparedReference]:
    """Write stills from the middle of equal parts of the video, numbered from ``first``."""
    import av

    with av.open(str(video.path)) as container:
        stream = container.streams.video[0]
        length = Fraction(video.seconds or 0) or Fraction(container.duration or 0, av.time_base)
        moments = [length * (2 * part + 1) / (2 * count) for part in range(count)]
        found: list[Image] = []
        for frame in container.decode(stream):
            if len(found) < count and Fraction(frame.pts or 0) * (stream.time_base or 1) >= moments[len(found)]:
                found.append(frame.to_image())  # type: ignore[no-untyped-call]  # PyAV leaves it untyped
    return [_write(video, picture, first + number) for number, picture in enumerate(found)]


def _write(video: PreparedReference, picture: Image, number: int) -> PreparedReference:
    path = Path(video.path).with_name(f"{Path(video.path).stem}-still-{number}.jpg")
    picture.save(path, quality=92)
    content = path.read_bytes()
    return PreparedReference(
        label=f"Image {number}",
        kind=ReferenceKind.IMAGE,
        role=video.role,
        path=path,
        media_type="image/jpeg",
        bytes=len(content),
        fingerprint=hashlib.sha256(content).hexdigest(),
        width=video.width,
        height=video.height,
    )


def _rename(prompt: str, label: str, first: int, count: int) -> str:
    """``Video 1`` becomes ``Images 3 to 6``, marks before it (``@``) kept; a line says what they are."""
    name = f"Image {first}" if count == 1 else f"Images {first} to {first + count - 1}"
    renamed = re.sub(rf"\b{label}\b", f"\0{name}\0", prompt).replace("\0", "")
    return f"{renamed}\n{name}: still frames of one movement, in order."
