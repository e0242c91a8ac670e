"""How loud a file is, after EBU R128: measured, so that strips can be matched without a file being written anew."""

from __future__ import annotations

import math
from pathlib import Path

import av

from second_unit.errors import UnreadableMedia
from second_unit.media.facts import Loudness
from second_unit.media.opening import open_media, sound_stream

# R128's gate leaves out all that is quieter; FFmpeg says -70 where nothing was louder.
SILENT_LUFS = -70.0


def measure_loudness(path: Path) -> Loudness | None:
    """
    Return the integrated loudness and true peak of a file's sound; None where it has no sound stream.

    About 1 s for ten minutes of stereo. Sounds shorter than 0.4 s, one block of the measure, count as silent.

    Raises:
        MissingMedia, UnreadableMedia: there is no such file, or its sound can't be decoded.
    """
    with open_media(path) as container:
        stream = sound_stream(container)
        if stream is None:
            return None
        graph = av.filter.Graph()
        source = graph.add_abuffer(template=stream)
        # Windows of 100 ms each say how it stands so far; the last says how it is.
        meter, sink = graph.add("ebur128", "metadata=1:peak=true:framelog=quiet"), graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        told: dict[str, str] = {}
        try:
            for frame in container.decode(stream):
                source.push(frame)
                told |= _told(graph)
            source.push(None)
            told |= _told(graph)
        except av.FFmpegError as error:
            raise UnreadableMedia(
                f"The sound of '{path.name}' can't be decoded.", remedy="Re-export it, or replace the file."
            ) from error
    return Loudness(
        lufs=max(SILENT_LUFS, float(told.get("lavfi.r128.I", SILENT_LUFS))),
        peak_decibels=_decibels(float(told.get("lavfi.r128.true_peak", 0))),
    )


def _told(graph: av.filter.Graph) -> dict[str, str]:
    told: dict[str, str] = {}
    while True:
        try:
            told |= graph.pull().metadata
        except (BlockingIOError, EOFError):
            return told


def _decibels(level: float) -> float:
    return round(20 * math.log10(max(level, 1e-6)), 2)
