"""
The only timer: asks the store what changed, has what came placed, and draws again only where something did.

:func:`step` is one turn of it. The timer calls it, and so do tests and scripts, for timers don't fire in ``-b``. What
Blender's handlers tell (a file was loaded, something was undone) is only noted by them and seen to in the next turn.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

import bpy
from bpy.app.handlers import persistent

from .. import crew
from ..redraw import note_status_bar, redraw
from . import session
from .progress_words import status_line

BUSY_SECONDS = 0.25
IDLE_SECONDS = 2.0
AFTER_FAULT_SECONDS = 30.0
# While the edit plays, progress is drawn this often.
PLAYING_DRAW_SECONDS = 2.0
# How often to look whether the worker lives. One that doesn't come to life is tried again after so long, then after
# twice as long, and so on.
LOOK_SECONDS = 2.0
FIRST_WAIT_SECONDS = 10.0
LONGEST_WAIT_SECONDS = 300.0


@dataclass(eq=False, repr=False)
class _Turns:
    """
    What one turn tells the next.

    Args:
        touched, settled: how often the edit had been touched a turn ago, and when its dry runs were last looked at.
        frame_moved: Blender is about to tell of a change that is only the next frame.
        asleep: the next turn is some while away.
        undrawn: something changed that isn't drawn yet.
        draw_at: when to draw it at the latest, by the steady clock.
        look_at: when to look after the worker again.
        wait: how long to leave it alone after starting it.
    """

    touched: int = -1
    settled: int = -1
    frame_moved: bool = False
    asleep: bool = False
    undrawn: bool = False
    draw_at: float = 0.0
    look_at: float = 0.0
    wait: float = FIRST_WAIT_SECONDS


_turns = _Turns()


def step() -> float:
    """
    See to what changed since the last turn, and return after how many seconds to come again.

    Where nothing changed it asks the store for one number, and no strip is looked at.
    """
    from . import watch_edit  # with the first turn: Blender's start needn't wait for it

    changed = session.refresh()
    news = bool(changed)
    if watch_edit.may_edit():
        news |= watch_edit.see_to_edit(changed)
    else:
        watch_edit.note(changed)
    news |= _settle()
    news |= _see_to_worker()
    if news:
        session.tell(status_line(session.rows(), watch_edit.waiting_to_place()))
    _draw_in_time(news)
    unsettled = _turns.settled != session.touched()
    _turns.asleep = not (session.open_count() or watch_edit.has_more() or unsettled)
    return IDLE_SECONDS if _turns.asleep else BUSY_SECONDS


def _draw_in_time(news: bool) -> None:
    """Draw again what changed; while the edit plays only now and then, for each time costs the playback a frame."""
    _turns.undrawn |= news
    now = monotonic()
    if _turns.undrawn and (now >= _turns.draw_at or not any(_plays())):
        _turns.undrawn, _turns.draw_at = False, now + PLAYING_DRAW_SECONDS
        redraw()


def soon() -> None:
    """Let the next turn come soon: something was touched, undone, opened or ordered."""
    if _turns.asleep and bpy.app.timers.is_registered(_tick):
        _turns.asleep = False
        bpy.app.timers.unregister(_tick)
        bpy.app.timers.register(_tick, first_interval=BUSY_SECONDS, persistent=True)


def _settle() -> bool:
    """Once nobody touches the edit any more, look whether its dry run still holds; True where that changed."""
    touched, before = session.touched(), _turns.touched
    _turns.touched = touched
    if touched == _turns.settled or touched != before or any(_plays()):
        return False
    _turns.settled = touched
    news = False
    for scene in bpy.data.scenes:
        news |= session.look_for_changes(scene)
        if session.preview(scene) is not None:
            was = session.is_current(scene)
            session.measure(scene)
            news |= was != session.is_current(scene)
    return news


def _plays() -> Iterator[bool]:
    return (window.screen.is_animation_playing for window in bpy.context.window_manager.windows)


def _see_to_worker() -> bool:
    """
    Start the worker where jobs are open and none is at work; one that doesn't live is tried ever more seldom.

    True where it came to life or died since the last look.
    """
    now = monotonic()
    if not session.open_count() or now < _turns.look_at:
        return False
    _turns.look_at = now + LOOK_SECONDS
    was_alive = session.worker_alive()
    if session.look_for_worker():
        _turns.wait = FIRST_WAIT_SECONDS
    elif may_work():
        _turns.look_at, _turns.wait = now + _turns.wait, min(_turns.wait * 2, LONGEST_WAIT_SECONDS)
        crew.start_worker(session.store())
    return was_alive != session.worker_alive()


def may_work() -> bool:
    """Whether all open jobs may be worked on: without online access only what this machine does by itself."""
    from second_unit.errors import NotAllowed

    from ..shoot import check_online

    for row in session.rows():
        if row.is_open and row.service != "animatic" and not bpy.app.online_access:
            job = session.job(row.id)
            try:
                check_online(row.service, job.endpoint if job is not None else None)
            except NotAllowed as error:
                session.note_trouble(row.id, session.notice(error))
                return False
    return True


def _edit_watched() -> Any:
    """Return the module that watches the edit; None before the first turn, when it knows nothing to forget."""
    return sys.modules.get(f"{__package__}.watch_edit")


@persistent
def _on_load(*_: Any) -> None:
    """A file was opened, reverted, or made new: nothing of the last one counts."""
    note_status_bar(drawn=False)
    soon()
    session.forget()
    if (edit := _edit_watched()) is not None:
        edit.forget()
    vars(_turns).update(vars(_Turns()))


@persistent
def _on_undo(*_: Any) -> None:
    if (edit := _edit_watched()) is not None:
        edit.follow_undo()
    session.touch()
    soon()


@persistent
def _on_frame(*_: Any) -> None:
    _turns.frame_moved = True


@persistent
def _on_change(*_: Any) -> None:
    # Playing tells of a change with each frame, right after telling of the frame.
    if not _turns.frame_moved:
        session.touch()
        soon()
    _turns.frame_moved = False


@persistent
def _on_save(*_: Any) -> None:
    """The file may become another: what was ordered from the old one stays its own. Called before and after."""
    session.moved()


HANDLERS = {
    "load_post": _on_load,
    "undo_post": _on_undo,
    "redo_post": _on_undo,
    "frame_change_post": _on_frame,
    "depsgraph_update_post": _on_change,
    "save_pre": _on_save,
    "save_post": _on_save,
}


def _tick() -> float:
    try:
        return step()
    except Exception:
        # A fault of ours must neither end the timer nor fill the terminal four times a second.
        traceback.print_exc()
        return AFTER_FAULT_SECONDS


def _draw_status(header: Any, _context: bpy.types.Context) -> None:
    note_status_bar(drawn=True)
    if said := session.status():
        header.layout.label(text=said, icon="SEQUENCE")


def register() -> None:
    """Start the timer, which outlives the loading of files, and listen to what Blender tells."""
    _on_load()
    for name, handler in HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)
    bpy.types.STATUSBAR_HT_header.append(_draw_status)
    bpy.app.timers.register(_tick, first_interval=BUSY_SECONDS, persistent=True)


def unregister() -> None:
    """Stop. The worker goes on."""
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    bpy.types.STATUSBAR_HT_header.remove(_draw_status)
    for name, handler in HANDLERS.items():
        getattr(bpy.app.handlers, name).remove(handler)
