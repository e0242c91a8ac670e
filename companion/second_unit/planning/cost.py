"""
What an order will cost, before it is placed, and how that was reckoned.

Seedance counts tokens: ``floor(width · height · (24 · (input + output seconds) + 1) / 1024)``, where only videos count
as input. The formula gives five recorded bills to the token (facts of 2026-11-22): 108,900 for 5 s at 1280×720.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from second_unit.catalog.capabilities import Free, Price, PricePerSecond, PricePerToken
from second_unit.plan import Cost

PLACES = Decimal("0.0001")


def count_tokens(width: int, height: int, seconds: Fraction) -> int:
    """
    Return what Seedance bills for so many seconds, input video and output together.

    A clip of ``d`` seconds has ``24·d + 1`` frames: 5 s at 1280×720 are 121 · 921,600 / 1024 = 108,900 tokens.
    """
    return floor(width * height * (24 * seconds + 1) / 1024)


def reckon_cost(
    price: Price | None,
    *,
    resolution: str,
    width: int,
    height: int,
    seconds: int,
    video_seconds: Fraction = Fraction(0),
) -> Cost:
    """
    Return the cost of one order.

    Args:
        price: of the model on its host; None gives a cost without an amount.
        resolution: of the catalog's tables.
        width: in pixels.
        height: in pixels.
        seconds: ordered.
        video_seconds: how long the video references last together; 0 where there is none.
    """
    match price:
        case None:
            return Cost(reason="The price of this model isn't known.")
        case Free():
            return Cost(amount=Decimal(0), reason="Made on this machine: free.")
        case PricePerSecond():
            return _by_second(price, resolution, seconds)
        case PricePerToken():
            return _by_token(price, resolution, width, height, seconds, video_seconds)


def _by_second(price: PricePerSecond, resolution: str, seconds: int) -> Cost:
    rate = price.by_resolution.get(resolution, price.by_resolution.get("*"))
    if rate is None:
        return Cost(currency=price.currency, reason=f"The price of {resolution} isn't known.")
    return Cost(
        amount=(rate * seconds).quantize(PLACES),
        currency=price.currency,
        reason=f"{seconds} s of {resolution} at {rate} {price.currency} a second.",
    )


def _by_token(
    price: PricePerToken, resolution: str, width: int, height: int, seconds: int, video_seconds: Fraction
) -> Cost:
    rates = price.with_video if video_seconds else price.by_resolution
    rate = rates.get(resolution)
    billed = _billed_seconds(price, resolution, seconds, video_seconds)
    tokens = count_tokens(width, height, billed)
    if rate is None:
        return Cost(currency=price.currency, tokens=tokens, reason=f"The price of {resolution} isn't known.")
    return Cost(
        amount=(tokens * rate / 1_000_000).quantize(PLACES),
        currency=price.currency,
        tokens=tokens,
        reason=(
            f"{tokens:,} tokens ({width}×{height}, {_in_words(seconds, video_seconds, billed)}) "
            f"at {rate} {price.currency} a million."
        ),
    )


def _billed_seconds(price: PricePerToken, resolution: str, seconds: int, video_seconds: Fraction) -> Fraction:
    if not video_seconds:
        return Fraction(seconds)
    least = price.least_seconds_by_resolution.get(resolution, price.least_seconds_with_video)
    return max(Fraction(seconds) + video_seconds, Fraction(least.get(seconds, 0)))


def _in_words(seconds: int, video_seconds: Fraction, billed: Fraction) -> str:
    if not video_seconds:
        return f"{seconds} s"
    both = f"{seconds} s and {_short(video_seconds)} s of reference video"
    return both if billed == seconds + video_seconds else f"{both}, billed as at least {_short(billed)} s"


def _short(seconds: Fraction) -> str:
    return f"{float(ceil(seconds * 100) / 100):g}"
