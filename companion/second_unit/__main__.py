"""``python -m second_unit …``: the command line. ``work`` is found without loading it, as Blender starts that often."""

from __future__ import annotations

import sys


def main() -> None:
    """Run ``second-unit`` with the process's arguments."""
    if sys.argv[1:2] == ["work"] and "--help" not in sys.argv:
        from second_unit.jobs.working import work_from_arguments

        work_from_arguments(sys.argv[2:])
        return
    from second_unit.cli import main as run_commands

    run_commands()


if __name__ == "__main__":
    main()
