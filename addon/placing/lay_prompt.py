"""Lays prompt strips: text strips that span a shot and say what happens in it."""

from __future__ import annotations

import bpy

from second_unit.timing import FrameRange

from .channels import ChannelStack
from .lay_strips import frames_of, top_level


def lay_prompt(scene: bpy.types.Scene, frames: FrameRange, *, above: int = 0, prompt: str = "", name: str = "") -> str:
    """
    Lay a text strip over some frames, in the first free channel above ``above``, and make it the active one.

    Returns:
        Its name.

    Raises:
        NoFreeChannel: nothing was laid.
    """
    scene.sequence_editor_create()
    editor = scene.sequence_editor
    called = name or _next_name(scene)
    closed = [number for number, channel in enumerate(editor.channels) if channel.lock or channel.mute]
    stack = ChannelStack([(strip.channel, frames_of(strip)) for strip in editor.strips], closed)
    channel = stack.first_free(above, frames, strip=called)
    named = bpy.types.StripsTopLevel.bl_rna.functions["new_effect"].parameters
    span = {"length": frames.length} if "length" in named else {"frame_end": frames.end}  # renamed in 5.0
    with top_level(scene):
        strip = editor.strips.new_effect(called, "TEXT", channel, frames.start, **span)
    strip.text = prompt
    choose_alone(scene, strip.name)
    return str(strip.name)


def _next_name(scene: bpy.types.Scene) -> str:
    """Return the next shot's name as the trade numbers them: SH010, SH020, so that one fits between."""
    taken = {strip.name for strip in scene.sequence_editor.strips_all}
    return next(name for name in (f"SH{number:03}" for number in range(10, 100_000, 10)) if name not in taken)


def choose_alone(scene: bpy.types.Scene, name: str) -> bool:
    """Select a strip of the edit and no other, and make it active; tell whether there is such a strip."""
    editor = scene.sequence_editor
    strip = editor.strips.get(name) if editor else None
    if strip is None:
        return False
    for other in editor.strips:
        other.select = other == strip
    editor.active_strip = strip
    return True
