"""
The extension's preferences: services with their keys, where takes and videos go, spend caps.

Keys are typed into fields that Blender doesn't store: reading one gives nothing, and writing one hands it on
(:mod:`.typed_keys`). What else matters outside Blender is kept by the companion, not in userpref.blend.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from .. import __package__ as extension
from . import hosting_choice, spending, typed_keys
from .hosting_choice import kind_property, text_property
from .spending import cap_property

_FOLDER_OPTIONS = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()
_LOCAL = ("http://127.0.0.1", "http://localhost", "http://[::1]")


def key_property(service: str, about: str) -> Any:
    """Return the property of a key's field: it takes what is typed and shows and stores nothing."""

    def put(_owner: Any, key: str) -> None:
        typed_keys.keep(service, key)

    return StringProperty(
        name="Key",
        description=f"{about}. It goes to the system's keyring, or to a file that only you can read, never into a "
        ".blend or Blender's preferences. The field is empty again at once",
        subtype="PASSWORD",
        options={"SKIP_SAVE", "HIDDEN"},
        get=lambda _owner: "",
        set=put,
    )


class SecondUnitPreferences(bpy.types.AddonPreferences):
    """What holds for every edit on this machine."""

    bl_idname = extension

    seedance_key: key_property("seedance", "The API key of your account at BytePlus ModelArk or Volcengine Ark")
    seedance_host: EnumProperty(
        name="Account",
        description="Whose key it is, and where it is tested. A scene's options say where its shots are ordered",
        items=(
            ("byteplus", "BytePlus", "BytePlus ModelArk, in US dollars"),
            ("volcengine", "Volcengine", "Volcengine Ark, in yuan"),
        ),
    )
    seedance_endpoint: StringProperty(
        name="Address",
        description="Another address to order at, such as a rehearsal server's; empty takes the service's own",
    )
    takes_folder: StringProperty(
        name="Takes",
        description="Where takes go unless a scene says otherwise; empty takes a folder 'takes' beside each .blend",
        subtype="DIR_PATH",
        options=_FOLDER_OPTIONS,
    )
    hosting: kind_property()
    hosting_bucket: text_property("Bucket", "Its name", "bucket")
    hosting_endpoint: text_property("Address", "Of anything that isn't Amazon's: R2, TOS, MinIO", "endpoint")
    hosting_region: text_property("Region", "Of the bucket; 'auto' for R2, empty for us-east-1", "region")
    hosting_command: text_property("Command", "The program and its arguments; {path} stands for the file", "command")
    bucket_key: key_property("bucket", "The bucket's key: the access key's id, a colon, and its secret")
    fal_key: key_property("fal", "The key of your fal account")
    cap_run_usd: cap_property("run", "USD")
    cap_day_usd: cap_property("day", "USD")
    cap_run_cny: cap_property("run", "CNY")
    cap_day_cny: cap_property("day", "CNY")

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw all of it."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        _draw_start(layout)
        _draw_service(_section(layout, "Seedance"), self)
        _draw_hosting(_section(layout, "Videos on the Web"), self)
        _draw_spending(_section(layout, "Spend Caps"), self)
        _section(layout, "Folders").prop(self, "takes_folder")


def preferences() -> SecondUnitPreferences | None:
    """Return them; None where the add-on runs from a checkout and isn't enabled as an extension."""
    found = bpy.context.preferences.addons.get(extension)
    return found.preferences if found is not None else None


def endpoint(service: str) -> str | None:
    """Return the address to order at in place of the service's own; None for its own."""
    return (getattr(preferences(), f"{service}_endpoint", "") or "").strip() or None


def takes_folder() -> str:
    """Return the folder that the user chose for all takes; empty where none was chosen."""
    return str(getattr(preferences(), "takes_folder", "") or "")


def may_ask(service: str) -> bool:
    """Whether Blender may reach the service: it is online, or the service is rehearsed on this machine."""
    return bpy.app.online_access or (endpoint(service) or "").startswith(_LOCAL)


def _section(layout: Any, title: str) -> Any:
    box = layout.box()
    box.label(text=title)
    return box.column()


def _draw_start(layout: Any) -> None:
    row = layout.row()
    row.operator("second_unit.open_demo_edit", icon="FILE_MOVIE")
    row.label(text="The animatic needs no key and no network.")
    if not bpy.app.online_access:
        box = layout.box()
        box.label(
            text="Online access is off, so no service can be reached: only the animatic shoots.",
            icon="INTERNET_OFFLINE",
        )
        box.prop(bpy.context.preferences.system, "use_online_access", text="Allow Online Access")


def _draw_service(layout: Any, settings: SecondUnitPreferences) -> None:
    layout.prop(settings, "seedance_host")
    _draw_key(layout, settings, "seedance", "seedance_key")
    layout.prop(settings, "seedance_endpoint", placeholder="The service's own")
    row = layout.row()
    row.alignment = "RIGHT"
    row.operator("second_unit.try_service", icon="URL").service = "seedance"


def _draw_key(layout: Any, settings: SecondUnitPreferences, service: str, field: str) -> None:
    source = typed_keys.source(service)
    row = layout.row(align=True)
    row.prop(settings, field, placeholder=f"There is one, {source}" if source else "Paste the key")
    button = row.row(align=True)
    button.enabled = bool(source)
    button.operator("second_unit.forget_key", text="", icon="X").service = service
    told = typed_keys.told(service)
    if told is not None:
        line = layout.row()
        line.alert = not told.good
        line.label(text=told.text, icon="SORTTIME" if told.busy else "CHECKMARK" if told.good else "ERROR")


def _draw_hosting(layout: Any, settings: SecondUnitPreferences) -> None:
    forced = hosting_choice.by_environment()
    if forced:
        layout.label(text=f"The environment chooses: {forced} (SECOND_UNIT_HOST).", icon="INFO")
        return
    layout.prop(settings, "hosting")
    match hosting_choice.kind():
        case "bucket":
            for name in ("hosting_bucket", "hosting_endpoint", "hosting_region"):
                layout.prop(settings, name)
            _draw_key(layout, settings, "bucket", "bucket_key")
        case "fal":
            _draw_key(layout, settings, "fal", "fal_key")
        case "command":
            layout.prop(settings, "hosting_command")
    if hosting_choice.fault():
        layout.label(text=hosting_choice.fault(), icon="ERROR")


def _draw_spending(layout: Any, settings: SecondUnitPreferences) -> None:
    for currency in spending.CURRENCIES:
        column = layout.column(align=True)
        column.prop(settings, f"cap_run_{currency.lower()}")
        column.prop(settings, f"cap_day_{currency.lower()}")
    layout.label(text="Nothing is sent that would pass a cap. 0 is no cap.")


def register() -> None:
    """Add the preferences."""
    bpy.utils.register_class(SecondUnitPreferences)


def unregister() -> None:
    """Take them away."""
    bpy.utils.unregister_class(SecondUnitPreferences)
    hosting_choice.forget()
    spending.forget()
