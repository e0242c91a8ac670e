"""Lays a take's sound beside its picture, where the take before came without sound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy

from second_unit.errors import NoFreeChannel
from second_unit.takes import Placement
from second_unit.timing import FrameRange

from ..sequencer import left_handle
from .channels import ChannelStack
from .lay_strips import LaidPair, bring_home, frame_behind, frames_of, lay_movie, remove_strips, scene_rate, whole_start
from .replace_strip import connect, holder_of
from .take_notes import CutNote, start_of, strip_name, write_cut, write_tag


def lay_sound(scene: bpy.types.Scene, picture: Any, cut: CutNote, pair: LaidPair, placement: Placement) -> str:
    """
    Lay the sound of the take that a picture shows over the picture's frames, in sync, and return its strip's name.

    Args:
        picture: the movie strip.
        cut: how it was cut in.
        pair: the take as it was laid behind the edit, which tells how its sound lies.
        placement: of the take.

    Raises:
        NoFreeChannel: every channel is taken there. Nothing was laid.
    """
    rate, frames = scene_rate(scene), frames_of(picture)
    holder = holder_of(scene, picture)
    channel = _free_channel(holder, picture, frames)
    laid = lay_movie(scene, placement.file, frame_behind(scene, 0), channel=1, sound=True, name=placement.name)
    remove_strips(scene, [laid.picture])
    sound = laid.sound
    if holder != scene.sequence_editor:
        sound.move_to_meta(holder)
    cut = replace(cut, sound_lag_seconds=rate.seconds(pair.sound_lag), silent=False)
    trimmed = left_handle(picture) - whole_start(picture) - start_of(picture, cut, rate)[0]
    into, late = start_of(sound, cut, rate)
    bring_home(sound, frames, into + trimmed, channel)
    sound.sound_offset += late
    sound.name = strip_name(sound, cut.shot, placement.take)
    write_tag(sound, placement)
    write_cut(sound, replace(cut, late_seconds=late))
    connect(scene, [picture, sound])
    return str(sound.name)


def _free_channel(holder: Any, picture: Any, frames: FrameRange) -> int:
    """Return a channel above the picture's that holds no pictures; any free one where there is none."""
    closed = [number for number, channel in enumerate(holder.channels) if channel.lock or channel.mute]
    stack = ChannelStack([(strip.channel, frames_of(strip)) for strip in holder.strips], closed)
    pictures = {strip.channel for strip in holder.strips if strip.type != "SOUND"}
    try:
        return stack.first_free(picture.channel, frames, strip=picture.name, avoiding=pictures)
    except NoFreeChannel:
        return stack.first_free(0, frames, strip=picture.name)
