"""Cameras animated in Blender in every way people do it are read and named; the editor's session isn't touched."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import cos, pi, radians, sin

import bpy
import pytest
from mathutils import Quaternion

from addon.reading.read_camera import sample_camera, with_camera_words
from addon.reading.read_timeline import read_timeline
from second_unit.camera import CameraMove, camera_in_words, measure_camera
from second_unit.timeline import SceneStrip
from second_unit.timing import FrameRange

from .laying import lay_text

FRAMES = FrameRange(1, 97)


@pytest.fixture
def stage(blender):
    """A scene with an actor 1.8 m tall at the origin, and a camera 5 m south of it at the height of its middle."""
    scene = blender.context.scene
    for shown in list(bpy.data.objects):
        bpy.data.objects.remove(shown)
    add_box("actor", (0, 0, 0.9), (0.5, 0.4, 1.8))
    lens = bpy.data.cameras.new("camera")
    camera = bpy.data.objects.new("camera", lens)
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = (0, -5, 0.9), (radians(90), 0, 0)
    scene.camera = camera
    return scene


def add_box(name: str, place: tuple[float, ...], size: tuple[float, ...]) -> bpy.types.Object:
    half = [extent / 2 for extent in size]
    corners = [(x * half[0], y * half[1], z * half[2]) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], faces)
    shown = bpy.data.objects.new(name, mesh)
    shown.location = place
    bpy.context.scene.collection.objects.link(shown)
    return shown


def add_empty(name: str, place: tuple[float, ...] = (0, 0, 0.9)) -> bpy.types.Object:
    empty = bpy.data.objects.new(name, None)
    empty.location = place
    bpy.context.scene.collection.objects.link(empty)
    return empty


def key(thing: object, path: str, first: object, last: object, end: int = 97) -> None:
    for frame, value in ((1, first), (end, last)):
        setattr(thing, path, value)
        thing.keyframe_insert(path, frame=frame)


def curves_of(thing: bpy.types.ID) -> list[bpy.types.FCurve]:
    """Return an ID's curves; Blender 4.4 put them into layers and 5.0 took the old way away."""
    action = thing.animation_data.action
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    return [
        curve for layer in action.layers for strip in layer.strips for bag in strip.channelbags for curve in bag.fcurves
    ]


def track_to(camera: bpy.types.Object, target: bpy.types.Object) -> None:
    constraint = camera.constraints.new("TRACK_TO")
    constraint.target, constraint.track_axis, constraint.up_axis = target, "TRACK_NEGATIVE_Z", "UP_Y"


def shake(camera: bpy.types.Object) -> None:
    camera.keyframe_insert("rotation_euler", frame=1)
    for number, curve in enumerate(curves_of(camera)):
        noise = curve.modifiers.new("NOISE")
        noise.strength, noise.scale, noise.phase = 0.03, 12, number * 50


def keep_still(camera: bpy.types.Object) -> None:
    pass


def dolly_in(camera: bpy.types.Object) -> None:
    key(camera, "location", (0, -5, 0.9), (0, -4, 0.9))


def dolly_on_a_rig(camera: bpy.types.Object) -> None:
    rig = add_empty("rig", (0, 0, 0))
    camera.parent = rig
    key(rig, "location", (0, 0, 0), (0, -3, 0))


def driven_truck(camera: bpy.types.Object) -> None:
    curve = camera.driver_add("location", 0)
    curve.driver.expression = "frame * -0.02"


def pedestal_up(camera: bpy.types.Object) -> None:
    key(camera, "location", (0, -5, 0.9), (0, -5, 2.1))


def pan_right(camera: bpy.types.Object) -> None:
    key(camera, "rotation_euler", (radians(90), 0, 0), (radians(90), 0, radians(-25)))


def pan_with_quaternions(camera: bpy.types.Object) -> None:
    camera.rotation_mode = "QUATERNION"
    turned = camera.rotation_euler.to_quaternion()
    key(camera, "rotation_quaternion", turned, Quaternion((0, 0, 1), radians(25)) @ turned)


def tilt_up(camera: bpy.types.Object) -> None:
    key(camera, "rotation_euler", (radians(79), 0, 0), (radians(101), 0, 0))


def roll_over(camera: bpy.types.Object) -> None:
    key(camera, "rotation_euler", (radians(90), 0, 0), (radians(90), radians(30), 0))


def zoom_in(camera: bpy.types.Object) -> None:
    key(camera.data, "lens", 35, 60)


