"""Scenes and strips rendered by a child Blender: what is in them, what it costs the session, what failures say."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import av
import bpy
import numpy as np
import pytest
from PIL import Image

from addon.playblast import write_libraries
from addon.reading.read_timeline import read_timeline
from addon.sequencer import RIGHT_HANDLE
from second_unit.errors import MediaError
from second_unit.jobs.playblast import PIXELS, render_source
from second_unit.media.probe import probe
from second_unit.planning import make_plan
from second_unit.shot_list import build_shot_list
from tests.addon.laying import lay_effect, lay_text, set_rate

# Two frames of a light colour and two of a dark one are told apart in any coding.
LIT, DARK = 200, 60


@pytest.fixture
def edit(registered):
    """A saved-nowhere edit at 24 fps, 640 × 360, whose playblasts need no graphics driver."""
    scene = registered.context.scene
    scene.sequence_editor_create()
    set_rate(scene, 24)
    scene.render.resolution_x, scene.render.resolution_y = 640, 360
    scene.view_settings.view_transform = "Standard"
    scene.second_unit.playblast = "CYCLES"
    return scene


@pytest.fixture
def stage(registered):
    """A scene that is dark up to frame 10 and lit from there, seen by its camera."""
    stage = bpy.data.scenes.new("Bühne")
    stage.render.resolution_x, stage.render.resolution_y = 64, 36
    stage.render.engine, stage.cycles.samples = "CYCLES", 1
    stage.view_settings.view_transform = "Standard"
    camera = bpy.data.objects.new("Cam", bpy.data.cameras.new("Cam"))
    stage.collection.objects.link(camera)
    stage.camera = camera
    world = bpy.data.worlds.new("Light")
    if bpy.app.version < (5, 0, 0):
        world.use_nodes = True
    strength = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND").inputs["Strength"]
    for frame, value in ((9, 0.0), (10, 20.0)):
        strength.default_value = value
        strength.keyframe_insert("default_value", frame=frame)
    stage.world = world
    return stage


def references(scene):
    """Return what the edit's plan sends."""
    return [one for request in planned(scene).requests for one in request.references]


def planned(scene):
    return make_plan(build_shot_list(read_timeline(scene, "all")))


def rendered(scene, folder: Path, engine: str = "CYCLES", report=None) -> Path:
    """Return what the child Blender makes of the edit's only reference."""
    (request,) = write_libraries(planned(scene), folder, engine).requests
    (reference,) = request.references
    return render_source(reference.source, folder, report)


def lay_stage(scene, stage, first: int, length: int):
    """Lay frames of the stage, from ``first`` on, under a shot from frame 1 on."""
    strip = scene.sequence_editor.strips.new_scene("Blocking", stage, 1, 2 - first)
    if bpy.app.version >= (5, 1, 0):
        strip.left_handle = 1
    else:
        strip.frame_final_start = 1
    setattr(strip, RIGHT_HANDLE, 1 + length)
    lay_text(scene.sequence_editor, "SH010", "A lamp is lit.", 5, 1, length)
    return strip


def brightness(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(np.mean(frame.to_ndarray(format="gray"))) for frame in container.decode(video=0)]


def test_a_playblast_shows_exactly_the_frames_of_its_strip(edit, stage, tmp_path):
    lay_stage(edit, stage, 8, 4)
    movie = rendered(edit, tmp_path)
    assert [value > 128 for value in brightness(movie)] == [False, False, True, True]
    facts = probe(movie)
    assert (facts.rate.fraction, facts.codec, facts.pixel_format) == (Fraction(24), "h264", "yuv420p")
    assert PIXELS <= facts.width * facts.height <= PIXELS * 1.05


def test_a_scene_that_is_linked_from_another_file_is_rendered(registered, stage, tmp_path):
    """The child finds the other file from where the library lies, also when the edit knows it by a relative path."""
    _ = stage.view_layers[0].objects.active  # 5.2 crashes when it writes a scene that was never shown
    bpy.data.libraries.write(str(tmp_path / "set.blend"), {stage}, fake_user=True)
    bpy.ops.wm.read_factory_settings(use_empty=False)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    with bpy.data.libraries.load("//set.blend", link=True, relative=True) as (_, wanted):
        wanted.scenes = ["Bühne"]
    scene = bpy.context.scene
    scene.sequence_editor_create()
    lay_stage(scene, bpy.data.scenes["Bühne"], 8, 4)
    movie = rendered(scene, tmp_path / "made")
    assert [value > 128 for value in brightness(movie)] == [False, False, True, True]


