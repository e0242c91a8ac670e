"""The keys of Second Unit collide with none of Blender's own in the Sequencer."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import bpy
import pytest

from addon.panel import keymap

# The keymaps that Blender asks, one after another, for a key pressed over the timeline.
ASKED = (
    "Sequencer",
    "Video Sequence Editor",
    "Frames",
    "Markers",
    "View2D",
    "View2D Buttons List",
    "User Interface",
    "Screen",
    "Screen Editing",
    "Window",
)
HELD = ("ctrl", "shift", "alt", "oskey")


def _asked(name: str) -> bool:
    return name in ASKED or name.startswith("Sequencer")


@pytest.fixture(scope="module", params=["blender_default", "industry_compatible_data"])
def taken(request):
    """What Blender's keymaps use, as ``(key, what is held)`` with the operators' names."""
    scripts = Path(bpy.utils.system_resource("SCRIPTS"))
    file = scripts / "presets" / "keyconfig" / "keymap_data" / f"{request.param}.py"
    spec = spec_from_file_location(request.param, file)
    module = sys.modules[request.param] = module_from_spec(spec)
    spec.loader.exec_module(module)
    keys = {}
    for name, _, content in module.generate_keymaps(module.Params(use_mouse_emulate_3_button=False)):
        for operator, event, _ in content["items"] if _asked(name) else ():
            if not event.get("any"):
                held = frozenset(each for each in HELD if event.get(each))
                keys.setdefault((event["type"], held), set()).add(f"{name}: {operator}")
    yield keys
    del sys.modules[request.param]


@pytest.mark.parametrize(("operator", "key", "held"), keymap.KEYS, ids=[each[0] for each in keymap.KEYS])
def test_a_key_is_free_in_blenders_own_keymaps(taken, operator, key, held):
    assert set() == taken.get((key, frozenset(held)), set())


def test_blenders_own_keys_are_found(taken):
    """What the test above rests on sees a key that is taken: saving, on Ctrl S."""
    assert "Window: wm.save_mainfile" in taken["S", frozenset({"ctrl"})]


def test_all_keys_are_added_once_and_taken_away_again(blender):
    config = bpy.context.window_manager.keyconfigs.addon
    keymap.register()
    added = [item.idname for item in config.keymaps["Sequencer"].keymap_items]
    keymap.unregister()
    left = [item.idname for item in config.keymaps["Sequencer"].keymap_items]
    assert ([each[0] for each in keymap.KEYS], []) == (added, left)