def swing_around(camera: bpy.types.Object) -> None:
    pivot = add_empty("pivot", (0, 0, 0))
    camera.parent = pivot
    key(pivot, "rotation_euler", (0, 0, 0), (0, 0, radians(70)))


def ride_a_circle(camera: bpy.types.Object) -> None:
    curve = bpy.data.curves.new("circle", "CURVE")
    curve.dimensions, curve.use_path = "3D", True
    spline = curve.splines.new("POLY")
    spline.points.add(63)
    for number, point in enumerate(spline.points):
        turned = -pi / 2 - 2 * pi * number / 64
        point.co = (5 * cos(turned), 5 * sin(turned), 0.9, 1)
    circle = bpy.data.objects.new("circle", curve)
    bpy.context.scene.collection.objects.link(circle)
    camera.location = (0, 0, 0)
    ride = camera.constraints.new("FOLLOW_PATH")
    ride.target, ride.use_fixed_location = circle, True
    key(ride, "offset_factor", 0.0, 0.25)
    track_to(camera, bpy.data.objects["actor"])


def crane_over(camera: bpy.types.Object) -> None:
    track_to(camera, add_empty("aim"))
    key(camera, "location", (0, -5, 0.9), (0, -5, 3.4))


def drive_past_a_walker(camera: bpy.types.Object) -> None:
    key(camera, "location", (0, -5, 0.9), (3, -5, 0.9))
    key(bpy.data.objects["actor"], "location", (0, 0, 0.9), (3, 0, 0.9))


def carry_by_hand(camera: bpy.types.Object) -> None:
    dolly_in(camera)
    shake(camera)


def shrink_an_orthographic_view(camera: bpy.types.Object) -> None:
    camera.data.type = "ORTHO"
    key(camera.data, "ortho_scale", 8, 4)


ANIMATED: list[tuple[Callable[[bpy.types.Object], None], str]] = [
    (keep_still, "static camera, eye level, full shot"),
    (dolly_in, "slow dolly in, eye level, medium wide shot"),
    (dolly_on_a_rig, "steady dolly out, eye level, wide shot"),
    (driven_truck, "steady truck left, eye level, full shot"),
    (pedestal_up, "slow pedestal up, eye level, full shot"),
    (pan_right, "steady pan right, eye level, full shot"),
    (pan_with_quaternions, "steady pan left, eye level, full shot"),
    (tilt_up, "steady tilt up, eye level, full shot"),
    (roll_over, "slow roll clockwise, eye level, full shot"),
    (zoom_in, "steady zoom in, eye level, full shot"),
    (swing_around, "steady orbit right, eye level, full shot"),
    (ride_a_circle, "steady orbit left, eye level, full shot"),
    (crane_over, "steady tilt down with a steady pedestal up, full shot"),
    (drive_past_a_walker, "steady truck right, eye level, full shot"),
    (shake, "handheld camera, eye level, full shot, handheld sway"),
    (carry_by_hand, "slow dolly in, eye level, medium wide shot, handheld sway"),
    (shrink_an_orthographic_view, "steady zoom in, eye level, full shot"),
]


def look(scene: bpy.types.Scene) -> CameraMove:
    return measure_camera(sample_camera(scene, scene.camera, FRAMES))


@pytest.mark.parametrize(("animate", "words"), ANIMATED, ids=lambda each: getattr(each, "__name__", ""))
def test_a_camera_animated_in_blender_gets_its_words(stage, animate, words) -> None:
    animate(stage.camera)
    assert words == camera_in_words(look(stage))


def test_what_is_read_is_what_blender_shows(stage) -> None:
    """Frame by frame against the scene itself, moved the plain way."""
    ride_a_circle(stage.camera)
    key(stage.camera.data, "lens", 35, 60)
    track = sample_camera(stage, stage.camera, FRAMES)
    for number, sampled in zip(FRAMES, track.frames, strict=True):
        stage.frame_set(number)
        shown = stage.camera.evaluated_get(bpy.context.evaluated_depsgraph_get())
        assert tuple(tuple(row) for row in shown.matrix_world) == sampled.matrix
        assert shown.data.angle_x == pytest.approx(sampled.horizontal_fov, abs=1e-6)


def test_a_hidden_camera_is_read_all_the_same(stage) -> None:
    dolly_in(stage.camera)
    stage.camera.hide_viewport = stage.camera.hide_render = True
    assert camera_in_words(look(stage)) == "slow dolly in, eye level, medium wide shot"


