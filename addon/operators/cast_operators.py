"""Buttons for the cast: who is in it, and the pictures, movies and sounds that show them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import bpy
from bpy.props import CollectionProperty, EnumProperty, IntProperty, StringProperty

from ..sequencer import sequencer_scene
from .line_operators import OnOwnScene
from .reporting import reports_errors

UNDOABLE = {"REGISTER", "UNDO"}
MEDIA = {"MOVIE", "IMAGE", "SOUND"}


def _settings(context: bpy.types.Context) -> Any:
    return sequencer_scene(context).second_unit


def _member(context: bpy.types.Context) -> Any:
    settings = _settings(context)
    return settings.cast[settings.cast_index] if settings.cast_index < len(settings.cast) else None


class OnMember(OnOwnScene):
    """What needs a cast member."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not super().poll(context):
            return False
        if _member(context) is None:
            cls.poll_message_set("Add a cast member first")
            return False
        return True


class SecondUnitAddMember(OnOwnScene, bpy.types.Operator):
    """Adds somebody, or something, to the cast."""

    bl_idname = "second_unit.add_cast_member"
    bl_label = "Add Cast Member"
    bl_description = "Add somebody or something that prompts can mention by name, such as @Ana"
    bl_options = UNDOABLE

    called: StringProperty(name="Name", description="What prompts call it, behind an @", default="Name")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add it under a name that nobody else has."""
        add_member(_settings(context), self.called)
        return {"FINISHED"}


class SecondUnitRemoveMember(OnMember, bpy.types.Operator):
    """Removes the chosen member."""

    bl_idname = "second_unit.remove_cast_member"
    bl_label = "Remove Cast Member"
    bl_description = "Remove the chosen cast member; its files stay where they are"
    bl_options = UNDOABLE

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remove it and choose its neighbour."""
        settings = _settings(context)
        settings.cast.remove(settings.cast_index)
        settings.cast_index = max(0, min(settings.cast_index, len(settings.cast) - 1))
        return {"FINISHED"}


