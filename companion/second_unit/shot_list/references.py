"""
What the model gets to look at and listen to: strips and cast members as references, each file once.

A strip is cut to what overlaps the shot; the same content with the same cut, role and cast name is one reference, in
however many shots it is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from second_unit.errors import MissingMedia, UnreadableMedia
from second_unit.fingerprints import fingerprint, fingerprint_files
from second_unit.shot_list.cuts import cut_strip
from second_unit.shot_list.ranges import LaidStrip
from second_unit.shots import FileSource, Reference, ReferenceKind, ReferenceSource, SequenceSource
from second_unit.timeline import (
    CastMember,
    MovieStrip,
    Role,
    ShotWarning,
    Strip,
    Timeline,
)
from second_unit.timing import FrameRange

ROLES = {
    ReferenceKind.IMAGE: (Role.FIRST_FRAME, Role.LAST_FRAME, Role.CHARACTER, Role.STYLE, Role.COMPOSITION),
    ReferenceKind.VIDEO: (Role.MOTION, Role.CAMERA),
    ReferenceKind.AUDIO: (Role.SOUNDTRACK, Role.VOICE, Role.AMBIENCE),
}
STRIP_ROLES = {
    ReferenceKind.IMAGE: Role.COMPOSITION,
    ReferenceKind.VIDEO: Role.MOTION,
    ReferenceKind.AUDIO: Role.SOUNDTRACK,
}
CAST_ROLES = {ReferenceKind.IMAGE: Role.CHARACTER, ReferenceKind.VIDEO: Role.MOTION, ReferenceKind.AUDIO: Role.VOICE}

VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".mxf", ".ogv", ".ts"})
AUDIO_SUFFIXES = frozenset({".wav", ".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".flac", ".aif", ".aiff", ".wma"})


@dataclass(slots=True)
class _Gathered:
    """A reference while its uses are still being counted. ``content`` is what it shows, as :func:`_content` tells."""

    reference: Reference
    content: list[str]
    strips: dict[str, None] = field(default_factory=dict)  # an ordered set
    frames: int = 0
    description: str = ""
    exclusion: str = ""
    pinned: bool = False

    def reference_now(self) -> Reference:
        return self.reference.model_copy(
            update={
                "strips": tuple(self.strips),
                "frames_on_screen": self.frames,
                "description": self.description,
                "exclusion": self.exclusion,
                "pinned": self.pinned,
            }
        )


class ReferenceDesk:
    """Where the references of one shot list are gathered, each once, while its shots are walked through."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._gathered: dict[str, _Gathered] = {}
        self._cast: dict[str, tuple[tuple[Reference, list[str]], ...]] = {}
        self._warned: set[tuple[str, str]] = set()
        self.warnings: list[ShotWarning] = []

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every reference so far, in the order of first use."""
        return tuple(gathered.reference_now() for gathered in self._gathered.values())

    def kind(self, key: str) -> ReferenceKind:
        """Return what kind of reference the key stands for."""
        return self._gathered[key].reference.kind

    def add_strip(
        self, laid: LaidStrip, overlap: FrameRange, cast: Sequence[str] = (), *, after: int = 0
    ) -> str | None:
        """
        Count a strip's use over some frames, and return the reference's key; None where it has nothing to give there.

        Args:
            laid: the strip.
            overlap: the frames.
            cast: keys of the cast's media in the same shot. A strip without a role of its own that shows the same as
                one of them is that one: sent once, under the cast's name.
            after: by how many frames the overlap starts after the shot.

        Raises:
            MissingMedia, UnreadableMedia: its file isn't there, or can't be read.
        """
        strip = laid.strip
        cut = cut_strip(strip, overlap, self._timeline)
        if cut is None:
            return None
        kind, source = cut
        content = _content(source, strip.name)
        self._warn_of_pace(strip)
        key = next((one for one in cast if strip.role is None and self._gathered[one].content == content), None)
        if key is None:
            role = self._role(strip, kind)
            key = _key(content, kind, role, None)
            offset = self._timeline.rate.seconds(after)
            found = Reference(key=key, kind=kind, role=role, source=source, name=strip.name, offset_seconds=offset)
            self._gather(found, content)
        gathered = self._gathered[key]
        gathered.strips.setdefault(strip.name)
        gathered.frames += overlap.length
        gathered.description = gathered.description or strip.description
        gathered.exclusion = gathered.exclusion or strip.exclusion
        gathered.pinned = gathered.pinned or strip.pinned
        return key

    def add_cast(self, member: CastMember, strip: Strip, frames: int) -> tuple[str, ...]:
        """
        Count a cast member's use by a shot of so many frames, and return the keys of its media.

        Raises:
            MissingMedia, UnreadableMedia: one of its files isn't there, or can't be read.
        """
        if member.name not in self._cast:
            self._cast[member.name] = tuple(_cast_reference(member, path) for path in member.files)
        for reference, content in self._cast[member.name]:
            gathered = self._gather(reference, content)
            gathered.strips.setdefault(strip.name)
            gathered.frames += frames
        return tuple(reference.key for reference, _ in self._cast[member.name])

    def _gather(self, reference: Reference, content: list[str]) -> _Gathered:
        if reference.key not in self._gathered:
            self._gathered[reference.key] = _Gathered(
                reference, content, description=reference.description, exclusion=reference.exclusion
            )
        return self._gathered[reference.key]

    def _role(self, strip: Strip, kind: ReferenceKind) -> Role:
        if strip.role is None:
            return STRIP_ROLES[kind]
        if strip.role in ROLES[kind]:
            return strip.role
        fallback = STRIP_ROLES[kind]
        offered = ", ".join(role.value for role in ROLES[kind])
        self._warn(
            "role",
            strip,
            f"is {_a(kind)} and can't be the {strip.role.value}: it is taken for {fallback.value}.",
            f"Choose one of {offered}.",
        )
        return fallback

    def _warn_of_pace(self, strip: Strip) -> None:
        if not isinstance(strip, MovieStrip):
            return
        if strip.reversed:
            self._warn("reversed", strip, "plays backwards here; the model sees it forwards.", "Render it reversed.")
        shown = self._timeline.rate.seconds(strip.range.length)
        # A frame's rounding is no change of speed: 5 % is more than a strip of a second can be off by.
        if strip.trim.length_seconds and not Fraction(95, 100) <= shown / strip.trim.length_seconds <= Fraction(
            105, 100
        ):
            speed = float(strip.trim.length_seconds / shown)
            self._warn(
                "speed",
                strip,
                f"plays at {float(speed):.2f} of its true speed here; the model sees it at true speed.",
                "Render it at the speed that you want, or say the pace in the prompt.",
            )

    def _warn(self, code: str, strip: Strip, message: str, remedy: str) -> None:
        if (code, strip.id) not in self._warned:
            self._warned.add((code, strip.id))
            self.warnings.append(ShotWarning(code=code, strip=strip.name, message=message, remedy=remedy))


def _a(kind: ReferenceKind) -> str:
    return {ReferenceKind.IMAGE: "an image", ReferenceKind.VIDEO: "a video", ReferenceKind.AUDIO: "a sound"}[kind]


def kind_of_file(path: Path) -> ReferenceKind:
    """Tell by a file's suffix what a model does with it; whatever is neither movie nor sound is a picture."""
    suffix = path.suffix.lower()
    if suffix in VIDEO_SUFFIXES:
        return ReferenceKind.VIDEO
    return ReferenceKind.AUDIO if suffix in AUDIO_SUFFIXES else ReferenceKind.IMAGE


