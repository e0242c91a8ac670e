"""Second Unit: the crew that shoots the pick-ups while the editor keeps cutting."""

from __future__ import annotations

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
    for name in MODULES:
        import_module(f".{name}", __name__).register()


def unregister() -> None:
    """Take it out again and leave Blender as it was."""
    for name in reversed(MODULES):
        import_module(f".{name}", __name__).unregister()
