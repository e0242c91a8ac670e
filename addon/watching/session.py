"""
What the panels know of this .blend and its jobs: kept in Python, never in the .blend, forgotten when a file is loaded.

Everything here is cheap enough to be drawn. No strip is kept, only ids and names: strips don't outlive an undo. What
must be read anew is read by :func:`refresh`, which the timer and the operators call, never by a panel's draw.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from time import strftime, time
from typing import TYPE_CHECKING

import bpy

from .. import crew
from ..reading.edit_marks import EditSummary, changed_shots, edit_mark, selection_key, summarise
from .session_state import Notice, Preview, State

if TYPE_CHECKING:
    from second_unit.errors import SecondUnitError
    from second_unit.jobs.job import Job
    from second_unit.jobs.reader import JobRow, StoreReader
    from second_unit.timeline import ShotWarning

_now = State()


# --- previews -------------------------------------------------------------------------------------------------------


def preview(scene: bpy.types.Scene) -> Preview | None:
    """Return the last dry run of a scene, also when the edit changed since: ask :func:`is_current`."""
    return _now.previews.get(scene.name)


def keep_preview(scene: bpy.types.Scene, made: Preview) -> None:
    """Remember a dry run."""
    _now.previews[scene.name] = made


def note_ordered(scene: bpy.types.Scene) -> None:
    """Say that the last dry run was ordered."""
    if scene.name in _now.previews:
        _now.previews[scene.name] = replace(_now.previews[scene.name], ordered=True)


def freshen(scene_name: str, segments: Iterable[str]) -> None:
    """Say that shots have the take now that was ordered for them: they aren't stale any more."""
    made = _now.previews.get(scene_name)
    if made is not None:
        fresh = {segment.split("/")[0] for segment in segments}
        _now.previews[scene_name] = replace(made, stale=made.stale - fresh)


def is_current(scene: bpy.types.Scene) -> bool:
    """
    Whether the last dry run still says what would be ordered. Cheap: as of the last :func:`refresh`.

    What is selected doesn't count, so that a shot can be clicked on to look at it.
    """
    made = preview(scene)
    known = _now.marks.get(scene.name)
    return made is not None and (known is None or known[1] == made.mark)


def measure(scene: bpy.types.Scene) -> int:
    """Look whether the edit changed since its dry run, and return its mark; some milliseconds for a large edit."""
    _now.marks[scene.name] = (_now.touched, edit_mark(scene))
    return _now.marks[scene.name][1]


def forget(scene: bpy.types.Scene | None = None) -> None:
    """Forget the dry run of a scene; without a scene everything, as a new file does."""
    if scene is not None:
        _now.previews.pop(scene.name, None)
        return
    close()
    vars(_now).update(vars(State()))


# --- the edit -------------------------------------------------------------------------------------------------------


def touch() -> None:
    """Say that the edit may have changed; costs nothing."""
    _now.touched += 1


def touched() -> int:
    """Return how often it was said that the edit may have changed."""
    return _now.touched


def stretch(scene: bpy.types.Scene) -> EditSummary:
    """
    Return what would be shot: the selection, the preview range or the whole edit. Cheap enough to be drawn.

    Strips are read again only when something was touched or selected.
    """
    key = (_now.touched, selection_key(scene))
    known = _now.stretches.get(scene.name)
    if known is None or known[0] != key:
        known = _now.stretches[scene.name] = (key, summarise(scene))
    return known[1]


def labels(scene: bpy.types.Scene) -> dict[str, str]:
    """Return ``{strip id: "Image 1"}`` of the last dry run, several labels joined: ``"Image 1, Image 3"``."""
    made = preview(scene)
    return made.labels if made is not None else {}


def stale(scene: bpy.types.Scene) -> frozenset[str]:
    """
    Return the ids of the strips whose shot changed since its take.

    A dry run that still holds knows exactly, references included, and counts shots that have no take too; otherwise
    those are known whose own words or length changed since they were ordered.
    """
    made = preview(scene)
    if made is not None and made.error is None and is_current(scene):
        return made.stale
    return _now.changed.get(scene.name, frozenset())


def look_for_changes(scene: bpy.types.Scene) -> bool:
    """Look which shots say something else than when they were ordered; True where others do than before."""
    before = _now.changed.get(scene.name, frozenset())
    _now.changed[scene.name] = changed_shots(scene)
    return before != _now.changed[scene.name]


def failed(scene: bpy.types.Scene) -> frozenset[str]:
    """Return the ids of the strips whose last order failed, was cancelled or is uncertain."""
    return _now.failed.get(scene.name, frozenset())


def note_failed(by_scene: dict[str, frozenset[str]]) -> None:
    """Remember the ids of the strips whose last order failed, by scene."""
    _now.failed = by_scene


# --- jobs -----------------------------------------------------------------------------------------------------------


def rows() -> tuple[JobRow, ...]:
    """Return the jobs of this .blend, newest first."""
    if _now.listed is None:
        mine = _ours(_now.rows.values())
        _now.listed = tuple(sorted(mine, key=lambda row: row.created_at, reverse=True))
        _now.open = sum(1 for row in mine if row.is_open)
    return _now.listed


def row(job_id: str) -> JobRow | None:
    """Return a job as the panel shows it; None where nobody knows it."""
    return _now.rows.get(job_id)


def is_forgotten(job_id: str) -> bool:
    """Whether a job was dropped from the store."""
    return job_id in _now.gone


