"""
The few settings kept on scenes and strips, as ``scene.second_unit`` and ``strip.second_unit``.

Loads nothing beyond Blender. Takes and ids are marked by :mod:`..strip_marks`, whose names are repeated here.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

from ..strip_marks import TakeTag, ensure_strip_ids, strip_id, tag_take, take_tag

__all__ = ["TakeTag", "ensure_strip_ids", "register", "strip_id", "tag_take", "take_tag", "unregister"]

# The names of `second_unit.timeline.Role`, which isn't imported, for registering must not load pydantic.
# Blender keeps the numbers in the .blend: they never change.
ROLES = (
    ("AUTO", "Automatic", "Let the kind of the strip decide", "NONE", 0),
    ("FIRST_FRAME", "First Frame", "The shot starts on this picture", "NONE", 1),
    ("LAST_FRAME", "Last Frame", "The shot ends on this picture", "NONE", 2),
    ("CHARACTER", "Character", "Who or what is in the shot", "NONE", 3),
    ("STYLE", "Style", "How the shot looks", "NONE", 4),
    ("COMPOSITION", "Composition", "Where things stand in the picture", "NONE", 5),
    ("MOTION", "Motion", "How things move", "NONE", 6),
    ("CAMERA", "Camera", "How the camera moves", "NONE", 7),
    ("SOUNDTRACK", "Soundtrack", "The music of the shot", "NONE", 8),
    ("VOICE", "Voice", "Who speaks, and how", "NONE", 9),
    ("AMBIENCE", "Ambience", "What is heard around", "NONE", 10),
)

# Who renders scenes that the model is to look at. Kept by number too.
PLAYBLASTS = (
    ("WORKBENCH", "Workbench", "Plain shapes, quickly; needs a graphics driver", "NONE", 0),
    ("SCENE", "The Scene's Own", "As each scene is rendered, with few samples", "NONE", 1),
    ("CYCLES", "Cycles", "On the processor, with few samples; needs no graphics driver", "NONE", 2),
)

# How takes are cut in, and what becomes of their sound; see `placing_wishes`. Kept by number too.
CUTS = (
    ("CUT", "Under the Shots", "A picture and a sound for each shot, with handles", "NONE", 0),
    ("SOUND_WHOLE", "Sound Whole", "A picture for each shot, and one sound under all shots of an order", "NONE", 1),
    ("WHOLE", "Whole", "One picture and one sound for all shots of an order, uncut", "NONE", 2),
)
SOUNDS = (
    ("KEEP", "Keep", "Heard together with the edit's own sound", "NONE", 0),
    ("REPLACE", "Replace", "The sounds that a shot was made from are muted where the take's cover them", "NONE", 1),
    ("MUTE", "Mute", "Laid down muted", "NONE", 2),
)

# Blender 4.5 and later want to be told that a path may start with "//"; the option is unknown before.
_RELATIVE = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()


def _role() -> Any:
    return EnumProperty(name="Role", description="What the model should take from it", items=ROLES, default="AUTO")


def _line(name: str, description: str) -> Any:
    return StringProperty(name=name, description=description)


class SecondUnitCastFile(bpy.types.PropertyGroup):
    """A picture, movie or sound of a cast member."""

    path: StringProperty(name="File", description="Its picture, movie or sound", subtype="FILE_PATH", options=_RELATIVE)


class SecondUnitCastMember(bpy.types.PropertyGroup):
    """A reference with a name, mentioned in prompts as ``@name``. The name is Blender's own ``name`` property."""

    files: CollectionProperty(type=SecondUnitCastFile, name="Files", description="Its media, most telling first")
    file_index: IntProperty(name="File", min=0)
    role: _role()
    description: _line("Description", "Who or what it is: a woman in a red raincoat")
    exclusion: _line("Do Not Use", "What must not be taken from its media: the background")


class SecondUnitSceneSettings(bpy.types.PropertyGroup):
    """What holds for every shot of a scene."""

    look: _line("Look", "Words that hold for every shot: shot on 16 mm, muted colours")
    service: StringProperty(name="Service", description="Who shoots", default="animatic")
    model: _line("Model", "The service's model; empty takes its first")
    ratio: _line("Ratio", "Such as 16:9; empty takes the nearest to the edit's own")
    resolution: _line("Resolution", "Such as 720p; empty takes the model's default")
    audio: BoolProperty(name="Sound", description="Generate sound with the picture", default=True)
    use_seed: BoolProperty(name="Use Seed", description="Fix what chance decides, where the model can", default=False)
    seed: IntProperty(name="Seed", description="The number that fixes it", min=0)
    options: _line("Options", 'What only this service understands, as JSON: {"camera_fixed": true}')
    takes_folder: StringProperty(
        name="Takes",
        description="Where takes are kept; empty takes a folder 'takes' beside the .blend",
        subtype="DIR_PATH",
        options=_RELATIVE,
    )
    playblast: EnumProperty(
        name="Playblasts", description="Who renders scene strips for the model", items=PLAYBLASTS, default="WORKBENCH"
    )
    take_cut: EnumProperty(name="Cut", description="How takes of several shots are cut in", items=CUTS, default="CUT")
    take_sound: EnumProperty(
        name="Sound of Takes", description="What becomes of the sound of takes", items=SOUNDS, default="KEEP"
    )
    mute_scratch: BoolProperty(
        name="Mute Scratch",
        description="Mute the strips a take was made from where it covers them; removing the take brings them back",
        default=False,
    )
    cast: CollectionProperty(type=SecondUnitCastMember, name="Cast", description="References called @name in prompts")
    cast_index: IntProperty(name="Cast Member", min=0)


class SecondUnitStripSettings(bpy.types.PropertyGroup):
    """What should happen in a shot, or what should be taken from a reference."""

    text: _line("Prompt", "What happens, in free words")
    subject: _line("Subject", "Who or what is seen")
    action: _line("Action", "What it does")
    camera: _line("Camera", "How it is seen: framing and movement")
    environment: _line("Environment", "Where and when")
    lighting: _line("Lighting", "The light")
    audio: _line("Sound and Mood", "What is heard and felt")
    role: _role()
    description: _line("Description", "A line about who or what it shows")
    exclusion: _line("Do Not Use", "What must not be taken from it: the background")
    pinned: BoolProperty(name="Pinned", description="Keep it when there are more references than the model takes")
    as_it_looks: BoolProperty(
        name="As It Looks", description="Send it as the sequencer shows it, with its effects, colour and place"
    )
    still: BoolProperty(name="Still", description="Send one picture of it instead of a movie")


# A group comes after the groups it holds.
CLASSES = (SecondUnitCastFile, SecondUnitCastMember, SecondUnitSceneSettings, SecondUnitStripSettings)


def register() -> None:
    """Add the settings to scenes and strips."""
    for each in CLASSES:
        bpy.utils.register_class(each)
    bpy.types.Scene.second_unit = PointerProperty(type=SecondUnitSceneSettings)
    bpy.types.Strip.second_unit = PointerProperty(type=SecondUnitStripSettings)


def unregister() -> None:
    """Take them away again. What was filled in stays in the .blend and is back when they are."""
    del bpy.types.Strip.second_unit
    del bpy.types.Scene.second_unit
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
