"""
Run one benchmark by name: ``uv run python -m benchmarks planning``.

Each benchmark is a module of this package with ``main(argv)``, and is found by its name. Without a name all are listed.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def names() -> list[str]:
    """Return the benchmarks there are."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main(argv: list[str]) -> int:
    """Run the benchmark that is named first, with the arguments after it."""
    if not argv or argv[0] not in names():
        print(f"usage: python -m benchmarks {{{','.join(names())}}} …")
        return 0 if not argv else 2
    return import_module(f"benchmarks.{argv[0]}").main(argv[1:]) or 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
