"""
Inside Blender's window: hands that click and type, one event a turn, and eyes that ask for a picture.

``blender --enable-event-simulate --python window.py -- FOLDER STEPS``: STEPS names a function of ``steps.py``, whose
every ``yield`` gives the window time: ``yield`` a number for so many seconds, or a function to wait until it is true.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = "bl_ext.user_default.second_unit"
LONGEST_SECONDS = 120.0
Turn = float | Callable[[], bool]


class Hands:
    """What an editor does: each gesture is several events, and each event has a turn of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def window(self) -> Any:
        """The window that is driven: the last that was opened."""
        return bpy.context.window_manager.windows[0]

    def area(self, kind: str, view: str | None = None) -> Any:
        """Return the area of a kind, such as the timeline: ``("SEQUENCE_EDITOR", "SEQUENCER")``."""
        areas = [area for area in self.window.screen.areas if area.type == kind]
        return next(area for area in areas if view is None or area.spaces.active.view_type == view)

    def sidebar(self) -> Any:
        """Return the timeline's sidebar."""
        return next(region for region in self.area("SEQUENCE_EDITOR", "SEQUENCER").regions if region.type == "UI")

    def timeline(self) -> Any:
        """Return the timeline itself."""
        return next(region for region in self.area("SEQUENCE_EDITOR", "SEQUENCER").regions if region.type == "WINDOW")

    def move(self, x: int, y: int) -> Iterator[Turn]:
        """Move the mouse, counted from the window's lower left corner."""
        for near in (3, 0):
            self.window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x - near, y=y)
            yield 0.05

    def click(self, x: int, y: int) -> Iterator[Turn]:
        """Move there and press the left button."""
        yield from self.move(x, y)
        yield 0.15
        for value in ("PRESS", "RELEASE"):
            self.window.event_simulate(type="LEFTMOUSE", value=value, x=x, y=y)
            yield 0.1

    def click_sidebar(self, down: int, across: float = 0.45) -> Iterator[Turn]:
        """Click in the sidebar, so many pixels below its upper edge."""
        region = self.sidebar()
        yield from self.click(region.x + int(region.width * across), region.y + region.height - down)

    def press(self, key: str, **held: bool) -> Iterator[Turn]:
        """Press a key over the timeline."""
        over = self.timeline()
        x, y = over.x + over.width // 2, over.y + over.height // 2
        yield from self.move(x, y)
        for value in ("PRESS", "RELEASE"):
            self.window.event_simulate(type=key, value=value, x=x, y=y, **held)
            yield 0.1

    def type(self, text: str) -> Iterator[Turn]:
        """Type a text into what has the keyboard."""
        over = self.timeline()
        x, y = over.x + over.width // 2, over.y + over.height // 2
        for letter in text:
            key = "SPACE" if letter == " " else letter.upper()
            self.window.event_simulate(type=key, value="PRESS", unicode=letter, x=x, y=y)
            yield 0.03
            self.window.event_simulate(type=key, value="RELEASE", x=x, y=y)
            yield 0.03

    def search(self, label: str) -> Iterator[Turn]:
        """Press F3, type an operator's name, and take it."""
        yield from self.press("F3")
        yield 0.4
        yield from self.type(label)
        yield 0.5
        yield from self.enter()

    def enter(self) -> Iterator[Turn]:
        """Press Return."""
        over = self.timeline()
        x, y = over.x + over.width // 2, over.y + over.height // 2
        for value in ("PRESS", "RELEASE"):
            self.window.event_simulate(type="RET", value=value, x=x, y=y)
            yield 0.1

    def picture(self, name: str) -> Iterator[Turn]:
        """Have whoever started Blender take a picture of the screen."""
        yield 0.6
        asked, done = self.folder / f"{name}.asked", self.folder / f"{name}.taken"
        asked.touch()
        yield done.exists

    def say(self, *words: object) -> None:
        """Write a line of the journey's log."""
        with (self.folder / "journey.log").open("a", encoding="utf-8") as log:
            log.write(" ".join(map(str, words)) + "\n")


class Journey:
    """Takes one step after another in a timer, until the last one or the first that fails."""

    def __init__(self, steps: Iterator[Turn], hands: Hands) -> None:
        self.steps, self.hands = steps, hands
        self.wait_for: Callable[[], bool] | None = None
        self.since = time.monotonic()

    def turn(self) -> float | None:
        """Take one step; return when to come again."""
        try:
            if self.wait_for is not None and not self.wait_for():
                if time.monotonic() - self.since > LONGEST_SECONDS:
                    raise TimeoutError(f"waited {LONGEST_SECONDS:.0f} s")  # noqa: TRY301  told like every other
                return 0.1
            self.wait_for = None
            told = next(self.steps)
        except StopIteration:
            self.hands.say("done")
            with bpy.context.temp_override(window=self.hands.window):
                bpy.ops.wm.quit_blender()
            return None
        except Exception:
            self.hands.say(traceback.format_exc())
            self.hands.say("failed")
            os._exit(1)
        if callable(told):
            self.wait_for, self.since = told, time.monotonic()
            return 0.1
        return float(told)


def main(folder: str, name: str) -> None:
    """Start the steps of that name."""
    sys.path.insert(0, str(Path(__file__).parent))
    import steps

    hands = Hands(Path(folder))
    journey = Journey(getattr(steps, name)(hands), hands)
    bpy.context.preferences.view.show_splash = False
    bpy.app.timers.register(journey.turn, first_interval=1.5, persistent=True)


if __name__ == "__main__":
    main(*sys.argv[sys.argv.index("--") + 1 :])
