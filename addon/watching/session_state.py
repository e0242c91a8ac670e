"""The values that :mod:`.session` keeps. Kept apart so that they can be read in one go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from second_unit.jobs.job import Job
    from second_unit.jobs.reader import JobRow, StoreReader

    from ..reading.edit_marks import EditSummary
    from ..shoot import Planned


@dataclass(frozen=True)
class Notice:
    """
    Something to tell the editor: an error or a warning.

    Args:
        message: what happened, in a sentence.
        remedy: what to do next.
        strip: the name of the strip it is about, or empty.
        kind: the error's class or the warning's code.
    """

    message: str
    remedy: str = ""
    strip: str = ""
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


@dataclass(frozen=True, eq=False, repr=False)
class Preview:
    """
    A dry run of a stretch: what would be ordered and what it would cost, or why it can't be.

    Args:
        scene: the scene's name.
        mark: what the edit looked like then; see :func:`.session.is_current`.
        planned: the plan; None where there is an error.
        error: why there is no plan.
        shots: how many would be shot.
        requests: in how many orders.
        seconds: how many would be ordered.
        cost: in words: ``"0.7623 USD"``, ``"free"``, ``"price not known"``.
        warnings: each with its strip.
        labels: ``"Image 1"`` by strip id.
        stale: ids of the strips whose shot changed since its take, or has none.
        stale_only: whether only such shots were planned.
        ordered: whether it was ordered; then it only tells what was.
        made_at: Unix seconds.
    """

    scene: str
    mark: int
    planned: Planned | None = None
    error: Notice | None = None
    shots: int = 0
    requests: int = 0
    seconds: float = 0.0
    cost: str = ""
    warnings: tuple[Notice, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()
    stale_only: bool = False
    ordered: bool = False
    made_at: float = 0.0


@dataclass(eq=False, repr=False)
class State:
    """All of it, so that forgetting is making a new one."""

    previews: dict[str, Preview] = field(default_factory=dict)
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    stretches: dict[str, tuple[object, EditSummary]] = field(default_factory=dict)
    rows: dict[str, JobRow] = field(default_factory=dict)
    listed: tuple[JobRow, ...] | None = None
    jobs: dict[str, tuple[float, Job]] = field(default_factory=dict)
    claimed: frozenset[str] = frozenset()
    troubles: dict[str, Notice] = field(default_factory=dict)
    cursor: int = 0
    touched: int = 0
    spent: str = ""
    projects: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    open: int = 0
    alive: bool = False
    usual: dict[tuple[str, str], float] = field(default_factory=dict)
    failed: dict[str, frozenset[str]] = field(default_factory=dict)
    changed: dict[str, frozenset[str]] = field(default_factory=dict)
    status: str = ""
    reader: StoreReader | None = None
