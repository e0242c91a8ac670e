"""
What the edit looks like, read quickly: how much would be shot, and a mark that tells whether it changed.

The exact word on both is a dry run's. Here nothing is opened and no id is given: a thousand strips take milliseconds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import bpy

from ..sequencer import content_start, left_handle, right_handle
from ..strip_marks import ORDERED_KEY, TAKE_KEY, is_placeholder, strip_id, take_tag
from .selected_strips import on_screen, selected_strips

PICTURES = frozenset({"IMAGE", "MOVIE", "SCENE", "META"})
PROMPT_FIELDS = ("text", "subject", "action", "camera", "environment", "lighting", "audio")
STRIP_FIELDS = (*PROMPT_FIELDS, "role", "description", "exclusion", "pinned", "as_it_looks", "still")
SCENE_FIELDS = ("look", "service", "model", "ratio", "resolution", "audio", "use_seed", "seed", "options", "playblast")
MOST_NOTICES = 3


class EditSummary(NamedTuple):
    """
    The stretch that would be shot, at a glance.

    Args:
        by: ``"selection"``, ``"preview range"`` or ``"whole edit"``; empty where there is nothing.
        shots: how many.
        start, end: frames of the edit, the end excluded.
        seconds: from start to end.
        notices: the first obvious things to mend, as ``(strip name, sentence)``.
    """

    by: str = ""
    shots: int = 0
    start: int = 0
    end: int = 0
    seconds: float = 0.0
    notices: tuple[tuple[str, str], ...] = ()

    @property
    def frames(self) -> int:
        """How many frames of the edit."""
        return self.end - self.start


def selection_key(scene: bpy.types.Scene) -> object:
    """Return something that differs when another stretch would be shot; some 40 µs for a thousand strips."""
    strips = on_screen(scene)
    selected = [False] * len(strips)
    if selected:
        strips.foreach_get("select", selected)
    preview = (scene.frame_preview_start, scene.frame_preview_end) if scene.use_preview_range else None
    return preview, bytes(selected)


def summarise(scene: bpy.types.Scene) -> EditSummary:
    """Return what would be shot: the selection, else the preview range, else the whole edit."""
    laid = [strip for strip in _top_level(scene) if not is_placeholder(strip)]
    selected = selected_strips(scene)
    if not laid:
        return EditSummary(notices=(("", "The edit is empty: lay strips in the sequencer."),))
    if selected:
        by, start, end, chosen = "selection", *_span(selected), selected
    elif scene.use_preview_range:
        by, start, end, chosen = "preview range", scene.frame_preview_start, scene.frame_preview_end + 1, laid
    else:
        by, start, end, chosen = "whole edit", *_span(laid), laid
    within = [strip for strip in chosen if left_handle(strip) < end and right_handle(strip) > start]
    shots, notices = _count(within, _silent_channels(scene))
    seconds = (end - start) * scene.render.fps_base / scene.render.fps
    return EditSummary(by, shots, start, end, seconds, tuple(notices[:MOST_NOTICES]))


def edit_mark(scene: bpy.types.Scene) -> int:
    """
    Return a mark that changes with whatever a dry run reads of the strips and of the scene's settings.

    What is selected, and the strips that Second Unit laid itself, don't count. Good for this session only. What isn't
    looked at: the content of files, and of the scenes that scene strips show.
    """
    return hash((_scene_mark(scene), tuple(_strip_marks(_top_level(scene))), frozenset(_silent_channels(scene))))


def shot_mark(strip: Any) -> str:
    """
    Return a mark that changes with what a shot's own strip says: its words, its length, what it shows.

    The references under it don't count; a dry run looks at those. The same from session to session.
    """
    settings = getattr(strip, "second_unit", None)
    words = [getattr(settings, name) for name in PROMPT_FIELDS] if settings is not None else []
    told = repr((strip.type, int(right_handle(strip) - left_handle(strip)), _shows(strip), words))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def changed_shots(scene: bpy.types.Scene) -> frozenset[str]:
    """Return the ids of the strips that say something else than when the take over them, the highest, was ordered."""
    strips = list(_top_level(scene))
    ordered = {strip_id(strip): strip for strip in strips if strip.get(ORDERED_KEY) is not None}
    if not ordered:
        return frozenset()
    shown: dict[str, tuple[int, str]] = {}
    for strip in strips:
        tag = take_tag(strip) if strip.type == "MOVIE" and _is_take(strip) else None
        for segment in tag.segments if tag is not None else ():
            own = segment.split("/")[0]
            shown[own] = max(shown.get(own, (0, "")), (strip.channel, tag.job if tag is not None else ""))
    jobs = {own: (strip, shown[own][1]) for own, strip in ordered.items() if own in shown}
    return frozenset(own for own, (strip, job) in jobs.items() if ordered_marks(strip).get(job, "") not in _now(strip))


def ordered_marks(strip: Any) -> dict[str, str]:
    """Return what a shot's strip said when it was ordered, as :func:`shot_mark` told, by job."""
    try:
        told = json.loads(strip.get(ORDERED_KEY) or "{}")
    except (ValueError, TypeError):
        return {}
    return told if isinstance(told, dict) else {}


