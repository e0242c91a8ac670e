"""Loudness after EBU R128: the measure's own calibration tone, silence, and files without sound."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from second_unit.media.loudness import measure_loudness

from .clips import write_clip


def test_a_tone_at_minus_23_measures_minus_23_lufs(tmp_path):
    """EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS must read -23.0 LUFS within 0.1."""
    loudness = measure_loudness(_tone(tmp_path / "tone.wav", -23.0))
    assert loudness.lufs == pytest.approx(-23.0, abs=0.1)
    assert loudness.peak_decibels == pytest.approx(-23.0, abs=0.2)


def test_half_as_loud_measures_six_decibels_less(tmp_path):
    loud, soft = (measure_loudness(_tone(tmp_path / f"{level}.wav", level)) for level in (-12.0, -18.0))
    assert loud.lufs - soft.lufs == pytest.approx(6.0, abs=0.1)


def test_silence_is_known_as_such(tmp_path):
    assert measure_loudness(_tone(tmp_path / "silence.wav", -300.0)).is_silent


def test_a_movie_without_sound_has_no_loudness(tmp_path):
    assert measure_loudness(write_clip(tmp_path / "mute.mp4", frames=10)) is None


def _tone(path: Path, level_decibels: float, seconds: int = 5, rate: int = 48_000) -> Path:
    moments = np.arange(seconds * rate) / rate
    tone = np.sin(2 * np.pi * 1000 * moments) * 10 ** (level_decibels / 20) * 32767
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, rate, 0, "NONE", ""))
        file.writeframes(np.repeat(tone.round().astype("<i2"), 2).tobytes())
    return path
