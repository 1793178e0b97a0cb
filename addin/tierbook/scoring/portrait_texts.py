"""Portraits in words, ready for a card, a cell or the screen."""

from __future__ import annotations

from collections.abc import Sequence

from ..labels import Language, text
from ..model.types import Model
from ..schema import CHANNELS, TOPICS
from .complaints import KINDS
from .display import names
from .habits import Habit
from .portraits import Portrait

LINES = (
    *("worth", "risk", "needs", "next", "next_why", "order_channel", "rhythm", "habit"),
    *("topics", "complaints", "satisfaction", "contact"),
)
"""What a portrait says, in this order; titles are the labels `portraits.<line>`."""

LATE = 1.05
"""Times the usual interval from which a rhythm says how late an order is: 1.1 and more, as it is shown."""


def told(portrait: Portrait, model: Model, language: Language) -> dict[str, str]:
    """Line -> words, all of LINES; "" where there is nothing to say."""
    words = _Words(portrait, model, language)
    return {line: getattr(words, line)() for line in LINES}


def title_of(line: str, language: Language) -> str:
    return text(f"portraits.{line}", language)


class _Words:
    """One method a line."""

    def __init__(self, portrait: Portrait, model: Model, language: Language) -> None:
        self._portrait, self._model, self._language = portrait, model, language
        self._figures = portrait.figures
        self._between = text("scoring.between_tags", language)

    def _say(self, key: str, **values: object) -> str:
        return text(f"portraits.{key}", self._language, **values)

    def worth(self) -> str:
        clv = self._figures.get("clv")
        if clv is None:
            return ""
        if self._portrait.is_group:
            return self._say("worth_group", clv=f"{clv:,.0f}")
        low, high = (self._figures.get(key, clv) for key in ("clv_low", "clv_high"))
        return self._say("worth_one", clv=f"{clv:,.0f}", low=f"{low:,.0f}", high=f"{high:,.0f}")

    def risk(self) -> str:
        risk = self._figures.get("churn_risk")
        if risk is None:
            return ""
        return self._say("risk_group", risk=f"{risk:.0%}") if self._portrait.is_group else f"{risk:.0%}"

    def needs(self) -> str:
        return self._between.join(f"{name} {share:.0%}" for name, share in self._portrait.categories)

    def next(self) -> str:
        if self._portrait.is_group:
            return self._between.join(
                self._say("of_members", name=name, count=f"{count:,}") for name, count in self._portrait.offers
            )
        return self._portrait.offer.category

    def next_why(self) -> str:
        offer = self._portrait.offer
        if self._portrait.is_group:
            return ""
        if offer.category:
            return self._say(
                "rule", because=offer.because, confidence=f"{offer.confidence or 0:.0%}",
                lift=f"{offer.lift or 0:.2f}", support=f"{offer.support or 0:.0%}",
            )  # fmt: skip
        values = {
            "few_buyers": {"least": _param(self._model, "next_min_buyers")},
            "bought_nothing": {"months": _param(self._model, "next_months") or "12"},
        }
        return self._say(offer.why, **values.get(offer.why, {})) if offer.why else ""

    def order_channel(self) -> str:
        counts = self._portrait.order_channels
        total = self._portrait.channel_orders
        return self._between.join(f"{name} {count / total:.0%}" for name, count in counts)

    def rhythm(self) -> str:
        interval, recency, fold = (self._figures.get(key) for key in ("interval_days", "recency_days", "overdue_ratio"))
        if self._portrait.is_group:
            return "" if interval is None else self._say("rhythm_group", interval=f"{interval:,.0f}")
        if recency is None:
            return ""
        if interval is None or fold is None:
            return self._say("rhythm_unknown", recency=f"{recency:,.0f}")
        shown = f"{interval:,.0f}" if interval >= 1 else f"{interval:.1f}"
        key = "rhythm_late" if fold >= LATE else "rhythm_known"
        return self._say(key, interval=shown, recency=f"{recency:,.0f}", fold=f"{fold:,.1f}")

    def habit(self) -> str:
        found = [self._habit("weekday", "day", "weekdays", self._portrait.weekday),
                 self._habit("season", "quarter", "quarters", self._portrait.season)]  # fmt: skip
        return text("scoring.between_reasons", self._language).join(filter(None, found))

    def _habit(self, key: str, place: str, among: str, habit: Habit | None) -> str:
        if habit is None:
            return ""
        named = self._say(among).split("|")[habit.place]
        return self._say(key, **{place: named}, share=f"{habit.share:.0%}", orders=f"{habit.orders:,}")

    def topics(self) -> str:
        return self._counts(self._portrait.topics, names(TOPICS, self._language))

    def complaints(self) -> str:
        """Those of 12 months by kind, and those still open, whenever they came."""
        count, still = self._portrait.complained, int(self._figures.get("open_complaints", 0))
        kinds = self._counts(self._portrait.complaints, names(KINDS, self._language))
        found = [self._say("complained", count=f"{count:,}", kinds=kinds) if count else "",
                 self._say("unsolved", count=f"{still:,}") if still else ""]  # fmt: skip
        return text("scoring.between_reasons", self._language).join(filter(None, found))

    def satisfaction(self) -> str:
        csat = self._figures.get("csat")
        if csat is None:
            return ""
        shown = f"{csat:.1f}".removesuffix(".0")
        if self._portrait.is_group:
            return self._say("score_group", score=f"{csat:.1f}")
        least = _param(self._model, "low_csat")
        return self._say("score_low" if least and csat <= float(least) else "score", score=shown)

    def contact(self) -> str:
        return self._counts(self._portrait.contacts, names(CHANNELS, self._language))

    def _counts(self, counts: Sequence[tuple[str, int]], shown: dict[str, str]) -> str:
        return self._between.join(self._say("counted", name=shown[key], count=f"{count:,}") for key, count in counts)


def _param(model: Model, key: str) -> str:
    """A parameter as text; "" where the model has none."""
    return str(model.params[key].value) if key in model.params else ""
