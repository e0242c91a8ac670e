"""
Python beside Blender: the command that runs it, and what it needs to find.

Blender's own Python runs the worker, so that the wheels the extension brought along fit.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def python_command() -> tuple[str, ...]:
    """Return the command that runs Blender's Python; in Blender and in the bpy module alike that is this one's."""
    return (sys.executable,)


def child_environment() -> dict[str, str]:
    """
    Return this process's environment with a PYTHONPATH that finds the companion and its dependencies.

    Blender adds the folders of extensions' wheels to ``sys.path`` at run time; a child wouldn't know them.
    """
    import second_unit

    packages = [str(Path(second_unit.__file__).resolve().parents[1])]
    packages += [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    packages += filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(packages))}
