"""What all panels of the sidebar share."""

from __future__ import annotations

from typing import Any

import bpy

from ..sequencer import sequencer_scene


class InSidebar:
    """A panel in the Sequencer's sidebar, under "Second Unit"."""

    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Second Unit"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be where strips are: not in a sequencer that only previews, and not before a scene is chosen."""
        space = context.space_data
        return (space is None or space.view_type != "PREVIEW") and has_scene(context)


def has_scene(context: bpy.types.Context) -> bool:
    """Whether the sequencer edits a scene: from Blender 5.0 on a workspace may have none."""
    return not hasattr(context, "sequencer_scene") or context.sequencer_scene is not None


def settings_of(context: bpy.types.Context) -> Any:
    """Return what holds for every shot of the scene that is edited."""
    return sequencer_scene(context).second_unit


def in_rows(layout: Any) -> None:
    """Put the names of values before them, as Blender's own panels do."""
    layout.use_property_split = True
    layout.use_property_decorate = False
