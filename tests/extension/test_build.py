"""The zips: each holds every wheel that its platform and its Pythons need, and the check would notice if it didn't."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from tools.build_extension import LEFT_OUT, PROJECT, blender_tool, build_extension, build_repository
from tools.check_extension import check_extension
from tools.extension_wheels import PLATFORMS, PYTHONS, Target


def names(path: Path) -> set[str]:
    with ZipFile(path) as file:
        return set(file.namelist())


def without(path: Path, left_out: str, to: Path) -> Path:
    """Return a copy of a zip whose wheel of that name is gone, from its manifest too."""
    with ZipFile(path) as file, ZipFile(to, "w", ZIP_STORED) as copy:
        for name in file.namelist():
            content = file.read(name)
            if name == "blender_manifest.toml":
                lines = content.decode().splitlines()
                content = "\n".join(line for line in lines if not fnmatch(line, f"*/{left_out}.whl*")).encode()
            if not fnmatch(name, f"wheels/{left_out}.whl"):
                copy.writestr(name, content)
    return to


def test_the_zip_of_this_machine_may_be_released(extension_zip):
    assert check_extension(extension_zip) == []


def test_the_addon_is_at_its_root_without_what_belongs_to_a_checkout(extension_zip):
    here = {path.relative_to(PROJECT / "addon").as_posix() for path in (PROJECT / "addon").rglob("*.py")}
    assert {name for name in names(extension_zip) if name.endswith(".py")} == here - set(LEFT_OUT)


def test_its_manifest_says_why_it_wants_the_network_and_files(extension_zip):
    with ZipFile(extension_zip) as file:
        told = tomllib.loads(file.read("blender_manifest.toml").decode())
    assert set(told["permissions"]) == {"network", "files"}
    assert len(told["platforms"]) == 1


@pytest.mark.parametrize(
    ("wheel", "says"),
    [
        ("pydantic_core-*-cp313-*", "with Python 3.13: pydantic-core"),
        ("av-*", "with Python 3.11: av"),
        ("httpx-*", "httpx"),
        ("second_unit-*", "second-unit"),
    ],
)
def test_a_zip_that_lacks_a_wheel_is_not_released(extension_zip, tmp_path, wheel, says):
    lacking = without(extension_zip, wheel, tmp_path / extension_zip.name)
    assert blender_tool("validate", str(lacking)) is not None  # Blender's own tool doesn't mind
    assert any(says in fault for fault in check_extension(lacking)), check_extension(lacking)


@pytest.mark.parametrize(
    ("wheel", "fits"),
    [
        ("av-18.1.0-cp311-abi3-manylinux_2_28_x86_64.whl", {("linux-x64", "3.11"), ("linux-x64", "3.13")}),
        ("x-1.0-cp313-abi3-win_amd64.whl", {("windows-x64", "3.13")}),
        ("x-1.0-cp311-cp311-win_amd64.whl", {("windows-x64", "3.11")}),
        ("x-1.0-cp313-cp313-manylinux_2_34_x86_64.whl", set()),
        ("x-1.0-cp313-cp313-musllinux_1_2_x86_64.whl", set()),
        ("x-1.0-cp311-abi3-macosx_14_0_arm64.whl", {("macos-arm64", "3.11"), ("macos-arm64", "3.13")}),
        ("x-1.0-cp313-cp313-macosx_10_13_universal2.whl", {("macos-arm64", "3.13"), ("macos-x64", "3.13")}),
        ("x-1.0-py3-none-any.whl", {(platform, python) for platform in PLATFORMS for python in PYTHONS}),
    ],
)
def test_wheels_fit_where_pip_would_install_them(wheel, fits):
    targets = [Target(platform, python) for platform in PLATFORMS.values() for python in PYTHONS]
    assert {(one.platform.name, one.python) for one in targets if one.fitness(wheel) is not None} == fits


def test_a_repository_lists_the_zip_for_blender(extension_zip, tmp_path):
    shutil.copy(extension_zip, tmp_path)
    listed = json.loads(build_repository(tmp_path).read_text())["data"]
    assert [one["archive_url"] for one in listed] == [f"./{extension_zip.name}"]
    assert sorted(listed[0]["python_versions"]) == ["3.11", "3.13"]
    assert listed[0]["archive_size"] == extension_zip.stat().st_size


def test_the_same_files_make_the_same_zip(extension_zip, tmp_path):
    (platform,) = [name for name in PLATFORMS if name in extension_zip.name]
    assert build_extension(platform, tmp_path).read_bytes() == extension_zip.read_bytes()


@pytest.mark.skipif(
    "SECOND_UNIT_ALL_PLATFORMS" not in os.environ,
    reason="Fetches 150 MB: set SECOND_UNIT_ALL_PLATFORMS=1, as a release does.",
)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_has_a_zip_that_may_be_released(platform, tmp_path):
    assert check_extension(build_extension(platform, tmp_path)) == []


def test_the_check_is_a_command(extension_zip):
    done = subprocess.run(
        [sys.executable, "-m", "tools.check_extension", str(extension_zip)],
        cwd=PROJECT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, "0 faults" in done.stdout) == (0, True)
