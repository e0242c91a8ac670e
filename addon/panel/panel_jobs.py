"""The panel of the jobs: how far each is, how long it takes, what happened and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.translations import pgettext_iface as _

from .. import later
from ..watching import session
from ..watching.progress_words import COUNTED, words_of
from . import job_words
from .layouts import draw_hint, draw_trouble, draw_words
from .panel_base import InSidebar

if TYPE_CHECKING:
    from second_unit.jobs.reader import JobRow

ICONS = {
    "planned": "SORTTIME",
    "preparing": "FILE_REFRESH",
    "submitting": "EXPORT",
    "submitted": "SORTTIME",
    "running": "RENDER_ANIMATION",
    "downloading": "IMPORT",
    "verifying": "VIEWZOOM",
    "ready": "CHECKMARK",
    "placed": "CHECKMARK",
    "failed": "ERROR",
    "cancelled": "CANCEL",
    "uncertain": "QUESTION",
}
# What can be done about a job in each state: the operator and its icon.
REMEDIES = {
    "failed": (("second_unit.resume_job", "PLAY"), ("second_unit.resubmit_job", "FILE_REFRESH")),
    "cancelled": (("second_unit.resume_job", "PLAY"), ("second_unit.resubmit_job", "FILE_REFRESH")),
    "uncertain": (
        ("second_unit.check_job", "VIEWZOOM"),
        ("second_unit.adopt_job", "LINKED"),
        ("second_unit.resubmit_job", "FILE_REFRESH"),
    ),
    "ready": (("second_unit.place", "IMPORT"),),
}
MOST_HISTORY = 12


class SecondUnitListedJob(bpy.types.PropertyGroup):
    """A line of the list. Its name is the job's id; what it says is :func:`..watching.session.row`."""


class JobList(bpy.types.UIList):
    """The jobs of this .blend, newest first."""

    bl_idname = "SECOND_UNIT_UL_jobs"

    def draw_item(  # Blender calls it by position
        self, _context: Any, layout: Any, _manager: Any, listed: Any, _icon: int, _active: Any, _name: str, _index: int
    ) -> None:
        """Draw one: what is shot, how far it is, and the button that stops it."""
        row = session.row(listed.name)
        if row is None:
            return
        line = layout.row(align=True)
        line.label(text=row.name, icon=ICONS.get(row.state, "QUESTION"), translate=False)
        draw_progress(line, row)
        if row.is_open:
            line.operator("second_unit.cancel_job", text="", icon="X", emboss=False).job = row.id

    def filter_items(self, _context: Any, manager: Any, prop: str) -> tuple[list[int], list[int]]:
        """Let the list be searched by what is seen, not by the ids behind it."""
        jobs = getattr(manager, prop)
        if not self.filter_name:
            return [], []
        wanted = self.filter_name.casefold()
        names = (row.name.casefold() if (row := session.row(job.name)) else "" for job in jobs)
        return [self.bitflag_filter_item if wanted in name else 0 for name in names], []


