"""
The sidebar of the Sequencer: what is selected, who shoots, the shot, the cast, the takes, the jobs.

Panels draw what is known already: Blender's own values, :mod:`..watching.session`, and what :mod:`..later` has read.
No file, no store and no plan is touched while drawing.
"""

from __future__ import annotations

import bpy

from . import panel_cast, panel_jobs, panel_service, panel_shot, panel_stretch, panel_takes

# In the order in which they stand beneath one another; a sub-panel comes after its panel.
CLASSES = (
    *panel_stretch.CLASSES,
    *panel_service.CLASSES,
    *panel_shot.CLASSES,
    *panel_cast.CLASSES,
    *panel_takes.CLASSES,
    *panel_jobs.CLASSES,
)


def register() -> None:
    """Add the panels and what their lists are made of."""
    for each in CLASSES:
        bpy.utils.register_class(each)
    panel_jobs.add_list()


def unregister() -> None:
    """Take them away again."""
    panel_jobs.remove_list()
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
