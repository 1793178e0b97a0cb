"""The dashboard as a page: the figures of the sheet 看板, by the same functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..labels import text
from ..publish import theme
from ..publish.dashboard_matrix import heat
from ..publish.dashboard_tiles import tiles
from ..publish.numbers import by_group, churn_watch, months_of_revenue, tier_overview, top_customers, value_matrix
from ..publish.titled import stamped_title
from . import charts
from .charts import THIRD, Bar
from .kpi_panels import kpi_panels
from .page import rendered
from .parts import Cell, Chart, Lines, Page, Panel, Section, Table, Tile
from .words import count, money, percent, plain

if TYPE_CHECKING:
    from ..publish import Report

MONTHS = 18
LISTED = 10
WHITE_ABOVE = 0.42
"""Share of the fullest cell above which white figures are easier to read than dark ones."""


def dashboard_html(report: Report) -> str:
    """The dashboard of a report as HTML text."""
    return rendered(dashboard_page(report))


def dashboard_page(report: Report) -> Page:
    language = report.language
    hint = text("publish.dashboard_hint", language, model=report.model.name.of(language),
                version=report.stamp.model_version)  # fmt: skip
    return Page(
        language,
        stamped_title("dashboard", report),
        hint,
        [_tile(report, one) for one in tiles(report)],
        [
            Section("", [*_groups(report), *_stages(report)]),
            Section(text("pages.kpi_heading", language), kpi_panels(report)),
            Section("", [_matrix(report), _overview(report), _tasks(report), _moves(report), _top(report),
                         _watch(report)]),
        ],
        foot(report),
    )  # fmt: skip


def foot(report: Report) -> str:
    stamp = report.stamp
    return text("pages.foot", report.language, as_of=stamp.as_of.isoformat(),
                model=report.model.name.of(report.language), version=stamp.model_version,
                data=stamp.data_fingerprint)  # fmt: skip


def title(report: Report, key: str, **values: object) -> str:
    return text(f"publish.{key}", report.language, **values)


def _tile(report: Report, one: object) -> Tile:
    """A tile of the sheet, its figure written out as the sheet's number format shows it."""
    value, number = one.value, one.number  # type: ignore[attr-defined]
    shown = (
        percent(value) if number.endswith("%") else count(value) if number == "#,##0" else money(value, report.language)
    )
    return Tile(one.title, shown, one.comparison, one.mood)  # type: ignore[attr-defined]


def _groups(report: Report) -> list[Panel]:
    language = report.language
    rows = {name: (customers, amount) for name, customers, amount in by_group(report, "tier")}
    shades = theme.shades(len(report.tier_names))
    people = [Bar(name, rows.get(name, (0, 0))[0], count(rows.get(name, (0, 0))[0]), shade.solid)
              for name, shade in zip(report.tier_names, shades, strict=True)]  # fmt: skip
    whole = sum(max(amount, 0.0) for _, amount in rows.values()) or 1.0
    parts = [Bar(name, rows.get(name, (0, 0.0))[1], percent(max(rows.get(name, (0, 0.0))[1], 0.0) / whole), shade.solid)
             for name, shade in zip(report.tier_names, shades, strict=True)]  # fmt: skip
    months = months_of_revenue(report, MONTHS)
    largest = max((amount for _, amount, _ in months), default=0.0)
    columns = [Bar(month[2:], amount, money(amount, language, largest=largest),
                   theme.NAVY if place == len(months) - 1 else theme.SKY)
               for place, (month, amount, _) in enumerate(months)]  # fmt: skip
    tiers, revenue, by_month = (title(report, key) for key in ("chart_tiers", "chart_money", "chart_months"))
    return [
        Panel(tiers, [Chart(charts.bars(people, width=THIRD, title=tiers))], 4),
        Panel(revenue, [Chart(charts.shares(parts, width=THIRD, title=revenue))], 4),
        Panel(by_month, [Chart(charts.columns(columns, width=THIRD, height=170, title=by_month))], 4),
    ]


def _stages(report: Report) -> list[Panel]:
    found = {name: customers for name, customers, _ in by_group(report, "segment")}
    classes = [Bar(one.name.of(report.language), found.get(one.name.of(report.language), 0),
                   count(found.get(one.name.of(report.language), 0)), theme.NAVY if one.m else theme.SKY)
               for one in report.model.rfm.classes]  # fmt: skip
    alarming = {rule.name.of(report.language) for rule in report.model.stages if rule.key in {"at_risk", "lost"}}
    stages = [Bar(name, customers, count(customers), theme.RUST if name in alarming else "#2F9E8F")
              for name, customers, _ in by_group(report, "stage")]  # fmt: skip
    named = {key: title(report, key) for key in ("chart_segments", "chart_stages")}
    return [
        Panel(named["chart_segments"], [Chart(charts.bars(classes, title=named["chart_segments"]))], 6),
        Panel(named["chart_stages"], [Chart(charts.bars(stages, title=named["chart_stages"]))], 6),
    ]


