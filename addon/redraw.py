"""Ask Blender to draw again what shows something of Second Unit's."""

from __future__ import annotations

import bpy


def redraw() -> None:
    """Draw the sequencers and the status bar again, in every window."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR":
                area.tag_redraw()
        # The status bar is no area of the screen. This draws it and says nothing, but would wipe what an operator says.
        if not len(window.modal_operators):
            window.workspace.status_text_set(None)


def redraw_preferences() -> None:
    """Draw the preferences again, wherever they are shown."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()
