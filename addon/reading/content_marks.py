"""
Marks that change whenever what Blender would render does: of a scene, and of a strip as it looks.

They are read from the settings, not from a picture, so that asking takes milliseconds. What is animated counts by its
keys, not by its value on the frame that the editor happens to look at. What isn't read (pixels painted and not saved,
a simulation's cache, hair) doesn't change a mark.
"""

from __future__ import annotations

import array
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import bpy

from ..curves import curves_of

_SIMPLE = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}
# How it is drawn and chosen in the editor, and what follows from the rest.
_NOISE = re.compile(
    r"(show|select|active|is|wireframe|use_fake|use_extra|matrix|lock|preview|frame_current|frame_preview|tag)(_|$)"
    r"|texspace|dimensions$|name_full$|rna_type$|second_unit$|bl_|frame_float$|frame_subframe$|cursor"
    r"|location_absolute$"
)
_OF_SCENES = {"camera", "world", "display", "view_settings", "timeline_markers"}
_OF_SOCKETS = {"name", "default_value"}
_PARTS = {"transform", "crop", "color_ramp", "mapping", "curve_mapping", "color_balance", "view_settings", "shading"}
_PARTS |= {"display"}
_LISTS = {"modifiers", "constraints", "material_slots", "nodes", "inputs", "links", "elements", "curves", "points"}
_LISTS |= {"timeline_markers", "objects", "children", "key_blocks"}
# Coordinates, read in one go each.
_COORDINATES = {"vertices": ("co", 3), "loops": ("vertex_index", 1), "polygons": ("material_index", 1)}


def scene_mark(scene: bpy.types.Scene) -> str:
    """Return 32 hexadecimal digits over all that a scene's camera may see, and how it is rendered."""
    digest = hashlib.sha256()
    seen: set[bpy.types.ID] = set()
    waiting: list[bpy.types.ID] = [scene]
    while waiting:
        block = waiting.pop()
        if block in seen:
            continue
        seen.add(block)
        for told in _tell_block(block, waiting):
            digest.update(told)
    return digest.hexdigest()[:32]


def strip_mark(strip: Any, parts: Iterable[str] = ()) -> str:
    """
    Return 32 hexadecimal digits over how a strip looks: its settings, its modifiers, its keys, its media's time.

    Args:
        strip: any strip.
        parts: the marks of what it is made of.
    """
    digest = hashlib.sha256(json.dumps([*parts]).encode())
    mine = f'sequence_editor.strips_all["{strip.name}"].'
    curves = [curve for curve in curves_of(strip.id_data) if curve.data_path.startswith(mine)]
    animated = frozenset(_last(curve.data_path) for curve in curves)
    for told in _tell(strip, animated, []):
        digest.update(told)
    for curve in curves:
        digest.update(_tell_curve(curve))
    return digest.hexdigest()[:32]


def file_mark(path: Path) -> str:
    """Return what tells one state of a file from another, without reading it."""
    try:
        stat = path.stat()
    except OSError:
        return str(path)
    return f"{path} {stat.st_size} {stat.st_mtime_ns}"


def _tell_block(block: bpy.types.ID, waiting: list[bpy.types.ID]) -> Iterator[bytes]:
    curves = list(curves_of(block))
    yield from _tell(block, frozenset(_last(curve.data_path) for curve in curves), waiting)
    for curve in curves:
        yield _tell_curve(curve)
    if isinstance(block, bpy.types.Scene):
        render = block.render
        yield json.dumps([render.resolution_x, render.resolution_y, render.engine]).encode()
        waiting.append(block.collection)
    if isinstance(block, bpy.types.Mesh):
        for name, (of, size) in _COORDINATES.items():
            yield _numbers(getattr(block, name), of, size, "i" if size == 1 else "f")
    if isinstance(block, bpy.types.Curve):
        for spline in block.splines:
            yield _numbers(spline.points, "co", 4) + _numbers(spline.bezier_points, "co", 3)
    if isinstance(block, bpy.types.Armature):
        yield repr([(bone.name, tuple(bone.head_local), tuple(bone.tail_local)) for bone in block.bones]).encode()
    if isinstance(block, bpy.types.Object) and block.pose and not any("pose" in one.data_path for one in curves):
        yield repr([tuple(map(tuple, bone.matrix_basis)) for bone in block.pose.bones]).encode()
    if isinstance(block, bpy.types.Image | bpy.types.MovieClip | bpy.types.CacheFile):
        yield file_mark(Path(bpy.path.abspath(block.filepath, library=block.library))).encode()


