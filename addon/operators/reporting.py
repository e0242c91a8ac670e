"""How operators tell the editor what went wrong: what happened, to which strip, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any


def reports_errors(execute: Callable[..., set[str]]) -> Callable[..., set[str]]:
    """Let an operator report our errors in its own window instead of dying of them."""

    @wraps(execute)
    def reporting(self: Any, context: Any) -> set[str]:
        from second_unit.errors import SecondUnitError

        try:
            return execute(self, context)
        except SecondUnitError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}

    return reporting
