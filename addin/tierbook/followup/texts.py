"""Texts of a play with places: `{recency_days} 天没有下单` becomes a sentence about one customer.

A place names an indicator, a customer column or a result in any spelling a rule may use. Nothing else is
understood inside braces: no format codes, no attributes. The model's check finds places nobody can fill.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..errors import ModelError
from ..labels import Language, text
from ..model.holidays import holidays
from ..model.nodes import Column
from ..model.types import IndicatorKind, Model, Play
from ..model.words import MOVES, Vocabulary, folded

PLACE = re.compile(r"\{([^{}]*)\}")
OFFER = "next_category"
"""The column of the category to offer next."""


def places(template: str) -> tuple[str, ...]:
    """The words in braces, in order, each once."""
    return tuple(dict.fromkeys(PLACE.findall(template)))


@dataclass(frozen=True)
class PlayTexts:
    """Action and reason of a play in one language, ready to be filled.

    `columns` maps each word in braces to the column it means.
    """

    action: str
    reason: str
    columns: Mapping[str, Column]

    @classmethod
    def of(cls, play: Play, names: Vocabulary, language: Language) -> PlayTexts:
        """
        Raises:
            ModelError: a word in braces is not one we know.
        """
        action, reason = play.action.of(language), play.reason.of(language)
        words = (*places(action), *places(reason))
        for word in words:
            if folded(word) not in names.columns:
                raise ModelError("followup.unknown_place", where=play.where or play.key, word=word)
        return cls(action, reason, {word: names.columns[folded(word)] for word in words})

    def filled(self, values: Mapping[str, str]) -> tuple[str, str]:
        """Action and reason with the words people read; `values` maps column keys to them."""

        def word(match: re.Match[str]) -> str:
            return values[self.columns[match[1]].key]

        return PLACE.sub(word, self.action), PLACE.sub(word, self.reason)


Show = Callable[[object], str]


def shows(columns: Iterable[Column], model: Model, language: Language) -> dict[str, Show]:
    """How each column's value is written for people."""
    indicators = {indicator.key: indicator for indicator in model.indicators}
    named = {
        "previous_tier": {tier.key: tier.name.of(language) for tier in model.scale(model.main_scale).tiers},
        "tier_move": {move.key: move.name.of(language) for move in MOVES},
        "next_holiday": {holiday.key: holiday.name.of(language) for holiday in holidays()},
    }
    found: dict[str, Show] = {}
    for column in columns:
        indicator = indicators.get(column.key) if column.origin == "indicator" else None
        if column.key == OFFER:
            found[column.key] = _offer(language)
        elif column.key in named:
            found[column.key] = _namer(named[column.key], language)
        elif indicator is None:
            found[column.key] = _shower("number", percent=False, language=language)
        else:
            found[column.key] = _shower(indicator.kind, percent=indicator.unit.en == "%", language=language)
    return found


def _offer(language: Language) -> Show:
    """A customer nobody can recommend anything to is offered what goes with its usual purchases."""
    return lambda category: str(category or text("followup.no_offer", language))


def _namer(names: Mapping[str, str], language: Language) -> Show:
    return lambda key: shown(names.get(str(key)), "text", language=language)


def _shower(kind: IndicatorKind, *, percent: bool, language: Language) -> Show:
    return lambda value: shown(value, kind, percent=percent, language=language)


def shown(value: object, kind: IndicatorKind, *, percent: bool = False, language: Language) -> str:
    """A value as a sentence holds it, without its unit: 1,234.50 · 62.5% · 2026-10-31 · 12.

    Money and its means have cents only where there are any, other numbers at most one decimal. No value is the
    words for "no data".
    """
    if value is None or value == "":
        return text("followup.no_value", language)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool) or kind == "flag":
        return text("followup.yes" if value else "followup.no", language)
    if isinstance(value, int | float | Decimal):
        if percent:
            return f"{_trimmed(f'{float(value) * 100:,.1f}')}%"
        return _trimmed(f"{value:,.2f}") if kind in {"money", "mean_money"} else _trimmed(f"{value:,.1f}")
    return str(value)


def _trimmed(number: str) -> str:
    """The number without decimals that are all zero."""
    whole, _, decimals = number.partition(".")
    shortened = number if decimals.strip("0") else whole
    return "0" if shortened == "-0" else shortened
