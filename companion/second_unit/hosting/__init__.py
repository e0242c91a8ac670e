"""
Where a local file becomes a web address, for services that want one: ``open_host(read_host_settings())``.

A bucket of the user's own, fal's storage, or a command; and before them the address a file already has.
"""

from second_unit.hosting.chain import open_host
from second_unit.hosting.host import Host, KnownAddress, Lookup, signed_until
from second_unit.hosting.settings import (
    BucketSettings,
    CommandSettings,
    FalSettings,
    HostSettings,
    read_host_settings,
    write_host_settings,
)

__all__ = [
    "BucketSettings",
    "CommandSettings",
    "FalSettings",
    "Host",
    "HostSettings",
    "KnownAddress",
    "Lookup",
    "open_host",
    "read_host_settings",
    "signed_until",
    "write_host_settings",
]
