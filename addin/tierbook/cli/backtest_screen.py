"""What a backtest prints: words for people, or the same as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..backtest.words import (
    CENTS,
    evidence_lines,
    head_line,
    money,
    people_lines,
    percent,
    plain,
    set_options,
    signed,
    span_of,
    verdict_words,
    with_span,
)
from ..jobs.backtest import BacktestReport
from ..labels import Language, text
from ..screen import note_words, outcome_json, print_json, print_outcome, table
from .rules_screen import preview_json, print_moves

POINTS = 1_000_000
"""A point of the score is kept in so many parts."""


def show_backtest(report: BacktestReport, language: Language, *, as_json: bool, dry_run: bool) -> int:
    if as_json:
        return print_json(backtest_json(report, language, dry_run=dry_run))
    found = report.found
    assert found is not None
    print(head_line(found, language))
    for line in people_lines(found, language):
        print("  " + line)
    for note in report.facts_notes:
        print("  · " + note_words(note, language))
    print_tiers(report, language)
    print_rankings(report, language)
    print_deciles(report, language)
    print_suggestion(report, language)
    return print_outcome(report, language, dry_run=dry_run) if report.book.name else 0


def tier_names(report: BacktestReport) -> list[str]:
    """Names of the tiers by place, the lowest first."""
    assert report.model is not None
    return [tier.name.of(report.language) for tier in report.model.scale(report.model.main_scale).tiers]


def print_tiers(report: BacktestReport, language: Language) -> None:
    found, names = report.found, tier_names(report)
    assert found is not None
    titles = ("tier", "customers", "share", "ordered", "revenue", "revenue_share", "", "lift", "active", "left",
              "left_rate", "", "left_share")  # fmt: skip
    print(text("backtest.tiers_heading", language))
    rows = [
        [
            names[one.place], f"{one.customers:,}", percent(one.share), f"{one.buyers:,}", money(one.revenue),
            percent(one.revenue_share.value if one.revenue_share else None), span_of(one.revenue_share, percent),
            f"{one.lift:.2f}" if one.lift is not None else "–", f"{one.active:,}", f"{one.left:,}",
            percent(one.left_rate.value if one.left_rate else None), span_of(one.left_rate, percent),
            percent(one.left_share),
        ]
        for one in found.tiers
    ]  # fmt: skip
    print(table([_titles(report, titles, language), *rows], right=range(1, len(titles))))


def _titles(report: BacktestReport, keys: tuple[str, ...], language: Language) -> list[str]:
    assert report.found is not None
    sure = text("backtest.interval", language, confidence=f"{report.found.settings.confidence:.0%}")
    return [text(f"backtest.{key}", language) if key else sure for key in keys]


def print_rankings(report: BacktestReport, language: Language) -> None:
    found = report.found
    assert found is not None
    print(text("backtest.rankings_heading", language))
    titles = ("ranking", "gini", "behind", "verdict", "auc", "behind", "verdict")
    rows = [
        [
            text(f"backtest.by_{one.key}", language), with_span(one.gini, plain), with_span(one.gini_behind, signed),
            verdict_words(one, one.gini_behind, language), with_span(one.auc, plain),
            with_span(one.auc_behind, signed), verdict_words(one, one.auc_behind, language),
        ]
        for one in found.rankings
    ]  # fmt: skip
    print(table([_titles(report, titles, language), *rows]))


def print_deciles(report: BacktestReport, language: Language) -> None:
    found = report.found
    assert found is not None
    print(text("backtest.deciles_heading", language))
    titles = ("decile", "customers", "scores", "revenue", "revenue_share", "gained", "lift", "active", "left",
              "left_rate", "caught")  # fmt: skip
    rows = [
        [
            str(one.number), f"{one.customers:,}", scores_of(one.low, one.high), money(one.revenue),
            percent(one.revenue_share), percent(one.gained), f"{one.lift:.2f}" if one.lift is not None else "–",
            f"{one.active:,}", f"{one.left:,}", percent(one.left_rate.value if one.left_rate else None),
            percent(one.caught),
        ]
        for one in found.deciles
    ]  # fmt: skip
    print(table([_titles(report, titles, language), *rows], right=range(1, len(titles))))


def scores_of(low: int | None, high: int | None) -> str:
    return "–" if low is None or high is None else f"{low / POINTS:.1f} ~ {high / POINTS:.1f}"


def print_suggestion(report: BacktestReport, language: Language) -> None:
    found, suggestion, model = report.found, report.suggestion, report.model
    assert found is not None
    assert model is not None
    print(text("backtest.weights_heading", language))
    if suggestion and suggestion.settings:
        titles = ("indicator", "now", "suggested", "change", "with_data", "note")
        rows = [
            [
                model.indicator(one.indicator).name.of(report.language), f"{one.now:g}", f"{one.suggested:g}",
                f"{one.suggested - one.now:+g}" if one.suggested != one.now else "", f"{one.with_data:,}",
                text(f"backtest.why_{one.why}", language) if one.why else "",
            ]
            for one in suggestion.weights
        ]  # fmt: skip
        print(table([_titles(report, titles, language), *rows], right=range(1, 5)))
    for line in evidence_lines(found, suggestion, language):
        print("  " + line)
    if suggestion and suggestion.settings:
        print("  " + text("backtest.copy_line", language))
        print("    " + set_options(suggestion))
    if report.preview:
        print("  " + moves_line(report, language))
        print("  " + text("backtest.floors", language))
        print_moves(report.preview, language)


def moves_line(report: BacktestReport, language: Language) -> str:
    preview = report.preview
    assert preview is not None
    share = float(preview.revenue_moved / preview.revenue) if preview.revenue else None
    return text(
        "backtest.moves_line", language, as_of=preview.as_of, moved=f"{len(preview.moves):,}",
        rose=f"{preview.rose:,}", fell=f"{preview.fell:,}", money=f"{preview.revenue_moved:,.2f}",
        share=percent(share),
    )  # fmt: skip


def backtest_json(report: BacktestReport, language: Language, *, dry_run: bool) -> dict[str, Any]:
    """Money in currency units, scores in points, shares 0 to 1; None where too little is known to say."""
    found, suggestion, names = report.found, report.suggestion, tier_names(report)
    assert found is not None
    book = outcome_json(report, language, dry_run=dry_run) if report.book.name else {}
    return {
        **book,
        "at": found.asked.at,
        "end": found.asked.end,
        "days": found.asked.days,
        "settings": asdict(found.settings),
        "customers": found.customers,
        "buyers": found.buyers,
        "revenue": found.revenue / CENTS,
        "newcomers": found.newcomers,
        "newcomers_revenue": found.newcomers_revenue / CENTS,
        "active": found.active,
        "left": found.left,
        "largest_customer": found.largest,
        "enough_revenue": found.enough_revenue,
        "enough_churn": found.enough_churn,
        "tiers": [
            {"tier": names[one.place], **asdict(one), "revenue": one.revenue / CENTS, "lift": one.lift}
            for one in found.tiers
        ],
        "rankings": [asdict(one) for one in found.rankings],
        "deciles": [
            {
                **asdict(one), "revenue": one.revenue / CENTS, "low": None if one.low is None else one.low / POINTS,
                "high": None if one.high is None else one.high / POINTS,
            }
            for one in found.deciles
        ],
        "suggestion": asdict(suggestion) if suggestion else None,
        "set": list(suggestion.settings) if suggestion else [],
        "would_move": preview_json(report.preview) if report.preview else None,
        "facts_notes": [note_words(note, language) for note in report.facts_notes],
    }  # fmt: skip
