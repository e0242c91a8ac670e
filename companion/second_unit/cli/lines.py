"""
What a command says, as data: one JSON object a line with ``--json`` or when piped; words and bars on a terminal.

``docs/output.schema.json`` is the schema of these lines, the same for ``second-unit`` and ``blender -c second_unit``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from second_unit.plan import Cost, Plan
from second_unit.timeline import ShotWarning, Value


class PlanLine(Value):
    """The plan: what would be, or is about to be, ordered."""

    event: Literal["plan"] = "plan"
    edit: Path | None = None
    plan: Plan
    cost: Cost


class WarningLine(Value):
    """Something left out, shortened or guessed."""

    event: Literal["warning"] = "warning"
    warning: ShotWarning


class JobLine(Value):
    """How a job stands now."""

    event: Literal["job"] = "job"
    job: str
    name: str
    state: str
    progress: float | None = None
    message: str = ""


class TakeLine(Value):
    """A take that came back."""

    event: Literal["take"] = "take"
    job: str
    name: str
    file: Path
    number: int
    seconds: float


class FileLine(Value):
    """A file that was written: the saved edit, or a render that starts on ``first_frame`` of it."""

    event: Literal["file"] = "file"
    what: Literal["edit", "preview", "contact sheet", "conformed take"]
    file: Path
    first_frame: int = 0


class Failure(BaseModel):
    """
    What went wrong: the fields of :meth:`~second_unit.errors.SecondUnitError.as_record`, and whatever is known beside.

    Args:
        shot: the name of the shots that the job was to shoot.
        edit: the file that it happened with, where several are shot in a row.
        charged: whether it was paid for; None where that isn't known.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str = ""
    message: str
    remedy: str | None = ""
    shot: str | None = None
    strip: str | None = None
    job: str | None = None
    edit: str | None = None
    service: str | None = None
    code: str | None = None
    charged: bool | None = None
    retry: bool = False


class ErrorLine(Value):
    """A failure; said as one line on stderr too."""

    event: Literal["error"] = "error"
    error: Failure


class DoneLine(Value):
    """The last line: how it ended."""

    event: Literal["done"] = "done"
    exit_code: int
    ready: int = 0
    failed: int = 0
    running: int = 0


Line = PlanLine | WarningLine | JobLine | TakeLine | FileLine | ErrorLine | DoneLine
LINES: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="event")])
