"""What an order will cost is reckoned exactly, and told with its reason."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from second_unit.catalog.capabilities import Free, PricePerSecond
from second_unit.catalog.models import find_model, price_of
from second_unit.plan import Cost
from second_unit.planning.cost import count_tokens, reckon_cost


def cost_of(model: str, resolution: str, seconds: int, video: Fraction | int = 0, *, host: str = "") -> Cost:
    found = find_model("seedance", model)
    width, height = found.capabilities.sizes[resolution]["16:9"]
    return reckon_cost(
        price_of(found, host),
        resolution=resolution,
        width=width,
        height=height,
        seconds=seconds,
        video_seconds=Fraction(video),
    )


# The five bills recorded from the live service, as the facts of 2026-11-22 keep them.
@pytest.mark.parametrize(
    ("model", "resolution", "seconds", "video", "tokens"),
    [
        ("seedance-2.0", "720p", 5, 0, 108_900),
        ("seedance-2.0", "480p", 4, 0, 40_594),
        ("seedance-2.5", "480p", 4, 0, 38_830),
        ("seedance-2.5", "1080p", 4, 0, 196_425),
        ("seedance-2.5", "720p", 30, 30, 1_296_900),
    ],
)
def test_the_token_formula_gives_the_recorded_bills(
    model: str, resolution: str, seconds: int, video: int, tokens: int
) -> None:
    assert tokens == cost_of(model, resolution, seconds, video).tokens


# What the price pages give as examples for 5 s of 16:9 from text alone, in dollars to three places.
@pytest.mark.parametrize(
    ("model", "resolution", "dollars"),
    [
        ("seedance-2.0", "480p", "0.354"),
        ("seedance-2.0", "720p", "0.762"),
        ("seedance-2.0", "1080p", "1.887"),
        ("seedance-2.0", "4k", "3.920"),
        ("seedance-2.0-fast", "720p", "0.610"),
        ("seedance-2.0-mini", "720p", "0.381"),
        ("seedance-2.5", "480p", "0.518"),
        ("seedance-2.5", "720p", "1.165"),
        ("seedance-2.5", "1080p", "2.867"),
    ],
)
def test_five_seconds_cost_what_the_price_page_says(model: str, resolution: str, dollars: str) -> None:
    amount = cost_of(model, resolution, 5).amount

    assert amount is not None
    assert abs(amount - Decimal(dollars)) <= Decimal("0.001")


@pytest.mark.parametrize(("seconds", "billed"), [(4, 7), (5, 9), (6, 10), (7, 12), (8, 14), (9, 15), (15, 25)])
def test_with_a_short_video_a_minimum_is_billed(seconds: int, billed: int) -> None:
    assert count_tokens(1280, 720, Fraction(billed)) == cost_of("seedance-2.0", "720p", seconds, 2).tokens


def test_at_1080p_the_minimum_is_higher() -> None:
    assert count_tokens(1920, 1080, Fraction(18)) == cost_of("seedance-2.0", "1080p", 10, 2).tokens


def test_over_the_minimum_input_and_output_are_billed() -> None:
    assert count_tokens(1280, 720, Fraction(19, 2)) == cost_of("seedance-2.0", "720p", 4, Fraction(11, 2)).tokens


def test_a_video_makes_the_token_cheaper() -> None:
    assert cost_of("seedance-2.0", "720p", 4, 4).amount == (Decimal(173_700) * Decimal("4.30") / 10**6).quantize(
        Decimal("0.0001")
    )


def test_the_chinese_host_asks_its_own_price_in_its_own_currency() -> None:
    cost = cost_of("seedance-2.0", "720p", 5, host="volcengine")

    assert (Decimal("5.0094"), "CNY") == (cost.amount, cost.currency)


def test_the_reason_is_told_in_words() -> None:
    assert cost_of("seedance-2.0", "720p", 5, 3).reason == (
        "195,300 tokens (1280×720, 5 s and 3 s of reference video, billed as at least 9 s) at 4.30 USD a million."
    )


def test_a_price_per_second_is_by_resolution_with_one_for_the_rest() -> None:
    price = PricePerSecond(by_resolution={"1080p": Decimal("0.2"), "*": Decimal("0.1")})

    amounts = [reckon_cost(price, resolution=name, width=1, height=1, seconds=5).amount for name in ("1080p", "720p")]
    assert [Decimal("1.0"), Decimal("0.5")] == amounts


def test_an_unknown_price_is_said_and_never_taken_for_nothing() -> None:
    unknown = reckon_cost(None, resolution="720p", width=1, height=1, seconds=5)
    missing = reckon_cost(PricePerSecond(by_resolution={"4k": 1}), resolution="720p", width=1, height=1, seconds=5)

    assert [(cost.amount, cost.reason) for cost in (unknown, missing)] == [
        (None, "The price of this model isn't known."),
        (None, "The price of 720p isn't known."),
    ]


def test_what_is_made_here_is_free() -> None:
    assert reckon_cost(Free(), resolution="720p", width=1, height=1, seconds=5).amount == 0
