"""What is selected, as reading understands it: a take stands for the shots that it shows."""

from __future__ import annotations

from typing import Any

import bpy

from ..strip_marks import is_placeholder, strip_id, take_tag


def on_screen(scene: bpy.types.Scene) -> Any:
    """Return the strips of what is on screen: the edit, or the meta that was entered. Empty where there is no edit."""
    editor = scene.sequence_editor
    if editor is None:
        return ()
    return editor.meta_stack[-1].strips if len(editor.meta_stack) else editor.strips


def selected_strips(scene: bpy.types.Scene) -> list[Any]:
    """
    Return the selected strips of what is on screen.

    Takes are made from shots and are none themselves. One that is selected brings the shots that it shows instead, for
    that is what an editor means who looks at a take and wants another.
    """
    selected = [strip for strip in on_screen(scene) if strip.select and not is_placeholder(strip)]
    tags = {strip.name: tag for strip in selected if (tag := take_tag(strip))}
    if not tags:
        return selected
    wanted = {segment for tag in tags.values() for segment in tag.segments}
    shots = [strip for strip in on_screen(scene) if strip_id(strip) in wanted and not strip.select]
    return [strip for strip in selected if strip.name not in tags] + shots
