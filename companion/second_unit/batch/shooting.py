"""Plan, order, wait, and write the edit with its takes: each a function, and one that does all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from second_unit.batch.edits import read_edit, with_settings
from second_unit.batch.keys import require_key
from second_unit.batch.sharding import take_shard
from second_unit.errors import SecondUnitError
from second_unit.jobs.budget import check_budget
from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.folders import store_path, takes_folder
from second_unit.jobs.job import Job
from second_unit.jobs.reader import JobRow
from second_unit.jobs.stale import plan_stale
from second_unit.jobs.starting import start_worker, wait_for
from second_unit.jobs.store import JobStore
from second_unit.jobs.writable import require_writable
from second_unit.plan import Plan
from second_unit.planning import make_plan
from second_unit.shot_list import build_shot_list
from second_unit.takes import conform
from second_unit.timeline import Timeline
from second_unit.timing import FrameRate


@dataclass(frozen=True)
class Shooting:
    """
    How it went.

    Args:
        plan: what was ordered.
        jobs: every job as it stands now.
    """

    plan: Plan
    jobs: tuple[Job, ...]

    @property
    def failed(self) -> tuple[Job, ...]:
        """The jobs that ended without a take."""
        return tuple(job for job in self.jobs if job.take is None and not job.is_open)


def plan_shots(timeline: Timeline, *, stale: bool = False, shard: str | None = None, store: Path | None = None) -> Plan:
    """
    Plan a timeline. Nothing is spent, nothing is written.

    Args:
        stale: only shots that changed since their take, or have none, as ``store`` knows.
        shard: ``"2/5"``: only the second of five equal parts of the requests.
        store: the job store; None is this user's own.

    Raises:
        PlanRefused: a shot can't be ordered; names it, and says what to do.
    """
    shots = build_shot_list(timeline)
    return take_shard(plan_stale(shots, store or store_path()) if stale else make_plan(shots), shard)


def order(
    plan: Plan,
    takes: Path,
    *,
    store: Path | None = None,
    endpoint: str | None = None,
    budget: Decimal | float | None = None,
    again: bool = False,
) -> tuple[Path, tuple[str, ...]]:
    """
    Place the orders and start the worker; return the store's path and the jobs' ids. This is what spends.

    What was ordered before exactly so isn't paid again: its job is returned, unless ``again``.

    Args:
        takes: the folder for the takes.
        endpoint: another address of the service, such as a rehearsal server's.
        budget: order nothing if all of it would cost more than this.

    Raises:
        OverBudget, KeyMissing, ReadOnlyFolder: nothing was ordered.
    """
    check_budget(plan, budget)
    require_key(plan)
    require_writable(takes)
    where = store or store_path()
    with JobStore(where) as kept:
        jobs = enqueue(kept, plan, takes, endpoint=endpoint, duplicate="order" if again else "reuse")
    start_worker(where)
    return where, tuple(job.id for job in jobs)


def shoot(
    edit: Path | str | Timeline,
    *,
    takes: Path | None = None,
    store: Path | None = None,
    endpoint: str | None = None,
    budget: Decimal | float | None = None,
    stale: bool = False,
    shard: str | None = None,
    again: bool = False,
    save_as: Path | str | None = None,
    report: Callable[[JobRow], None] | None = None,
    **settings: Any,
) -> Shooting:
    """
    Read, plan, order and wait, in one call, for batch scripts.

    Args:
        edit: an .otio file, a timeline as .json, or a timeline.
        takes: the folder for the takes; None takes a folder ``takes`` beside the edit.
        save_as: write the edit with its takes to this .otio; the edit must be one.
        report: told of each change of each job.
        settings: override the edit's own: ``service``, ``model``, ``ratio``, ``resolution``, ``audio``, ``seed``,
            ``options``.

    See :func:`plan_shots` and :func:`order` for the rest, and for what is raised before anything is spent.
    """
    timeline = with_settings(edit if isinstance(edit, Timeline) else read_edit(Path(edit)), **settings)
    if save_as is not None:
        require_otio(timeline)
    plan = plan_shots(timeline, stale=stale, shard=shard, store=store)
    where, ids = order(
        plan, takes or takes_folder(timeline.file), store=store, endpoint=endpoint, budget=budget, again=again
    )
    wait_for(where, ids, report=report)
    with JobStore(where) as kept:
        jobs = tuple(map(kept.job, ids))
    if save_as is not None and timeline.file is not None:
        save_edit(timeline.file, timeline.rate, jobs, Path(save_as))
    return Shooting(plan, jobs)


def require_otio(timeline: Timeline) -> None:
    """
    See that an edit can be written with its takes, before anything is ordered.

    Raises:
        SecondUnitError: it isn't an OpenTimelineIO file.
    """
    if timeline.file is None or timeline.file.suffix.lower() != ".otio":
        raise SecondUnitError("Only an .otio edit can be saved as .otio.", remedy="Leave save_as away.")


def save_edit(source: Path, rate: FrameRate, jobs: Iterable[Job], to: Path) -> None:
    """
    Write an OpenTimelineIO edit with the jobs' takes: every take a media reference of its clip, the latest active.

    Args:
        source: the .otio that was shot.
        rate: of the edit.
    """
    from second_unit.otio.writing import write_otio

    placements = [one for job in jobs if job.take is not None for one in conform(job.take)]
    write_otio(source, placements, to, rate=rate)
