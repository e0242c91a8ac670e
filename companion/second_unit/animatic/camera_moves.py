"""
The camera's move, read from the words of a prompt and carried out as a moving crop of a still.

>>> [found.move.value for found in find_moves("Slow push in on the door, handheld.")]
['push in', 'handheld']
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum


class Move(StrEnum):
    """What the camera does."""

    PUSH_IN = "push in"
    PULL_BACK = "pull back"
    PAN_LEFT = "pan left"
    PAN_RIGHT = "pan right"
    TILT_UP = "tilt up"
    TILT_DOWN = "tilt down"
    CRANE_UP = "crane up"
    CRANE_DOWN = "crane down"
    TRACK_LEFT = "track left"
    TRACK_RIGHT = "track right"
    ORBIT_LEFT = "orbit left"
    ORBIT_RIGHT = "orbit right"
    HANDHELD = "handheld"
    STATIC = "static"


@dataclass(frozen=True, slots=True)
class FoundMove:
    """A move and its speed: 0.55 where the words say slow, 1.6 where they say fast, else 1."""

    move: Move
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class View:
    """
    What part of the picture is seen.

    Args:
        zoom: 1 sees it whole, 2 half its width.
        x, y: how far the middle of the view lies from the picture's, in widths and heights; positive right and down.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom in a picture of that size, never beyond its edges."""
        wide, high = width / self.zoom, height / self.zoom
        left = min(max(width * (0.5 + self.x) - wide / 2, 0.0), width - wide)
        top = min(max(height * (0.5 + self.y) - high / 2, 0.0), height - high)
        return left, top, left + wide, top + high


# Each family of verbs with the move for each direction; "" is what the bare verb means, None that it says nothing.
_FAMILIES: tuple[tuple[str, dict[str, Move]], ...] = (
    (r"push(?:es|ing)?|creep(?:s|ing)?|clos(?:es|ing)|mov(?:es?|ing)", {"in": Move.PUSH_IN, "out": Move.PULL_BACK}),
    (r"pull(?:s|ing)?|back(?:s|ing)", {"out": Move.PULL_BACK}),
    (r"zoom(?:s|ing)?", {"": Move.PUSH_IN, "in": Move.PUSH_IN, "out": Move.PULL_BACK}),
    (
        r"doll(?:y|ies|ying)|truck(?:s|ing)?|track(?:s|ing)?|slid(?:es?|ing)|follow(?:s|ing)?|travel(?:s|l?ing)?|strafe",
        {
            "in": Move.PUSH_IN,
            "out": Move.PULL_BACK,
            "left": Move.TRACK_LEFT,
            "right": Move.TRACK_RIGHT,
            "": Move.TRACK_RIGHT,
        },
    ),
    (r"pan(?:s|ning)?", {"left": Move.PAN_LEFT, "right": Move.PAN_RIGHT, "": Move.PAN_RIGHT}),
    (r"tilt(?:s|ing)?", {"up": Move.TILT_UP, "down": Move.TILT_DOWN, "": Move.TILT_UP}),
    (
        r"cran(?:e|es|ing)|boom(?:s|ing)?|jib(?:s|bing)?|pedestal(?:s|l?ing)?|ris(?:es?|ing)|ascend(?:s|ing)?",
        {"up": Move.CRANE_UP, "down": Move.CRANE_DOWN, "": Move.CRANE_UP},
    ),
    (r"descend(?:s|ing)?|lower(?:s|ing)", {"down": Move.CRANE_DOWN, "": Move.CRANE_DOWN}),
    (
        r"orbit(?:s|ing)?|arc(?:s|ing)?|circl(?:es?|ing)",
        {"left": Move.ORBIT_LEFT, "right": Move.ORBIT_RIGHT, "": Move.ORBIT_RIGHT},
    ),
)
_DIRECTIONS: tuple[tuple[str, str], ...] = (
    (r"in|into|toward|towards|closer|forward|forwards|inward", "in"),
    (r"out|back|backward|backwards|away|outward", "out"),
    (r"left|leftward|leftwards", "left"),
    (r"right|rightward|rightwards", "right"),
    (r"up|upward|upwards", "up"),
    (r"down|downward|downwards", "down"),
)
# What people and things do as well as cameras: in a prompt that isn't only about the camera, these need its name.
_ANYONE_DOES = re.compile(
    r"(?:mov|clos|back|ris|ascend|descend|lower|follow|travel|slid|circl|push|pull|creep)\w*", re.IGNORECASE
)
_STATIC = re.compile(
    r"\b(static|stationary|locked(?:[- ](?:off|down))?|lock[- ]?off|tripod|motionless camera"
    r"|(?:fixed|still) (?:camera|frame|shot)|camera (?:is |stays |holds |remains )?(?:still|fixed|motionless)"
    r"|(?:no|without(?: any)?) camera (?:move|movement|motion)|camera (?:doesn't|does not) move)\b",
    re.IGNORECASE,
)
_HANDHELD = re.compile(r"\b(hand[- ]?held|shaky|shoulder[- ]?(?:mounted|cam(?:era)?))\b", re.IGNORECASE)
_SLOW = re.compile(r"\b(slow|slowly|gentle|gently|subtle|subtly|creep\w*|barely|drift\w*)\b", re.IGNORECASE)
_FAST = re.compile(r"\b(fast|quick|quickly|rapid|rapidly|whip|swift|swiftly|snap|crash)\b", re.IGNORECASE)
_CAMERA_SPEAKS = re.compile(r"\b(camera|shot|lens|view|frame)\b", re.IGNORECASE)


