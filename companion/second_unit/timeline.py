"""
What the editor laid out, as plain frozen data.

``addon/reading/read_timeline.py`` and ``otio.py`` write a :class:`Timeline`; everything after them only reads it. It
is JSON in and out: ``Timeline.model_validate_json(text)``, ``timeline.model_dump_json(indent=2)``. Paths are
absolute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from second_unit.timing import FrameRange, FrameRate


class Value(BaseModel):
    """A frozen record of our own: unknown fields are an error, equality is by content."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Role(StrEnum):
    """What a model should take from a reference."""

    FIRST_FRAME = "first frame"
    LAST_FRAME = "last frame"
    CHARACTER = "character"
    STYLE = "style"
    COMPOSITION = "composition"
    MOTION = "motion"
    CAMERA = "camera"
    SOUNDTRACK = "soundtrack"
    VOICE = "voice"
    AMBIENCE = "ambience"


class Prompt(Value):
    """
    What happens in a shot: free text, or six fields, or both (the text then stands for subject and action).

    The order of the fields is the order in which models want them read.
    """

    text: str = ""
    subject: str = ""
    action: str = ""
    camera: str = ""
    environment: str = ""
    lighting: str = ""
    audio: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether no field says anything."""
        return not any(value.strip() for value in self.model_dump().values())


class ShotWarning(Value):
    """
    Something left out, shortened or guessed.

    Args:
        code: a short stable name, such as ``"muted"`` or ``"left-out"``, for tests and filters.
        strip: the name of the strip it is about; empty where it is about the whole stretch.
        message: what happened.
        remedy: what the editor can do about it.
    """

    code: str
    strip: str = ""
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        about = f"'{self.strip}': " if self.strip else ""
        return f"{about}{self.message} {self.remedy}".strip()


class Trim(Value):
    """The stretch of a media file that is used, in exact seconds from the file's start; the end is excluded."""

    start_seconds: Fraction
    end_seconds: Fraction

    @property
    def length_seconds(self) -> Fraction:
        """How long it is."""
        return self.end_seconds - self.start_seconds


class StripBase(Value):
    """
    What every strip says of itself.

    Args:
        id: stays with the strip through renaming, saving and undo.
        name: what the editor calls it; unique in its scene.
        channel: 1 to 128 in Blender; inside a meta strip, counted there.
        range: the frames it shows in the edit (for a meta's children too).
        muted: it, its channel or its meta is muted.
        selected: whether the editor had it selected.
        prompt: what should happen; an empty prompt on most strips.
        role: what the model should take from it; None lets its kind decide.
        description: a line about who or what it shows.
        exclusion: what must not be taken from it ("Do not use the background").
        pinned: keep it when there are more references than the model takes.
        take_of: the job whose take it shows, for strips that Second Unit placed; None for the editor's own.
        as_it_looks: send it as the sequencer shows it: effects, colour and its place in the picture included.
        still: send one picture of it instead of a movie.
        content: of a scene strip, and of one sent as it looks: changes whenever what Blender would render of it does.
            Empty where that isn't known.
    """

    id: str
    name: str
    channel: int
    range: FrameRange
    muted: bool = False
    selected: bool = False
    prompt: Prompt = Prompt()
    role: Role | None = None
    description: str = ""
    exclusion: str = ""
    pinned: bool = False
    take_of: str | None = None
    as_it_looks: bool = False
    still: bool = False
    content: str = ""


class TextStrip(StripBase):
    """Lettering. A text strip is a prompt strip: its text says what happens under it."""

    kind: Literal["text"] = "text"
    text: str = ""


class ImageStrip(StripBase):
    """A still (one file) or an image sequence (the files it shows, in order, one a frame of the edit)."""

    kind: Literal["image"] = "image"
    files: tuple[Path, ...]


class MovieStrip(StripBase):
    """A movie. ``trim`` is what of the file it shows; played at ``trim.length / range.length`` of its true speed."""

    kind: Literal["movie"] = "movie"
    file: Path
    trim: Trim
    reversed: bool = False


class SoundStrip(StripBase):
    """A sound, always at its true speed."""

    kind: Literal["sound"] = "sound"
    file: Path
    trim: Trim
    volume: float = 1.0


class CameraPart(Value):
    """What a scene strip's camera does in some frames of the edit, in words."""

    range: FrameRange
    words: str


