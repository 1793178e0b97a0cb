"""Portraits in words, ready for a card, a cell or the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..labels import Language, text
from ..model.types import Model
from ..schema import CHANNELS, TOPICS
from .association import NextBest
from .complaints import KINDS
from .display import names
from .habits import Habit
from .portrait_reading import Counted
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
    return teller(model, language)(portrait)


def teller(model: Model, language: Language) -> Callable[[Portrait], dict[str, str]]:
    """`told` for many portraits, with what they have in common found out once."""
    words = _Words(model, language)
    methods = [(line, getattr(words, line)) for line in LINES]
    return lambda portrait: {line: method(portrait) for line, method in methods}


def title_of(line: str, language: Language) -> str:
    return text(f"portraits.{line}", language)


class _Words:
    """One method a line."""

    def __init__(self, model: Model, language: Language) -> None:
        self._language = language
        self._between = text("scoring.between_tags", language)
        self._among = text("scoring.between_reasons", language)
        self._says: dict[str, Callable[..., str]] = {}
        self._counted: dict[tuple[str, Counted], str] = {}
        self._rules: dict[NextBest, str] = {}
        self._shown = {"topics": names(TOPICS, language), "complaints": names(KINDS, language),
                       "contact": names(CHANNELS, language)}  # fmt: skip
        self._days, self._quarters = (self._say(key).split("|") for key in ("weekdays", "quarters"))
        least = _param(model, "low_csat")
        self._low_csat = float(least) if least else None
        self._missing = {
            "few_buyers": {"least": _param(model, "next_min_buyers")},
            "bought_nothing": {"months": _param(model, "next_months") or "12"},
        }

    def _say(self, key: str, **values: object) -> str:
        says = self._says.get(key)
        if says is None:
            says = self._says[key] = text(f"portraits.{key}", self._language).format
        return says(**values)

    def worth(self, portrait: Portrait) -> str:
        figures = portrait.figures
        clv = figures.get("clv")
        if clv is None:
            return ""
        if portrait.is_group:
            return self._say("worth_group", clv=f"{clv:,.0f}")
        low, high = figures.get("clv_low", clv), figures.get("clv_high", clv)
        return self._say("worth_one", clv=f"{clv:,.0f}", low=f"{low:,.0f}", high=f"{high:,.0f}")

    def risk(self, portrait: Portrait) -> str:
        risk = portrait.figures.get("churn_risk")
        if risk is None:
            return ""
        return self._say("risk_group", risk=f"{risk:.0%}") if portrait.is_group else f"{risk:.0%}"

    def needs(self, portrait: Portrait) -> str:
        return self._between.join([f"{name} {share:.0%}" for name, share in portrait.categories])

    def next(self, portrait: Portrait) -> str:
        if portrait.is_group:
            return self._between.join(
                self._say("of_members", name=name, count=f"{count:,}") for name, count in portrait.offers
            )
        return portrait.offer.category

    def next_why(self, portrait: Portrait) -> str:
        if portrait.is_group:
            return ""
        offer = portrait.offer
        if offer not in self._rules:
            self._rules[offer] = self._rule(offer)
        return self._rules[offer]

    def _rule(self, offer: NextBest) -> str:
        if offer.category:
            return self._say(
                "rule", because=offer.because, confidence=f"{offer.confidence or 0:.0%}",
                lift=f"{offer.lift or 0:.2f}", support=f"{offer.support or 0:.0%}",
            )  # fmt: skip
        return self._say(offer.why, **self._missing.get(offer.why, {})) if offer.why else ""

    def order_channel(self, portrait: Portrait) -> str:
        total = portrait.channel_orders
        return self._between.join([f"{name} {count / total:.0%}" for name, count in portrait.order_channels])

    def rhythm(self, portrait: Portrait) -> str:
        figures = portrait.figures
        interval, recency = figures.get("interval_days"), figures.get("recency_days")
        if portrait.is_group:
            return "" if interval is None else self._say("rhythm_group", interval=f"{interval:,.0f}")
        if recency is None:
            return ""
        fold = figures.get("overdue_ratio")
        if interval is None or fold is None:
            return self._say("rhythm_unknown", recency=f"{recency:,.0f}")
        shown = f"{interval:,.0f}" if interval >= 1 else f"{interval:.1f}"
        key = "rhythm_late" if fold >= LATE else "rhythm_known"
        return self._say(key, interval=shown, recency=f"{recency:,.0f}", fold=f"{fold:,.1f}")

    def habit(self, portrait: Portrait) -> str:
        if portrait.weekday is None and portrait.season is None:
            return ""
        found = [self._habit("weekday", "day", self._days, portrait.weekday),
                 self._habit("season", "quarter", self._quarters, portrait.season)]  # fmt: skip
        return self._among.join(filter(None, found))

    def _habit(self, key: str, place: str, among: Sequence[str], habit: Habit | None) -> str:
        if habit is None:
            return ""
        return self._say(key, **{place: among[habit.place]}, share=f"{habit.share:.0%}", orders=f"{habit.orders:,}")

    def topics(self, portrait: Portrait) -> str:
        return self._counts("topics", portrait.topics)

    def complaints(self, portrait: Portrait) -> str:
        """Those of 12 months by kind, and those still open, whenever they came."""
        count, still = portrait.complained, int(portrait.figures.get("open_complaints", 0))
        kinds = self._counts("complaints", portrait.complaints)
        found = [self._say("complained", count=f"{count:,}", kinds=kinds) if count else "",
                 self._say("unsolved", count=f"{still:,}") if still else ""]  # fmt: skip
        return self._among.join(filter(None, found))

    def satisfaction(self, portrait: Portrait) -> str:
        csat = portrait.figures.get("csat")
        if csat is None:
            return ""
        shown = f"{csat:.1f}".removesuffix(".0")
        if portrait.is_group:
            return self._say("score_group", score=f"{csat:.1f}")
        low = self._low_csat is not None and csat <= self._low_csat
        return self._say("score_low" if low else "score", score=shown)

    def contact(self, portrait: Portrait) -> str:
        return self._counts("contact", portrait.contacts)

    def _counts(self, line: str, counts: Counted) -> str:
        """`电话 3 次、在线 1 次`; many customers have the same counts."""
        if not counts:
            return ""
        key = line, tuple(counts)
        if key not in self._counted:
            shown = self._shown[line]
            self._counted[key] = self._between.join(
                self._say("counted", name=shown[name], count=f"{count:,}") for name, count in counts
            )
        return self._counted[key]


def _param(model: Model, key: str) -> str:
    """A parameter as text; "" where the model has none."""
    return str(model.params[key].value) if key in model.params else ""