def find_moves(camera: str, text: str = "") -> tuple[FoundMove, ...]:
    """
    Return the moves that the words name, in their order; empty where they name none.

    Args:
        camera: words that are only about the camera; every verb in them counts.
        text: the whole prompt, read where ``camera`` names no move. There a verb counts only with a direction or in
            a clause that speaks of the camera: a pan on a stove moves nothing.
    """
    return _moves_in(camera, is_camera=True) or _moves_in(text, is_camera=False)


def _moves_in(words: str, *, is_camera: bool) -> tuple[FoundMove, ...]:
    found: list[FoundMove] = []
    for clause in re.split(r"[.;:,!?\n]|\bthen\b|\bwhile\b|\band\b", words):
        speed = 0.55 if _SLOW.search(clause) else 1.6 if _FAST.search(clause) else 1.0
        for move in _moves_in_clause(clause, is_camera=is_camera or bool(_CAMERA_SPEAKS.search(clause))):
            if all(known.move != move for known in found):
                found.append(FoundMove(move, speed))
    moving = [known for known in found if known.move is not Move.STATIC]
    return tuple(moving or found[:1])


def _moves_in_clause(clause: str, *, is_camera: bool) -> list[Move]:
    if _STATIC.search(clause):
        return [Move.STATIC]
    moves = [Move.HANDHELD] if _HANDHELD.search(clause) else []
    for verbs, by_direction in _FAMILIES:
        verb = re.search(rf"\b(?:{verbs})\b", clause, re.IGNORECASE)
        if verb is None:
            continue
        direction = _direction_near(clause, verb, set(by_direction), is_camera=is_camera)
        if (move := by_direction.get(direction)) is not None and (is_camera or _counts(clause, verb, direction)):
            return [move, *moves]
    return moves


def _counts(clause: str, verb: re.Match[str], direction: str) -> bool:
    """Tell whether a verb in a clause that doesn't name the camera is the camera's all the same."""
    if direction:
        return not _ANYONE_DOES.fullmatch(verb[0]) or _opens(clause, verb)
    return _opens(clause, verb) and re.fullmatch(r"(?:pan|tilt|zoom|orbit)\w*", verb[0], re.IGNORECASE) is not None


def _opens(clause: str, verb: re.Match[str]) -> bool:
    """Tell whether the clause opens with the verb, at most an adverb before it: "Slow push in", not "She pushes in"."""
    before = re.findall(r"[\w'-]+", clause[: verb.start()])
    return len(before) <= 2 and all(_SLOW.fullmatch(word) or _FAST.fullmatch(word) for word in before)


def _direction_near(clause: str, verb: re.Match[str], known: set[str], *, is_camera: bool) -> str:
    """Return where it goes: "from left to right" goes right; a direction counts within three words of the verb."""
    after = " ".join(re.findall(r"[\w'-]+", clause[verb.end() :])[:7])
    if goal := re.search(r"\bfrom\b.*?\bto\b(.*)", after):
        after = goal[1]
    before = " ".join(re.findall(r"[\w'-]+" if is_camera else r"\w+wards?", clause[: verb.start()])[-2:])
    for words in (" ".join(after.split()[:4]), before):
        hits = [
            (match.start(), name)
            for pattern, name in _DIRECTIONS
            if name in known and (match := re.search(rf"\b(?:{pattern})\b", words, re.IGNORECASE))
        ]
        if hits:
            return min(hits)[1]
    return ""


