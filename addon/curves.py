"""The curves that animate a scene and its strips, wherever a version of Blender keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy


def curves_of(block: Any) -> Iterator[Any]:
    """Yield every curve that animates a block of data (a scene's are its strips' too): its actions', its drivers'."""
    moved = getattr(block, "animation_data", None)
    if moved is None:
        return
    yield from moved.drivers
    actions = [moved.action, *(strip.action for track in moved.nla_tracks for strip in track.strips)]
    for action in filter(None, actions):
        if hasattr(action, "fcurves"):
            yield from action.fcurves
        else:  # from 5.0 on an action holds layers
            bags = (bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags)
            yield from (curve for bag in bags for curve in bag.fcurves)


def is_animated(scene: bpy.types.Scene, strip: Any, name: str) -> bool:
    """Tell whether a property of a strip (``"volume"``, ``"transform.scale_x"``) follows a curve."""
    path = f"{strip.path_from_id()}.{name}"
    return any(curve.data_path == path for curve in curves_of(scene))


def retarget(scene: bpy.types.Scene, before: str, after: str) -> None:
    """Let the curves of one strip animate another; each is told by its ``path_from_id()``."""
    for curve in curves_of(scene):
        if curve.data_path.startswith(before):
            curve.data_path = after + curve.data_path.removeprefix(before)


def scale_values(scene: bpy.types.Scene, path: str, factor: float) -> None:
    """Multiply what a property's curve says, at every key."""
    for curve in curves_of(scene):
        if curve.data_path == path:
            for key in curve.keyframe_points:
                key.co[1] *= factor
                key.handle_left[1] *= factor
                key.handle_right[1] *= factor
