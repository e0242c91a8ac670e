"""How large a take is seen: a take of other pixels fills the same part of the edit's picture."""

from __future__ import annotations

from typing import Any

import bpy

from ..curves import scale_values

# Sizes are rounded to even pixels: shapes this near one another are one shape.
_SAME_SHAPE = 0.02


def size_of(strip: Any) -> tuple[int, int]:
    """Return the pixels of a movie strip's file; zeros where Blender never read it."""
    element = strip.elements[0]
    return element.orig_width, element.orig_height


def keep_size(scene: bpy.types.Scene, strip: Any, before: tuple[int, int], after: tuple[int, int]) -> None:
    """
    Let a strip whose file changed be seen as large as before: Blender scales and crops by the file's own pixels.

    A picture of another shape is fitted inside where the one before was, never stretched.
    """
    if before == after or 0 in before + after:
        return
    wide, high = (old / new for old, new in zip(before, after, strict=True))
    if abs(wide / high - 1) > _SAME_SHAPE:
        wide = high = min(wide, high)
    path = strip.path_from_id()
    for name, factor in (("scale_x", wide), ("scale_y", high)):
        setattr(strip.transform, name, getattr(strip.transform, name) * factor)
        scale_values(scene, f"{path}.transform.{name}", factor)
    for name, factor in (("min_x", wide), ("max_x", wide), ("min_y", high), ("max_y", high)):
        setattr(strip.crop, name, round(getattr(strip.crop, name) / factor))
        scale_values(scene, f"{path}.crop.{name}", 1 / factor)
