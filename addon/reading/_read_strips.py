"""
Strips as they lie in Blender, one reader a kind. Part of :mod:`.read_timeline`.

Frames are the edit's own unless a name says otherwise. Worked example for a movie: a 24 fps file, its speed adjusted,
starts on frame 10 of a 30 fps edit and is cut on frame 21. Each frame of the edit is 24/30 of a frame of the file, so
frame 21 shows the file's frame (21 − 10) · 24/30 = 8.8, and the trim starts at 8.8 / 24 = 11/30 s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import bpy

from second_unit.errors import UnreadableMedia
from second_unit.timeline import (
    ImageStrip,
    MetaStrip,
    MovieStrip,
    OtherStrip,
    Prompt,
    Role,
    SceneStrip,
    ShotWarning,
    SoundStrip,
    Strip,
    TextStrip,
    Trim,
)
from second_unit.timing import FrameRange, FrameRate

from .. import sequencer
from ..strip_marks import is_placeholder, strip_id, take_tag
from ._read_media import absolute_path, movie_length, movie_rate, sound_path
from .content_marks import file_mark, scene_mark, strip_mark

PROMPT_FIELDS = tuple(Prompt.model_fields)
_NO_PROMPT = Prompt()


def shown_range(strip: Any) -> FrameRange:
    """Return the frames of the edit that a strip covers."""
    return FrameRange(int(sequencer.left_handle(strip)), int(sequencer.right_handle(strip)))


class StripReader:
    """
    Reads the strips of one scene; what can't be told by the strips alone is gathered in ``warnings``.

    Args:
        scene: whose strips.
        rate: its frames per second.
        selected: the pointers of the strips that count as selected.
        packed_folder: where packed sounds are written out, as Blender writes paths.
    """

    def __init__(self, scene: bpy.types.Scene, rate: FrameRate, selected: frozenset[int], packed_folder: str) -> None:
        self.scene = scene
        self.rate = rate
        self.selected = selected
        self.packed_folder = packed_folder
        self.warnings: list[ShotWarning] = []
        self._readers: dict[str, Callable[[Any, dict[str, Any]], Strip]] = {
            "TEXT": self._read_text,
            "IMAGE": self._read_image,
            "MOVIE": self._read_movie,
            "SOUND": self._read_sound,
            "SCENE": self._read_scene,
            "META": self._read_meta,
        }

    def read(
        self, strips: Iterable[Any], channels: Any, window: FrameRange, *, muted: bool = False, cut: bool = False
    ) -> tuple[Strip, ...]:
        """
        Return the strips that show in a window, from the lowest channel up, by start within a channel.

        Args:
            strips: of a scene, or of one meta.
            channels: theirs.
            window: frames of the edit.
            muted: whether the meta that holds them is muted.
            cut: whether they show only inside the window, as a meta's children do.
        """
        silent = {number for number, channel in enumerate(channels) if channel.mute}
        laid = []
        for strip in strips:
            if is_placeholder(strip):
                continue
            covered = shown_range(strip)
            seen = covered.overlap(window)
            if seen is not None:
                laid.append((strip.channel, covered.start, strip, seen if cut else covered))
        laid.sort(key=lambda each: each[:2])
        return tuple(
            self._read_one(strip, seen, muted=muted or strip.mute or channel in silent)
            for channel, _, strip, seen in laid
        )

    def _read_one(self, strip: Any, seen: FrameRange, *, muted: bool) -> Strip:
        told = self._common(strip, seen, muted=muted)
        if not muted:
            self._note_liberties(strip)
        return self._readers.get(strip.type, self._read_other)(strip, told)

    def _common(self, strip: Any, seen: FrameRange, *, muted: bool) -> dict[str, Any]:
        """Return what every strip says of itself."""
        tag = take_tag(strip)
        told = {
            "id": strip_id(strip),
            "name": strip.name,
            "channel": strip.channel,
            "range": seen,
            "muted": muted,
            "selected": strip.as_pointer() in self.selected,
            "take_of": tag.job if tag else None,
        }
        settings = getattr(strip, "second_unit", None)
        told |= _settings(settings) if settings is not None else {}
        if not muted and strip.type != "SOUND" and (told.get("as_it_looks") or told.get("still")):
            told["content"] = self._look(strip)
        return told

    def _look(self, strip: Any) -> str:
        """Return a mark of how a strip looks in the sequencer, with all that it is made of."""
        inputs = [each for name in ("input_1", "input_2") if (each := getattr(strip, name, None))]
        children = list(strip.strips) if strip.type == "META" else []
        parts = [self._look(each) for each in [*inputs, *children]]
        parts += [scene_mark(strip.scene)] if strip.type == "SCENE" and strip.scene else []
        return strip_mark(strip, [*parts, *(file_mark(path) for path in self._files(strip))])

    def _files(self, strip: Any) -> list[Path]:
        """Return the files that a strip shows."""
        if strip.type == "IMAGE":
            folder = absolute_path(strip.directory, strip.name, self.scene)
            return [folder / element.filename for element in strip.elements]
        return [absolute_path(strip.filepath, strip.name, self.scene)] if strip.type == "MOVIE" else []

    def _warn(self, strip: Any, code: str, message: str, remedy: str) -> None:
        self.warnings.append(ShotWarning(code=code, strip=strip.name, message=message, remedy=remedy))

    def _note_liberties(self, strip: Any) -> None:
        """Warn of what a strip does to its media that a reference made from the media won't show."""
        if strip.type == "SPEED" and strip.input_1:
            self._warn(
                strip.input_1,
                "speed-effect",
                f"is played at another speed by '{strip.name}'; its reference shows the file at the strip's own speed.",
                "Retime the strip itself, if the speed matters to the shot.",
            )
        if strip.type == "MULTICAM":
            self._warn(
                strip,
                "multicam",
                f"shows channel {strip.multicam_source}; every angle under it counts as a reference.",
                "Mute the channels that aren't shown.",
            )
        if strip.type == "MOVIE" and strip.strobe > 1:
            self._warn(
                strip,
                "strobe",
                f"shows every {strip.strobe:g}th frame; its reference shows all.",
                "Set Strobe to 1, if it isn't meant.",
            )
        if strip.type in {"META", "SCENE"} and strip.use_reverse_frames:
            self._warn(
                strip, "reversed", "plays backwards; its references play forwards.", "Reverse the strips inside it."
            )
        # A movie's keys are read where its trim is; an image sequence's are already in the pictures that it shows.
        if strip.type in {"SOUND", "SCENE"} and len(strip.retiming_keys):
            self._warn(strip, "retimed", "is retimed; its reference runs at its true speed.", "Clear its retiming.")

    def _read_text(self, strip: Any, told: dict[str, Any]) -> Strip:
        return TextStrip(**told, text=strip.text)

    def _read_image(self, strip: Any, told: dict[str, Any]) -> Strip:
        folder = absolute_path(strip.directory, strip.name, self.scene)
        if len(strip.elements) == 1:
            return ImageStrip(**told, files=(folder / strip.elements[0].filename,))
        shown = (strip.strip_elem_from_frame(frame) for frame in told["range"])
        files = tuple(folder / element.filename for element in shown if element)
        return ImageStrip(**told, files=files if len(set(files)) > 1 else files[:1])

    def _read_movie(self, strip: Any, told: dict[str, Any]) -> Strip:
        path = absolute_path(strip.filepath, strip.name, self.scene)
        own = movie_rate(strip)
        if own is None and path.exists() and not told["muted"]:
            raise _unreadable(strip, path, "movie")
        trim = self._movie_trim(strip, path, own or self.rate, told)
        return MovieStrip(**told, file=path, trim=trim, reversed=strip.use_reverse_frames)

    def _movie_trim(self, strip: Any, path: Path, own: FrameRate, told: dict[str, Any]) -> Trim:
        seen: FrameRange = told["range"]
        skipped = sequencer.content_trim_start(strip)
        speed, length = self._movie_speed(strip, path, own)
        start, end = seen.shifted(-round(sequencer.content_start(strip))).start, 0
        end = start + seen.length
        if strip.use_reverse_frames:
            content = sequencer.content_duration(strip)
            start, end = content - end, content - start
        first, last = start * speed, end * speed
        if not told["muted"] and max(-first, last - length) >= max(speed, 1):
            self._warn(
                strip,
                "held",
                "is drawn out beyond its footage and holds a frame there; its reference has no hold.",
                "Trim the strip to its footage.",
            )
        # A strip that shows nothing but a held frame still shows that frame.
        first = min(max(first, Fraction(0)), Fraction(length - 1))
        last = max(min(last, Fraction(length)), first + 1)
        return Trim(start_seconds=own.seconds(skipped + first), end_seconds=own.seconds(skipped + last))

    def _movie_speed(self, strip: Any, path: Path, own: FrameRate) -> tuple[Fraction, int]:
        """
        Return the file's frames per frame of the edit, and how many frames of the file the strip can show.

        Blender doesn't say whether it adjusted a strip's speed, but the content is as long as the file (not adjusted),
        or as the file at the edit's rate, rounded down (adjusted); else it is retimed.
        """
        content = sequencer.content_duration(strip)
        keys = len(strip.retiming_keys)
        if own == self.rate and not keys:
            return Fraction(1), content
        counted = movie_length(path)
        if counted is None:
            return Fraction(1), content
        length = max(1, counted - sequencer.content_trim_start(strip) - sequencer.content_trim_end(strip))
        if keys > 2 and not strip.mute:
            self._warn(
                strip,
                "retimed",
                "changes its speed; which part of the file it shows is reckoned from its mean speed.",
                "Cut the strip where its speed changes.",
            )
        adjusted = own.fraction / self.rate.fraction
        if keys or content not in {length, floor(length / adjusted), ceil(length / adjusted)}:
            return Fraction(length, content), length
        return Fraction(1) if content == length else adjusted, length

    def _read_sound(self, strip: Any, told: dict[str, Any]) -> Strip:
        sound = strip.sound
        if sound is None:
            return self._read_orphan(strip, told, "sound")
        path = sound_path(strip, self.packed_folder)
        if sound.samplerate == 0 and path.exists() and not told["muted"]:
            raise _unreadable(strip, path, "sound")
        # A sound plays its whole file, before its content starts and after it ends too, where the handles let it.
        begin = _exact(sequencer.content_start(strip)) - sequencer.content_trim_start(strip)
        begin += self.rate.frames(_exact(getattr(strip, "sound_offset", 0.0)))
        trims = sequencer.content_trim_start(strip) + sequencer.content_trim_end(strip)
        heard = _heard(told["range"], begin, begin + sequencer.content_duration(strip) + trims)
        trim = Trim(
            start_seconds=max(self.rate.seconds(heard.start - begin), Fraction(0)),
            end_seconds=max(self.rate.seconds(heard.end - begin), Fraction(0)),
        )
        return SoundStrip(**told | {"range": heard}, file=path, trim=trim, volume=strip.volume)

    def _read_scene(self, strip: Any, told: dict[str, Any]) -> Strip:
        shown = strip.scene
        if shown is None:
            return self._read_orphan(strip, told, "scene")
        camera = strip.scene_camera or shown.camera
        rate = FrameRate.from_blender(shown.render.fps, shown.render.fps_base)
        if not told["muted"]:
            self._note_scene(strip, camera, rate)
            told.setdefault("content", scene_mark(shown))
        return SceneStrip(
            **told,
            scene=shown.name,
            camera=camera.name if camera else "",
            frames=_scene_frames(strip, told["range"]),
            rate=rate,
        )

    def _note_scene(self, strip: Any, camera: Any, rate: FrameRate) -> None:
        if strip.scene_input == "SEQUENCER":
            self._warn(
                strip,
                "scene-edit",
                f"shows the edit of scene '{strip.scene.name}'; its reference shows that scene's camera.",
                "Set its input to Camera, or bring the strips of that edit here.",
            )
        elif camera is None:
            self._warn(
                strip, "no-camera", "shows a scene without a camera.", "Choose a camera in the strip's settings."
            )
        if rate != self.rate:
            self._warn(
                strip,
                "scene-rate",
                f"shows one frame of a {rate} fps scene for each of the edit's {self.rate}; it moves at another speed.",
                "Give both scenes one frame rate.",
            )

    def _read_meta(self, strip: Any, told: dict[str, Any]) -> Strip:
        children = self.read(strip.strips, strip.channels, told["range"], muted=told["muted"], cut=True)
        return MetaStrip(**told, children=children)

    def _read_other(self, strip: Any, told: dict[str, Any]) -> Strip:
        inputs = (getattr(strip, name, None) for name in ("input_1", "input_2"))
        return OtherStrip(**told, type=strip.type, inputs=tuple(strip_id(each) for each in inputs if each))

    def _read_orphan(self, strip: Any, told: dict[str, Any], lost: str) -> Strip:
        if not told["muted"]:
            self._warn(strip, "orphan", f"has lost its {lost} and is left out.", f"Choose its {lost}, or delete it.")
        return self._read_other(strip, told)


