"""分层: one row per customer, highest score first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import schema
from ..engine import quoted
from ..labels import text
from . import theme
from .book import Book
from .columns import Column, Kind
from .records import Report
from .tables import FIRST_ROW
from .titled import last_row, long_sheet, place_of, shade_by_value, stamped_title, titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

ARROWS = '"▲ "0;"▼ "0;"–"'
"""Number format of a change of tier: ▲ 1 rose one tier, ▼ 2 fell two, – stayed."""
SIGNED = "+0.0;-0.0;0.0"

_INDICATORS: tuple[tuple[str, Kind], ...] = (
    ("recency_days", "count"), ("orders_12m", "count"), ("amount_12m", "money"), ("aov", "money"),
    ("repurchase_rate", "percent"),
)  # fmt: skip
LAST_PRINTED = "repurchase_rate"
"""Columns behind it are for filtering on the screen; paper would get too small."""


def add_tiers_sheet(book: Book, report: Report) -> None:
    columns = tier_columns(report)
    rows = tier_rows(report, columns)
    words = text("publish.tiers_hint", book.language, model=report.model.name.of(book.language),
                 version=report.stamp.model_version, customers=f"{len(rows):,}", floors=_floors(report))  # fmt: skip
    sheet = titled_sheet(book, "tiers", words, title=stamped_title("tiers", report))
    columns = long_sheet(book, sheet, columns, rows, table="Tiers")
    last = last_row(rows)
    sheet.print_area(
        0, 0, last, next((n for n, one in enumerate(columns) if one.key == LAST_PRINTED), len(columns) - 1)
    )
    shades = theme.shades(len(report.tier_names))
    for key in ("tier", "manual_tier"):
        shade_by_value(book, sheet, place_of(columns, key), last, report.tier_names, shades)
    _score_bar(sheet, place_of(columns, "score"), last)
    for key in ("tier_change", "score_change"):
        colour_changes(book, sheet, place_of(columns, key), last)


def tier_columns(report: Report) -> list[Column]:
    """The columns of 分层: who, where they stand, why in short, then every other scale."""
    language = report.language

    def title(key: str) -> str:
        return text(f"publish.{key}", language)

    customer = {column.key: column.name.of(language) for column in schema.CUSTOMERS.columns}
    columns = [
        Column("customer_id", customer["customer_id"], "id"),
        Column("name", customer["name"], "text", bold=True),
        Column("owner", customer["owner"], "text"),
        Column("tier", title("tier"), "choice", width=10.0 if language != "en" else 12.0),
        Column("manual_tier", title("manual_tier"), "choice", title("manual_tier_note"), width=10.0),
        Column("score", title("score"), "score", width=11.0),
        Column("tier_change", title("tier_change"), "choice", width=9.0, number=ARROWS),
        Column("score_change", title("score_change"), "score", width=10.0, number=SIGNED),
        Column("segment", title("segment"), "text", width=16.0 if language != "en" else 22.0),
        Column("stage", title("stage"), "choice"),
        Column("rfm", title("rfm"), "choice", width=9.0),
    ]
    columns += [Column(key, report.indicator_title(key), kind) for key, kind in _INDICATORS if key in report.columns]
    columns += [
        Column("coverage", title("coverage"), "percent", title("coverage_note")),
        *([Column("amount_all", report.indicator_title("amount_all"), "money")]
          if "amount_all" in report.columns else []),
    ]  # fmt: skip
    columns += [
        Column(f"tier_{scale.key}", scale.name.of(language), "choice")
        for scale in report.model.scales
        if scale.key != report.model.main_scale
    ]
    columns += [
        Column("tags", title("tags"), "text", width=46.0),
        Column("manual_tags", title("manual_tags"), "text", title("manual_tags_note"), width=20.0),
        Column("manual_reason", title("manual_reason"), "text", width=28.0),
        Column("manual_by", title("manual_by"), "text", width=11.0),
        Column("manual_expires", title("manual_expires"), "date"),
    ]
    return columns


def tier_rows(report: Report, columns: list[Column]) -> list[list[object]]:
    """One row per customer of `results`, sorted by score (highest first), then id."""
    ours = ("tier_change", "score_change")
    kept = [column.key for column in columns if column.key not in ours]
    told = report.engine.rows(
        f"SELECT {', '.join(_selected(key) for key in kept)} FROM results ORDER BY score DESC NULLS LAST, customer_id"
    )
    rank = {name: place for place, name in enumerate(report.tier_names)}
    at_id, at_tier, at_score = kept.index("customer_id"), kept.index("tier"), kept.index("score")
    insert = next(place for place, column in enumerate(columns) if column.key == ours[0])
    previous = report.kept.previous
    rows = []
    for row in told:
        before = previous.get(row[at_id])
        change: list[object] = [None, None]
        if before is not None and before[0] in rank and row[at_tier] in rank:
            change = [rank[before[0]] - rank[row[at_tier]], (row[at_score] or 0.0) - before[1]]
        rows.append([*row[:insert], *change, *row[insert:]])
    return rows


def _selected(key: str) -> str:
    """Money leaves the engine as DOUBLE: a sheet knows no decimals, and floats are quicker to fetch."""
    if key in {"amount_12m", "aov", "amount_all"}:
        return f"CAST({quoted(key)} AS DOUBLE) AS {quoted(key)}"
    return quoted(key)


def _floors(report: Report) -> str:
    tiers = list(reversed(report.scale.tiers))
    return " · ".join(f"{tier.name.of(report.language)} ≥ {tier.floor.normalize():f}" for tier in tiers[:-1])


def _score_bar(sheet: Worksheet, column: int, last: int) -> None:
    sheet.conditional_format(
        FIRST_ROW, column, last, column,
        {"type": "data_bar", "bar_solid": True, "bar_color": "#BFD2E6", "min_type": "num", "max_type": "num",
         "min_value": 0, "max_value": 100, "bar_border_color": "#BFD2E6", "data_bar_2010": True},
    )  # fmt: skip


def colour_changes(book: Book, sheet: Worksheet, column: int, last: int, first: int = FIRST_ROW) -> None:
    """Green where it rose, red where it fell; the cells stay numbers people can sort."""
    for criteria, colour in ((">", theme.GOOD), ("<", theme.BAD)):
        sheet.conditional_format(
            first, column, last, column,
            {"type": "cell", "criteria": criteria, "value": 0, "format": book.formats.rule(font_color=colour)},
        )  # fmt: skip
