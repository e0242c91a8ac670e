"""``second-unit demo``: the whole line once, on sample media that it draws itself."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from second_unit.cli.plan import AsJson

if TYPE_CHECKING:
    from second_unit.cli.lines import FileLine, Line, PlanLine
    from second_unit.cli.output import Output
    from second_unit.media.contact_sheet import ContactRow, Still
    from second_unit.plan import GenerationRequest, TimedShot


def demo(
    out: Annotated[Path, typer.Option(help="Where everything goes.")] = Path("demo"),
    sync_pops: Annotated[
        bool, typer.Option("--sync-pops", help="A flash and a pop on each shot's first frame.")
    ] = False,
    open_with: Annotated[Path | None, typer.Option(help="Shoot this .blend of yours instead, on a copy.")] = None,
    blender: Annotated[str | None, typer.Option(help="The Blender to use; else the bpy module, or the PATH's.")] = None,
    service: Annotated[str, typer.Option(help="Who shoots.")] = "animatic",
    endpoint: Annotated[str | None, typer.Option(help="Another address of the service: a rehearsal server's.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Lay an edit of 8 shots, plan it, shoot it on this machine, cut the takes in, render it. No account, no network.

    Run it again for further takes: nothing is overwritten.

    Example: second-unit demo --out demo
    """
    from second_unit.cli.output import Output

    run = _next_run(out)
    out.mkdir(parents=True, exist_ok=True)
    with Output(as_json) as output:
        if open_with is None:
            from second_unit.animatic.sample_media import make_sample_media

            make_sample_media(out / "media")
        arguments = ["--out", str(out), "--run", str(run), "--service", service]
        arguments += ["--open-with", str(open_with)] if open_with else []
        arguments += ["--endpoint", endpoint] if endpoint else []
        arguments += ["--sync-pops"] if sync_pops else []
        code, planned, preview = _shoot_in_blender(arguments, out, blender, output)
        if planned is not None and preview is not None:
            sheet = out.resolve() / ("contact-sheet.png" if run == 1 else f"contact-sheet-{run:03}.png")
            _draw_sheet(planned, preview, sheet)
            from second_unit.cli.lines import FileLine

            output.say(FileLine(what="contact sheet", file=sheet))
    raise typer.Exit(code)


def _next_run(out: Path) -> int:
    if not (out / "edit.blend").exists():
        return 1
    return max((int(path.stem.rpartition("-")[2]) for path in out.glob("edit-[0-9][0-9][0-9].blend")), default=1) + 1


def _shoot_in_blender(
    arguments: list[str], out: Path, blender: str | None, output: Output
) -> tuple[int, PlanLine | None, FileLine | None]:
    """Run the Blender side and pass on what it says; Blender's own words go to ``blender.log``."""
    from second_unit.cli.blender import script_command, script_environment
    from second_unit.cli.lines import DoneLine, FileLine, PlanLine

    command = script_command("demo.py", *arguments, blender=blender)
    environment = script_environment() | {
        "SECOND_UNIT_HOME": str(out.resolve() / "second-unit"),
        "PYTHONUNBUFFERED": "1",
    }
    planned, preview = None, None
    with (
        (out / "blender.log").open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as child,
    ):
        for text in child.stdout or ():
            line = _read_line(text)
            if line is None:
                log.write(text)
                continue
            if not isinstance(line, DoneLine):
                output.say(line)
            planned = line if isinstance(line, PlanLine) else planned
            preview = line if isinstance(line, FileLine) and line.what == "preview" else preview
    if child.returncode and preview is None:
        print(f"second-unit: Blender's own words are in {out / 'blender.log'}.", file=sys.stderr)
    return child.returncode, planned, preview


def _read_line(text: str) -> Line | None:
    """Return what the Blender side said; None for Blender's own words."""
    from pydantic import ValidationError

    from second_unit.cli.lines import LINES

    if not text.startswith("{"):
        return None
    try:
        return LINES.validate_json(text)
    except ValidationError:
        return None


def _draw_sheet(planned: PlanLine, preview: FileLine, to: Path) -> None:
    from second_unit.media.contact_sheet import draw_contact_sheet

    rows = [_row(request, shot, preview) for request in planned.plan.requests for shot in request.shots]
    title = f"{planned.edit.stem if planned.edit else 'edit'} · {len(rows)} shots"
    draw_contact_sheet(rows, to, title)


def _row(request: GenerationRequest, shot: TimedShot, preview: FileLine) -> ContactRow:
    from second_unit.media.contact_sheet import ContactRow, Still

    frames = (shot.range.start, (shot.range.start + shot.range.end) // 2, shot.range.end - 1)
    # Half a frame in: what is on screen in the middle of the frame, however the file rounds its times.
    returned = tuple(
        Still(
            path=preview.file,
            seconds=request.rate.seconds(frame - preview.first_frame) + request.rate.seconds(1) / 2,
        )
        for frame in frames
    )
    return ContactRow(name=shot.name, caption=shot.text, asked=_asked(request, shot), returned=returned)


def _asked(request: GenerationRequest, shot: TimedShot) -> tuple[Still, ...]:
    """Return stills of the picture references that are the shot's own: those of a movie at its first, middle, last."""
    from second_unit.media.contact_sheet import Still
    from second_unit.shots import FileSource, ReferenceKind

    used = [one for one in request.references if shot.segment in one.shots and one.kind is not ReferenceKind.AUDIO]
    own = sorted(used, key=lambda one: (one.cast is not None, len(one.shots)))
    for reference in own:
        match reference.source:
            case FileSource(path=path, trim=None):
                return (Still(path=path),) * 3
            case FileSource(path=path, trim=trim) if trim is not None:
                last = trim.end_seconds - Fraction(1, 25)
                middle = (trim.start_seconds + trim.end_seconds) / 2
                return tuple(Still(path=path, seconds=each) for each in (trim.start_seconds, middle, last))
    return ()
