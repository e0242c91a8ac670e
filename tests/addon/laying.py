"""Lay strips for tests, on every supported Blender."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from addon.sequencer import sequencer_context, strips_all


def lay_effect(holder: Any, name: str, kind: str, channel: int, start: int, length: int, *inputs: Any) -> Any:
    """Lay an effect, colour or text strip in a sequencer or a meta; Blender 5.0 renamed the length's argument."""
    named = bpy.types.StripsTopLevel.bl_rna.functions["new_effect"].parameters
    span = {"length": length} if "length" in named else {"frame_end": start + length}
    takes = {f"input{number}": strip for number, strip in enumerate(inputs, 1)}
    return holder.strips.new_effect(name, kind, channel, start, **span, **takes)


def lay_text(holder: Any, name: str, text: str, channel: int, start: int, length: int) -> Any:
    """Lay a text strip that says so."""
    strip = lay_effect(holder, name, "TEXT", channel, start, length)
    strip.text = text
    return strip


def set_rate(scene: bpy.types.Scene, fps: int, base: float = 1.0) -> None:
    """Set the edit's frames a second."""
    scene.render.fps, scene.render.fps_base = fps, base


def lay_adjusted_movie(scene: bpy.types.Scene, path: Path, channel: int, start: int) -> Any:
    """Lay a movie at its true speed, the way Blender's own import does; only the operator can."""
    before = set(strips_all(scene))
    more = {"move_strips": False} if bpy.app.version >= (5, 0, 0) else {}
    with sequencer_context(scene):
        bpy.ops.sequencer.movie_strip_add(
            filepath=str(path),
            frame_start=start,
            channel=channel,
            use_framerate=False,
            adjust_playback_rate=True,
            set_view_transform=False,
            fit_method="FIT",
            sound=False,
            replace_sel=False,
            relative_path=False,
            **more,
        )
    return next(strip for strip in strips_all(scene) if strip not in before)