def test_a_second_scene_that_was_never_shown_is_read_all_the_same(stage, tmp_path) -> None:
    swing_around(stage.camera)
    stage.name = "set"
    bpy.data.scenes.new("edit")
    bpy.context.window.scene = bpy.data.scenes["edit"]
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "edit.blend"))
    assert camera_in_words(look(bpy.data.scenes["set"])) == "steady orbit right, eye level, full shot"


# What it films


def test_the_ground_the_room_and_the_backdrop_are_not_the_subject(stage) -> None:
    add_box("ground", (0, 0, -0.01), (40, 40, 0.02))
    add_box("room", (0, 0, 5), (60, 60, 30))
    add_box("backdrop", (0, 10, 5), (40, 0.1, 20))
    add_box("lamp post", (2.5, 3, 1.5), (0.1, 0.1, 3))
    assert sample_camera(stage, stage.camera, FRAMES).subject == "actor"


def test_the_focus_names_the_subject(stage) -> None:
    post = add_box("lamp post", (2.5, 3, 1.5), (0.1, 0.1, 3))
    stage.camera.data.dof.focus_object = post
    assert sample_camera(stage, stage.camera, FRAMES).subject == "lamp post"


def test_an_empty_that_the_camera_is_aimed_at_marks_what_it_stands_in(stage) -> None:
    add_box("lamp post", (0.6, -1, 1.5), (0.9, 0.1, 3))
    track_to(stage.camera, add_empty("aim", (0, 0, 1.6)))
    assert sample_camera(stage, stage.camera, FRAMES).subject == "actor"


def test_an_empty_in_the_open_is_a_place_without_a_size(stage) -> None:
    track_to(stage.camera, add_empty("aim", (5, 5, 5)))
    track = sample_camera(stage, stage.camera, FRAMES)
    assert (track.subject, len(track.frames[0].subject)) == ("aim", 1)
    assert measure_camera(track).starts_as is None


def test_a_figure_is_all_that_its_armature_moves_where_it_walks(stage) -> None:
    bones = bpy.data.armatures.new("bones")
    rig = bpy.data.objects.new("ana", bones)
    stage.collection.objects.link(rig)
    hat = add_box("hat", (0, 0, 1.95), (0.4, 0.4, 0.3))
    for part in (bpy.data.objects["actor"], hat):
        part.parent = rig
    key(rig, "location", (0, 0, 0), (2, 0, 0))
    track = sample_camera(stage, stage.camera, FRAMES)
    assert (track.subject, track.is_figure) == ("ana", True)
    spans = [
        (min(corner[0] for corner in frame.subject), max(corner[2] for corner in frame.subject))
        for frame in (track.frames[0], track.frames[-1])
    ]
    assert [pytest.approx((-0.25, 2.1), abs=1e-5), pytest.approx((1.75, 2.1), abs=1e-3)] == spans


def test_an_instanced_collection_is_filmed_like_what_is_in_it(stage) -> None:
    actor = bpy.data.objects["actor"]
    cast = bpy.data.collections.new("cast")
    stage.collection.objects.unlink(actor)
    cast.objects.link(actor)
    instance = add_empty("ana", (0.5, 0, 0))
    instance.instance_type, instance.instance_collection = "COLLECTION", cast
    track = sample_camera(stage, stage.camera, FRAMES)
    assert track.subject == "ana"
    assert pytest.approx((0.25, 0.75)) == (
        min(corner[0] for corner in track.frames[0].subject),
        max(corner[0] for corner in track.frames[0].subject),
    )


def test_a_scene_without_anything_in_it_has_no_subject(stage) -> None:
    bpy.data.objects.remove(bpy.data.objects["actor"])
    dolly_in(stage.camera)
    assert camera_in_words(look(stage)) == "slow dolly in"


# The editor's session


def session(scene: bpy.types.Scene) -> dict[str, object]:
    """Return what an editor would notice."""
    layer = scene.view_layers[0]
    return {
        "ids": {
            kind: sorted((each.name_full, each.users) for each in getattr(bpy.data, kind))
            for kind in ("scenes", "objects", "cameras", "meshes", "collections", "actions", "worlds", "curves")
        },
        "frame": (scene.frame_current, scene.frame_subframe),
        "scene": bpy.context.scene.name,
        "active": layer.objects.active and layer.objects.active.name,
        "selected": sorted(each.name for each in layer.objects if each and each.select_get()),
        "places": {each.name: (each.location[:], [tuple(row) for row in each.matrix_world]) for each in scene.objects},
        "lens": scene.camera.data.lens,
        "changed": bpy.data.is_dirty,
        "handlers": [list(getattr(bpy.app.handlers, name)) for name in ("frame_change_post", "depsgraph_update_post")],
    }


