"""A Python with Blender's module and nothing else of ours: what the extension needs, it must have brought along."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

# What a bare Python is told of this machine: no keys, no paths of a checkout.
_PASSED_ON = ("PATH", "LANG", "TMPDIR", "SYSTEMROOT", "DISPLAY", "LD_LIBRARY_PATH")


class BareBlender:
    """Blender's module in an environment of its own, with a home and a profile of its own."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        venv.create(folder / "python", with_pip=False, symlinks=True)
        self.python = folder / "python" / "bin" / "python"
        (packages,) = (folder / "python" / "lib").glob("python3*/site-packages")
        for path in _files_of("bpy"):
            (packages / path.name).symlink_to(path)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see."""
        passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        own = {"HOME": self.home, "BLENDER_USER_RESOURCES": self.home / "blender", "XDG_DATA_HOME": self.home / "data"}
        return passed | {name: str(path) for name, path in own.items()} | {"PYTHONUNBUFFERED": "1"}

    def run(self, program: str, *arguments: object, timeout: float = 240, **more: str) -> str:
        """Run a program in it and return what it printed; what it printed is in the error where it fails."""
        done = subprocess.run(
            [self.python, "-c", program, *map(str, arguments)], check=False, text=True, timeout=timeout,
            env=self.environment | more, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.home,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        return done.stdout


def _files_of(name: str, seen: set[str] | None = None) -> set[Path]:
    """Return what a distribution, and all that it needs, has laid into this environment."""
    seen = set() if seen is None else seen
    if name.lower() in seen:
        return set()
    seen.add(name.lower())
    found = distribution(name)
    tops = {file.parts[0] for file in found.files or () if file.parts[0] not in {"..", "__pycache__"}}
    files = {Path(str(found.locate_file(top))) for top in tops}
    for required in map(Requirement, found.requires or ()):
        if required.marker is None or required.marker.evaluate({"extra": ""}):
            files |= _files_of(required.name, seen)
    return files


#: Ends a program without Blender 4.5's own end, which waits for ever once sound was used.
END = "import os, sys; sys.stdout.flush(); os._exit(0)"


def platform() -> str:
    """Return Blender's name of this machine."""
    from tools.build_extension import this_platform

    return this_platform() if sys.platform == "linux" else ""
