"""
An Ark order's parameters, checked per model in the order that the service was seen to check them, and settled.

``null`` counts as absent (the official clients send it for every unset field) and unknown fields are ignored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from second_unit.catalog.capabilities import Model, PricePerToken
from second_unit.rehearsal.ark_content import Content
from second_unit.rehearsal.ark_errors import Refused
from second_unit.rehearsal.panels import told_seconds
from second_unit.rehearsal.tasks import FRAME_RATE, Attachment
from second_unit.shots import ReferenceKind
from second_unit.timeline import Value

MODEL_DECIDES = -1
ADAPTIVE = "adaptive"
_RATIO = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)")
_RANGES = {
    "seed": (-1, 2_147_483_647),
    "priority": (0, 9),
    "execution_expires_after": (3600, 259_200),
}
_SWITCHES = ("generate_audio", "watermark", "return_last_frame", "draft", "camera_fixed")
_TASK_TYPES = ("auto", "reference", "edit", "extend")


class Terms(Value):
    """
    What an order comes to, every default filled in and every choice of the model's made.

    Args:
        duration: whole seconds; the movie has ``24 · duration + 1`` frames.
        in_h265: whether the service returns 10-bit H.265 at this size.
        locked: what a task of this kind may not set, found too late for a synchronous refusal (type ``auto``).
    """

    resolution: str
    ratio: str
    duration: int
    width: int
    height: int
    generate_audio: bool = True
    watermark: bool = False
    return_last_frame: bool = False
    draft: bool = False
    output_format: str = "mp4"
    seed: int = MODEL_DECIDES
    priority: int = 0
    service_tier: str = "default"
    execution_expires_after: int = 172_800
    safety_identifier: str = ""
    in_h265: bool = False
    locked: str = ""

    @property
    def frames(self) -> int:
        """How many frames come back: one more than ordered (recorded: 121 for 5 s)."""
        return FRAME_RATE * self.duration + 1


def is_2_5(model: Model) -> bool:
    """Whether the 2.5 rules hold: task types, drafts, formats."""
    return model.id == "seedance-2.5"


def read_terms(body: dict[str, Any], model: Model, content: Content, attachments: Sequence[Attachment]) -> Terms:
    """Return what the order comes to; Refused where a parameter isn't valid for the model."""
    told = {name: value for name, value in body.items() if value is not None}
    _check_forms(told)
    _check_known_to_model(told, model, content)
    resolution = told.get("resolution") or ("480p" if told.get("draft") else model.capabilities.default_resolution)
    if resolution not in model.capabilities.sizes:
        raise not_valid("resolution", model, content)
    if told.get("draft") and resolution != "480p":
        raise not_valid("resolution", model, content)
    ratio = told.get("ratio", ADAPTIVE)
    if ratio != ADAPTIVE and not (_RATIO.fullmatch(str(ratio)) and 0.2 <= _as_number(ratio) <= 5):
        raise not_valid("ratio", model, content)
    duration = told.get("duration", MODEL_DECIDES if is_2_5(model) else 5)
    limits = model.capabilities
    if duration != MODEL_DECIDES and not limits.least_seconds <= duration <= limits.most_seconds:
        raise not_valid("duration", model, content)
    locked = _locks(told, model, content, attachments, ratio, duration)
    settled_ratio = _adapt(model, resolution, attachments) if ratio == ADAPTIVE else ratio
    width, height = _size(model, resolution, settled_ratio)
    kept = {name: told[name] for name in Terms.model_fields if name in told and name not in ("ratio", "duration")}
    return Terms.model_validate(
        kept
        | {
            "resolution": resolution,
            "ratio": settled_ratio,
            "duration": _decide(model, content, attachments) if duration == MODEL_DECIDES else duration,
            "width": width,
            "height": height,
            "in_h265": resolution == ("1080p" if is_2_5(model) else "4k"),
            "locked": locked,
        }
    )


def billed_tokens(model: Model, terms: Terms, attachments: Sequence[Attachment]) -> int:
    """
    Return the tokens billed: ``⌊w·h·(24·(in + out) + 1) / 1024⌋``, which reproduces five recorded bills.

    720p, 5 s: 1280·720·121/1024 = 108,900. With a video among the references a least number of seconds is billed.
    """
    sent = sum(Fraction(one.seconds or 0).limit_denominator(1000) for one in _videos(attachments))
    seconds = sent + terms.duration
    if _videos(attachments) and isinstance(model.price, PricePerToken):
        usual = model.price.least_seconds_with_video
        least = model.price.least_seconds_by_resolution.get(terms.resolution, usual)
        seconds = max(seconds, Fraction(least.get(terms.duration, 0)))
    return math.floor(terms.width * terms.height * (FRAME_RATE * seconds + 1) / 1024)


def not_valid(name: str, model: Model, content: Content) -> Refused:
    """The recorded wording for a parameter that the model doesn't take; it names the model without its date."""
    spoken = re.sub(r"-\d{6}$", "", model.ids.get("byteplus", model.id))
    return Refused(
        f"the parameter {name} specified in the request is not valid for model {spoken} in {content.mode}.", param=name
    )


def _check_forms(told: dict[str, Any]) -> None:
    for name in _SWITCHES:
        if name in told and not isinstance(told[name], bool):
            raise _malformed(name, "a boolean is expected")
    for name in ("duration", "frames", *_RANGES):
        if name in told and (not isinstance(told[name], int) or isinstance(told[name], bool)):
            raise _malformed(name, "an integer is expected")
    for name, (least, most) in _RANGES.items():
        if name in told and not least <= told[name] <= most:
            raise _malformed(name, f"it must be between {least} and {most}")
    for name in ("resolution", "ratio", "output_format", "service_tier", "safety_identifier", "callback_url"):
        if name in told and not isinstance(told[name], str):
            raise _malformed(name, "a string is expected")
    if len(told.get("safety_identifier", "")) > 64:
        raise _malformed("safety_identifier", "it must be at most 64 characters long")


