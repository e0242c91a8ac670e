"""What the scene's settings say of placing, in the words of those who do it."""

from __future__ import annotations

from typing import get_args

from addon.placing.placing_wishes import PlacingWishes, wishes_of
from addon.settings.properties import CUTS, SOUNDS
from second_unit.takes import Mode


def test_every_way_to_cut_is_one_that_conforming_knows(registered):
    scene = registered.context.scene
    found = set()
    for cut in CUTS:
        scene.second_unit.take_cut = cut[0]
        found.add(wishes_of(scene).cut)
    assert set(get_args(Mode)) == found


def test_sound_and_scratch_are_as_the_scene_says(registered):
    scene = registered.context.scene
    found = set()
    for sound in SOUNDS:
        scene.second_unit.take_sound = sound[0]
        found.add(wishes_of(scene).sound)
    scene.second_unit.mute_scratch = True
    assert found == {"keep", "mute", "replace"}
    assert wishes_of(scene).mute_scratch


def test_without_settings_all_is_as_usual(blender):
    assert PlacingWishes() == wishes_of(blender.context.scene)
