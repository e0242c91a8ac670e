"""
Small pictures of references and takes.

Blender makes them itself, in the background, from the files as they are, when they are first seen: nothing is decoded
here. A file that can't be pictured shows Blender's own sign for that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import later

MOVIES = {".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v", ".mpg", ".mpeg", ".mxf"}
SOUNDS = {".wav", ".mp3", ".m4a", ".ogg", ".flac", ".opus", ".aac", ".aif", ".aiff"}
# As many as an editor looks at; beyond, the collection begins anew.
MOST = 400


class _Known:
    """Blender's collection of them; made when the first is wanted."""

    pictures: Any = None


def thumbnail(path: Path | str) -> int:
    """Return the icon of a picture or movie file; 0 for what can't be pictured. Costs nothing: it is made later."""
    suffix = Path(path).suffix.lower()
    if suffix in SOUNDS or not suffix:
        return 0
    pictures = _collection()
    key = str(path)
    if key not in pictures:
        pictures.load(key, key, "MOVIE" if suffix in MOVIES else "IMAGE")
    return int(pictures[key].icon_id)


def forget() -> None:
    """Make them anew when they are seen next: files changed, or another .blend was opened."""
    if _Known.pictures is not None:
        import bpy.utils.previews

        bpy.utils.previews.remove(_Known.pictures)
        _Known.pictures = None


def _collection() -> Any:
    if _Known.pictures is not None and len(_Known.pictures) >= MOST:
        later.soon("thumbnails", forget)  # not now: what was drawn already shows some of them
    if _Known.pictures is None:
        import bpy.utils.previews

        _Known.pictures = bpy.utils.previews.new()
    return _Known.pictures


def register() -> None:
    """Nothing is made yet."""


def unregister() -> None:
    """Give the pictures back to Blender."""
    forget()
