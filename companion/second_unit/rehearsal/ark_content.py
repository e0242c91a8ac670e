"""
What an Ark order's ``content`` holds, and the rules among its items: types, roles, modes.

Messages in quotation marks in the tests were recorded from the service (facts of 2026-11-22, section 1.10).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

from second_unit.rehearsal.ark_errors import Refused
from second_unit.rehearsal.media import Sent
from second_unit.shots import ReferenceKind
from second_unit.timeline import Value

Mode = Literal["t2v", "i2v", "r2v", "draft"]
_KINDS = {"image_url": ReferenceKind.IMAGE, "video_url": ReferenceKind.VIDEO, "audio_url": ReferenceKind.AUDIO}
_ROLES = {
    ReferenceKind.IMAGE: ("first_frame", "last_frame", "reference_image"),
    ReferenceKind.VIDEO: ("reference_video",),
    ReferenceKind.AUDIO: ("reference_audio",),
}
_FRAMES = ("first_frame", "last_frame")


class Content(Value):
    """An order's content, sorted: ``mode`` is text to video, (first and last) image to video, or reference to video."""

    text: str = ""
    sent: tuple[Sent, ...] = ()
    draft: str = ""

    @property
    def mode(self) -> Mode:
        """What Ark calls it in its messages."""
        if self.draft:
            return "draft"
        if not self.sent:
            return "t2v"
        return "i2v" if any(one.role in _FRAMES for one in self.sent) else "r2v"

    def of(self, kind: ReferenceKind) -> list[Sent]:
        """Return the media of one kind, in the order sent."""
        return [one for one in self.sent if one.kind is kind]


def read_content(items: Any) -> Content:
    """Return the content sorted; Refused for a type, a role or a mixture that Ark doesn't take."""
    if items is None:
        raise Refused("The request is missing the `content` parameter.", code="MissingParameter", param="content")
    if not isinstance(items, list) or not items:
        raise _invalid("content", "a list of text, image, video and audio contents is expected")
    texts: list[str] = []
    sent: list[Sent] = []
    drafts: list[str] = []
    for index, item in enumerate(items):
        _read_item(item, f"content[{index}]", texts, sent, drafts)
    content = Content(text="\n".join(texts), sent=tuple(_assume_first_frame(sent)), draft="".join(drafts[:1]))
    _check_roles(content)
    return content


def _read_item(item: Any, place: str, texts: list[str], sent: list[Sent], drafts: list[str]) -> None:
    kind = item.get("type") if isinstance(item, dict) else None
    match kind:
        case "text":
            texts.append(_string(item.get("text"), f"{place}.text"))
        case "draft_task":
            drafts.append(_string(_object(item, "draft_task", place).get("id"), f"{place}.draft_task.id"))
        case "image_url" | "video_url" | "audio_url":
            number = sum(one.kind is _KINDS[kind] for one in sent) + 1
            url = _string(_object(item, kind, place).get("url"), f"{place}.{kind}.url")
            label = f"{_KINDS[kind].value.capitalize()} {number}"
            role = item.get("role") or ""
            sent.append(Sent(place=f"{place}.{kind}", label=label, kind=_KINDS[kind], role=str(role), url=url))
        case _:
            raise _invalid(f"{place}.type", "unsupported content type")


def _object(item: dict[str, Any], name: str, place: str) -> dict[str, Any]:
    inner = item.get(name)
    if not isinstance(inner, dict):  # a bare string is a frequent mistake
        raise _invalid(f"{place}.{name}", "an object is expected")
    return inner


def _string(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise _invalid(place, "a string is expected and must not be empty")
    return value


def _assume_first_frame(sent: Sequence[Sent]) -> Sequence[Sent]:
    """A single image without a role is the first frame (official create-task page)."""
    if len(sent) == 1 and sent[0].kind is ReferenceKind.IMAGE and not sent[0].role:
        return [sent[0].model_copy(update={"role": "first_frame"})]
    return sent


def _check_roles(content: Content) -> None:
    for one in content.sent:
        if not one.role and one.kind is ReferenceKind.IMAGE:
            raise _invalid(one.place, "role must be specified for image contents")
        if one.role not in _ROLES[one.kind]:
            raise _invalid(one.place, _wrong_role(one))
    roles = Counter(one.role for one in content.sent)
    for role in _FRAMES:
        if roles[role] > 1:
            spelled = role.replace("_", " ")
            raise _invalid("content", f"expected at most one {spelled} image content but got {roles[role]} instead")
    if any(roles[role] for role in _FRAMES) and any(role.startswith("reference_") for role in roles):
        raise _invalid("content", "first/last frame content cannot be mixed with reference media content")
    if roles["last_frame"] and not roles["first_frame"]:
        raise _invalid("content", "last frame image content requires a first frame image content")
    if content.draft and (content.sent or content.text):
        raise _invalid("content", "draft_task content cannot be mixed with other contents")


def _wrong_role(one: Sent) -> str:
    if one.kind is ReferenceKind.IMAGE:
        return "invalid role specified for image content"
    return f"reference media mode requires {one.kind.value} role to be reference_{one.kind.value}"


def _invalid(param: str, reason: str) -> Refused:
    return Refused(f"The parameter `{param}` specified in the request is not valid: {reason}.", param=param)
