"""
Reading an animated camera, for its move to be put into words.

Import it where it is used, not when the add-on is registered: it loads pydantic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import atan, ceil

import bpy
from mathutils import Vector

from second_unit.camera import CameraFrame, CameraTrack, camera_in_words, measure_camera
from second_unit.timeline import CameraPart, MetaStrip, SceneStrip, Strip, TextStrip, Timeline
from second_unit.timing import FrameRange, FrameRate

from .camera_stage import evaluate_at, staged
from .camera_subject import Subject, find_subject

# A minute at 24 fps; of a longer stretch every second, third … frame is read.
MOST_SAMPLES = 1440
# The subject's box changes slowly and may be a heavy figure: it is looked at so often, and drawn through between.
SUBJECT_SAMPLES = 9
# An orthographic camera has no angle of view; turns are told as if it had this (half of it, as a slope).
_ORTHO_SLOPE = 0.36


def sample_camera(scene: bpy.types.Scene, camera_object: bpy.types.Object, frames: FrameRange) -> CameraTrack:
    """
    Return the camera as it is on each of these frames: place, lens, and the box of what it films.

    Evaluated by Blender itself in a scene of its own (:mod:`.camera_stage`), so constraints, paths, parents, drivers
    and noise count, and nothing of the editor's changes. The subject is what the camera is focused on or aimed at, else
    what stands most in view (:mod:`.camera_subject`).

    Args:
        scene: where the camera stands; its picture's ratio and rate are taken.
        camera_object: of type CAMERA.
        frames: of that scene, at least one.
    """
    step = max(1, ceil(frames.length / MOST_SAMPLES))
    numbers = range(frames.start, frames.end, step)
    subject = find_subject(scene, camera_object, numbers[len(numbers) // 2], _aspect(scene))
    boxes = _sample_boxes(scene, subject, numbers) if subject else {}
    with staged(scene, [camera_object]) as stage:
        samples = tuple(
            _sample(scene, camera_object.evaluated_get(evaluate_at(stage, number)), _box_at(boxes, number))
            for number in numbers
        )
    rate = FrameRate.from_blender(scene.render.fps, scene.render.fps_base).fraction / step
    return CameraTrack(
        rate=FrameRate(rate.numerator, rate.denominator),
        frames=samples,
        subject=subject.name if subject else "",
        is_figure=subject.is_figure if subject else None,
    )


def with_camera_words(timeline: Timeline) -> Timeline:
    """
    Return the timeline, its scene strips' cameras put into words: over the whole strip, and under each prompt strip.

    A camera is left without words where the strip is muted, or its scene or camera can't be found, or the scene's
    markers cut to another camera on the way.
    """
    cuts = tuple(strip.range for strip in _all_strips(timeline.strips) if _speaks(strip))
    return timeline.model_copy(update={"strips": tuple(_tell(strip, timeline.rate, cuts) for strip in timeline.strips)})


def _tell(strip: Strip, rate: FrameRate, cuts: Sequence[FrameRange]) -> Strip:
    if isinstance(strip, MetaStrip):
        return strip.model_copy(update={"children": tuple(_tell(child, rate, cuts) for child in strip.children)})
    if not isinstance(strip, SceneStrip) or strip.muted or strip.range.length == 0 or strip.frames.length == 0:
        return strip
    scene, camera = bpy.data.scenes.get(strip.scene), bpy.data.objects.get(strip.camera)
    if scene is None or camera is None or camera.type != "CAMERA":
        return strip
    track = sample_camera(scene, camera, strip.frames)
    parts = {part: _words(track, scene, strip, rate, part) for part in _parts(strip.range, cuts)}
    return strip.model_copy(
        update={
            "camera_words": _words(track, scene, strip, rate, strip.range),
            "camera_parts": tuple(CameraPart(range=part, words=words) for part, words in parts.items()),
        }
    )


def _parts(whole: FrameRange, cuts: Sequence[FrameRange]) -> tuple[FrameRange, ...]:
    """Return the parts of a strip that lie under prompt strips, unless one lies over all of it."""
    overlaps = (whole.overlap(cut) for cut in cuts)
    return tuple(dict.fromkeys(part for part in overlaps if part is not None and part != whole))


def _words(track: CameraTrack, scene: bpy.types.Scene, strip: SceneStrip, rate: FrameRate, part: FrameRange) -> str:
    """Return the camera's words over a part of the strip; the edit's rate says how fast it runs."""
    per_frame = strip.frames.length / strip.range.length
    shown = FrameRange(
        strip.frames.start + round((part.start - strip.range.start) * per_frame),
        strip.frames.start + max(1, round((part.end - strip.range.start) * per_frame)),
    )
    if _cuts_away(scene, strip.camera, shown):
        return ""
    # One sample may stand for several frames of a long strip.
    step = ceil(strip.frames.length / MOST_SAMPLES)
    first, last = (shown.start - strip.frames.start) // step, ceil((shown.end - strip.frames.start) / step)
    samples = track.frames[first:last] or track.frames[-1:]
    speed = rate.fraction * strip.frames.length / strip.range.length / step
    played = CameraTrack(
        rate=FrameRate(speed.numerator, speed.denominator),
        frames=samples,
        subject=track.subject,
        is_figure=track.is_figure,
    )
    return camera_in_words(measure_camera(played))


def _cuts_away(scene: bpy.types.Scene, camera: str, frames: FrameRange) -> bool:
    """Tell whether markers bound to cameras show another one on the way."""
    bound = sorted((marker.frame, marker.camera.name) for marker in scene.timeline_markers if marker.camera)
    if scene.camera is None or scene.camera.name != camera or not bound:
        return False
    before = [name for frame, name in bound if frame <= frames.start]
    shown = {*before[-1:], *(name for frame, name in bound if frames.start < frame < frames.end)}
    return bool(shown - {camera})


def _all_strips(strips: Iterable[Strip]) -> Iterator[Strip]:
    for strip in strips:
        yield strip
        if isinstance(strip, MetaStrip):
            yield from _all_strips(strip.children)


def _speaks(strip: Strip) -> bool:
    return not strip.muted and (isinstance(strip, TextStrip) or not strip.prompt.is_empty)


def _sample(scene: bpy.types.Scene, camera: bpy.types.Object, box: Sequence[Vector]) -> CameraFrame:
    matrix = camera.matrix_world
    lens = camera.data
    corners = lens.view_frame(scene=scene)
    width = max(corner.x for corner in corners) - min(corner.x for corner in corners)
    height = max(corner.y for corner in corners) - min(corner.y for corner in corners)
    is_flat = lens.type == "ORTHO"
    across = _ORTHO_SLOPE if is_flat else width / 2 / abs(corners[0].z)
    return CameraFrame(
        matrix=tuple(tuple(row) for row in matrix),
        horizontal_fov=2 * atan(across),
        vertical_fov=2 * atan(across * height / width),
        ortho_height=height if is_flat else None,
        focus_distance=lens.dof.focus_distance if lens.dof.use_dof and not lens.dof.focus_object else None,
        subject=tuple(tuple(corner) for corner in box),
    )


def _sample_boxes(scene: bpy.types.Scene, subject: Subject, numbers: Sequence[int]) -> dict[int, list[Vector]]:
    """Return the subject's box on some of the frames, the first and the last among them."""
    spread = max(1, SUBJECT_SAMPLES - 1)
    chosen = sorted({numbers[round(at * (len(numbers) - 1) / spread)] for at in range(spread + 1)})
    with staged(scene, subject.objects) as stage:
        return {number: [v.copy() for v in subject.corners(evaluate_at(stage, number))] for number in chosen}


def _box_at(boxes: dict[int, list[Vector]], frame: int) -> list[Vector]:
    """Return the box between the two frames that were looked at, each corner on its straight way."""
    if not boxes:
        return []
    before = max(number for number in boxes if number <= frame)
    after = min(number for number in boxes if number >= frame)
    if before == after or len(boxes[before]) != len(boxes[after]):
        return boxes[before]
    share = (frame - before) / (after - before)
    return [one.lerp(other, share) for one, other in zip(boxes[before], boxes[after], strict=True)]


def _aspect(scene: bpy.types.Scene) -> float:
    render = scene.render
    return (render.resolution_x * render.pixel_aspect_x) / (render.resolution_y * render.pixel_aspect_y)
