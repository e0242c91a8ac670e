"""
A scene of our own, in which objects are evaluated at other frames than the editor's.

Blender evaluates constraints, drivers, parents and modifiers only for the frame that a scene stands on, and moving the
editor's scene would redraw it, run its handlers and lose what was posed without a key. So the objects are linked to a
new scene, that scene is moved, and it is removed again. Nothing of the editor's changes: no current frame, no evaluated
state (each scene has its own), no property of an object (Blender writes animated values back only for scenes that are
on screen), no undo step, no mark of unsaved changes. Handlers are silent meanwhile, so that nobody's add-on sees the
scene come and go; a rig that moves by handlers only is therefore read where it stands.

A child Blender would be as exact and costs seconds; copying the editor's scene would evaluate all that is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import bpy

_HANDLERS = ("frame_change_pre", "frame_change_post", "depsgraph_update_pre", "depsgraph_update_post")


@contextmanager
def staged(scene: bpy.types.Scene, objects: Iterable[bpy.types.Object]) -> Iterator[bpy.types.Scene]:
    """
    Yield a scene with only these objects in it, and what moves them, timed like ``scene``.

    Not to be called while Blender draws. Objects keep their own collections, visibility and selection.
    """
    with _silent_handlers():
        stage = bpy.data.scenes.new("Second Unit measures")
        try:
            for name in ("fps", "fps_base", "frame_map_old", "frame_map_new"):
                setattr(stage.render, name, getattr(scene.render, name))
            # Detail changes no bounding box worth speaking of, and costs most of the time.
            stage.render.use_simplify, stage.render.simplify_subdivision = True, 0
            for shown in {each.name_full: each for each in objects}.values():
                stage.collection.objects.link(shown)
                if shown.type == "CAMERA":
                    # A scene's camera is evaluated even where it is hidden.
                    stage.camera = shown
            yield stage
        finally:
            bpy.data.scenes.remove(stage)


def evaluate_at(stage: bpy.types.Scene, frame: int) -> bpy.types.Depsgraph:
    """Move our scene to a frame and return what came of it; what was returned before is no longer valid."""
    stage.frame_set(frame)
    return stage.view_layers[0].depsgraph


@contextmanager
def _silent_handlers() -> Iterator[None]:
    lists = [getattr(bpy.app.handlers, name) for name in _HANDLERS]
    kept = [list(handlers) for handlers in lists]
    for handlers in lists:
        handlers.clear()
    try:
        yield
    finally:
        for handlers, before in zip(lists, kept, strict=True):
            handlers[:] = before
