"""Tells Blender of its command. What carries it out is loaded when it is given."""

from __future__ import annotations

from typing import Any

import bpy

NAME = "second_unit"


def run(arguments: list[str]) -> int:
    """Carry a command out; return its exit code."""
    from .command import run as carry_out

    return carry_out(arguments)


class _Known:
    """Blender takes the command back only from whoever keeps its handle."""

    handle: Any = None


def register() -> None:
    """Tell Blender of the command."""
    _Known.handle = bpy.utils.register_cli_command(NAME, run)


def unregister() -> None:
    """Take it back."""
    bpy.utils.unregister_cli_command(_Known.handle)
