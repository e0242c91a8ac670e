"""What names a commission's files: the same order is rendered once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from second_unit.rehearsal.panels import read_panels
from second_unit.rehearsal.tasks import Commission, Made


def commission_key(commission: Commission) -> str:
    """
    Return what names a commission's files: equal for orders that would look and sound the same.

    A fast clip shows neither words nor references, so only its size, length, cuts and sound count.
    """
    told = commission.model_copy(
        update={
            "attachments": tuple(a.model_copy(update={"file": None, "source": "data"}) for a in commission.attachments)
        }
    ).model_dump_json()
    if commission.fast:
        cuts = [panel.start for panel in read_panels(commission.prompt, commission.frames)]
        told = commission.model_copy(update={"prompt": "", "attachments": ()}).model_dump_json() + str(cuts)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def made_before(key: str, folder: Path) -> Made | None:
    """Return what was made of a commission of that name, by this server or another that shares the folder."""
    record = folder / f"{key}.json"
    if not record.exists():
        return None
    made = Made.model_validate_json(record.read_text(encoding="utf-8"))
    return made if made.movie.exists() and made.last_frame.exists() else None


def keep_made(key: str, folder: Path, made: Made) -> Made:
    """Write down what was made of a commission; return it."""
    aside = folder / f"{key}.{os.getpid()}.part"
    aside.write_text(made.model_dump_json(), encoding="utf-8")
    aside.replace(folder / f"{key}.json")
    return made
