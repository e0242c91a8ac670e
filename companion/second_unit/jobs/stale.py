"""Plan only what changed since its take."""

from __future__ import annotations

from pathlib import Path

from second_unit.catalog.models import model_of
from second_unit.jobs.job import State
from second_unit.jobs.store import JobStore
from second_unit.plan import Plan
from second_unit.planning import make_plan
from second_unit.planning.staleness import only_segments, stale_segments
from second_unit.shots import ShotList


def plan_stale(shot_list: ShotList, store: Path) -> Plan:
    """Return the plan for the shots that have no take in the store, or changed since; empty where all are fresh."""
    stale = stale_in_store(shot_list, store)
    return make_plan(only_segments(shot_list, stale)) if stale else Plan(requests=())


def stale_in_store(shot_list: ShotList, store: Path) -> frozenset[str]:
    """
    Return the ids of the segments that have no take in the store, or changed since.

    A take whose file is gone doesn't count. A store that doesn't exist yet holds no takes, and isn't made.
    """
    taken = []
    if store.exists():
        with JobStore(store) as kept:
            found = kept.jobs(states=(State.READY, State.PLACED))
            taken = [job.request for job in found if job.take is not None and job.take.file.is_file()]
    return stale_segments(shot_list, model_of(shot_list.settings).id, taken)
