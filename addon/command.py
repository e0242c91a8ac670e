"""
``blender -b edit.blend -c second_unit …``: the batch commands, which :mod:`.offer_command` tells Blender of.

Each takes the .blend that Blender opened, or any number of them named after the command, one after another. What is
said is the same as with ``second-unit``: words on a terminal, JSON lines when piped or with ``--json``, and the same
exit codes (:mod:`second_unit.cli.exits`).
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from .offer_command import NAME

if TYPE_CHECKING:
    from second_unit.cli.output import Output
    from second_unit.timeline import ShotWarning


def run(arguments: list[str]) -> int:
    """Carry a command out; return its exit code."""
    from second_unit.cli.output import Output
    from second_unit.cli.watch import count_ends

    try:
        told = _parser().parse_args(arguments)
        told.words, told.ended = arguments, []
        _check_names(told)
    except SystemExit as asked:  # argparse has said why; Blender would die of the exception
        return int(asked.code or 0)
    with ExitStack() as around:
        around.enter_context(_interruptible())
        say = around.enter_context(_without_blenders_words()) if told.json or not sys.stdout.isatty() else None
        output = around.enter_context(Output(told.json, out=say))
        code = _carry_out(told, output)
        output.say(count_ends(code, told.ended))
        return code


def _carry_out(told: argparse.Namespace, output: Output) -> int:
    """Do it for each .blend; what fails with one doesn't keep the others. Return the highest exit code."""
    from second_unit.cli.exits import Exit, exit_code
    from second_unit.cli.lines import ErrorLine
    from second_unit.errors import SecondUnitError

    code: int = Exit.DONE
    for path in told.files or [None]:
        try:
            code = max(code, told.carry_out(told, _open(told, path), output))
        except SecondUnitError as error:
            about = {} if path is None else {"edit": str(path)}
            output.say(ErrorLine.model_validate({"error": error.as_record() | about}))
            code = max(code, exit_code(error))
        except KeyboardInterrupt:
            code = Exit.STILL_RUNNING
        if code == Exit.STILL_RUNNING:
            break
    return int(code)


def _open(told: argparse.Namespace, path: Path | None) -> bpy.types.Scene:
    """Return the scene to shoot: of the .blend that is named, else of the one that is open."""
    from second_unit.errors import MissingMedia, TimelineError, UnreadableMedia

    from .sequencer import sequencer_scene

    if path is not None:
        if not path.is_file():
            raise MissingMedia(f"There is no .blend at {path}.", remedy="Check the path. Nothing was ordered.")
        try:
            bpy.ops.wm.open_mainfile(filepath=str(path.resolve()))
        except RuntimeError as error:
            raise UnreadableMedia(
                f"Blender can't open {path}: {' '.join(str(error).split())}",
                remedy="Check the file. Nothing was ordered.",
            ) from error
    if not told.scene:
        return sequencer_scene(bpy.context)
    if told.scene not in bpy.data.scenes:
        raise TimelineError(
            f"There is no scene '{told.scene}' in {Path(bpy.data.filepath).name or 'this .blend'}.",
            remedy=f"It has: {', '.join(scene.name for scene in bpy.data.scenes)}.",
        )
    return bpy.data.scenes[told.scene]


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C reach Python: Blender without windows takes it for itself, and dies at the second."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.SIG_DFL)


@contextmanager
def _without_blenders_words() -> Iterator[Callable[[str], None]]:
    """Keep standard output for our lines alone: Blender tells there of each frame that it renders and file it saves."""
    _flush()
    with open(os.dup(1), "w", encoding="utf-8") as ours, open(os.devnull, "w", encoding="utf-8") as away:  # noqa: PTH123  a descriptor
        os.dup2(away.fileno(), 1)  # what Blender prints itself
        try:
            with redirect_stdout(away):  # what it prints through Python: the reports of operators
                yield lambda line: print(line, file=ours, flush=True)
        finally:
            _flush()
            os.dup2(ours.fileno(), 1)


def _flush() -> None:
    """Send on what Python and Blender itself hold back of what they printed."""
    sys.stdout.flush()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None).fflush(None)


def _plan(told: argparse.Namespace, scene: bpy.types.Scene, output: Output) -> int:
    from second_unit.cli.exits import Exit

    _planned(told, scene, output)
    return Exit.DONE


