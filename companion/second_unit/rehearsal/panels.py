"""
Read a prompt the way a model would: which shot is on screen when, and which references it names.

Understands the three dialects (``[0-3s] …``, ``Shot 1: …``, ``Shot 1 [0:00-0:03] - …``), bare ``0-3s:``, and their
Chinese spellings (ModelArk's prompt guides of 2026: 2222480 for 2.0, 2607689 for 2.5).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

from second_unit.rehearsal.tasks import FRAME_RATE
from second_unit.timeline import Value

_DASH = r"\s*[-–—~]\s*"
_MARK = re.compile(
    rf"(?:(?:\bShot|镜头)\s*(?P<shot>\d+)\s*)?"
    rf"(?:\[\s*(?P<m1>\d+):(?P<s1>\d\d){_DASH}(?P<m2>\d+):(?P<s2>\d\d)\s*\]\s*[-–—:：]?"
    rf"|\[\s*(?P<a1>\d+(?:\.\d+)?)\s*s?{_DASH}(?P<b1>\d+(?:\.\d+)?)\s*(?:s|秒)\s*\]\s*[-–—:：]?"
    rf"|(?P<a2>\d+(?:\.\d+)?)\s*s?{_DASH}(?P<b2>\d+(?:\.\d+)?)\s*(?:s|秒)\s*[:：])"
    rf"|(?:\bShot|镜头)\s*(?P<number>\d+)\s*[:：]",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(Image|Video|Audio|图片|视频|音频)\s*(\d+)", re.IGNORECASE)
_KINDS = {"图片": "Image", "视频": "Video", "音频": "Audio"}


class Panel(Value):
    """
    One shot as the prompt tells it.

    Args:
        start, end: frames at 24 a second; end excluded.
        text: what happens.
        mentions: labels named in the text, in order, each once.
    """

    start: int
    end: int
    text: str
    mentions: tuple[str, ...] = ()


def mentions(text: str) -> tuple[str, ...]:
    """Return the references named in a text, as labels: ``("Image 1", "Audio 2")``."""
    found = ((_KINDS.get(match[1], match[1].capitalize()), match[2]) for match in _MENTION.finditer(text))
    return tuple(dict.fromkeys(f"{kind} {int(number)}" for kind, number in found))


def preamble(prompt: str) -> str:
    """Return what stands before the first shot: the look, and what each reference is for."""
    first = _MARK.search(prompt)
    return prompt[: first.start()].strip() if first else ""


def read_panels(prompt: str, frames: int) -> tuple[Panel, ...]:
    """
    Divide a movie of so many frames into the prompt's shots.

    Times that the prompt gives are kept as far as they fit; shots without times share the length evenly. The extra
    frame that the services return belongs to the last shot. A prompt without shots is one panel.
    """
    marks = list(_MARK.finditer(prompt))
    if not marks:
        return (Panel(start=0, end=frames, text=prompt.strip(), mentions=mentions(prompt)),)
    texts = [prompt[mark.end() : end] for mark, end in zip(marks, [m.start() for m in marks[1:]] + [None], strict=True)]
    edges = [*_starts([_start_seconds(mark) for mark in marks], frames), frames]
    return tuple(
        Panel(start=start, end=end, text=text.strip(), mentions=mentions(text))
        for text, (start, end) in zip(texts, pairwise(edges), strict=True)
        if end > start
    )


def move_cuts(panels: Sequence[Panel], moved_seconds: Sequence[float]) -> tuple[Panel, ...]:
    """Shift the inner cuts, the last shift going for the rest; every panel keeps at least two frames."""
    if not moved_seconds or len(panels) < 2:
        return tuple(panels)
    shifts = list(moved_seconds) + [moved_seconds[-1]] * len(panels)
    end = panels[-1].end
    edges = [panels[0].start]
    for index, panel in enumerate(panels[1:]):
        latest = end - 2 * (len(panels) - 1 - index)
        edges.append(min(max(panel.start + round(shifts[index] * FRAME_RATE), edges[-1] + 2), latest))
    return tuple(
        panel.model_copy(update={"start": start, "end": stop})
        for panel, (start, stop) in zip(panels, pairwise([*edges, end]), strict=True)
    )


def _start_seconds(mark: re.Match[str]) -> float | None:
    if mark["m1"] is not None:
        return 60.0 * int(mark["m1"]) + int(mark["s1"])
    begins = mark["a1"] or mark["a2"]
    return None if begins is None else float(begins)


def _starts(seconds: Sequence[float | None], frames: int) -> list[int]:
    known = [value for value in seconds if value is not None]
    if len(known) < len(seconds):  # numbered shots: an even share each, of the ordered length
        return [round(index * (frames - 1) / len(seconds)) for index in range(len(seconds))]
    starts = [min(round(value * FRAME_RATE), frames) for value in known]
    return list(accumulate([0, *starts[1:]], max))


def told_seconds(prompt: str) -> float | None:
    """Return when the prompt's last time mark ends; None where it gives no times."""
    ends = [end for mark in _MARK.finditer(prompt) if (end := _end_seconds(mark)) is not None]
    return max(ends, default=None)


def _end_seconds(mark: re.Match[str]) -> float | None:
    if mark["m2"] is not None:
        return 60.0 * int(mark["m2"]) + int(mark["s2"])
    ends = mark["b1"] or mark["b2"]
    return None if ends is None else float(ends)
