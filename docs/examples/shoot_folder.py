"""
Shoot every .blend of a folder: ``blender -b --online-mode --python shoot_folder.py -- FOLDER SERVICE [ENDPOINT]``.

It may be stopped and run again: what was ordered is not ordered twice.
"""

import sys
from pathlib import Path

import bpy

try:
    from bl_ext.user_default.second_unit.shoot import shoot  # the installed extension
except ImportError:
    from addon.shoot import shoot  # a checkout of the repository

MOST = 20.0  # US dollars for each edit; beyond it nothing is ordered


def main(folder: Path, service: str, endpoint: str | None = None) -> int:
    """Shoot, place and save; return how many shots failed."""
    failed = 0
    for edit in sorted(folder.glob("*.blend")):
        bpy.ops.wm.open_mainfile(filepath=str(edit.resolve()))
        shooting = shoot(service=service, endpoint=endpoint, budget=MOST, resolution="480p")
        bpy.ops.wm.save_mainfile()
        for job in shooting.failed:
            sys.stderr.write(f"{edit.name}: {job.name}: {job.message}\n")
        failed += len(shooting.failed)
    return failed


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :]
    sys.exit(main(Path(words[0]), *words[1:]) > 0)
