"""From a timeline to its shots: ranges, references, cuts."""

from __future__ import annotations

from second_unit.shot_list.building import build_shot_list

__all__ = ["build_shot_list"]
