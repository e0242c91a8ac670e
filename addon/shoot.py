"""
The whole line for a script: read the strips, plan, order, wait, place.

    import bpy
    from bl_ext.user_default.second_unit.shoot import shoot

    shooting = shoot(bpy.context.scene, service="seedance", budget=20)
    for job in shooting.failed:
        print(job.name, job.message)

Each step is a function of its own, so that a script may look at the plan before it spends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import bpy

from . import crew
from .playblast import write_libraries
from .sequencer import sequencer_scene, strips_all
from .settings import preferences
from .strip_marks import is_kept, take_tag

if TYPE_CHECKING:
    from second_unit.jobs.job import Job
    from second_unit.plan import GenerationRequest, Plan
    from second_unit.shots import ShotList
    from second_unit.timeline import ShotWarning, Timeline

Stretch = Literal["auto", "selection", "preview", "all"]


@dataclass(frozen=True)
class Planned:
    """What the strips say, as shots, and as orders with their cost. Nothing was spent."""

    timeline: Timeline
    shot_list: ShotList
    plan: Plan


@dataclass(frozen=True)
class Shooting:
    """
    How it went.

    Args:
        planned: what was ordered.
        jobs: every job as it stands now.
        placed: names of the strips that were placed.
    """

    planned: Planned
    jobs: tuple[Job, ...]
    placed: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Job, ...]:
        """The jobs that ended without a take."""
        return tuple(job for job in self.jobs if job.take is None and not job.is_open)


def plan(
    scene: bpy.types.Scene | None = None,
    *,
    stretch: Stretch = "auto",
    frames: tuple[int, int] | None = None,
    stale: bool = False,
    store: Path | None = None,
    **settings: Any,
) -> Planned:
    """
    Read a stretch of a scene and plan it. Nothing is spent, nothing is written.

    Args:
        scene: the scene that is edited, by default.
        stretch: the selection, the preview range or everything; "auto" takes the first of these that there is.
        frames: only these, the end excluded.
        stale: only shots that changed since their take, or have none, as ``store`` knows.
        settings: override the scene's own: ``service``, ``model``, ``ratio``, ``resolution``, ``audio``, ``seed``,
            ``options``.

    Raises:
        TimelineError, PlanRefused: naming the strip and what to do.
    """
    from second_unit.batch.edits import with_settings
    from second_unit.jobs.stale import plan_stale
    from second_unit.planning import make_plan
    from second_unit.shot_list import build_shot_list
    from second_unit.timing import FrameRange

    from .reading.read_timeline import read_timeline

    chosen = scene or sequencer_scene(bpy.context)
    only = FrameRange(*frames) if frames else None
    timeline = with_settings(read_timeline(chosen, stretch, only), **settings)
    shot_list = build_shot_list(timeline)
    made = plan_stale(shot_list, store or crew.store_path()) if stale else make_plan(shot_list)
    return Planned(timeline, shot_list, made)


def order(
    planned: Planned,
    *,
    takes: Path | None = None,
    store: Path | None = None,
    endpoint: str | None = None,
    budget: float | None = None,
    again: bool = False,
) -> tuple[Path, tuple[str, ...]]:
    """
    Place the orders and start the worker; return the store's path and the jobs' ids. This is what spends.

    What was ordered before exactly so isn't paid again, unless ``again``.

    Raises:
        UnsavedEdit: the .blend has no folder for its takes yet, and none was named.
        MissingMedia: a scene of the plan isn't there any more.
        OverBudget, NotAllowed, ReadOnlyFolder: nothing was ordered.
    """
    from second_unit.jobs.budget import check_budget
    from second_unit.jobs.enqueue import enqueue
    from second_unit.jobs.folders import media_folder
    from second_unit.jobs.store import JobStore
    from second_unit.jobs.writable import require_writable

    check_budget(planned.plan, budget)
    endpoint = endpoint or preferences.endpoint(planned.timeline.settings.service)
    check_online(planned.timeline.settings.service, endpoint)
    folder = takes or takes_folder(planned.timeline)
    require_writable(folder)
    where = store or crew.store_path()
    ready = write_libraries(planned.plan, media_folder(where), _playblast_engine(planned.timeline))
    with JobStore(where) as kept:
        jobs = enqueue(kept, ready, folder, endpoint=endpoint, duplicate="order" if again else "reuse")
    crew.start_worker(where)
    return where, tuple(job.id for job in jobs)


def _playblast_engine(timeline: Timeline) -> str:
    """Return who renders the scenes of an edit for the model."""
    scene = bpy.data.scenes.get(timeline.name)
    return str(scene.second_unit.playblast) if scene is not None and hasattr(scene, "second_unit") else "WORKBENCH"


def place(
    scene: bpy.types.Scene,
    store: Path,
    jobs: Iterable[str],
    *,
    mute_scratch: bool = False,
    leave_kept: bool = False,
    warn: Callable[[ShotWarning], None] | None = None,
) -> tuple[str, ...]:
    """
    Cut in the takes of those jobs that have one, all or none; return the names of the strips.

    A take that the edit shows already isn't cut in twice, so a batch that was interrupted may simply be run again.
    Where a placeholder waits for it, it lands where that lies now, and the placeholder goes.

    Args:
        mute_scratch: mute what the takes cover, also where the scene's settings don't ask for it.
        leave_kept: shots whose take the editor circled stay as they are; the new take is there to be chosen.
        warn: is told of each shot to look at once they are placed: a cut that is missing, soft or nobody's, footage
            that is too short, sound that is missing or silent.

    Raises:
        PlacementError: the edit is as it was.
    """
    from second_unit.jobs import events
    from second_unit.jobs.clock import SystemClock
    from second_unit.jobs.job import State
    from second_unit.jobs.store import JobStore
    from second_unit.takes import conform

    from .placing.place_takes import place_takes
    from .placing.placeholders import find_placeholders, follow, lifted
    from .placing.placing_wishes import wishes_of

    wishes = wishes_of(scene)
    awaited = {one.note.job for one in find_placeholders(scene)}
    circled = _kept_segments(scene) if leave_kept else frozenset()
    with JobStore(store) as kept:
        found = [job for job in map(kept.job, jobs) if job.take is not None]
        ready = [job for job in found if job.state is State.READY or job.id in awaited]
        with lifted(scene, {job.id for job in ready}) as stood:
            placements = [
                placement
                for job in ready
                if job.take
                for placement in conform(job.take, mode=wishes.cut, provenance=provenance(job))
            ]
            shown = _shown_takes(scene)
            placements = [one for one in follow(placements, stood) if circled.isdisjoint(one.segments)]
            left_out = {job.id for job in ready} - {one.job for one in placements}
            placements = [one for one in placements if (one.segments, one.file) not in shown]
            placed = place_takes(
                scene, placements, mute_scratch=mute_scratch or wishes.mute_scratch, sound=wishes.sound
            )
        for job in ready:
            if job.id not in left_out:
                kept.apply(job.id, events.Placed(at=SystemClock().now()))
    for warning in (warning for placement in placements for warning in placement.warnings if warn is not None):
        warn(warning)
    return tuple(name for take in placed.takes for name in (take.picture, take.sound) if name)


def provenance(job: Job) -> dict[str, str | int | float | bool | None]:
    """Return what only the job knows of its take; the order tells the rest."""
    from datetime import UTC, datetime

    seed = job.seed if job.seed is not None else job.request.seed
    ordered = job.submitted_at or job.created_at
    told = {"task": job.task, "seed": seed, "time": datetime.fromtimestamp(ordered, UTC).isoformat(timespec="seconds")}
    if job.billed is not None and job.billed.amount is not None:
        told |= {"cost": str(job.billed.amount), "currency": job.billed.currency}
    return told


def _shown_takes(scene: bpy.types.Scene) -> set[tuple[tuple[str, ...], Path]]:
    """Return which take files the edit shows, each with the segments that it fills."""
    shown = set()
    for strip in strips_all(scene):
        tag = take_tag(strip)
        if tag is not None and strip.type == "MOVIE":
            shown.add((tag.segments, Path(bpy.path.abspath(strip.filepath)).resolve()))
    return shown


def _kept_segments(scene: bpy.types.Scene) -> frozenset[str]:
    """Return the segments whose takes the editor circled."""
    tags = (take_tag(strip) for strip in strips_all(scene) if is_kept(strip))
    return frozenset(segment for tag in tags if tag is not None for segment in tag.segments)


def shoot(
    scene: bpy.types.Scene | None = None,
    *,
    stretch: Stretch = "auto",
    frames: tuple[int, int] | None = None,
    takes: Path | None = None,
    store: Path | None = None,
    endpoint: str | None = None,
    budget: float | None = None,
    again: bool = False,
    mute_scratch: bool = False,
    report: Callable[[Any], None] | None = None,
    **settings: Any,
) -> Shooting:
    """
    Read, plan, order, wait and place, in one call, for batch scripts. The .blend isn't saved.

    Args: see :func:`plan`, :func:`order` and :func:`place`. ``report`` is told of each change of each job.
    """
    from second_unit.jobs.store import JobStore

    chosen = scene or sequencer_scene(bpy.context)
    planned = plan(chosen, stretch=stretch, frames=frames, **settings)
    where, jobs = order(planned, takes=takes, store=store, endpoint=endpoint, budget=budget, again=again)
    crew.wait(where, jobs, report)
    placed = place(chosen, where, jobs, mute_scratch=mute_scratch)
    with JobStore(where) as kept:
        return Shooting(planned, tuple(map(kept.job, jobs)), placed)


def redo(
    scene: bpy.types.Scene,
    name: str,
    *,
    takes: Path | None = None,
    store: Path | None = None,
    endpoint: str | None = None,
    budget: float | None = None,
) -> tuple[Path, tuple[str, ...]]:
    """
    Order the take that a strip shows once more, with exactly what it was ordered with, and pay for it.

    Of several shots in one order all are shot again. They are placed where they were when they were first ordered.

    Args: as :func:`order` takes them.

    Returns:
        The store's path and the new job's id.

    Raises:
        PlacementError: the strip is no take.
        StoreError: nobody knows any more what it was ordered with.
        OverBudget, NotAllowed, ReadOnlyFolder: nothing was ordered.
    """
    from second_unit.jobs.budget import check_budget
    from second_unit.jobs.enqueue import enqueue
    from second_unit.jobs.store import JobStore
    from second_unit.jobs.writable import require_writable
    from second_unit.plan import Plan

    where = store or crew.store_path()
    plan = Plan(requests=(redo_request(scene, name, store=where),))
    check_budget(plan, budget)
    endpoint = endpoint or preferences.endpoint(plan.requests[0].service)
    check_online(plan.requests[0].service, endpoint)
    folder = takes or edit_takes_folder(scene)
    require_writable(folder)
    with JobStore(where) as kept:
        jobs = enqueue(kept, plan, folder, endpoint=endpoint, duplicate="order", project=bpy.data.filepath)
    crew.start_worker(where)
    return where, tuple(job.id for job in jobs)


def redo_request(scene: bpy.types.Scene, name: str, *, store: Path | None = None) -> GenerationRequest:
    """
    Return what :func:`redo` would order, with what it costs. Nothing is spent.

    Raises: PlacementError, StoreError, as :func:`redo`.
    """
    from second_unit.errors import PlacementError
    from second_unit.jobs.redo import recorded_request

    strip = next((one for one in strips_all(scene) if one.name == name), None)
    tag = strip and take_tag(strip)
    if tag is None:
        raise PlacementError(f"'{name}' is no take.", remedy="Select a strip that holds a take.", strip=name)
    path = strip.sound.filepath if strip.type == "SOUND" else strip.filepath
    return recorded_request(store or crew.store_path(), tag.job, Path(bpy.path.abspath(path)).resolve())


def edit_takes_folder(scene: bpy.types.Scene) -> Path:
    """
    Return the folder of the takes of a scene of the open .blend; see :func:`takes_folder`.

    Raises:
        UnsavedEdit: the .blend was never saved, and the user chose no folder.
    """
    return _takes_folder(scene, Path(bpy.data.filepath) if bpy.data.filepath else None)


def takes_folder(timeline: Timeline) -> Path:
    """
    Return the folder of a scene's takes: its own, else the preferences', else ``takes`` beside the .blend.

    Raises:
        UnsavedEdit: the .blend was never saved.
    """
    return _takes_folder(bpy.data.scenes.get(timeline.name), timeline.file)


def _takes_folder(scene: bpy.types.Scene | None, file: Path | None) -> Path:
    from second_unit.errors import UnsavedEdit
    from second_unit.jobs.folders import takes_folder as beside

    chosen = scene.second_unit.takes_folder if scene is not None and hasattr(scene, "second_unit") else ""
    chosen = chosen or preferences.takes_folder()
    if file is None and (not chosen or chosen.startswith("//")):
        raise UnsavedEdit(
            "The .blend was never saved, so there is no folder for its takes.",
            remedy="Save it first, or choose a takes folder.",
        )
    return Path(bpy.path.abspath(chosen)).resolve() if chosen else beside(file)


def check_online(service: str, endpoint: str | None) -> None:
    """
    See that Blender may use the network for this service. The animatic, and addresses on this machine, need none.

    Raises:
        NotAllowed: it may not; says how to allow it.
    """
    from urllib.parse import urlparse

    from second_unit.errors import NotAllowed

    host = urlparse(endpoint).hostname if endpoint else None
    if service == "animatic" or bpy.app.online_access or host in {"127.0.0.1", "::1", "localhost"}:
        return
    raise NotAllowed(
        f"Blender may not use the network, and {service} is a service on it. Nothing was ordered.",
        remedy="Start Blender with --online-mode, or allow online access in Preferences > System.",
        service=service,
    )
