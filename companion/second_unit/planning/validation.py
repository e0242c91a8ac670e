"""
Whether a model takes an order: every limit, before anything is spent.

Asked twice: while planning, with what the plan knows, and by the worker once the references are prepared, when sizes
and bytes are known too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from second_unit.catalog.capabilities import Model, ReferenceLimits
from second_unit.catalog.models import titles_where
from second_unit.errors import OverLimit
from second_unit.plan import GenerationRequest, OrderReference
from second_unit.shots import ReferenceKind

# A trim is exact and a service's count is not: what a file's clock may be off by, in seconds.
SLACK_SECONDS = 1e-6
# What an order's JSON holds beside the prompt and the files.
ENVELOPE_BYTES = 4096
FORMATS = {
    "image/jpg": "jpeg",
    "image/x-ms-bmp": "bmp",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/vnd.wave": "wav",
}


class KnownReference(Protocol):
    """What is known of a reference once it is prepared; a ``PreparedReference`` is one. None: not known."""

    @property
    def label(self) -> str: ...  # noqa: D102 - "Image 1"
    @property
    def media_type(self) -> str: ...  # noqa: D102 - such as "video/mp4"
    @property
    def bytes(self) -> int: ...  # noqa: D102
    @property
    def width(self) -> int | None: ...  # noqa: D102 - pixels
    @property
    def height(self) -> int | None: ...  # noqa: D102 - pixels
    @property
    def seconds(self) -> float | None: ...  # noqa: D102
    @property
    def rate(self) -> float | None: ...  # noqa: D102 - frames a second
    @property
    def url(self) -> str | None: ...  # noqa: D102 - None: sent inside the order


def validate(request: GenerationRequest, model: Model, prepared: Sequence[KnownReference] = ()) -> None:
    """
    Refuse an order that the model wouldn't take. Nothing is sent.

    Args:
        request: the order.
        model: the catalog's entry for it.
        prepared: its references, as far as they are prepared, in any order.

    Raises:
        OverLimit: the first limit that is passed, naming the strip, with the remedy.
    """
    for refusal in find_refusals(request, model, prepared):
        raise refusal


def find_refusals(
    request: GenerationRequest, model: Model, prepared: Sequence[KnownReference] = ()
) -> Iterator[OverLimit]:
    """Yield every limit that an order passes, the order's own first."""
    yield from _of_the_order(request, model)
    yield from _of_the_prompt(request, model)
    yield from _of_the_counts(request, model)
    known = {one.label: one for one in prepared}
    for kind in ReferenceKind:
        references = [reference for reference in request.references if reference.kind is kind]
        yield from _of_the_lengths(references, known, model, kind)
    for reference in request.references:
        if reference.label in known:
            yield from _of_the_file(reference, known[reference.label], model)
    yield from _of_the_body(request, model, prepared)


def _of_the_order(request: GenerationRequest, model: Model) -> Iterator[OverLimit]:
    takes, shots = model.capabilities, request.shots
    if not takes.least_seconds <= request.duration_seconds <= takes.most_seconds:
        yield _refuse(
            request,
            f"{_shots(request)} {'are' if len(shots) > 1 else 'is'} {request.duration_seconds} s; {model.title} takes "
            f"{takes.least_seconds}–{takes.most_seconds} s.",
            _or_choose(
                "Split the strip" if request.duration_seconds > takes.most_seconds else "Lengthen the strip",
                lambda one: one.capabilities.least_seconds <= request.duration_seconds <= one.capabilities.most_seconds,
                model,
            ),
        )
    if len(shots) > takes.shots:
        yield _refuse(
            request,
            f"{_shots(request)} are {len(shots)}; {model.title} takes {takes.shots} in a request.",
            _or_choose("Set a marker between them", lambda one: one.capabilities.shots >= len(shots), model),
        )
    for shot in shots if len(shots) > 1 else ():
        if shot.end_seconds - shot.start_seconds < takes.least_window_seconds:
            yield _refuse(
                request,
                f"Shot '{shot.name}' has a window of {shot.end_seconds - shot.start_seconds} s; {model.title} takes "
                f"{takes.least_window_seconds} s and more.",
                "Lengthen the strip, or set a marker beside it.",
                strip=(shot.strips or (shot.name,))[0],
            )
    yield from _of_the_shape(request, model)


