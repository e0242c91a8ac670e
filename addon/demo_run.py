"""What the demo does in Blender: lay or open an edit, plan, shoot, place, save, render."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from . import crew, shoot
from .preview import render_preview
from .sequencer import sequencer_scene, strips_all

if TYPE_CHECKING:
    from second_unit.cli.lines import Line


def run_demo(told: argparse.Namespace) -> None:
    """Carry the demo out, saying each step as a JSON line; errors become an error line and exit code 1."""
    from second_unit.cli.exits import Exit, exit_code
    from second_unit.cli.lines import DoneLine, ErrorLine
    from second_unit.errors import SecondUnitError

    try:
        failed = _run(told)
    except SecondUnitError as error:
        _say(ErrorLine(error=error.as_record()))
        _say(DoneLine(exit_code=exit_code(error)))
        raise SystemExit(exit_code(error)) from None
    _say(DoneLine(exit_code=Exit.SOME_FAILED if failed else Exit.DONE, failed=failed))
    raise SystemExit(Exit.SOME_FAILED if failed else Exit.DONE)


def _run(told: argparse.Namespace) -> int:
    from second_unit.cli.lines import ErrorLine, FileLine, JobLine, PlanLine

    scene = _open_edit(told)
    options = {"sync_pops": True} if told.sync_pops and told.service == "animatic" else {}
    planned = shoot.plan(scene, stretch="all", service=told.service, options=options)
    _say(PlanLine(edit=planned.timeline.file, plan=planned.plan, cost=planned.plan.cost))

    store, jobs = shoot.order(planned, endpoint=told.endpoint)
    crew.wait(
        store,
        jobs,
        lambda row: _say(
            JobLine(job=row.id, name=row.name, state=row.state, progress=row.progress, message=row.message)
        ),
    )
    failed = _failed(store, jobs)
    for job in failed:
        _say(ErrorLine(error={"job": job.id, **(job.error or {"message": job.message})}))
    shoot.place(scene, store, jobs)

    edit = _numbered(told, "edit", ".blend")
    bpy.ops.wm.save_as_mainfile(filepath=str(edit), relative_remap=True)
    _say(FileLine(what="edit", file=edit))
    preview = _numbered(told, "preview", ".mp4")
    render_preview(scene, preview)
    _say(FileLine(what="preview", file=preview, first_frame=scene.frame_start))
    return len(failed)


def _open_edit(told: argparse.Namespace) -> bpy.types.Scene:
    """Open the user's edit, or the last run's, or lay a new one; either way it is saved in the demo's folder first."""
    last = _numbered(told, "edit", ".blend", run=told.run - 1)
    if told.open_with is not None:
        bpy.ops.wm.open_mainfile(filepath=str(told.open_with.resolve()))
    elif told.run > 1 and last.is_file():
        bpy.ops.wm.open_mainfile(filepath=str(last))
    else:
        from .demo_edit import lay_demo_edit

        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
        bpy.ops.wm.save_as_mainfile(filepath=str(_numbered(told, "edit", ".blend")))
        lay_demo_edit(bpy.context.scene, told.out / "media")
    bpy.ops.wm.save_as_mainfile(filepath=str(_numbered(told, "edit", ".blend")), relative_remap=True)
    scene = sequencer_scene(bpy.context)
    if not strips_all(scene):
        scene = next((one for one in bpy.data.scenes if strips_all(one)), scene)
    return scene


def _failed(store: Path, jobs: tuple[str, ...]) -> list[Any]:
    from second_unit.jobs.store import JobStore

    with JobStore(store) as kept:
        return [job for job in map(kept.job, jobs) if job.take is None]


def _numbered(told: argparse.Namespace, stem: str, suffix: str, run: int | None = None) -> Path:
    """Return ``edit.blend`` for the first run, ``edit-002.blend`` for the second: nothing is ever overwritten."""
    number = told.run if run is None else run
    name = stem if number == 1 else f"{stem}-{number:03}"
    return Path(told.out).resolve() / f"{name}{suffix}"


def _say(line: Line) -> None:
    print(line.model_dump_json(), flush=True)
