"""A drawn card for a shot that has nothing to show yet: its words on a landscape in colours of its own."""

from __future__ import annotations

import colorsys
import hashlib
import math
import random

from PIL import Image, ImageDraw, ImageFilter

from second_unit.animatic.lettering import draw_text, text_width, wrap

Colour = tuple[int, int, int]


def draw_card(name: str, text: str, size: tuple[int, int]) -> Image.Image:
    """
    Return an RGB card of the size asked for. The same name always gives the same colours and hills.

    The words keep to the middle, where a push in leaves them readable.
    """
    chance = random.Random(hashlib.sha256(name.encode()).digest())  # noqa: S311 -- decoration, not secrecy
    hue = chance.random()
    card = _sky(size, hue)
    draw = ImageDraw.Draw(card)
    _draw_sun(draw, size, hue, chance)
    for depth in range(4):
        _draw_hills(draw, size, hue, depth, chance)
    _draw_words(card, name, text)
    return card


def _tone(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)


def _sky(size: tuple[int, int], hue: float) -> Image.Image:
    column = Image.new("RGB", (1, 64))
    for row in range(64):
        part = row / 63
        column.putpixel((0, row), _tone(hue + 0.09 * part, 0.62 - 0.28 * part, 0.26 + 0.46 * part))
    return column.resize(size, Image.Resampling.BICUBIC)


def _draw_sun(draw: ImageDraw.ImageDraw, size: tuple[int, int], hue: float, chance: random.Random) -> None:
    radius = min(size) * chance.uniform(0.10, 0.17)
    x, y = size[0] * chance.choice((0.1, 0.16, 0.84, 0.9)), size[1] * chance.uniform(0.5, 0.58)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_tone(hue + 0.11, 0.22, 0.93))


def _draw_hills(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], hue: float, depth: int, chance: random.Random
) -> None:
    width, height = size
    base = height * (0.60 + 0.115 * depth)
    swells = [(chance.uniform(0.6, 1.4) * (depth + 1), chance.uniform(0, 6.3)) for _ in range(3)]
    ridge = [
        (x, base + height * 0.034 * sum(math.sin(2 * math.pi * often * x / width + phase) for often, phase in swells))
        for x in range(0, width + 9, 8)
    ]
    fill = _tone(hue + 0.04 - 0.02 * depth, 0.45 + 0.07 * depth, 0.46 - 0.105 * depth)
    draw.polygon([(0, height), *ridge, (width, height)], fill=fill)


def _draw_words(card: Image.Image, name: str, text: str) -> None:
    width, height = card.size
    unit = math.sqrt(width * height) / 960
    size = round(38 * unit)
    lines = wrap(text, size, width * 0.6, 5)
    title = round(25 * unit)
    step = size * 1.36
    top = height * 0.47 - step * len(lines) / 2
    shadow = Image.new("RGBA", card.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(shadow)
    _draw_lines(pen, width, top, step, lines, size, (0, 0, 0, 190))
    softened = shadow.filter(ImageFilter.GaussianBlur(7 * unit))
    card.paste(softened, (0, 0), softened)
    pen = ImageDraw.Draw(card)
    _draw_lines(pen, width, top, step, lines, size, (250, 247, 240))
    spaced = " ".join(name.upper()) if len(name) <= 12 else name
    draw_text(
        pen, ((width - text_width(spaced, title)) / 2, top - step * 0.95), spaced, title, (255, 214, 150), weight=3
    )


def _draw_lines(
    pen: ImageDraw.ImageDraw,
    width: int,
    top: float,
    step: float,
    lines: list[str],
    size: int,
    fill: tuple[int, ...],
) -> None:
    for index, line in enumerate(lines):
        draw_text(pen, ((width - text_width(line, size)) / 2, top + step * (index + 0.75)), line, size, fill)
