"""Small framed pictures of the references that a panel uses beside what it shows large."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw, ImageFilter

from second_unit.animatic.lettering import draw_text, wrap
from second_unit.animatic.planes import Decal

MOST_INSETS = 5


def draw_insets(pictures: list[tuple[Image.Image, str]], size: tuple[int, int]) -> Decal | None:
    """
    Return a layer of ``size`` with up to five small cards down its right edge, or None without pictures.

    ``pictures`` are RGB, each with its label.
    """
    if not pictures:
        return None
    width, height = size
    unit = math.sqrt(width * height) / 960
    margin, card_height = round(24 * unit), round(height * 0.14)
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    top = margin
    for image, label in pictures[:MOST_INSETS]:
        card = _draw_card(image, label, card_height, unit)
        _drop_shadow(layer, card, (width - margin - card.width, top), unit)
        layer.paste(card, (width - margin - card.width, top))
        top += card.height + round(12 * unit)
    return Decal.from_image(layer)


def _draw_card(image: Image.Image, label: str, card_height: int, unit: float) -> Image.Image:
    border, caption = max(2, round(4 * unit)), round(15 * unit)
    ratio = min(max(image.width / image.height, 0.6), 2.2)
    shown = (round(card_height * ratio), card_height)
    crop = min(image.width, image.height * ratio), min(image.height, image.width / ratio)
    left, top = (image.width - crop[0]) / 2, (image.height - crop[1]) * 0.35
    small = image.resize(shown, Image.Resampling.BICUBIC, (left, top, left + crop[0], top + crop[1]), reducing_gap=3)
    card = Image.new("RGBA", (shown[0] + 2 * border, shown[1] + border + round(caption * 1.75)), (246, 244, 238, 255))
    card.paste(small, (border, border))
    pen = ImageDraw.Draw(card)
    for line in wrap(label, caption, shown[0], 1):
        draw_text(pen, (border + 1, card.height - caption * 0.52), line, caption, (44, 42, 40, 255), weight=1)
    return card


def _drop_shadow(layer: Image.Image, card: Image.Image, corner: tuple[int, int], unit: float) -> None:
    blur = 6 * unit
    pad = math.ceil(blur * 3)
    shadow = Image.new("L", (card.width + 2 * pad, card.height + 2 * pad), 0)
    shadow.paste(150, (pad, pad, pad + card.width, pad + card.height))
    shadow = shadow.filter(ImageFilter.GaussianBlur(blur))
    ink = Image.new("RGBA", shadow.size, (0, 0, 0, 255))
    ink.putalpha(shadow)
    layer.paste(ink, (corner[0] - pad, corner[1] - pad + round(3 * unit)), shadow)
