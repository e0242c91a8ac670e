"""
The catalog as menus show it: services, models, ratios, resolutions, as plain words.

Reading the catalog loads pydantic, so it is read the first time that somebody looks, and never while drawing:
:func:`known_offers` says what is known already and asks for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .. import later

if TYPE_CHECKING:
    from second_unit.catalog.capabilities import Model

SERVICE_TITLES = {"animatic": "Animatic (this machine, free)"}


class Offer(NamedTuple):
    """
    One model that can be ordered from.

    Args:
        sizes: ratios by resolution.
        resolution: what is taken where none is chosen.
        words: what it accepts, in a line.
    """

    service: str
    model: str
    title: str
    words: str
    sizes: dict[str, tuple[str, ...]]
    resolution: str
    has_audio: bool

    @property
    def ratios(self) -> tuple[str, ...]:
        """All its ratios, in the catalog's order."""
        return tuple(dict.fromkeys(ratio for ratios in self.sizes.values() for ratio in ratios))


class _Known:
    """What was read from the catalog."""

    offers: tuple[Offer, ...] | None = None


def offers() -> tuple[Offer, ...]:
    """Return what can be ordered, read from the catalog the first time; none where it can't be read."""
    if _Known.offers is None:
        from second_unit.catalog.models import all_models
        from second_unit.errors import SecondUnitError

        try:
            _Known.offers = tuple(_offer(model) for model in all_models() if model.retired_on is None)
        except SecondUnitError:  # the dry run says what is wrong with the catalog
            _Known.offers = ()
    return _Known.offers


def known_offers() -> tuple[Offer, ...]:
    """Return the same for drawing: none for the moment until it was read."""
    if _Known.offers is None:
        later.soon("offers", offers)
    return _Known.offers or ()


def forget() -> None:
    """Read the catalog anew next time."""
    _Known.offers = None


def find_offer(known: tuple[Offer, ...], service: str, model: str) -> Offer | None:
    """Return the offer that the settings name; the service's first where they name no model."""
    of_service = [offer for offer in known if offer.service == service]
    named = [offer for offer in of_service if model in {"", offer.model}]
    return named[0] if named else None


def service_title(service: str) -> str:
    """Return what a service is called to people."""
    return SERVICE_TITLES.get(service, service.replace("-", " ").title())


def _offer(model: Model) -> Offer:
    takes = model.capabilities
    counts = [(takes.image.count, "images"), (takes.video.count, "movies"), (takes.audio.count, "sounds")]
    references = ", ".join(f"{count} {kind}" for count, kind in counts if count)
    shots = "one shot" if takes.shots == 1 else f"up to {takes.shots} shots"
    return Offer(
        service=model.service,
        model=model.id,
        title=model.title,
        words=f"{takes.least_seconds} to {takes.most_seconds} s and {shots} an order; {references or 'no references'}",
        sizes={resolution: tuple(sizes) for resolution, sizes in takes.sizes.items()},
        resolution=takes.default_resolution,
        has_audio=takes.generates_audio,
    )
