"""
An editor's whole way in a real window, from the zip to the edit that is opened again; a picture at each step.

Needs a desktop Blender, a screen and ImageMagick, so it is left out unless it is asked for:

    SECOND_UNIT_BLENDER=blender pytest tests/journey                      # under a screen of 1600 × 900
    SECOND_UNIT_BLENDER=blender SECOND_UNIT_PICTURES=docs/pictures pytest tests/journey

The second keeps the pictures. Buttons are clicked and keys are pressed by simulated events.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

BLENDER = os.environ.get("SECOND_UNIT_BLENDER", "")
PICTURES = os.environ.get("SECOND_UNIT_PICTURES", "")
MOST_SECONDS = 150
# A session that is killed leaves its worker behind: so long, and it is done.
WORK_SECONDS = 25

pytestmark = [
    pytest.mark.skipif(not BLENDER, reason="Drives a desktop Blender: set SECOND_UNIT_BLENDER."),
    pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="There is no screen."),
    pytest.mark.skipif(not shutil.which("import"), reason="ImageMagick takes the pictures, and isn't here."),
    pytest.mark.timeout(900),
]


class Desk:
    """A clean profile, and a Blender in its window one session after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        home = {
            "HOME": folder / "home",
            "BLENDER_USER_RESOURCES": folder / "blender",
            "SECOND_UNIT_HOME": folder / "unit",
        }
        self.environment = os.environ | {name: str(path) for name, path in home.items()}
        (folder / "home").mkdir()

    def session(self, steps: str, *files: Path) -> str:
        """Start Blender, let it take the steps of that name, and return what it said."""
        window = Path(__file__).with_name("window.py")
        words = ["--window-geometry", "0", "0", "1600", "900", "--enable-event-simulate", *map(str, files)]
        log = self.folder / "journey.log"
        log.unlink(missing_ok=True)
        with (self.folder / f"{steps}.out").open("wb") as out:
            blender = subprocess.Popen(
                [BLENDER, *words, "--python", str(window), "--", str(self.folder), steps],
                cwd=self.folder, env=self.environment, stdout=out, stderr=out,
            )  # fmt: skip
            until = time.monotonic() + MOST_SECONDS
            while blender.poll() is None and time.monotonic() < until:
                self._take_pictures()
                time.sleep(0.1)
            blender.kill()
            blender.wait()
        return log.read_text(encoding="utf-8") if log.exists() else (self.folder / f"{steps}.out").read_text()

    def _take_pictures(self) -> None:
        for asked in self.folder.glob("*.asked"):
            picture = asked.with_suffix(".png")
            subprocess.run(["import", "-window", "root", str(picture)], check=True)
            asked.rename(asked.with_suffix(".taken"))

    def keep_pictures(self, to: Path) -> None:
        """Keep the pictures, in few colours: they are for a page."""
        from PIL import Image

        to.mkdir(parents=True, exist_ok=True)
        for picture in self.folder.glob("*.png"):
            with Image.open(picture) as shown:
                # Above our preferences Blender tells where it was installed, which is nobody's business.
                seen = shown.crop((0, 225, 1600, 800)) if picture.stem == "preferences" else shown
                seen.convert("RGB").quantize(160, dither=Image.Dither.NONE).save(to / picture.name, optimize=True)

    @property
    def edit(self) -> Path:
        """The demo edit that was opened last."""
        return Path((self.folder / "edit.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk on which the extension was installed from its zip."""
    from tools.build_extension import build_extension, python_of, this_platform
    from tools.extension_wheels import PYTHONS

    desk = Desk(tmp_path_factory.mktemp("desk"))
    build_extension(this_platform(), desk.folder, tuple(dict.fromkeys((*PYTHONS, python_of(BLENDER)))))
    said = desk.session("install")
    assert "installed" in said, said
    yield desk
    if PICTURES:
        desk.keep_pictures(Path(PICTURES))


def test_an_edit_is_planned_shot_redone_undone_saved_and_opened_again(desk):
    said = desk.session("shoot")
    assert "saved" in said, said
    placed = said.split("placed ")[1].split()[0]
    assert placed == "16"
    said = desk.session("reopened", desk.edit)
    assert "reopened 32" in said, said  # both takes of eight shots, with their sound


def test_what_was_ordered_is_placed_after_blender_was_killed_and_after_it_was_quit(desk):
    said = desk.session("killed")
    assert "killed" in said, said
    time.sleep(WORK_SECONDS)
    said = desk.session("quits", desk.edit)
    assert "placed after a kill 16" in said, said
    assert "quit with 1 open" in said, said
    time.sleep(WORK_SECONDS)
    said = desk.session("returned", desk.edit)
    assert "placed after quitting 16" in said, said
