"""Menus of the catalog: who shoots, with which model, in which shape and size. Each sets one setting of the scene."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty

from ..panel.offers import Offer, find_offer, offers, service_title
from ..sequencer import sequencer_scene
from .line_operators import OnOwnScene

Item = tuple[str, str, str]
AUTOMATIC = "AUTOMATIC"

# Blender keeps no copy of what an items function returns: whoever made the words has to keep them.
_kept: dict[str, list[Item]] = {}


def _keep(name: str, items: list[Item]) -> list[Item]:
    _kept[name] = items
    return items


def _settings(context: bpy.types.Context) -> Any:
    return sequencer_scene(context).second_unit


def _chosen(context: bpy.types.Context) -> Offer | None:
    settings = _settings(context)
    return find_offer(offers(), settings.service, settings.model)


def _services(_operator: Any, _context: bpy.types.Context | None) -> list[Item]:
    names = dict.fromkeys(offer.service for offer in offers())
    return _keep("services", [(name, service_title(name), _models_of(name)) for name in names])


def _models_of(service: str) -> str:
    return ", ".join(offer.title for offer in offers() if offer.service == service)


def _models(_operator: Any, context: bpy.types.Context | None) -> list[Item]:
    service = _settings(context or bpy.context).service
    return _keep("models", [(one.model, one.title, one.words) for one in offers() if one.service == service])


def _resolutions(_operator: Any, context: bpy.types.Context | None) -> list[Item]:
    offer = _chosen(context or bpy.context)
    usual = f"What the model takes by itself: {offer.resolution}" if offer else "What the model takes by itself"
    sizes = offer.sizes if offer else {}
    return _keep("resolutions", [(AUTOMATIC, "Automatic", usual), *((one, one, "") for one in sizes)])


def _ratios(_operator: Any, context: bpy.types.Context | None) -> list[Item]:
    offer = _chosen(context or bpy.context)
    ratios = offer.ratios if offer else ()
    return _keep(
        "ratios", [(AUTOMATIC, "Automatic", "The nearest to the edit's own"), *((one, one, "") for one in ratios)]
    )


class SecondUnitChooseService(OnOwnScene, bpy.types.Operator):
    """Chooses who shoots."""

    bl_idname = "second_unit.choose_service"
    bl_label = "Choose Service"
    bl_description = "Choose who shoots: the animatic renders on this machine and is free, the others cost money"
    bl_options = {"REGISTER", "UNDO"}

    service: EnumProperty(name="Service", description="Who shoots", items=_services)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set it, with its first model, and keep of the rest what that model has too."""
        settings = _settings(context)
        if settings.service != self.service:
            settings.service, settings.model = self.service, ""
            _drop_what_is_not_offered(settings)
        return {"FINISHED"}


class SecondUnitChooseModel(OnOwnScene, bpy.types.Operator):
    """Chooses one of the service's models."""

    bl_idname = "second_unit.choose_model"
    bl_label = "Choose Model"
    bl_description = "Choose which of the service's models shoots"
    bl_options = {"REGISTER", "UNDO"}

    model: EnumProperty(name="Model", description="The service's model", items=_models)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set it, and keep of the rest what it has too."""
        settings = _settings(context)
        settings.model = self.model
        _drop_what_is_not_offered(settings)
        return {"FINISHED"}


class SecondUnitChooseResolution(OnOwnScene, bpy.types.Operator):
    """Chooses how large the picture is."""

    bl_idname = "second_unit.choose_resolution"
    bl_label = "Choose Resolution"
    bl_description = "Choose how large the picture is that the model makes"
    bl_options = {"REGISTER", "UNDO"}

    resolution: EnumProperty(name="Resolution", description="How large the picture is", items=_resolutions)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set it."""
        _settings(context).resolution = "" if self.resolution == AUTOMATIC else self.resolution
        return {"FINISHED"}


class SecondUnitChooseRatio(OnOwnScene, bpy.types.Operator):
    """Chooses the shape of the picture."""

    bl_idname = "second_unit.choose_ratio"
    bl_label = "Choose Ratio"
    bl_description = "Choose the shape of the picture that the model makes"
    bl_options = {"REGISTER", "UNDO"}

    ratio: EnumProperty(name="Ratio", description="Its width to its height", items=_ratios)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Set it."""
        _settings(context).ratio = "" if self.ratio == AUTOMATIC else self.ratio
        return {"FINISHED"}


def _drop_what_is_not_offered(settings: Any) -> None:
    offer = find_offer(offers(), settings.service, settings.model)
    if offer is None:
        return
    if settings.resolution not in offer.sizes:
        settings.resolution = ""
    if settings.ratio not in offer.ratios:
        settings.ratio = ""


CLASSES = (SecondUnitChooseService, SecondUnitChooseModel, SecondUnitChooseResolution, SecondUnitChooseRatio)


def register() -> None:
    """Add the menus' operators."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Take them away again."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
    _kept.clear()
