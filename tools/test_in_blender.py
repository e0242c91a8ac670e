"""
The add-on's tests inside a real Blender, by pytest-blender, in an environment of its own.

    UV_PROJECT_ENVIRONMENT=.venv-blender uv run --only-group pytest-blender python -m tools.test_in_blender blender

``blender`` is the executable to test in; what follows goes to pytest. pytest-blender takes over every pytest run of the
environment it is installed in, so it can't live beside the other tests. What the tests need is laid for Blender's own
Python into ``build/blender-<version>``, first time only; nothing is installed into Blender.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
# Beside what the extension brings along: what the tests themselves import.
TESTS_NEED = ("pytest>=8.3", "pytest-rerunfailures>=15", "pytest-timeout>=2.3", "hypothesis>=6.100", "packaging>=24")
# Tests that start Blender as a Python module, which an executable isn't.
NOT_HERE = (
    "test_registration.py::test_registering_imports_nothing_heavy",
    "test_registration.py::test_a_process_that_unregistered_ends",
    "test_command.py::test_the_command_is_there_in_a_process_of_its_own",
)


def main(arguments: list[str]) -> int:
    """Lay what is needed and run the tests; return pytest's exit code."""
    blender, *others = arguments or ["blender"]
    packages = lay_packages(python_of(blender))
    tests = [one for one in others if one.startswith("tests")] or ["tests/addon"]
    options = [one for one in others if one not in tests]
    command = [sys.executable, "-m", "pytest", "--blender-executable", blender, *tests, *options]
    command += [f"--deselect=tests/addon/{name}" for name in NOT_HERE]
    # pytest-blender 3.0.8 asks pytest 9 in a way that goes with pytest 10, and here warnings are errors.
    command += ["-W", "ignore::pytest.PytestRemovedIn10Warning"]
    # Blender's own Python looks at PYTHONPATH only where it is told to.
    command += ["--", "--factory-startup", "--python-use-system-env"]
    paths = os.pathsep.join(map(str, (PROJECT, PROJECT / "companion", packages)))
    return subprocess.run(command, cwd=PROJECT, env=os.environ | {"PYTHONPATH": paths}, check=False).returncode


def lay_packages(python: str) -> Path:
    """Return a folder with everything the tests import, for this Python; it is laid unless it is there."""
    folder = PROJECT / "build" / f"blender-{python}"
    if not (folder / "pytest").is_dir():
        uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(folder)]
        subprocess.run(
            [*uv, "--python-version", python, "--only-binary", ":all:", "--requirements", "pyproject.toml",
             "--extra", "rehearsal", *TESTS_NEED],
            cwd=PROJECT, check=True,
        )  # fmt: skip
    return folder


def python_of(blender: str) -> str:
    """Return the version of a Blender's Python, such as ``3.14``."""
    asks = "import sys; print('python', '%d.%d' % sys.version_info[:2])"
    done = subprocess.run(
        [blender, "-b", "--factory-startup", "--python-expr", asks], check=True, capture_output=True, text=True
    )
    return next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("python "))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
