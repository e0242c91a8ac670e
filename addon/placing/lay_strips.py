"""
Lays a movie and its sound down at their true speed, and trims them to a placement.

Only Blender's own import operator can make a file of another rate play at its true speed: it notes the file's rate on
the strip, where no property reaches it, and the strip then survives trimming and a change of the scene's rate. But the
operator lays the whole movie down at once, wherever it stands: so it is run behind the edit's end, where there is
nothing to meet, and the strips are trimmed there, given their channels there, and only then moved home. (Blender 4.5
never returns from a strip's change of channel onto another strip.)
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import bpy

from second_unit.errors import PlacementError, UnreadableMedia
from second_unit.takes import Placement
from second_unit.timing import FrameRange, FrameRate

from ..sequencer import (
    CONTENT_START,
    LEFT_HANDLE,
    LEFT_HANDLE_OFFSET,
    RIGHT_HANDLE,
    RIGHT_HANDLE_OFFSET,
    content_start,
    left_handle,
    left_handle_offset,
    right_handle,
    right_handle_offset,
    run_operator,
)

# Blender's sequencer ends at this frame.
LAST_FRAME = 1_048_574
# Free frames between the edit's last strip and where takes are laid down.
CLEARANCE = 1_000
# Blender keeps where a strip starts in single precision: by its last frames to a sixteenth of a frame.
NEARLY = 1 / 16
# A picture starts on a whole frame of the edit, so it may be off its sound by a part of one. Up to half a frame of a
# 24 fps take it had better be ahead: behind, its first frame could be the last of the shot before.
HALF_A_TAKE_FRAME = Fraction(1, 48)


@dataclass(frozen=True)
class LaidPair:
    """
    What the operator laid down. Strip objects: good until the next undo or file, so keep none longer than a call.

    Args:
        picture: the movie strip.
        sound: the sound strip, or None.
        sound_lag: frames of the edit by which the sound's content starts after the picture's; in files whose streams
            don't start together the operator finds it, and it may be a fraction.
    """

    picture: Any
    sound: Any | None
    sound_lag: Fraction = Fraction(0)

    @property
    def strips(self) -> tuple[Any, ...]:
        """Both, or the picture alone."""
        return (self.picture,) if self.sound is None else (self.picture, self.sound)


def scene_rate(scene: bpy.types.Scene) -> FrameRate:
    """Return the scene's frames per second, exactly."""
    return FrameRate.from_blender(scene.render.fps, scene.render.fps_base)


def frames_of(strip: Any) -> FrameRange:
    """Return the frames a strip shows. A change of the scene's rate can leave its ends the wrong way round: none."""
    return FrameRange(left_handle(strip), max(left_handle(strip), right_handle(strip)))


def frame_behind(scene: bpy.types.Scene, room: int, *, coming: int = 0) -> int:
    """
    Return a frame behind every strip of the scene with ``room`` free frames after it, in every channel.

    Args:
        coming: where the last strip that is to come ends.

    Raises:
        PlacementError: Blender's timeline ends before that.
    """
    last = max((right_handle(strip) for strip in scene.sequence_editor.strips), default=0)
    frame = max(last, coming, 0) + CLEARANCE
    if frame + room > LAST_FRAME:
        raise PlacementError(
            f"The edit of '{scene.name}' reaches frame {last}; no room is left behind it to lay takes down.",
            remedy="Move its last strips nearer.",
        )
    return frame


def lay_movie(scene: bpy.types.Scene, file: Path, frame: int, *, channel: int, sound: bool, name: str) -> LaidPair:
    """
    Lay a movie down whole, from ``frame`` on, in ``channel`` and the one above, with the operator.

    Needs :func:`~addon.sequencer.sequencer_context`. The scene's rate and view transform, the selection of other strips
    and the active strip stay as they are.

    Raises:
        UnreadableMedia: Blender can't read the file; the error names ``name``.
    """
    before, active = {strip.name for strip in scene.sequence_editor.strips}, scene.sequence_editor.active_strip
    failure = add_movies(file.parent, [file.name], frame, channel, sound=sound)
    scene.sequence_editor.active_strip = active
    new = {strip.type: strip for strip in scene.sequence_editor.strips if strip.name not in before}
    if "MOVIE" not in new:
        raise unreadable(file, name) from failure
    for strip in new.values():
        strip.select = False
    pair = lag_of(LaidPair(new["MOVIE"], new.get("SOUND")))
    make_relative(pair)
    return pair


