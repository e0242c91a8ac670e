"""Takes get names that every system bears, and no file is ever overwritten."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from second_unit.jobs.naming import give_name, next_number, safe_name, take_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SH010", "SH010"),
        ("SH010–SH030", "SH010–SH030"),
        ("Szene 4 / Küche", "Szene 4 - Küche"),
        ("../../etc/passwd", "etc-passwd"),
        ("a:b*c?", "a-b-c"),
        ("..", "shot"),
        ("", "shot"),
        ("CON", "shot CON"),
        ("lpt1.mp4", "shot lpt1.mp4"),
        ("第一場", "第一場"),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_name_is_made_safe_for_every_system(name: str, expected: str) -> None:
    assert expected == safe_name(name)


def test_a_safe_name_fits_into_what_file_systems_allow_in_bytes() -> None:
    assert len(take_name(safe_name("場" * 300), 1, ".mp4").encode()) <= 255


def test_the_next_number_is_above_all_that_are_there(tmp_path: Path) -> None:
    assert next_number(tmp_path, "SH010") == 1
    for name in ("SH010_take001.mp4", "SH010_take007.json", "SH0100_take050.mp4", "SH020_take009.mp4"):
        (tmp_path / name).touch()
    assert next_number(tmp_path, "SH010") == 8


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    part, name = tmp_path / "part", tmp_path / "SH010_take001.mp4"
    part.write_bytes(b"new")
    name.write_bytes(b"somebody's")
    assert not give_name(part, name)
    assert (b"new", b"somebody's") == (part.read_bytes(), name.read_bytes())


def test_a_crash_between_linking_and_unlinking_is_mended(tmp_path: Path) -> None:
    part, name = tmp_path / "part", tmp_path / "SH010_take001.mp4"
    part.write_bytes(b"new")
    os.link(part, name)
    assert give_name(part, name)
    assert (False, b"new") == (part.exists(), name.read_bytes())


def test_a_file_system_without_links_overwrites_nothing_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")  # as exFAT answers

    monkeypatch.setattr(os, "link", no_links)
    part, name, taken = tmp_path / "part", tmp_path / "SH010_take001.mp4", tmp_path / "SH010_take002.mp4"
    part.write_bytes(b"new")
    taken.write_bytes(b"somebody's")
    assert not give_name(part, taken)
    name.touch()  # what a crash left of our own
    assert give_name(part, name)
    assert (False, b"new", b"somebody's") == (part.exists(), name.read_bytes(), taken.read_bytes())
