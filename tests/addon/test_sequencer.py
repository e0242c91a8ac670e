"""Asking Blender's sequencer: the right scene, a borrowed area that is given back, times under either name."""

from __future__ import annotations

import warnings

import bpy
import pytest

from addon import sequencer
from addon.sequencer import sequencer_context, sequencer_scene


def _session() -> list[object]:
    window = bpy.context.window_manager.windows[0]
    return [
        [(area.type, area.ui_type) for area in window.screen.areas],
        window.scene,
        window.view_layer.name,
        getattr(window.workspace, "sequencer_scene", None),
    ]


def test_without_a_choice_of_the_workspace_the_active_scene_is_edited(scene):
    assert scene == sequencer_scene(bpy.context)


@pytest.mark.skipif("sequencer_scene" not in bpy.types.WorkSpace.bl_rna.properties, reason="from Blender 5.0 on")
def test_the_workspaces_own_choice_comes_before_the_active_scene(scene):
    edit = bpy.data.scenes.new("Edit")
    bpy.context.workspace.sequencer_scene = edit
    assert edit == sequencer_scene(bpy.context)


def test_an_operator_reaches_the_scene_asked_for_even_if_another_is_active(scene):
    edit = bpy.data.scenes.new("Edit")
    edit.sequence_editor_create()
    more = {"move_strips": False} if bpy.app.version >= (5, 0, 0) else {}
    length = {"length": 30} if bpy.app.version >= (5, 0, 0) else {"frame_end": 31}
    with sequencer_context(edit):
        bpy.ops.sequencer.effect_strip_add(type="COLOR", frame_start=1, channel=1, **length, **more)
    assert (len(sequencer.strips_all(scene)), len(sequencer.strips_all(edit))) == (0, 1)


def test_the_borrowed_area_is_given_back(scene):
    edit = bpy.data.scenes.new("Edit")
    scene.view_layers.new("Second")
    bpy.context.window.view_layer = scene.view_layers["Second"]
    before = _session()
    with sequencer_context(edit) as area:
        assert area.type == "SEQUENCE_EDITOR"
    assert before == _session()


def test_the_borrowed_area_is_given_back_after_an_error(scene):
    edit = bpy.data.scenes.new("Edit")
    before = _session()
    with pytest.raises(ZeroDivisionError), sequencer_context(edit):
        _ = 1 / 0
    assert before == _session()


def test_a_preview_is_turned_into_a_timeline_and_back(scene):
    area = bpy.context.window.screen.areas[0]
    for other in bpy.context.window.screen.areas:
        other.type = "CONSOLE"
    area.type = "SEQUENCE_EDITOR"
    area.spaces.active.view_type = "PREVIEW"
    with sequencer_context(scene) as borrowed:
        assert ("SEQUENCER", area) == (borrowed.spaces.active.view_type, borrowed)
    assert area.spaces.active.view_type == "PREVIEW"


def test_strip_times_are_read_under_the_name_this_version_likes(scene):
    strip = scene.sequence_editor.strips.new_effect("Slate", "COLOR", 1, 10, **sequencer_length(10, 25))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        times = f"{sequencer.left_handle(strip)} to {sequencer.right_handle(strip)}, {sequencer.duration(strip)} long"
    assert times == "10 to 35, 25 long"


def sequencer_length(start: int, length: int) -> dict[str, int]:
    """The argument that gives a new effect its length, as this version calls it."""
    named = bpy.types.StripsTopLevel.bl_rna.functions["new_effect"].parameters
    return {"length": length} if "length" in named else {"frame_end": start + length}