def _generate(told: argparse.Namespace, scene: bpy.types.Scene, output: Output) -> int:
    from second_unit.batch.keys import require_key
    from second_unit.cli.exits import Exit
    from second_unit.cli.watch import follow
    from second_unit.jobs.budget import check_budget

    from . import shoot

    planned = _planned(told, scene, output)
    check_budget(planned.plan, told.budget)
    if told.dry_run or not planned.plan.requests:
        return Exit.DONE
    _check_online(told, planned.timeline.settings.service)
    require_key(planned.plan)
    store, jobs = shoot.order(
        planned, takes=told.takes, store=told.store, endpoint=told.endpoint, budget=told.budget, again=told.again
    )
    if told.budget is not None:  # one budget for all the files of the batch
        told.budget -= planned.plan.cost.amount or 0
    code, ended = follow(store, jobs, wait=told.wait, output=output)
    told.ended += ended
    if told.wait and code != Exit.STILL_RUNNING:
        shoot.place(scene, store, jobs, mute_scratch=told.mute_scratch, warn=_say_warnings(output))
        _keep(told, scene, output)
    return code


def _check_online(told: argparse.Namespace, service: str) -> None:
    """See that Blender may use the network; say the command that lets it."""
    import shlex

    from second_unit.errors import NotAllowed

    from . import shoot
    from .settings import preferences

    try:
        shoot.check_online(service, told.endpoint or preferences.endpoint(service))
    except NotAllowed as error:
        words = ["blender", "-b", *filter(None, [bpy.data.filepath]), "--online-mode", "-c", NAME, *told.words]
        raise NotAllowed(error.message, remedy=f"Allow it for this run: {shlex.join(words)}", service=service) from None


def _place(told: argparse.Namespace, scene: bpy.types.Scene, output: Output) -> int:
    """Cut in what came back meanwhile for this .blend."""
    from second_unit.cli.exits import Exit
    from second_unit.jobs.store import JobStore

    from . import shoot

    where = _store(told)
    if where.exists():
        with JobStore(where) as kept:
            jobs = [job.id for job in kept.jobs(project=bpy.data.filepath)]
        shoot.place(scene, where, jobs, mute_scratch=told.mute_scratch, warn=_say_warnings(output))
    _keep(told, scene, output)
    return Exit.DONE


def _jobs(told: argparse.Namespace, _scene: bpy.types.Scene, output: Output) -> int:
    from second_unit.cli.exits import Exit
    from second_unit.cli.lines import JobLine

    for job in _kept_jobs(told):
        output.say(JobLine(job=job.id, name=job.name, state=job.state, progress=job.progress, message=job.message))
    return Exit.DONE


def _takes(told: argparse.Namespace, _scene: bpy.types.Scene, output: Output) -> int:
    from second_unit.cli.exits import Exit
    from second_unit.cli.watch import say_ends

    say_ends([job for job in _kept_jobs(told) if job.take is not None], output)
    return Exit.DONE


def _kept_jobs(told: argparse.Namespace) -> tuple[Any, ...]:
    """Return the jobs of the .blend that is open, or all where none was ever saved; a store isn't made for it."""
    from second_unit.jobs.store import JobStore

    where = _store(told)
    if not where.exists():
        return ()
    with JobStore(where) as kept:
        return tuple(kept.jobs(project=bpy.data.filepath or None))


def _store(told: argparse.Namespace) -> Path:
    from . import crew

    return told.store or crew.store_path()


def _planned(told: argparse.Namespace, scene: bpy.types.Scene, output: Output) -> Any:
    from second_unit.batch.sharding import take_shard
    from second_unit.cli.lines import PlanLine

    from . import shoot

    settings = {name: getattr(told, name) for name in ("service", "model", "ratio", "resolution", "audio", "seed")}
    stretch = "selection" if told.selected else "auto" if told.range is None else "all"
    planned = shoot.plan(scene, stretch=stretch, frames=told.range, stale=told.stale, store=told.store, **settings)
    planned = shoot.Planned(planned.timeline, planned.shot_list, take_shard(planned.plan, told.shard))
    output.say(PlanLine(edit=planned.timeline.file, plan=planned.plan, cost=planned.plan.cost))
    return planned


def _say_warnings(output: Output) -> Callable[[ShotWarning], None]:
    """Return what says each shot to look at."""
    from second_unit.cli.lines import WarningLine

    return lambda warning: output.say(WarningLine(warning=warning))


def _keep(told: argparse.Namespace, scene: bpy.types.Scene, output: Output) -> None:
    """Save and render, as far as that was asked for."""
    from second_unit.cli.lines import FileLine

    from .preview import render_preview

    edit = bpy.data.filepath  # before it is saved under another name
    if told.save or told.save_as:
        path = _named(told.save_as, edit) if told.save_as else Path(edit)
        bpy.ops.wm.save_as_mainfile(filepath=str(path), relative_remap=True)
        output.say(FileLine(what="edit", file=path))
    if told.render:
        movie = _named(told.render, edit)
        render_preview(scene, movie, percentage=100)
        output.say(FileLine(what="preview", file=movie, first_frame=scene.frame_start))


