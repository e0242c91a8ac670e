"""
Placeholders: strips that stand where takes will land, and whose names say how far they are.

One of the writer's parts. A placeholder is a colour strip that is muted and clear, so it changes no picture; it is no
part of the edit (:func:`~..strip_marks.is_placeholder`) and makes no shot. It is also the .blend's own note of what was
ordered for it: a take is placed by itself while its placeholder lies there, and lands where it lies, also where it was
moved to. Deleting it says that the take isn't wanted here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import bpy

from ..reading.edit_marks import ordered_marks, shot_mark
from ..sequencer import left_handle, right_handle, strips_all
from ..strip_marks import ID_KEY, ORDERED_KEY, PLACEHOLDER_KEY, PlaceholderNote, read_placeholder

if TYPE_CHECKING:
    from second_unit.plan import GenerationRequest
    from second_unit.takes import Placement
    from second_unit.timing import FrameRange

NAME_BYTES = 61
ORDERS_KNOWN = 16
COLOUR = (0.25, 0.25, 0.25)
# Blender's tags by how a job stands: grey waits, blue is made, green is here, orange and red want the editor's eye.
TAGS = {"ready": "COLOR_04", "placed": "COLOR_04", "failed": "COLOR_01", "cancelled": "COLOR_09"}
TAGS |= {"uncertain": "COLOR_02", "planned": "COLOR_09", "preparing": "COLOR_09"}
MADE = "COLOR_05"


@dataclass(frozen=True)
class FoundPlaceholder:
    """
    A placeholder as it lies now. Names only; strips don't outlive an undo.

    Args:
        scene: the scene's name.
        strip: the strip's name.
        frames: where it lies, in the edit's frames.
        channel: in the edit; 0 inside a meta strip.
    """

    note: PlaceholderNote
    scene: str
    strip: str
    frames: FrameRange
    channel: int


@dataclass(frozen=True)
class Progress:
    """
    How the take of a placeholder fares.

    Args:
        strip: the placeholder's name as it was last known.
        job: whose take it waits for.
        state: of the job; gives the colour tag.
        words: such as ``"45 %"``.
    """

    strip: str
    job: str
    state: str
    words: str


@dataclass(frozen=True)
class _Berth:
    """A shot's place, for :func:`~.place_takes.picture_channels`."""

    name: str
    range: FrameRange
    above_channel: int
    segments: tuple[str, ...]


def find_placeholders(scene: bpy.types.Scene) -> tuple[FoundPlaceholder, ...]:
    """Return all placeholders of a scene, those inside metas too."""
    return tuple(
        FoundPlaceholder(note, scene.name, strip.name, _frames(strip), _channel(strip))
        for strip in strips_all(scene)
        if (note := read_placeholder(strip)) is not None
    )


def choose_channels(scene: bpy.types.Scene, requests: Sequence[GenerationRequest]) -> tuple[tuple[int, ...], ...]:
    """
    Return, for each shot of each request, the channel in which its placeholder and then its take will lie.

    Raises:
        NoFreeChannel: there is none.
    """
    from .place_takes import picture_channels

    scene.sequence_editor_create()
    berths = [
        _Berth(shot.name, shot.range, shot.channel, (shot.segment,)) for request in requests for shot in request.shots
    ]
    channels = iter(picture_channels(scene, berths))
    return tuple(tuple(next(channels) for _ in request.shots) for request in requests)


def lay_placeholders(
    scene: bpy.types.Scene,
    orders: Mapping[str, GenerationRequest],
    channels: Sequence[Sequence[int]] | None = None,
    *,
    as_ordered: bool = True,
) -> tuple[str, ...]:
    """
    Lay one placeholder for each shot of each order, and return the strips' names. No undo step is pushed.

    What is selected and active stays so.

    Args:
        orders: by job id.
        channels: as :func:`choose_channels` told; chosen now by default.
        as_ordered: whether the shots still say what was ordered; they are marked so, to know when they change.

    Raises:
        NoFreeChannel: there is none; nothing was laid.
    """
    scene.sequence_editor_create()
    chosen = channels or choose_channels(scene, tuple(orders.values()))
    names = []
    for (job, request), berths in zip(orders.items(), chosen, strict=True):
        for shot, channel in zip(request.shots, berths, strict=True):
            note = PlaceholderNote(job, shot.segment, shot.name, shot.range.start, shot.range.end)
            names.append(_lay(scene, note, shot.range, channel, progress_name(shot.name, "waiting"), TAGS["planned"]))
    if as_ordered:
        _note_words(scene, orders)
    return tuple(names)


def _note_words(scene: bpy.types.Scene, orders: Mapping[str, GenerationRequest]) -> None:
    """Write onto the shots' strips what they say now that they are ordered; of the last orders of each."""
    jobs = {shot.segment.split("/")[0]: job for job, request in orders.items() for shot in request.shots}
    for strip in strips_all(scene):
        job = jobs.get(strip.get(ID_KEY) or "")
        if job is not None:
            known = ordered_marks(strip)
            if job not in known:
                latest = list(known.items())[1 - ORDERS_KNOWN :]
                strip[ORDERED_KEY] = json.dumps(dict(latest) | {job: shot_mark(strip)})


