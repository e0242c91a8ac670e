"""Every property of every strip, so as to prove that none changed."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import bpy

from addon.sequencer import strips_all

# What points back to its owner, or to another strip that is looked at by itself.
_NOT_FOLLOWED = {
    "rna_type",
    "input_1",
    "input_2",
    "input_mask_strip",
    "parent_meta",
    "strips",
    "sequences",
    "connections",
}


@dataclass(frozen=True)
class Snapshot:
    """Strips by name, each a dictionary of all it can be asked; what the scene and its sequencer say; sounds' names."""

    strips: dict[str, Any]
    scene: dict[str, Any]
    sounds: tuple[str, ...]


def snapshot(scene: bpy.types.Scene, leave_out: Collection[str] = ()) -> Snapshot:
    """Read all of an edit, but for the strips named."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old names of times are properties too
        strips = {strip.name: _read(strip) for strip in strips_all(scene) if strip.name not in leave_out}
        return Snapshot(strips, _read_scene(scene), tuple(sound.name for sound in bpy.data.sounds))


def _read_scene(scene: bpy.types.Scene) -> dict[str, Any]:
    editor, render = scene.sequence_editor, scene.render
    return {
        "rate": (render.fps, render.fps_base),
        "size": (render.resolution_x, render.resolution_y, render.resolution_percentage),
        "view": (
            scene.view_settings.view_transform,
            scene.view_settings.look,
            scene.sequencer_colorspace_settings.name,
        ),
        "frames": (scene.frame_start, scene.frame_end, scene.frame_current),
        "preview": (scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end),
        "active": editor.active_strip.name if editor and editor.active_strip else None,
        "channels": [(channel.name, channel.lock, channel.mute) for channel in editor.channels] if editor else None,
        "metas": [meta.name for meta in editor.meta_stack] if editor else None,
        "areas": [area.type for area in bpy.context.window_manager.windows[0].screen.areas],
    }


def _read(owner: Any) -> Any:
    told = _read_custom_properties(owner)
    for name, kind in owner.bl_rna.properties.items():
        if name not in _NOT_FOLLOWED:
            told[name] = _read_property(owner, name, kind)
    if hasattr(owner, "connections"):
        told["connections"] = [each.name for each in owner.connections]
    return told


def _read_custom_properties(owner: Any) -> dict[str, Any]:
    try:
        return {f"[{key}]": str(value) for key, value in owner.items()}
    except TypeError:  # this kind has none
        return {}


def _read_property(owner: Any, name: str, kind: Any) -> Any:
    value = getattr(owner, name)
    if kind.type == "COLLECTION":
        return [_read(each) for each in value]
    if kind.type == "POINTER":
        return value if value is None else value.name_full if isinstance(value, bpy.types.ID) else _read(value)
    if getattr(kind, "is_array", False):
        return tuple(value)
    return value
