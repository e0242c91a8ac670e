"""
Orders of this .blend that its file doesn't know of, and takes that went or came back by undo.

Loads pydantic: import it where it is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

import bpy

from second_unit.errors import SecondUnitError
from second_unit.jobs import events
from second_unit.jobs.clock import SystemClock
from second_unit.jobs.job import State
from second_unit.jobs.store import JobStore

from ..placing.placeholders import lay_placeholders
from ..sequencer import left_handle, sequencer_scene, strips_all
from ..strip_marks import ID_KEY, NAMED_KEY, strip_id, take_tag
from . import session

if TYPE_CHECKING:
    from second_unit.plan import GenerationRequest


def lay_again(jobs: Iterable[str]) -> bool:
    """
    Lay the placeholders of jobs in the scenes that hold their shots; True where some were laid.

    A job whose shots are in no scene any more isn't wanted; one for which there is no room is told as trouble.
    """
    laid = False
    for job_id in jobs:
        job = session.job(job_id)
        scene = scene_of(job.request) or _scene_by_names(job.request) if job is not None else None
        if job is None or scene is None:
            continue
        try:
            lay_placeholders(scene, {job.id: job.request}, as_ordered=False)
            laid = True
        except SecondUnitError as error:
            session.note_trouble(job.id, session.notice(error))
    return laid


def scene_of(request: GenerationRequest) -> bpy.types.Scene | None:
    """Return the scene that holds most of an order's shots, the edited one before others; None where none does."""
    wanted = {shot.segment.split("/")[0] for shot in request.shots}
    scenes = [scene for scene in bpy.data.scenes if scene.library is None]
    edited = sequencer_scene(bpy.context)
    held = Counter({scene: len(wanted & set(map(strip_id, strips_all(scene)))) for scene in scenes})
    most = max(held.values(), default=0)
    best = [scene for scene in scenes if held[scene] == most] if most else []
    return edited if edited in best else next(iter(best), None)


def _scene_by_names(request: GenerationRequest) -> bpy.types.Scene | None:
    """
    Return the scene whose strips were ordered and have no ids, which they get back; None where there is none.

    Reading an edit gives its strips ids. Where Blender ended before the file was saved, only the order knows them.
    """
    for scene in (one for one in bpy.data.scenes if one.library is None):
        nameless = {strip.name: strip for strip in strips_all(scene) if strip.get(ID_KEY) is None}
        found = [(nameless.get(shot.name), shot) for shot in request.shots]
        meant = [(strip, shot) for strip, shot in found if strip and left_handle(strip) == shot.range.start]
        for strip, shot in meant:
            strip[ID_KEY], strip[NAMED_KEY] = shot.segment.split("/")[0], strip.name
        if meant:
            return scene
    return None


def shown_jobs() -> set[str]:
    """Return the jobs whose takes some scene of the .blend shows."""
    tags = (take_tag(strip) for scene in bpy.data.scenes for strip in strips_all(scene))
    return {tag.job for tag in tags if tag is not None}


def tell_store(jobs: Collection[str]) -> Mapping[str, bool]:
    """
    Tell the store which takes undo took out of the edit, and which redo brought back; return whether each is in it.

    Args:
        jobs: that were placed in this session.
    """
    shown = shown_jobs()
    if not jobs:
        return {}
    try:
        with JobStore(session.store()) as kept:
            for job in jobs:
                _tell(kept, job, is_shown=job in shown)
    except SecondUnitError as error:
        for job in jobs:
            session.note_trouble(job, session.notice(error))
    return {job: job in shown for job in jobs}


def _tell(kept: JobStore, job: str, *, is_shown: bool) -> None:
    now = SystemClock().now()
    state = kept.job(job).state
    if is_shown and state is State.READY:
        kept.apply(job, events.Placed(at=now))
    elif not is_shown and state is State.PLACED:
        kept.apply(job, events.TakenBack(at=now))
