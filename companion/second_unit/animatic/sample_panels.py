"""The demo's storyboard, drawn: a lighthouse keeper lights her lamp in time."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image

from second_unit.animatic.sample_canvas import Canvas
from second_unit.animatic.sample_things import (
    LAMP_LIGHT,
    draw_boat,
    draw_gull,
    draw_keeper,
    draw_lantern,
    draw_lighthouse,
    draw_portrait,
    draw_rock,
    shaded,
)

NIGHT = ((0.0, (13, 18, 42)), (3.4, (34, 44, 84)), (5.2, (92, 84, 118)), (5.9, (176, 118, 112)))
FOG = ((0.0, (52, 62, 78)), (5.2, (116, 126, 136)), (9.0, (150, 156, 160)))
DAWN = ((0.0, (58, 84, 138)), (2.6, (150, 140, 168)), (4.6, (244, 172, 124)), (5.6, (255, 214, 150)))


def draw_panels(width: int = 1280) -> dict[str, Image.Image]:
    """Return the eight panels by their shots' names, RGB, 16:9."""
    drawings: dict[str, Callable[[Canvas], None]] = {
        "SH010": _lighthouse_before_dawn,
        "SH020": _stairs,
        "SH030": _boat_in_fog,
        "SH040": _lighting_the_lamp,
        "SH050": _beam_over_water,
        "SH060": _boat_turns,
        "SH070": _keeper_watches,
        "SH080": _harbour_at_sunrise,
    }
    panels: dict[str, Image.Image] = {}
    for number, (name, draw) in enumerate(drawings.items()):
        canvas = Canvas(width, seed=number + 11)
        draw(canvas)
        panels[name] = canvas.finished()
    return panels


def draw_cast(width: int = 1024) -> Image.Image:
    """Return the keeper's portrait."""
    canvas = Canvas(width, seed=5)
    canvas.sky(((0, (66, 84, 104)), (9, (142, 142, 138))))
    canvas.glow((11.5, 2.0), 5, (90, 80, 60), 0.6)
    draw_portrait(canvas)
    return canvas.finished()


def draw_crossing(width: int, seconds: float) -> Image.Image:
    """Return one moment of the demo's movie: the boat crosses from left to right on a swell. It lasts four seconds."""
    canvas = Canvas(width, seed=3)
    canvas.sky(DAWN)
    canvas.glow((12.4, 5.2), 3.2, (120, 84, 40), 0.7)
    canvas.sea(5.5, (206, 150, 128), (52, 78, 104), (255, 226, 190), 0)
    for row in range(9):
        _swell(canvas, row, seconds)
        if row == 4:
            x = 1.6 + 3.1 * seconds
            draw_boat(
                canvas, (x, 6.9 + _height(x, 4, seconds)), 2.6, tilt=0.09 * math.cos(1.9 * seconds + x), light=0.9
            )
    return canvas.finished(grain=0)


def _height(x: float, row: int, seconds: float) -> float:
    rough = 0.05 + 0.035 * row
    return rough * math.sin(0.85 * x + 1.9 * seconds + row * 1.7) + rough * 0.4 * math.sin(
        2.1 * x - 1.3 * seconds + row
    )


def _swell(canvas: Canvas, row: int, seconds: float) -> None:
    base = 5.62 + 0.06 * row + 0.045 * row**2
    part = row / 8
    fill = (int(190 - 150 * part), int(142 - 76 * part), int(130 - 36 * part))
    points = [(x / 4, base + _height(x / 4, row, seconds)) for x in range(65)]
    canvas.shape([(0, 9), *points, (16, 9)], fill)
    canvas.line(points, shaded(fill, 1.22), 0.015 + 0.03 * part)


def _stars(canvas: Canvas, count: int, below: float) -> None:
    for _ in range(count):
        canvas.round((canvas.chance.uniform(0, 16), canvas.chance.uniform(0, below)), 0.013, (206, 212, 232))


