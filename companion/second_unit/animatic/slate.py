"""The slate: the shot's name, what happens, the camera's move, the timecode and where in the animatic it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw

from second_unit.animatic.camera_moves import FoundMove
from second_unit.animatic.lettering import draw_text, letter_image, text_width, wrap
from second_unit.animatic.planes import Decal, Planes
from second_unit.timing import FrameRange, FrameRate

ACCENT = (255, 196, 92)
PAPER = (244, 241, 234)


@dataclass(frozen=True, slots=True)
class Slate:
    """
    The slate of one panel, drawn once; only timecode and progress change from frame to frame.

    Args:
        decal: what stands still.
        top: where it starts, in pixels from the picture's top; even.
        digits: the timecode's characters.
        clock: left end and top of the timecode; even.
    """

    decal: Decal
    top: int
    digits: dict[str, Decal]
    clock: tuple[int, int]
    bar: ProgressBar

    def draw_on(self, planes: Planes, frame: int, rate: FrameRate) -> None:
        """Letter one frame, in place."""
        self.decal.paste_on(planes, (0, self.top))
        x, y = self.clock
        for character in rate.timecode(frame):
            digit = self.digits[character]
            digit.paste_on(planes, (x, y))
            x += digit.planes.size[0]
        self.bar.draw_on(planes, frame)


@dataclass(frozen=True, slots=True)
class ProgressBar:
    """A thin line along the bottom: one piece a panel, filled as far as the animatic has played."""

    panels: tuple[FrameRange, ...]
    frames: int
    height: int

    def draw_on(self, planes: Planes, frame: int) -> None:
        """Draw it for one frame, in place."""
        width, bottom = planes.size
        gap = max(2, self.height // 2 * 2)
        for panel in self.panels:
            left = self._x(panel.start, width) + (gap if panel.start else 0)
            right = self._x(panel.end, width)
            done = min(right, self._x(frame + 1, width)) if frame >= panel.start else left
            self._fill(planes, (left, done), bottom, bright=True)
            self._fill(planes, (max(left, done), right), bottom, bright=False)

    def _x(self, frame: int, width: int) -> int:
        return width * frame // self.frames // 2 * 2

    def _fill(self, planes: Planes, span: tuple[int, int], bottom: int, *, bright: bool) -> None:
        left, right = span
        if right <= left:
            return
        planes.y.paste(184 if bright else 78, (left, bottom - self.height, right, bottom))
        half = (left // 2, (bottom - self.height) // 2, right // 2, -(-bottom // 2))
        # The accent in BT.709 at video levels, as the lettering's conversion makes it.
        planes.u.paste(83 if bright else 126, half)
        planes.v.paste(156 if bright else 129, half)


def draw_slate(
    *,
    name: str,
    text: str,
    moves: tuple[FoundMove, ...],
    size: tuple[int, int],
    panels: tuple[FrameRange, ...],
    frames: int,
) -> Slate:
    """
    Return the slate of a panel for pictures of ``size``.

    ``text`` is empty where the picture says it already; ``panels`` and ``frames`` (in all) are for the progress bar.
    """
    width, height = size
    unit = math.sqrt(width * height) / 960
    margin, bar = round(34 * unit), 2 * max(1, round(2.5 * unit))
    name_size, text_size, clock_size = round(30 * unit), round(21 * unit), round(25 * unit)
    digits = _draw_digits(clock_size)
    clock_width = sum(digits[character].planes.size[0] for character in "00:00:00:00")
    lines = wrap(text, text_size, width - 3 * margin - clock_width, 2 if width >= height else 4)
    baseline = height - bar - margin * 0.62 - max(0, len(lines) - 1) * text_size * 1.36
    name_baseline = baseline - text_size * 1.62 if lines else baseline
    top = int(name_baseline - name_size * 2.9) // 2 * 2
    layer = _scrim((width, height - top))
    pen = ImageDraw.Draw(layer)
    end = draw_text(pen, (margin, name_baseline - top), name, name_size, (*ACCENT, 255), weight=5)
    _draw_move(pen, (end + 14 * unit, name_baseline - top), moves, round(15 * unit))
    for index, line in enumerate(lines):
        at = (margin, baseline - top + index * text_size * 1.36)
        draw_text(pen, at, line, text_size, (*PAPER, 255))
    digit_height = digits["0"].planes.size[1]
    clock_top = int(height - bar - margin * 0.62 - digit_height * 0.8) // 2 * 2
    clock = ((width - margin - clock_width) // 2 * 2, clock_top)
    return Slate(Decal.from_image(layer), top, digits, clock, ProgressBar(panels, frames, bar))


def _scrim(size: tuple[int, int]) -> Image.Image:
    """Return a shade that grows downwards, so that letters can be read on any picture."""
    column = Image.new("L", (1, 64))
    for row in range(64):
        part = min(1.0, row / 63 * 1.45)
        column.putpixel((0, row), int(212 * part * part * (3 - 2 * part)))
    shade = Image.new("RGBA", size, (10, 11, 14, 0))
    shade.putalpha(column.resize(size, Image.Resampling.BICUBIC))
    return shade


def _draw_move(pen: ImageDraw.ImageDraw, corner: tuple[float, float], moves: tuple[FoundMove, ...], size: int) -> None:
    if not moves:
        return
    words = " + ".join(found.move.value for found in moves).upper()
    x, baseline = corner
    wide = text_width(words, size) + size * 1.3
    box = (x, baseline - size * 1.32, x + wide, baseline + size * 0.36)
    pen.rounded_rectangle(box, radius=size * 0.84, outline=(*PAPER, 170), width=max(1, size // 11))
    draw_text(pen, (x + size * 0.65, baseline - size * 0.12), words, size, (*PAPER, 225), weight=2)


def _draw_digits(size: int) -> dict[str, Decal]:
    """Return the timecode's characters, all digits equally wide, so that it doesn't tremble."""
    images = {character: letter_image(character, size, (*PAPER, 255)) for character in "0123456789:"}
    widest = max(images[digit].width for digit in "0123456789")
    return {character: Decal.from_image(_centred(image, widest, character)) for character, image in images.items()}


def _centred(image: Image.Image, widest: int, character: str) -> Image.Image:
    # The letters' own margin of two pixels a side is taken back: they stand in a row.
    width = (widest - 2) // 2 * 2 if character != ":" else max(4, widest // 2 // 2 * 2)
    cell = Image.new("RGBA", (width, image.height), (*PAPER, 0))
    cell.paste(image, ((width - image.width) // 2, 0), image)
    return cell
