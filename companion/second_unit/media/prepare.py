"""
Making a reference ready to send: exactly what the timeline shows of it, within what the model takes.

A file that is within the limits already goes as it is. Everything else is made anew beside it, once, named by its
content and by what is done to it. Takes the processor, not Python's lock: call it on threads, several at once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import assert_never

from PIL import ImageColor

from second_unit.catalog.capabilities import ReferenceLimits
from second_unit.errors import MediaError
from second_unit.media.audio import prepare_audio
from second_unit.media.facts import PreparedReference
from second_unit.media.image import Colour
from second_unit.media.opening import check_is_file
from second_unit.media.pictures import picture_size, prepare_picture
from second_unit.media.probe import probe
from second_unit.media.target import Stretch, strip_of
from second_unit.media.video import prepare_movie, prepare_sequence
from second_unit.plan import GenerationRequest, OrderReference
from second_unit.shots import FileSource, ReferenceKind, SceneSource, SequenceSource, StripSource

Report = Callable[[int, int], None]
RenderSource = Callable[[SceneSource | StripSource, Path, Report | None], Path]
# How much of the work Blender's rendering is, beside bringing what it rendered within the limits.
_RENDERING = 0.9
MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
}


def prepare_reference(
    reference: OrderReference,
    limits: ReferenceLimits,
    request: GenerationRequest,
    folder: Path,
    report: Report | None = None,
    render_source: RenderSource | None = None,
) -> PreparedReference:
    """
    Return a reference made ready to send.

    Args:
        reference: what the request uses.
        limits: the model's, for this kind of reference.
        request: ``options["background"]``, such as ``"#808080"``, is the colour under transparency and around what is
            padded; black by default.
        folder: where prepared files are kept. Give several requests the same one, and what they share is made once.
        report: is told how much is done, and of how much.
        render_source: renders a scene or a strip as it looks into the folder, tells how far it is, returns the file.

    Raises:
        MissingMedia, UnreadableMedia: the source isn't there, or can't be decoded.
        OverLimit: it can't be brought within the limits; the message names it, and what to do.
        MediaError: it must be rendered by Blender first, or ``folder`` can't be written.
    """
    path, stretch = _make(reference, limits, request, folder, report, render_source)
    if report is not None:
        report(1, 1)
    return _describe(reference, path, stretch)


def prepare_references(
    references: Sequence[OrderReference],
    limits_of: Callable[[ReferenceKind], ReferenceLimits],
    request: GenerationRequest,
    folder: Path,
    report: Callable[[float], None] | None = None,
    render_source: RenderSource | None = None,
) -> tuple[PreparedReference, ...]:
    """
    Return several references made ready, in their order, as many at once as there are processors.

    Args:
        references: what the request uses.
        limits_of: the model's limits for a kind, such as ``capabilities.limits``.
        request, folder, render_source: as :func:`prepare_reference` takes them.
        report: is told how much of all is done, 0 to 1, from whichever thread is at work.

    Raises:
        SecondUnitError: the first reference, in their order, that can't be prepared. Those begun are finished first.
    """
    shares = [0.0] * len(references)

    def prepare(number: int) -> PreparedReference:
        def tell(done: int, total: int) -> None:
            shares[number] = done / total if total else 0.0
            if report is not None:
                report(sum(shares) / len(shares))

        reference = references[number]
        return prepare_reference(reference, limits_of(reference.kind), request, folder, tell, render_source)

    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2), thread_name_prefix="prepare") as pool:
        return tuple(pool.map(prepare, range(len(references))))


def _make(
    reference: OrderReference,
    limits: ReferenceLimits,
    request: GenerationRequest,
    folder: Path,
    report: Report | None,
    render_source: RenderSource | None,
) -> tuple[Path, Stretch | None]:
    ground = _background(request)
    match reference.source:
        case FileSource(path=path):
            return _make_of_file(reference, path, limits, folder, ground, report)
        case SequenceSource() as source:
            if not source.paths:
                raise MediaError(f"'{reference.name}' has no pictures.", remedy="Reload its strip.")
            if reference.kind is ReferenceKind.IMAGE:
                return prepare_picture(reference, source.paths[0], limits, folder, ground), None
            return prepare_sequence(reference, source, limits, folder, ground, report)
        case SceneSource() | StripSource() as source:
            if render_source is None:
                raise MediaError(
                    f"'{reference.name}' is a {source.kind} strip, which Blender must render before it can be sent.",
                    remedy="Order it from Blender: the add-on renders its playblast first.",
                    strip=strip_of(reference),
                )
            rendered = render_source(source, folder, _share(report, 0, _RENDERING))
            return _make_of_file(reference, rendered, limits, folder, ground, _share(report, _RENDERING, 1))
        case _:
            assert_never(reference.source)


def _share(report: Report | None, begin: float, end: float) -> Report | None:
    """Return what tells of one part of the work as that part of all of it."""
    if report is None:
        return None

    def tell(done: int, total: int) -> None:
        report(round(1000 * (begin + (end - begin) * done / max(total, 1))), 1000)

    return tell


def _make_of_file(
    reference: OrderReference,
    path: Path,
    limits: ReferenceLimits,
    folder: Path,
    ground: Colour,
    report: Report | None,
) -> tuple[Path, Stretch | None]:
    check_is_file(path, strip=strip_of(reference))
    match reference.kind:
        case ReferenceKind.IMAGE:
            return prepare_picture(reference, path, limits, folder, ground), None
        case ReferenceKind.VIDEO:
            return prepare_movie(reference, path, limits, folder, ground, report)
        case ReferenceKind.AUDIO:
            return prepare_audio(reference, path, limits, folder)
        case _:
            assert_never(reference.kind)


def _background(request: GenerationRequest) -> Colour:
    told = str(request.options.get("background", "#000000"))
    try:
        red, green, blue = ImageColor.getrgb(told)[:3]
    except ValueError as error:
        raise MediaError(
            f"'{told}' is no colour for the background.", remedy="Write it as '#rrggbb', such as '#808080'."
        ) from error
    return red, green, blue


def _describe(reference: OrderReference, path: Path, stretch: Stretch | None) -> PreparedReference:
    with path.open("rb") as file:
        fingerprint = hashlib.file_digest(file, "sha256").hexdigest()
    width, height = _size(reference, path)
    return PreparedReference(
        label=reference.label,
        kind=reference.kind,
        role=reference.role,
        path=path,
        media_type=MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream"),
        bytes=path.stat().st_size,
        fingerprint=fingerprint,
        width=width,
        height=height,
        seconds=None if stretch is None else float(stretch.length_seconds),
    )


def _size(reference: OrderReference, path: Path) -> tuple[int | None, int | None]:
    match reference.kind:
        case ReferenceKind.IMAGE:
            return picture_size(path)
        case ReferenceKind.VIDEO:
            facts = probe(path)
            return facts.width, facts.height
        case ReferenceKind.AUDIO:
            return None, None
        case _:
            assert_never(reference.kind)
