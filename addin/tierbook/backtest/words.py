"""What a backtest found, in sentences: the same for the terminal and for the sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ..labels import Language, text
from .records import Estimate, Found, Ranking, Suggestion

LARGE = 0.1
"""Share of revenue of one customer from which the comparison rests on few."""
CENTS = 100
Verdict = Literal["better", "worse", "even", "unsaid"]


def money(cents: int) -> str:
    return f"{cents / CENTS:,.2f}"


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def span_of(found: Estimate | None, form: Callable[[float], str]) -> str:
    """`35.2% ~ 46.1%`; a dash where there is nothing to say."""
    return "–" if found is None else f"{form(found.low)} ~ {form(found.high)}"


def with_span(found: Estimate | None, form: Callable[[float], str]) -> str:
    """`0.78（0.70 ~ 0.84）`."""
    return "–" if found is None else f"{form(found.value)} ({span_of(found, form)})"


def plain(value: float) -> str:
    return f"{value:.3f}"


def signed(value: float) -> str:
    return f"{value:+.3f}"


def verdict(behind: Estimate | None) -> Verdict:
    """What the score's lead over a rival says: better or worse only where its whole interval does."""
    if behind is None:
        return "unsaid"
    return "better" if behind.low > 0 else "worse" if behind.high < 0 else "even"


def verdict_words(ranking: Ranking, behind: Estimate | None, language: Language) -> str:
    return "" if ranking.key == "score" else text(f"backtest.{verdict(behind)}", language)


def people_lines(found: Found, language: Language) -> list[str]:
    """Who was known, who bought, who left; what is too little to say anything."""

    def say(key: str, **values: object) -> str:
        return text(f"backtest.{key}", language, **values)

    asked, stayed = found.asked, found.active - found.left
    told = [
        say("people", customers=f"{found.customers:,}", buyers=f"{found.buyers:,}", revenue=money(found.revenue)),
        say(
            "leavers", active_days=found.settings.active_days, active=f"{found.active:,}", days=asked.days,
            left=f"{found.left:,}", rate=percent(found.left / found.active if found.active else None),
        ),
    ]  # fmt: skip
    if found.newcomers:
        everything = found.newcomers_revenue + found.revenue
        share = percent(found.newcomers_revenue / everything if everything > 0 else None)
        told.append(say("newcomers", count=f"{found.newcomers:,}", revenue=money(found.newcomers_revenue), share=share))
    if found.largest is not None and found.largest >= LARGE:
        told.append(say("largest", share=percent(found.largest)))
    needed = found.settings.min_events
    if not found.enough_revenue:
        told.append(say("few_revenue", count=f"{found.buyers:,}", needed=needed))
    if not found.enough_churn:
        told.append(say("few_churn", left=f"{found.left:,}", stayed=f"{stayed:,}", needed=needed))
    if found.empty_deciles:
        told.append(say("empty_deciles", numbers=", ".join(map(str, found.empty_deciles))))
    return told


def head_line(found: Found, language: Language) -> str:
    asked = found.asked
    return text(
        "backtest.head", language, at=asked.at.isoformat(), days=asked.days, end=asked.end.isoformat()
    )  # fmt: skip


def evidence_lines(found: Found, suggestion: Suggestion | None, language: Language) -> list[str]:
    """What the suggested weights gain on customers they were not found on, and whether that proves anything."""
    if suggestion is None:
        others = found.customers - found.buyers
        return [
            text(
                "backtest.no_weights", language, buyers=f"{found.buyers:,}", others=f"{others:,}",
                per_weight=found.settings.per_weight,
            )
        ]  # fmt: skip
    if not suggestion.settings:
        return [text("backtest.same_weights", language)]
    told = [
        text(f"backtest.{key}", language, now=with_span(now, plain), then=with_span(then, plain),
             gain=with_span(gain, signed))
        for key, now, then, gain in (
            ("gain_gini", suggestion.gini_now, suggestion.gini_then, suggestion.gini_gain),
            ("gain_auc", suggestion.auc_now, suggestion.auc_then, suggestion.auc_gain),
        )
        if gain is not None
    ]  # fmt: skip
    return [
        *told,
        text(f"backtest.{'proven' if suggestion.proven else 'unproven'}", language),
        text("backtest.purpose", language),
    ]


def set_options(suggestion: Suggestion) -> str:
    """The suggestion as options of the command line."""
    return " ".join(f"--set {setting}" for setting in suggestion.settings)