def test_each_frame_that_the_child_has_rendered_is_told(edit, stage, tmp_path):
    told = []
    lay_stage(edit, stage, 8, 4)
    rendered(edit, tmp_path, report=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_still_is_one_picture(edit, stage, tmp_path):
    strip = lay_stage(edit, stage, 8, 4)
    strip.second_unit.still, strip.second_unit.role = True, "LAST_FRAME"
    picture = rendered(edit, tmp_path)
    assert picture.suffix == ".png"
    assert brightness(picture)[0] > 128


def test_a_strip_as_it_looks_has_its_effects_and_nothing_else_in_it(edit, tmp_path):
    Image.new("RGB", (640, 360), (100, 100, 100)).save(tmp_path / "grey.png")
    laid = edit.sequence_editor.strips.new_image("Grey", str(tmp_path / "grey.png"), 2, 1, fit_method="FIT")
    setattr(laid, RIGHT_HANDLE, 25)
    laid.modifiers.new("Brighter", "BRIGHT_CONTRAST").bright = 30
    laid.second_unit.as_it_looks = True
    lay_effect(edit.sequence_editor, "Over", "COLOR", 4, 1, 24).color = (0, 0, 0)
    lay_text(edit.sequence_editor, "SH010", "It glows.", 5, 1, 24)
    assert brightness(rendered(edit, tmp_path / "kept"))[0] > 150


def test_an_adjustment_as_it_looks_is_the_composite_under_it(edit, tmp_path):
    lay_effect(edit.sequence_editor, "Card", "COLOR", 1, 1, 4).color = (1, 1, 1)
    lay_effect(edit.sequence_editor, "Above", "COLOR", 4, 1, 4).color = (0, 0, 0)
    grade = lay_effect(edit.sequence_editor, "Grade", "ADJUSTMENT", 2, 1, 4)
    grade.second_unit.as_it_looks = True
    lay_text(edit.sequence_editor, "SH010", "White.", 5, 1, 4)
    assert [value > 200 for value in brightness(rendered(edit, tmp_path))] == [True] * 4


def test_the_same_is_rendered_once_and_anew_once_the_scene_changes(edit, stage, tmp_path):
    strip = lay_stage(edit, stage, 8, 4)
    strip.second_unit.still = True
    first = rendered(edit, tmp_path)
    made = first.stat().st_mtime_ns
    again = rendered(edit, tmp_path)
    stage.camera.data.lens = 20
    assert (again, made) == (first, again.stat().st_mtime_ns)
    assert rendered(edit, tmp_path) != first


def test_a_scene_without_a_camera_says_so(edit, stage, tmp_path):
    strip = lay_stage(edit, stage, 8, 4)
    strip.second_unit.still = True
    stage.camera = None
    with pytest.raises(MediaError, match="scene 'Bühne' has no camera"):
        rendered(edit, tmp_path)


def test_a_scene_that_was_never_on_screen_can_be_written(edit, stage, tmp_path):
    empty = bpy.data.scenes.new("Never shown")
    lay_stage(edit, empty, 8, 4)
    (request,) = write_libraries(planned(edit), tmp_path).requests
    assert [one.source.blend.is_file() for one in request.references] == [True]


def test_what_blender_left_no_file_for_says_what_to_do(edit, stage, tmp_path):
    lay_stage(edit, stage, 8, 4)
    (reference,) = references(edit)
    with pytest.raises(MediaError) as caught:
        render_source(reference.source, tmp_path)
    assert "Order it from Blender" in caught.value.remedy


@pytest.mark.skipif(sys.platform != "linux", reason="where the driver is looked for is known on Linux")
def test_without_a_graphics_driver_there_is_an_error_and_no_crash(edit, stage, tmp_path, monkeypatch):
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "/nowhere.json")
    monkeypatch.setenv("EGL_PLATFORM", "surfaceless")
    monkeypatch.delenv("DISPLAY", raising=False)
    strip = lay_stage(edit, stage, 8, 4)
    strip.second_unit.still = True
    with pytest.raises(MediaError) as caught:
        rendered(edit, tmp_path, "WORKBENCH")
    assert "need a graphics driver" in str(caught.value)
    assert "Choose Cycles for playblasts" in caught.value.remedy
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.skipif(
    not any(Path(folder).is_dir() and any(Path(folder).iterdir())
            for folder in ("/usr/share/glvnd/egl_vendor.d", "/etc/glvnd/egl_vendor.d")),
    reason="this machine has no graphics driver for Workbench",
)  # fmt: skip
def test_workbench_renders_in_the_child(edit, stage, tmp_path):
    strip = lay_stage(edit, stage, 8, 4)
    strip.second_unit.still = True
    try:
        picture = rendered(edit, tmp_path, "WORKBENCH")
    except MediaError as error:
        if getattr(bpy.app, "module", False):
            raise
        pytest.skip(f"this Blender has no screen and no driver for one: {error.message}")
    assert probe(picture).width > 640


def test_writing_the_library_changes_nothing_in_the_session(edit, stage, tmp_path):
    lay_stage(edit, stage, 8, 4)
    plan = planned(edit)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    before = [(block.name, block.users, block.use_fake_user) for block in bpy.data.user_map()]
    write_libraries(plan, tmp_path / "kept")
    assert before == [(block.name, block.users, block.use_fake_user) for block in bpy.data.user_map()]
    assert not bpy.data.is_dirty or bpy.app.version < (5, 0, 0)
