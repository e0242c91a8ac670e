"""
The only reader of strips: what the editor laid out, as a :class:`~second_unit.timeline.Timeline`.

Import it where it is used, not when the add-on is registered: it loads pydantic.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import bpy

from second_unit.errors import EmptyStretch, TimelineError
from second_unit.timeline import CastMember, Marker, Role, ShootSettings, Timeline
from second_unit.timing import FrameRange, FrameRate

from ..strip_marks import ensure_strip_ids, is_placeholder
from ._read_media import absolute_path
from ._read_strips import StripReader, shown_range
from .read_camera import with_camera_words
from .selected_strips import selected_strips

Stretch = Literal["auto", "selection", "preview", "all"]
TAKES_FOLDER = "//takes"


def read_timeline(scene: bpy.types.Scene, stretch: Stretch = "auto", frames: FrameRange | None = None) -> Timeline:
    """
    Return a stretch of a scene's edit as plain data.

    Missing files are read like any other: whoever needs them says so. Nothing in the .blend changes, but strips that
    have no id yet are given one (:func:`~..strip_marks.ensure_strip_ids`); call it from an operator that can be undone.

    Args:
        scene: the scene being edited: ``sequencer.sequencer_scene(context)``.
        stretch: the selected strips (a take brings the shots that it shows), the strips under the preview range, or
            all; ``"auto"`` takes the first of these that there is.
        frames: these frames instead, as if the preview range were set so.

    Raises:
        EmptyStretch: there is no strip in the stretch.
        UnreadableMedia: a movie or sound that isn't muted is there and can't be decoded.
        UnsavedEdit: a strip's path is relative, or its sound packed, and the .blend was never saved.
        ReadOnlyFolder: a packed sound can't be written out.
        TimelineError: the scene's options aren't JSON.
    """
    editor = scene.sequence_editor
    strips = [strip for strip in editor.strips if not is_placeholder(strip)] if editor else []
    if not strips:
        raise EmptyStretch(
            f"The edit of scene '{scene.name}' is empty.",
            remedy="Lay strips in the sequencer, or choose another scene.",
        )
    selected = selected_strips(scene)
    chosen, chosen_by = _choose_stretch(scene, stretch, frames, strips, selected)
    ensure_strip_ids(scene)
    rate = FrameRate.from_blender(scene.render.fps, scene.render.fps_base)
    settings = getattr(scene, "second_unit", None)
    folder = (settings.takes_folder if settings else "") or TAKES_FOLDER
    pointers = frozenset(strip.as_pointer() for strip in selected)
    reader = StripReader(scene, rate, pointers, packed_folder=f"{folder}/packed")
    read = reader.read(strips, scene.sequence_editor.channels, chosen)
    if not read:
        raise EmptyStretch(
            f"No strip lies in the {chosen_by}, frames {chosen.start} to {chosen.end}.",
            remedy="Move the preview range over the strips, or clear it.",
        )
    width, height = _size(scene.render)
    timeline = Timeline(
        name=scene.name,
        rate=rate,
        width=width,
        height=height,
        stretch=chosen,
        stretch_by=chosen_by,
        strips=read,
        markers=_markers(scene),
        cast=_cast(scene, settings) if settings else (),
        look=settings.look if settings else "",
        settings=_shoot_settings(settings) if settings else ShootSettings(),
        file=Path(bpy.data.filepath) if bpy.data.filepath else None,
        warnings=tuple(reader.warnings),
    )
    return with_camera_words(timeline)


def _choose_stretch(
    scene: bpy.types.Scene, stretch: Stretch, frames: FrameRange | None, strips: list[Any], selected: list[Any]
) -> tuple[FrameRange, Literal["selection", "preview range", "whole edit"]]:
    if frames is not None:
        return frames, "preview range"
    if stretch == "selection" or (stretch == "auto" and selected):
        if not selected:
            raise EmptyStretch("No strip is selected.", remedy="Select the strips to shoot.")
        return _span(selected), "selection"
    if stretch == "preview" or (stretch == "auto" and scene.use_preview_range):
        if not scene.use_preview_range:
            raise EmptyStretch("No preview range is set.", remedy="Set one with P in the sequencer, or shoot it all.")
        # Blender's last frame is included.
        return FrameRange(scene.frame_preview_start, scene.frame_preview_end + 1), "preview range"
    return _span(strips), "whole edit"


def _span(strips: list[Any]) -> FrameRange:
    ranges = [shown_range(strip) for strip in strips]
    return FrameRange(min(each.start for each in ranges), max(each.end for each in ranges))


def _size(render: bpy.types.RenderSettings) -> tuple[int, int]:
    """Return the picture's size in square pixels, as if it were rendered at 100 %."""
    return (
        round(render.resolution_x * max(1.0, render.pixel_aspect_x / render.pixel_aspect_y)),
        round(render.resolution_y * max(1.0, render.pixel_aspect_y / render.pixel_aspect_x)),
    )


def _markers(scene: bpy.types.Scene) -> tuple[Marker, ...]:
    laid = sorted((marker.frame, marker.name) for marker in scene.timeline_markers)
    return tuple(Marker(frame=frame, name=name) for frame, name in laid)


def _cast(scene: bpy.types.Scene, settings: Any) -> tuple[CastMember, ...]:
    return tuple(
        CastMember(
            name=member.name.removeprefix("@"),
            files=tuple(absolute_path(file.path, f"@{member.name}", scene) for file in member.files if file.path),
            role=None if member.role == "AUTO" else Role[member.role],
            description=member.description,
            exclusion=member.exclusion,
        )
        for member in settings.cast
        if member.name
    )


def _shoot_settings(settings: Any) -> ShootSettings:
    return ShootSettings(
        service=settings.service,
        model=settings.model,
        ratio=settings.ratio,
        resolution=settings.resolution,
        audio=settings.audio,
        seed=settings.seed if settings.use_seed else None,
        options=_options(settings.options),
    )


def _options(text: str) -> dict[str, Any]:
    try:
        options = json.loads(text) if text.strip() else {}
    except ValueError:
        options = None
    if not isinstance(options, dict) or not all(isinstance(value, str | int | float) for value in options.values()):
        raise TimelineError(
            f"The scene's options can't be read: {text}", remedy='Write them as JSON, such as {"camera_fixed": true}.'
        )
    return options