class JobsPanel(InSidebar, bpy.types.Panel):
    """How they fare."""

    bl_idname = "SECOND_UNIT_PT_jobs"
    bl_label = "Jobs"
    bl_order = 5

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        """Say beside the title how many are open."""
        count = session.open_count()
        if count:
            self.layout.label(text=_("{} open").format(count), translate=False)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the list and the chosen job."""
        layout, manager = self.layout, context.window_manager
        rows = session.rows()
        if not rows:
            draw_hint(layout, _("Nothing was ordered for this file yet."))
            return
        _keep_list_up(manager, rows)
        shown = min(8, max(2, len(rows)))
        index = "second_unit_job_index"
        layout.template_list("SECOND_UNIT_UL_jobs", "", manager, "second_unit_jobs", manager, index, rows=shown)
        if session.open_count() and not session.worker_alive():
            draw_words(layout, _("The worker isn't at work yet; it is started by itself."), "SORTTIME")
        chosen = chosen_row(context)
        if chosen is not None:
            _draw_job(layout, chosen)


class JobHistoryPanel(InSidebar, bpy.types.Panel):
    """What happened to the chosen job, line by line."""

    bl_idname = "SECOND_UNIT_PT_job_history"
    bl_parent_id = "SECOND_UNIT_PT_jobs"
    bl_label = "What Happened"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be there where a job is chosen."""
        return chosen_row(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Draw it."""
        row = chosen_row(context)
        words = job_words.known_words(row) if row is not None else None
        for line in words.history[-MOST_HISTORY:] if words else ():
            draw_words(self.layout, line, lines=4)


def draw_progress(layout: Any, row: JobRow) -> None:
    """Draw how far a job is: a bar where that is known, else words."""
    if row.state in COUNTED and row.progress is not None:
        layout.progress(factor=row.progress, type="BAR", text=words_of(row), translate=False)
        return
    right = layout.row()
    right.alignment = "RIGHT"
    right.alert = row.state in {"failed", "uncertain"}
    right.label(text=_("placed") if row.state == "placed" else _(words_of(row)), translate=False)


def clock(seconds: float) -> str:
    """Return a time as a clock shows it: ``"1:05"``, ``"1:02:05"``."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def chosen_row(context: bpy.types.Context) -> JobRow | None:
    """Return the job that is chosen in the list; None where there is none."""
    manager = context.window_manager
    jobs, index = manager.second_unit_jobs, manager.second_unit_job_index
    return session.row(jobs[index].name) if 0 <= index < len(jobs) else None


def _draw_job(layout: Any, row: JobRow) -> None:
    box = layout.box()
    head = box.row()
    head.label(text=row.name, translate=False)
    right = head.row()
    right.alignment = "RIGHT"
    right.label(text=_time_of(row), translate=False)
    quiet = box.column()
    quiet.active = False
    quiet.label(text=f"{row.service} · {row.model}", translate=False)
    trouble = session.trouble(row.id)
    if trouble is not None:
        draw_trouble(box, trouble.message, trouble.remedy)
    words = job_words.known_words(row)
    if words is not None:
        draw_words(box, f"{words.happened} {words.charged}")
        if words.next != "Nothing.":
            draw_words(box, words.next, "FORWARD")
    elif row.message:
        draw_words(box, row.message)
    _draw_remedies(box, row)


def _time_of(row: JobRow) -> str:
    took, usual = clock(session.elapsed_seconds(row)), session.expected_seconds(row)
    return _("{} of about {}").format(took, clock(usual)) if row.is_open and usual else took


def _draw_remedies(layout: Any, row: JobRow) -> None:
    line = layout.row(align=True)
    if row.is_open:
        line.operator("second_unit.cancel_job", icon="X").job = row.id
        return
    remedies = REMEDIES.get(row.state, ())
    for operator, icon in remedies:
        line.operator(operator, icon=icon).job = row.id
    line.operator("second_unit.forget_job", text="" if remedies else None, icon="TRASH").job = row.id


# --- the list -------------------------------------------------------------------------------------------------------


class _Known:
    """The jobs that the list is known to show."""

    rows: object = None


def _keep_list_up(manager: Any, rows: tuple[JobRow, ...]) -> None:
    """Have the list filled anew where other jobs are to be shown than last time; drawing may not do it."""
    if _Known.rows is rows:
        return
    listed = manager.second_unit_jobs
    if len(listed) == len(rows) and all(one.name == row.id for one, row in zip(listed, rows, strict=True)):
        _Known.rows = rows
    else:
        later.soon("jobs", fill_list)


def fill_list() -> None:
    """Let the list show the session's jobs, and keep the chosen one chosen."""
    manager = bpy.context.window_manager
    jobs, index = manager.second_unit_jobs, manager.second_unit_job_index
    chosen = jobs[index].name if 0 <= index < len(jobs) else ""
    jobs.clear()
    ids = [row.id for row in session.rows()]
    for one in ids:
        jobs.add().name = one
    manager.second_unit_job_index = ids.index(chosen) if chosen in ids else 0


def add_list() -> None:
    """Give Blender's window manager the list; it isn't kept in the .blend."""
    kept_out = {"SKIP_SAVE"}
    bpy.types.WindowManager.second_unit_jobs = bpy.props.CollectionProperty(type=SecondUnitListedJob, options=kept_out)
    bpy.types.WindowManager.second_unit_job_index = bpy.props.IntProperty(
        name="Job", description="The job that is shown beneath the list", options=kept_out
    )


def remove_list() -> None:
    """Take it back."""
    _Known.rows = None
    del bpy.types.WindowManager.second_unit_job_index
    del bpy.types.WindowManager.second_unit_jobs


CLASSES = (SecondUnitListedJob, JobList, JobsPanel, JobHistoryPanel)
