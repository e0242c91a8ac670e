"""
The only writer of strips: cuts takes into the edit, to the frame.

Each placement becomes a movie strip and, where the take has sound, a sound strip, both playing the take's own file at
its true speed. Nothing of the editor's is touched, and an error takes back all that was placed before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import uuid4

import bpy

from second_unit.errors import MissingMedia, NoFreeChannel, PlacementError
from second_unit.takes import Placement
from second_unit.timing import FrameRange

from ..sequencer import sequencer_context, strips_all
from ..strip_marks import take_tag
from . import scratch
from .channels import HIGHEST_CHANNEL, ChannelStack
from .lay_many import lay_takes
from .lay_strips import LaidPair, fit, frame_behind, frames_of, remove_strips, scene_rate, top_level
from .take_notes import PlacedTake, read_cut, write_notes

# Frames behind the edit for takes to be laid down in.
ROOM = 100_000


class Wanted(Protocol):
    """A picture that is to be laid: a placement, or a placeholder for one to come."""

    @property
    def name(self) -> str:
        """The shot's name."""
        ...

    @property
    def range(self) -> FrameRange:
        """The frames that it fills."""
        ...

    @property
    def above_channel(self) -> int:
        """It lies above this channel."""
        ...

    @property
    def segments(self) -> tuple[str, ...]:
        """Ids of the segments that it fills."""
        ...


@dataclass(frozen=True)
class PlacedTakes:
    """
    All that a call placed.

    Args:
        takes: in the order of the placements.
        muted: names of the scratch strips, and of earlier takes' sounds, that were muted.
    """

    takes: tuple[PlacedTake, ...]
    muted: tuple[str, ...] = ()


def place_takes(
    scene: bpy.types.Scene,
    placements: Sequence[Placement],
    *,
    mute_scratch: bool = False,
    sound: Literal["keep", "mute", "replace"] = "keep",
) -> PlacedTakes:
    """
    Cut takes into the edit: all of them, or none.

    Each picture fills ``placement.range`` exactly, on the first free channel above ``above_channel`` and above earlier
    takes of the shot; its sound lies on the first free channel above that. The sounds of earlier takes under it are
    muted, for they would be heard beside its own. The scene's rate, view transform, frames, selection and active strip
    stay as they are. No undo step is pushed: see :func:`push_undo`.

    Args:
        mute_scratch: mute what the takes were made from, picture and sound, where they cover all of it.
        sound: keep the takes' beside the edit's own, lay it down muted, or replace the scratch sound by it, which is
            muted so.

    Raises:
        MissingMedia, UnreadableMedia: a take's file isn't there or isn't a movie.
        NoFreeChannel: the channel stack is full over a placement's range.
        PlacementError: Blender did not do what was asked.
    """
    for placement in placements:
        _require_file(placement)
    with _all_or_nothing(scene) as laid, top_level(scene), _same_active_strip(scene), sequencer_context(scene):
        berths = _choose_channels(scene, placements)
        behind = frame_behind(scene, ROOM, coming=max((_end(each) for each in placements), default=0))
        laid.extend(lay_takes(scene, placements, behind, _spare_channel(berths)))
        _settle(scene, laid, berths)
        placed = _name(scene, laid, placements)
        if sound == "mute":
            _mute_sounds(laid)
        muted = scratch.mute_earlier_takes(scene, placed)
        if mute_scratch:
            muted += scratch.mute_covered(scene, placed)
        elif sound == "replace":
            muted += scratch.mute_replaced_sound(scene, placed)
        return PlacedTakes(placed, muted)


def remove_takes(scene: bpy.types.Scene, names: Collection[str]) -> tuple[str, ...]:
    """
    Take placed strips out of the edit, and unmute the scratch that only they covered. The takes' files stay.

    Args:
        names: of strips; the editor's own are refused.

    Returns:
        The names of the strips that were unmuted.

    Raises:
        PlacementError: a strip isn't there, or was not placed by Second Unit. Nothing was removed.
    """
    strips = {strip.name: strip for strip in strips_all(scene)}
    for name in names:
        if name not in strips or read_cut(strips[name]) is None:
            raise PlacementError(f"'{name}' is no take.", remedy="Select strips that hold takes.", strip=name)
    for name in names:
        (strips[name].parent_meta() or scene.sequence_editor).strips.remove(strips[name])
    return scratch.release_uncovered(scene)


def push_undo(scene: bpy.types.Scene, message: str = "Place Takes") -> None:
    """
    Make what was placed one undo step. For timers: operators of the class ``UNDO`` push theirs by themselves.

    Without it, a strip placed from a timer goes with the editor's next undo and no redo brings it back. In ``-b`` and
    the bpy module there is no undo, and nothing happens.
    """
    if not bpy.app.background:
        with sequencer_context(scene):
            bpy.ops.ed.undo_push(message=message)


def _settle(scene: bpy.types.Scene, laid: Sequence[LaidPair], berths: Sequence[tuple[Placement, int, int]]) -> None:
    rate = scene_rate(scene)
    for pair, (placement, picture, sound) in zip(laid, berths, strict=True):
        fit(pair, placement, rate, picture_channel=picture, sound_channel=sound)


