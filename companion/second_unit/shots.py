"""
From strips to shots: the ordered segments of a stretch, each with its prompt and its references.

The values stand here; :func:`build_shot_list` makes them from a :class:`~second_unit.timeline.Timeline`.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from second_unit.timeline import CastMember, Prompt, Role, ShootSettings, ShotWarning, Trim, Value
from second_unit.timing import FrameRange, FrameRate


class ReferenceKind(StrEnum):
    """What a model does with a reference: look at it, watch it, or listen to it."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class FileSource(Value):
    """A file as it is, or the ``trim`` of it that the shot uses."""

    kind: Literal["file"] = "file"
    path: Path
    trim: Trim | None = None


class SequenceSource(Value):
    """Numbered pictures, one a frame at ``rate``."""

    kind: Literal["sequence"] = "sequence"
    paths: tuple[Path, ...]
    rate: FrameRate


class SceneSource(Value):
    """
    A playblast of exactly these frames of a scene, rendered by a child Blender from ``blend``.

    Args:
        camera: the name of the camera that films it; empty takes the scene's own.
        frames: of the scene.
        rate: how many of them are shown a second, in the edit.
        blend: a file that holds the scene: the edit while it is planned, a copy of the scene alone once it is ordered.
        still: one picture, of the first of the frames.
        content: changes whenever what is seen does; empty where that isn't known.
    """

    kind: Literal["scene"] = "scene"
    scene: str
    camera: str = ""
    frames: FrameRange
    rate: FrameRate
    blend: Path | None = None
    still: bool = False
    content: str = ""


class StripSource(Value):
    """
    A strip as it looks in the sequencer, effects and colour included, rendered by a child Blender from ``blend``.

    Args:
        strip: its name.
        scene: the scene that is edited; its name.
        frames: of the edit.
        rate: of the edit.
        blend, still, content: as a :class:`SceneSource`'s.
    """

    kind: Literal["strip"] = "strip"
    strip: str
    scene: str = ""
    frames: FrameRange
    rate: FrameRate
    blend: Path | None = None
    still: bool = False
    content: str = ""


ReferenceSource = Annotated[FileSource | SequenceSource | SceneSource | StripSource, Field(discriminator="kind")]


class Reference(Value):
    """
    Media that the model must look at or listen to. One file used in several segments is one reference.

    Args:
        key: the same for the same content with the same trim, role and cast name; stable from run to run.
        kind: image, video or audio.
        role: what the model should take from it.
        source: where it is.
        name: what to call it to the user: a strip's name or a cast name.
        strips: the names of the strips that use it, in the order of the edit.
        cast: the cast name that stands for it in prompts, without the ``@``.
        description: a line about what it shows.
        exclusion: what must not be taken from it.
        pinned: kept when there are more references than the model takes.
        frames_on_screen: for how many frames of the edit it is used; the rarely seen are left out first.
        offset_seconds: by how much it starts after the first shot that uses it, where it starts inside the shot.
    """

    key: str
    kind: ReferenceKind
    role: Role
    source: ReferenceSource
    name: str
    strips: tuple[str, ...] = ()
    cast: str | None = None
    description: str = ""
    exclusion: str = ""
    pinned: bool = False
    frames_on_screen: int = 0
    offset_seconds: Fraction = Fraction(0)


class Segment(Value):
    """
    One timed piece of action.

    Args:
        id: the id of the strip that made it.
        name: the shot's name, for people.
        range: the frames of the edit that it fills.
        prompt: what happens.
        references: keys of the references that belong to it, in the order of the edit.
        group: the id of the meta it stands in; segments of one group are kept in one request where possible.
        channel: the highest channel it was made from; its take goes above.
        strips: the names of the strips it was made from.
    """

    id: str
    name: str
    range: FrameRange
    prompt: Prompt
    references: tuple[str, ...] = ()
    group: str | None = None
    channel: int = 1
    strips: tuple[str, ...] = ()


class ShotList(Value):
    """
    The ordered segments of a stretch of timeline, with all that they refer to.

    Segments never overlap. ``breaks`` are frames that a request must not run across (markers, gaps' ends).
    """

    name: str
    rate: FrameRate
    width: int
    height: int
    segments: tuple[Segment, ...]
    references: tuple[Reference, ...] = ()
    breaks: tuple[int, ...] = ()
    cast: tuple[CastMember, ...] = ()
    look: str = ""
    settings: ShootSettings = ShootSettings()
    file: Path | None = None
    warnings: tuple[ShotWarning, ...] = ()

    def reference(self, key: str) -> Reference:
        """Return the reference with that key; KeyError where there is none."""
        for reference in self.references:
            if reference.key == key:
                return reference
        raise KeyError(key)
