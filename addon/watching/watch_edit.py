"""
What the timer does to the edit: places takes where their placeholders lie, names these, and follows undo and load.

Each turn ends with everything told by name; what is looked up is looked up anew. Part of :mod:`.watch_jobs`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING

import bpy

from ..placing.placeholders import (
    FoundPlaceholder,
    Progress,
    find_placeholders,
    give_placeholders,
    lay_placeholders,
    remove_placeholders,
    show_progress,
)
from . import fit_rates, session
from .progress_words import words_of

if TYPE_CHECKING:
    from second_unit.errors import SecondUnitError
    from second_unit.jobs.reader import JobRow
    from second_unit.plan import GenerationRequest

# More names than these are left to the next turn: each costs a look through the edit.
NAMES_A_TURN = 12
# Names are read by people: more often than this they needn't change.
NAME_SECONDS = 1.0


@dataclass(eq=False, repr=False)
class _Watch:
    """
    What is known between two turns. No strips, no scenes: names and numbers.

    Args:
        places: where placeholders lie, by job.
        unnamed: jobs whose placeholders don't say yet how they stand, those that wait longest first.
        name_at: when names may change again, by the steady clock.
        look: placeholders must be looked for anew.
        loaded: a file was opened, and nobody has looked yet at what it doesn't know of.
        loaded_at: when, in Unix seconds.
        undone: something was undone or redone.
        put: jobs whose takes were placed in this session.
        held: jobs whose takes are not placed by themselves: taken out by undo, or impossible to place.
        dropped: jobs whose placeholders were taken out because they ended; undo may bring them back.
    """

    places: dict[str, tuple[FoundPlaceholder, ...]] = field(default_factory=dict)
    unnamed: dict[str, None] = field(default_factory=dict)
    name_at: float = 0.0
    look: bool = True
    loaded: bool = True
    loaded_at: float = field(default_factory=time)
    undone: bool = False
    put: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)


_watch = _Watch()


def see_to_edit(changed: Iterable[JobRow]) -> bool:
    """
    Do all that changes strips; True where something did.

    Call it only where :func:`may_edit`; till then note what changed with :func:`note`.
    """
    note(changed)
    news = False
    if _watch.look or _watch.loaded:
        _look()
        news = True
    if _watch.loaded:
        _watch.loaded = False
        _lay_what_was_not_saved()
    if _watch.undone:
        _watch.undone = False
        _follow_undo()
    news |= _drop_what_ended()
    news |= _place_what_came()
    news |= _show_names()
    return fit_rates.fit_to_rates() or news


def note(changed: Iterable[JobRow]) -> None:
    """Remember that jobs changed."""
    _watch.unnamed.update(dict.fromkeys(row.id for row in changed))


def has_more() -> bool:
    """Whether something is left for the next turn."""
    return bool(_watch.unnamed or _watch.look or _watch.loaded or _watch.undone)


def may_edit() -> bool:
    """
    Whether strips may be changed now: nobody drags, scrubs, plays, renders or edits a mesh.

    A strip that goes while it is dragged ends Blender, and an undo step in the middle of playback makes it stutter.
    """
    context = bpy.context
    windows = context.window_manager.windows
    return not (
        any(len(window.modal_operators) or window.screen.is_animation_playing for window in windows)
        or bpy.app.is_job_running("RENDER")
        or context.mode != "OBJECT"
    )


def forget() -> None:
    """Begin anew, as with a file that was just opened."""
    vars(_watch).update(vars(_Watch()))
    fit_rates.forget()


def look_again() -> None:
    """Say that placeholders were laid or removed."""
    _watch.look = True


def follow_undo() -> None:
    """Say that something was undone or redone: every strip is another now, names and ids still hold."""
    _watch.look = _watch.undone = True


def await_takes(
    scene: bpy.types.Scene,
    orders: Mapping[str, GenerationRequest],
    channels: Sequence[Sequence[int]] | None = None,
) -> None:
    """
    Lay placeholders for orders that were just placed, so that their takes are placed when they come.

    For operators: no undo step is pushed.

    Args:
        orders: by job id.
        channels: as :func:`~..placing.placeholders.choose_channels` told; chosen now by default.

    Raises:
        NoFreeChannel: there is no room; the takes come all the same.
    """
    lay_placeholders(scene, orders, channels)
    session.touch()
    _look()
    note(session.refresh())


def await_again(job_id: str) -> None:
    """Lay a job's placeholders again where they are gone; for operators that made it open again."""
    from .recall_orders import lay_again

    _look()
    _watch.dropped.discard(job_id)
    _watch.held.discard(job_id)
    if job_id not in _watch.places and lay_again([job_id]):
        _look()


