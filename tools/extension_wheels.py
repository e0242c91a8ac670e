"""
The wheels of the extension: what the companion needs on each platform and Python, resolved for it, fetched unchanged.

pip judges a requirement's conditions ("only on Windows", "only before 3.12") for the machine it runs on, whatever
platform it is told to fetch for. So uv resolves, which judges them for the target, and pip fetches file by file.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename

PROJECT = Path(__file__).parents[1]
CACHE = PROJECT / "build" / "wheels"
# Keys in the system's keyring, where there is one. The other extras are for the command line.
EXTRAS = ("keyring",)
# Blender 4.5 runs Python 3.11; 5.1 and 5.2 run 3.13.
PYTHONS = ("3.11", "3.13")

# Not brought along, for Blender has it, and its own modules are built against the one it has: the least version that
# the Blenders with that Python come with.
BLENDERS_OWN = {"numpy": {"3.11": "1.26", "3.13": "2.2", "3.14": "2.2"}}


@dataclass(frozen=True)
class Platform:
    """
    What a zip is made for.

    Args:
        name: as Blender calls it.
        triple: as uv calls it.
        files: the platform tags of wheels that run there, the most telling first.
        markers: what Python says of itself there, as far as requirements ask.
    """

    name: str
    triple: str
    files: tuple[str, ...]
    markers: tuple[tuple[str, str], ...]


def _markers(system: str, platform: str, machine: str) -> tuple[tuple[str, str], ...]:
    os_name = "nt" if platform == "win32" else "posix"
    return (
        ("platform_system", system),
        ("sys_platform", platform),
        ("platform_machine", machine),
        ("os_name", os_name),
    )


# Blender's own builds ask for glibc 2.28. PyAV asks for macOS 14 on Apple silicon and 11 on Intel.
_GLIBC = (*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)), "manylinux2014_x86_64")
_ALL = (
    Platform("linux-x64", "x86_64-manylinux_2_28", _GLIBC, _markers("Linux", "linux", "x86_64")),
    Platform("windows-x64", "x86_64-pc-windows-msvc", ("win_amd64",), _markers("Windows", "win32", "AMD64")),
    Platform(
        "macos-arm64",
        "aarch64-apple-darwin",
        tuple(mac_platforms((14, 0), "arm64")),
        _markers("Darwin", "darwin", "arm64"),
    ),
    Platform(
        "macos-x64",
        "x86_64-apple-darwin",
        tuple(mac_platforms((11, 0), "x86_64")),
        _markers("Darwin", "darwin", "x86_64"),
    ),
)
PLATFORMS = {platform.name: platform for platform in _ALL}


@dataclass(frozen=True)
class Target:
    """A platform and a Python on it, such as ``3.13``."""

    platform: Platform
    python: str

    def __str__(self) -> str:
        return f"{self.platform.name} with Python {self.python}"

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """The tags of wheels that work here, the best first."""
        version = tuple(int(part) for part in self.python.split("."))
        interpreter = "cp" + "".join(map(str, version))
        files = self.platform.files
        return (
            *cpython_tags(version, abis=[interpreter], platforms=files),
            *compatible_tags(version, interpreter=interpreter, platforms=files),
        )

    @property
    def environment(self) -> dict[str, str]:
        """What a requirement's conditions are judged by."""
        python = {"python_version": self.python, "python_full_version": f"{self.python}.0"}
        made = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
        return {**dict(self.platform.markers), **python, **made, "platform_release": "", "platform_version": ""}

    def fitness(self, wheel: str) -> int | None:
        """Return how well a wheel of this name fits, 0 the best; None where it doesn't."""
        fitting = parse_wheel_filename(wheel)[3]
        return next((place for place, tag in enumerate(self.tags) if tag in fitting), None)


def build_companion(folder: Path) -> Path:
    """Build the companion's wheel into a folder and return it."""
    _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder))
    (wheel,) = folder.glob("second_unit-*.whl")
    return wheel


def fetch_wheels(platform: Platform, pythons: tuple[str, ...], cache: Path = CACHE) -> tuple[Path, ...]:
    """
    Return the wheels that the companion needs on a platform, for all of these Pythons; what isn't cached is fetched.

    A wheel that fits several Pythons (``abi3``, or plain Python) is there once.
    """
    cache.mkdir(parents=True, exist_ok=True)
    chosen: list[Path] = []
    for python in pythons:
        target = Target(platform, python)
        pins = resolve(target, cache)
        _fetch([pin for pin in pins if _best(pin, target, cache.glob("*.whl")) is None], target, cache)
        for pin in pins:
            if _best(pin, target, chosen) is None:
                chosen.append(_there(pin, target, cache))
    return tuple(sorted(chosen))


def resolve(target: Target, cache: Path = CACHE) -> tuple[str, ...]:
    """Return everything the companion needs there, as ``name==version``, but what Blender brings itself."""
    asked = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    told = repr((asked["project"], asked["tool"]["uv"]["constraint-dependencies"], EXTRAS))
    kept = cache / f"{target.platform.name}-{target.python}-{hashlib.sha256(told.encode()).hexdigest()[:12]}.txt"
    if not kept.exists():
        kept.write_text(_resolve(target), encoding="utf-8")
    pins = [line.strip() for line in kept.read_text(encoding="utf-8").splitlines()]
    return tuple(pin for pin in pins if pin and canonicalize_name(pin.partition("==")[0]) not in BLENDERS_OWN)


def _resolve(target: Target) -> str:
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    where = ["--python-platform", target.platform.triple, "--python-version", target.python]
    quiet = ["--quiet", "--no-header", "--no-annotate", "--only-binary", ":all:"]
    return _run(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *extras, *where, *quiet)


def _best(pin: str, target: Target, wheels: Iterable[Path]) -> Path | None:
    name, _, version = pin.partition("==")
    fitting = []
    for wheel in wheels:
        its_name, its_version, *_ = parse_wheel_filename(wheel.name)
        fitness = target.fitness(wheel.name)
        if (its_name, str(its_version)) == (canonicalize_name(name), version) and fitness is not None:
            fitting.append((fitness, wheel))
    return min(fitting)[1] if fitting else None


def _fetch(pins: Sequence[str], target: Target, cache: Path) -> None:
    if not pins:
        return
    platforms = [word for tag in target.platform.files for word in ("--platform", tag)]
    _run(
        sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(cache),
        "--python-version", target.python, "--implementation", "cp", *platforms, *pins,
    )  # fmt: skip


def _there(pin: str, target: Target, cache: Path) -> Path:
    wheel = _best(pin, target, cache.glob("*.whl"))
    if wheel is None:
        raise SystemExit(f"pip fetched no wheel of {pin} that fits {target}.")
    return wheel


def _run(*command: str) -> str:
    # uv takes the oldest macOS to resolve for from there, and reads it for macOS alone.
    environment = os.environ | {"MACOSX_DEPLOYMENT_TARGET": "14.0"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout
