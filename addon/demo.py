"""
The demo's Blender side, run as a script by ``second-unit demo``: lay or open an edit, shoot it, place it, render it.

It prints the JSON lines of ``second_unit.cli.lines``; whatever else Blender prints is no concern of the demo's.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def _find_packages() -> None:
    """Let a foreign Blender find the add-on's folder and the companion with what it needs."""
    root = str(Path(__file__).resolve().parents[1])
    packages = os.environ.get("SECOND_UNIT_PACKAGES", "").split(os.pathsep)
    # Not this script's own folder: its modules are a package's, and their names are common ones.
    sys.path[:] = [path for path in sys.path if Path(path or ".").resolve() != Path(root, "addon")]
    sys.path[:0] = [path for path in (root, *packages) if path and path not in sys.path]


def main(arguments: list[str]) -> None:
    """Run the demo's Blender side."""
    parser = argparse.ArgumentParser(prog="demo.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--run", type=int, required=True)
    parser.add_argument("--open-with", type=Path)
    parser.add_argument("--sync-pops", action="store_true")
    parser.add_argument("--service", default="animatic")
    parser.add_argument("--endpoint")
    told = parser.parse_args(arguments)

    import addon
    from addon.demo_run import run_demo

    addon.register()
    try:
        run_demo(told)
    finally:
        addon.unregister()  # bpy 4.5 as a module hangs at its end where anything stays registered


if __name__ == "__main__":
    _find_packages()
    code = 0
    try:
        main(sys.argv[sys.argv.index("--") + 1 :])
    except SystemExit as ended:
        code = int(ended.code or 0)
    sys.stdout.flush()
    # Not sys.exit: bpy 4.5 as a module waits for its sound thread for ever once sound was used.
    os._exit(code)