def _lighthouse_before_dawn(canvas: Canvas) -> None:
    canvas.sky(NIGHT)
    _stars(canvas, 90, 3.6)
    canvas.glow((2.4, 5.9), 3.4, (120, 62, 34), 0.55)
    canvas.sea(5.9, (112, 92, 112), (20, 30, 56), (196, 168, 168))
    draw_rock(canvas, 10.6, 6.5, 6.2, (36, 36, 52))
    draw_lighthouse(canvas, (10.5, 5.5), 4.8, lit=False, light=0.5)
    canvas.mist(5.4, 7.4, (150, 132, 146), 0.3)


def _stairs(canvas: Canvas) -> None:
    canvas.sky(((0, (20, 22, 36)), (9, (46, 40, 46))))
    for step in range(15):
        angle = step * 0.42
        x, y = 8 + 4.6 * math.cos(angle), 8.6 - 0.6 * step
        depth = 0.5 + 0.5 * math.sin(angle)
        fill = (int(70 + 84 * depth), int(58 + 62 * depth), int(56 + 44 * depth))
        canvas.shape(((8, y - 0.1), (x, y - 0.32), (x, y + 0.18), (8, y + 0.3)), fill)
        canvas.line(((x, y - 0.32), (x, y - 1.35)), shaded(fill, 0.7), 0.06)
    canvas.shape(((7.55, 0), (8.45, 0), (8.45, 9), (7.55, 9)), (88, 76, 74))
    canvas.shape(((8.15, 0), (8.45, 0), (8.45, 9), (8.15, 9)), (58, 50, 54))
    canvas.shape(((1.2, 1.2), (2.2, 0.7), (2.2, 2.9), (1.2, 3.2)), (74, 92, 134))
    lamp = draw_keeper(canvas, (5.1, 6.65), 3.1, lantern=True)
    canvas.glow(lamp, 3.4, (120, 76, 30), 0.75)


def _boat_in_fog(canvas: Canvas) -> None:
    canvas.sky(FOG)
    canvas.sea(5.4, (120, 130, 140), (52, 66, 78), (176, 188, 194))
    draw_boat(canvas, (7.2, 6.7), 3.4, tilt=0.12, light=0.62)
    canvas.mist(3.2, 8.2, (168, 174, 178), 0.75)
    canvas.glow((7.6, 3.4), 0.5, (120, 100, 60), 0.8)


def _lighting_the_lamp(canvas: Canvas) -> None:
    canvas.sky(((0, (24, 22, 34)), (9, (56, 40, 40))))
    for ring in range(7):
        canvas.round((10.2, 4.4), (2.7 - 0.32 * ring, 3.9 - 0.5 * ring), shaded((104, 128, 140), 0.42 + 0.09 * ring))
    canvas.round((10.2, 4.4), (0.45, 0.75), (255, 238, 196))
    canvas.glow((10.2, 4.4), 2.6, (220, 150, 70), 0.95)
    for x in (6.6, 13.8):
        canvas.shape(((x, 0), (x + 0.25, 0), (x + 0.25, 9), (x, 9)), (38, 34, 42))
    canvas.shape(((0, 9), (0, 6.6), (3.2, 5.3), (6.9, 4.55), (7.3, 5.3), (4.6, 6.6), (3.6, 9)), (196, 52, 44))
    canvas.shape(((0, 9), (0, 7.6), (3.2, 6.4), (4.9, 6.4), (3.6, 9)), (140, 32, 36))
    canvas.round((7.25, 4.85), (0.5, 0.36), (226, 172, 140))
    canvas.line(((7.5, 4.7), (8.7, 4.2)), (214, 176, 120), 0.07)
    canvas.round((8.75, 4.1), (0.1, 0.2), (255, 244, 200))
    canvas.glow((8.75, 4.1), 0.9, LAMP_LIGHT, 0.9)


def _beam_over_water(canvas: Canvas) -> None:
    canvas.sky(NIGHT)
    _stars(canvas, 60, 3.2)
    canvas.sea(5.9, (84, 82, 108), (16, 26, 52), (150, 150, 176))
    draw_rock(canvas, 2.6, 6.6, 4.6, (28, 30, 46))
    lamp = draw_lighthouse(canvas, (2.6, 5.6), 5.0, lit=True, light=0.5)
    canvas.beam(lamp, ((16, 3.4), (16, 6.6)), (255, 226, 160), 0.95)
    canvas.beam((9, 7.0), ((16, 6.4), (16, 8.4)), (200, 170, 120), 0.22, soft=0.3)
    canvas.glow(lamp, 1.5, (255, 220, 150), 1.0)


