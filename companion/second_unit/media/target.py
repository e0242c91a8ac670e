"""What a reference is to become: sizes, lengths and refusals, reckoned from a model's limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from second_unit.catalog.capabilities import ReferenceLimits
from second_unit.errors import OverLimit
from second_unit.plan import OrderReference
from second_unit.shots import FileSource, SequenceSource

# What every service of the catalog takes, whatever its newest page says: an older page's limits still hold for some
# hosts. H.264, yuv420p, 24 frames a second, at most 1280 × 720 pixels, at most 50 MB.
SAFE_PIXELS, SAFE_SIDE, SAFE_BYTES = 1280 * 720, 1280, 50_000_000


@dataclass(frozen=True, slots=True)
class Fitted:
    """
    How a picture is brought within limits.

    Args:
        scaled: what it is scaled to.
        padded: what it stands in the middle of; the same where nothing is added.
    """

    scaled: tuple[int, int]
    padded: tuple[int, int]


def fit(width: int, height: int, limits: ReferenceLimits, *, even: bool = False) -> Fitted:
    """
    Return how a picture is scaled and padded to obey the limits, changed as little as can be.

    A shape too wide or too high is padded, never cropped. 4000 × 1000 with ratios up to 2.5 and sides up to 2000 is
    scaled to 2000 × 500, which stands in 2000 × 800.
    """
    wide, high = _padded_shape(width, height, limits)
    scale = min(1.0, _largest_scale(wide, high, limits))
    scale = max(scale, min(_least_scale(wide, high, limits), _largest_scale(wide, high, limits)))
    step = 2 if even else 1

    def whole(side: float, *, up: bool) -> int:
        steps = side * scale / step
        return max(1, math.ceil(steps - 1e-6) if up else math.floor(steps + 1e-6)) * step

    grows = scale > 1
    padded = (whole(wide, up=grows), whole(high, up=grows))
    scaled = (min(whole(width, up=grows), padded[0]), min(whole(height, up=grows), padded[1]))
    return Fitted(scaled, padded)


def is_within(width: int, height: int, limits: ReferenceLimits) -> bool:
    """Tell whether a picture of that size may be sent as it is."""
    pixels, ratio = width * height, width / height
    return (
        (limits.least_side or 0) <= min(width, height)
        and max(width, height) <= (limits.most_side or math.inf)
        and (limits.least_pixels or 0) <= pixels <= (limits.most_pixels or math.inf)
        and (limits.least_ratio or 0) <= ratio <= (limits.most_ratio or math.inf)
    )


def safe_limits(limits: ReferenceLimits) -> ReferenceLimits:
    """Return the limits narrowed to what every service takes, for movies that have to be coded anew."""
    least = limits.least_pixels or 0
    return limits.model_copy(
        update={
            "most_pixels": max(least, min(limits.most_pixels or SAFE_PIXELS, SAFE_PIXELS)),
            "most_side": min(limits.most_side or SAFE_SIDE, SAFE_SIDE),
            "most_bytes": min(limits.most_bytes or SAFE_BYTES, SAFE_BYTES),
        }
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """What of a file is sent, in exact seconds; ``is_whole`` where that is all of it."""

    start_seconds: Fraction
    end_seconds: Fraction
    is_whole: bool = False

    @property
    def length_seconds(self) -> Fraction:
        """How long it is."""
        return self.end_seconds - self.start_seconds


def choose_stretch(reference: OrderReference, file_seconds: Fraction, limits: ReferenceLimits) -> Stretch:
    """
    Return what of the file is sent: its trim, shortened to what the plan ordered.

    Raises:
        OverLimit: it is shorter or longer than the model takes, or its trim lies beyond the file's end.
    """
    trim = reference.source.trim if isinstance(reference.source, FileSource) else None
    start = max(Fraction(0), trim.start_seconds) if trim else Fraction(0)
    end = min(trim.end_seconds, file_seconds) if trim else file_seconds
    if end <= start:
        refuse(
            reference,
            f"its trim starts at {float(start):.2f} s, and the file ends at {float(file_seconds):.2f} s",
            "Move its trim into the file.",
        )
    if reference.length_seconds is not None:
        end = min(end, start + Fraction(reference.length_seconds).limit_denominator(1_000_000))
    stretch = Stretch(start, end, is_whole=_is_whole(start, end, file_seconds))
    return _within_seconds(reference, stretch, limits)


def _is_whole(start: Fraction, end: Fraction, file_seconds: Fraction) -> bool:
    # Less than a frame of 60 fps is the rounding of whoever wrote the trim.
    return start < Fraction(1, 120) and file_seconds - end < Fraction(1, 120)


def _within_seconds(reference: OrderReference, stretch: Stretch, limits: ReferenceLimits) -> Stretch:
    length, frame = stretch.length_seconds, Fraction(1, 24)
    least, most = limits.least_seconds, limits.most_seconds
    if least is not None and length < Fraction(least) - frame / 2:
        refuse(reference, f"it lasts {float(length):.2f} s, the model takes {least:g} s or more", "Lengthen its strip.")
    if most is not None and length > Fraction(most):
        if length > Fraction(most) + frame:
            refuse(reference, f"it lasts {float(length):.2f} s, the model takes {most:g} s at most", "Trim its strip.")
        return Stretch(stretch.start_seconds, stretch.start_seconds + Fraction(most))
    return stretch


def refuse(reference: OrderReference, reason: str, remedy: str) -> NoReturn:
    """Raise OverLimit about a reference, named as the editor knows it."""
    name = reference.name or reference.label
    strip = reference.strips[0] if reference.strips else None
    raise OverLimit(f"'{name}' ({reference.label}) can't be sent: {reason}.", remedy=remedy, strip=strip)


def strip_of(reference: OrderReference) -> str | None:
    """Return the strip to name in errors about a reference."""
    return reference.strips[0] if reference.strips else None


def frame_files(source: SequenceSource, length_seconds: float | None) -> tuple[int, Fraction]:
    """Return how many pictures of a sequence are used, and how long they last."""
    count = len(source.paths)
    if length_seconds is not None:
        count = min(count, max(1, source.rate.nearest_frame(Fraction(length_seconds).limit_denominator(1_000_000))))
    return count, source.rate.seconds(count)


def _padded_shape(width: int, height: int, limits: ReferenceLimits) -> tuple[float, float]:
    ratio = width / height
    if limits.most_ratio and ratio > limits.most_ratio:
        return width, width / limits.most_ratio
    if limits.least_ratio and ratio < limits.least_ratio:
        return height * limits.least_ratio, height
    return width, height


def _largest_scale(wide: float, high: float, limits: ReferenceLimits) -> float:
    by_side = (limits.most_side or math.inf) / max(wide, high)
    by_pixels = math.sqrt((limits.most_pixels or math.inf) / (wide * high))
    return min(by_side, by_pixels)


def _least_scale(wide: float, high: float, limits: ReferenceLimits) -> float:
    by_side = (limits.least_side or 0) / min(wide, high)
    by_pixels = math.sqrt((limits.least_pixels or 0) / (wide * high))
    return max(by_side, by_pixels)