def _matrix(report: Report) -> Panel:
    levels, cells = report.model.rfm.levels, value_matrix(report)
    most = max((customers for customers, _ in cells.values()), default=0)
    largest = max((mean for _, mean in cells.values()), default=0.0)
    rows: list[list[str | Cell]] = []
    for r in range(levels, 0, -1):
        row: list[str | Cell] = [f"R{r}"]
        for f in range(1, levels + 1):
            customers, mean = cells.get((r, f), (0, 0.0))
            full = customers / most if most else 0.0
            ink = theme.PAPER if full > WHITE_ABOVE else theme.INK
            told = f"{customers} · {money(mean, report.language, largest=largest)}" if customers else "–"
            row.append(Cell(told, heat(full), ink))
        rows.append(row)
    heads = [("", "left"), *((f"F{level}", "center") for level in range(1, levels + 1))]
    return Panel(
        title(report, "matrix_title"), [Table(heads, rows), Lines([text("pages.matrix_note", report.language)])], 6
    )


def _overview(report: Report) -> Panel:
    language = report.language
    rows = tier_overview(report)
    most = max((row[3] for row in rows), default=0.0)
    heads = [(title(report, key), "left" if key == "tier" else "right")
             for key in ("tier", "customers", "share", "amount_short", "money_share", "mean_order",
                         "mean_score")]  # fmt: skip
    told = [[row[0], count(row[1]), percent(row[2]), money(row[3], language, largest=most), percent(row[4]),
             money(row[5], language), plain(None if row[6] is None else float(row[6]))] for row in rows]  # fmt: skip
    return Panel(title(report, "overview_title"), [Table(heads, told)], 6)


def _tasks(report: Report) -> Panel:
    """Open, overdue and finished tasks of each person."""
    language = report.language
    people: dict[str, list[int]] = {}
    for task in report.tasks:
        counts = people.setdefault(task.owner or title(report, "no_owner"), [0, 0, 0])
        if task.status == "done":
            counts[2] += 1
        elif not task.is_closed:
            counts[0] += 1
            counts[1] += task.due < report.stamp.as_of
    rows: list[list[str | Cell]] = [
        [owner, count(opened), Cell(count(late), mood=-1 if late else 0), count(done),
         percent(done / (done + opened), 0) if done + opened else "–"]
        for owner, (opened, late, done) in sorted(people.items(), key=lambda one: (-one[1][0], one[0]))
    ]  # fmt: skip
    heads = [(title(report, "owner"), "left"), (text("pages.tasks_open", language), "right"),
             (title(report, "overdue"), "right"), (text("pages.tasks_finished", language), "right"),
             (text("pages.tasks_rate", language), "right")]  # fmt: skip
    return Panel(text("pages.tasks_done", language), [Table(heads, rows, text("pages.no_tasks", language))], 6)


def _moves(report: Report) -> Panel:
    language = report.language
    since = report.kept.since
    heads = [(title(report, "customer"), "left"), (title(report, "tier_before"), "center"),
             (title(report, "tier_after"), "center"), (title(report, "score_change"), "right")]  # fmt: skip
    rows: list[list[str | Cell]] = [
        [move.name or move.customer_id, move.before, Cell(move.after, mood=1 if move.rank_change > 0 else -1),
         f"{move.score_after - move.score_before:+.1f}"]
        for move in list(report.moves)[:LISTED]
    ]  # fmt: skip
    nobody = text("pages.moves_none", language) if report.kept.previous else title(report, "moves_none_yet")
    content: list[Chart | Table | Lines] = [Table(heads, rows, nobody)]
    if report.moves:
        rose = sum(move.rank_change > 0 for move in report.moves)
        told = text("pages.moves_counts", language, rose=rose, fell=len(report.moves) - rose)
        content.insert(0, Lines([told]))
    named = (
        text("pages.moves_heading", language, since=since.isoformat()) if since else text("pages.moves_first", language)
    )
    return Panel(named, content, 6)


def _top(report: Report) -> Panel:
    language = report.language
    rows = top_customers(report, LISTED)
    total = float(report.engine.value("SELECT COALESCE(SUM(amount_12m), 0) AS amount FROM results") or 0)
    most = max((row[4] for row in rows), default=0.0)
    heads = [(title(report, key), align) for key, align in (
        ("customer", "left"), ("tier", "center"), ("score", "right"), ("amount_short", "right"),
        ("share", "right"))]  # fmt: skip
    told = [[row[1] or row[0], row[2], plain(float(row[3])), money(row[4], language, largest=most),
             percent(row[4] / total if total else None)] for row in rows]  # fmt: skip
    return Panel(title(report, "top_title", count=LISTED), [Table(heads, told, title(report, "nobody"))], 6)


def _watch(report: Report) -> Panel:
    language = report.language
    rows = churn_watch(report, LISTED)
    most = max((row[6] for row in rows), default=0.0)
    heads = [(title(report, key), align) for key, align in (
        ("customer", "left"), ("owner", "left"), ("days_since", "right"), ("times_overdue", "right"),
        ("amount_short", "right"))]  # fmt: skip
    told = [[row[1] or row[0], row[2] or "–", count(row[3]), f"{float(row[5]):.1f}×",
             money(row[6], language, largest=most)] for row in rows]  # fmt: skip
    return Panel(title(report, "watch_title"), [Table(heads, told, title(report, "nobody_late"))], 6)
