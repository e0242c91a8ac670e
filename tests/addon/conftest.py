"""
Blender, as it comes out of the box, for each test; nothing stays registered at exit (Blender 4.5 would hang).

Where Blender's module isn't installed (there is one for Python 3.11 and for 3.13), these tests are left out, and the
report says so.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

if find_spec("bpy"):
    import bpy

    from addon.settings import properties
    from tests.addon.laying import set_rate
    from tests.addon.media import write_picture, write_ramp
else:
    collect_ignore_glob = ["*"]

EXIT_STATUS = pytest.StashKey[int]()


def pytest_report_header() -> list[str]:
    """Say which Blender is tested, or that none is."""
    version = bpy.app.version_string if find_spec("bpy") else "not installed, so tests/addon is left out"
    return [f"blender: {version}"]


def pytest_sessionfinish(session, exitstatus) -> None:
    """Remember how it went."""
    session.config.stash[EXIT_STATUS] = exitstatus


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config) -> None:
    """
    Leave without Blender 4.5's own end, which waits for ever for the thread that closes its sound device.

    It does so when Python, on its way out, doesn't free the bpy module, and sound was used: pytest holds references to
    it. That Second Unit itself leaves nothing behind is tested in processes of their own (test_registration.py).
    """
    if find_spec("bpy") and bpy.app.version < (5, 0, 0):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(config.stash.get(EXIT_STATUS, 0)))


@pytest.fixture
def blender():
    """A session fresh from the factory: one scene, no strips."""
    bpy.ops.wm.read_factory_settings(use_empty=False)
    return bpy


@pytest.fixture
def scene(blender):
    """Its scene, with a sequencer."""
    scene = blender.context.scene
    scene.sequence_editor_create()
    return scene


@pytest.fixture
def registered(blender):
    """A fresh session in which Second Unit's settings are registered."""
    properties.register()
    yield blender
    properties.unregister()


@pytest.fixture
def edit(scene):
    """The strips of an edit at 30 fps."""
    set_rate(scene, 30)
    return scene.sequence_editor


@pytest.fixture(scope="session")
def ramp(tmp_path_factory) -> Path:
    """Four seconds of sound."""
    return write_ramp(tmp_path_factory.mktemp("sound") / "ramp.wav", 4)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory) -> Path:
    """A folder with five pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    write_picture(folder / "p0.png")
    for number in range(1, 5):
        shutil.copy(folder / "p0.png", folder / f"p{number}.png")
    return folder
