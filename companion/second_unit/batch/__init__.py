"""
The whole line for a script, with no Blender: read an edit, plan, order, wait, write it with its takes.

    from second_unit.batch import shoot

    shooting = shoot("edit.otio", service="seedance", budget=20, save_as="shot.otio")
    for job in shooting.failed:
        print(job.name, job.message)

Each step is a function of its own, so that a script may look at the plan before it spends anything. In Blender the same
is ``shoot`` of the add-on, which places the takes too.
"""

from __future__ import annotations

from second_unit.batch.edits import read_edit, with_settings
from second_unit.batch.shooting import Shooting, order, plan_shots, save_edit, shoot

__all__ = ["Shooting", "order", "plan_shots", "read_edit", "save_edit", "shoot", "with_settings"]
