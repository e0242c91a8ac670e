"""The order that a take came from, so that it can be ordered again knowingly."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from second_unit.errors import StoreError
from second_unit.jobs.sidecar import sidecar_path
from second_unit.jobs.store import JobStore
from second_unit.plan import GenerationRequest


def recorded_request(store: Path, job: str, take: Path) -> GenerationRequest:
    """
    Return the request that a take was made by: from the store, else from the page beside the take.

    The page goes where the take goes: to another project, another machine, another user.

    Raises:
        StoreError: neither is there.
    """
    if store.exists():
        with JobStore(store) as kept:
            for known in kept.jobs():
                if known.id == job:
                    return known.request
    try:
        page = json.loads(sidecar_path(take).read_text(encoding="utf-8"))
        return GenerationRequest.model_validate(page["request"])
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise StoreError(
            f"What '{take.name}' was ordered with isn't known: neither the job store nor a page beside it tells.",
            remedy="Order the shot from its prompt.",
            job=job,
        ) from error
