"""Two graded shots with several takes each, for tests of changing takes: what is laid, and what has to last."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import bpy

from addon.placing.place_takes import place_takes
from addon.sequencer import LEFT_HANDLE, RIGHT_HANDLE
from second_unit.takes import Placement
from second_unit.timing import FrameRange

from .flash_and_pop import write_take
from .laying import lay_effect
from .snapshot import Snapshot

# What a change of take changes on a strip, beside where its content starts.
CHANGED = {"name", "filepath", "sound", "elements", "fps", "[second_unit_take]", "[second_unit_cut]", "sound_offset"}


def write_takes(folder: Path) -> Path:
    """Write takes of a shot, of one rate and others, with and without sound, and a file that is none."""
    write_take(folder / "one.mp4", frames=97)
    write_take(folder / "two.mp4", frames=121, first=1000)
    write_take(folder / "silent.mp4", frames=97, sound=False)
    write_take(folder / "other rate.mp4", frames=97, rate=Fraction(25))
    write_take(folder / "large.mp4", frames=97, size=(192, 108))
    (folder / "garbage.mp4").write_bytes(b"not a movie" * 100)
    return folder


def lay_graded_shots(scene: bpy.types.Scene, folder: Path) -> bpy.types.Scene:
    """Two shots that overlap in a cross fade, graded, scaled, trimmed and faded by the editor."""
    scene.render.fps, scene.render.fps_base = 25, 1.0
    editor = scene.sequence_editor
    place_takes(scene, [placement(folder / "one.mp4"), placement(folder / "one.mp4", name="SH020", start=41, end=80)])
    picture, sound, other = (editor.strips[name] for name in ("SH010 take 1", "SH010 take 1 sound", "SH020 take 1"))
    picture.transform.scale_x, picture.crop.max_x, picture.color_saturation = 2.5, 3, 0.5
    picture.blend_type, picture.color_tag, picture.use_flip_x = "ALPHA_OVER", "COLOR_03", True
    picture.modifiers.new("Grade", "BRIGHT_CONTRAST").bright = 0.2
    picture.blend_alpha = 0.0
    picture.keyframe_insert("blend_alpha", frame=10)
    sound.volume, sound.pan = 0.3, -1
    for strip in (picture, sound):
        setattr(strip, LEFT_HANDLE, 15)
        setattr(strip, RIGHT_HANDLE, 55)
    lay_effect(editor, "Fade", "CROSS", 9, 41, 14, picture, other)
    lay_effect(editor, "Neighbour", "COLOR", picture.channel, 100, 50)
    editor.active_strip = other
    other.select = True
    return scene


def placement(
    file: Path,
    *,
    name: str = "SH010",
    number: int = 1,
    start: int = 1,
    end: int = 61,
    source_start: Fraction = Fraction(0),
) -> Placement:
    """Return where a take of a shot goes."""
    return Placement(
        name=name,
        file=file,
        range=FrameRange(start, end),
        source_start_seconds=source_start,
        segments=(name,),
        job=f"job-{number}",
        take=number,
    )


def lasting(told: Snapshot, name: str) -> dict[str, object]:
    """What of a strip has to last: all but its file, and how long that is behind its right handle."""
    strip = {key: value for key, value in told.strips[name].items() if key not in CHANGED}
    ends = {"frame_duration", "content_duration", "content_end", "frame_offset_end", "right_handle_offset"}
    return {key: value for key, value in strip.items() if key not in ends | {"connections"}}
