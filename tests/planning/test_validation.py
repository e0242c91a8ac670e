"""Each limit of each model: just inside is accepted, just outside is refused by the strip's name, with the remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from second_unit.catalog.capabilities import Model, ReferenceLimits
from second_unit.catalog.models import all_models, find_model
from second_unit.errors import OverLimit
from second_unit.media.facts import PreparedReference
from second_unit.plan import GenerationRequest, OrderReference, TimedShot
from second_unit.planning.validation import ENVELOPE_BYTES, find_refusals, validate
from second_unit.shots import FileSource, ReferenceKind
from second_unit.timeline import Role
from second_unit.timing import FrameRange, FrameRate

IMAGE, VIDEO, AUDIO = ReferenceKind
ROLES = {IMAGE: Role.CHARACTER, VIDEO: Role.MOTION, AUDIO: Role.VOICE}
GOOD = {
    IMAGE: {"media_type": "image/png", "bytes": 1000, "width": 1280, "height": 720},
    VIDEO: {"media_type": "video/mp4", "bytes": 1000, "width": 1280, "height": 720, "seconds": 3.0, "rate": 24.0},
    AUDIO: {"media_type": "audio/wav", "bytes": 1000, "seconds": 3.0},
}


def reference(kind: ReferenceKind, number: int, seconds: float | None = None) -> OrderReference:
    return OrderReference(
        label=f"{kind.value.capitalize()} {number}",
        key=f"{kind}{number}",
        kind=kind,
        role=ROLES[kind],
        source=FileSource(path=Path(f"/media/{kind}{number}")),
        name=f"{kind} strip {number}",
        strips=(f"{kind} strip {number}",),
        length_seconds=seconds,
    )


def prepared(one: OrderReference, **facts: Any) -> PreparedReference:
    known = GOOD[one.kind] | facts
    return PreparedReference(label=one.label, kind=one.kind, role=one.role, path=Path("/ready"), **known)


def request(
    model: Model, *, seconds: int | None = None, windows: tuple[int, ...] = (), **more: Any
) -> GenerationRequest:
    takes = model.capabilities
    windows = windows or (seconds if seconds is not None else takes.least_seconds,)
    ends = [sum(windows[: index + 1]) for index in range(len(windows))]
    shots = tuple(
        TimedShot(
            segment=f"s{index}",
            name=f"SH{index:03}",
            range=FrameRange((end - length) * 24, end * 24),
            start_seconds=end - length,
            end_seconds=end,
            strips=(f"prompt {index}",),
        )
        for index, (length, end) in enumerate(zip(windows, ends, strict=True))
    )
    usual = {
        "name": "SH000",
        "service": model.service,
        "model": model.id,
        "prompt": "Rain.",
        "shots": shots,
        "duration_seconds": ends[-1],
        "ratio": "16:9",
        "resolution": takes.default_resolution,
        "width": 1280,
        "height": 720,
        "rate": FrameRate(24),
    }
    return GenerationRequest(**(usual | more))


@dataclass(frozen=True)
class Limit:
    """One limit of one model: an order on it, an order past it, and whom the refusal must name."""

    model: Model
    name: str
    inside: Callable[[], tuple[GenerationRequest, list[PreparedReference]]]
    outside: Callable[[], tuple[GenerationRequest, list[PreparedReference]]]
    strip: str


def limits() -> Iterator[Limit]:
    for model in all_models():
        if model.retired_on is None:
            yield from limits_of_orders(model)
            yield from limits_of_counts(model)
            yield from limits_of_lengths(model)
            yield from limits_of_files(model)


def limits_of_orders(model: Model) -> Iterator[Limit]:
    takes = model.capabilities

    def order(**more: Any) -> Callable[[], tuple[GenerationRequest, list[PreparedReference]]]:
        return lambda: (request(model, **more), [])

    most, least = takes.most_seconds, takes.least_seconds
    yield Limit(model, "longest", order(seconds=most), order(seconds=most + 1), "prompt 0")
    yield Limit(model, "shortest", order(seconds=least), order(seconds=least - 1), "prompt 0")
    window = takes.least_window_seconds
    full = (window,) * (takes.shots - 1)
    last = most - sum(full)
    # One shot more would make the order too long as well where windows fill it: the model's longest is raised for it.
    roomy = model.model_copy(update={"capabilities": takes.model_copy(update={"most_seconds": most + window})})
    yield Limit(roomy, "shots", order(windows=(*full, last)), order(windows=(*full, last, window)), "prompt 0")
    if window > 1:
        yield Limit(model, "window", order(windows=(window, 6)), order(windows=(6, window - 1)), "prompt 1")
    text = takes.prompt_characters
    yield Limit(model, "prompt", order(prompt="x" * text), order(prompt="x" * (text + 1)), "prompt 0")
    yield Limit(model, "says nothing", order(prompt="x"), order(prompt=" "), "prompt 0")
    resolution = list(takes.sizes)[-1]
    yield Limit(model, "resolution", order(resolution=resolution), order(resolution="8k"), "prompt 0")
    for ratio in takes.sizes[resolution]:
        yield Limit(model, f"ratio {ratio}", order(ratio=ratio), order(ratio="2:1"), "prompt 0")


def limits_of_counts(model: Model) -> Iterator[Limit]:
    takes = model.capabilities

    def order(**counts: int) -> Callable[[], tuple[GenerationRequest, list[PreparedReference]]]:
        references = [
            reference(kind, number) for kind in ReferenceKind for number in range(1, counts.get(kind.value, 0) + 1)
        ]
        return lambda: (request(model, references=tuple(references)), [])

    for kind in ReferenceKind:
        most = takes.limits(kind).count
        picture = {"image": 1} if kind is AUDIO else {}
        inside, outside = order(**picture, **{kind.value: most}), order(**picture, **{kind.value: most + 1})
        yield Limit(model, f"{kind} count", inside, outside, f"{kind} strip {most + 1}")
    images, videos = takes.image.count, takes.video.count
    rest = takes.references - images - videos
    if rest >= 0 and rest < takes.audio.count:
        yield Limit(
            model,
            "count in all",
            order(image=images, video=videos, audio=rest),
            order(image=images, video=videos, audio=rest + 1),
            f"audio strip {rest + 1}",
        )
    if takes.audio_needs_picture:
        yield Limit(model, "sound alone", order(image=1, audio=1), order(audio=1), "audio strip 1")


def limits_of_lengths(model: Model) -> Iterator[Limit]:
    for kind in (VIDEO, AUDIO):
        bounds = model.capabilities.limits(kind)

        def order(
            *seconds: float, kind: ReferenceKind = kind
        ) -> Callable[[], tuple[GenerationRequest, list[PreparedReference]]]:
            timed = [reference(kind, number, length) for number, length in enumerate(seconds, 1)]
            return lambda: (request(model, references=(reference(IMAGE, 1), *timed)), [])

        name = f"{kind} strip 1"
        if bounds.most_seconds is not None:
            yield Limit(model, f"{kind} longest", order(bounds.most_seconds), order(bounds.most_seconds + 0.01), name)
        if bounds.least_seconds is not None:
            yield Limit(
                model, f"{kind} shortest", order(bounds.least_seconds), order(bounds.least_seconds - 0.01), name
            )
        if bounds.total_seconds is not None:
            half = bounds.total_seconds / 2
            yield Limit(model, f"{kind} in all", order(half, half), order(half, half + 0.01), f"{kind} strip 2")


def limits_of_files(model: Model) -> Iterator[Limit]:
    for kind in ReferenceKind:
        bounds, one = model.capabilities.limits(kind), reference(kind, 1)

        def order(
            one: OrderReference = one, **facts: Any
        ) -> Callable[[], tuple[GenerationRequest, list[PreparedReference]]]:
            with_picture = (one,) if one.kind is IMAGE else (reference(IMAGE, 9), one)
            return lambda: (request(model, references=with_picture), [prepared(one, url="https://x", **facts)])

        def limit(name: str, inside: dict[str, Any], outside: dict[str, Any], kind: ReferenceKind = kind) -> Limit:
            return Limit(model, f"{kind} {name}", order(**inside), order(**outside), f"{kind} strip 1")

        if bounds.most_bytes:
            yield limit("bytes", {"bytes": bounds.most_bytes}, {"bytes": bounds.most_bytes + 1})
        for form in bounds.formats:
            yield limit(f"format {form}", {"media_type": f"{kind}/{form}"}, {"media_type": f"{kind}/x-other"})
        if kind is not AUDIO:
            yield from limits_of_pictures(bounds, kind, limit)


def limits_of_pictures(
    bounds: ReferenceLimits, kind: ReferenceKind, limit: Callable[[str, dict[str, Any], dict[str, Any]], Limit]
) -> Iterator[Limit]:
    if bounds.least_side:
        side = bounds.least_side
        long = 720 if kind is IMAGE else 1400  # enough pixels for a video
        small = side if kind is IMAGE else 600
        yield limit("width", {"width": max(side, small), "height": long}, {"width": side - 1, "height": long})
    if bounds.most_side:
        side = bounds.most_side
        high = 2400 if kind is IMAGE else 1300
        wide = side if kind is IMAGE else 3000
        yield limit("side", {"width": wide, "height": high}, {"width": side + 1, "height": high + 1500})
    if bounds.least_pixels:
        yield limit("pixels", {"width": 640, "height": 640}, {"width": 638, "height": 638})
    if bounds.most_pixels:
        yield limit("most pixels", {"width": 2880, "height": 2880}, {"width": 2882, "height": 2880})
    if bounds.most_ratio:
        yield limit("wide", {"width": 1500, "height": 600}, {"width": 1501, "height": 600})
        yield limit("tall", {"width": 600, "height": 1500}, {"width": 600, "height": 1501})
    if bounds.most_rate:
        yield limit("rate", {"rate": bounds.most_rate}, {"rate": bounds.most_rate + 1})
        yield limit("low rate", {"rate": bounds.least_rate}, {"rate": 23.976})


every_limit = pytest.mark.parametrize("limit", list(limits()), ids=lambda limit: f"{limit.model.id}: {limit.name}")


@every_limit
def test_just_inside_a_limit_is_accepted(limit: Limit) -> None:
    order, files = limit.inside()

    assert [str(refusal) for refusal in find_refusals(order, limit.model, files)] == []


@every_limit
def test_just_outside_a_limit_is_refused_by_the_strips_name_with_the_remedy(limit: Limit) -> None:
    order, files = limit.outside()
    with pytest.raises(OverLimit) as caught:
        validate(order, limit.model, files)

    assert limit.strip == caught.value.strip
    assert caught.value.remedy
    assert limit.model.title in str(caught.value) or "says nothing" in str(caught.value)
    assert not caught.value.charged


def test_seedances_limits_are_all_in_the_table() -> None:
    """So that a limit that is lost from the catalog is noticed here."""
    names = {limit.name for limit in limits() if limit.model.id == "seedance-2.0"}

    assert {
        "longest",
        "shortest",
        "shots",
        "prompt",
        "image count",
        "video count",
        "audio count",
        "count in all",
        "sound alone",
        "video longest",
        "video shortest",
        "video in all",
        "audio longest",
        "audio in all",
        "image bytes",
        "video bytes",
        "audio bytes",
        "image format heic",
        "video format mov",
        "audio format mp3",
        "image side",
        "video pixels",
        "video most pixels",
        "image wide",
        "video tall",
        "video rate",
    } <= names


@pytest.mark.parametrize("model", ["seedance-2.0", "seedance-2.0-fast", "seedance-2.0-mini", "seedance-2.5"])
def test_the_body_is_counted_with_its_files_in_base64(model: str) -> None:
    found = find_model("seedance", model)
    references = [reference(IMAGE, number) for number in (1, 2, 3)]
    order = request(found, references=tuple(references))
    room = found.capabilities.request_bytes - ENVELOPE_BYTES - len(order.prompt)
    third = room // 3 // 4 * 3  # bytes whose base64 is a third of the room
    inside = [prepared(one, bytes=third) for one in references]
    outside = [*inside[:2], prepared(references[2], bytes=third + 12)]

    assert list(find_refusals(order, found, inside)) == []
    with pytest.raises(OverLimit, match="with its references inside") as caught:
        validate(order, found, outside)
    assert caught.value.strip == "image strip 3"


def test_what_is_sent_as_a_link_takes_no_room_in_the_body() -> None:
    model = find_model("seedance")
    references = [reference(IMAGE, number) for number in (1, 2, 3)]
    files = [prepared(one, bytes=29_000_000, url="https://bucket.example/x") for one in references]

    assert list(find_refusals(request(model, references=tuple(references)), model, files)) == []


def test_what_was_prepared_counts_more_than_what_was_planned() -> None:
    model = find_model("seedance")
    one = reference(VIDEO, 1, 3.0)
    with pytest.raises(OverLimit, match=r"Video 1 \('video strip 1'\) has 16 s; Seedance 2.0 takes 2–15"):
        validate(request(model, references=(one,)), model, [prepared(one, seconds=16.0)])


def test_a_refusal_reads_as_promised() -> None:
    model = find_model("seedance")
    with pytest.raises(OverLimit) as caught:
        validate(request(model, seconds=22), model)

    assert str(caught.value) == (
        "Shot 'SH000' is 22 s; Seedance 2.0 takes 4–15 s. Split the strip, or choose Seedance 2.5."
    )
