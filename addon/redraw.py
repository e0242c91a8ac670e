"""Ask Blender to draw again what shows something of Second Unit's."""

from __future__ import annotations

import bpy


class _StatusBar:
    """Whether Blender has drawn it since the file was opened. Before that, drawing it ends Blender 5.2 (a crash)."""

    drawn = False


def note_status_bar(*, drawn: bool) -> None:
    """Say that the status bar was drawn, or that a file was opened and none is there yet."""
    _StatusBar.drawn = drawn


def redraw() -> None:
    """Draw the timelines, their sidebars and the status bar again, in every window."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            # Not the preview: the picture stays as it is, and drawing it takes longest.
            if area.type == "SEQUENCE_EDITOR" and area.spaces.active.view_type != "PREVIEW":
                for region in area.regions:
                    if region.type in {"WINDOW", "UI"}:
                        region.tag_redraw()
        # The status bar is no area of the screen. This draws it and says nothing, but would wipe what an operator says.
        if _StatusBar.drawn and not len(window.modal_operators):
            window.workspace.status_text_set(None)


def redraw_preferences() -> None:
    """Draw the preferences again, wherever they are shown."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()
