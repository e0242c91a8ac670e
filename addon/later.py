"""
What drawing may not do: it asks for it here, and a timer does it a moment later and draws again.

A panel's ``draw`` reads no file and no store. Where it lacks something it names it once, shows what it has, and is
drawn again when the rest is known.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Hashable

import bpy

from .redraw import redraw

_waiting: dict[Hashable, Callable[[], object]] = {}


def soon(key: Hashable, work: Callable[[], object]) -> None:
    """Let ``work`` be done after drawing, once for all that ask under the same key. In ``-b`` nothing is drawn."""
    if key in _waiting:
        return
    _waiting[key] = work
    if not bpy.app.timers.is_registered(run):
        bpy.app.timers.register(run, first_interval=0.01)


def run() -> None:
    """Do all that was asked for, and draw again. One failure is printed and doesn't keep the others."""
    works = list(_waiting.values())
    _waiting.clear()
    for work in works:
        try:
            work()
        except Exception:  # whatever it is, it must not end the timer of the others
            traceback.print_exc()
    if works:
        redraw()


def forget() -> None:
    """Drop what was asked for and not done yet."""
    _waiting.clear()
    if bpy.app.timers.is_registered(run):
        bpy.app.timers.unregister(run)