def _named(pattern: Path, edit: str) -> Path:
    """Return the file to write: ``{edit}`` stands for the name of the .blend."""
    return Path(str(pattern).replace("{edit}", Path(edit).stem)).resolve()


def _check_names(told: argparse.Namespace) -> None:
    """See that no edit of a batch would overwrite what another one wrote."""
    for option in ("save_as", "render"):
        name = getattr(told, option, None)
        if name is not None and len(told.files) > 1 and "{edit}" not in str(name):
            flag = f"--{option.replace('_', '-')}"
            _parser().error(f"{flag} would write {len(told.files)} edits to one file: write {flag} 'out/{{edit}}…'")


def _budget(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except ArithmeticError:
        raise argparse.ArgumentTypeError(f"'{text}' is no amount") from None
    if not amount.is_finite() or amount < 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no amount")
    return amount


def _frames(text: str) -> tuple[int, int]:
    first, mark, last = text.partition("-")
    if not mark or not first.isdecimal() or not last.isdecimal() or int(last) < int(first):
        raise argparse.ArgumentTypeError(f"'{text}' is not FIRST-LAST, such as 100-250")
    return int(first), int(last) + 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"blender -b edit.blend -c {NAME}",
        description="Shoot the strips of an edit and cut the takes back in.",
        epilog=_example("generate --service seedance --budget 20 --save", online=True),
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    everywhere, shots, ends = _common(), _shot_options(), _end_options()
    commands.add_parser(
        "plan",
        parents=[everywhere, shots],
        help="what would be ordered, and what it costs",
        epilog=_example("plan --range 100-250"),
    ).set_defaults(carry_out=_plan)
    generate = commands.add_parser(
        "generate",
        parents=[everywhere, shots, ends],
        help="order, wait, cut in; Ctrl-C leaves the jobs running",
        epilog=_example("generate --service seedance --budget 20 --save --render preview.mp4", online=True),
    )
    generate.set_defaults(carry_out=_generate)
    generate.add_argument("--endpoint", help="another address of the service, such as a rehearsal server's")
    generate.add_argument("--takes", type=Path, help="where takes go; else a folder beside the .blend")
    generate.add_argument("--budget", type=_budget, help="order nothing if all of it would cost more")
    generate.add_argument(
        "--again", action="store_true", help="a further take of what was ordered before, and pay for it"
    )
    generate.add_argument("--dry-run", action="store_true", help="print the plan, order nothing, write nothing")
    generate.add_argument(
        "--wait", action=argparse.BooleanOptionalAction, default=True, help="stay until takes are here"
    )
    for name, carry_out, parents, about, example in (
        ("place", _place, [everywhere, ends], "cut in what came back meanwhile", "place --save"),
        ("takes", _takes, [everywhere], "list what came back", "takes --json"),
        ("jobs", _jobs, [everywhere], "list the jobs of this .blend", "jobs --json"),
    ):
        commands.add_parser(name, parents=parents, help=about, epilog=_example(example)).set_defaults(
            carry_out=carry_out
        )
    return parser


def _example(words: str, *, online: bool = False) -> str:
    return f"Example: blender -b edit.blend {'--online-mode ' if online else ''}-c {NAME} {words}"


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("files", nargs="*", type=Path, help=".blend files; else the one that is open")
    common.add_argument("--scene", help="the scene to shoot; else the one that is edited")
    common.add_argument("--store", type=Path, help="the job store; else this user's own")
    common.add_argument("--json", action="store_true", help="JSON lines, as when piped")
    return common


def _shot_options() -> argparse.ArgumentParser:
    shots = argparse.ArgumentParser(add_help=False)
    shots.add_argument("--range", type=_frames, metavar="FIRST-LAST", help="only these frames, both included")
    shots.add_argument("--selected", action="store_true", help="only the selected strips")
    shots.add_argument("--stale", action="store_true", help="only shots that changed since their take, or have none")
    shots.add_argument("--shard", metavar="N/M", help="only the N-th of M equal parts of the requests")
    for name in ("service", "model", "ratio", "resolution"):
        shots.add_argument(f"--{name}", help=f"instead of the scene's own {name}")
    shots.add_argument("--audio", action=argparse.BooleanOptionalAction, default=None, help="order sound")
    shots.add_argument("--seed", type=int, help="fixes what chance decides, where the model can")
    return shots


def _end_options() -> argparse.ArgumentParser:
    ends = argparse.ArgumentParser(add_help=False)
    ends.add_argument("--save", action="store_true", help="save the .blend")
    ends.add_argument("--save-as", type=Path, help="save it under another name; {edit} stands for the old one")
    ends.add_argument("--render", type=Path, metavar="OUT.mp4", help="render the sequencer to a movie; {edit} as above")
    ends.add_argument("--mute-scratch", action="store_true", help="mute what the takes were made from")
    return ends
