"""A canvas to draw the demo's storyboard on: sixteen units wide, nine high, light added as light."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
WIDE, HIGH = 16.0, 9.0
_COARSE = 4


class Canvas:
    """
    A picture in the making. Places are in units: ``(0, 0)`` is the top left, ``(16, 9)`` the bottom right.

    Args:
        width: of the finished picture in pixels; it is drawn twice as large and then halved, which smooths edges.
        seed: decides waves, clouds, fog and grain.
    """

    def __init__(self, width: int = 1280, seed: int = 1) -> None:
        self._scale = width * 2 / WIDE
        self._size = (width * 2, width * 2 * 9 // 16)
        self.chance = random.Random(seed)  # noqa: S311 -- decoration, not secrecy
        self._noise = np.random.default_rng(seed)
        self.image = Image.new("RGB", self._size)

    def sky(self, stops: Sequence[tuple[float, Colour]], top: float = 0.0, bottom: float = HIGH) -> None:
        """Fill from ``top`` to ``bottom`` with a gradient; each stop is a height in units and its colour."""
        first, last = self._y(top), self._y(bottom)
        rows = np.arange(first, last) / self._scale
        heights = [height for height, _ in stops]
        column = np.stack([np.interp(rows, heights, [colour[i] for _, colour in stops]) for i in range(3)], axis=1)
        strip = Image.fromarray(column.astype(np.uint8)[:, None, :])
        self.image.paste(strip.resize((self._size[0], last - first), Image.Resampling.NEAREST), (0, first))

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """Draw a polygon."""
        ImageDraw.Draw(self.image).polygon([self._at(point) for point in points], fill=fill)

    def round(self, centre: Point, radius: float | tuple[float, float], fill: Colour) -> None:
        """Draw a disc or an ellipse."""
        wide, high = radius if isinstance(radius, tuple) else (radius, radius)
        (x, y), scale = self._at(centre), self._scale
        box = (x - wide * scale, y - high * scale, x + wide * scale, y + high * scale)
        ImageDraw.Draw(self.image).ellipse(box, fill=fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        """Draw a line with round joints, ``width`` units thick."""
        pen = ImageDraw.Draw(self.image)
        pen.line(
            [self._at(point) for point in points], fill=fill, width=max(1, round(width * self._scale)), joint="curve"
        )

    def glow(self, centre: Point, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Add light around a place, a quarter as bright a radius away."""
        reach = radius * 2.2
        left, top = (max(0, int((centre[i] - reach) * self._scale)) for i in range(2))
        right = min(self._size[0], int((centre[0] + reach) * self._scale))
        bottom = min(self._size[1], int((centre[1] + reach) * self._scale))
        if right <= left or bottom <= top:
            return
        x, y = self._places((left, top, right, bottom))
        light = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / radius**2 * 1.4)
        self._add(np.float32(strength) * light, colour, (left, top, right, bottom))

    def beam(self, source: Point, to: Sequence[Point], colour: Colour, strength: float, soft: float = 0.12) -> None:
        """Add a cone of light from a place to an edge, fading on its way."""
        x, y = self._places((0, 0, *self._size))
        mask = Image.new("L", (x.shape[1], y.shape[0]), 0)
        scale = self._scale / _COARSE
        ImageDraw.Draw(mask).polygon([(right * scale, down * scale) for right, down in (source, *to)], fill=255)
        mask = mask.filter(ImageFilter.GaussianBlur(soft * scale))
        light = np.asarray(mask, dtype=np.float32) / 255 * np.exp(-np.hypot(x - source[0], y - source[1]) / 9)
        self._add(light * strength, colour, (0, 0, *self._size))

    def sea(self, horizon: float, far: Colour, near: Colour, glint: Colour, glints: int = 260) -> None:
        """Fill from the horizon down with water, its waves larger the nearer they are."""
        self.sky(((horizon, far), (HIGH, near)), horizon, HIGH)
        pen = ImageDraw.Draw(self.image, "RGBA")
        for _ in range(glints):
            depth = self.chance.random() ** 1.7
            y = horizon + 0.05 + depth * (HIGH - horizon)
            x, length = self.chance.uniform(-1, WIDE + 1), (0.15 + 1.6 * depth) * self.chance.uniform(0.4, 1.2)
            self._wave(pen, x, y, length, depth, (*glint, int(50 + 70 * self.chance.random() * (1 - 0.5 * depth))))

    def mist(self, top: float, bottom: float, colour: Colour, thickness: float) -> None:
        """Lay a band of drifting fog over the picture; ``thickness`` 0 to 1."""
        coarse = self._noise.random((6, 10))
        cloud = Image.fromarray((coarse * 255).astype(np.uint8)).resize(self._size, Image.Resampling.BICUBIC)
        rows = np.arange(self._size[1]) / self._scale
        band = np.clip(np.minimum((rows - top) / 1.2, (bottom - rows) / 1.2), 0, 1)
        alpha = np.clip(np.asarray(cloud) / 255 * 0.9 + 0.25, 0, 1) * band[:, None] * thickness
        self.image.paste(Image.new("RGB", self._size, colour), (0, 0), Image.fromarray((alpha * 255).astype(np.uint8)))

    def finished(self, grain: float = 3.0) -> Image.Image:
        """Return the picture at its final size, with a vignette and a little grain."""
        small = np.asarray(self.image.reduce(2), dtype=np.float32)
        height, width = small.shape[:2]
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        shade = 1 - 0.22 * np.clip(x**2 * 0.6 + y**2 * 0.5 - 0.25, 0, 1)
        toned = small * shade[..., None].astype(np.float32)
        if grain:
            toned += grain * self._noise.standard_normal((height, width, 1), dtype=np.float32)
        return Image.fromarray(np.clip(toned, 0, 255).astype(np.uint8))

    def _wave(
        self, pen: ImageDraw.ImageDraw, x: float, y: float, length: float, depth: float, fill: tuple[int, ...]
    ) -> None:
        thick = 0.012 + 0.05 * depth
        points = [self._at((x + length * part / 8, y + thick * math.sin(part * 1.1 + x) * 0.9)) for part in range(9)]
        pen.line(points, fill=fill, width=max(1, round(thick * self._scale)))

    def _places(self, box: tuple[int, int, int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the places of a coarse grid over a box of pixels, in units: a row of x and a column of y."""
        left, top, right, bottom = box
        x = (np.arange(left, right, _COARSE, dtype=np.float32) / self._scale)[None, :]
        y = (np.arange(top, bottom, _COARSE, dtype=np.float32) / self._scale)[:, None]
        return x, y

    def _add(self, light: NDArray[np.floating[Any]], colour: Colour, box: tuple[int, int, int, int]) -> None:
        # Light is smooth: it is reckoned on every fourth pixel and enlarged.
        coarse = Image.fromarray(np.clip(light * 255, 0, 255).astype(np.uint8))
        mask = coarse.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BICUBIC)
        shone = Image.merge("RGB", [mask.point([value * part // 255 for value in range(256)]) for part in colour])
        self.image.paste(ImageChops.add(self.image.crop(box), shone), box[:2])

    def _at(self, point: Point) -> Point:
        return point[0] * self._scale, point[1] * self._scale

    def _y(self, units: float) -> int:
        return min(self._size[1], max(0, round(units * self._scale)))
