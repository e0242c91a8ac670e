"""A few keys in the Sequencer's timeline, none of which Blender uses there itself (a test holds them side by side)."""

from __future__ import annotations

from typing import Any

import bpy

# Operator, key, and what is held with it. Chosen so that the hand lies as for Blender's own "," and ".".
KEYS = (
    ("second_unit.previous_take", "COMMA", {"alt": True}),
    ("second_unit.next_take", "PERIOD", {"alt": True}),
    ("second_unit.keep_take", "K", {"shift": True, "alt": True}),
    ("second_unit.preview", "P", {"shift": True, "alt": True}),
)

_added: list[tuple[Any, Any]] = []


def register() -> None:
    """Add them where the user can change them: Preferences > Keymap. There is nothing to add to in ``-b``."""
    config = bpy.context.window_manager.keyconfigs.addon
    if config is None:
        return
    keymap = config.keymaps.new(name="Sequencer", space_type="SEQUENCE_EDITOR")
    for operator, key, held in KEYS:
        _added.append((keymap, keymap.keymap_items.new(operator, key, "PRESS", **held)))


def unregister() -> None:
    """Take them away again."""
    for keymap, item in reversed(_added):
        keymap.keymap_items.remove(item)
    _added.clear()