def _settings(settings: Any) -> dict[str, Any]:
    """Return what the editor wrote on a strip."""
    fields = {name: value for name in PROMPT_FIELDS if (value := getattr(settings, name))}
    return {
        "prompt": Prompt(**fields) if fields else _NO_PROMPT,
        "role": None if settings.role == "AUTO" else Role[settings.role],
        "description": settings.description,
        "exclusion": settings.exclusion,
        "pinned": settings.pinned,
        "as_it_looks": settings.as_it_looks,
        "still": settings.still,
    }


def _scene_frames(strip: Any, seen: FrameRange) -> FrameRange:
    """Return which frames of its scene a strip shows: one a frame of the edit, and beyond the end the last."""
    first = strip.scene.frame_start + sequencer.content_trim_start(strip)
    end = first + sequencer.content_duration(strip)
    shown = seen.shifted(first - round(sequencer.content_start(strip)))
    start = min(max(shown.start, first), end - 1)
    return FrameRange(start, max(min(shown.end, end), start + 1))


def _heard(seen: FrameRange, begin: Fraction, end: Fraction) -> FrameRange:
    """Return the frames in which a sound strip sounds; empty where it is all silence."""
    start = min(max(seen.start, floor(begin)), seen.end)
    return FrameRange(start, max(start, min(seen.end, ceil(end))))


def _exact(number: float) -> Fraction:
    """Return what was typed: Blender keeps single precision."""
    return Fraction(number).limit_denominator(100_000)


def _unreadable(strip: Any, path: Path, kind: str) -> UnreadableMedia:
    return UnreadableMedia(
        f"'{strip.name}' shows '{path.name}', which can't be read as a {kind}.",
        remedy="Replace the file, or mute the strip.",
        strip=strip.name,
    )
