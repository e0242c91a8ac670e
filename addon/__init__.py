"""Second Unit: the crew that shoots the pick-ups while the editor keeps cutting."""

from __future__ import annotations

from importlib import import_module

# In the order in which they are registered. Each has register() and unregister(), and loads nothing heavy when it is
# imported: no pydantic, no codec, no HTTP client. Those are imported inside the functions that need them.
MODULES = (
    "properties",
    "errands",
    "typed_keys",
    "session",
    "watch_jobs",
    "operators",
    "job_operators",
    "preferences",
    "preference_operators",
    "demo_open",
    "take_operators",
    "selected_takes",
    "slow_takes",
    "shot_operators",
    "cast_operators",
    "offer_operators",
    "thumbnails",
    "posters",
    "panels",
    "menus",
    "keymap",
    "strip_labels",
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