def lag_of(pair: LaidPair) -> LaidPair:
    """Return the pair, just laid down, with how far its sound starts after its picture."""
    lag = 0.0 if pair.sound is None else content_start(pair.sound) - content_start(pair.picture)
    return LaidPair(pair.picture, pair.sound, Fraction(lag).limit_denominator(10_000))


def fit(pair: LaidPair, placement: Placement, rate: FrameRate, *, picture_channel: int, sound_channel: int) -> None:
    """
    Trim a pair that lies behind the edit to what the placement shows, and move it home.

    A worked example: a 24 fps take whose second shot starts 5 s into it, cut in at frames 201–301 of a 23.976 fps edit.
    5 s are 119.88 frames, so the take begins at frame 81.12: the picture at 81, the sound at 81 and 5 ms later.

    Raises:
        PlacementError: a strip did not end where it should.
    """
    into = rate.frames(placement.source_start_seconds)
    bring_home(pair.picture, placement.range, picture_start(into, rate), picture_channel)
    if pair.sound is not None:
        start, late = sound_start(into - pair.sound_lag, rate)
        bring_home(pair.sound, placement.sound_range, start, sound_channel)
        pair.sound.sound_offset += late


def picture_start(into: Fraction, rate: FrameRate) -> int:
    """Return how many whole frames before the cut the picture's content starts, for a source ``into`` frames in."""
    ahead = ceil(into)
    return ahead if rate.seconds(ahead - into) < HALF_A_TAKE_FRAME else floor(into)


def sound_start(into: Fraction, rate: FrameRate) -> tuple[int, float]:
    """Return how many whole frames before the cut the sound's content starts, and by how many seconds later still."""
    frames = floor(into + Fraction(1, 2))
    return frames, float(rate.seconds(frames - into))


def make_relative(pair: LaidPair) -> None:
    """
    Let the strips of a saved edit find their file from where the .blend stands, so that both may move together.

    The operator does so for one file, but not for many.
    """
    path = pair.picture.filepath
    if not bpy.data.filepath or path.startswith("//"):
        return
    try:
        path = bpy.path.relpath(path)
    except ValueError:  # on another drive
        return
    pair.picture.filepath = path
    if pair.sound is not None:
        pair.sound.sound.filepath = path


def add_movies(folder: Path, files: Sequence[str], frame: int, channel: int, *, sound: bool) -> RuntimeError | None:
    """
    Lay movies of a folder down, one behind the other, with Blender's operator.

    Returns:
        What the operator said where it could not read all of them.
    """
    operator = bpy.ops.sequencer.movie_strip_add
    known = operator.get_rna_type().properties
    # From 5.0 on it moves with the pointer unless told not to, and crashes where there is none (-b).
    newer = {"move_strips": False} if "move_strips" in known else {}
    try:
        run_operator(
            operator,
            filepath=str(folder / files[0]),
            directory=f"{folder}{os.sep}",
            files=[{"name": name} for name in files],
            frame_start=frame,
            channel=channel,
            sound=sound,
            adjust_playback_rate=True,
            use_framerate=False,  # on by default: the scene's rate becomes the file's, at each call
            set_view_transform=False,  # on by default: AgX becomes Standard
            fit_method="FIT",
            replace_sel=False,
            relative_path=bool(bpy.data.filepath),
            skip_locked_or_muted_channels=False,
            **newer,
        )
    except RuntimeError as error:
        return error
    return None


def unreadable(file: Path, name: str) -> UnreadableMedia:
    """Say that Blender can't read a shot's take."""
    return UnreadableMedia(
        f"Blender can't read the take of '{name}': {file}.", remedy="Fetch or generate it again.", strip=name
    )


