"""
Check zips of the extension as Blender's own tool doesn't: ``python -m tools.check_extension dist/*.zip``.

From the companion's own metadata on, everything that is required on that platform, by every Python the zip is for, must
be in it as exactly one wheel that fits, and nothing else may be.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from email.parser import BytesParser
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from tools.extension_wheels import BLENDERS_OWN, EXTRAS, PLATFORMS, PROJECT, PYTHONS, Target

MOST_BYTES = 80_000_000


@dataclass(frozen=True)
class Wheel:
    """A wheel in a zip: its file's name, its version, what it requires, and the files it holds."""

    file: str
    version: str
    requires: tuple[Requirement, ...]
    holds: frozenset[str]


def check_extension(path: Path, pythons: tuple[str, ...] = PYTHONS) -> list[str]:
    """Return what is wrong with a zip; nothing where it may be released."""
    with ZipFile(path) as file:
        names = file.namelist()
        manifest = tomllib.loads(file.read("blender_manifest.toml").decode())
        wheels = _wheels(file)
    faults = [f"it has {path.stat().st_size:,} bytes"] if path.stat().st_size >= MOST_BYTES else []
    inside = sorted(name for name in names if name.endswith(".whl"))
    listed = sorted(wheel.removeprefix("./") for wheel in manifest.get("wheels", ()))
    faults += [] if inside == listed else ["the wheels in it aren't those of its manifest"]
    faults += [f"there is no {name} at its root" for name in ("__init__.py", "LICENSE") if name not in names]
    (name,) = manifest["platforms"]
    used: set[str] = set()
    for python in pythons:
        faults += _missing(wheels, Target(PLATFORMS[name], python), used)
    every = {wheel.file for versions in wheels.values() for wheel in versions}
    faults += [f"{file} is needed by nobody" for file in sorted(every - used)]
    return faults + _companion_gaps(wheels)


def _wheels(zip_file: ZipFile) -> dict[str, list[Wheel]]:
    found = defaultdict(list)
    for name in zip_file.namelist():
        if not name.endswith(".whl"):
            continue
        file = name.rpartition("/")[2]
        project, version, *_ = parse_wheel_filename(file)
        with ZipFile(BytesIO(zip_file.read(name))) as wheel:
            holds = frozenset(wheel.namelist())
            metadata = next(one for one in holds if one.endswith(".dist-info/METADATA") and one.count("/") == 1)
            told = BytesParser().parsebytes(wheel.read(metadata))
        requires = tuple(Requirement(one) for one in told.get_all("Requires-Dist") or ())
        found[str(project)].append(Wheel(file, str(version), requires, holds))
    return dict(found)


def _missing(wheels: dict[str, list[Wheel]], target: Target, used: set[str]) -> list[str]:
    """Return what isn't there for a target; ``used`` gets the files that are."""
    faults = []
    waiting = [Requirement(f"second-unit[{','.join(EXTRAS)}]")]
    seen: set[str] = set()
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        if str(asked) in seen:
            continue
        seen.add(str(asked))
        if name in BLENDERS_OWN:
            least = BLENDERS_OWN[name][target.python]
            faults += [] if asked.specifier.contains(least) else [f"{target}: Blender's {name} {least} is no {asked}"]
            continue
        fitting = [wheel for wheel in wheels.get(name, ()) if target.fitness(wheel.file) is not None]
        if len(fitting) != 1 or not asked.specifier.contains(fitting[0].version):
            faults.append(f"{target}: {asked} is asked for, and there is {[one.file for one in fitting] or 'nothing'}")
            continue
        used.add(fitting[0].file)
        waiting += [one for one in fitting[0].requires if _applies(one, asked.extras, target)]
    return faults


def _applies(requirement: Requirement, extras: set[str], target: Target) -> bool:
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate(target.environment | {"extra": extra}) for extra in ("", *extras))


def _companion_gaps(wheels: dict[str, list[Wheel]]) -> list[str]:
    """Return which files of the companion its wheel lacks: tables and vocabularies are easily forgotten."""
    root = PROJECT / "companion"
    ours = {str(path.relative_to(root).as_posix()) for path in root.rglob("*") if path.is_file()}
    ours = {path for path in ours if "__pycache__" not in path}
    holds = {name for wheel in wheels.get("second-unit", ()) for name in wheel.holds}
    return [f"the companion's wheel lacks {path}" for path in sorted(ours - holds)]


if __name__ == "__main__":
    found = {path: check_extension(path) for path in map(Path, sys.argv[1:])}
    for path, faults in found.items():
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, {len(faults)} faults", *faults, sep="\n  ")
    sys.exit(any(found.values()))
