"""Registering: it can be undone without a trace, and it loads nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import bpy
import pytest

import addon

PROJECT = Path(__file__).parents[2]
# Blender's own kinds of class that an add-on may add to.
KINDS = ("Panel", "Operator", "Menu", "UIList", "Header", "PropertyGroup", "AddonPreferences", "Gizmo", "KeyingSetInfo")


def _subclasses(kind: type) -> set[str]:
    found = {each.__qualname__ for each in kind.__subclasses__() if "bl_rna" in vars(each)}
    return found.union(*(_subclasses(each) for each in kind.__subclasses__()))


def _handlers() -> dict[str, list[str]]:
    named = {name: getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers)}
    return {name: [repr(each) for each in value] for name, value in named.items() if isinstance(value, list)}


def _menus() -> dict[str, int]:
    """How many functions draw in each of Blender's menus and headers."""
    drawn = {name: getattr(getattr(bpy.types, name), "draw", None) for name in dir(bpy.types)}
    # Once something was added, Blender keeps its own function in the list too, for good.
    return {name: len(getattr(draw, "_draw_funcs", (draw,))) for name, draw in drawn.items() if draw}


def _keymaps() -> dict[str, int]:
    keyconfigs = bpy.context.window_manager.keyconfigs
    configs = [config for config in (keyconfigs.addon, keyconfigs.default) if config]
    keymaps = {f"{config.name}/{keymap.name}": keymap for config in configs for keymap in config.keymaps}
    # A keymap that was asked for stays, empty.
    return {name: len(keymap.keymap_items) for name, keymap in keymaps.items() if len(keymap.keymap_items)}


def _blender() -> dict[str, object]:
    """Everything in Blender that an add-on may leave something in."""
    return {
        "types": set(dir(bpy.types)),
        "operators": {f"{room}.{name}" for room in dir(bpy.ops) for name in dir(getattr(bpy.ops, room))},
        "properties": {
            owner: set(getattr(bpy.types, owner).bl_rna.properties.keys())
            for owner in ("Scene", "Strip", "WindowManager", "WorkSpace", "Screen", "AddonPreferences")
        },
        "handlers": _handlers(),
        "menus": _menus(),
        "keymaps": _keymaps(),
        # Last, for Blender makes some of its own classes only when they are looked at.
        "classes": {kind: _subclasses(getattr(bpy.types, kind)) for kind in KINDS},
    }


def test_registering_and_unregistering_ten_times_leaves_blender_as_it_was(blender):
    before = _blender()
    for _ in range(10):
        addon.register()
        addon.unregister()
    after = _blender()
    assert before == after


def test_registering_adds_something_to_see(blender):
    before = _blender()
    addon.register()
    during = _blender()
    addon.unregister()
    assert before != during


def _python(program: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(str(path) for path in (PROJECT, PROJECT / "companion"))
    environment = os.environ | {"PYTHONPATH": paths}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program], check=False, capture_output=True, text=True, env=environment
    )


@pytest.mark.parametrize("heavy", ["pydantic", "av", "httpx", "numpy", "PIL", "sqlite3"])
def test_registering_imports_nothing_heavy(heavy, imported_by_registering):
    assert heavy not in imported_by_registering


@pytest.fixture(scope="module")
def imported_by_registering() -> set[str]:
    """The modules that register() loads into a fresh Blender, beyond what Blender itself had loaded."""
    done = _python(
        "import bpy, sys; before = set(sys.modules); import addon; addon.register(); "
        "print('\\n'.join(set(sys.modules) - before)); addon.unregister()"
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_a_process_that_unregistered_ends(blender):
    """Blender 4.5 hangs at exit while anything is registered."""
    done = _python("import bpy, addon; addon.register(); addon.unregister()")
    assert (done.returncode, done.stderr) == (0, "")
