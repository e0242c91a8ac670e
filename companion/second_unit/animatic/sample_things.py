"""What stands in the demo's storyboard: a lighthouse, its keeper, a boat, gulls."""

from __future__ import annotations

import math

from second_unit.animatic.sample_canvas import Canvas, Colour, Point

RAINCOAT: Colour = (196, 52, 44)
RAINCOAT_SHADE: Colour = (140, 32, 36)
SKIN: Colour = (226, 172, 140)
LAMP_LIGHT: Colour = (255, 206, 128)
# Hull, gunwale, cabin and its roof, in lengths of the boat: right and up from the middle of its water line.
_BOAT: tuple[tuple[tuple[Point, ...], Colour], ...] = (
    (((-0.5, 0.2), (0.58, 0.27), (0.42, -0.08), (-0.42, -0.08)), (46, 92, 108)),
    (((-0.5, 0.2), (0.58, 0.27), (0.55, 0.2), (-0.49, 0.14)), (232, 226, 214)),
    (((-0.3, 0.2), (0.06, 0.22), (0.04, 0.52), (-0.28, 0.5)), (222, 214, 198)),
    (((-0.34, 0.5), (0.1, 0.52), (0.06, 0.58), (-0.31, 0.56)), (176, 62, 52)),
)
# Her fringe, as it falls in the portrait.
_HAIR: tuple[Point, ...] = (
    (6.4, 3.9), (6.9, 2.3), (8.6, 1.9), (9.6, 3.0), (9.7, 3.8), (8.9, 2.9), (7.6, 2.95), (6.8, 3.5),
)  # fmt: skip


def shaded(colour: Colour, part: float) -> Colour:
    """Return a colour multiplied: below 1 darker, above 1 lighter."""
    red, green, blue = (min(255, int(value * part)) for value in colour)
    return red, green, blue


def draw_rock(canvas: Canvas, middle: float, sea: float, width: float, fill: Colour) -> None:
    """Draw a rocky island rising from the sea's line."""
    points: list[Point] = [(middle - width / 2, sea + 0.4)]
    for step in range(1, 12):
        part = step / 12
        height = 1.25 * math.sin(part * math.pi) ** 0.7 + canvas.chance.uniform(-0.12, 0.12)
        points.append((middle - width / 2 + width * part, sea - height))
    canvas.shape([*points, (middle + width / 2, sea + 0.4)], fill)
    lit = [(x, y + 0.1) for x, y in points[6:10]]
    canvas.shape([*lit, (points[8][0], sea)], shaded(fill, 1.25))


def draw_lighthouse(canvas: Canvas, foot: Point, height: float, *, lit: bool, light: float = 1.0) -> Point:
    """Draw a striped lighthouse and return where its lamp is; ``light`` is how much light falls upon it."""
    x, y = foot
    wide, narrow = height * 0.115, height * 0.072
    bands = 6
    for band in range(bands):
        low, high = band / bands, (band + 1) / bands
        left_low, left_high = wide + (narrow - wide) * low, wide + (narrow - wide) * high
        colour = shaded((226, 220, 210) if band % 2 else (186, 58, 50), light)
        bottom, top = y - height * 0.78 * low, y - height * 0.78 * high
        canvas.shape(
            ((x - left_low, bottom), (x + left_low, bottom), (x + left_high, top), (x - left_high, top)), colour
        )
        edge = (
            (x + left_low * 0.35, bottom),
            (x + left_low, bottom),
            (x + left_high, top),
            (x + left_high * 0.35, top),
        )
        canvas.shape(edge, shaded(colour, 0.72))
    gallery = y - height * 0.78
    dark = shaded((52, 54, 66), light)
    canvas.shape(_box(x, gallery, narrow * 1.6, height * 0.03), dark)
    room = shaded((255, 232, 180), 1.0) if lit else shaded((96, 112, 140), light)
    canvas.shape(_box(x, gallery - height * 0.1, narrow * 0.85, height * 0.1), room)
    for bar in (-0.85, -0.28, 0.28, 0.85):
        canvas.line(((x + narrow * bar, gallery), (x + narrow * bar, gallery - height * 0.1)), dark, height * 0.008)
    top = gallery - height * 0.1
    canvas.shape(
        ((x - narrow * 1.1, top), (x + narrow * 1.1, top), (x, top - height * 0.1)), shaded((150, 44, 42), light)
    )
    canvas.line(((x, top - height * 0.09), (x, top - height * 0.14)), dark, height * 0.01)
    return x, gallery - height * 0.05


def draw_keeper(canvas: Canvas, foot: Point, height: float, *, lantern: bool, facing: int = 1) -> Point:
    """Draw Mara from head to foot in her red raincoat and return where her lantern hangs; facing 1 is to the right."""
    x, y = foot
    h = height

    def at(right: float, up: float) -> Point:
        return x + facing * right * h, y - up * h

    canvas.shape((at(-0.1, 0.32), at(-0.03, 0.32), at(-0.05, 0.0), at(-0.12, 0.0)), (38, 40, 54))
    canvas.shape((at(0.01, 0.32), at(0.09, 0.32), at(0.13, 0.0), at(0.06, 0.0)), (46, 48, 62))
    canvas.shape((at(-0.15, 0.26), at(0.16, 0.26), at(0.1, 0.76), at(-0.08, 0.76)), RAINCOAT)
    canvas.shape((at(-0.15, 0.26), at(-0.02, 0.26), at(0.0, 0.76), at(-0.08, 0.76)), RAINCOAT_SHADE)
    canvas.round(at(0.01, 0.86), 0.115 * h, RAINCOAT)
    canvas.shape((at(-0.13, 0.84), at(-0.04, 0.98), at(0.03, 0.9)), RAINCOAT)
    canvas.round(at(0.05, 0.85), (0.07 * h, 0.085 * h), SKIN)
    canvas.shape((at(-0.01, 0.9), at(0.05, 0.945), at(0.12, 0.9), at(0.05, 0.915)), (74, 46, 40))
    hand = at(0.26, 0.56)
    canvas.line((at(0.04, 0.7), at(0.15, 0.6), hand), RAINCOAT, 0.065 * h)
    canvas.round(hand, 0.03 * h, SKIN)
    lamp = (hand[0], hand[1] + 0.1 * h)
    if lantern:
        draw_lantern(canvas, lamp, 0.11 * h)
    return lamp


