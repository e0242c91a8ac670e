"""Render the sequencer of a scene to a movie, and leave the scene's settings as they were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy


def render_preview(scene: bpy.types.Scene, to: Path, *, percentage: int = 50) -> None:
    """
    Render the scene's frames, from its first to its last, to an H.264 movie with AAC sound at ``to``.

    Args:
        percentage: of the scene's size; made even, for H.264 knows no odd sizes.
    """
    render = scene.render
    even = 4 if percentage == 50 else 2  # at half size, a multiple of four stays even
    wanted: list[tuple[Any, str, Any]] = [
        (render, "resolution_percentage", percentage),
        (render, "resolution_x", render.resolution_x - render.resolution_x % even),
        (render, "resolution_y", render.resolution_y - render.resolution_y % even),
        *([(render.image_settings, "media_type", "VIDEO")] if hasattr(render.image_settings, "media_type") else []),
        (render.image_settings, "file_format", "FFMPEG"),  # from 5.0 on only after the media type
        (render.ffmpeg, "format", "MPEG4"),
        (render.ffmpeg, "codec", "H264"),
        (render.ffmpeg, "audio_codec", "AAC"),
        (render, "use_sequencer", True),
        (render, "use_file_extension", False),
        (render, "filepath", str(to)),
    ]
    with _set(wanted):
        bpy.ops.render.render(animation=True, scene=scene.name)


@contextmanager
def _set(wanted: list[tuple[Any, str, Any]]) -> Iterator[None]:
    # All are read before any is set, and the media type goes back first: it decides which formats there are.
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in wanted]
    try:
        for owner, name, value in wanted:
            setattr(owner, name, value)
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)
