"""The whole line, through the doors that users come in by: Blender, the worker's process, the store, the files."""

from __future__ import annotations

import os
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest

if find_spec("bpy"):
    import bpy

    import addon
else:
    collect_ignore_glob = ["*"]

REAL_MEDIA = Path(__file__).resolve().parents[3] / "shared" / "media"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of its own for the store, its lock and its log."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SECOND_UNIT_HOME", str(folder))
    yield folder
    _send_home(folder)


def _send_home(folder: Path) -> None:
    """End the workers, which otherwise wait half a minute for more to do: also one that only just started."""
    from second_unit.jobs.folders import lock_path
    from second_unit.jobs.lock import is_held, read_holder
    from second_unit.jobs.starting import _started

    for worker in _started:
        if worker.poll() is None:
            worker.terminate()
    for worker in _started:
        worker.wait(timeout=30)
    store = folder / "jobs.sqlite3"
    if is_held(store):
        os.kill(read_holder(lock_path(store))["pid"], signal.SIGTERM)


@pytest.fixture
def scene(tmp_path, home):
    """An empty, saved edit in a Blender with Second Unit registered; 640 × 360, so that it renders quickly."""
    bpy.ops.wm.read_factory_settings(use_empty=False)
    addon.register()
    try:
        edit = bpy.context.scene
        edit.sequence_editor_create()
        edit.render.resolution_x, edit.render.resolution_y = 640, 360
        edit.view_settings.view_transform = "Standard"
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
        yield bpy.context.scene
    finally:
        addon.unregister()


@pytest.fixture
def real_media():
    """Real footage, photographs and sound, where they are."""
    if not (REAL_MEDIA / "rabbit.mp4").is_file():
        pytest.skip("the real footage isn't beside the project (shared/media)")
    return REAL_MEDIA
