"""The demo's two sounds, made from sine waves and noise: a voice-like one and a music-like one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from second_unit.media.samples import Samples

Wave = NDArray[np.float64]
VOICE_RATE, MUSIC_RATE = 44_100, 48_000

# Formants of vowels as a low woman's voice forms them, in hertz.
_VOWELS = {"e": (560, 2100, 2850), "a": (850, 1350, 2800), "u": (380, 950, 2650), "o": (520, 920, 2750)}
# "There you are": vowel, seconds, pitch at its start and end.
_SYLLABLES = (("e", 0.34, 196, 220), ("u", 0.24, 214, 204), ("a", 0.62, 208, 158))
# A minor, F, C, G, and home: one chord a bar of 2.5 s.
_CHORDS = ((57, 60, 64, 69), (53, 57, 60, 65), (48, 55, 60, 64), (55, 59, 62, 67))


def speak() -> Samples:
    """Return two seconds that sound like a voice saying three syllables twice, mono at ``VOICE_RATE``; no words."""
    chance = np.random.default_rng(7)
    parts: list[Wave] = [np.zeros(int(0.08 * VOICE_RATE))]
    for raised in (1.0, 0.94):
        for vowel, seconds, start, end in _SYLLABLES:
            parts.append(_syllable(vowel, seconds * 0.66, start * raised, end * raised, chance))
        parts.append(np.zeros(int(0.14 * VOICE_RATE)))
    wave = np.concatenate(parts)
    return _levelled(wave[None, :], 0.6)


def play(seconds: float) -> Samples:
    """Return a slow piece for strings and plucked notes that comes to rest, stereo at ``MUSIC_RATE``."""
    length = int(seconds * MUSIC_RATE)
    left, right = np.zeros(length), np.zeros(length)
    bar = 2.5
    bars = max(1, round(seconds / bar))
    for number in range(bars):
        chord = _CHORDS[number % 4] if number < bars - 1 else _CHORDS[0]
        for voice, key in enumerate(chord):
            pad = _pad(_hertz(key), bar + 1.2)
            _lay(left, pad * (0.10 - 0.012 * voice), number * bar)
            _lay(right, pad * (0.064 + 0.012 * voice), number * bar + 0.006)
        for step in range(8 if number < bars - 1 else 4):
            key = chord[(0, 1, 2, 3, 2, 1, 3, 2)[step]] + 12
            side = 0.5 + 0.35 * np.sin(step * 1.3)
            note = _pluck(_hertz(key), 1.4) * 0.13
            _lay(left, note * (1 - side), number * bar + step * bar / 8)
            _lay(right, note * side, number * bar + step * bar / 8)
    return _levelled(_in_a_room(np.stack((left, right))) * _swell(length), 0.55)


def _syllable(vowel: str, seconds: float, start: float, end: float, chance: np.random.Generator) -> Wave:
    times = np.arange(int(seconds * VOICE_RATE)) / VOICE_RATE
    pitch = np.linspace(start, end, len(times)) * (1 + 0.012 * np.sin(2 * np.pi * 5.2 * times))
    phase = 2 * np.pi * np.cumsum(pitch) / VOICE_RATE
    wave = np.zeros(len(times))
    for number in range(1, 28):
        height = number * float(np.mean(pitch))
        loud = sum(
            np.exp(-(((height - formant) / 130) ** 2)) / (1 + place) for place, formant in enumerate(_VOWELS[vowel])
        )
        wave += (0.05 / number + loud) * np.sin(number * phase)
    breath = 0.012 * chance.standard_normal(len(times))
    shape = np.minimum(1, np.minimum(times / 0.05, (times[-1] - times) / 0.09))
    return np.asarray((wave + breath) * shape)


def _hertz(key: int) -> float:
    return float(440 * 2 ** ((key - 69) / 12))


def _pad(hertz: float, seconds: float) -> Wave:
    times = np.arange(int(seconds * MUSIC_RATE)) / MUSIC_RATE
    wave = sum(
        np.sin(2 * np.pi * hertz * number * detune * times) / number**1.7
        for number in range(1, 6)
        for detune in (0.9985, 1.0015)
    )
    shape = np.minimum(1, np.minimum(times / 0.7, (times[-1] - times) / 1.2))
    return np.asarray(wave * np.sin(shape * np.pi / 2) ** 2)


def _pluck(hertz: float, seconds: float) -> Wave:
    times = np.arange(int(seconds * MUSIC_RATE)) / MUSIC_RATE
    wave = sum(
        np.sin(2 * np.pi * hertz * number * times) / number * np.exp(-times * (2.6 + 1.9 * number))
        for number in range(1, 7)
    )
    return np.asarray(wave * np.minimum(1, times / 0.004))


def _lay(track: Wave, wave: Wave, seconds: float) -> None:
    begin = int(seconds * MUSIC_RATE)
    part = wave[: max(0, len(track) - begin)]
    track[begin : begin + len(part)] += part


def _in_a_room(track: Wave) -> Wave:
    """Return the track with the sound of a hall: noise that dies away, different on either side."""
    chance = np.random.default_rng(21)
    times = np.arange(int(1.6 * MUSIC_RATE)) / MUSIC_RATE
    hall = chance.standard_normal((2, len(times))) * np.exp(-times * 4.2) * np.minimum(1, times / 0.02)
    size = 1 << (track.shape[1] + hall.shape[1]).bit_length()
    wet = np.fft.irfft(np.fft.rfft(track, size) * np.fft.rfft(hall, size), size)[:, : track.shape[1]]
    return np.asarray(track + 0.28 * wet / np.abs(wet).max() * np.abs(track).max())


def _swell(length: int) -> Wave:
    times = np.linspace(0, 1, length)
    return np.asarray(
        (0.55 + 0.45 * np.sin(np.pi * np.minimum(times * 1.25, 1) / 2)) * np.minimum(1, (1 - times) / 0.08)
    )


def _levelled(wave: Wave, peak: float) -> Samples:
    levelled: Samples = (wave * (peak / np.abs(wave).max())).astype(np.float32)
    return levelled