def show_progress(scene: bpy.types.Scene, told: Sequence[Progress]) -> tuple[str | None, ...]:
    """
    Let placeholders say how their takes fare, and return their names now; None for each that isn't there any more.

    All are looked up before any is renamed: after a new name Blender's next look-up goes through the whole edit.
    """
    strips = scene.sequence_editor.strips_all if scene.sequence_editor else {}
    found = [strips.get(one.strip) for one in told]
    return tuple(_show(strip, one) if strip is not None else None for strip, one in zip(found, told, strict=True))


def _show(strip: Any, told: Progress) -> str | None:
    note = read_placeholder(strip)
    if note is None or note.job != told.job:
        return None
    wanted = progress_name(note.shot, told.words)
    # Blender numbers names that are taken: "SH010 · 45 %.001" says the same.
    if strip.name != wanted and not (strip.name.startswith(wanted) and strip.name[len(wanted) :].startswith(".")):
        strip.name = wanted
    tag = TAGS.get(told.state, MADE)
    if strip.color_tag != tag:
        strip.color_tag = tag
    return str(strip.name)


def remove_placeholders(scene: bpy.types.Scene, jobs: Collection[str]) -> tuple[FoundPlaceholder, ...]:
    """Take the placeholders of jobs out of the edit, and return how they lay. No undo step is pushed."""
    found = tuple(one for one in find_placeholders(scene) if one.note.job in jobs)
    for one in found:
        strip = scene.sequence_editor.strips_all[one.strip]
        (strip.parent_meta() or scene.sequence_editor).strips.remove(strip)
    return found


def give_placeholders(scene: bpy.types.Scene, old: str, new: str) -> None:
    """Let the placeholders of one job wait for another of the same order."""
    for strip in strips_all(scene):
        note = read_placeholder(strip)
        if note is not None and note.job == old:
            strip[PLACEHOLDER_KEY] = json.dumps(asdict(replace(note, job=new)), ensure_ascii=False)


@contextmanager
def lifted(scene: bpy.types.Scene, jobs: Collection[str]) -> Iterator[tuple[FoundPlaceholder, ...]]:
    """Take the placeholders of jobs away to lay their takes down; on an error all lie there again."""
    kept = [(one, _look_of(scene, one)) for one in find_placeholders(scene) if one.note.job in jobs]
    remove_placeholders(scene, jobs)
    try:
        yield tuple(one for one, _ in kept)
    except BaseException:
        for one, tag in kept:
            _lay(scene, one.note, one.frames, max(one.channel, 1), one.strip, tag)
        raise


def follow(placements: Sequence[Placement], stood: Sequence[FoundPlaceholder]) -> list[Placement]:
    """
    Return the placements where their placeholders lay: moved in time with them, and to their channels.

    One whose placeholder was trimmed, lay inside a meta strip, or is gone stays where it was ordered.
    """
    places = {(one.note.job, one.note.segment): one for one in stood if one.channel}
    moved = []
    for placement in placements:
        place = places.get((placement.job, placement.segments[0])) if placement.segments else None
        if place is not None and place.frames.length == placement.range.length:
            at = {"range": place.frames, "above_channel": place.channel - 1}
            moved.append(placement.model_copy(update=at))
        else:
            moved.append(placement)
    return moved


def progress_name(shot: str, words: str) -> str:
    """Return what a placeholder is called: ``"SH010 · 45 %"``. Of 61 bytes the words stay, the shot is shortened."""
    ending = f" · {words}"
    return shot.encode()[: NAME_BYTES - len(ending.encode())].decode(errors="ignore") + ending


def _lay(scene: bpy.types.Scene, note: PlaceholderNote, frames: FrameRange, channel: int, name: str, tag: str) -> str:
    editor = scene.sequence_editor
    active = editor.active_strip
    strips = editor.strips
    # Blender 5.0 renamed the argument.
    lengthwise = "length" in bpy.types.StripsTopLevel.bl_rna.functions["new_effect"].parameters
    span = {"length": frames.length} if lengthwise else {"frame_end": frames.end}
    strip = strips.new_effect(name=name, type="COLOR", channel=channel, frame_start=frames.start, **span)
    strip.color = COLOUR
    strip.blend_alpha = 0.0
    strip.mute = True
    strip.select = False
    strip.color_tag = tag
    strip[PLACEHOLDER_KEY] = json.dumps(asdict(note), ensure_ascii=False)
    editor.active_strip = active
    return str(strip.name)


def _look_of(scene: bpy.types.Scene, one: FoundPlaceholder) -> str:
    return str(scene.sequence_editor.strips_all[one.strip].color_tag)


def _frames(strip: Any) -> FrameRange:
    from second_unit.timing import FrameRange

    return FrameRange(int(left_handle(strip)), int(max(left_handle(strip), right_handle(strip))))


def _channel(strip: Any) -> int:
    return 0 if strip.parent_meta() is not None else int(strip.channel)
