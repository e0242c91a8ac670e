"""Where a command says things: words and bars on a terminal, JSON lines when piped or asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from second_unit.cli.exits import exit_code
from second_unit.cli.lines import (
    DoneLine,
    ErrorLine,
    Failure,
    FileLine,
    JobLine,
    Line,
    PlanLine,
    TakeLine,
    WarningLine,
)
from second_unit.errors import SecondUnitError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID
    from rich.table import Table

    from second_unit.plan import Plan


class Output:
    """
    A command's voice.

    Args:
        as_json: JSON lines even on a terminal; piped output always is.
        out: receives each JSON line instead of standard output.
    """

    def __init__(self, as_json: bool = False, out: Callable[[str], None] | None = None) -> None:
        self.as_json = as_json or out is not None or not sys.stdout.isatty()
        self._out = out or _print_line
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
        if self.as_json and isinstance(error, SecondUnitError):  # in words it is said on stderr, where it is caught
            failure = Failure.model_validate(error.as_record())
            self._out(ErrorLine(error=failure).model_dump_json())
            self._out(DoneLine(exit_code=exit_code(error)).model_dump_json())

    def say(self, line: Line) -> None:
        """Say one thing."""
        if isinstance(line, ErrorLine):
            print_failure(line.error)
        if self.as_json:
            self._out(line.model_dump_json())
            return
        match line:
            case PlanLine():
                print_plan(line.plan, self.console)
            case WarningLine():
                self.console.print(f"[yellow]•[/] {escape(str(line.warning))}")
            case JobLine():
                self._move_bar(line)
            case TakeLine():
                self.console.print(f"[green]✓[/] {escape(line.name)}, take {line.number}: {escape(str(line.file))}")
            case FileLine():
                self.console.print(f"{line.what}: {escape(str(line.file))}")
            case ErrorLine() | DoneLine():
                pass

    @property
    def console(self) -> Console:
        """The terminal; it leaves out colours where ``NO_COLOR`` is set."""
        from rich.console import Console

        return self._bars.console if self._bars is not None else Console(highlight=False)

    def _move_bar(self, line: JobLine) -> None:
        if self._bars is None:
            self._bars = _start_bars()
        task = self._tasks.get(line.job)
        if task is None:
            task = self._tasks[line.job] = self._bars.add_task(escape(line.name), total=1.0, state="")
        finished = line.state in {"ready", "placed"}
        self._bars.update(task, completed=1.0 if finished else line.progress or 0.0, state=line.state)


def print_plan(plan: Plan, console: Console) -> None:
    """Print a plan as a table: a row a shot, a section a request with its cost, and the sum below."""
    console.print(_plan_table(plan))
    first = plan.requests[0] if plan.requests else None
    with_whom = f" with {first.service}, {first.model}, {first.resolution} {first.ratio}" if first else ""
    total = money(plan.cost.amount, plan.cost.currency)
    shots = sum(len(request.shots) for request in plan.requests)
    console.print(f"{shots} shots in {len(plan.requests)} requests{escape(with_whom)}. Cost: {total}.")
    for warning in plan.warnings:
        console.print(f"[yellow]•[/] {escape(str(warning))}")


def _plan_table(plan: Plan) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("#", "shot", "edit frames", "window"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what happens", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("references", overflow="fold")
    table.add_column("cost", no_wrap=True, justify="right")
    for number, request in enumerate(plan.requests, start=1):
        for shot in request.shots:
            is_first = shot is request.shots[0]
            labels = [one.label for one in request.references if shot.segment in one.shots]
            table.add_row(
                str(number) if is_first else "",
                escape(shot.name),
                f"{shot.range.start}–{shot.range.end}",
                f"{shot.start_seconds}–{shot.end_seconds} s",
                escape(" ".join(shot.text.split())),
                escape(", ".join(labels)),
                money(request.cost.amount, request.cost.currency) if is_first else "",
                end_section=shot is request.shots[-1],
            )
    return table


def print_failure(failure: Failure) -> None:
    """Print one line on stderr: the shot, strip or job, what happened, what to do."""
    about = failure.shot or failure.strip or failure.job or failure.edit or ""
    words = " ".join(f"{failure.message} {failure.remedy or ''}".split())
    print(f"second-unit: {about + ': ' if about and about not in words else ''}{words}", file=sys.stderr, flush=True)


def money(amount: Any, currency: str) -> str:
    """Return an amount for people: ``0.76 USD``, ``free``, or ``price unknown``."""
    if amount is None:
        return "price unknown"
    return "free" if amount == 0 else f"{amount:.2f} {currency}"


def escape(text: str) -> str:
    """Return text that rich prints as it stands: a prompt's ``[0-3s]`` is no markup."""
    from rich.markup import escape as escape_markup

    return escape_markup(text)


def rows(lines: Iterable[Iterable[object]], *headings: str) -> None:
    """Print a table on the terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for number, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", no_wrap=number == 0)  # what is copied into a command stays whole
    for line in lines:
        table.add_row(*(escape(str(cell)) for cell in line))
    Console(highlight=False).print(table)


def _start_bars() -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"), TimeElapsedColumn()
    )
    bars.start()
    return bars


def _print_line(line: str) -> None:
    print(line, flush=True)
