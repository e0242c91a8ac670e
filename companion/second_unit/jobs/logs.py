"""The worker's log: a file beside the store that rotates, with every secret masked before it is written."""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

from second_unit.jobs.folders import log_path
from second_unit.network.keys import known_secrets
from second_unit.network.secret import MASK, redact

_MOST_BYTES = 2_000_000
_KEPT = 5

# Presigned addresses let anybody in who has them: what follows the question mark is masked.
_QUERY = re.compile(r"(https?://[^\s\"'<>?]+)\?[^\s\"'<>]+")
_DATA_URL = re.compile(r"(data:[\w/+.-]+;base64,)[A-Za-z0-9+/=]{64,}")


def masked(text: str) -> str:
    """Return the text without keys, authorization headers, the secret parts of addresses, and inlined files."""
    text = redact(text, known_secrets())
    return _DATA_URL.sub(rf"\1{MASK}", _QUERY.sub(rf"\1?{MASK}", text))


class _Masking(logging.Formatter):
    """Masks the whole line, tracebacks included. Nothing should need it: it is the second line of defence."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def start_log(store: Path) -> Path:
    """Write what the worker says to its log file, 2 MB and five older ones, and return where it is."""
    path = log_path(store)
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=_MOST_BYTES, backupCount=_KEPT, encoding="utf-8")
    handler.setFormatter(_Masking("%(asctime)s %(process)d %(levelname)s %(message)s"))
    log = logging.getLogger("second_unit")
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    return path