def _boat_turns(canvas: Canvas) -> None:
    canvas.sky(((0.0, (36, 44, 76)), (3.6, (112, 100, 128)), (5.5, (232, 160, 124))))
    canvas.sea(5.5, (176, 134, 128), (34, 52, 82), (255, 214, 176))
    lamp = (1.1, 4.5)
    draw_lighthouse(canvas, (1.1, 5.55), 1.35, lit=True, light=0.5)
    canvas.beam(lamp, ((13.5, 3.9), (13.5, 6.2)), (255, 226, 160), 0.5, soft=0.2)
    canvas.glow(lamp, 0.8, (255, 220, 150), 1.0)
    draw_boat(canvas, (10.4, 7.3), 4.4, tilt=-0.07, light=0.85)
    for wake in range(5):
        y = 7.75 + 0.2 * wake
        canvas.line(((8.2 - 0.5 * wake, y), (12.2 + 0.3 * wake, y + 0.03)), (214, 196, 190), 0.03)


def _keeper_watches(canvas: Canvas) -> None:
    canvas.sky(DAWN)
    canvas.glow((3.2, 5.0), 2.8, (110, 66, 24), 0.8)
    canvas.sea(5.8, (220, 160, 132), (84, 100, 124), (255, 232, 200), 160)
    draw_keeper(canvas, (10.2, 8.7), 6.2, lantern=False, facing=-1)
    for post in range(-1, 18, 2):
        canvas.line(((post + 0.4, 6.2), (post + 0.4, 9)), (40, 40, 52), 0.1)
    for y in (6.2, 7.4):
        canvas.line(((0, y), (16, y)), (44, 44, 58), 0.14)
    for x, y, size in ((4.2, 2.2, 0.34), (5.3, 1.7, 0.24), (2.7, 3.0, 0.2)):
        draw_gull(canvas, (x, y), size, (70, 66, 84))


def _harbour_at_sunrise(canvas: Canvas) -> None:
    canvas.sky(DAWN)
    canvas.round((8.0, 5.2), 0.95, (255, 240, 200))
    canvas.glow((8.0, 5.2), 3.6, (150, 96, 36), 0.8)
    canvas.sea(5.6, (240, 182, 134), (64, 92, 124), (255, 234, 196), 320)
    canvas.shape(((0, 5.6), (0, 4.2), (1.8, 3.9), (3.4, 4.6), (5.2, 5.1), (6.0, 5.62)), (96, 84, 112))
    for x, height in ((0.4, 0.9), (1.2, 0.7), (2.2, 0.8), (3.2, 0.6)):
        eaves, ridge = 5.6 - height, 5.25 - height
        canvas.shape(((x, 5.6), (x, eaves), (x + 0.35, ridge), (x + 0.7, eaves), (x + 0.7, 5.6)), (176, 120, 104))
        canvas.round((x + 0.35, 5.3), 0.07, (255, 226, 150))
    draw_rock(canvas, 13.4, 6.3, 4.4, (78, 70, 94))
    draw_lighthouse(canvas, (13.4, 5.3), 3.9, lit=False, light=0.95)
    canvas.beam((8, 5.9), ((7.0, 9), (9.0, 9)), (255, 214, 150), 0.5, soft=0.4)
    draw_boat(canvas, (5.0, 7.0), 2.2, tilt=-0.02, light=1.0)
    canvas.shape(((0, 9), (0, 7.7), (3.4, 7.9), (3.6, 8.15), (3.4, 9)), (70, 54, 58))
    draw_lantern(canvas, (2.6, 7.45), 0.42)
    for x, y, size in ((9.8, 2.4, 0.32), (11.0, 1.8, 0.26), (10.4, 3.1, 0.2), (6.4, 2.0, 0.22)):
        draw_gull(canvas, (x, y), size, (84, 74, 92))