def draw_lantern(canvas: Canvas, centre: Point, size: float) -> None:
    """Draw a lit lantern."""
    x, y = centre
    bail = ((x - size * 0.4, y - size * 0.5), (x, y - size), (x + size * 0.4, y - size * 0.5))
    canvas.line(bail, (60, 52, 48), size * 0.1)
    canvas.shape(_box(x, y + size * 0.5, size * 0.42, size), (255, 224, 150))
    canvas.shape(_box(x, y + size * 0.62, size * 0.5, size * 0.16), (60, 52, 48))
    canvas.shape(_box(x, y - size * 0.42, size * 0.5, size * 0.16), (60, 52, 48))
    canvas.glow(centre, size * 2.6, LAMP_LIGHT, 0.85)


def draw_boat(canvas: Canvas, at: Point, size: float, *, tilt: float = 0.0, light: float = 1.0) -> None:
    """Draw a small fishing boat, its water line at ``at``, bow to the right; ``tilt`` in radians."""
    x, y = at

    def turned(right: float, up: float) -> Point:
        right, up = right * size, up * size
        return x + right * math.cos(tilt) + up * math.sin(tilt), y - up * math.cos(tilt) + right * math.sin(tilt)

    for points, fill in _BOAT:
        canvas.shape([turned(*point) for point in points], shaded(fill, light))
    window = ((-0.12, 0.32), (0.01, 0.33), (0.0, 0.45), (-0.12, 0.44))
    canvas.shape([turned(*point) for point in window], shaded((255, 216, 140), min(1.0, light + 0.4)))
    canvas.line([turned(0.2, 0.22), turned(0.19, 0.98)], shaded((88, 66, 56), light), size * 0.03)
    canvas.line([turned(0.19, 0.96), turned(0.56, 0.27)], shaded((120, 110, 100), light), size * 0.01)
    canvas.line([turned(0.19, 0.96), turned(-0.46, 0.2)], shaded((120, 110, 100), light), size * 0.01)
    canvas.glow(turned(0.19, 1.0), size * 0.16, (255, 236, 190), 0.9)


def draw_gull(canvas: Canvas, at: Point, size: float, fill: Colour) -> None:
    """Draw a gull far away: two strokes."""
    x, y = at
    left = ((x - size, y - size * 0.3), (x - size * 0.5, y - size * 0.42), (x, y))
    right = ((x, y), (x + size * 0.5, y - size * 0.5), (x + size, y - size * 0.32))
    canvas.line(left, fill, size * 0.13)
    canvas.line(right, fill, size * 0.13)


def draw_portrait(canvas: Canvas) -> None:
    """Draw Mara's face and shoulders, filling the canvas: what the cast's picture shows."""
    canvas.shape(((1.6, 9), (3.6, 6.4), (6.2, 5.5), (9.8, 5.5), (12.4, 6.4), (14.4, 9)), RAINCOAT)
    canvas.shape(((1.6, 9), (3.6, 6.4), (6.2, 5.5), (7.2, 9)), RAINCOAT_SHADE)
    canvas.round((8, 3.7), (2.75, 3.1), RAINCOAT)
    canvas.round((7.6, 3.75), (2.45, 2.85), RAINCOAT_SHADE)
    canvas.round((8, 3.9), (2.1, 2.5), (58, 36, 34))
    canvas.shape(((7.2, 5.4), (8.8, 5.4), (9.0, 6.7), (8.0, 7.2), (7.0, 6.7)), shaded(SKIN, 0.82))
    canvas.round((8, 4.1), (1.55, 1.95), SKIN)
    canvas.shape(_HAIR, (66, 40, 36))
    for side in (-1, 1):
        canvas.round((8 + side * 0.62, 3.95), (0.2, 0.13), (250, 246, 240))
        canvas.round((8 + side * 0.62, 3.96), 0.11, (52, 86, 92))
        canvas.line(((8 + side * 0.36, 3.6), (8 + side * 0.9, 3.56)), (66, 40, 36), 0.09)
        canvas.glow((8 + side * 0.85, 4.75), 0.4, (60, 10, 0), 0.5)
    canvas.line(((8.0, 4.05), (8.1, 4.6), (7.88, 4.68)), shaded(SKIN, 0.76), 0.07)
    canvas.line(((7.55, 5.2), (8.0, 5.3), (8.5, 5.16)), (168, 78, 70), 0.11)


def _box(x: float, bottom: float, half: float, height: float) -> tuple[Point, ...]:
    return (x - half, bottom), (x + half, bottom), (x + half, bottom - height), (x - half, bottom - height)
