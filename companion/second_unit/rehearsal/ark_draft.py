"""The second of 2.5's two steps: a draft that was liked is made again, large (official create-task page)."""

from __future__ import annotations

from typing import Any

from second_unit.catalog.capabilities import Model
from second_unit.rehearsal.ark_content import Content
from second_unit.rehearsal.ark_errors import Refused
from second_unit.rehearsal.ark_validation import Terms, is_2_5, not_valid
from second_unit.rehearsal.studio import Studio
from second_unit.rehearsal.tasks import Task

DRAFT_SECONDS = 7 * 86_400
_FROM_DRAFT = ("duration", "ratio", "seed", "generate_audio", "omni_reference_task_type", "draft", "frames")
_ANEW = (
    "return_last_frame",
    "output_format",
    "watermark",
    "service_tier",
    "execution_expires_after",
    "priority",
    "safety_identifier",
)


def complete_draft(
    studio: Studio, service: str, order: dict[str, Any], content: Content, model: Model
) -> tuple[Task, Terms]:
    """Return the draft and the terms of its completion; Refused where there can be none or the order says too much."""
    if not is_2_5(model):
        raise not_valid("content", model, content)
    for name in _FROM_DRAFT:
        if name in order:
            raise Refused(
                f"The parameter `{name}` specified in the request is not valid: it follows the draft task.", param=name
            )
    if order.get("resolution") != "1080p":
        raise Refused(
            "The parameter `resolution` specified in the request is not valid: 1080p is expected.", param="resolution"
        )
    draft = studio.task(service, content.draft)
    if draft is None or not _is_usable(studio, draft):
        raise Refused(
            f"The parameter `content[0].draft_task.id` specified in the request is not valid: {content.draft}.",
            param="content[0].draft_task.id",
        )
    terms = draft.echo["terms"]
    width, height = model.capabilities.sizes["1080p"][terms["ratio"]]
    anew = {name: order[name] for name in _ANEW if name in order}
    settled = {"resolution": "1080p", "draft": False, "width": width, "height": height, "in_h265": True}
    kept = {name: terms[name] for name in ("ratio", "duration", "generate_audio")}
    return draft, Terms.model_validate(kept | anew | settled)


def _is_usable(studio: Studio, draft: Task) -> bool:
    is_draft = bool(draft.echo["terms"]["draft"])
    in_time = studio.clock.now() < draft.accepted_at + DRAFT_SECONDS
    return is_draft and in_time and studio.standing(draft).state == "succeeded"
