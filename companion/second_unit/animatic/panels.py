"""Painting one panel, frame by frame: what is on the stage, how it is seen, and what is laid over it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from PIL import Image

from second_unit.animatic.camera_moves import FoundMove, Move, View, find_moves, view_at
from second_unit.animatic.card import draw_card
from second_unit.animatic.fitting import STILL_OVERSIZE, fit_still
from second_unit.animatic.insets import draw_insets
from second_unit.animatic.movies import MoviePlayer
from second_unit.animatic.planes import Decal, Planes
from second_unit.animatic.script import AnimaticScript, Panel, PanelMovie, PanelPicture
from second_unit.animatic.slate import Slate, draw_slate
from second_unit.media.image import open_picture
from second_unit.timeline import Role

# On anything smaller nobody could read a slate.
LEAST_LETTERED = 120


@dataclass
class _Still:
    """A still on the stage. Its last crop is kept: a camera that stands still costs nothing."""

    planes: Planes
    box: tuple[float, float, float, float] | None = None
    crop: Planes | None = None

    def seen(self, view: View, size: tuple[int, int]) -> Planes:
        box = view.box(*self.planes.size)
        if self.crop is None or box != self.box:
            self.crop, self.box = self.planes.seen(box, size), box
        return self.crop


@dataclass(frozen=True)
class Staging:
    """
    What of a panel's media is shown large, in order, and what only small beside it.

    First and last frames open and close the panel. Between them stand its movies, else its compositions; where there
    is nothing of these, its characters, else its styles, take the stage.
    """

    stage: tuple[PanelPicture | PanelMovie, ...]
    beside: tuple[PanelPicture, ...]


def stage_panel(panel: Panel) -> Staging:
    """Choose what of a panel is shown large."""
    by_role = {role: [p for p in panel.pictures if p.role is role] for role in Role}
    first, last = by_role[Role.FIRST_FRAME], by_role[Role.LAST_FRAME]
    middle: list[PanelPicture | PanelMovie] = [*(panel.movies or by_role[Role.COMPOSITION])]
    if not (first or last or middle):
        other = [p for p in panel.pictures if p.role is not Role.STYLE]
        middle = [*(other or panel.pictures)]
    stage = (*first, *middle, *last)
    return Staging(stage, tuple(picture for picture in panel.pictures if picture not in stage))


class PanelPainter:
    """
    Paints the frames of one panel, which must be asked for in rising order.

    Raises:
        MissingMedia, UnreadableMedia: when it is made, or while a movie plays.
    """

    def __init__(self, script: AnimaticScript, index: int) -> None:
        self._script, self._panel = script, script.panels[index]
        self._frames = script.panel_frames(index)
        self._size = (script.width, script.height)
        staging = stage_panel(self._panel)
        self._moves = find_moves(self._panel.camera, self._panel.text)
        self._layers = [self._open_layer(item) for item in staging.stage] or [self._draw_card()]
        self._starts = _layer_starts(staging.stage, self._frames.length)
        lettered = script.slate and min(self._size) >= LEAST_LETTERED
        self._slate = self._draw_slate(index, has_card=not staging.stage) if lettered else None
        self._insets = self._draw_insets(staging) if lettered else None

    def paint(self, frame: int) -> Planes:
        """Return one frame of the animatic, which must lie in this panel."""
        picture = self._paint_stage(frame)
        if self._slate is None and self._insets is None:
            return picture
        picture = picture.copied()
        if self._insets is not None:
            self._insets.paste_on(picture, (0, 0))
        if self._slate is not None:
            self._slate.draw_on(picture, frame, self._script.rate)
        return picture

    def close(self) -> None:
        """Let go of the movies."""
        for layer in self._layers:
            if isinstance(layer, MoviePlayer):
                layer.close()

    def _paint_stage(self, frame: int) -> Planes:
        since = frame - self._frames.start
        below = max(index for index, (start, _) in enumerate(self._starts) if start <= since)
        start, dissolve = self._starts[below]
        part = (since - start + 1) / (dissolve + 1) if since < start + dissolve else 1.0
        top = self._seen(below, since)
        if part >= 1 or below == 0:
            return top
        # Eased, a dissolve has no visible beginning.
        return self._seen(below - 1, since).mixed(top, part * part * (3 - 2 * part))

    def _seen(self, index: int, since: int) -> Planes:
        layer = self._layers[index]
        seconds = self._script.rate.seconds(since)
        match layer:
            case MoviePlayer():
                return layer.at(seconds)
            case _Still():
                progress = since / max(1, self._frames.length - 1)
                return layer.seen(view_at(self._moves, progress, float(seconds), self._script.seed), self._size)
            case _:
                assert_never(layer)

    def _open_layer(self, item: PanelPicture | PanelMovie) -> _Still | MoviePlayer:
        if isinstance(item, PanelMovie):
            needed = self._script.rate.seconds(self._frames.length)
            return MoviePlayer(item.path, self._size, start_seconds=item.start_seconds, needed_seconds=needed)
        largest = round(max(self._size) * STILL_OVERSIZE)
        return _Still(fit_still(open_picture(item.path, at_least=largest), self._size))

    def _draw_card(self) -> _Still:
        stage = tuple(round(side * STILL_OVERSIZE) for side in self._size)
        return _Still(fit_still(draw_card(self._panel.name, self._panel.text, (stage[0], stage[1])), self._size))

    def _draw_slate(self, index: int, *, has_card: bool) -> Slate:
        script = self._script
        return draw_slate(
            name=self._panel.name or f"Shot {index + 1}",
            text="" if has_card else self._panel.text,
            moves=_worth_naming(self._moves),
            size=self._size,
            panels=tuple(script.panel_frames(each) for each in range(len(script.panels))),
            frames=script.frames,
        )

    def _draw_insets(self, staging: Staging) -> Decal | None:
        return draw_insets([(_thumbnail(picture), _caption(picture)) for picture in staging.beside], self._size)


def _worth_naming(moves: tuple[FoundMove, ...]) -> tuple[FoundMove, ...]:
    return tuple(found for found in moves if found.move is not Move.STATIC)


def _thumbnail(picture: PanelPicture) -> Image.Image:
    return open_picture(picture.path, at_least=480)


def _caption(picture: PanelPicture) -> str:
    told = [part for part in (picture.label, picture.name or picture.role.value) if part]
    return " · ".join(told)


def _layer_starts(stage: tuple[PanelPicture | PanelMovie, ...], length: int) -> list[tuple[int, int]]:
    """
    Return for each layer the frame, counted in the panel, on which it begins to appear, and for how long it dissolves.

    Stills share the panel evenly. Beside a movie, which carries the pace, a first or last frame gets a sixth. Two
    stills alone dissolve over half of the panel, others over a third of the shorter neighbour, half a second at most.
    """
    if len(stage) <= 1:
        return [(0, 0)]
    has_movie = any(isinstance(item, PanelMovie) for item in stage)
    weights = [Fraction(1) if isinstance(item, PanelMovie) or not has_movie else Fraction(1, 4) for item in stage]
    alone = len(stage) == 2 and not has_movie
    starts: list[tuple[int, int]] = [(0, 0)]
    for index in range(1, len(stage)):
        edge = length * sum(weights[:index]) / sum(weights)
        shorter = length * min(weights[index - 1], weights[index]) / sum(weights)
        dissolve = length // 2 if alone else min(12, int(shorter / 3))
        starts.append((max(round(edge) - dissolve // 2, 1), dissolve))
    return starts
