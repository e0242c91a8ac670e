"""Buttons of the jobs: cancel, check, resume, adopt, order again, forget. What ``second-unit jobs`` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, StringProperty

from .. import crew
from ..watching import session, watch_jobs
from .line_operators import can_write
from .reporting import reports_errors

if TYPE_CHECKING:
    from second_unit.jobs.job import Job
    from second_unit.jobs.store import JobStore


def _job() -> Any:
    return StringProperty(name="Job", description="The job's id, or its first characters", options={"SKIP_SAVE"})


class _OnJob:
    """
    What does something to one job.

    ``rouses``: the worker carries it out, so it is started where none is at work.
    """

    rouses = True

    def deed(self, store: JobStore) -> Job:
        """Do it, and return the job as it stands then."""
        raise NotImplementedError

    @reports_errors
    def execute(self: Any, context: bpy.types.Context) -> set[str]:
        """Do it, have the worker go on, and show how the job stands."""
        from second_unit.jobs.store import JobStore

        from ..watching import watch_edit

        with JobStore(session.store()) as kept:
            job = self.deed(kept)
        self.then(context, job)
        if self.rouses and not session.look_for_worker():
            crew.start_worker(session.store())
        watch_edit.note(session.refresh())
        watch_jobs.soon()
        self.report({"INFO"}, f"'{job.name}': {job.message}")
        return {"FINISHED"}

    def then(self, context: bpy.types.Context, job: Job) -> None:
        """Do to the edit what follows from it."""


class _Awaiting(_OnJob):
    """What makes a job open again: its placeholders come back where they are gone."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Be there for an edit that can be written."""
        return can_write(cls, context)

    def then(self, _context: bpy.types.Context, job: Job) -> None:
        """Lay its placeholders again."""
        from ..watching import watch_edit

        watch_edit.await_again(job.id)


class SecondUnitCancelJob(_OnJob, bpy.types.Operator):
    """Asks for a job to be stopped."""

    bl_idname = "second_unit.cancel_job"
    bl_label = "Cancel"
    bl_description = "Ask for the order to be stopped. What is being made already can't always be, and may be charged"

    job: _job()

    def deed(self, store: JobStore) -> Job:
        """Ask."""
        from second_unit.jobs import remedies

        return remedies.cancel(store, self.job)


class SecondUnitCheckJob(_OnJob, bpy.types.Operator):
    """Has the service asked for an uncertain order."""

    bl_idname = "second_unit.check_job"
    bl_label = "Check"
    bl_description = "Ask the service once more whether it has the order. It is sent only if it surely has not"

    job: _job()

    def deed(self, store: JobStore) -> Job:
        """Ask."""
        from second_unit.jobs import remedies

        return remedies.check(store, self.job)


class SecondUnitResumeJob(_Awaiting, bpy.types.Operator):
    """Takes a failed or cancelled job up again."""

    bl_idname = "second_unit.resume_job"
    bl_label = "Resume"
    bl_description = "Take the failed or cancelled order up again. It is never paid twice"
    bl_options = {"UNDO"}

    job: _job()

    def deed(self, store: JobStore) -> Job:
        """Take it up."""
        from second_unit.jobs import remedies

        return remedies.resume(store, self.job)


class SecondUnitAdoptJob(_Awaiting, bpy.types.Operator):
    """Takes over a task that the user found at the service."""

    bl_idname = "second_unit.adopt_job"
    bl_label = "Adopt Task"
    bl_description = "Take over a task that you found in the service's own list. Nothing is ordered"
    bl_options = {"UNDO"}

    job: _job()
    task: StringProperty(name="Task", description="The task's id, as the service lists it", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the task's id."""
        return set(context.window_manager.invoke_props_dialog(self, width=400, confirm_text="Adopt"))

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw where it is typed."""
        self.layout.prop(self, "task")

    def deed(self, store: JobStore) -> Job:
        """Adopt it."""
        from second_unit.errors import StoreError
        from second_unit.jobs import remedies

        if not self.task.strip():
            raise StoreError("No task was named.", remedy="Copy its id from the service's own list.", job=self.job)
        return remedies.adopt(store, self.job, self.task.strip())


class SecondUnitResubmitJob(_Awaiting, bpy.types.Operator):
    """Orders a job again, as a new job."""

    bl_idname = "second_unit.resubmit_job"
    bl_label = "Order Again"
    bl_description = "Order the same once more, as a new order. Paid a second time if the first was accepted"
    bl_options = {"UNDO"}

    job: _job()
    pay_again: BoolProperty(name="Pay Again", description="Yes: it may be charged a second time", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask, where it may be paid twice."""
        from second_unit.jobs.wording import explain

        job = session.job(self.job)
        if job is None or (job.error or {}).get("charged") is False:
            return set(self.execute(context))
        self.pay_again = True
        asked = context.window_manager.invoke_confirm(
            self,
            event,
            title="Order Again?",
            message=f"{explain(job).charged} Ordering again may be charged a second time.",
            confirm_text="Order Again",
            icon="WARNING",
        )
        return set(asked)

    def deed(self, store: JobStore) -> Job:
        """Order it again."""
        from second_unit.errors import StoreError
        from second_unit.jobs import remedies
        from second_unit.jobs.wording import explain

        old = store.job(self.job)
        if not self.pay_again and (old.error or {}).get("charged") is not False:
            raise StoreError(
                f"{explain(old).charged} Ordering it again may be charged a second time.",
                remedy="Set Pay Again to order it all the same.",
                job=old.id,
            )
        self.job = old.id
        return remedies.resubmit(store, old.id)

    def then(self, _context: bpy.types.Context, job: Job) -> None:
        """Let the old job's placeholders wait for the new one."""
        from ..watching import watch_edit

        watch_edit.hand_over(self.job, job.id)
        watch_edit.await_again(job.id)


class SecondUnitForgetJob(_OnJob, bpy.types.Operator):
    """Drops an ended job from the list."""

    bl_idname = "second_unit.forget_job"
    bl_label = "Forget"
    bl_description = "Drop the order from the list. Its take and its line in the ledger stay"
    rouses = False

    job: _job()

    def deed(self, store: JobStore) -> Job:
        """Forget it; its placeholders go with the timer's next turn."""
        return store.forget(self.job)


CLASSES = (
    SecondUnitCancelJob,
    SecondUnitCheckJob,
    SecondUnitResumeJob,
    SecondUnitAdoptJob,
    SecondUnitResubmitJob,
    SecondUnitForgetJob,
)


def register() -> None:
    """Add them."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Take them out again."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
