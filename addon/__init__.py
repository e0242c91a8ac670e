"""Second Unit: the crew that shoots the pick-ups while the editor keeps cutting."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

# In the order in which they are registered. Each has register() and unregister(), and loads nothing heavy when it is
# imported: no pydantic, no codec, no HTTP client. Those are imported inside the functions that need them.
MODULES = (
    "settings.properties",
    "settings.errands",
    "settings.typed_keys",
    "watching.session",
    "watching.watch_jobs",
    "operators.line_operators",
    "operators.job_operators",
    "settings.preferences",
    "operators.preference_operators",
    "demo_open",
    "operators.take_operators",
    "operators.selected_takes",
    "operators.slow_takes",
    "operators.shot_operators",
    "operators.cast_operators",
    "operators.offer_operators",
    "panel.thumbnails",
    "panel.posters",
    "panel.panels",
    "panel.menus",
    "panel.keymap",
    "panel.strip_labels",
    "offer_command",
)


def register() -> None:
    """Add Second Unit to Blender."""
    with _no_collection():
        for name in MODULES:
            import_module(f".{name}", __name__).register()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Put garbage collection off: in the middle of a start it looks at all of Blender's own objects, for 10 ms."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def unregister() -> None:
    """Take it out again and leave Blender as it was."""
    for name in reversed(MODULES):
        import_module(f".{name}", __name__).unregister()
