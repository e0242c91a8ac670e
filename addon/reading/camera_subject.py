"""
What a camera films: said by its focus or by what it is aimed at, else guessed from what stands before it.

The guess takes the middle frame. Of all that is drawn, what fills much of the picture near its middle wins; what the
camera stands in (a room, a sky), lies flat under it (the ground) or overflows the picture both ways (a backdrop)
doesn't.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, hypot

import bpy
from mathutils import Matrix, Vector

from .camera_stage import evaluate_at, staged

# Beyond so many objects, the largest are looked at.
MOST_CANDIDATES = 500
_SOLID = {"MESH", "CURVE", "SURFACE", "META", "FONT", "CURVES", "POINTCLOUD", "VOLUME"}
_AIMING = {"TRACK_TO", "DAMPED_TRACK", "LOCKED_TRACK"}


@dataclass(frozen=True)
class Subject:
    """
    What a camera films.

    Args:
        name: for people.
        objects: whose boxes together are its box; a single empty is a point.
        is_figure: moved by an armature; None where its proportions must tell.
    """

    name: str
    objects: tuple[bpy.types.Object, ...]
    is_figure: bool | None = None

    def corners(self, depsgraph: bpy.types.Depsgraph) -> list[Vector]:
        """Return the eight corners of its box in world space, at the frame that was evaluated."""
        found = [corner for one in self.objects for corner in corners_of(one, depsgraph)]
        return found if len(self.objects) == 1 or not found else _box_around(found)


def find_subject(scene: bpy.types.Scene, camera: bpy.types.Object, frame: int, aspect: float) -> Subject | None:
    """
    Return what the camera films, or None where nothing can be told.

    Args:
        scene: where the camera stands.
        camera: of type CAMERA.
        frame: at which to look, where it must be guessed.
        aspect: the picture's width over its height.
    """
    aimed = camera.data.dof.focus_object or _aimed_at(camera)
    solids = _solids(scene)
    if aimed is not None and aimed.type == "EMPTY" and not aimed.instance_collection:
        return _around_point(scene, aimed, solids, frame)
    if aimed is not None:
        return _whole(aimed, scene)
    best = _most_prominent(scene, camera, solids, frame, aspect)
    return _whole(best, scene) if best else None


def corners_of(shown: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> list[Vector]:
    """Return the corners of an object's box in world space; of an instanced collection, of all of it."""
    evaluated = shown.evaluated_get(depsgraph)
    if shown.type != "EMPTY":
        return [evaluated.matrix_world @ Vector(corner) for corner in evaluated.bound_box]
    instanced = [
        instance.matrix_world @ Vector(corner)
        for instance in depsgraph.object_instances
        if instance.is_instance and instance.parent and instance.parent.original == shown
        if instance.object.type in _SOLID
        for corner in instance.object.bound_box
    ]
    return _box_around(instanced) if instanced else [evaluated.matrix_world.translation.copy()]


def _aimed_at(camera: bpy.types.Object) -> bpy.types.Object | None:
    """Return what a constraint turns the camera to, or the parent that carries it."""
    carriers = [camera, *([camera.parent] if camera.parent else [])]
    return next(
        (
            constraint.target
            for carrier in carriers
            for constraint in carrier.constraints
            if constraint.type in _AIMING and constraint.target and constraint.influence > 0 and not constraint.mute
        ),
        None,
    )


def _whole(shown: bpy.types.Object, scene: bpy.types.Scene) -> Subject:
    """Return an object with all that the same armature moves: a figure is body, hair and clothes."""
    armature = shown if shown.type == "ARMATURE" else _armature_of(shown)
    if armature is None:
        return Subject(shown.name, (shown,))
    parts = [part for part in scene.objects if part.type == "MESH" and _armature_of(part) == armature]
    return Subject(armature.name, tuple(parts) or (armature,), is_figure=True)


def _armature_of(shown: bpy.types.Object) -> bpy.types.Object | None:
    by_modifier = next((each.object for each in shown.modifiers if each.type == "ARMATURE" and each.object), None)
    by_parent = shown.parent if shown.parent and shown.parent.type == "ARMATURE" else None
    return by_modifier or by_parent


