"""Small edits to test with: strips by a word, at 24 fps, over files that are really there."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from second_unit.timeline import (
    ImageStrip,
    MetaStrip,
    MovieStrip,
    SceneStrip,
    ShootSettings,
    SoundStrip,
    Strip,
    TextStrip,
    Timeline,
    Trim,
)
from second_unit.timing import FrameRange, FrameRate

RATE = FrameRate(24)


def media(folder: Path, name: str, content: bytes | None = None) -> Path:
    """Write a file to refer to; its content is its name unless it is given."""
    path = folder / name
    path.write_bytes(content or name.encode())
    return path


def text(name: str, start: int, end: int, says: str | None = None, *, channel: int = 5, **more: Any) -> TextStrip:
    says = f"{name} happens." if says is None else says
    return TextStrip(id=f"id-{name}", name=name, channel=channel, range=FrameRange(start, end), text=says, **more)


def image(name: str, start: int, end: int, *files: Path, channel: int = 1, **more: Any) -> ImageStrip:
    return ImageStrip(id=f"id-{name}", name=name, channel=channel, range=FrameRange(start, end), files=files, **more)


def movie(
    name: str,
    start: int,
    end: int,
    file: Path,
    *,
    seconds: tuple[Any, Any] | None = None,
    channel: int = 2,
    **more: Any,
) -> MovieStrip:
    """At true speed from the file's start, unless ``seconds`` says what of it is shown."""
    first, last = seconds or (0, RATE.seconds(end - start))
    trim = Trim(start_seconds=Fraction(first), end_seconds=Fraction(last))
    return MovieStrip(
        id=f"id-{name}", name=name, channel=channel, range=FrameRange(start, end), file=file, trim=trim, **more
    )


def sound(
    name: str,
    start: int,
    end: int,
    file: Path,
    *,
    seconds: tuple[Any, Any] | None = None,
    channel: int = 3,
    **more: Any,
) -> SoundStrip:
    first, last = seconds or (0, RATE.seconds(end - start))
    trim = Trim(start_seconds=Fraction(first), end_seconds=Fraction(last))
    return SoundStrip(
        id=f"id-{name}", name=name, channel=channel, range=FrameRange(start, end), file=file, trim=trim, **more
    )


def scene(
    name: str, start: int, end: int, frames: tuple[int, int], *, rate: int = 24, channel: int = 4, **more: Any
) -> SceneStrip:
    return SceneStrip(
        id=f"id-{name}",
        name=name,
        channel=channel,
        range=FrameRange(start, end),
        scene="Set",
        frames=FrameRange(*frames),
        rate=FrameRate(rate),
        **more,
    )


def meta(name: str, start: int, end: int, *children: Strip, channel: int = 6, **more: Any) -> MetaStrip:
    return MetaStrip(
        id=f"id-{name}", name=name, channel=channel, range=FrameRange(start, end), children=children, **more
    )


def timeline(*strips: Strip, **more: Any) -> Timeline:
    """Return an edit of 1920×1080 at 24 fps with a stretch over all its strips; ``service`` and ``model`` as words."""
    ends = [end for strip in strips for end in (strip.range.start, strip.range.end)]
    settings = ShootSettings(service=more.pop("service", "animatic"), model=more.pop("model", ""))
    usual = {
        "name": "Edit",
        "rate": RATE,
        "width": 1920,
        "height": 1080,
        "stretch": FrameRange(min(ends, default=0), max(ends, default=0)),
        "settings": settings,
    }
    return Timeline(strips=strips, **(usual | more))
