"""The animatic's sound: the references where they belong, over a quiet room."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from second_unit.animatic.script import AnimaticScript, PlacedSound
from second_unit.media.samples import Samples, read_samples
from second_unit.media.writing import SAMPLE_RATE
from second_unit.timeline import Role

POP_HERTZ = 1_000
# A room at night, some 62 dB below full scale: silence on a track sounds like a fault.
_ROOM_LEVEL = 10 ** (-62 / 20)
_LEVELS = {Role.VOICE: 0.9, Role.SOUNDTRACK: 0.5, Role.AMBIENCE: 0.55}
_DUCKED = 0.5


def mix_sound(script: AnimaticScript) -> Samples:
    """
    Return the whole track, shape ``(channels, samples)``, exactly as long as the picture, at ``SAMPLE_RATE``.

    Music stands back where a voice speaks. With ``sync_pops`` everything else is quiet and stops around each pop, so
    that a pop's first sample can be found.
    """
    length = sample_at(script, script.frames)
    voices = _envelope(length, [s for s in script.sounds if s.role is Role.VOICE])
    track = np.zeros((script.channels, length), np.float32)
    for sound in script.sounds:
        _lay(track, sound, script, 1 - (1 - _DUCKED) * voices if sound.role is Role.SOUNDTRACK else None)
    if script.sync_pops:
        track *= 0.25 * _gate(script, length)
    peak = float(np.abs(track).max(initial=0.0))
    if peak > 0.97:
        track *= 0.97 / peak
    track += _room_tone(script.channels, length, script.seed)
    if script.sync_pops:
        _lay_pops(track, script)
    return track


def sample_at(script: AnimaticScript, frame: int) -> int:
    """Return the sample that sounds when a frame appears."""
    return round(script.rate.seconds(frame) * SAMPLE_RATE)


def _lay(track: Samples, sound: PlacedSound, script: AnimaticScript, duck: Samples | None) -> None:
    begin = round(sound.start_seconds * SAMPLE_RATE)
    end = min(round(sound.end_seconds * SAMPLE_RATE), track.shape[1])
    if end <= begin:
        return
    samples = read_samples(
        sound.path,
        rate=SAMPLE_RATE,
        channels=script.channels,
        length_seconds=Fraction(end - begin, SAMPLE_RATE),
    )
    volume = _LEVELS.get(sound.role, 0.7) if sound.volume is None else sound.volume
    samples = samples * np.float32(volume) * _edges(samples.shape[1], end - begin)
    if duck is not None:
        samples *= duck[begin : begin + samples.shape[1]]
    track[:, begin : begin + samples.shape[1]] += samples


def _edges(length: int, room: int) -> Samples:
    """Return a level that rises in 3 ms and, where the sound is cut off, falls in 120 ms."""
    level = np.ones(length, np.float32)
    rise = min(length, SAMPLE_RATE * 3 // 1000)
    level[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    fall = min(length, SAMPLE_RATE * (120 if length >= room else 3) // 1000)
    if fall:
        level[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return level


def _envelope(length: int, sounds: list[PlacedSound]) -> Samples:
    """Return 1 where one of the sounds may be heard, 0 elsewhere, with soft edges."""
    told = np.zeros(length, np.float32)
    for sound in sounds:
        told[round(sound.start_seconds * SAMPLE_RATE) : round(sound.end_seconds * SAMPLE_RATE)] = 1
    step = SAMPLE_RATE // 100
    coarse = told[::step]
    soft = np.convolve(np.pad(coarse, 15, mode="edge"), np.hanning(33)[1:-1] / 16, mode="valid")
    positions = np.arange(length, dtype=np.float32) / step
    level: Samples = np.interp(positions, np.arange(len(soft)), soft).astype(np.float32)
    return level


def _gate(script: AnimaticScript, length: int) -> Samples:
    level = np.ones(length, np.float32)
    for start in _pop_samples(script):
        level[max(0, start - SAMPLE_RATE * 3 // 10) : start + SAMPLE_RATE * 15 // 100] = 0
    return level


def _pop_samples(script: AnimaticScript) -> list[int]:
    return [sample_at(script, script.panel_frames(index).start) for index in range(len(script.panels))]


def _lay_pops(track: Samples, script: AnimaticScript) -> None:
    for start in _pop_samples(script):
        end = min(start + sample_at(script, 1), track.shape[1])
        times = np.arange(end - start, dtype=np.float32) / SAMPLE_RATE
        pop = 0.5 * np.sin(2 * np.pi * POP_HERTZ * times, dtype=np.float32)
        fall = min(len(pop), SAMPLE_RATE * 2 // 1000)
        pop[len(pop) - fall :] *= np.linspace(1, 0, fall, dtype=np.float32)
        track[:, start:end] = pop


def _room_tone(channels: int, length: int, seed: int) -> Samples:
    """Return noise shaped like a room: strongest low, each octave 4 dB quieter, nothing below 30 Hz."""
    chance = np.random.default_rng(seed)
    loop = SAMPLE_RATE * 8
    heights = np.fft.rfftfreq(loop, 1 / SAMPLE_RATE)
    shape = np.where(heights > 30, np.maximum(heights, 30) ** -0.66, 0)
    spectrum = np.fft.rfft(chance.standard_normal((channels, loop))) * shape
    noise = np.fft.irfft(spectrum, loop)
    noise *= _ROOM_LEVEL / np.sqrt(np.mean(noise**2))
    return np.tile(noise, (1, -(-length // loop)))[:, :length].astype(np.float32)
