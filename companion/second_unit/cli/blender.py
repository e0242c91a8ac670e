"""Find a Blender to run one of the add-on's scripts in: the bpy module, one on the PATH, or the one that was named."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from second_unit.errors import SecondUnitError


def script_command(script: str, *arguments: str, blender: str | None = None) -> list[str]:
    """
    Return the command that runs ``addon/<script>`` in Blender, with nothing of the user's own start-up.

    Args:
        blender: an executable to use; None takes the bpy module where it can be imported, else ``blender`` on the PATH.

    Raises:
        SecondUnitError: there is no Blender, or this copy of the companion has no add-on beside it.
    """
    path = addon_folder() / script
    if blender is None and find_spec("bpy") is not None:
        return [sys.executable, str(path), "--", *arguments]
    found = shutil.which(blender or "blender")
    if found is None:
        raise SecondUnitError(
            f"There is no Blender called '{blender}'." if blender else "There is no Blender on this machine's PATH.",
            remedy="Name one with --blender, or install the module: pip install bpy.",
        )
    return [found, "-b", "--factory-startup", "--python-exit-code", "1", "--python", str(path), "--", *arguments]


def script_environment() -> dict[str, str]:
    """Return this process's environment with ``SECOND_UNIT_PACKAGES``: where a foreign Blender finds our packages."""
    packages = [str(Path(__file__).resolve().parents[2])]
    packages += [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    return {**os.environ, "SECOND_UNIT_PACKAGES": os.pathsep.join(packages)}


def addon_folder() -> Path:
    """
    Return the add-on's folder in the checkout that this companion runs from.

    Raises:
        SecondUnitError: this companion was installed alone.
    """
    folder = Path(__file__).resolve().parents[3] / "addon"
    if not (folder / "__init__.py").is_file():
        raise SecondUnitError(
            "This copy of Second Unit has no add-on beside it.", remedy="Run it from a checkout of the repository."
        )
    return folder
