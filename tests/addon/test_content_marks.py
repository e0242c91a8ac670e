"""Marks of what Blender would render: the same while nothing that is seen changes, another as soon as it does."""

from __future__ import annotations

import bpy
import pytest

from addon.reading.content_marks import scene_mark, strip_mark
from tests.addon.laying import lay_effect


@pytest.fixture
def block(scene):
    """The cube of Blender's own start-up scene, moving."""
    block = bpy.data.objects["Cube"]
    for frame, x in ((1, 0), (50, 4)):
        block.location.x = x
        block.keyframe_insert("location", frame=frame)
    return block


def shade(block):
    nodes = block.active_material.node_tree.nodes
    next(node for node in nodes if node.type == "BSDF_PRINCIPLED").inputs["Roughness"].default_value = 0.77


def key(block):
    block.location.x = 9
    block.keyframe_insert("location", frame=80)


CHANGES = {
    "vertex": lambda block: setattr(block.data.vertices[0].co, "x", 3),
    "key": key,
    "turned": lambda block: setattr(block.rotation_euler, "x", 1),
    "material": shade,
    "modifier": lambda block: block.modifiers.new("Smooth", "SUBSURF"),
    "hidden": lambda block: setattr(block, "hide_render", True),
    "lens": lambda _: setattr(bpy.data.cameras["Camera"], "lens", 20),
    "light": lambda _: setattr(bpy.data.lights["Light"], "energy", 3),
    "removed": lambda block: block.users_collection[0].objects.unlink(block),
    "look": lambda _: setattr(bpy.context.scene.view_settings, "exposure", 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_seen_changes_the_mark(scene, block, change):
    before = scene_mark(scene)
    CHANGES[change](block)
    assert scene_mark(scene) != before


def test_where_the_editor_looks_does_not_change_the_mark(scene, block):
    before = scene_mark(scene)
    scene.frame_set(30)
    block.select_set(False)
    bpy.context.view_layer.objects.active = None
    assert scene_mark(scene) == before


def test_the_mark_is_the_same_in_another_session(scene, block, tmp_path):
    before = scene_mark(scene)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    saved = scene_mark(scene)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "edit.blend"))
    assert (saved, scene_mark(bpy.context.scene)) == (before, before)


def test_how_a_strip_looks_changes_its_mark(scene):
    card = lay_effect(scene.sequence_editor, "Card", "COLOR", 1, 1, 24)
    marks = [strip_mark(card)]
    for change in (
        lambda: setattr(card, "color", (1, 0, 0)),
        lambda: setattr(card.transform, "scale_x", 2),
        lambda: card.modifiers.new("Brighter", "BRIGHT_CONTRAST"),
        lambda: setattr(card.modifiers[0], "bright", 10),
        lambda: card.keyframe_insert("blend_alpha", frame=3),
    ):
        change()
        marks.append(strip_mark(card))
    assert len(set(marks)) == 6


def test_the_frame_that_is_looked_at_does_not_change_a_strips_mark(scene):
    card = lay_effect(scene.sequence_editor, "Card", "COLOR", 1, 1, 24)
    for frame, alpha in ((1, 0.0), (20, 1.0)):
        card.blend_alpha = alpha
        card.keyframe_insert("blend_alpha", frame=frame)
    before = strip_mark(card)
    scene.frame_set(10)
    assert strip_mark(card) == before
