"""
A dry run of a stretch, as the panels show it: read, planned and priced; nothing is ordered.

Loads pydantic: import it where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import time
from typing import TYPE_CHECKING

import bpy

from second_unit.errors import SecondUnitError
from second_unit.jobs.stale import stale_in_store
from second_unit.planning.plan_text import describe_cost
from second_unit.timeline import MetaStrip

from .. import shoot
from . import session

if TYPE_CHECKING:
    from second_unit.plan import Plan
    from second_unit.timeline import Strip


def run_dry(scene: bpy.types.Scene, stretch: shoot.Stretch = "auto", *, stale_only: bool = False) -> session.Preview:
    """
    Plan a stretch, have the session remember what came of it, and return that; an error is one of the answers.

    Args:
        stretch: the selection, the preview range or everything; "auto" takes the first of these that there is.
        stale_only: only shots that changed since their take, or have none.
    """
    try:
        planned = shoot.plan(scene, stretch=stretch, stale=stale_only, store=session.store())
        stale = stale_in_store(planned.shot_list, session.store())
    except SecondUnitError as error:
        made = session.Preview(scene.name, session.measure(scene), error=session.notice(error), made_at=time())
    else:
        plan = planned.plan
        made = session.Preview(
            scene=scene.name,
            mark=session.measure(scene),
            planned=planned,
            shots=sum(len(request.shots) for request in plan.requests),
            requests=len(plan.requests),
            seconds=sum(request.duration_seconds for request in plan.requests),
            cost=describe_cost(plan.cost),
            warnings=tuple(map(session.notice, plan.warnings)),
            labels=_labels(plan, planned.timeline.strips),
            stale=frozenset(segment.split("/")[0] for segment in stale),
            stale_only=stale_only,
            made_at=time(),
        )
    session.keep_preview(scene, made)
    return made


def _labels(plan: Plan, strips: Iterable[Strip]) -> dict[str, str]:
    """Return what each strip's media is called in the prompts, by the strip's id; counted anew in each order."""
    ids = dict(_ids(strips))
    labels: dict[str, dict[str, None]] = {}
    for request in plan.requests:
        for reference in request.references:
            for name in reference.strips:
                if name in ids:
                    labels.setdefault(ids[name], {})[reference.label] = None
    return {strip: ", ".join(each) for strip, each in labels.items()}


def _ids(strips: Iterable[Strip]) -> Iterator[tuple[str, str]]:
    """Yield the names and ids of strips, those inside metas too."""
    for strip in strips:
        yield strip.name, strip.id
        if isinstance(strip, MetaStrip):
            yield from _ids(strip.children)
