"""
What an animatic shows and plays, and when: the values.

A script is plain data, JSON in and out, so that the renderer can run in a process of its own.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from second_unit.timeline import Role, Value
from second_unit.timing import FrameRange, FrameRate


class PanelPicture(Value):
    """A still to show in a panel. ``label`` and ``name`` are lettered on it where it is shown small."""

    path: Path
    role: Role = Role.COMPOSITION
    label: str = ""
    name: str = ""


class PanelMovie(Value):
    """
    A movie to play in a panel, at its true speed and without its sound.

    Args:
        start_seconds: what moment of the movie stands on the panel's first frame.
    """

    path: Path
    role: Role = Role.MOTION
    label: str = ""
    name: str = ""
    start_seconds: Fraction = Fraction(0)


class Panel(Value):
    """
    One shot of the animatic.

    Args:
        start_seconds, end_seconds: its window; the end is excluded.
        name: the shot's name.
        text: what happens, as it is lettered on the slate.
        camera: the camera's move in words; empty looks for it in ``text``.
        pictures, movies: what it shows. With none, it shows a card that is drawn for it.
    """

    start_seconds: Fraction
    end_seconds: Fraction
    name: str = ""
    text: str = ""
    camera: str = ""
    pictures: tuple[PanelPicture, ...] = ()
    movies: tuple[PanelMovie, ...] = ()


class PlacedSound(Value):
    """
    A sound that plays from one moment of the animatic to another, or to its own end.

    Args:
        volume: 1 plays it as it is recorded; None goes by its role (music stands back behind voices).
    """

    path: Path
    start_seconds: Fraction
    end_seconds: Fraction
    role: Role = Role.AMBIENCE
    label: str = ""
    volume: float | None = None


class AnimaticScript(Value):
    """
    A whole animatic.

    Args:
        name: for its metadata.
        width, height: in pixels, both even: H.264 with 4:2:0 colour knows no odd ones.
        seconds: how long it is.
        extra_frames: frames held at its end beyond ``rate · seconds``; services return one.
        rate: frames a second.
        panels: in order, each starting where the one before ends.
        sounds: may overlap.
        slate: letter name, text and timecode on the picture.
        sync_pops: a white frame and a 1 kHz pop on each panel's first frame.
        audio: whether there is sound at all.
        channels: 1 or 2.
        seed: decides the hand's shake and the room tone.
    """

    name: str = ""
    width: int = Field(ge=16, le=8192, multiple_of=2)
    height: int = Field(ge=16, le=8192, multiple_of=2)
    seconds: Fraction = Field(gt=0)
    extra_frames: int = Field(default=1, ge=0)
    rate: FrameRate = FrameRate(24)
    panels: tuple[Panel, ...] = Field(min_length=1)
    sounds: tuple[PlacedSound, ...] = ()
    slate: bool = True
    sync_pops: bool = False
    audio: bool = True
    channels: int = Field(default=2, ge=1, le=2)
    seed: int = 0

    @model_validator(mode="after")
    def _panels_follow_one_another(self) -> Self:
        for before, after in pairwise(self.panels):
            if after.start_seconds < before.end_seconds:
                raise ValueError(f"panel '{after.name}' starts before '{before.name}' ends")
        return self

    @property
    def frames(self) -> int:
        """How many frames it has, the extra ones included."""
        return self.rate.nearest_frame(self.seconds) + self.extra_frames

    def panel_frames(self, index: int) -> FrameRange:
        """
        Return the frames that show a panel: from the first that starts in its window to the next panel's first.

        The first panel begins at frame 0, and the last holds through the extra frames.
        """
        start = 0 if index == 0 else self.rate.ceil_frame(self.panels[index].start_seconds)
        is_last = index == len(self.panels) - 1
        end = self.frames if is_last else self.rate.ceil_frame(self.panels[index + 1].start_seconds)
        return FrameRange(min(start, self.frames), min(max(start, end), self.frames))
