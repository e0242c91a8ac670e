"""
What Second Unit writes onto strips so as to know them again: an id, and the take that a placed strip shows.

Both are plain custom properties, so they are kept in the .blend, survive renaming, saving and undo, and can be read
where the add-on isn't registered. Splitting and duplicating copy them: :func:`ensure_strip_ids` gives copies ids of
their own, while a copied take mark stays, for the copy shows the same take.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import bpy

from .sequencer import strips_all

ID_KEY = "second_unit_id"
NAMED_KEY = "second_unit_named"
TAKE_KEY = "second_unit_take"
PLACEHOLDER_KEY = "second_unit_placeholder"
ORDERED_KEY = "second_unit_ordered"
CUT_KEY = "second_unit_cut"
COMPARED_KEY = "second_unit_compared"


@dataclass(frozen=True)
class TakeTag:
    """
    Which take a placed strip shows.

    Args:
        job: the job's id.
        take: the take's number, from 1.
        segments: ids of the segments that it fills.
        provenance: service, model, prompt, seed, task, cost, time.
    """

    job: str
    take: int = 1
    segments: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)


def tag_take(strip: Any, tag: TakeTag) -> None:
    """Write onto a placed strip which take it shows."""
    strip[TAKE_KEY] = json.dumps(
        {"job": tag.job, "take": tag.take, "segments": tag.segments, "provenance": tag.provenance},
        ensure_ascii=False,
        sort_keys=True,
    )


def take_tag(strip: Any) -> TakeTag | None:
    """Return which take a strip shows; None for the editor's own strips, and where the mark can't be read."""
    told = strip.get(TAKE_KEY)
    try:
        record = json.loads(told) if isinstance(told, str) else None
    except ValueError:
        return None
    if not isinstance(record, dict) or not record.get("job"):
        return None
    return TakeTag(
        job=str(record["job"]),
        take=int(record.get("take", 1)),
        segments=tuple(record.get("segments", ())),
        provenance=record.get("provenance", {}),
    )


@dataclass(frozen=True)
class PlaceholderNote:
    """
    What a placeholder says of itself.

    Args:
        job: whose take it waits for.
        segment: which of its shots.
        shot: that shot's name.
        start, end: the frames that were ordered for; where it lies now counts more.
    """

    job: str
    segment: str
    shot: str
    start: int
    end: int


def is_placeholder(strip: Any) -> bool:
    """Tell whether a strip only keeps the place of a take that is to come: it is no part of the edit."""
    return strip.get(PLACEHOLDER_KEY) is not None


def read_placeholder(strip: Any) -> PlaceholderNote | None:
    """Return what a placeholder says of itself; None for every other strip."""
    told = strip.get(PLACEHOLDER_KEY)
    try:
        return PlaceholderNote(**json.loads(told)) if isinstance(told, str) else None
    except (ValueError, TypeError):
        return None


def is_kept(strip: Any) -> bool:
    """Tell whether the editor circled the take that a strip shows: the latest doesn't replace it."""
    told = strip.get(CUT_KEY)
    return isinstance(told, str) and bool(json.loads(told).get("kept"))


def is_comparison(strip: Any) -> bool:
    """Tell whether a strip is only there to compare takes."""
    return bool(strip.get(COMPARED_KEY))


def strip_id(strip: Any) -> str:
    """Return a strip's id; its name where it was never given one (in a scene linked from another .blend)."""
    return strip.get(ID_KEY) or strip.name


def ensure_strip_ids(scene: bpy.types.Scene) -> int:
    """
    Give every strip of a scene, inside metas too, an id that no other strip of it has; return how many were given.

    This is the only change that reading makes to a .blend, and it makes none where ids exist. A copy is a new shot: of
    strips with one id, the one that bears the name it was given the id under keeps it, else the one whose name has
    the lowest number behind it (Blender calls copies ``.001``); the others get new ones. Scenes linked from another
    .blend can't be written and are left alone.
    """
    if scene.library is not None:
        return 0
    by_id: dict[str, list[Any]] = defaultdict(list)
    for strip in strips_all(scene):
        by_id[strip.get(ID_KEY) or ""].append(strip)
    fresh = by_id.pop("", [])
    for strips in by_id.values():
        if len(strips) > 1:
            fresh += _copies(strips)
    for strip in fresh:
        strip[ID_KEY] = uuid.uuid4().hex
        strip[NAMED_KEY] = strip.name
    return len(fresh)


def _copies(strips: Iterable[Any]) -> list[Any]:
    """Return all of the strips but the original."""
    return sorted(strips, key=_distance_from_original)[1:]


def _distance_from_original(strip: Any) -> tuple[bool, int, str]:
    numbered = re.search(r"\.(\d+)$", strip.name)
    return strip.get(NAMED_KEY) != strip.name, int(numbered[1]) if numbered else 0, strip.name