def _now(strip: Any) -> tuple[str, str]:
    """Return the marks with which a shot counts as unchanged; of orders that nobody noted nothing is known."""
    return "", shot_mark(strip)


def _top_level(scene: bpy.types.Scene) -> Any:
    editor = scene.sequence_editor
    return editor.strips if editor else ()


def _silent_channels(scene: bpy.types.Scene) -> set[int]:
    editor = scene.sequence_editor
    return {number for number, channel in enumerate(editor.channels) if channel.mute} if editor else set()


def _span(strips: Sequence[Any]) -> tuple[int, int]:
    return int(min(map(left_handle, strips))), int(max(map(right_handle, strips)))


def _count(strips: Iterable[Any], silent: set[int]) -> tuple[int, list[tuple[str, str]]]:
    """Return how many shots the strips make, as a dry run would count them, and what is obvious to mend."""
    heard: list[Any] = []
    notices: list[tuple[str, str]] = []
    for strip in strips:
        if _is_take(strip):
            continue
        if not (strip.mute or strip.channel in silent):
            heard.append(strip)
        elif carries_prompt(strip):
            notices.append((strip.name, "is muted and left out."))
    opened = list(_opened(heard))
    prompts = [strip for strip in opened if carries_prompt(strip)]
    pictures = [strip for strip in heard if strip.type in PICTURES]
    notices += [(strip.name, "has no text.") for strip in prompts if not _says_something(strip)]
    if not prompts and not pictures:
        notices.append(("", "There is nothing to shoot: lay text, picture, movie or scene strips."))
    return len(prompts or pictures), notices


def _opened(strips: Iterable[Any]) -> Iterator[Any]:
    """Yield strips, and what metas hold that isn't muted."""
    for strip in strips:
        yield strip
        if strip.type == "META":
            yield from _opened(child for child in strip.strips if not (child.mute or _is_take(child)))


def carries_prompt(strip: Any) -> bool:
    """Tell whether a strip makes a shot of its own: a text strip, or one whose prompt says something."""
    if strip.type == "TEXT":
        return True
    settings = getattr(strip, "second_unit", None)
    fields = (name for name in PROMPT_FIELDS if not (name == "camera" and strip.type == "SCENE"))
    return settings is not None and any(getattr(settings, name).strip() for name in fields)


def _says_something(strip: Any) -> bool:
    settings = getattr(strip, "second_unit", None)
    written = settings is not None and any(getattr(settings, name).strip() for name in PROMPT_FIELDS)
    return written or (strip.type == "TEXT" and bool(strip.text.strip()))


def _is_take(strip: Any) -> bool:
    return strip.get(TAKE_KEY) is not None


def _scene_mark(scene: bpy.types.Scene) -> object:
    render, settings = scene.render, getattr(scene, "second_unit", None)
    told = [getattr(settings, name) for name in SCENE_FIELDS] if settings is not None else []
    cast = settings.cast if settings is not None else ()
    return (
        (render.fps, render.fps_base, render.resolution_x, render.resolution_y),
        (render.pixel_aspect_x, render.pixel_aspect_y),
        tuple((marker.frame, marker.name) for marker in scene.timeline_markers),
        tuple(told),
        tuple(
            (each.name, each.role, each.description, each.exclusion, *(file.path for file in each.files))
            for each in cast
        ),
    )


def _strip_marks(strips: Iterable[Any]) -> Iterator[object]:
    for strip in strips:
        if is_placeholder(strip) or _is_take(strip):
            continue
        settings = getattr(strip, "second_unit", None)
        yield (
            (strip.name, strip.type, strip.channel, strip.mute),
            (left_handle(strip), right_handle(strip), content_start(strip)),
            _shows(strip),
            tuple(getattr(settings, name) for name in STRIP_FIELDS) if settings is not None else (),
        )
        if strip.type == "META":
            yield from _strip_marks(strip.strips)


def _shows(strip: Any) -> object:
    """Return what a strip shows, by name."""
    match strip.type:
        case "TEXT":
            return strip.text
        case "MOVIE":
            return strip.filepath
        case "IMAGE":
            return strip.directory, len(strip.elements), strip.elements[0].filename if strip.elements else ""
        case "SOUND":
            return strip.sound and strip.sound.filepath, strip.volume
        case "SCENE":
            return strip.scene and strip.scene.name, strip.scene_camera and strip.scene_camera.name
        case _:
            return None