def is_ours(one: JobRow) -> bool:
    """Whether a job belongs to this .blend: it was ordered from its file, or its placeholder lies in it."""
    return bool(_ours([one]))


def _ours(some: Iterable[JobRow]) -> list[JobRow]:
    projects = (_now.projects | {project()}) - {""}
    return [one for one in some if one.project in projects or one.id in _now.claimed]


def project() -> str:
    """Return what jobs call this .blend: its path; empty where it was never saved."""
    return bpy.data.filepath


def open_count() -> int:
    """Return how many jobs of this .blend are still open."""
    rows()
    return _now.open


def job(job_id: str) -> Job | None:
    """
    Return all of a job, with its history and its request; None where it is gone or the store can't be read.

    Read when it is asked for and once for each change. Loads pydantic: for a panel that shows one job, not for lists.
    """
    from second_unit.errors import SecondUnitError
    from second_unit.jobs.store import JobStore

    told = row(job_id)
    known = _now.jobs.get(job_id)
    if known is not None and told is not None and known[0] == told.updated_at:
        return known[1]
    try:
        if not store().exists():
            return None
        with JobStore(store()) as kept:
            found = kept.job(job_id)
    except SecondUnitError:
        return None
    _now.jobs[job_id] = (found.updated_at, found)
    return found


def elapsed_seconds(one: JobRow) -> float:
    """Return how long a job has taken so far; until it ended, where it has."""
    return max(0.0, (time() if one.is_open else one.updated_at) - one.created_at)


def expected_seconds(one: JobRow) -> float | None:
    """Return how long such jobs usually take on this machine; None where none has ended yet."""
    return _now.usual.get((one.service, one.model))


def spent_today() -> str:
    """Return what was spent today, in words: ``"1.20 USD, 3.00 EUR"``; empty where nothing was."""
    return _now.spent


def worker_alive() -> bool:
    """Whether the worker is at work, as of the last :func:`look_for_worker`."""
    return _now.alive


def look_for_worker() -> bool:
    """Look whether a worker is at work on the store; opens a file."""
    from second_unit.jobs.lock import is_held

    _now.alive = is_held(store())
    return _now.alive


def trouble(job_id: str) -> Notice | None:
    """Return why a job's take could not be placed; None where nothing is wrong."""
    return _now.troubles.get(job_id)


def note_trouble(job_id: str, what: Notice | None) -> None:
    """Remember, or with None forget, why a job's take could not be placed."""
    if what is None:
        _now.troubles.pop(job_id, None)
    else:
        _now.troubles[job_id] = what


def status() -> str:
    """Return the line for the status bar; empty where there is nothing to say."""
    return _now.status


def tell(line: str) -> bool:
    """Set the line for the status bar; True where it is another."""
    before, _now.status = _now.status, line
    return before != line


# --- reading anew ---------------------------------------------------------------------------------------------------


def store() -> Path:
    """Return where this user's jobs are kept."""
    return crew.store_path()


def refresh() -> tuple[JobRow, ...]:
    """Read what changed in the store, and return the jobs of this .blend that did. Microseconds where nothing did."""
    reader = _open_reader()
    before = _now.cursor
    _now.cursor, changed = reader.changed_since(_now.cursor)
    if _now.cursor == before and not changed:
        return ()
    for one in changed:
        if one.state == "forgotten":
            _now.rows.pop(one.id, None)
            _now.troubles.pop(one.id, None)
            _now.gone.add(one.id)
        else:
            _now.rows[one.id] = one
    _now.listed = None
    _read_totals(reader, changed)
    return tuple(_ours(changed))


def _read_totals(reader: StoreReader, changed: Iterable[JobRow]) -> None:
    """Read the day's spending and how long orders take, where what changed may have changed them."""
    states = {one.state for one in changed}
    if states - {"preparing", "running", "downloading", "verifying"}:
        spent = reader.spent_on(strftime("%Y-%m-%d"))
        _now.spent = ", ".join(f"{amount:.2f} {currency}" for currency, amount in sorted(spent.items()))
    if "ready" in states or not _now.usual:
        _now.usual = reader.usual_seconds()


def moved() -> None:
    """Say that the .blend was saved, perhaps as another file: what was ordered from the old one stays its own."""
    if project():
        _now.projects.add(project())
    _now.listed = None


def claim(job_ids: Iterable[str]) -> None:
    """Say which jobs have a placeholder in this .blend: they are its jobs, wherever they were ordered from."""
    claimed = frozenset(job_ids)
    if claimed != _now.claimed:
        _now.claimed, _now.listed = claimed, None


def close() -> None:
    """Let go of the store's file."""
    if _now.reader is not None:
        _now.reader.close()
        _now.reader = None


def notice(error: SecondUnitError | ShotWarning) -> Notice:
    """Return an error of ours, or a warning, as what the panels show."""
    kind = getattr(error, "code", "") or type(error).__name__
    return Notice(error.message, error.remedy, error.strip or "", kind)


def _open_reader() -> StoreReader:
    from second_unit.jobs.reader import StoreReader

    where = store()
    if _now.reader is None or _now.reader.path != where:
        close()
        _now.reader, _now.cursor, _now.listed = StoreReader(where), 0, None
        _now.rows.clear()
    return _now.reader


def register() -> None:
    """Know nothing yet."""


def unregister() -> None:
    """Forget everything."""
    forget()
