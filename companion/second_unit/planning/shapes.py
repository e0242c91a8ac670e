"""The shape of what is ordered: resolution, ratio and pixels."""

from __future__ import annotations

from math import log

from second_unit.catalog.capabilities import Model
from second_unit.catalog.models import titles_where
from second_unit.errors import OverLimit
from second_unit.shots import ShotList
from second_unit.timeline import Value


class Shape(Value):
    """A resolution and ratio of the catalog's tables, and what they come to in pixels."""

    resolution: str
    ratio: str
    width: int
    height: int


def choose_shape(shot_list: ShotList, model: Model) -> Shape:
    """
    Return the shape that the settings name; what they leave open is the model's default and the edit's nearest ratio.

    Raises:
        OverLimit: the model doesn't make that resolution or ratio.
    """
    sizes, settings = model.capabilities.sizes, shot_list.settings
    resolution = settings.resolution or model.capabilities.default_resolution
    if resolution not in sizes:
        others = titles_where(lambda one: resolution in one.capabilities.sizes, model)
        choice = f", or choose {others}" if others else ""
        raise OverLimit(
            f"{model.title} makes no {resolution}.",
            remedy=f"Set one of {', '.join(sizes)}{choice}.",
            service=model.service,
        )
    ratios = sizes[resolution]
    ratio = settings.ratio or nearest_ratio(shot_list.width, shot_list.height, ratios)
    if ratio not in ratios:
        raise OverLimit(
            f"{model.title} makes no {ratio} at {resolution}.",
            remedy=f"Set one of {', '.join(ratios)}.",
            service=model.service,
        )
    width, height = ratios[ratio]
    return Shape(resolution=resolution, ratio=ratio, width=width, height=height)


def nearest_ratio(width: int, height: int, ratios: dict[str, tuple[int, int]]) -> str:
    """Return the ratio whose picture needs the least cropping: 1920×817 (2.35:1) is nearest to 21:9."""
    return min(ratios, key=lambda name: abs(log(width / height) - log(ratios[name][0] / ratios[name][1])))
