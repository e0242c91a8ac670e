"""
Lets one strip stand in the place of another: for a take of another frame rate.

The rate that a movie strip plays at is noted on it where only Blender's import operator can write it, so that a file of
another rate needs a strip that was laid for it. All that the editor did to the strip before is carried over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import bpy

from second_unit.errors import PlacementError

from ..curves import retarget
from ..sequencer import run_operator, strips_all
from .lay_strips import show_inside

# What is no wish of the editor's but follows from the file, or is set otherwise.
_OWN = {"name", "filepath", "elements", "channel", "show_retiming_keys", "retiming_keys", "rna_type"}
_OWN |= {"connections", "modifiers", "input_mask_strip"}
_TIMES = ("frame_", "content_", "animation_offset_", "left_handle", "right_handle", "duration")
_INPUTS = ("input_1", "input_2")


def holder_of(scene: bpy.types.Scene, strip: Any) -> Any:
    """Return what holds a strip: a meta strip, or the scene's sequencer."""
    return strip.parent_meta() or scene.sequence_editor


@contextmanager
def working_on(scene: bpy.types.Scene, strips: Sequence[Any]) -> Iterator[None]:
    """Select these strips of one holder and nothing beside them, for an operator; the selection is as it was again."""
    editor, holder = scene.sequence_editor, holder_of(scene, strips[0])
    kept = [
        (strip, strip.select, strip.select_left_handle, strip.select_right_handle)
        for strip in holder.strips
        if strip.select or strip in strips
    ]
    inside = holder != editor
    if inside:
        show_inside(scene, holder)
    for strip, *_ in kept:
        strip.select = strip in strips
    try:
        yield
    finally:
        if inside:
            show_inside(scene, None)
        for strip, selected, left, right in kept:
            strip.select, strip.select_left_handle, strip.select_right_handle = selected, left, right


def require_replaceable(strip: Any) -> None:
    """
    See that another strip can stand for this one.

    Raises:
        PlacementError: it is retimed, and a strip's retiming can't be written.
    """
    if len(strip.retiming_keys) > 0:
        raise PlacementError(
            f"'{strip.name}' is retimed, and the other take runs at another rate.",
            remedy="Clear its retiming, or place the take as strips of its own.",
            strip=strip.name,
        )


def replace_strip(scene: bpy.types.Scene, old: Any, new: Any) -> None:
    """
    Let ``new``, which lies behind the edit, have all that ``old`` has but its times and its file; remove ``old``.

    Name, settings, transform, crop, modifiers, custom properties, animation, the effects that are made of it, the masks
    that use it, the meta that holds it. Where it stands is left to the caller, and so is its channel.
    """
    holder = holder_of(scene, old)
    if holder != scene.sequence_editor:
        new.move_to_meta(holder)
    bound = [each for each in getattr(old, "connections", ()) if each != old]
    _copy(old, new)
    _copy_modifiers(old, new)
    _bind_effects(scene, old, new)
    _take_name(scene, old, new)
    is_active = scene.sequence_editor.active_strip == old
    holder.strips.remove(old)
    if is_active:
        scene.sequence_editor.active_strip = new
    if bound:
        connect(scene, [new, *bound])


def connect(scene: bpy.types.Scene, strips: Sequence[Any]) -> None:
    """Let strips of one holder be selected and moved together by the editor."""
    with working_on(scene, strips):
        run_operator(bpy.ops.sequencer.connect, toggle=False)


def _copy(old: Any, new: Any) -> None:
    """Copy what can be written, inner settings too. Nothing is written for nothing: some settings do more than that."""
    for name, kind in old.bl_rna.properties.items():
        if name in _OWN or name.startswith(_TIMES):
            continue
        before, after = getattr(old, name), getattr(new, name)
        if kind.type == "POINTER" and not isinstance(before, (bpy.types.ID, type(None))):
            if after is not None:
                _copy(before, after)
        elif kind.type == "COLLECTION":
            _copy_all(before, after)
        elif not kind.is_readonly and _plain(before) != _plain(after):
            setattr(new, name, before)
    _copy_custom_properties(old, new)


def _copy_all(before: Any, after: Any) -> None:
    """Copy the items of a collection, adding and removing some where it can be; else only those that both have."""
    if hasattr(after, "new") and isinstance(before, bpy.types.bpy_prop_collection) and _is_points(before):
        while len(after) < len(before):
            after.new(0.5, 0.5)
        while len(after) > len(before):
            after.remove(after[len(after) // 2])
    for one, other in zip(before, after, strict=False):
        _copy(one, other)


def _is_points(points: Any) -> bool:
    return len(points) > 0 and isinstance(points[0], bpy.types.CurveMapPoint)


def _plain(value: Any) -> Any:
    return tuple(value) if hasattr(value, "__len__") and not isinstance(value, str) else value


def _copy_custom_properties(old: Any, new: Any) -> None:
    try:
        names = list(old.keys())
    except TypeError:  # this kind has none
        return
    for name in names:
        new[name] = old[name]


def _copy_modifiers(old: Any, new: Any) -> None:
    for modifier in old.modifiers:
        copy = new.modifiers.new(modifier.name, modifier.type)
        _copy(modifier, copy)
        if modifier.input_mask_strip is not None:
            copy.input_mask_strip = modifier.input_mask_strip
        if hasattr(copy, "curve_mapping"):
            copy.curve_mapping.update()


def _bind_effects(scene: bpy.types.Scene, old: Any, new: Any) -> None:
    """Let what is made of ``old``, or masked by it, be made of ``new``."""
    for strip in strips_all(scene):
        for name in _INPUTS:
            if getattr(strip, name, None) == old:
                setattr(strip, name, new)
        for modifier in strip.modifiers:
            if modifier.input_mask_strip == old:
                modifier.input_mask_strip = new


def _take_name(scene: bpy.types.Scene, old: Any, new: Any) -> None:
    # Renaming also makes Blender look anew at which effects a strip has: without it 5.2 removes them with the old one.
    name = old.name
    old.name = f"{name[:40]} before"
    new.name = name
    retarget(scene, old.path_from_id(), new.path_from_id())
