"""
Frames and frame rates, exactly.

Inside Second Unit time is counted in whole frames at an exact rate. Seconds appear only at a border (a service, a
media file), as :class:`fractions.Fraction`, and are rounded once, by the rule whose name says how:

>>> ntsc = FrameRate(30000, 1001)
>>> ntsc.seconds(30000)
Fraction(1001, 1)
>>> ntsc.nearest_frame(Fraction(1))   # 29.97 frames
30
>>> ntsc.floor_frame(Fraction(1)), ntsc.ceil_frame(Fraction(1))
(29, 30)

Loads nothing beyond the standard library, so that Blender may import it at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd

from second_unit.errors import BadRange


@dataclass(frozen=True, slots=True, order=False)
class FrameRate:
    """
    Frames per second as a fraction in lowest terms, such as 24/1 or 30000/1001.

    Args:
        numerator: frames, above 0.
        denominator: in so many seconds, above 0.
    """

    numerator: int
    denominator: int = 1

    def __post_init__(self) -> None:
        if self.numerator <= 0 or self.denominator <= 0:
            raise BadRange(
                f"A frame rate of {self.numerator}/{self.denominator} can't be.", remedy="Set a rate above 0."
            )
        shared = gcd(self.numerator, self.denominator)
        object.__setattr__(self, "numerator", self.numerator // shared)
        object.__setattr__(self, "denominator", self.denominator // shared)

    @classmethod
    def from_blender(cls, fps: int, fps_base: float) -> FrameRate:
        """
        Return the rate of a Blender scene, ``fps / fps_base``.

        Blender keeps ``fps_base`` in single precision: 1.001 arrives as 1.00100004673. The nearest fraction with a
        denominator up to 10,000 is what the user typed: 1001/1000, and so 30/1.001 is 30000/1001.
        """
        base = Fraction(fps_base).limit_denominator(10_000)
        rate = Fraction(fps) / base
        return cls(rate.numerator, rate.denominator)

    @classmethod
    def from_number(cls, rate: float | Fraction) -> FrameRate:
        """
        Return the exact rate that a decimal stands for: 29.97 and 29.970030 are 30000/1001, 23.976 is 24000/1001.

        A number within 0.0005 of ``n · 1000/1001`` is taken for that; any other is kept to six places.
        """
        value = Fraction(rate).limit_denominator(1_000_000)
        ntsc = Fraction(round(value * 1001 / 1000) * 1000, 1001)
        exact = ntsc if value.denominator != 1 and abs(ntsc - value) < Fraction(1, 2000) else value
        return cls(exact.numerator, exact.denominator)

    @property
    def fraction(self) -> Fraction:
        """Frames per second."""
        return Fraction(self.numerator, self.denominator)

    @property
    def nominal(self) -> int:
        """The whole rate that timecode counts in: 30 for 29.97."""
        return ceil(self.fraction - Fraction(1, 2))

    def seconds(self, frames: int | Fraction) -> Fraction:
        """Return how long so many frames last: 30 frames at 30000/1001 are 1001/1000 s."""
        if isinstance(frames, int):
            return Fraction(frames * self.denominator, self.numerator)
        return frames * self.denominator / self.numerator

    def frames(self, seconds: Fraction) -> Fraction:
        """Return how many frames so many seconds are, not rounded."""
        return Fraction(seconds) * self.numerator / self.denominator

    def nearest_frame(self, seconds: Fraction) -> int:
        """Round to the nearest frame; halves go up."""
        count, parts = self._ratio(seconds)
        return (2 * count + parts) // (2 * parts)

    def floor_frame(self, seconds: Fraction) -> int:
        """Round down: the frame that is on screen at that moment."""
        count, parts = self._ratio(seconds)
        return count // parts

    def ceil_frame(self, seconds: Fraction) -> int:
        """Round up: the first frame that starts at that moment or later."""
        count, parts = self._ratio(seconds)
        return -(-count // parts)

    def _ratio(self, seconds: Fraction) -> tuple[int, int]:
        """Return frames as whole parts, not reduced: rounding them needs no greatest common divisor."""
        return seconds.numerator * self.numerator, seconds.denominator * self.denominator

    def timecode(self, frame: int) -> str:
        """
        Return non-drop timecode ``HH:MM:SS:FF``, counted in the nominal rate; frames before 0 bear a minus.

        Frame 3600 at 29.97 is ``00:02:00:00``.
        """
        sign, count = ("-", -frame) if frame < 0 else ("", frame)
        seconds, rest = divmod(count, self.nominal)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return f"{sign}{hour:02}:{minute:02}:{second:02}:{rest:02}"

    def __str__(self) -> str:
        return str(self.numerator) if self.denominator == 1 else f"{float(self.fraction):.3f}"


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """
    Whole frames from ``start``, included, to ``end``, excluded. May be empty, never reversed.

    ``FrameRange(10, 20)`` holds ten frames; frame 20 belongs to the next cut.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise BadRange(f"A range from frame {self.start} to {self.end} runs backwards.", remedy="Swap its ends.")

    @property
    def length(self) -> int:
        """How many frames it holds."""
        return self.end - self.start

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, self.end))

    def __contains__(self, frame: object) -> bool:
        return isinstance(frame, int) and self.start <= frame < self.end

    def overlaps(self, other: FrameRange) -> bool:
        """Tell whether they share a frame. Ranges that only touch don't, and an empty one shares nothing."""
        return self.overlap(other) is not None

    def overlap(self, other: FrameRange) -> FrameRange | None:
        """Return the frames that both hold, or None where there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return FrameRange(start, end) if start < end else None

    def covers(self, other: FrameRange) -> bool:
        """Tell whether every frame of the other is in this one."""
        return self.start <= other.start and other.end <= self.end

    def union(self, other: FrameRange) -> FrameRange:
        """Return the shortest range that holds both."""
        return FrameRange(min(self.start, other.start), max(self.end, other.end))

    def shifted(self, frames: int) -> FrameRange:
        """Return the range moved by so many frames."""
        return FrameRange(self.start + frames, self.end + frames)

    def seconds(self, rate: FrameRate) -> Fraction:
        """Return how long it lasts."""
        return rate.seconds(self.length)


def rescale(frames: FrameRange, source: FrameRate, target: FrameRate) -> FrameRange:
    """
    Return the range at another rate, each end at the nearest frame.

    Ends are rounded, never lengths, so ranges that touch still touch: 0–24 and 24–48 at 24 fps are 0–30 and 30–60 at
    30 fps.
    """
    return FrameRange(
        target.nearest_frame(source.seconds(frames.start)),
        target.nearest_frame(source.seconds(frames.end)),
    )
