"""
From high dynamic range and wide colour to the 8-bit BT.709 picture that services take.

FFmpeg's own tone mapping needs ``zscale``, which PyAV's build lacks. The whole mapping is a function of a pixel alone,
so it is computed once for a lattice of colours and carried out by FFmpeg's ``lut3d``, which is quick.

Sources: SMPTE ST 2084 (PQ) and ITU-R BT.2100 (HLG) for the transfers, BT.2087 for the primaries, BT.2408 for 203 cd/m²
as the white of a page (2019–2023 editions).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from second_unit.media.keeping import keep

PQ, HLG = 16, 18
BT2020 = 9
WIDE_TRANSFERS = {PQ, HLG}
REFERENCE_WHITE_NITS = 203.0
_LATTICE = 33
_KNEE = 0.75
# Scene white beyond which all is white: five stops of highlights above the page's white are kept apart.
_BRIGHTEST = 1000.0 / REFERENCE_WHITE_NITS
_TO_BT709 = np.array(
    [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
)


def needs_mapping(frame: av.VideoFrame) -> bool:
    """Tell whether a frame's light or colours go beyond BT.709."""
    return frame.color_trc in WIDE_TRANSFERS or frame.color_primaries == BT2020


def mapping_file(transfer: int, primaries: int, folder: Path) -> Path:
    """Return a .cube file for FFmpeg's ``lut3d`` that brings such colours to BT.709, written once in ``folder``."""
    recipe = {"make": "tone", "transfer": transfer, "primaries": primaries, "lattice": _LATTICE, "version": 1}

    def make(part: Path) -> None:
        part.write_text(_cube(transfer, primaries))

    return keep(folder, [], recipe, ".cube", make)


def to_sdr(colours: NDArray[np.float64], transfer: int, primaries: int) -> NDArray[np.float64]:
    """
    Return display-ready BT.709 values for coded ones.

    Args:
        colours: R'G'B' from 0 to 1, shape ``(…, 3)``.
        transfer: FFmpeg's number: 16 for PQ, 18 for HLG; any other is taken for the usual gamma of 2.4.
        primaries: FFmpeg's number: 9 for BT.2020; any other stays.

    Brightness is rolled off above three quarters of white and hue is kept: each pixel's three channels are scaled by
    what its brightest is mapped to.
    """
    linear = _linear(colours, transfer)
    if primaries == BT2020:
        linear = np.maximum(linear @ _TO_BT709.T, 0)
    brightest = np.maximum(linear.max(axis=-1, keepdims=True), 1e-9)
    if transfer in WIDE_TRANSFERS:
        linear = linear * (_rolled_off(brightest) / brightest)
    return np.asarray(np.clip(linear, 0, 1) ** (1 / 2.4))


def _linear(colours: NDArray[np.float64], transfer: int) -> NDArray[np.float64]:
    """Return light relative to the page's white."""
    if transfer == PQ:
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        root = colours ** (1 / m2)
        nits = 10_000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
        return np.asarray(nits / REFERENCE_WHITE_NITS)
    if transfer == HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(colours <= 0.5, colours**2 / 3, (np.exp((colours - c) / a) + b) / 12)
        luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
        # BT.2100's system gamma for a display of 1000 cd/m².
        nits = 1000 * scene * np.maximum(luminance, 1e-9)[..., None] ** 0.2
        return np.asarray(nits / REFERENCE_WHITE_NITS)
    return np.asarray(colours**2.4)


def _rolled_off(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return light brought into 0 to 1: unchanged up to the knee, then ever flatter, white at ``_BRIGHTEST``."""
    over = np.clip((light - _KNEE) / (_BRIGHTEST - _KNEE), 0, 1)
    # The slope is 1 at the knee and falls steadily: 1 - (1 - x)^p has the slope p there.
    power = (_BRIGHTEST - _KNEE) / (1 - _KNEE)
    return np.where(light <= _KNEE, light, _KNEE + (1 - _KNEE) * (1 - (1 - over) ** power))


@lru_cache(maxsize=8)
def _cube(transfer: int, primaries: int) -> str:
    steps = np.linspace(0, 1, _LATTICE)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    # A .cube runs through red fastest.
    mapped = to_sdr(np.stack((red, green, blue), axis=-1).reshape(-1, 3), transfer, primaries)
    lines = "\n".join(f"{r:.5f} {g:.5f} {b:.5f}" for r, g, b in mapped)
    return f"LUT_3D_SIZE {_LATTICE}\n{lines}\n"