def bring_home(strip: Any, frames: FrameRange, into: int, channel: int) -> None:
    """
    Change the channel of a strip that lies behind the edit, trim it, and move it home.

    In this order: copies lie over one another until they change channels, and only the move is among other strips.

    Args:
        frames: what it fills at home.
        into: how many frames before them its content starts.

    Raises:
        PlacementError: it did not end there.
    """
    if strip.channel != channel:
        strip.channel = channel
    left = whole_start(strip) + into
    if right_handle(strip) <= left:  # a handle stops at the other
        setattr(strip, RIGHT_HANDLE, left + frames.length)
    # Each change costs a look at every other strip: none is made for nothing.
    if left_handle(strip) != left:
        setattr(strip, LEFT_HANDLE, left)
    if right_handle(strip) != left + frames.length:
        setattr(strip, RIGHT_HANDLE, left + frames.length)
    setattr(strip, CONTENT_START, content_start(strip) + frames.start - left_handle(strip))
    if content_start(strip) != whole_start(strip):
        _steady(strip, frames)
    reached = (left_handle(strip), right_handle(strip), strip.channel)
    if reached != (frames.start, frames.end, channel):
        raise PlacementError(
            f"'{strip.name}' was to fill frames {frames.start} to {frames.end} of channel {channel}; "
            f"Blender put it at {reached[0]} to {reached[1]} of channel {reached[2]}.",
            remedy="This is a fault of Second Unit: please report it.",
            strip=strip.name,
        )


def whole_start(strip: Any) -> int:
    """
    Return the frame on which a strip's content is seen or heard to start.

    After a change of rate a sound's start is a fraction, which no property can mend: it is heard from the next frame on
    (measured on 4.5 and 5.2).
    """
    return ceil(content_start(strip) - 1 / 1024)


def _steady(strip: Any, frames: FrameRange) -> None:
    """Move the handles of a strip that starts within a frame off the edges of theirs, where rounding decides."""
    if left_handle(strip) < frames.start:
        setattr(strip, LEFT_HANDLE_OFFSET, left_handle_offset(strip) + NEARLY)
    if right_handle(strip) < frames.end:
        setattr(strip, RIGHT_HANDLE_OFFSET, right_handle_offset(strip) - NEARLY)


def remove_strips(scene: bpy.types.Scene, strips: Sequence[Any]) -> None:
    """Take strips that were laid down out of the scene again, with the sounds that nothing else plays."""
    sounds = {strip.sound for strip in strips if strip.type == "SOUND"}
    for strip in strips:
        scene.sequence_editor.strips.remove(strip)
    for sound in sounds:
        if not sound.users:
            bpy.data.sounds.remove(sound)


@contextmanager
def top_level(scene: bpy.types.Scene) -> Iterator[None]:
    """Leave the meta strip that is open for editing, if any: operators would lay strips inside it. Opened again."""
    editor = scene.sequence_editor
    opened = [meta.name for meta in editor.meta_stack]
    if opened:
        show_inside(scene, None)
    try:
        yield
    finally:
        for name in opened:
            show_inside(scene, editor.strips_all[name])


def show_inside(scene: bpy.types.Scene, meta: Any | None) -> None:
    """Open a meta strip for editing, or the edit itself. Blender would forget which strip is active."""
    editor = scene.sequence_editor
    active = editor.active_strip
    editor.display_stack(meta)
    editor.active_strip = active


@contextmanager
def nothing_selected(scene: bpy.types.Scene) -> Iterator[None]:
    """Deselect every strip for a while: operators work on what is selected. Handles count, and are selected again."""
    kept = [
        (strip, strip.select_left_handle, strip.select_right_handle)
        for strip in scene.sequence_editor.strips
        if strip.select
    ]
    for strip, _, _ in kept:
        strip.select = False
    try:
        yield
    finally:
        for strip, left, right in kept:
            strip.select, strip.select_left_handle, strip.select_right_handle = True, left, right
