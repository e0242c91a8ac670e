"""The page beside each take: what was ordered, with what, from whom, when and for how much. Holds no secret."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from second_unit import __version__
from second_unit.jobs.job import Job
from second_unit.media.facts import MediaFacts, PreparedReference, TakeCuts


def sidecar_path(take: Path) -> Path:
    """Return where the page of a take is: its name with ``.json``."""
    return take.with_suffix(".json")


def write_sidecar(
    job: Job,
    take: Path,
    facts: MediaFacts,
    fingerprint: str,
    references: tuple[PreparedReference, ...],
    cuts: TakeCuts | None = None,
) -> None:
    """Write the page of a take, whole or not at all."""
    page = _page(job, take, facts, fingerprint, references)
    page["cuts"] = cuts and cuts.model_dump(mode="json")
    write_page(page, sidecar_path(take))


def write_page(page: dict[str, Any], path: Path) -> None:
    """Write a page as JSON, whole or not at all."""
    text = json.dumps(page, indent=2, ensure_ascii=False)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _page(
    job: Job, take: Path, facts: MediaFacts, fingerprint: str, references: tuple[PreparedReference, ...]
) -> dict[str, Any]:
    request = job.request
    prepared = {reference.label: reference for reference in references}
    return {
        "take": take.name,
        "number": job.take_number,
        "sha256": fingerprint,
        "job": job.id,
        "service": request.service,
        "model": request.model,
        "task": job.task,
        "seed": job.seed if job.seed is not None else request.seed,
        "prompt": request.prompt,
        "references": [
            reference.model_dump(mode="json", exclude_defaults=True)
            | {"sent_sha256": prepared[reference.label].fingerprint if reference.label in prepared else None}
            for reference in request.references
        ],
        "ordered_at": _time(job.submitted_at),
        "ready_at": _time(job.updated_at),
        "cost": {
            "estimated": request.cost.model_dump(mode="json"),
            "billed": job.billed.model_dump(mode="json") if job.billed else None,
        },
        "facts": facts.model_dump(mode="json"),
        "answer": job.raw,
        "request": request.model_dump(mode="json"),
        "written_by": f"Second Unit {__version__}",
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
