"""The extension's manifest, judged by Blender's own tool."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import bpy

PROJECT = Path(__file__).parents[2]
MANIFEST = PROJECT / "blender_manifest.toml"


def _read(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_blenders_own_tool_finds_the_extension_valid(tmp_path):
    scripts = Path(bpy.utils.system_resource("SCRIPTS"))
    tool = scripts / "addons_core" / "bl_pkg" / "cli" / "blender_ext.py"
    root = tmp_path / "second_unit"
    shutil.copytree(PROJECT / "addon", root, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(MANIFEST, root)
    done = subprocess.run(
        [sys.executable, str(tool), "validate", str(root)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_manifest_and_the_package_agree_on_the_version_and_licence():
    manifest, project = _read(MANIFEST), _read(PROJECT / "pyproject.toml")["project"]
    assert manifest["version"] == project["version"]
    assert manifest["license"] == [f"SPDX:{project['license']}"]


def test_the_tested_blenders_are_those_that_the_manifest_admits():
    manifest = _read(MANIFEST)
    least, first_not = (
        tuple(map(int, manifest[key].split("."))) for key in ("blender_version_min", "blender_version_max")
    )
    assert least <= tuple(bpy.app.version) < first_not
