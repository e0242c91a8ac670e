"""The extension as people get it: the zip, built for this machine, and a Blender that has nothing else of ours."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.extension.bare import BareBlender

if not find_spec("bpy"):
    collect_ignore_glob = ["*"]


@pytest.fixture(scope="session")
def extension_zip(tmp_path_factory) -> Path:
    """The zip for this machine; its wheels are fetched unless they were before."""
    from tools.build_extension import build_extension, this_platform

    try:
        return build_extension(this_platform(), tmp_path_factory.mktemp("dist"))
    except SystemExit as error:
        if any(word in str(error).lower() for word in ("connect", "resolution", "network", "timed out")):
            pytest.skip(f"The extension's wheels aren't here, and no package registry can be reached: {error}")
        raise


@pytest.fixture(scope="session")
def bare_blender(extension_zip, tmp_path_factory) -> BareBlender:
    """A Blender in which the extension was installed from its zip and enabled."""
    blender = BareBlender(tmp_path_factory.mktemp("bare"))
    said = blender.run(INSTALL, extension_zip)
    assert "installed" in said, said
    return blender


INSTALL = """
import sys, bpy
bpy.ops.extensions.package_install_files(repo="user_default", filepath=sys.argv[-1], enable_on_install=True)
bpy.ops.wm.save_userpref()
print("installed", bpy.context.preferences.addons["bl_ext.user_default.second_unit"].module, flush=True)
import os; os._exit(0)
"""
