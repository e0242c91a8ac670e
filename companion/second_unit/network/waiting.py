"""How long a service asked us to wait."""

from __future__ import annotations

import math
import time
from email.utils import parsedate_to_datetime

# Longer than this is a mistake or mischief; the worker's own back-off takes over from there.
_LONGEST_SECONDS = 3600.0


def wait_seconds(retry_after: str | None) -> float | None:
    """Read a ``Retry-After`` header: seconds or a date. Returns 0 to 3600, or None where it says nothing readable."""
    if retry_after is None:
        return None
    try:
        wished = float(retry_after)
    except ValueError:
        wished = _until(retry_after)
    return None if math.isnan(wished) else min(max(wished, 0.0), _LONGEST_SECONDS)


def _until(date: str) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return math.nan