def _solids(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Return what is drawn in a scene and has a size."""
    drawn = {
        each.name_full: each
        for collection in _collections(scene)
        for each in collection.objects
        if not each.hide_render and (each.type in _SOLID or (each.type == "EMPTY" and each.instance_collection))
    }
    return sorted(drawn.values(), key=lambda each: -max(each.dimensions))[:MOST_CANDIDATES]


def _collections(scene: bpy.types.Scene) -> Iterable[bpy.types.Collection]:
    layer = scene.view_layers[0].layer_collection
    if layer is None:  # a scene that was never shown has none yet
        return [one for one in (scene.collection, *scene.collection.children_recursive) if not one.hide_render]
    return _drawn_collections(layer)


def _drawn_collections(layer: bpy.types.LayerCollection) -> Iterator[bpy.types.Collection]:
    """Yield the collections that are rendered. (The layer's own list of objects may be stale until it is drawn.)."""
    if layer.exclude or layer.collection.hide_render:
        return
    yield layer.collection
    for child in layer.children:
        yield from _drawn_collections(child)


def _around_point(
    scene: bpy.types.Scene, empty: bpy.types.Object, solids: Sequence[bpy.types.Object], frame: int
) -> Subject:
    """Return what an empty marks: what carries it, else the smallest thing whose box it stands in, else its place."""
    if empty.parent is not None and empty.parent.type in {*_SOLID, "ARMATURE"}:
        return _whole(empty.parent, scene)
    with staged(scene, [empty, *solids]) as stage:
        depsgraph = evaluate_at(stage, frame)
        place = empty.evaluated_get(depsgraph).matrix_world.translation
        sizes = [(_size(corners), at) for at, corners in _boxes(solids, depsgraph) if _holds(corners, place)]
    return _whole(solids[min(sizes)[1]], scene) if sizes else Subject(empty.name, (empty,))


def _most_prominent(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    solids: Sequence[bpy.types.Object],
    frame: int,
    aspect: float,
) -> bpy.types.Object | None:
    with staged(scene, [camera, *solids]) as stage:
        depsgraph = evaluate_at(stage, frame)
        eye = camera.evaluated_get(depsgraph).matrix_world.normalized()
        slope = _slope(camera.evaluated_get(depsgraph).data, aspect)
        scores = [(_prominence(corners, eye, slope, aspect), at) for at, corners in _boxes(solids, depsgraph)]
    best = max(scores, default=(0.0, 0))
    return solids[best[1]] if best[0] > 0 else None


def _boxes(solids: Sequence[bpy.types.Object], depsgraph: bpy.types.Depsgraph) -> Iterator[tuple[int, list[Vector]]]:
    for at, shown in enumerate(solids):
        yield at, corners_of(shown, depsgraph)


def _slope(lens: bpy.types.Camera, aspect: float) -> float:
    """Return half the picture's width at distance 1."""
    half = lens.view_frame()[0]
    across = abs(half.x / half.z) if lens.type != "ORTHO" else lens.ortho_scale / 2
    return across if aspect >= 1 else across * aspect


def _prominence(corners: Sequence[Vector], eye: Matrix, slope: float, aspect: float) -> float:
    """Return how much a box draws the eye: its share of the picture, near the middle, unless it overflows it."""
    place = eye.translation
    if _holds(corners, place) or _lies_flat(corners, place):
        return 0.0
    seen = [eye.inverted() @ corner for corner in corners]
    depth = -sum(corner.z for corner in seen) / len(seen)
    if depth <= 0:
        return 0.0
    # From −1 to 1 across the picture, and up.
    xs = [corner.x / (depth * slope) for corner in seen]
    ys = [corner.y / (depth * slope) * aspect for corner in seen]
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    filled = _clipped(xs) * _clipped(ys) / 4
    aside = hypot(_nearest_zero(xs), _nearest_zero(ys))
    overflow = max(0.0, min(width, height) / 2 - 1.5)
    return min(filled, 0.6) * exp(-((aside / 0.5) ** 2)) / (1 + 4 * overflow)


def _clipped(values: Sequence[float]) -> float:
    return max(0.0, min(1.0, max(values)) - max(-1.0, min(values)))


def _nearest_zero(values: Sequence[float]) -> float:
    """Return how far from the picture's middle a span's own middle is, 0 where it covers the middle well."""
    low, high = min(values), max(values)
    return 0.0 if low < 0 < high else min(abs(low), abs(high)) + (high - low) / 4


def _holds(corners: Sequence[Vector], place: Vector) -> bool:
    return all(min(c[n] for c in corners) <= place[n] <= max(c[n] for c in corners) for n in range(3))


def _lies_flat(corners: Sequence[Vector], place: Vector) -> bool:
    spans = [max(c[n] for c in corners) - min(c[n] for c in corners) for n in range(3)]
    across = max(spans[0], spans[1])
    away = min((corner - place).length for corner in corners)
    return spans[2] < 0.05 * across and across > away and place.z > max(c.z for c in corners)


def _size(corners: Sequence[Vector]) -> float:
    box = _box_around(corners)
    return (box[0] - box[-1]).length


def _box_around(corners: Iterable[Vector]) -> list[Vector]:
    points = list(corners)
    low = [min(point[n] for point in points) for n in range(3)]
    high = [max(point[n] for point in points) for n in range(3)]
    return [Vector((x, y, z)) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
