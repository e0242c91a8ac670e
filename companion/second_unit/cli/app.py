"""
Find the command that was asked for, and load only that.

A command is a module of this package named after it, holding a function of the same name or, where it has commands of
its own, a ``typer.Typer`` called ``app``. Its heavy imports stand inside its functions.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from second_unit.cli.exits import exit_code
from second_unit.errors import SecondUnitError

#: In the order in which `--help` lists them.
COMMANDS = (
    "demo",
    "plan",
    "prompt",
    "generate",
    "watch",
    "conform",
    "jobs",
    "ledger",
    "models",
    "rehearse",
    "doctor",
    "work",
)


class Commands(TyperGroup):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command, or None where there is no such thing."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"second_unit.cli.{cmd_name}")
        if hasattr(module, "app"):
            command = get_command(module.app)
        else:
            alone = typer.Typer(rich_markup_mode=None, add_completion=False)
            alone.command(cmd_name)(getattr(module, cmd_name))
            command = get_command(alone)
        command.name = cmd_name
        return command


app = typer.Typer(cls=Commands, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def second_unit() -> None:
    """
    Shoot the strips of an edit with a generative video service, and cut the takes back in.

    Example: second-unit demo
    """


def run(arguments: list[str] | None = None) -> None:
    """Run the command line; an error of ours becomes one line on stderr and its exit code."""
    try:
        app(arguments)
    except SecondUnitError as error:
        print(f"second-unit: {error}", file=sys.stderr)
        raise SystemExit(exit_code(error)) from None
