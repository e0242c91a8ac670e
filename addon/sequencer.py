"""
Blender's sequencer, asked in one place.

Which scene is being edited, in which area its operators run, and what each version calls a strip's times:
Blender 5.1 renamed these (``frame_final_start`` is ``left_handle``, and so on) and means to drop the old names in 6.0,
where reading one is already a warning. Which names there are is looked up, never guessed from the version.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from operator import attrgetter
from typing import Any

import bpy


def sequencer_scene(context: bpy.types.Context) -> bpy.types.Scene:
    """Return the scene whose strips are being edited: from 5.0 on the workspace's own choice, else the active scene."""
    return getattr(context, "sequencer_scene", None) or context.scene


@contextmanager
def sequencer_context(scene: bpy.types.Scene) -> Iterator[bpy.types.Area]:
    """
    Run ``bpy.ops.sequencer`` operators on a scene, in the desktop, in ``-b`` and in the bpy module alike.

    A sequencer on screen is used where there is one; else an area is borrowed. Afterwards the areas, the window's
    scene and view layer, and the workspace's sequencer scene are what they were, after an exception too.

    Raises:
        PlacementError: Blender has no window at all.
    """
    window = bpy.context.window or next(iter(bpy.context.window_manager.windows), None)
    if window is None:
        from second_unit.errors import PlacementError

        raise PlacementError("Blender has no window to edit strips in.", remedy="Open one and try again.")
    with ExitStack() as undo:
        _show_scene(window, scene, undo)
        area = _sequencer_area(window.screen, undo)
        region = next(region for region in area.regions if region.type == "WINDOW")
        undo.enter_context(bpy.context.temp_override(window=window, area=area, region=region, scene=scene))
        yield area


def can_work_out_of_sight() -> bool:
    """Tell whether operators can work on a scene that isn't on screen: from Blender 5.0 on."""
    return "sequencer_scene" in bpy.types.WorkSpace.bl_rna.properties


def run_operator(operator: Any, **told: Any) -> None:
    """
    Run one of Blender's operators for strips, in :func:`sequencer_context`.

    ``bpy.ops`` brings the whole scene on screen up to date before and after each call, 0.1 s each for 5,000 strips.
    Where an empty scene can't be on screen meanwhile, the operator is called as ``bpy.ops`` calls it between the two
    (seen in 4.5, the last version of which this holds): operators for strips look at nothing of it.

    Raises:
        RuntimeError: what the operator reported.
    """
    if can_work_out_of_sight():
        operator(**told)
    else:
        from _bpy import ops

        ops.call(operator.idname_py(), told)


def _show_scene(window: bpy.types.Window, scene: bpy.types.Scene, undo: ExitStack) -> None:
    workspace = window.workspace
    if can_work_out_of_sight():
        if workspace.sequencer_scene != scene:
            undo.callback(setattr, workspace, "sequencer_scene", workspace.sequencer_scene)
            workspace.sequencer_scene = scene
    elif window.scene != scene:
        # The window forgets which view layer it showed as soon as its scene changes. Undone last in, first out.
        undo.callback(setattr, window, "view_layer", window.view_layer)
        undo.callback(setattr, window, "scene", window.scene)
        window.scene = scene


def _sequencer_area(screen: bpy.types.Screen, undo: ExitStack) -> bpy.types.Area:
    areas = sorted(screen.areas, key=_unfitness)
    area = areas[0]
    if area.type != "SEQUENCE_EDITOR":
        undo.callback(setattr, area, "ui_type", area.ui_type)
        area.type = "SEQUENCE_EDITOR"
    space = area.spaces.active
    if space.view_type == "PREVIEW":
        undo.callback(setattr, space, "view_type", space.view_type)
        space.view_type = "SEQUENCER"
    return area


def _unfitness(area: bpy.types.Area) -> tuple[int, int]:
    """Order areas: a timeline, a preview, then whatever is smallest on screen, so that borrowing is least seen."""
    if area.type != "SEQUENCE_EDITOR":
        return 2, area.width * area.height
    return int(area.spaces.active.view_type == "PREVIEW"), -area.width * area.height


def _spelled(new: str, old: str) -> str:
    return new if new in bpy.types.MovieStrip.bl_rna.properties else old


# Old and new names mean the same numbers (compared on 5.1 and 5.2). All are frames of the edit, but the content trims,
# which count the media's own frames.
LEFT_HANDLE = _spelled("left_handle", "frame_final_start")
RIGHT_HANDLE = _spelled("right_handle", "frame_final_end")
DURATION = _spelled("duration", "frame_final_duration")
CONTENT_START = _spelled("content_start", "frame_start")
CONTENT_DURATION = _spelled("content_duration", "frame_duration")
LEFT_HANDLE_OFFSET = _spelled("left_handle_offset", "frame_offset_start")
RIGHT_HANDLE_OFFSET = _spelled("right_handle_offset", "frame_offset_end")
CONTENT_TRIM_START = _spelled("content_trim_start", "animation_offset_start")
CONTENT_TRIM_END = _spelled("content_trim_end", "animation_offset_end")

# The first frame a strip shows, and the first that it no longer shows.
left_handle = attrgetter(LEFT_HANDLE)
right_handle = attrgetter(RIGHT_HANDLE)
# How many frames of the edit it shows.
duration = attrgetter(DURATION)
# Where its content begins, which trimming the left handle leaves alone; a fraction on sounds that start late.
content_start = attrgetter(CONTENT_START)
content_duration = attrgetter(CONTENT_DURATION)
# How far the handles are drawn into the content; below 0 the first or last frame is held.
left_handle_offset = attrgetter(LEFT_HANDLE_OFFSET)
right_handle_offset = attrgetter(RIGHT_HANDLE_OFFSET)
# Frames of the media itself that are cut away before the content starts and after it ends.
content_trim_start = attrgetter(CONTENT_TRIM_START)
content_trim_end = attrgetter(CONTENT_TRIM_END)


def strips_all(scene: bpy.types.Scene) -> list[Any]:
    """Return every strip of the scene, those inside metas too; none where the scene has no sequencer yet."""
    editor = scene.sequence_editor
    return list(editor.strips_all) if editor else []
