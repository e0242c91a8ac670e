"""A stream's frames through a chain of FFmpeg's filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import av
import av.filter
from av.container import InputContainer


def filtered_pictures(
    container: InputContainer, stream: av.VideoStream, steps: Sequence[str]
) -> Iterator[av.VideoFrame]:
    """Yield the stream's pictures through the filters, each written ``name=options`` as for ``ffmpeg -vf``."""
    graph = av.filter.Graph()
    _link(graph, graph.add_buffer(template=stream), steps, "buffersink")
    for frame in _run(graph, container.decode(stream)):
        if isinstance(frame, av.VideoFrame):
            yield frame


def filtered_sound(container: InputContainer, stream: av.AudioStream, steps: Sequence[str]) -> Iterator[av.AudioFrame]:
    """Yield the stream's sound through the filters, each written ``name=options`` as for ``ffmpeg -af``."""
    graph = av.filter.Graph()
    _link(graph, graph.add_abuffer(template=stream), steps, "abuffersink")
    for frame in _run(graph, container.decode(stream)):
        if isinstance(frame, av.AudioFrame):
            yield frame


def _link(graph: av.filter.Graph, source: av.filter.context.FilterContext, steps: Sequence[str], sink: str) -> None:
    last = source
    for step in steps:
        name, _, options = step.partition("=")
        context = graph.add(name, options)
        last.link_to(context)
        last = context
    last.link_to(graph.add(sink))
    graph.configure()


def _run(graph: av.filter.Graph, frames: Iterator[av.VideoFrame | av.AudioFrame]) -> Iterator[object]:
    for frame in frames:
        graph.push(frame)
        yield from _ready(graph)
    graph.push(None)
    yield from _ready(graph)


def _ready(graph: av.filter.Graph) -> Iterator[object]:
    while True:
        try:
            yield graph.pull()
        except (BlockingIOError, EOFError):
            return