def test_reading_a_camera_leaves_the_session_exactly_as_it_was(stage, tmp_path) -> None:
    seen: list[str] = []

    def watch(scene: bpy.types.Scene, *_: object) -> None:
        seen.append(scene.name)

    drive_past_a_walker(stage.camera)
    key(stage.camera.data, "lens", 35, 60)
    stage.frame_set(40)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    # Posed by hand and not keyed: moving the scene would lose it.
    bpy.data.objects["actor"].location.x = 0.25
    bpy.context.view_layer.update()
    bpy.app.handlers.frame_change_post.append(watch)
    bpy.app.handlers.depsgraph_update_post.append(watch)
    try:
        before = session(stage)
        sample_camera(stage, stage.camera, FRAMES)
        assert before == session(stage)
    finally:
        bpy.app.handlers.frame_change_post.remove(watch)
        bpy.app.handlers.depsgraph_update_post.remove(watch)
    assert seen == []


def test_the_session_is_put_back_after_an_error_too(stage) -> None:
    before = session(stage)
    stage.camera.data.dof.focus_object = bpy.data.objects["actor"]
    with pytest.raises(AttributeError):
        sample_camera(stage, bpy.data.objects["actor"], FRAMES)
    stage.camera.data.dof.focus_object = None
    assert before == session(stage)


def test_ten_seconds_of_camera_are_read_in_the_blink_of_an_eye(stage) -> None:
    for number in range(200):
        add_box(f"crate {number}", (number % 20 * 3, 5 + number // 20 * 3, 0.5), (1, 1, 1))
    swing_around(stage.camera)
    began = time.perf_counter()
    track = sample_camera(stage, stage.camera, FrameRange(1, 241))
    read = time.perf_counter()
    measure_camera(track)
    print(f"240 frames among 200 objects: read in {read - began:.3f} s, measured in {time.perf_counter() - read:.3f} s")
    assert time.perf_counter() - began < 3.0


# In the edit


@pytest.fixture
def edit(stage):
    """An edit with a scene strip of the stage over frames 10 to 106, which it shows from its first frame on."""
    stage.name = "set"
    stage.frame_start, stage.frame_end = 1, 96
    edit = bpy.data.scenes.new("edit")
    edit.sequence_editor_create()
    edit.sequence_editor.strips.new_scene("shot", stage, 1, 10)
    return edit


def scene_strip(edit: bpy.types.Scene) -> SceneStrip:
    (strip,) = (each for each in with_camera_words(read_timeline(edit, "all")).strips if isinstance(each, SceneStrip))
    return strip


def test_a_scene_strip_tells_its_camera_in_words(edit, stage) -> None:
    dolly_in(stage.camera)
    assert scene_strip(edit).camera_words == "slow dolly in, eye level, medium wide shot"


def test_each_prompt_gets_the_words_of_its_own_part(edit, stage) -> None:
    key(stage.camera, "location", (0, -5, 0.9), (0, -4, 0.9), end=49)
    stage.camera.rotation_euler = (radians(90), 0, 0)
    for frame, turned in ((49, 0), (97, -25)):
        stage.camera.rotation_euler.z = radians(turned)
        stage.camera.keyframe_insert("rotation_euler", frame=frame)
    lay_text(edit.sequence_editor, "first", "A waits.", 2, 10, 48)
    lay_text(edit.sequence_editor, "second", "A goes.", 2, 58, 48)
    strip = scene_strip(edit)
    assert strip.camera_over(FrameRange(10, 58)) == "steady dolly in, eye level, medium wide shot"
    assert strip.camera_over(FrameRange(58, 106)) == "steady pan right, eye level, medium wide shot"


def test_a_cut_between_cameras_is_no_move(edit, stage) -> None:
    other = bpy.data.objects.new("other", bpy.data.cameras.new("other"))
    stage.collection.objects.link(other)
    for name, frame, camera in (("A", 1, stage.camera), ("B", 50, other)):
        stage.timeline_markers.new(name, frame=frame).camera = camera
    assert scene_strip(edit).camera_words == ""


def test_a_muted_scene_strip_is_not_measured(edit, stage) -> None:
    edit.sequence_editor.strips["shot"].mute = True
    assert scene_strip(edit).camera_words == ""