def _check_known_to_model(told: dict[str, Any], model: Model, content: Content) -> None:
    if told.get("service_tier", "default") != "default":
        raise Refused(
            f"The service tier `{told['service_tier']}` is not supported by the model.",
            code="InvalidParameter.UnsupportedParameter",
            param="service_tier",
        )
    only_1_x = [name for name in ("frames", "camera_fixed") if told.get(name)]
    # That 2.0 refuses what only 2.5 knows is a guess (2026-11-22); it keeps a client from paying for what is ignored.
    only_2_5 = [name for name in ("draft", "output_format", "omni_reference_task_type") if told.get(name)]
    for name in only_1_x + ([] if is_2_5(model) else only_2_5):
        raise not_valid(name, model, content)
    if told.get("output_format", "mp4") not in ("mp4", "mov"):
        raise _malformed("output_format", "mp4 or mov is expected")
    if told.get("omni_reference_task_type", "auto") not in _TASK_TYPES:
        raise _malformed("omni_reference_task_type", f"one of {', '.join(_TASK_TYPES)} is expected")
    if told.get("tools") and content.mode != "t2v":
        raise not_valid("tools", model, content)


def _locks(
    told: dict[str, Any],
    model: Model,
    content: Content,
    attachments: Sequence[Attachment],
    ratio: str,
    duration: int,
) -> str:
    """Return what a 2.5 task of type ``auto`` will fail for; Refused at once where the type was given."""
    if not is_2_5(model):
        return ""
    task_type = told.get("omni_reference_task_type", "auto")
    if content.mode == "i2v" and ratio != ADAPTIVE:
        # The manual says that it fails later, a probe saw it refused at once (facts 6.10): refused here.
        words = "For first-frame or first-last-frame generation, the output ratio follows the first-frame image."
        raise Refused(f"The parameter `ratio` specified in the request is not valid. {words}", param="ratio")
    wanted = task_type if task_type != "auto" else _task_type_of(content)
    reason = _broken_lock(wanted, attachments, ratio, duration)
    if reason and task_type != "auto":
        raise Refused(reason)
    return reason


def _task_type_of(content: Content) -> str:
    """In ``auto`` the prompt's wording decides (official 2.5 guide)."""
    if content.of(ReferenceKind.VIDEO):
        if re.search(r"\b(extend|continue)\b", content.text, re.IGNORECASE):
            return "extend"
        if re.search(r"\bedit (the )?video\b", content.text, re.IGNORECASE):
            return "edit"
    return "reference"


def _broken_lock(task_type: str, attachments: Sequence[Attachment], ratio: str, duration: int) -> str:
    if task_type not in ("edit", "extend"):
        return ""
    names, issues = [], []
    if ratio != ADAPTIVE:
        names.append("ratio")
        issues.append("ratio must be adaptive")
    if task_type == "edit" and duration != MODEL_DECIDES:
        names.append("duration")
        issues.append("duration must be -1")
    videos = _videos(attachments)
    if not videos:
        names.append("content")
        issues.append("at least one reference_video is required")
    elif task_type == "edit" and any(one.seconds is not None and not 3.9 <= one.seconds <= 30.1 for one in videos):
        names.append("content")
        issues.append("the reference_video must last 4 to 30 seconds")
    if not issues:
        return ""
    kind = {"edit": "video editing", "extend": "video extension"}[task_type]
    verb = "are" if len(names) > 1 else "is"
    return (
        f"The parameter(s) {' and '.join(names)} specified in the request {verb} not valid. "
        f"The task is determined as {kind}. Issues: {'; '.join(issues)}."
    )


def _adapt(model: Model, resolution: str, attachments: Sequence[Attachment]) -> str:
    """Choose the ratio that is nearest to the first picture's; 16:9 where there is none (a guess)."""
    seen = [one for one in attachments if one.width and one.height]
    if not seen:
        return "16:9"
    wanted = math.log(seen[0].width / seen[0].height)
    return min(model.capabilities.sizes[resolution], key=lambda ratio: abs(math.log(_as_number(ratio)) - wanted))


def _size(model: Model, resolution: str, ratio: str) -> tuple[int, int]:
    """Return the table's pixels; a ratio that no table lists (5:4 was seen accepted) gets the square's area."""
    table = model.capabilities.sizes[resolution]
    if ratio in table:
        return table[ratio]
    area = table["1:1"][0] * table["1:1"][1]
    width = math.sqrt(area * _as_number(ratio))
    return round(width / 16) * 16, round(area / width / 16) * 16


def _decide(model: Model, content: Content, attachments: Sequence[Attachment]) -> int:
    """Choose a length as the model might: what the prompt's marks come to, else the video's, else 5 s."""
    videos = _videos(attachments)
    wanted = told_seconds(content.text) or (videos[0].seconds if videos else None) or 5
    return max(model.capabilities.least_seconds, min(math.floor(wanted), model.capabilities.most_seconds))


def _videos(attachments: Sequence[Attachment]) -> list[Attachment]:
    return [one for one in attachments if one.kind is ReferenceKind.VIDEO]


def _as_number(ratio: str) -> float:
    match = _RATIO.fullmatch(ratio)
    return float(match[1]) / float(match[2]) if match and float(match[2]) else 0.0


def _malformed(name: str, reason: str) -> Refused:
    return Refused(f"The parameter `{name}` specified in the request is not valid: {reason}.", param=name)