def hand_over(old: str, new: str) -> None:
    """Let the placeholders of a job wait for the job that orders it again."""
    for scene in _scenes():
        give_placeholders(scene, old, new)
    look_again()


def place_now(jobs: Iterable[str]) -> None:
    """Let takes be placed by themselves again that were held back."""
    _watch.held.difference_update(jobs)


def waiting_to_place() -> int:
    """Return how many takes are here and wait for a moment in which the edit may be changed."""
    return sum(map(len, _awaited().values())) if _watch.places else 0


def _look() -> None:
    """Find the placeholders, in every scene of the .blend."""
    _watch.look = False
    places: dict[str, list[FoundPlaceholder]] = defaultdict(list)
    for scene in _scenes():
        for one in find_placeholders(scene):
            places[one.note.job].append(one)
    _watch.places = {job: tuple(found) for job, found in places.items()}
    _watch.unnamed.update(dict.fromkeys(places))
    session.claim(places)


def _scenes() -> list[bpy.types.Scene]:
    """Return the scenes that can be written: those linked from another .blend can't."""
    return [scene for scene in bpy.data.scenes if scene.library is None]


def _lay_what_was_not_saved() -> None:
    """
    Lay the placeholders of jobs that were ordered from this file after it was last saved, and before it was opened now.

    Of earlier ones it knows: one without a placeholder is placed, or was told to go.
    """
    saved = _saved_at()
    fresh = [row for row in session.rows() if saved < row.created_at < _watch.loaded_at and _is_expected(row)]
    lost = [row.id for row in fresh if row.id not in _watch.places]
    if lost:
        from .recall_orders import lay_again, shown_jobs

        shown = shown_jobs()
        if lay_again([job for job in lost if job not in shown]):
            _look()


def _is_expected(row: JobRow) -> bool:
    return row.is_open or row.state in {"ready", "placed"}


def _saved_at() -> float:
    try:
        return Path(bpy.data.filepath).stat().st_mtime
    except OSError:
        return 0.0


def _follow_undo() -> None:
    """Hold back what was taken out by undo, and tell the store; what redo brought back is placed again."""
    from .recall_orders import tell_store

    back = {job for job in _watch.put if job in _watch.places}
    _watch.held |= back
    for job, is_placed in tell_store(_watch.put).items():
        if is_placed:
            _watch.held.discard(job)
    session.refresh()


def _drop_what_ended() -> bool:
    """Take out the placeholders of what was cancelled or forgotten, once: undo may bring them back."""
    ended = {job for job in _watch.places if _has_ended(job)} - _watch.dropped
    if not ended:
        return False
    from ..placing.place_takes import push_undo

    _watch.dropped |= ended
    for scene in _scenes():
        if remove_placeholders(scene, ended):
            push_undo(scene, "Remove Placeholders")
    _look()
    return True


def _has_ended(job: str) -> bool:
    row = session.row(job)
    return session.is_forgotten(job) if row is None else row.state == "cancelled"