def _of_the_shape(request: GenerationRequest, model: Model) -> Iterator[OverLimit]:
    sizes = model.capabilities.sizes
    if request.resolution not in sizes:
        yield _refuse(
            request,
            f"{model.title} makes no {request.resolution}.",
            _or_choose(
                f"Set one of {', '.join(sizes)}", lambda one: request.resolution in one.capabilities.sizes, model
            ),
        )
    elif request.ratio not in sizes[request.resolution]:
        yield _refuse(
            request,
            f"{model.title} makes no {request.ratio} at {request.resolution}.",
            f"Set one of {', '.join(sizes[request.resolution])}.",
        )


def _of_the_prompt(request: GenerationRequest, model: Model) -> Iterator[OverLimit]:
    most, count = model.capabilities.prompt_characters, len(request.prompt)
    if count > most:
        yield _refuse(
            request,
            f"The prompt of {_shots(request, lower=True)} has {count:,} characters; {model.title} takes {most:,}.",
            "Shorten its text, the scene's look or the references' descriptions.",
        )
    if not request.prompt.strip() and not request.references:
        yield _refuse(request, f"{_shots(request)} says nothing and shows nothing.", "Write what happens in it.")


def _of_the_counts(request: GenerationRequest, model: Model) -> Iterator[OverLimit]:
    takes = model.capabilities
    for kind in ReferenceKind:
        of_kind = [reference for reference in request.references if reference.kind is kind]
        most = takes.limits(kind).count
        if len(of_kind) > most:
            yield _too_many(of_kind, most, f"{kind.value} references", model)
    if len(request.references) > takes.references:
        yield _too_many(request.references, takes.references, "references in all", model)
    sounds = [reference for reference in request.references if reference.kind is ReferenceKind.AUDIO]
    if takes.audio_needs_picture and sounds and len(sounds) == len(request.references):
        yield _refuse(
            request,
            f"{sounds[0].label} ('{sounds[0].name}') is sound without a picture; {model.title} takes sound only "
            "together with a picture or a video.",
            _or_choose("Put a picture under the shot", lambda one: not one.capabilities.audio_needs_picture, model),
            strip=_strip(sounds[0]),
        )


def _too_many(references: Sequence[OrderReference], most: int, what: str, model: Model) -> OverLimit:
    over = references[most]
    return OverLimit(
        f"{over.label} ('{over.name}') is one too many: {model.title} takes {most} {what}, and there are "
        f"{len(references)}.",
        remedy="Mute what matters least, or set a marker to split the shots over more requests.",
        strip=_strip(over),
        service=model.service,
    )


def _of_the_lengths(
    references: Sequence[OrderReference], known: dict[str, KnownReference], model: Model, kind: ReferenceKind
) -> Iterator[OverLimit]:
    limits, total = model.capabilities.limits(kind), 0.0
    for reference in references:
        seconds = known[reference.label].seconds if reference.label in known else None
        seconds = reference.length_seconds if seconds is None else seconds
        if seconds is None or kind is ReferenceKind.IMAGE:
            continue
        total += seconds
        yield from _bounded(reference, seconds, limits.least_seconds, limits.most_seconds, "s", "Trim it", model)
        if limits.total_seconds is not None and total > limits.total_seconds + SLACK_SECONDS:
            yield _refuse_reference(
                reference,
                f"brings the {kind.value} references to {total:.4g} s; {model.title} takes {limits.total_seconds:g} s "
                "in all.",
                "Trim or mute one of them.",
                model,
            )
            return


def _of_the_file(reference: OrderReference, file: KnownReference, model: Model) -> Iterator[OverLimit]:
    limits = model.capabilities.limits(reference.kind)
    sort = FORMATS.get(file.media_type, file.media_type.partition("/")[2])
    if limits.formats and sort not in limits.formats:
        yield _refuse_reference(
            reference,
            f"is {sort}; {model.title} takes {', '.join(limits.formats)}.",
            "Save it in one of these.",
            model,
        )
    if limits.most_bytes is not None and file.bytes > limits.most_bytes:
        yield _refuse_reference(
            reference,
            f"has {file.bytes:,} bytes; {model.title} takes {limits.most_bytes:,}.",
            "Make it shorter or smaller.",
            model,
        )
    yield from _of_the_picture(reference, file, limits, model)