def _tell(struct: Any, animated: frozenset[str], waiting: list[bpy.types.ID]) -> Iterator[bytes]:
    """Yield the settings of a block or a part of one; blocks that it points to wait for their turn."""
    told: list[Any] = [type(struct).__name__]
    for name, kind in _settings(type(struct)):
        if name in animated:
            continue
        if kind in {"VALUE", "ARRAY"}:
            value = getattr(struct, name)
            told.append(tuple(value) if kind == "ARRAY" else value)
        elif kind == "COLLECTION":
            yield from _tell_list(struct, name, animated, waiting)
        else:
            yield from _tell_pointed(name, getattr(struct, name), animated, waiting)
    yield repr(told).encode()


@cache
def _settings(kind: type) -> tuple[tuple[str, str], ...]:
    """Return the names of what is told of a kind of struct, with how; asked once a kind, for asking takes long."""
    told = []
    for setting in kind.bl_rna.properties:
        name = setting.identifier
        # Other add-ons' settings may run their code when asked, deprecated ones warn.
        if _NOISE.match(name) or setting.is_runtime or getattr(setting, "is_deprecated", False):
            continue
        if (kind is bpy.types.Scene and name not in _OF_SCENES) or (
            issubclass(kind, bpy.types.NodeSocket) and name not in _OF_SOCKETS
        ):
            continue
        if setting.type in _SIMPLE and not setting.is_readonly:
            told.append((name, "ARRAY" if getattr(setting, "is_array", False) else "VALUE"))
        elif (setting.type == "POINTER" and _leads_on(setting)) or (setting.type == "COLLECTION" and name in _LISTS):
            told.append((name, setting.type))
    return tuple(told)


def _leads_on(setting: bpy.types.PointerProperty) -> bool:
    leads_to = getattr(bpy.types, setting.fixed_type.identifier, bpy.types.AnyType)
    return setting.identifier in _PARTS or issubclass(leads_to, bpy.types.ID | bpy.types.NodeSocket)


def _tell_pointed(name: str, pointed: Any, animated: frozenset[str], waiting: list[bpy.types.ID]) -> Iterator[bytes]:
    if isinstance(pointed, bpy.types.ID):
        yield f"{name} {pointed.name}".encode()
        if not isinstance(pointed, bpy.types.Scene | bpy.types.Action):
            waiting.append(pointed)
    elif isinstance(pointed, bpy.types.NodeSocket):
        yield f"{name} {pointed.node.name} {pointed.identifier}".encode()  # a link: the sockets tell of themselves
    elif pointed is not None and name in _PARTS:
        yield from _tell(pointed, animated, waiting)


def _tell_list(struct: Any, name: str, animated: frozenset[str], waiting: list[bpy.types.ID]) -> Iterator[bytes]:
    for part in getattr(struct, name):
        if isinstance(part, bpy.types.ID):
            yield part.name.encode()
            waiting.append(part)
        else:
            yield from _tell(part, animated, waiting)
            if isinstance(part, bpy.types.ShapeKey):
                yield _numbers(part.data, "co", 3)


def _tell_curve(curve: Any) -> bytes:
    points = curve.keyframe_points
    kinds = [(key.interpolation, key.handle_left_type, key.handle_right_type) for key in points]
    keys = _numbers(points, "co", 2)
    if any("FREE" in kind or "ALIGNED" in kind for kind in kinds):
        # The other kinds follow from the keys, and Blender may set them only when it saves.
        keys += _numbers(points, "handle_left", 2) + _numbers(points, "handle_right", 2)
    modifiers = b"".join(told for one in curve.modifiers for told in _tell(one, frozenset(), []))
    driven = curve.driver.expression if curve.driver else ""
    return repr((curve.data_path, curve.array_index, curve.extrapolation, driven, kinds)).encode() + keys + modifiers


def _last(path: str) -> str:
    """Return the setting that a data path leads to: ``strength`` for ``modifiers["Noise"].strength``."""
    return re.sub(r"\[[^\]]*\]$", "", path).rsplit(".", 1)[-1]


def _numbers(of: Any, name: str, size: int, kind: str = "f") -> bytes:
    numbers = array.array(kind, bytes(4 * size * len(of)))
    if len(of):
        of.foreach_get(name, numbers)
    return numbers.tobytes()
