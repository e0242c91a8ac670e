"""A key typed into the preferences shoots, and is found nowhere but where its owner alone can read it."""

from __future__ import annotations

import stat

import pytest

from second_unit.rehearsal.running import rehearsing
from tests.extension.test_install import ENABLE

MARKED = "marked-key-0815-4711"

# The key is put together here, for it must not be found in a process's arguments either.
SHOOT = """
from importlib import import_module
root = "bl_ext.user_default.second_unit"
names = ("crew", "settings.errands", "shoot", "settings.typed_keys")
crew, errands, shoot, typed_keys = (import_module(f"{root}.{name}") for name in names)
key = "-".join(["marked", "key", "0815", "4711"])
preferences = bpy.context.preferences.addons[root].preferences
endpoint, folder = sys.argv[1], Path(sys.argv[2])

preferences.seedance_key = key
preferences.seedance_endpoint = endpoint
print("field", repr(preferences.seedance_key))
errands.wait()
print("source", typed_keys.source("seedance"))
bpy.ops.second_unit.try_service(service="seedance")
errands.wait()
print("told", typed_keys.told("seedance"))

bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
scene = bpy.context.scene
strips = scene.sequence_editor_create().strips
span = {"length": 96} if "length" in strips.bl_rna.functions["new_effect"].parameters.keys() else {"frame_end": 97}
strips.new_effect(name="SH010", type="TEXT", channel=1, frame_start=1, **span).text = "A door opens. Static. Creaks."
scene.second_unit.service, scene.second_unit.resolution = "seedance", "480p"
bpy.ops.wm.save_userpref()
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "edit.blend"), compress=False)

store, jobs = shoot.order(shoot.plan(scene, stretch="all"))
seen = []
for process in Path("/proc").iterdir():
    for name in ("cmdline", "environ"):
        try:
            told = (process / name).read_bytes() if process.name.isdigit() else b""
        except OSError:
            continue
        seen += [process.name + name] if key.encode() in told else []
print("processes", seen)
rows = crew.wait(store, jobs)
print("jobs", [(row.state, row.message) for row in rows.values()])
print("placed", len(shoot.place(scene, store, jobs)))
bpy.ops.wm.save_userpref()
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "edit.blend"), compress=False)
sys.stdout.flush()
os._exit(0)
"""


def test_a_typed_key_shoots_and_is_found_in_no_file_and_no_process(bare_blender, tmp_path):
    edit = tmp_path / "edit"
    edit.mkdir()
    with rehearsing(tmp_path / "rehearsal", bad_key="rehearsal") as studio:  # what is taken where there is no key
        said = bare_blender.run(ENABLE + SHOOT, studio.endpoint(), edit)
        assert len(studio.orders()) == 1, said
    assert "field ''" in said
    assert "takes the key" in said, said
    assert "processes []" in said
    assert "placed 2" in said, said
    assert MARKED not in said

    written = [path for home in (bare_blender.home, edit) for path in home.rglob("*") if path.is_file()]
    holding = [path for path in written if MARKED.encode() in path.read_bytes()]
    assert {"userpref.blend", "edit.blend", "jobs.sqlite3", "worker.log"} <= {path.name for path in written}
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in holding] == [("keys.json", 0o600)]
    assert "extensions" in holding[0].parts  # the extension's own folder


@pytest.mark.parametrize("online", ["0", "1"])
def test_without_online_access_a_service_on_the_web_is_not_asked(bare_blender, online):
    said = bare_blender.run(ENABLE + OFFLINE, online)
    assert f"may ask {online == '1'}" in said, said


OFFLINE = """
from importlib import import_module
preferences = import_module("bl_ext.user_default.second_unit.settings.preferences")
bpy.context.preferences.system.use_online_access = sys.argv[1] == "1"
bpy.context.preferences.addons["bl_ext.user_default.second_unit"].preferences.seedance_endpoint = ""
print("may ask", preferences.may_ask("seedance"), bpy.ops.second_unit.try_service.poll())
sys.stdout.flush()
os._exit(0)
"""
