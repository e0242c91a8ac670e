"""
Lettering in any language: Pillow's own font, and where it lacks a letter, a font of Blender's or of the system's.

Nothing is bundled and nothing downloaded. Where no font has a letter, its plain form without accents stands for it.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_SYSTEM_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
# One family per script is enough: these cover what Blender's own fonts may lack, on the three systems.
_SYSTEM_NAMES = (
    "DejaVuSans.ttf", "NotoSansCJK-Regular.ttc", "NotoSans-Regular.ttf", "PingFang.ttc", "Arial Unicode.ttf",
    "AppleSDGothicNeo.ttc", "msyh.ttc", "meiryo.ttc", "malgun.ttf", "segoeui.ttf", "Nirmala.ttc", "Nirmala.ttf",
    "seguisym.ttf", "LeelawUI.ttf",
)  # fmt: skip
_PLAIN = {"–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "·": "-", "→": "->", "×": "x"}
_NEVER_A_LETTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring letters that one font has."""

    text: str
    font: Font


@cache
def _candidates() -> tuple[Path, ...]:
    blender = [path for folder in _blender_folders() for path in sorted(folder.glob("*.[two][tfo]*"))]
    plain = [path for path in blender if "Mono" not in path.name and "Emoji" not in path.name]
    folders = [Path(name).expanduser() for name in _SYSTEM_FOLDERS]
    by_name: dict[str, Path] = {}
    for folder in folders:
        for path in folder.rglob("*.tt?") if folder.is_dir() else ():
            by_name.setdefault(path.name, path)
    return (*plain, *(by_name[name] for name in _SYSTEM_NAMES if name in by_name))


def _blender_folders() -> list[Path]:
    """Return where Blender keeps its fonts: beside its own Python, or in the ``bpy`` module, which is not imported."""
    places = [Path(sys.executable).resolve().parents[2] / "datafiles/fonts"]
    if (spec := find_spec("bpy")) is not None and spec.origin:
        places += sorted(Path(spec.origin).parent.glob("*/datafiles/fonts"))
    return [place for place in places if place.is_dir()]


@lru_cache(maxsize=256)
def _open_font(path: Path | None, size: int) -> Font | None:
    try:
        return ImageFont.load_default(size) if path is None else ImageFont.truetype(str(path), size)
    except OSError:
        return None


@lru_cache(maxsize=4096)
def _has(path: Path | None, letter: str) -> bool:
    font = _open_font(path, 24)
    if not isinstance(font, ImageFont.FreeTypeFont):
        return False
    drawn = font.getmask(letter)
    unknown = font.getmask(_NEVER_A_LETTER)
    return drawn.size != unknown.size or bytes(drawn) != bytes(unknown)


@cache
def _base() -> Path | None:
    """Return Blender's own Inter where it is found, which has far more letters than Pillow's font; else None."""
    return next((path for path in _candidates() if path.name.startswith("Inter")), None)


@lru_cache(maxsize=4096)
def _font_for(letter: str) -> Path | bool | None:
    """Return a font's path, None for Pillow's own, False where none has the letter."""
    if letter.isspace() or _has(_base(), letter):
        return _base()
    if _has(None, letter):
        return None
    script = unicodedata.name(letter, "").split(" ")[0].title()
    script = "CJK" if script in {"Cjk", "Hiragana", "Katakana", "Hangul", "Ideographic", "Fullwidth"} else script
    for path in sorted(_candidates(), key=lambda path: script not in path.name):
        if _has(path, letter):
            return path
    return False


def split_runs(text: str, size: int) -> list[Run]:
    """Return the text in runs of one font each. Letters that no font has are written plainly, or left out."""
    runs: list[tuple[Path | None, str]] = []
    for letter in unicodedata.normalize("NFC", text):
        for drawn, path in _drawn_as(letter):
            if runs and (runs[-1][0] == path or drawn.isspace() or unicodedata.combining(drawn)):
                runs[-1] = (runs[-1][0], runs[-1][1] + drawn)
            else:
                runs.append((path, drawn))
    return [Run(letters, font) for path, letters in runs if (font := _open_font(path, size)) is not None]


def _drawn_as(letter: str) -> list[tuple[str, Path | None]]:
    if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"} and not letter.isspace():
        return []
    path = _font_for(letter)
    if not isinstance(path, bool):
        return [(" " if letter.isspace() else letter, path)]
    plain = _PLAIN.get(letter) or unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return [(each, _base()) for each in plain]


def text_width(text: str, size: int) -> float:
    """Return how wide a line is, in pixels."""
    return sum(run.font.getlength(run.text) for run in split_runs(text, size))


def draw_text(
    draw: ImageDraw.ImageDraw, corner: tuple[float, float], text: str, size: int, fill: tuple[int, ...], weight: int = 0
) -> float:
    """
    Draw one line and return where it ends.

    ``corner`` is its left end and its baseline; ``weight`` thickens each stroke by so many tenths of a pixel.
    """
    x, baseline = corner
    for run in split_runs(text, size):
        draw.text(
            (x, baseline), run.text, font=run.font, fill=fill, anchor="ls", stroke_width=weight / 10, stroke_fill=fill
        )
        x += run.font.getlength(run.text)
    return x


def wrap(text: str, size: int, width: float, most_lines: int) -> list[str]:
    """Return the text in lines that fit the width; what doesn't fit the lines ends in an ellipsis."""
    lines: list[str] = []
    line = ""
    pieces = _pieces(text)
    for index, piece in enumerate(pieces):
        if text_width((line + piece).rstrip(), size) <= width or not line.strip():
            line += piece
            continue
        lines.append(line.strip())
        if len(lines) == most_lines:
            return [*lines[:-1], _shortened(lines[-1] + " " + "".join(pieces[index:]).strip(), size, width)]
        line = piece
    return [*lines, line.strip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """Return where a line may break: after a space, and around every letter of scripts written without spaces."""
    pieces: list[str] = []
    for letter in " ".join(text.split()):
        wide = unicodedata.east_asian_width(letter) in "WF"
        if not pieces or pieces[-1].endswith(" ") or wide or unicodedata.east_asian_width(pieces[-1][-1]) in "WF":
            pieces.append(letter)
        else:
            pieces[-1] += letter
    return pieces


def _shortened(line: str, size: int, width: float) -> str:
    while line and text_width(line + "…", size) > width:
        line = line[:-1]
    return line.rstrip(" ,.;:—-") + "…"


def letter_image(text: str, size: int, fill: tuple[int, int, int, int], weight: int = 0) -> Image.Image:
    """Return one line as an RGBA picture just as large as it needs, even in both directions, baseline at 0.8 of it."""
    width = int(text_width(text, size)) + 4
    image = Image.new("RGBA", (width + width % 2, 2 * (size * 13 // 20)), (*fill[:3], 0))
    draw_text(ImageDraw.Draw(image), (2, image.height * 0.8), text, size, fill, weight)
    return image
