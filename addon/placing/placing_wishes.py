"""How the takes of a scene are to be cut in, as its settings say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import bpy

if TYPE_CHECKING:
    from second_unit.takes import Mode


@dataclass(frozen=True)
class PlacingWishes:
    """
    What :func:`~second_unit.takes.conform` and :func:`~.place_takes.place_takes` are to do, in their words.

    Args:
        cut: how takes of several shots are cut.
        sound: what becomes of their sound.
        mute_scratch: whether what they were made from is muted.
    """

    cut: Mode = "cut"
    sound: Literal["keep", "mute", "replace"] = "keep"
    mute_scratch: bool = False


def wishes_of(scene: bpy.types.Scene) -> PlacingWishes:
    """Return what the scene's settings say; the usual where they aren't registered."""
    settings = getattr(scene, "second_unit", None)
    if settings is None:
        return PlacingWishes()
    return PlacingWishes(
        settings.take_cut.lower().replace("_", " "), settings.take_sound.lower(), settings.mute_scratch
    )
