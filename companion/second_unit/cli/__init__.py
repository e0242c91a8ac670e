"""
The ``second-unit`` command: one file a command, loaded when it is asked for.

``app.py`` finds the command, ``exits.py`` says what the exit codes mean.
"""

from __future__ import annotations


def main() -> None:
    """Run ``second-unit`` with the process's arguments; never returns."""
    from second_unit.cli.app import run  # here, so that `python -m second_unit work` doesn't pay for typer

    run()