class SecondUnitMoveMember(OnMember, bpy.types.Operator):
    """Moves the chosen member in the list."""

    bl_idname = "second_unit.move_cast_member"
    bl_label = "Move Cast Member"
    bl_description = "Move the chosen cast member up or down in the list"
    bl_options = UNDOABLE

    direction: EnumProperty(
        name="Direction",
        description="Where to",
        items=(("UP", "Up", "Before its neighbour"), ("DOWN", "Down", "Behind its neighbour")),
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Move it."""
        settings = _settings(context)
        to = settings.cast_index + (-1 if self.direction == "UP" else 1)
        if not 0 <= to < len(settings.cast):
            return {"CANCELLED"}
        settings.cast.move(settings.cast_index, to)
        settings.cast_index = to
        return {"FINISHED"}


class SecondUnitAddCastFiles(OnMember, bpy.types.Operator):
    """Gives the chosen member files."""

    bl_idname = "second_unit.add_cast_files"
    bl_label = "Add Files"
    bl_description = "Choose pictures, movies or sounds that show the chosen cast member"
    bl_options = UNDOABLE

    files: CollectionProperty(type=bpy.types.OperatorFileListElement, options={"HIDDEN", "SKIP_SAVE"})
    directory: StringProperty(subtype="DIR_PATH", options={"HIDDEN", "SKIP_SAVE"})
    filter_image: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_movie: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_sound: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})
    filter_folder: bpy.props.BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Let them be chosen."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add what was chosen."""
        paths = [str(Path(self.directory) / file.name) for file in self.files if file.name]
        added = add_files(_member(context), paths)
        self.report({"INFO"}, f"{added} files were added to '{_member(context).name}'.")
        return {"FINISHED"} if added else {"CANCELLED"}


class SecondUnitRemoveCastFile(OnMember, bpy.types.Operator):
    """Takes a file from the chosen member."""

    bl_idname = "second_unit.remove_cast_file"
    bl_label = "Remove File"
    bl_description = "Take this file from the cast member; the file itself stays where it is"
    bl_options = UNDOABLE

    index: IntProperty(name="File", description="Which one; below 0 takes the chosen one", default=-1, min=-1)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Take it away."""
        member = _member(context)
        index = member.file_index if self.index < 0 else self.index
        if index >= len(member.files):
            return {"CANCELLED"}
        member.files.remove(index)
        member.file_index = max(0, min(member.file_index, len(member.files) - 1))
        return {"FINISHED"}


class SecondUnitCastFromStrips(OnOwnScene, bpy.types.Operator):
    """Makes the selected strips a cast member."""

    bl_idname = "second_unit.cast_from_strips"
    bl_label = "Cast from Strips"
    bl_description = "Add a cast member with the files of the selected picture, movie and sound strips"
    bl_options = UNDOABLE

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not super().poll(context):
            return False
        if not any(strip.type in MEDIA for strip in context.selected_strips or ()):
            cls.poll_message_set("Select picture, movie or sound strips")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add it, called after the first of the strips."""
        strips = [strip for strip in context.selected_strips if strip.type in MEDIA]
        member = add_member(_settings(context), Path(strips[0].name).stem)
        added = add_files(member, [path for path in map(_file_of, strips) if path is not None])
        self.report({"INFO"}, f"'@{member.name}' was added with {added} files.")
        return {"FINISHED"}


def _images(_operator: Any, context: bpy.types.Context, _typed: str) -> list[str]:
    return [image.name for image in context.blend_data.images if image.has_data or image.filepath]


class SecondUnitCastFromImage(OnOwnScene, bpy.types.Operator):
    """Makes one of Blender's images a cast member."""

    bl_idname = "second_unit.cast_from_image"
    bl_label = "Cast from Image"
    bl_description = "Add a cast member that looks like one of this file's images; one without a file is written out"
    bl_options = UNDOABLE

    image: StringProperty(name="Image", description="One of the images of this .blend", search=_images)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not super().poll(context):
            return False
        if not len(context.blend_data.images):
            cls.poll_message_set("This file has no image yet; open or paint one in the Image Editor")
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Let it be chosen."""
        return set(context.window_manager.invoke_props_dialog(self, confirm_text="Add"))

    @reports_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add it, called after the image."""
        image = context.blend_data.images.get(self.image)
        if image is None:
            self.report({"ERROR"}, f"There is no image '{self.image}' in this file. Choose one from the list.")
            return {"CANCELLED"}
        path = _image_file(sequencer_scene(context), image)
        member = add_member(_settings(context), Path(image.name).stem)
        add_files(member, [path])
        self.report({"INFO"}, f"'@{member.name}' was added.")
        return {"FINISHED"}


def add_member(settings: Any, name: str) -> Any:
    """Add a cast member, choose it and return it. Its name is made one word that nobody else has."""
    plain = "_".join(name.removeprefix("@").split()) or "Name"
    taken = {member.name for member in settings.cast}
    member = settings.cast.add()
    member.name = next(one for one in (plain, *(f"{plain}{number}" for number in range(2, 10_000))) if one not in taken)
    settings.cast_index = len(settings.cast) - 1
    return member


def add_files(member: Any, paths: list[str]) -> int:
    """Give a member files that it hasn't yet, relative to a saved .blend; return how many."""
    have = {_whole_path(file.path) for file in member.files}
    fresh = {_whole_path(path): path for path in paths if _whole_path(path) not in have}
    for path in fresh.values():
        member.files.add().path = _kept_path(path)
    return len(fresh)


def _whole_path(path: str) -> str:
    return os.path.normpath(bpy.path.abspath(path))


def _kept_path(path: str) -> str:
    if not bpy.data.filepath or path.startswith("//"):
        return path
    try:
        return str(bpy.path.relpath(path))
    except ValueError:  # another drive than the .blend's, on Windows
        return path


def _file_of(strip: Any) -> str | None:
    # As text: on Windows a path of Python's would take Blender's "//" for a server.
    match strip.type:
        case "MOVIE":
            return str(strip.filepath)
        case "IMAGE" if len(strip.elements):
            return str(strip.directory) + str(strip.elements[0].filename)
        case "SOUND" if strip.sound is not None:
            return str(strip.sound.filepath)
    return None


def _image_file(scene: bpy.types.Scene, image: bpy.types.Image) -> str:
    """Return the image's file; one that was painted or packed is written beside the takes."""
    if image.filepath and image.packed_file is None and not image.is_dirty:
        return str(image.filepath)
    from second_unit.jobs.naming import safe_name

    from ..shoot import edit_takes_folder

    folder, stem = edit_takes_folder(scene) / "cast", safe_name(Path(image.name).stem)
    folder.mkdir(parents=True, exist_ok=True)
    numbered = (folder / f"{stem}{number}.png" for number in ("", *range(2, 10_000)))
    path = str(next(one for one in numbered if not one.exists()))
    image.save(filepath=path, save_copy=True)
    return path


CLASSES = (
    SecondUnitAddMember,
    SecondUnitRemoveMember,
    SecondUnitMoveMember,
    SecondUnitAddCastFiles,
    SecondUnitRemoveCastFile,
    SecondUnitCastFromStrips,
    SecondUnitCastFromImage,
)


def register() -> None:
    """Add the buttons."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Take them away again."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
