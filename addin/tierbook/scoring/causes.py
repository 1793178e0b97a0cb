"""What changed in the facts about a customer between two looks, as kinds with counts: why somebody moved.

A look keeps only totals per customer. What was dated after the earlier look is new (an order, a return, a visit); what
was dated before it but was not there then came late; where totals fell without a return, something was merged, put
right or taken out; and an order that left the twelve months has aged out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """One thing that changed. `key` names its words in `labels`; cents where money came or went."""

    key: str
    count: int = 0
    cents: int = 0


def as_text(causes: Iterable[Cause]) -> str:
    """The causes as JSON, for a ledger or a hidden sheet."""
    return json.dumps([[one.key, one.count, one.cents] for one in causes], ensure_ascii=False, separators=(",", ":"))


def from_text(told: str) -> list[Cause]:
    """The causes that `as_text` wrote; none for an empty text."""
    return [Cause(str(key), int(count), int(cents)) for key, count, cents in json.loads(told)] if told else []


def drivers_as_text(drivers: Iterable[tuple[str, int]]) -> str:
    """Indicators and the millionths of a point each changed by, as JSON."""
    return json.dumps([[key, points] for key, points in drivers], ensure_ascii=False, separators=(",", ":"))


def drivers_from_text(told: str) -> list[tuple[str, int]]:
    return [(str(key), int(points)) for key, points in json.loads(told)] if told else []


def drivers(before: Mapping[str, int], now: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Indicators whose points changed, the largest change first (tie: the scorecard's order).

    Args:
        before, now: millionths of a point by indicator; what did not count is absent or 0. `now` in the card's order.
    """
    changes = [(key, points - before.get(key, 0)) for key, points in now]
    return sorted((one for one in changes if one[1]), key=lambda one: -abs(one[1]))
