"""
Goes on from a shot's last frame, or fills the gap between two strips.

Lays a prompt strip over the frames that are wanted, and the neighbours' own frames under it as first and last frame: a
shot list like any other, to be planned and ordered when the editor is content with it. Nothing is spent here.
"""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import bpy

from second_unit.errors import BadRange, MediaError, PlacementError
from second_unit.timing import FrameRange

from .child_python import child_environment, python_command
from .placing.channels import ChannelStack
from .placing.lay_strips import top_level
from .sequencer import RIGHT_HANDLE, left_handle, right_handle

_STILL_SECONDS = 60


def continue_from(scene: bpy.types.Scene, name: str, length: int, *, prompt: str = "") -> str:
    """
    Lay a shot of ``length`` frames behind a strip, which starts on the strip's last frame.

    The still is written beside the takes by a process of its own; Blender waits for it, about half a second.

    Args:
        name: of a movie or picture strip: the frame that it shows last, as it is in its file.
        length: frames of the edit.
        prompt: what happens; empty leaves it to be written into the strip.

    Returns:
        The prompt strip's name.

    Raises:
        PlacementError: there is no such strip, or it shows no file.
        UnsavedEdit, NoFreeChannel, MediaError: nothing was laid.
    """
    strip = _find(scene, name)
    if length < 1:
        raise BadRange(f"{length} frames after '{name}' are no shot.", remedy="Give one frame or more.", strip=name)
    frames = FrameRange(right_handle(strip), right_handle(strip) + length)
    first = _still(scene, strip, frames.start - 1)
    return _lay(scene, strip, frames, prompt, f"After {name}", {"FIRST_FRAME": first})


def fill_gap(scene: bpy.types.Scene, left: str, right: str, *, prompt: str = "") -> str:
    """
    Lay a shot over exactly the frames between two strips: from the left one's last frame to the right one's first.

    Args: as :func:`continue_from` takes them.

    Raises:
        BadRange: there is no gap between them, in this order.
        PlacementError, UnsavedEdit, NoFreeChannel, MediaError: nothing was laid.
    """
    before, after = _find(scene, left), _find(scene, right)
    if right_handle(before) >= left_handle(after):
        raise BadRange(
            f"There is no gap from '{left}' to '{right}'.", remedy="Name the earlier strip first.", strip=left
        )
    frames = FrameRange(right_handle(before), left_handle(after))
    stills = {"FIRST_FRAME": _still(scene, before, frames.start - 1), "LAST_FRAME": _still(scene, after, frames.end)}
    return _lay(scene, before, frames, prompt, f"{left} to {right}", stills)


def _find(scene: bpy.types.Scene, name: str) -> Any:
    strip = scene.sequence_editor.strips.get(name) if scene.sequence_editor else None
    if strip is None or strip.type not in {"MOVIE", "IMAGE"}:
        raise PlacementError(
            f"'{name}' is no movie or picture strip of the edit.",
            remedy="Choose one, outside of metas; render other strips first.",
            strip=name,
        )
    return strip


def _still(scene: bpy.types.Scene, strip: Any, frame: int) -> Path:
    """Return the picture file that a strip shows on a frame; one is written where it is a movie."""
    from second_unit.shot_list.cuts import cut_strip
    from second_unit.shots import FileSource, SequenceSource

    from .reading.read_timeline import read_timeline

    shown = FrameRange(frame, frame + 1)
    timeline = read_timeline(scene, "all", shown)
    told = next((one for one in timeline.strips if one.name == strip.name), None)
    as_filmed = told and told.model_copy(update={"as_it_looks": False, "still": False})
    match as_filmed and cut_strip(as_filmed, shown, timeline):
        case (_, FileSource(path=path, trim=None)):
            return path
        case (_, FileSource(path=path, trim=trim)) if trim is not None:
            return _write_still(scene, path, trim.start_seconds)
        case (_, SequenceSource(paths=paths)) if paths:
            return paths[0]
    raise PlacementError(
        f"'{strip.name}' can't be seen on frame {frame}.", remedy="Unmute it and its channel.", strip=strip.name
    )


def _write_still(scene: bpy.types.Scene, movie: Path, seconds: Fraction) -> Path:
    from .shoot import edit_takes_folder

    to = edit_takes_folder(scene) / "stills" / f"{movie.stem}_{round(seconds * 1000)}ms.png"
    if to.is_file() and to.stat().st_mtime > movie.stat().st_mtime:
        return to
    command = [*python_command(), "-m", "second_unit.media.still", str(movie), str(seconds), str(to)]
    try:
        done = subprocess.run(
            command, env=child_environment(), capture_output=True, text=True, timeout=_STILL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MediaError(f"The still of '{movie.name}' wasn't written: {error}.", remedy="Try again.") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason was given"]
        raise MediaError(f"The still of '{movie.name}' wasn't written: {lines[-1]}", remedy="Look at the movie.")
    return to


def _lay(
    scene: bpy.types.Scene,
    neighbour: Any,
    frames: FrameRange,
    prompt: str,
    name: str,
    stills: dict[Literal["FIRST_FRAME", "LAST_FRAME"], Path],
) -> str:
    """Lay the prompt strip and the stills, each over all of the frames, above the neighbour's channel."""
    editor = scene.sequence_editor
    closed = [number for number, channel in enumerate(editor.channels) if channel.lock or channel.mute]
    taken = [(strip.channel, FrameRange(left_handle(strip), right_handle(strip))) for strip in editor.strips]
    stack = ChannelStack(taken, closed)
    channels = []
    for _ in range(len(stills) + 1):
        channels.append(stack.first_free((channels or [neighbour.channel - 1])[-1], frames, strip=name))
        stack.take(channels[-1], frames)
    with top_level(scene):
        for channel, (role, still) in zip(channels, stills.items(), strict=False):
            path = bpy.path.relpath(str(still)) if bpy.data.filepath else str(still)
            picture = editor.strips.new_image(
                f"{name} {role.replace('_', ' ').lower()}", path, channel, frames.start, fit_method="FIT"
            )
            setattr(picture, RIGHT_HANDLE, frames.end)
            picture.second_unit.role = role
        named = bpy.types.StripsTopLevel.bl_rna.functions["new_effect"].parameters
        span = {"length": frames.length} if "length" in named else {"frame_end": frames.end}  # renamed in 5.0
        words = editor.strips.new_effect(name, "TEXT", channels[-1], frames.start, **span)
    words.text = prompt
    return str(words.name)
