"""
The files behind strips, as reading needs them: absolute paths, how many frames a movie has, packed sounds.

Part of :mod:`.read_timeline`. Movies are counted by Blender itself, so that its numbers can be compared with a strip's.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import bpy

from second_unit.errors import ReadOnlyFolder, UnsavedEdit
from second_unit.timing import FrameRate


def absolute_path(raw: str, strip: str, owner: bpy.types.ID | None = None) -> Path:
    """
    Return where a path of Blender's leads; ``//`` stands for the .blend's folder, or that of the library it came from.

    Args:
        raw: as it stands in Blender.
        strip: whose path it is, for the error.
        owner: the scene or sound that holds it.

    Raises:
        UnsavedEdit: the path is relative, and the .blend was never saved: Blender would take any folder for its own.
    """
    library = owner.library if owner is not None else None
    if raw.startswith("//") and not bpy.data.filepath and library is None:
        raise UnsavedEdit(
            f"'{strip}' shows '{raw}', which is relative to a .blend that was never saved.",
            remedy="Save the .blend, or make the path absolute.",
            strip=strip,
        )
    return Path(os.path.normpath(bpy.path.abspath(raw, library=library)))


def movie_length(path: Path) -> int | None:
    """Return how many frames Blender counts in a movie; None where it can't be opened."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return _counted_length(str(path), stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=4096)
def _counted_length(path: str, _size: int, _mtime_ns: int) -> int | None:
    # A movie clip opens the file the way a strip does and tells its length, which a rate-adjusted strip doesn't. It is
    # gone again before anything else happens. (`bpy.data.temp_data()` would hold it apart, and crashes when used twice:
    # 4.5.15 and 5.2.3.)
    try:
        clip = bpy.data.movieclips.load(path)
    except RuntimeError:
        return None
    try:
        return clip.frame_duration if clip.fps else None
    finally:
        bpy.data.movieclips.remove(clip)


def movie_rate(strip: Any) -> FrameRate | None:
    """
    Return a movie's own frames per second; None where it isn't known.

    The strip remembers it; only where it doesn't is the file opened, for Blender keeps every movie it opened open.
    """
    known = next((element.orig_fps for element in strip.elements if element.orig_fps), 0.0) or strip.fps
    return FrameRate.from_number(known) if known else None


def sound_path(strip: Any, folder: str) -> Path:
    """
    Return the file of a sound strip; a packed sound is written out beside the .blend once, under its content's name.

    Where the file that it was packed from still holds the same, that file is taken.

    Args:
        strip: a sound strip that has a sound.
        folder: where packed sounds go, as Blender writes paths.

    Raises:
        UnsavedEdit: the sound is packed, and the .blend was never saved.
        ReadOnlyFolder: the sound is packed, and can't be written out.
    """
    sound = strip.sound
    packed = sound.packed_file
    if packed is None:
        return absolute_path(sound.filepath, strip.name, sound)
    content = bytes(packed.data)
    if bpy.data.filepath or not sound.filepath.startswith("//"):
        original = absolute_path(sound.filepath, strip.name, sound)
        if _holds(original, content):
            return original
    name = Path(bpy.path.basename(sound.filepath) or sound.name)
    target = absolute_path(folder, strip.name) / f"{name.stem}-{hashlib.sha256(content).hexdigest()[:12]}{name.suffix}"
    if not _holds(target, content):
        _write_out(target, content, strip.name)
    return target


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def _write_out(target: Path, content: bytes, strip: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.part")
        partial.write_bytes(content)
        partial.replace(target)
    except OSError as error:
        raise ReadOnlyFolder(
            f"The sound of '{strip}' is packed into the .blend, and '{target.parent}' can't be written.",
            remedy="Make the folder writable, choose another takes folder, or unpack the sound.",
            strip=strip,
        ) from error
