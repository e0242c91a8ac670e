"""Orders for the media tests: a reference, and a request that holds it."""

from __future__ import annotations

from pathlib import Path

from second_unit.catalog.capabilities import ReferenceLimits
from second_unit.media.facts import PreparedReference
from second_unit.media.prepare import prepare_reference
from second_unit.plan import GenerationRequest, OrderReference
from second_unit.shots import FileSource, ReferenceKind, ReferenceSource
from second_unit.timeline import Role, Trim
from second_unit.timing import FrameRate

# What the newest page of Seedance 2.0 says (2026-11-22).
IMAGE = ReferenceLimits(
    count=9,
    most_bytes=29_999_999,
    least_side=300,
    most_side=6000,
    least_ratio=0.4,
    most_ratio=2.5,
    formats=("jpeg", "png", "webp", "bmp", "tiff", "gif"),
)
VIDEO = ReferenceLimits(
    count=3,
    least_seconds=2,
    most_seconds=15,
    most_bytes=200_000_000,
    least_side=300,
    most_side=6000,
    least_pixels=407_696,
    most_pixels=8_295_044,
    least_ratio=0.4,
    most_ratio=2.5,
    least_rate=24,
    most_rate=60,
    formats=("mp4", "mov"),
)
AUDIO = ReferenceLimits(count=3, least_seconds=2, most_seconds=15, most_bytes=15_000_000, formats=("wav", "mp3"))
# Takes small clips as they are, so that tests can compare pixel for pixel.
SMALL_VIDEO = ReferenceLimits(count=3, most_seconds=15, least_rate=24, most_rate=60, formats=("mp4", "mov"))
ROLES = {
    ReferenceKind.IMAGE: Role.COMPOSITION,
    ReferenceKind.VIDEO: Role.MOTION,
    ReferenceKind.AUDIO: Role.VOICE,
}
REQUEST = GenerationRequest(
    name="SH010",
    service="seedance",
    model="seedance-2.0",
    prompt="",
    shots=(),
    duration_seconds=5,
    ratio="16:9",
    resolution="720p",
    width=1280,
    height=720,
    rate=FrameRate(24),
)


def order(
    kind: ReferenceKind, source: ReferenceSource | Path, trim: Trim | None = None, length_seconds: float | None = None
) -> OrderReference:
    """Return a reference of strip 'A' to a file or another source."""
    return OrderReference(
        label=f"{kind.value.title()} 1",
        key="k",
        kind=kind,
        role=ROLES[kind],
        source=FileSource(path=source, trim=trim) if isinstance(source, Path) else source,
        name="A",
        strips=("A",),
        length_seconds=length_seconds,
    )


def prepare(
    kind: ReferenceKind,
    source: ReferenceSource | Path,
    folder: Path,
    limits: ReferenceLimits,
    *,
    trim: Trim | None = None,
    length_seconds: float | None = None,
    **options: str,
) -> PreparedReference:
    """Prepare one reference into ``folder``."""
    request = REQUEST.model_copy(update={"options": options})
    return prepare_reference(order(kind, source, trim, length_seconds), limits, request, folder)
