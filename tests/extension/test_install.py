"""The zip, installed where nothing of ours is: everything it needs, it brought along."""

from __future__ import annotations

# The module, other than the program, doesn't read the profile by itself, and so enables nothing.
ENABLE = """
import bpy, addon_utils, os, sys
from pathlib import Path
assert addon_utils.enable("bl_ext.user_default.second_unit", default_set=True)
"""

SHOOT = """
folder = Path(sys.argv[1])
root = "bl_ext.user_default.second_unit"
from importlib import import_module
import second_unit, pydantic
local = str(Path(bpy.utils.user_resource("EXTENSIONS")) / ".local")
print("companion", second_unit.__file__.startswith(local), pydantic.__file__.startswith(local))
from second_unit.animatic.sample_edit import MANIFEST
demo = import_module(root + ".demo_open")
shoot = import_module(root + ".shoot")
demo.open_demo_edit(folder)
scene = bpy.context.scene
shooting = shoot.shoot(scene, stretch="all")
print("jobs", [job.state.value for job in shooting.jobs])
print("placed", len(shooting.placed))
heavy = sorted({"av", "httpx", "obstore"} & set(sys.modules))
print("heavy", heavy, flush=True)
os._exit(0)
"""

MODULES = """
import traceback
from importlib import import_module
root = import_module("bl_ext.user_default.second_unit")
failed = []
home = Path(root.__file__).parent
for path in sorted(home.rglob("*.py")):
    if path.stem not in {"__init__", "playblast_job"}:
        try:
            import_module(".".join([root.__name__, *path.relative_to(home).with_suffix("").parts]))
        except Exception:
            failed.append(path.stem + traceback.format_exc())
print("failed", failed, flush=True)
os._exit(0)
"""


def test_an_edit_is_planned_shot_and_placed_where_nothing_else_is_installed(bare_blender, tmp_path):
    said = bare_blender.run(ENABLE + SHOOT, tmp_path / "demo")
    assert "companion True True" in said, said
    assert "placed 16" in said, said
    assert "heavy []" in said, said


def test_every_module_of_the_addon_loads_as_an_extension(bare_blender):
    assert "failed []" in bare_blender.run(ENABLE + MODULES)
