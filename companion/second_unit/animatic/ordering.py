"""From an order to a script: which reference is seen and heard in which panel."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from second_unit.animatic.script import AnimaticScript, Panel, PanelMovie, PanelPicture, PlacedSound
from second_unit.media.facts import PreparedReference
from second_unit.plan import GenerationRequest, OrderReference, TimedShot
from second_unit.shots import ReferenceKind


def write_script(request: GenerationRequest, prepared: Sequence[PreparedReference]) -> AnimaticScript:
    """
    Return the animatic of a request.

    A reference belongs to the shots that name its segment, or to all where it names none. A movie that is long enough
    plays on through neighbouring shots, else each shows it from its start. A sound starts in its first shot where it
    does in the edit, and may ring until its last one's end.

    Options of the request: ``slate`` (on by default), ``sync_pops`` (off), ``channels`` (2).

    Args:
        request: what was ordered.
        prepared: its references made ready, found by their labels.
    """
    files = {reference.label: reference for reference in prepared}
    options = request.options
    return AnimaticScript(
        name=request.name,
        width=request.width + request.width % 2,
        height=request.height + request.height % 2,
        seconds=Fraction(request.duration_seconds),
        panels=tuple(_panel(shot, request, files) for shot in request.shots),
        sounds=tuple(_sounds(request, files)),
        slate=bool(options.get("slate", True)),
        sync_pops=bool(options.get("sync_pops", False)),
        audio=request.audio,
        channels=int(options.get("channels", 2)),
        seed=request.seed or 0,
    )


def _panel(shot: TimedShot, request: GenerationRequest, files: Mapping[str, PreparedReference]) -> Panel:
    used = [r for r in request.references if r.label in files and (not r.shots or shot.segment in r.shots)]
    pictures = [
        PanelPicture(path=files[r.label].path, role=r.role, label=r.label, name=r.cast or "")
        for r in used
        if r.kind is ReferenceKind.IMAGE
    ]
    movies = [
        PanelMovie(
            path=files[r.label].path,
            role=r.role,
            label=r.label,
            name=r.cast or "",
            start_seconds=_movie_start(r, shot, request, files[r.label]),
        )
        for r in used
        if r.kind is ReferenceKind.VIDEO
    ]
    return Panel(
        start_seconds=Fraction(shot.start_seconds),
        end_seconds=Fraction(shot.end_seconds),
        name=shot.name,
        text=shot.text,
        camera=_camera_words(shot.text),
        pictures=tuple(pictures),
        movies=tuple(movies),
    )


def _camera_words(text: str) -> str:
    """Return what a composed prompt says of the camera alone (``Camera: slow push in.``), or nothing."""
    found = re.search(r"\bCamera:\s*([^.\n]+)", text)
    return found[1] if found else ""


def _movie_start(
    reference: OrderReference, shot: TimedShot, request: GenerationRequest, prepared: PreparedReference
) -> Fraction:
    """Return where in the movie a shot begins: further on where the shots before it play it and it is long enough."""
    first = shot
    for earlier in reversed(request.shots[: request.shots.index(shot)]):
        if reference.shots and earlier.segment not in reference.shots:
            break
        first = earlier
    offset = shot.start_seconds - first.start_seconds
    return Fraction(offset) if (prepared.seconds or 0) > offset + 0.5 else Fraction(0)


def _sounds(request: GenerationRequest, files: Mapping[str, PreparedReference]) -> list[PlacedSound]:
    sounds: list[PlacedSound] = []
    for reference in request.references:
        if reference.kind is not ReferenceKind.AUDIO or reference.label not in files:
            continue
        heard = [shot for shot in request.shots if not reference.shots or shot.segment in reference.shots]
        if heard:
            sounds.append(
                PlacedSound(
                    path=files[reference.label].path,
                    start_seconds=heard[0].start_seconds + Fraction(reference.offset_seconds).limit_denominator(1000),
                    end_seconds=Fraction(heard[-1].end_seconds),
                    role=reference.role,
                    label=reference.label,
                )
            )
    return sounds
