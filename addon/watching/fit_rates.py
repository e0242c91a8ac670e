"""Notices that a scene's frame rate has changed, and has its takes fitted. Part of :mod:`.watch_edit`."""

from __future__ import annotations

import bpy

from . import session

Rate = tuple[float, float]


class _Known:
    """Each scene's frames a second: as its takes were fitted, and what it was a turn ago."""

    fitted: dict[str, Rate] = {}
    seen: dict[str, Rate] = {}


def fit_to_rates() -> bool:
    """Fit the takes of each scene whose rate has changed and stands still for a turn; True where some were fitted."""
    done = False
    for scene in bpy.data.scenes:
        rate = (scene.render.fps, scene.render.fps_base)
        before, _Known.seen[scene.name] = _Known.seen.get(scene.name, rate), rate
        if _Known.fitted.setdefault(scene.name, rate) != rate and before == rate:
            _Known.fitted[scene.name] = rate
            done |= scene.library is None and _fit(scene)
    return done


def forget() -> None:
    """Begin anew, as with a file that was just opened."""
    _Known.fitted.clear()
    _Known.seen.clear()


def _fit(scene: bpy.types.Scene) -> bool:
    from second_unit.errors import SecondUnitError

    from ..placing.place_takes import push_undo
    from ..placing.refit_takes import refit_takes

    try:
        names = refit_takes(scene)
    except SecondUnitError as error:
        session.note_trouble(scene.name, session.notice(error))
        return True
    if names:
        push_undo(scene, "Fit Takes to Frame Rate")
    return bool(names)