def _awaited() -> dict[str, list[str]]:
    """Return the jobs that are here and whose placeholders wait for them, by scene."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for job, found in _watch.places.items():
        row = session.row(job)
        if row is not None and row.state in {"ready", "placed"} and job not in _watch.held:
            wanted[found[0].scene].append(job)
    return wanted


def _place_what_came() -> bool:
    if not _watch.places:
        return False
    awaited = _awaited()
    for name, jobs in awaited.items():
        place_jobs(bpy.data.scenes[name], jobs, leave_kept=True)
    return bool(awaited)


def place_jobs(scene: bpy.types.Scene, jobs: Sequence[str], *, leave_kept: bool, undo: bool = True) -> tuple[str, ...]:
    """
    Place the takes of jobs as one undo step, and return the strips' names.

    Where all together fails, each is tried alone; one that can't be placed is held back, and the session says why.

    Args:
        leave_kept: shots whose take is circled are left alone.
        undo: push an undo step; not from an operator that pushes its own.
    """
    from second_unit.errors import SecondUnitError

    from ..placing.place_takes import push_undo

    try:
        names = _place(scene, jobs, leave_kept=leave_kept)
    except SecondUnitError as error:
        if len(jobs) == 1:
            _hold(jobs[0], error)
            return ()
        names = tuple(name for job in jobs for name in place_jobs(scene, [job], leave_kept=leave_kept, undo=False))
    if undo and names:
        push_undo(scene)
    _look()
    session.refresh()
    return names


def _place(scene: bpy.types.Scene, jobs: Sequence[str], *, leave_kept: bool) -> tuple[str, ...]:
    from .. import shoot

    names = shoot.place(scene, session.store(), jobs, leave_kept=leave_kept)
    _watch.put.update(jobs)
    _watch.held.difference_update(jobs)
    for job in jobs:
        session.note_trouble(job, None)
        session.freshen(scene.name, (one.note.segment for one in _watch.places.get(job, ())))
    return names


def _hold(job: str, error: SecondUnitError) -> None:
    _watch.held.add(job)
    session.note_trouble(job, session.notice(error))


def _show_names() -> bool:
    """Let placeholders say how their jobs stand; some a turn, for each name costs a look through the edit."""
    if not _watch.unnamed or monotonic() < _watch.name_at:
        return False
    wanted = [job for job in _watch.unnamed if job in _watch.places and session.row(job) is not None][:NAMES_A_TURN]
    if not wanted:
        _watch.unnamed.clear()
        return False
    for job in wanted:
        del _watch.unnamed[job]
    _watch.name_at = monotonic() + NAME_SECONDS
    told: dict[str, list[tuple[FoundPlaceholder, Progress]]] = defaultdict(list)
    for job in wanted:
        row = session.row(job)
        for one in _watch.places[job] if row is not None else ():
            told[one.scene].append((one, Progress(one.strip, job, row.state, words_of(row))))
    named: dict[str, list[FoundPlaceholder]] = defaultdict(list)
    for scene, each in told.items():
        names = show_progress(bpy.data.scenes[scene], [one for _, one in each]) if scene in bpy.data.scenes else ()
        for (place, one), name in zip(each, names, strict=False):
            if name is not None:
                named[one.job].append(replace(place, strip=name))
    # Where one was renamed, deleted or taken to another scene, all are looked for in the next turn.
    _watch.look = _watch.look or any(len(named[job]) < len(_watch.places[job]) for job in wanted)
    _watch.places.update({job: tuple(found) for job, found in named.items() if found})
    session.note_failed(_failed())
    return True


def _failed() -> dict[str, frozenset[str]]:
    """Return, by scene, the ids of the strips whose shots failed, as their placeholders say."""
    failed: dict[str, set[str]] = defaultdict(set)
    for job, found in _watch.places.items():
        row = session.row(job)
        if row is not None and row.state in {"failed", "cancelled", "uncertain"}:
            for one in found:
                failed[one.scene].add(one.note.segment.split("/")[0])
    return {scene: frozenset(ids) for scene, ids in failed.items()}
