"""The buttons of the preferences: test a connection, forget a key, open the preferences from elsewhere."""

from __future__ import annotations

import bpy
from bpy.props import StringProperty

from .. import __package__ as extension
from ..settings import preferences, typed_keys


class SecondUnitTryService(bpy.types.Operator):
    """Asks a service whether it takes the key."""

    bl_idname = "second_unit.try_service"
    bl_label = "Test Connection"
    bl_description = "Ask the service whether it takes the key. Nothing is ordered, and nothing is charged"
    bl_options = {"INTERNAL"}

    service: StringProperty(name="Service", default="seedance", options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Say what is missing."""
        if not preferences.may_ask("seedance"):
            cls.poll_message_set("Online access is off: allow it in Preferences > System > Network")
            return False
        return True

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Send a child to ask; what it was told is shown when it is back."""
        host = str(getattr(preferences.preferences(), f"{self.service}_host", ""))
        typed_keys.try_service(self.service, host, preferences.endpoint(self.service) or "")
        return {"FINISHED"}


class SecondUnitForgetKey(bpy.types.Operator):
    """Removes a key."""

    bl_idname = "second_unit.forget_key"
    bl_label = "Forget Key"
    bl_description = "Remove the key from the keyring and from the key file. The environment is left alone"
    bl_options = {"INTERNAL"}

    service: StringProperty(name="Service", options={"SKIP_SAVE"})

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Send a child to remove it."""
        typed_keys.forget(self.service)
        return {"FINISHED"}


class SecondUnitOpenPreferences(bpy.types.Operator):
    """Shows the preferences."""

    bl_idname = "second_unit.open_preferences"
    bl_label = "Second Unit Preferences"
    bl_description = "Show Second Unit's preferences: services, keys, folders, spend caps"
    bl_options = {"INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Open Blender's preferences there."""
        bpy.ops.screen.userpref_show()
        context.preferences.active_section = "EXTENSIONS" if not context.preferences.addons.get(extension) else "ADDONS"
        context.window_manager.addon_search = "Second Unit"
        return {"FINISHED"}


CLASSES = (SecondUnitTryService, SecondUnitForgetKey, SecondUnitOpenPreferences)


def register() -> None:
    """Add the buttons."""
    for each in CLASSES:
        bpy.utils.register_class(each)


def unregister() -> None:
    """Take them away."""
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
