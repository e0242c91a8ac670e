"""
The guarded way to a service, for providers: :class:`ServiceClient` asks, :func:`download` fetches.

Hosting needs it too and may not import providers, so the work is done in :mod:`second_unit.network`.
"""

from second_unit.network.client import USER_AGENT, Answer, ServiceClient
from second_unit.network.download import MOST_BYTES, Fetch, download
from second_unit.network.reach import Reach, check_endpoint, is_loopback_endpoint, shown
from second_unit.network.statuses import error_for_status
from second_unit.network.waiting import wait_seconds

__all__ = [
    "MOST_BYTES",
    "USER_AGENT",
    "Answer",
    "Fetch",
    "Reach",
    "ServiceClient",
    "check_endpoint",
    "download",
    "error_for_status",
    "is_loopback_endpoint",
    "shown",
    "wait_seconds",
]
