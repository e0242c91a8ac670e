"""
What Second Unit costs an open Blender: its start, its timer, and drawing its panels.

``python -m benchmarks panel [STRIPS]`` prints, in processor time, the add-on's start in fresh processes; a tick of the
timer with 0, 10 and 100 open jobs whose placeholders lie in an edit of so many strips, at rest and while a quarter of
the jobs moves between two ticks; and what each panel takes to be drawn. Here a panel draws into a layout that does
nothing: what Blender itself needs for its buttons is measured where there is a screen.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

TICKS = 200
START = """
import bpy, time
began = time.thread_time()
import addon
addon.register()
print((time.thread_time() - began) * 1000)
addon.unregister()
"""


def main(argv: list[str]) -> int:
    strips = int(argv[0]) if argv else 1_000
    _measure_start()
    import bpy

    import addon

    with TemporaryDirectory() as folder:
        os.environ["SECOND_UNIT_HOME"] = str(Path(folder) / "home")
        bpy.ops.wm.read_factory_settings(use_empty=False)
        addon.register()
        try:
            print(f"Blender {bpy.app.version_string}, {strips} strips")
            _lay(strips)
            bpy.ops.wm.save_as_mainfile(filepath=str(Path(folder) / "edit.blend"))
            for count in (0, 10, 100):
                _measure_ticks(count)
            _measure_draws()
        finally:
            addon.unregister()
    return 0


def _measure_start() -> None:
    """Time registering in fresh processes that find the modules compiled, as all starts but the first do."""
    with TemporaryDirectory() as compiled:
        known = {"PYTHONPATH": os.pathsep.join((".", "companion")), "PYTHONPYCACHEPREFIX": compiled}
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | known
        runs = [
            float(subprocess.check_output([sys.executable, "-c", START], text=True, env=environment).split()[-1])
            for _ in range(16)
        ]
    first, later = runs[0], runs[1:]
    told = f"{min(later):.1f} to {max(later):.1f} in {len(later)} runs, {first:.0f} the very first time"
    print(f"start of the add-on: {median(later):.1f} ms ({told})")


def _lay(count: int) -> None:
    """Lay prompt strips, three channels high."""
    import bpy

    scene = bpy.context.scene
    scene.sequence_editor_create()
    named = bpy.types.StripsTopLevel.bl_rna.functions["new_effect"].parameters
    for number in range(count):
        start = 1 + number // 3 * 50
        span = {"length": 48} if "length" in named else {"frame_end": start + 48}
        strip = scene.sequence_editor.strips.new_effect(f"SH{number:04}", "TEXT", 1 + number % 3, start, **span)
        strip.text = "A door opens. Static camera. Hinges creak."


def _measure_ticks(count: int) -> None:
    import bpy

    from addon.watching import session, watch_edit, watch_jobs
    from second_unit.jobs import events
    from second_unit.jobs.lock import WorkerLock
    from second_unit.jobs.store import JobStore

    with TemporaryDirectory() as home:
        os.environ["SECOND_UNIT_HOME"] = home
        watch_jobs.HANDLERS["load_post"]()
        with JobStore(session.store()) as store, WorkerLock(session.store()):
            jobs = _order(store, count)
            watch_edit.await_takes(bpy.context.scene, {job.id: job.request for job in jobs})
            while watch_edit.has_more():
                watch_jobs.step()
            quiet = [_timed(watch_jobs.step) for _ in range(TICKS)]
            moving = []
            for tick in range(TICKS if jobs else 0):
                for job in jobs[tick % 4 :: 4]:
                    store.apply(job.id, events.Moved(at=time.time(), fraction=tick / TICKS))
                moving.append(_timed(watch_jobs.step))
            _drop(jobs)
    told = f"{count:>4} open jobs: a tick {_told(quiet)}"
    print(f"{told}; while a quarter of them moves {_told(moving)}" if moving else told)


def _order(store: Any, count: int) -> tuple[Any, ...]:
    """Order the first shots of the edit, and let the service have them."""
    import bpy

    from benchmarks.jobs import a_request
    from second_unit.jobs import events
    from second_unit.jobs.enqueue import enqueue
    from second_unit.plan import Plan

    requests = tuple(a_request(number).model_copy(update={"edit": Path(bpy.data.filepath)}) for number in range(count))
    jobs = enqueue(store, Plan(requests=requests), Path(bpy.data.filepath).parent, duplicate="order")
    now = time.time()
    for job in jobs:
        for event in (events.Started(at=now), events.Sending(at=now), events.Accepted(at=now, task=job.id)):
            store.apply(job.id, event)
    return jobs


def _drop(jobs: tuple[Any, ...]) -> None:
    import bpy

    from addon.placing.placeholders import remove_placeholders

    remove_placeholders(bpy.context.scene, {job.id for job in jobs})


def _measure_draws() -> None:
    import bpy

    from addon.watching import session

    scene = bpy.context.scene
    bpy.ops.second_unit.preview()
    scene.sequence_editor.active_strip = scene.sequence_editor.strips["SH0000"]
    print(f"preview: {session.preview(scene).cost}; what is shown of the stretch: {session.stretch(scene).shots} shots")
    with _in_sequencer(scene):
        panels = [panel for panel in _panels() if not hasattr(panel, "poll") or panel.poll(bpy.context)]
        _draw(panels)
        for panel in panels:
            took = [_timed(lambda panel=panel: _draw([panel])) for _ in range(TICKS // 4)]
            print(f"  {panel.bl_label:<16} {_told(took)}")
        touched = []
        for _ in range(20):
            session.touch()
            touched.append(_timed(lambda: _draw(panels)))
    print(f"drawing all {len(panels)} panels right after an edit {_told(touched)}")


def _panels() -> list[type]:
    import bpy

    return [panel for panel in bpy.types.Panel.__subclasses__() if getattr(panel, "bl_category", "") == "Second Unit"]


def _draw(panels: list[type]) -> None:
    import bpy

    for panel in panels:
        panel.draw(_Drawn(), bpy.context)


class _Drawn:
    """A panel and its layout, and whatever that returns: takes everything, does nothing."""

    layout: Any
    bl_rna = None

    def __getattr__(self, name: str) -> Any:
        return self if name == "layout" else _nothing


def _nothing(*_: Any, **__: Any) -> _Drawn:
    return _Drawn()


@contextmanager
def _in_sequencer(scene: Any) -> Iterator[None]:
    from addon.sequencer import sequencer_context

    with sequencer_context(scene):
        yield


def _timed(call: Callable[[], object]) -> float:
    began = time.thread_time()
    call()
    return (time.thread_time() - began) * 1000


def _told(milliseconds: list[float]) -> str:
    ordered = sorted(milliseconds)
    return f"{median(ordered):.3f} ms (95th {ordered[len(ordered) * 95 // 100]:.3f})"
