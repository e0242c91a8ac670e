"""
A contact sheet: one row a shot, with the first, middle and last frame of what was asked and of what came back.

For people: the quickest way to see that every shot came back, in its place, as its references wanted it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageFont, ImageOps

from second_unit.errors import UnreadableMedia
from second_unit.timeline import Value

_CELL = (224, 126)
_GAP = 8
_CAPTION = 250
_HEAD = 44
_PAPER, _INK, _FAINT, _EMPTY = (24, 25, 28), (232, 230, 224), (150, 150, 148), (38, 40, 44)


class Still(Value):
    """One picture: a picture file, or the frame of a movie that is on screen at ``seconds``."""

    path: Path
    seconds: Fraction | None = None


class ContactRow(Value):
    """
    One shot.

    Args:
        name: the shot's name.
        caption: what was asked in words; wrapped, and cut to what fits.
        asked: up to three stills; none leaves the words alone.
        returned: up to three stills.
    """

    name: str
    caption: str = ""
    asked: tuple[Still, ...] = ()
    returned: tuple[Still, ...] = ()


def draw_contact_sheet(rows: Sequence[ContactRow], to: Path, title: str = "") -> None:
    """
    Write the sheet as a PNG at ``to``.

    A sheet of eight rows is 1,650 × 1,160 pixels or so. Raises UnreadableMedia naming a still that can't be read.
    """
    width = _GAP + _CAPTION + 2 * (3 * (_CELL[0] + _GAP)) + 3 * _GAP
    sheet = Image.new("RGB", (width, _HEAD + len(rows) * (_CELL[1] + _GAP) + _GAP), _PAPER)
    draw = ImageDraw.Draw(sheet)
    asked_x = _GAP + _CAPTION + _GAP
    returned_x = asked_x + 3 * (_CELL[0] + _GAP) + 2 * _GAP
    draw.text((_GAP * 2, 14), title, fill=_FAINT, font=_font(15))
    draw.text((asked_x, 14), "asked: first, middle, last frame", fill=_FAINT, font=_font(15))
    draw.text((returned_x, 14), "came back", fill=_FAINT, font=_font(15))
    for number, row in enumerate(rows):
        top = _HEAD + number * (_CELL[1] + _GAP)
        _letter(draw, row, (_GAP * 2, top))
        _lay_stills(sheet, row.asked, (asked_x, top))
        _lay_stills(sheet, row.returned, (returned_x, top))
    sheet.save(to, optimize=True)


def grab(still: Still) -> Image.Image:
    """
    Return the picture, upright, as RGB.

    In a movie it is the last frame that starts at or before ``seconds``; before the first frame it is the first.
    Raises UnreadableMedia.
    """
    try:
        if still.seconds is None:
            with Image.open(still.path) as picture:
                return ImageOps.exif_transpose(picture).convert("RGB")
        return _grab_frame(still.path, still.seconds)
    except (OSError, av.error.FFmpegError) as error:
        raise UnreadableMedia(
            f"'{still.path.name}' can't be read for the contact sheet: {error}.", remedy="Check the file."
        ) from error


def _grab_frame(path: Path, seconds: Fraction) -> Image.Image:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = stream.time_base or Fraction(1, 90_000)
        container.seek(max(0, int(seconds / base)), stream=stream, backward=True)
        chosen: av.VideoFrame | None = None
        for frame in container.decode(stream):
            if chosen is not None and frame.pts is not None and frame.pts * base > seconds:
                break
            chosen = frame
        if chosen is None:
            raise UnreadableMedia(f"'{path.name}' has no picture at {float(seconds):.2f} s.", remedy="Check the file.")
        return Image.fromarray(chosen.to_ndarray(format="rgb24"))


def _lay_stills(sheet: Image.Image, stills: Sequence[Still], corner: tuple[int, int]) -> None:
    draw = ImageDraw.Draw(sheet)
    for column in range(3):
        x = corner[0] + column * (_CELL[0] + _GAP)
        draw.rectangle((x, corner[1], x + _CELL[0] - 1, corner[1] + _CELL[1] - 1), fill=_EMPTY)
        if column < len(stills):
            picture = ImageOps.contain(grab(stills[column]), _CELL, Image.Resampling.LANCZOS)
            sheet.paste(picture, (x + (_CELL[0] - picture.width) // 2, corner[1] + (_CELL[1] - picture.height) // 2))


def _letter(draw: ImageDraw.ImageDraw, row: ContactRow, corner: tuple[int, int]) -> None:
    draw.text(corner, row.name, fill=_INK, font=_font(20))
    lines = _wrap(row.caption, _font(14), _CAPTION - 2 * _GAP)
    most = (_CELL[1] - 30) // 18
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1] + " …"]
    for number, line in enumerate(lines):
        draw.text((corner[0], corner[1] + 30 + number * 18), line, fill=_FAINT, font=_font(14))


def _wrap(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
