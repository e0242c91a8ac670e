"""
Build the extension: a zip a platform, each checked, and a repository beside them that Blender can update from.

    uv run python -m tools.build_extension                          # all platforms, into dist/
    uv run python -m tools.build_extension --platform linux-x64
    uv run python -m tools.build_extension --running /usr/bin/blender   # for a Blender with a Python of its own

A zip holds the add-on at its root, and in ``wheels/`` the companion and everything it needs, unmodified, for the
Pythons of Blender 4.5 to 5.2. What was fetched is kept in ``build/wheels``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from importlib.util import find_spec
from pathlib import Path

from tools.check_extension import check_extension
from tools.extension_wheels import PLATFORMS, PROJECT, PYTHONS, build_companion, fetch_wheels

MANIFEST = PROJECT / "blender_manifest.toml"
# Scripts of a checkout's `second-unit demo`; an installed extension has its own way to the demo.
LEFT_OUT = ("demo.py", "demo_run.py")
# The same files make the same zip: they all get this time, the first that a zip can name.
_TIME = 315_619_200


def build_extension(platform: str, out: Path, pythons: tuple[str, ...] = PYTHONS) -> Path:
    """
    Build and check the zip of a platform; return it.

    Raises:
        SystemExit: Blender's tool or our own check finds fault with it.
    """
    version = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["version"]
    extra = "".join(f"-py{python}" for python in pythons if python not in PYTHONS)
    made = out / f"second_unit-{version}-{platform}{extra}.zip"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "second_unit")
        lay_source(root, platform, pythons)
        blender_tool("build", "--source-dir", str(root), "--output-filepath", str(made))
    blender_tool("validate", str(made))
    faults = check_extension(made, pythons)
    if faults:
        raise SystemExit("\n".join([f"{made.name} must not be released:", *faults]))
    return made


def lay_source(root: Path, platform: str, pythons: tuple[str, ...] = PYTHONS) -> None:
    """Lay what a zip holds into a folder: the add-on, the licence, the wheels, and the manifest that names them."""
    shutil.copytree(PROJECT / "addon", root, ignore=shutil.ignore_patterns("__pycache__", *LEFT_OUT))
    shutil.copy(PROJECT / "LICENSE", root)
    (root / "wheels").mkdir()
    with tempfile.TemporaryDirectory() as folder:
        for wheel in (build_companion(Path(folder)), *fetch_wheels(PLATFORMS[platform], pythons)):
            shutil.copy(wheel, root / "wheels")
    wheels = sorted(f"./wheels/{wheel.name}" for wheel in (root / "wheels").iterdir())
    (root / MANIFEST.name).write_text(fill_manifest(platform, wheels), encoding="utf-8")
    for path in root.rglob("*"):
        os.utime(path, (_TIME, _TIME))


def fill_manifest(platform: str, wheels: list[str]) -> str:
    """Return the manifest with the platform and the wheels of one zip."""
    head, table, tail = MANIFEST.read_text(encoding="utf-8").partition("\n[permissions]")
    lines = [f'platforms = ["{platform}"]', "wheels = [", *(f'    "{wheel}",' for wheel in wheels), "]", ""]
    return "\n".join([head, *lines]) + table + tail


def build_repository(out: Path) -> Path:
    """Write ``index.json`` (for Blender) and ``index.html`` (for people) beside the zips, for any web server."""
    blender_tool("server-generate", "--repo-dir", str(out), "--html")
    return out / "index.json"


def blender_tool(*arguments: str) -> str:
    """Run Blender's own tool for extensions, which needs no Blender, and return what it said."""
    module = find_spec("bpy")
    scripts = Path(module.origin).parent if module and module.origin else Path()
    tool = next(scripts.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py"), None)
    if tool is None:
        raise SystemExit("Blender's tool comes with its Python module, which isn't installed: uv sync.")
    done = subprocess.run([sys.executable, str(tool), *arguments], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"blender_ext {' '.join(arguments)}\n{done.stdout}{done.stderr}")
    return done.stdout


def python_of(blender: str) -> str:
    """Return the version of a Blender's Python, such as ``3.14``."""
    asks = "import sys; print('python', '%d.%d' % sys.version_info[:2])"
    done = subprocess.run(
        [blender, "-b", "--factory-startup", "--python-expr", asks], check=True, capture_output=True, text=True
    )
    return next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("python "))


def this_platform() -> str:
    """Return Blender's name of the machine this runs on."""
    import platform

    system = {"Darwin": "macos"}.get(platform.system(), platform.system().lower())
    return f"{system}-{'arm64' if platform.machine() in {'arm64', 'aarch64'} else 'x64'}"


def main(arguments: list[str]) -> None:
    """Build what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tools.build_extension", description=__doc__.splitlines()[1])
    parser.add_argument("--platform", action="append", choices=PLATFORMS, help="only this one; may be said again")
    parser.add_argument("--running", metavar="BLENDER", help="a zip for this Blender's own Python, on this machine")
    parser.add_argument("--out", type=Path, default=PROJECT / "dist", help="where zips go")
    told = parser.parse_args(arguments)
    if told.running:
        # In a folder of its own: a repository lists each platform once.
        made = build_extension(this_platform(), told.out / "running", (*PYTHONS, python_of(told.running)))
        print(f"{made}: {made.stat().st_size / 1e6:.1f} MB")
        return
    for name in told.platform or PLATFORMS:
        made = build_extension(name, told.out)
        print(f"{made}: {made.stat().st_size / 1e6:.1f} MB", flush=True)
    print(build_repository(told.out))


if __name__ == "__main__":
    main(sys.argv[1:])
