"""
Lays many takes down at once.

To lay a movie down, Blender opens it twice and its sound once, some 15 ms, and around each call of an operator it works
through the whole edit again, 0.1–0.3 s for 5,000 strips, unless it is kept from it. So files are laid down by as few
calls as can be. And of files that probing can't tell apart (in one folder, of one rate, length, size and coding, their
sound starting at one moment: what a service returns for orders of one length) only the first is opened: the others are
copies of its strips, which keep the hidden rate, and are then given their own file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from second_unit.takes import Placement

from ..sequencer import can_work_out_of_sight, run_operator
from .lay_strips import LaidPair, add_movies, lag_of, make_relative, nothing_selected, remove_strips, unreadable

# Below so many, a scene to work behind costs more than it saves.
MANY = 8


@dataclass(frozen=True)
class _Group:
    """
    Placements whose files can't be told apart.

    Args:
        wanted: the placements; the first one's file is the one that Blender opens.
        pairs: what is laid down for them, one for each in the end.
    """

    wanted: list[Placement]
    pairs: list[LaidPair]

    @property
    def missing(self) -> int:
        """How many pairs are to be copied yet."""
        return len(self.wanted) - len(self.pairs)


def lay_takes(scene: bpy.types.Scene, placements: Sequence[Placement], frame: int, channel: int) -> list[LaidPair]:
    """
    Lay the takes of all placements down from ``frame`` on, in ``channel`` and the one above; return a pair for each.

    The pairs lie over one another: give each a channel of its own before anything else is done to it. Needs
    :func:`~addon.sequencer.sequencer_context`. The selection stays as it is.

    Raises:
        UnreadableMedia: Blender can't read a file; the error names its placement. Nothing is left lying.
    """
    groups = _group(placements)
    before = {strip.name for strip in scene.sequence_editor.strips}
    with nothing_selected(scene), _out_of_sight(len(placements)):
        try:
            _lay_first_of_each(scene, groups, frame, channel)
            while any(group.missing for group in groups):
                _copy_pairs(scene, groups)
        except BaseException:
            remove_strips(scene, [strip for strip in scene.sequence_editor.strips if strip.name not in before])
            raise
        laid = {id(wanted): pair for group in groups for wanted, pair in zip(group.wanted, group.pairs, strict=True)}
        for group in groups:
            for wanted, pair in zip(group.wanted, group.pairs, strict=True):
                _point_to(pair, wanted.file, group.wanted[0].file)
    return [laid[id(placement)] for placement in placements]


def _group(placements: Sequence[Placement]) -> list[_Group]:
    groups: dict[Hashable, list[Placement]] = defaultdict(list)
    for placement in placements:
        facts = placement.facts
        same = placement.file if facts is None else (placement.file.parent, facts)
        groups[same, placement.has_audio].append(placement)
    return [_Group(wanted, []) for wanted in groups.values()]


def _lay_first_of_each(scene: bpy.types.Scene, groups: Sequence[_Group], frame: int, channel: int) -> None:
    by_call: dict[tuple[Path, bool], list[_Group]] = defaultdict(list)
    for group in groups:
        by_call[group.wanted[0].file.parent, group.wanted[0].has_audio].append(group)
    for (folder, sound), together in by_call.items():
        files = [group.wanted[0].file.name for group in together]
        before = {strip.name for strip in scene.sequence_editor.strips}
        failure = add_movies(folder, files, frame, channel, sound=sound)
        new = [strip for strip in scene.sequence_editor.strips if strip.name not in before]
        _deselect(new)
        pictures, sounds = _by_file(new, "MOVIE"), _by_file(new, "SOUND")
        for group in together:
            first = group.wanted[0]
            if not pictures[first.file.name]:
                raise unreadable(first.file, first.name) from failure
            heard = sounds[first.file.name].pop(0) if sounds[first.file.name] else None
            group.pairs.append(lag_of(LaidPair(pictures[first.file.name].pop(0), heard)))
            make_relative(group.pairs[-1])


def _copy_pairs(scene: bpy.types.Scene, groups: Sequence[_Group]) -> None:
    """Copy as many pairs of each group as there are, or as it lacks; all groups in one call."""
    copied = [(group, pair) for group in groups for pair in group.pairs[: group.missing]]
    for _, pair in copied:
        for strip in pair.strips:
            strip.select = True
    run_operator(bpy.ops.sequencer.duplicate)
    # The operator selects the copies and nothing else; they stand in the order of their originals.
    new = [strip for strip in scene.sequence_editor.strips if strip.select]
    _deselect(new)
    pictures, sounds = _by_file(new, "MOVIE"), _by_file(new, "SOUND")
    for group, pair in copied:
        name = group.wanted[0].file.name
        sound = sounds[name].pop(0) if pair.sound is not None else None
        group.pairs.append(LaidPair(pictures[name].pop(0), sound, pair.sound_lag))


def _deselect(strips: Sequence[Any]) -> None:
    for strip in strips:
        strip.select = False


def _by_file(strips: Sequence[Any], kind: str) -> dict[str, list[Any]]:
    """Return the strips of a kind by the names of their files."""
    found = defaultdict(list)
    for strip in strips:
        if strip.type == kind:
            path = strip.filepath if kind == "MOVIE" else strip.sound.filepath
            found[Path(bpy.path.abspath(path)).name].append(strip)
    return found


def _point_to(pair: LaidPair, file: Path, opened: Path) -> None:
    """Give copied strips their own file, in the same folder, without making Blender open it."""
    if file == opened:
        return
    pair.picture.elements[0].filename = file.name
    if pair.sound is not None:
        sound = pair.sound.sound.copy()
        sound.filepath = sound.filepath.removesuffix(opened.name) + file.name
        sound.name = file.name
        pair.sound.sound = sound


@contextmanager
def _out_of_sight(count: int) -> Iterator[None]:
    """
    Let an empty scene be the one on screen for a while.

    Operators bring the scene on screen up to date before and after, which takes long in a large edit.
    """
    window = bpy.context.window
    if count < MANY or not can_work_out_of_sight():
        yield
        return
    shown, layer = window.scene, window.view_layer
    stage = bpy.data.scenes.new("Second Unit")
    window.scene = stage
    try:
        with bpy.context.temp_override(scene=stage, view_layer=stage.view_layers[0]):
            yield
    finally:
        window.scene, window.view_layer = shown, layer
        bpy.data.scenes.remove(stage)
