"""From a commission to a movie on disk, in a process of its own: what :mod:`second_unit.rehearsal.crew` has made."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import av
from PIL import Image

from second_unit.animatic.render import render
from second_unit.rehearsal.finishing import finish, needs_finishing, pad
from second_unit.rehearsal.naming import commission_key, keep_made, made_before
from second_unit.rehearsal.panels import Panel, move_cuts, read_panels
from second_unit.rehearsal.quick import render_quick
from second_unit.rehearsal.storyboard import draw_storyboard
from second_unit.rehearsal.tasks import Commission, Made


def make(commission: Commission, folder: Path) -> Made:
    """Render a commission into ``folder`` unless it was rendered before; return where it is and its cuts."""
    key = commission_key(commission)
    before = made_before(key, folder)
    if before is not None:
        return before
    folder.mkdir(parents=True, exist_ok=True)
    planned = read_panels(commission.prompt, commission.frames)
    true = move_cuts(planned, commission.cuts_moved)
    made = Made(
        movie=folder / f"{key}.{commission.container}",
        last_frame=folder / f"{key}.png",
        planned_cuts=tuple(panel.start for panel in planned),
        true_cuts=tuple(panel.start for panel in true),
    )
    _render_aside(commission, true, made.movie, made.last_frame)
    return keep_made(key, folder, made)


def _render_aside(commission: Commission, panels: Sequence[Panel], movie: Path, last_frame: Path) -> None:
    rough = movie.with_name(f"{movie.stem}.{os.getpid()}.rough.mp4")
    aside = movie.with_name(f"{movie.stem}.{os.getpid()}.part{movie.suffix}")
    try:
        _render(commission, panels, rough)
        _save_last_frame(rough, last_frame)
        if needs_finishing(commission):
            finish(commission, rough, aside)
        else:
            rough.replace(aside)
        if commission.padding_bytes:
            pad(aside, commission.padding_bytes)
        aside.replace(movie)
    finally:
        rough.unlink(missing_ok=True)
        aside.unlink(missing_ok=True)


def _render(commission: Commission, panels: Sequence[Panel], to: Path) -> None:
    if commission.fast:
        render_quick(commission, panels, to)
    else:
        render(draw_storyboard(commission, panels), to)


def _save_last_frame(movie: Path, to: Path) -> None:
    with av.open(str(movie)) as container:
        last = deque(container.decode(video=0), maxlen=1)
    if not last:
        raise ValueError(f"{movie} holds no picture.")
    aside = to.with_name(f"{to.stem}.{os.getpid()}.part.png")
    Image.fromarray(last[0].to_ndarray(format="rgb24")).save(aside, compress_level=1)
    aside.replace(to)
