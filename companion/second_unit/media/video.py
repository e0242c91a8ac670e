"""Preparing a movie: as it is, cut where it can be cut without loss, or coded anew."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from second_unit.catalog.capabilities import ReferenceLimits
from second_unit.errors import UnreadableMedia
from second_unit.media.facts import MediaFacts
from second_unit.media.image import Colour
from second_unit.media.keeping import content_mark, keep
from second_unit.media.opening import open_media, picture_stream
from second_unit.media.pictures import picture_size
from second_unit.media.probe import probe
from second_unit.media.stream_copy import copy_stretch, takes_coding
from second_unit.media.target import Stretch, choose_stretch, fit, frame_files, refuse, safe_limits, strip_of
from second_unit.media.transcode import Coding, transcode, transcode_pictures, upright_size
from second_unit.plan import OrderReference
from second_unit.shots import SequenceSource

Report = Callable[[int, int], None]


def prepare_movie(
    reference: OrderReference,
    path: Path,
    limits: ReferenceLimits,
    folder: Path,
    background: Colour,
    report: Report | None = None,
) -> tuple[Path, Stretch]:
    """
    Return a movie file that the model takes, and what of the source it holds.

    Raises:
        MissingMedia, UnreadableMedia: there is no such movie.
        OverLimit: too short, too long, or too large.
    """
    strip = strip_of(reference)
    facts, aspect, takes = _look(path, limits, strip)
    stretch = choose_stretch(reference, facts.seconds, limits)
    upright = facts.rotation == 0 and takes
    if upright and stretch.is_whole and _small(path, limits) and not probe(path, strip=strip).is_variable:
        return path, stretch
    narrow = safe_limits(limits)
    width, height = upright_size(facts, aspect)
    coding = Coding(fit(width, height, narrow, even=True), narrow.most_bytes, background)
    recipe = {"make": "movie", "from": stretch.start_seconds, "to": stretch.end_seconds, "coding": repr(coding)}
    recipe |= {"limits": limits.model_dump(mode="json"), "version": 2}

    def make(part: Path) -> None:
        if upright and copy_stretch(path, stretch, limits, part):
            return
        transcode(path, stretch, coding, part, report)
        _check_bytes(reference, part, narrow)

    return keep(folder, [content_mark(path)], recipe, ".mp4", make), stretch


def prepare_sequence(
    reference: OrderReference,
    source: SequenceSource,
    limits: ReferenceLimits,
    folder: Path,
    background: Colour,
    report: Report | None = None,
) -> tuple[Path, Stretch]:
    """
    Return a movie of numbered pictures, and how long it is.

    Raises:
        MissingMedia, UnreadableMedia: one of the pictures isn't there, or can't be read.
        OverLimit: too short, too long, or too large.
    """
    count, seconds = frame_files(source, reference.length_seconds)
    stretch = choose_stretch(reference, seconds, limits)
    narrow = safe_limits(limits)
    coding = Coding(fit(*picture_size(source.paths[0]), narrow, even=True), narrow.most_bytes, background)
    recipe = {"make": "sequence", "rate": str(source.rate.fraction), "coding": repr(coding), "version": 1}
    paths = source.paths[: min(count, max(1, source.rate.nearest_frame(stretch.length_seconds)))]

    def make(part: Path) -> None:
        transcode_pictures(paths, source.rate, coding, part, report)
        _check_bytes(reference, part, narrow)

    return keep(folder, [content_mark(path) for path in paths], recipe, ".mp4", make), stretch


def _look(path: Path, limits: ReferenceLimits, strip: str | None) -> tuple[MediaFacts, Fraction | None, bool]:
    """Return what the container tells and one frame shows, without reading on: a file may be hours long."""
    with open_media(path, strip=strip) as container:
        picture = picture_stream(container)
        if picture is None:
            raise UnreadableMedia(f"'{path.name}' has no moving picture.", remedy="Choose another file.", strip=strip)
        seconds = Fraction(picture.duration or 0) * Fraction(picture.time_base or 1)
        seconds = seconds or Fraction(container.duration or 0, 1_000_000)
        takes = takes_coding(container, limits)
        aspect = picture.sample_aspect_ratio
        rotation = _rotation(path, strip)
        turned = rotation in {90, 270}
        width, height = picture.codec_context.width, picture.codec_context.height
    if not seconds:
        seconds = probe(path, strip=strip).seconds
    facts = MediaFacts(
        seconds=seconds,
        width=height if turned else width,
        height=width if turned else height,
        rotation=rotation,
    )
    return facts, Fraction(aspect) if aspect else None, takes


def _rotation(path: Path, strip: str | None) -> int:
    with open_media(path, strip=strip) as container:
        for frame in container.decode(video=0):
            return round(-frame.rotation) % 360
    raise UnreadableMedia(f"The picture of '{path.name}' can't be decoded.", remedy="Re-export it.", strip=strip)


def _small(path: Path, limits: ReferenceLimits) -> bool:
    return path.stat().st_size <= (limits.most_bytes or path.stat().st_size)


def _check_bytes(reference: OrderReference, part: Path, limits: ReferenceLimits) -> None:
    if limits.most_bytes is not None and part.stat().st_size > limits.most_bytes:
        refuse(reference, f"it can't be made smaller than {limits.most_bytes:,} bytes", "Trim its strip.")