def _of_the_picture(
    reference: OrderReference, file: KnownReference, limits: ReferenceLimits, model: Model
) -> Iterator[OverLimit]:
    if file.width and file.height:
        remedy = "Scale or crop it"
        for side in (file.width, file.height):
            yield from _bounded(reference, side, limits.least_side, limits.most_side, "pixels a side", remedy, model)
        pixels = file.width * file.height
        yield from _bounded(reference, pixels, limits.least_pixels, limits.most_pixels, "pixels in all", remedy, model)
        ratio = file.width / file.height
        yield from _bounded(reference, ratio, limits.least_ratio, limits.most_ratio, "wide to 1 high", remedy, model)
    if file.rate is not None:
        yield from _bounded(
            reference, file.rate, limits.least_rate, limits.most_rate, "frames a second", "Convert it", model
        )


def _of_the_body(request: GenerationRequest, model: Model, prepared: Sequence[KnownReference]) -> Iterator[OverLimit]:
    """Count what is sent inside the order: base64 makes four bytes of three."""
    most = model.capabilities.request_bytes
    inline = [one for one in prepared if one.url is None and not _needs_url(one, model)]
    if most is None or not inline:
        return
    whole = ENVELOPE_BYTES + len(request.prompt.encode()) + sum(-(-one.bytes // 3) * 4 for one in inline)
    if whole > most:
        largest = max(inline, key=lambda one: one.bytes)
        reference = next((one for one in request.references if one.label == largest.label), None)
        yield _refuse(
            request,
            f"The order would be {whole:,} bytes with its references inside; {model.title} takes {most:,}. "
            f"The largest is {largest.label}.",
            "Make it smaller, mute one, or set up hosting so that references are sent as links.",
            strip=_strip(reference) if reference else None,
        )


def _needs_url(one: KnownReference, model: Model) -> bool:
    return model.capabilities.video_needs_url and one.media_type.startswith("video/")


def _bounded(
    reference: OrderReference,
    value: float,
    least: float | None,
    most: float | None,
    unit: str,
    remedy: str,
    model: Model,
) -> Iterator[OverLimit]:
    below = least is not None and value < least - SLACK_SECONDS
    above = most is not None and value > most + SLACK_SECONDS
    if below or above:
        yield _refuse_reference(
            reference,
            f"has {_figure(value)} {unit}; {model.title} takes {_span(least, most)}.",
            f"{remedy}, use another, or mute the strip.",
            model,
        )


def _span(least: float | None, most: float | None) -> str:
    if least is None:
        return f"{_figure(most or 0)} and less"
    return f"{_figure(least)} and more" if most is None else f"{_figure(least)}–{_figure(most)}"


def _figure(value: float) -> str:
    return f"{round(value):,}" if abs(value) >= 100 or value == round(value) else f"{value:.4g}"


def _refuse_reference(reference: OrderReference, message: str, remedy: str, model: Model) -> OverLimit:
    return OverLimit(
        f"{reference.label} ('{reference.name}') {message}",
        remedy=remedy,
        strip=_strip(reference),
        service=model.service,
    )


def _refuse(request: GenerationRequest, message: str, remedy: str, *, strip: str | None = None) -> OverLimit:
    first = request.shots[0]
    return OverLimit(message, remedy=remedy, strip=strip or (first.strips or (first.name,))[0], service=request.service)


def _or_choose(remedy: str, takes: Callable[[Model], bool], model: Model) -> str:
    others = titles_where(takes, model)
    return f"{remedy}, or choose {others}." if others else f"{remedy}."


def _strip(reference: OrderReference) -> str:
    return (reference.strips or (reference.name,))[0]


def _shots(request: GenerationRequest, *, lower: bool = False) -> str:
    word = "Shots" if len(request.shots) > 1 else "Shot"
    names = [request.shots[0].name, *([request.shots[-1].name] if len(request.shots) > 1 else [])]
    return f"{word.lower() if lower else word} {'–'.join(repr(name) for name in names)}"
