"""The log says what happened and holds no secret."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from second_unit.jobs.logs import masked, start_log


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("Authorization: Bearer sk-abcdef123456", "Authorization: Bearer", "abcdef123456"),
        ("GET https://h.example/x.mp4?X-Tos-Signature=0a1b2c&X-Tos-Expires=9 failed", "h.example/x.mp4", "0a1b2c"),
        ("url data:image/png;base64," + "iVBOR" * 30, "data:image/png;base64,", "iVBORiVBOR"),
        ("the key is marked-key-77 here", "the key is", "marked-key-77"),
        ("a plain sentence: 3.5 s at 24 fps", "a plain sentence: 3.5 s at 24 fps", "\0"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, kept: str, gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARK_API_KEY", "marked-key-77")
    told = masked(text)
    assert kept in told
    assert gone not in told


def test_tracebacks_are_masked_too_and_the_file_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARK_API_KEY", "marked-key-77")
    path = start_log(tmp_path / "jobs.sqlite3")
    log = logging.getLogger("second_unit.jobs")
    handler = logging.getLogger("second_unit").handlers[-1]
    try:
        try:
            int("marked-key-77")
        except ValueError:
            log.exception("job %s", "j1")
        assert "marked-key-77" not in path.read_text()
        assert "ValueError: invalid literal" in path.read_text()
        for _ in range(3):
            log.info("x" * 1_000_000)
        assert (path.parent / "worker.log.1").exists()
        assert path.stat().st_size < 2_100_000
    finally:
        logging.getLogger("second_unit").removeHandler(handler)
        handler.close()