def _name(scene: bpy.types.Scene, laid: Sequence[LaidPair], placements: Sequence[Placement]) -> tuple[PlacedTake, ...]:
    # After all moves: after each new name Blender looks through the whole edit at the next one.
    rate, placed = scene_rate(scene), []
    for pair, placement in zip(laid, placements, strict=True):
        pair_id = uuid4().hex
        write_notes(pair, placement, pair_id, rate)
        placed.append(PlacedTake(placement, pair.picture.name, pair.sound and pair.sound.name, pair_id))
    return tuple(placed)


def _mute_sounds(laid: Sequence[LaidPair]) -> None:
    for pair in laid:
        if pair.sound is not None:
            pair.sound.mute = True


def _end(placement: Placement) -> int:
    return max(placement.range.end, placement.sound_range.end)


def _spare_channel(berths: Sequence[tuple[Placement, int, int]]) -> int:
    """Return a channel that no strip is to go to, nor to the one above: takes are laid down there."""
    wanted = {channel for _, *channels in berths for channel in channels}
    return next(channel for channel in range(1, HIGHEST_CHANNEL) if not {channel, channel + 1} & wanted)


def _require_file(placement: Placement) -> None:
    if not placement.file.is_file():
        raise MissingMedia(
            f"The take of '{placement.name}' isn't there: {placement.file}.",
            remedy="Fetch or generate it again.",
            strip=placement.name,
        )


def _choose_channels(scene: bpy.types.Scene, placements: Sequence[Placement]) -> list[tuple[Placement, int, int]]:
    """
    Return each placement with its picture's and its sound's channel, all free over its range.

    Sounds go above all the pictures, to channels that hold no picture anywhere while there are any.
    """
    stack, with_pictures = _read_channels(scene)
    pictures = _choose_pictures(scene, stack, placements)
    with_pictures.update(pictures)
    return [
        (placement, picture, _choose_sound_channel(stack, placement, max(pictures), with_pictures))
        for placement, picture in zip(placements, pictures, strict=True)
    ]


def picture_channels(scene: bpy.types.Scene, wanted: Sequence[Wanted]) -> list[int]:
    """
    Return the channels in which pictures would be laid now: free, and above earlier takes of their shots.

    Raises:
        NoFreeChannel: the channel stack is full over one's range.
    """
    return _choose_pictures(scene, _read_channels(scene)[0], wanted)


def _choose_pictures(scene: bpy.types.Scene, stack: ChannelStack, wanted: Sequence[Wanted]) -> list[int]:
    shown = _shown_takes(scene)
    pictures: list[int] = []
    for one in wanted:
        above = max(one.above_channel, _highest(shown, one))
        pictures.append(stack.first_free(above, one.range, strip=one.name))
        stack.take(pictures[-1], one.range)
    return pictures


def _choose_sound_channel(stack: ChannelStack, placement: Placement, above: int, with_pictures: set[int]) -> int:
    if not placement.has_audio:
        return above
    try:
        channel = stack.first_free(above, placement.sound_range, strip=placement.name, avoiding=with_pictures)
    except NoFreeChannel:
        channel = stack.first_free(0, placement.sound_range, strip=placement.name)
    stack.take(channel, placement.sound_range)
    return channel


def _read_channels(scene: bpy.types.Scene) -> tuple[ChannelStack, set[int]]:
    """Return what is taken in each channel, and which channels hold pictures."""
    editor = scene.sequence_editor
    closed = [number for number, channel in enumerate(editor.channels) if channel.lock or channel.mute]
    taken = [(strip.channel, frames_of(strip)) for strip in editor.strips]
    return ChannelStack(taken, closed), {strip.channel for strip in editor.strips if strip.type != "SOUND"}


def _shown_takes(scene: bpy.types.Scene) -> dict[str, list[tuple[FrameRange, int]]]:
    """Return where earlier takes of each segment show: their frames and channels."""
    shown = defaultdict(list)
    for strip in scene.sequence_editor.strips:
        if strip.type != "SOUND" and (tag := take_tag(strip)):
            for segment in tag.segments:
                shown[segment].append((frames_of(strip), strip.channel))
    return shown


def _highest(shown: dict[str, list[tuple[FrameRange, int]]], wanted: Wanted) -> int:
    """Return the highest channel in which an earlier take of the shot would hide this one; 0 where none does."""
    earlier = (there for segment in wanted.segments for there in shown.get(segment, ()))
    return max((channel for frames, channel in earlier if frames.overlaps(wanted.range)), default=0)


@contextmanager
def _all_or_nothing(scene: bpy.types.Scene) -> Iterator[list[LaidPair]]:
    """Collect what is laid down; on an error take all of it out again, with the sounds it brought along."""
    had_editor = scene.sequence_editor is not None
    laid: list[LaidPair] = []
    scene.sequence_editor_create()
    try:
        yield laid
    except BaseException:
        remove_strips(scene, [strip for pair in laid for strip in pair.strips])
        if not had_editor:
            scene.sequence_editor_clear()
        raise


@contextmanager
def _same_active_strip(scene: bpy.types.Scene) -> Iterator[None]:
    active = scene.sequence_editor.active_strip
    try:
        yield
    finally:
        scene.sequence_editor.active_strip = active
