"""The key figures at the top of the dashboard, each with what it is compared to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..labels import text
from .money import short_money
from .numbers import Span, spans
from .records import Report

Mood = Literal[-1, 0, 1]


@dataclass(frozen=True)
class Tile:
    """A key figure. `mood` colours the comparison: 1 good, -1 bad, 0 neither."""

    title: str
    value: float | int | None
    number: str
    comparison: str
    mood: Mood = 0


def tiles(report: Report) -> list[Tile]:
    """客户数, 有效客户, 近12个月金额, 客单价, 复购率, share of the top tier, 流失风险人数."""
    found = spans(report)
    year, months = found.year, found.months
    pair = (found.now, found.before) if found.now and found.before else None
    money = report.language

    def tile(key: str, value: float | None, number: str, part: str) -> Tile:
        words, mood = _change(report, pair, months, part)
        return Tile(text(f"publish.{key}", report.language), value, number, words, mood)

    return [
        _customers(report),
        tile("active_customers", year.buyers, "#,##0", "buyers"),
        tile("amount_12m", year.amount, short_money(year.amount, money), "amount"),
        tile("mean_order", year.mean_order, short_money(year.mean_order or 0, money), "mean_order"),
        tile("repurchase", year.repurchase, "0.0%", "repurchase"),
        _top_share(report),
        _at_risk(report),
    ]


def _change(report: Report, pair: tuple[Span, Span] | None, months: int | None, part: str) -> tuple[str, Mood]:
    """`较前6个月 +8.2%`; shares change in points."""
    if pair is None:
        return text("publish.nothing_to_compare", report.language), 0
    now, before = (getattr(one, part) for one in pair)
    if now is None or not before:
        return text("publish.nothing_to_compare", report.language), 0
    if part == "repurchase":
        change = text("publish.points", report.language, value=f"{(now - before) * 100:+.1f}")
        moved = now - before
    else:
        change = f"{now / before - 1:+.1%}"
        moved = now / before - 1
    mood: Mood = 1 if moved > 0.0005 else -1 if moved < -0.0005 else 0
    return text("publish.against_before", report.language, months=months, change=change), mood


def _customers(report: Report) -> Tile:
    count = report.scored.customers
    title = text("publish.customers", report.language)
    if not report.kept.previous:
        buyers = text("publish.of_them_buyers", report.language, count=f"{report.scored.buyers:,}")
        return Tile(title, count, "#,##0", buyers)
    change = count - len(report.kept.previous)
    words = text("publish.against_last_refresh", report.language, change=f"{change:+,}")
    return Tile(title, count, "#,##0", words, 1 if change > 0 else -1 if change < 0 else 0)


def _top_share(report: Report) -> Tile:
    """Share of 12 months' money that the highest tier brought."""
    top = report.tier_names[0]
    total, part, people = report.engine.rows(
        "SELECT CAST(COALESCE(SUM(amount_12m), 0) AS DOUBLE) AS total, "
        "CAST(COALESCE(SUM(CASE WHEN tier = ? THEN amount_12m END), 0) AS DOUBLE) AS part, "
        "COALESCE(SUM(CASE WHEN tier = ? THEN 1 ELSE 0 END), 0) AS people FROM results",
        [top, top],
    )[0]
    words = text("publish.by_customers", report.language, count=f"{int(people):,}")
    return Tile(text("publish.top_share", report.language, tier=top), part / total if total else None, "0.0%", words)


def _at_risk(report: Report) -> Tile:
    """Customers in the stage `at_risk`, and their share."""
    title = text("publish.at_risk", report.language)
    stage = next((rule for rule in report.model.stages if rule.key == "at_risk"), None)
    if stage is None:
        return Tile(title, None, "#,##0", "")
    count = report.engine.value("SELECT COUNT(*) AS n FROM results WHERE stage = ?", [stage.name.of(report.language)])
    share = count / report.scored.customers if report.scored.customers else 0
    return Tile(title, count, "#,##0", text("publish.share_of_customers", report.language, share=f"{share:.1%}"))
