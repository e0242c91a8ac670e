"""Two takes of a shot beside each other, as strips on top of the edit that are thrown away again."""

from __future__ import annotations

from typing import Any, Literal

import bpy

from second_unit.takes import Placement

from ..sequencer import strips_all
from ..strip_marks import COMPARED_KEY, is_comparison
from .lay_strips import frames_of
from .place_takes import place_takes, remove_takes


def compare_takes(
    scene: bpy.types.Scene, first: Placement, second: Placement, how: Literal["side by side", "wipe"] = "side by side"
) -> tuple[str, str]:
    """
    Show two takes of a shot at once, above everything that stands over its frames, without their sound.

    Side by side each is half as large, the first on the left. With a wipe both are full size, the first's left half
    beside the second's right half. :func:`end_comparison` takes the strips away.

    Returns:
        The names of the two strips.

    Raises:
        What :func:`~.place_takes.place_takes` raises; the edit is then as it was.
    """
    end_comparison(scene)
    above = _highest_channel(scene, first)
    silent = [take.model_copy(update={"has_audio": False, "above_channel": above}) for take in (first, second)]
    placed = place_takes(scene, [take.model_copy(update={"range": first.range}) for take in silent])
    strips = [scene.sequence_editor.strips[take.picture] for take in placed.takes]
    for strip in strips:
        strip[COMPARED_KEY] = True
    if how == "side by side":
        _halve(scene, strips)
    else:
        _wipe(strips[1])
    return strips[0].name, strips[1].name


def end_comparison(scene: bpy.types.Scene) -> None:
    """Take away what :func:`compare_takes` laid down; nothing where there is no comparison."""
    remove_takes(scene, [strip.name for strip in strips_all(scene) if is_comparison(strip)])


def _highest_channel(scene: bpy.types.Scene, placement: Placement) -> int:
    spans = ((strip.channel, frames_of(strip)) for strip in strips_all(scene))
    return max((channel for channel, span in spans if span.overlaps(placement.range)), default=0)


def _halve(scene: bpy.types.Scene, strips: list[Any]) -> None:
    quarter = scene.render.resolution_x / 4
    for strip, side in zip(strips, (-1, 1), strict=True):
        strip.transform.scale_x /= 2
        strip.transform.scale_y /= 2
        strip.transform.offset_x += side * quarter


def _wipe(strip: Any) -> None:
    # A crop counts in the picture's own pixels.
    strip.crop.min_x = strip.elements[0].orig_width // 2
