"""
Which shots changed since their take: a shot's signature is kept in the order, and held against what it is now.

Moving a shot in the edit doesn't change it; its words, its length, its references by content, the look and the
settings do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from second_unit.plan import GenerationRequest
from second_unit.shots import Reference, Segment, ShotList


def shot_signature(segment: Segment, shot_list: ShotList, references: Mapping[str, Reference], model: str) -> str:
    """
    Return 16 hexadecimal digits that change whenever what is asked for this shot does.

    Args:
        references: the shot list's, by key.
        model: the model's id, for the settings may leave it open.
    """
    settings = shot_list.settings
    told = {
        "prompt": segment.prompt.model_dump(),
        "look": shot_list.look,
        "seconds": str(segment.range.seconds(shot_list.rate)),
        "references": [
            (one.key, one.role, one.description, one.exclusion, str(one.offset_seconds))
            for one in (references[key] for key in segment.references)
        ],
        "settings": settings.model_dump(exclude={"model"}) | {"model": model},
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def stale_segments(shot_list: ShotList, model: str, taken: Iterable[GenerationRequest]) -> frozenset[str]:
    """
    Return the ids of the segments that changed since their take, or have none.

    Args:
        model: the id of the model that would shoot.
        taken: the orders whose takes are there.
    """
    references = {reference.key: reference for reference in shot_list.references}
    known = {(shot.segment, shot.signature) for request in taken for shot in request.shots}
    return frozenset(
        segment.id
        for segment in shot_list.segments
        if (segment.id, shot_signature(segment, shot_list, references, model)) not in known
    )


def only_segments(shot_list: ShotList, ids: Iterable[str]) -> ShotList:
    """Return the shot list with these segments alone, and the references that they use."""
    wanted = set(ids)
    segments = tuple(segment for segment in shot_list.segments if segment.id in wanted)
    used = {key for segment in segments for key in segment.references}
    references = tuple(one for one in shot_list.references if one.key in used)
    return shot_list.model_copy(update={"segments": segments, "references": references})