def _cast_reference(member: CastMember, path: Path) -> tuple[Reference, list[str]]:
    kind = kind_of_file(path)
    role = member.role if member.role in ROLES[kind] else CAST_ROLES[kind]
    source = FileSource(path=path)
    content = _content(source, f"@{member.name}")
    reference = Reference(
        key=_key(content, kind, role, member.name),
        kind=kind,
        role=role,
        source=source,
        name=member.name,
        cast=member.name,
        description=member.description,
        exclusion=member.exclusion,
    )
    return reference, content


def _content(source: ReferenceSource, strip: str) -> list[str]:
    """Return what a source shows, as words to be hashed: the same for the same content and cut."""
    try:
        match source:
            case FileSource():
                trim = source.trim
                cut = [str(trim.start_seconds), str(trim.end_seconds)] if trim else []
                return ["file", _checked(source.path, strip), *cut]
            case SequenceSource():
                return ["sequence", fingerprint_files(source.paths), str(source.rate.fraction)]
            case _:
                return [source.kind, source.model_dump_json()]
    except FileNotFoundError as error:
        raise MissingMedia(
            f"The file of '{strip}' isn't there: {error.filename}.",
            remedy="Put it back, point the strip to where it is now, or mute the strip.",
            strip=strip,
        ) from error
    except OSError as error:
        raise _unreadable(strip, error.filename, error.strerror or "it can't be read") from error


def _checked(path: Path, strip: str) -> str:
    if path.stat().st_size == 0:
        raise _unreadable(strip, path, "it is empty")
    return fingerprint(path)


def _unreadable(strip: str, path: object, reason: str) -> UnreadableMedia:
    return UnreadableMedia(
        f"The file of '{strip}' can't be used: {path} ({reason}).",
        remedy="Replace the file or its rights, or mute the strip.",
        strip=strip,
    )


def _key(content: list[str], kind: ReferenceKind, role: Role, cast: str | None) -> str:
    told = json.dumps([content, kind.value, role.value, cast])
    return hashlib.sha256(told.encode()).hexdigest()[:32]
