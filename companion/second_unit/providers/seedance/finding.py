"""
Looking for an order whose answer was lost, among the service's own list of tasks (the last 7 days').

``safety_identifier`` carries our token. That a task tells it back is typed in the official clients and nowhere proven
(2026-11), so its absence proves nothing until some task was seen to tell one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from second_unit.errors import CannotBeAsked
from second_unit.providers.provider import Order
from second_unit.providers.seedance.errors import SERVICE

# How far this machine's clock may be wrong: a task ruled out for its time alone would be paid again.
_CLOCK_SECONDS = 86_400
_MOST_PAGES = 50


class Search:
    """
    One look through the list.

    Args:
        order: what is looked for.
        token: what it carried as ``safety_identifier``.
        model: what it carried as ``model``.
        since: when it was sent, Unix seconds.
        title: the service's name in messages.
    """

    def __init__(self, order: Order, token: str, model: str, since: float, title: str) -> None:
        self._order = order
        self._token = token
        self._model = model
        self._since = since
        self._title = title
        self._echoed = False
        self._cut_short = False
        self._candidates: list[str] = []

    def look_at(self, items: Sequence[Any]) -> str | None:
        """Return the id of the task that carries the token, if it is among these; remember what else could be it."""
        for item in items:
            if not isinstance(item, dict) or not isinstance(item.get("id"), str):
                continue
            told = item.get("safety_identifier")
            if told == self._token:
                return str(item["id"])
            if isinstance(told, str) and told:
                self._echoed = True  # this service does tell it back, and this task is another's
            elif self._could_be(item):
                self._candidates.append(str(item["id"]))
        return None

    def is_over(self, items: Sequence[Any], page: int, size: int, told: Any) -> bool:
        """Whether there is no further page to look at."""
        total = told.get("total") if isinstance(told, dict) else None
        if not items or (isinstance(total, int) and page * size >= total) or (total is None and len(items) < size):
            return True
        self._cut_short = page >= _MOST_PAGES
        return self._cut_short

    def conclude(self) -> None:
        """
        Return when the list surely doesn't hold the order.

        Raises:
            CannotBeAsked: it can't be told; names the tasks that could be it.
        """
        if self._cut_short or (self._candidates and not self._echoed):
            raise CannotBeAsked(
                f"'{self._order.request.name}': {self._title} doesn't say which of its tasks is this order"
                f"{self._in_words()}.",
                remedy="Look in the service's console; adopt the task's id, or order again knowingly.",
                service=SERVICE,
                charged=None,
            )

    def _in_words(self) -> str:
        named = ", ".join(self._candidates[:5])
        return f" (it could be {named})" if named else ""

    def _could_be(self, item: dict[str, Any]) -> bool:
        """Whether a task that tells no token fits what was ordered, as far as it says."""
        created = item.get("created_at")
        if isinstance(created, (int, float)) and created < self._since - _CLOCK_SECONDS:
            return False
        # An endpoint id (ep-…) may come back as the name of the model behind it.
        model = item.get("model")
        return self._model.startswith("ep-") or not isinstance(model, str) or model == self._model
