"""
Seedance 2.0 and 2.5 at ByteDance's own services: BytePlus ModelArk and Volcengine Ark, one wire and two hosts.

The facts stand in the create, read, list and delete pages of both, in their official clients and in the error-code
manual, all read until 2026-11-22. Where they contradict one another, the code is tolerant and says so.
"""

from second_unit.providers.seedance.provider import SeedanceProvider
from second_unit.providers.seedance.wire import wire_request

__all__ = ["SeedanceProvider", "wire_request"]