class SceneStrip(StripBase):
    """
    Another scene of the .blend, seen by its camera: ``frames`` of that scene, at that scene's own ``rate``.

    ``camera_words`` is what its animated camera does over the whole strip (``second_unit.camera``), ``camera_parts``
    the same for the parts of it that lie under prompt strips; empty where it wasn't measured.
    """

    kind: Literal["scene"] = "scene"
    scene: str
    camera: str = ""
    frames: FrameRange
    rate: FrameRate
    camera_words: str = ""
    camera_parts: tuple[CameraPart, ...] = ()

    def camera_over(self, frames: FrameRange) -> str:
        """Return what the camera does in these frames of the edit: of what was measured, what covers them best."""
        parts = [part for part in self.camera_parts if part.range.overlaps(frames)]
        whole = CameraPart(range=self.range, words=self.camera_words)
        shown = self.range.overlap(frames) or self.range
        return min([whole, *parts], key=lambda part: _difference(part.range, shown)).words


def _difference(one: FrameRange, other: FrameRange) -> int:
    """Return how many frames only one of two ranges holds."""
    shared = one.overlap(other)
    return one.length + other.length - 2 * (shared.length if shared else 0)


class MetaStrip(StripBase):
    """Strips grouped by the editor: one shot group."""

    kind: Literal["meta"] = "meta"
    children: tuple[Strip, ...] = ()


class OtherStrip(StripBase):
    """
    Whatever makes no reference by itself: colour, adjustment, mask, clip, effects and transitions.

    Args:
        type: Blender's own name, such as ``"COLOR"`` or ``"CROSS"``.
        inputs: the ids of the strips it works on.
    """

    kind: Literal["other"] = "other"
    type: str
    inputs: tuple[str, ...] = ()


Strip = Annotated[
    TextStrip | ImageStrip | MovieStrip | SoundStrip | SceneStrip | MetaStrip | OtherStrip,
    Field(discriminator="kind"),
]


class CastMember(Value):
    """
    A reference with a name, mentioned in prompts as ``@name``.

    Args:
        name: without the ``@``; letters of any language, digits, ``_`` and ``-``.
        files: its media, most telling first.
        role: what the model should take from it; None lets the kind of its media decide.
        description: a line about who or what it is ("a woman in a red raincoat").
        exclusion: what must not be taken from its media.
    """

    name: str
    files: tuple[Path, ...] = ()
    role: Role | None = None
    description: str = ""
    exclusion: str = ""


class Marker(Value):
    """A named frame of the edit. A request never runs across one."""

    frame: int
    name: str = ""


class ShootSettings(Value):
    """
    What the editor chose for the takes of this scene.

    Args:
        service: a name from the catalog, such as ``"animatic"`` or ``"seedance"``.
        model: a model of that service; empty takes the service's first.
        ratio: such as ``"16:9"``; empty takes the nearest to the edit's own.
        resolution: such as ``"720p"``; empty takes the model's default.
        audio: generate sound with the picture.
        seed: fixes what chance decides, where the model can; None leaves it to chance.
        options: what only this service understands, passed on as it is.
    """

    service: str = "animatic"
    model: str = ""
    ratio: str = ""
    resolution: str = ""
    audio: bool = True
    seed: int | None = None
    options: dict[str, str | int | float | bool] = {}


class Timeline(Value):
    """
    A stretch of an edit.

    Args:
        name: the scene's name.
        rate: the edit's frames per second.
        width: of the edit, in pixels.
        height: of the edit, in pixels.
        stretch: the frames that are to be shot: the selection's, the preview range's or the whole edit's.
        stretch_by: which of them it was.
        strips: the strips of the stretch from the lowest channel up, by start within a channel; metas hold their own.
        markers: of the whole edit, by frame.
        cast: the named references.
        look: words that hold for every shot.
        settings: service, model and what goes with them.
        file: the .blend or .otio it was read from; None while it is unsaved.
        warnings: what was left out, and why.
    """

    name: str
    rate: FrameRate
    width: int
    height: int
    stretch: FrameRange
    stretch_by: Literal["selection", "preview range", "whole edit"] = "whole edit"
    strips: tuple[Strip, ...]
    markers: tuple[Marker, ...] = ()
    cast: tuple[CastMember, ...] = ()
    look: str = ""
    settings: ShootSettings = ShootSettings()
    file: Path | None = None
    warnings: tuple[ShotWarning, ...] = ()


def walk(strips: Iterable[Strip]) -> Iterator[Strip]:
    """Yield every strip, each meta before its children."""
    for strip in strips:
        yield strip
        if isinstance(strip, MetaStrip):
            yield from walk(strip.children)
