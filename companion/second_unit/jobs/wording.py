"""What the panel and the command say of a job: what happened, whether it was charged, what to do next."""

from __future__ import annotations

from second_unit.jobs.job import Job, State
from second_unit.timeline import Value

_NEXT_BY_KIND = {
    "MissingMedia": "Put the file back or choose another, then resume the job.",
    "UnreadableMedia": "Replace the file, then resume the job.",
    "MediaError": "Mend what is named, then resume the job.",
    "BrokenTake": "Resume the job to fetch it again while the service keeps it, usually a day.",
    "OverLimit": "Change the shot as named, and generate it again.",
    "UnknownModel": "Choose a model of the catalog, and generate the shot again.",
    "RetiredModel": "Choose the model that replaces it, and generate the shot again.",
    "OverBudget": "Raise the cap, then resume the job.",
    "ReadOnlyFolder": "Make the folder writable, then resume the job.",
    "HostingError": "Check where references are hosted, then resume the job.",
    "KeyMissing": "Enter the key in Second Unit's preferences or the environment, then resume the job.",
    "KeyRefused": "Enter a valid key in Second Unit's preferences, then resume the job.",
    "NotAllowed": "Ask for access to the model at the service, then resume the job.",
    "OutOfFunds": "Add funds at the service, then resume the job.",
    "RateLimited": "Wait a while, then resume the job.",
    "Moderated": "Change the prompt or the reference that is named, and generate the shot again.",
    "RequestRefused": "Change what the service names, and generate the shot again.",
    "TaskFailed": "Order it again; if it fails again, change the prompt.",
    "TaskExpired": "Order it again: the service no longer keeps it.",
    "TaskUnknown": "Look for the task at the service and adopt it, or order it again knowingly.",
    "ServiceUnavailable": "Wait until the service is back, then resume the job.",
    "AnswerLost": "Check the job, adopt its task, or resubmit it knowingly.",
    "HostileAnswer": "Resume the job to ask again; if it stays so, look at the service's own page.",
    "StoreError": "See `second-unit doctor`, then resume the job.",
}

_NEXT_BY_STATE = {
    State.PLANNED: "Nothing: the worker takes it up.",
    State.PREPARING: "Nothing: the worker is preparing it.",
    State.SUBMITTING: "Nothing: the worker is placing the order, or finding out whether it was accepted.",
    State.SUBMITTED: "Nothing: the worker asks now and then, also when Blender is closed.",
    State.RUNNING: "Nothing: the worker asks now and then, also when Blender is closed.",
    State.DOWNLOADING: "Nothing: the worker is fetching it.",
    State.VERIFYING: "Nothing: the worker is checking it.",
    State.READY: "Place it in the edit.",
    State.PLACED: "Nothing.",
    State.CANCELLED: "Nothing, or resume the job if it was cancelled by mistake.",
    State.UNCERTAIN: "Look at the service's own list of tasks. Then check the job, adopt the task's id, or resubmit it "
    "knowingly: that pays a second time if the first was accepted.",
}


class Explanation(Value):
    """Three sentences about a job, in plain words."""

    happened: str
    charged: str
    next: str

    def __str__(self) -> str:
        return f"{self.happened} {self.charged} {self.next}"


def explain(job: Job) -> Explanation:
    """Return what the user is told about a job in any state."""
    return Explanation(happened=_happened(job), charged=_charged(job), next=_next(job))


def _happened(job: Job) -> str:
    match job.state:
        case State.READY if job.take is not None and job.same_as:
            return f"'{job.name}' uses the take of the identical order {job.same_as}, {job.take.file.name}."
        case State.READY | State.PLACED if job.take is not None:
            placed = " and placed in the edit" if job.state is State.PLACED else ""
            return f"'{job.name}' is here as {job.take.file.name}, verified{placed}."
        case State.FAILED | State.CANCELLED | State.UNCERTAIN:
            why = str(job.error["message"]) if job.error else job.message
            again = f" It was ordered again as job {job.replaced_by}." if job.replaced_by else ""
            return f"'{job.name}' {_VERBS[job.state]}: {why}{again}"
        case _:
            return f"'{job.name}' is {job.state}. {job.message}"


_VERBS = {
    State.FAILED: "failed",
    State.CANCELLED: "was cancelled",
    State.UNCERTAIN: "may or may not have been accepted",
}


def _charged(job: Job) -> str:
    if job.same_as is not None and job.task is None:
        return "Nothing was charged."
    charged = _known_charge(job)
    if charged is None:
        return "Whether it was charged isn't known."
    if not charged:
        return "Nothing was charged."
    billed, cost = job.billed, job.request.cost
    if billed is not None and billed.amount is not None:
        return f"{billed.amount:.2f} {billed.currency} were charged."
    if cost.amount == 0:
        return "It is free."
    about = f" (about {cost.amount:.2f} {cost.currency})" if cost.amount is not None else ""
    return f"It was charged{about}."


def _known_charge(job: Job) -> bool | None:
    """Whether the job was paid for; None: not known, or not decided yet."""
    if job.billed is not None and job.billed.charged is not None:
        return job.billed.charged
    match job.state:
        case State.UNCERTAIN | State.SUBMITTING:
            return None
        case State.PLANNED | State.PREPARING:
            return False
        case State.FAILED | State.CANCELLED if job.error is not None:
            charged = job.error.get("charged")
            return None if charged is None else bool(charged)
        case State.READY | State.PLACED:
            return job.request.cost.amount != 0 or job.request.cost.amount is None
        case _:
            return None


def _next(job: Job) -> str:
    if job.replaced_by is not None:
        return f"See to job {job.replaced_by}."
    if job.state is State.FAILED:
        remedy = str(job.error.get("remedy") or "") if job.error else ""
        kind = str(job.error.get("kind")) if job.error else ""
        return remedy or _NEXT_BY_KIND.get(kind, "Resume the job, or order it again.")
    return _NEXT_BY_STATE[job.state]