# Where each move starts and ends at speed 1. Pans turn and tracks travel: a track is nearer, and so goes farther.
_PATHS: dict[Move, tuple[View, View]] = {
    Move.PUSH_IN: (View(1.0), View(1.3)),
    Move.PULL_BACK: (View(1.3), View(1.0)),
    Move.PAN_LEFT: (View(1.22, x=0.09), View(1.22, x=-0.09)),
    Move.PAN_RIGHT: (View(1.22, x=-0.09), View(1.22, x=0.09)),
    Move.TILT_UP: (View(1.22, y=0.09), View(1.22, y=-0.09)),
    Move.TILT_DOWN: (View(1.22, y=-0.09), View(1.22, y=0.09)),
    Move.CRANE_UP: (View(1.34, y=0.12), View(1.12, y=-0.05)),
    Move.CRANE_DOWN: (View(1.12, y=-0.05), View(1.34, y=0.12)),
    Move.TRACK_LEFT: (View(1.34, x=0.125), View(1.34, x=-0.125)),
    Move.TRACK_RIGHT: (View(1.34, x=-0.125), View(1.34, x=0.125)),
    Move.ORBIT_LEFT: (View(1.2, x=0.08, y=0.01), View(1.3, x=-0.08, y=-0.01)),
    Move.ORBIT_RIGHT: (View(1.2, x=-0.08, y=0.01), View(1.3, x=0.08, y=-0.01)),
}
_DRIFT = (View(1.0), View(1.035))


def view_at(moves: tuple[FoundMove, ...], progress: float, seconds: float, seed: int = 0) -> View:
    """
    Return what is seen at a moment of a shot.

    Args:
        moves: as :func:`find_moves` returns them; with none, the picture drifts in hardly visibly, so that it lives.
        progress: 0 on the shot's first frame, 1 on its last.
        seconds: since the shot's first frame; the hand's shake goes by it.
        seed: another seed, another hand.
    """
    if not moves:
        return _between(*_DRIFT, _eased(progress))
    view = View()
    for found in moves:
        if found.move in _PATHS:
            view = _together(view, _between(*_scaled(_PATHS[found.move], found.speed), _eased(progress)))
        elif found.move is Move.HANDHELD:
            view = _together(view, _shaken(seconds, found.speed, seed))
    return view


def _eased(progress: float) -> float:
    # Half of it eases in and out: a straight ramp starts with a jerk, a full ease hurries through the middle.
    return 0.5 * progress + 0.5 * progress * progress * (3 - 2 * progress)


def _between(start: View, end: View, part: float) -> View:
    def mix(a: float, b: float) -> float:
        return a + (b - a) * part

    # Equal steps look even when each multiplies the size: a zoom is mixed by its ratio.
    return View(start.zoom * (end.zoom / start.zoom) ** part, mix(start.x, end.x), mix(start.y, end.y))


def _scaled(path: tuple[View, View], speed: float) -> tuple[View, View]:
    """Return the path with its travel multiplied around its middle; the zoom stays large enough for it."""
    start, end = path
    zoom = math.sqrt(start.zoom * end.zoom)
    middle_x, middle_y = (start.x + end.x) / 2, (start.y + end.y) / 2

    def moved(view: View) -> View:
        x, y = middle_x + (view.x - middle_x) * speed, middle_y + (view.y - middle_y) * speed
        # So far off the middle, a view must be no larger than this to stay within the picture.
        least = 1 / (1 - 2 * max(abs(x), abs(y)))
        return View(max(least, zoom * (view.zoom / zoom) ** speed), x, y)

    return moved(start), moved(end)


def _together(first: View, second: View) -> View:
    return View(first.zoom * second.zoom, first.x + second.x, first.y + second.y)


def _shaken(seconds: float, speed: float, seed: int) -> View:
    """Return a hand's sway: slow breathing, a quicker correction, a fine tremor, none of them in step."""

    def sway(phase: float) -> float:
        slow = math.sin(2 * math.pi * 0.43 * seconds + phase)
        quick = math.sin(2 * math.pi * 1.13 * seconds + 2.1 * phase)
        fine = math.sin(2 * math.pi * 3.7 * seconds + 3.7 * phase)
        return 0.011 * slow + 0.006 * quick + 0.0018 * fine

    return View(1.08, sway(seed % 97 + 0.3) * speed, sway(seed % 89 + 4.1) * speed * 1.2)
