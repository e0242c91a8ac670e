"""Matches how loud placed takes are, by their strips' volume: no file is written anew, and undo takes it back."""

from __future__ import annotations

from collections.abc import Collection
from statistics import median
from typing import Any

import bpy

from second_unit.errors import PlacementError

from ..curves import is_animated
from ..sequencer import strips_all
from ..strip_marks import take_tag

# R128 leaves this much below full scale for coders' overshoot.
HIGHEST_PEAK_DECIBELS = -1.0


def match_loudness(
    scene: bpy.types.Scene, names: Collection[str], *, target_lufs: float | None = None
) -> dict[str, float]:
    """
    Set the volume of placed sound strips so that their takes are equally loud, and return the volumes by strip.

    A take isn't raised so far that its true peak passes -1 dBTP: it then stays below the target. What was measured
    when the take came stands on its strip; silent ones stay as they are.

    Args:
        names: of strips; pictures among them are passed over.
        target_lufs: how loud; -23 is EBU R128's own. By default the median of the takes, so that the fewest change.

    Raises:
        PlacementError: a sound is no take, was not measured, or has an animated volume. Nothing was changed.
    """
    strips = [strip for strip in strips_all(scene) if strip.name in names and strip.type == "SOUND"]
    measured = {strip.name: _measured(scene, strip) for strip in strips}
    heard = {name: told for name, told in measured.items() if told[0] > -70}
    if not heard:
        return {}
    target = median(lufs for lufs, _ in heard.values()) if target_lufs is None else target_lufs
    volumes = {name: _volume(target, *told) for name, told in heard.items()}
    for strip in strips:
        if strip.name in volumes:
            strip.volume = volumes[strip.name]
    return volumes


def _measured(scene: bpy.types.Scene, strip: Any) -> tuple[float, float]:
    """Return the loudness and the true peak that stand on a strip."""
    tag = take_tag(strip)
    if tag is None:
        raise PlacementError(f"'{strip.name}' is no take.", remedy="Select strips that hold takes.", strip=strip.name)
    lufs, peak = tag.provenance.get("lufs"), tag.provenance.get("peak_decibels")
    if lufs is None or peak is None:
        raise PlacementError(
            f"How loud '{strip.name}' is was not measured when it came.",
            remedy="Set its volume by hand.",
            strip=strip.name,
        )
    if is_animated(scene, strip, "volume"):
        raise PlacementError(f"The volume of '{strip.name}' is animated.", remedy="Set it by hand.", strip=strip.name)
    return float(lufs), float(peak)


def _volume(target: float, lufs: float, peak: float) -> float:
    return float(10 ** (min(target - lufs, HIGHEST_PEAK_DECIBELS - peak) / 20))
