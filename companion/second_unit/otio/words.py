"""The words in an OpenTimelineIO file: prompts in our own metadata, and the notes that other programs leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from second_unit.timeline import Prompt, Role

_NOTES = {"note", "notes", "comment", "comments", "description"}


def about_clip(clip: Any) -> dict[str, Any]:
    """Return a clip's prompt, role, description, exclusion and whether it is pinned, as a strip's arguments."""
    told = clip.metadata.get("second_unit", {})
    if isinstance(told, str):
        return {"prompt": Prompt(text=told)}
    fields = {key: str(told[key]) for key in Prompt.model_fields if told.get(key)}
    if told.get("prompt"):
        fields["text"] = str(told["prompt"])
    role = str(told.get("role", "")).lower()
    return {
        "prompt": Prompt(**fields) if fields else Prompt(text=_note(clip)),
        "role": Role(role) if role in set(Role) else None,
        "description": text_of(told, "description"),
        "exclusion": text_of(told, "exclusion"),
        "pinned": bool(told.get("pinned", False)),
    }


def _note(clip: Any) -> str:
    for marker in clip.markers:
        words = marker_words(marker)
        if words and marker.marked_range.duration.value <= 1:
            return words
    return next(_find_notes(clip.metadata), "")


def _find_notes(metadata: Any, depth: int = 3) -> Iterator[str]:
    if not isinstance(metadata, Mapping) or depth == 0:
        return
    for key, value in metadata.items():
        if str(key).lower() in _NOTES:
            words = " ".join(str(part) for part in value) if not isinstance(value, str) and _is_list(value) else value
            if isinstance(words, str) and words.strip():
                yield words.strip()
        else:
            yield from _find_notes(value, depth - 1)


def _is_list(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, Mapping)


def marker_words(marker: Any) -> str:
    """Return what a marker says: our own metadata, its comment, or a note in its metadata; empty where nothing."""
    told = marker.metadata.get("second_unit", "")
    if isinstance(told, str) and told.strip():
        return told.strip()
    if isinstance(told, Mapping) and told.get("prompt"):
        return str(told["prompt"]).strip()
    return str(marker.comment or next(_find_notes(marker.metadata), "")).strip()


def text_of(told: Any, key: Literal["look", "description", "exclusion"]) -> str:
    """Return one text of our own metadata; empty where it says nothing."""
    return str(told.get(key, "")) if isinstance(told, Mapping) else ""
