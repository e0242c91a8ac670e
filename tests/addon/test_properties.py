"""Settings on scenes and strips."""

from __future__ import annotations

from addon.settings import properties
from second_unit.timeline import Prompt, Role


def test_the_roles_are_those_of_the_timeline():
    offered = [identifier for identifier, *_ in properties.ROLES]
    assert offered == ["AUTO", *(role.name for role in Role)]


def test_the_strips_fields_are_those_of_a_prompt():
    fields = set(properties.SecondUnitStripSettings.__annotations__)
    assert set(Prompt.model_fields) <= fields


def test_settings_are_kept_in_the_blend_and_back_after_loading(registered, tmp_path):
    blender = registered
    blender.context.scene.second_unit.look = "16 mm"
    blender.context.scene.second_unit.cast.add().name = "ada"
    blender.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    blender.ops.wm.read_factory_settings()
    blender.ops.wm.open_mainfile(filepath=str(tmp_path / "edit.blend"))
    settings = blender.context.scene.second_unit
    assert (settings.look, settings.cast[0].name) == ("16 mm", "ada")


def test_settings_survive_the_add_on_being_turned_off_and_on(registered):
    registered.context.scene.second_unit.look = "16 mm"
    properties.unregister()
    properties.register()
    assert registered.context.scene.second_unit.look == "16 mm"
