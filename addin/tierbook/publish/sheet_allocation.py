"""分配建议: which customers should change hands, and why. People write 接受: see `written_allocation`.

Written only when somebody asks for a proposal; a refresh leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import schema
from ..labels import Language, text
from . import theme
from .book import Book
from .columns import Column
from .records import Report
from .titled import last_row, long_sheet, place_of, shade_by_value, titled_sheet

YOURS = frozenset({"accept", "remark"})
"""Columns that belong to whoever decides."""


@dataclass(frozen=True)
class Change:
    """One row of 分配建议. Fits are shares; `accept` is what stands there before anybody decides."""

    customer_id: str
    name: str
    tier: str
    place: str
    revenue: float
    owner: str
    to: str
    why: str
    fit_before: float | None
    fit_after: float | None
    accept: str


def allocation_columns(language: Language, people: Sequence[str] = ()) -> list[Column]:
    def title(key: str) -> str:
        return text(f"allocation.{key}", language)

    customer = {column.key: column.name.of(language) for column in schema.CUSTOMERS.columns}
    words = (title("yes"), title("no"), *people)
    return [
        Column("customer_id", customer["customer_id"], "id"),
        Column("name", customer["name"], "text", bold=True, width=30.0),
        Column("tier", title("tier"), "choice", width=9.0),
        Column("place", title("place"), "text", width=17.0),
        Column("revenue", title("revenue"), "whole_money"),
        Column("owner", title("from"), "text", width=12.0),
        Column("to", title("to"), "text", bold=True, width=12.0),
        Column(
            "accept", title("accept"), "choice", title("accept_note"), words, fill="yours", width=12.0, strict=False
        ),
        Column("why", title("why"), "long", width=38.0),
        Column("fit_before", title("fit_before"), "percent", number="0%"),
        Column("fit_after", title("fit_after"), "percent", number="0%"),
        Column("remark", title("remark"), "long", fill="yours", width=24.0),
    ]


def add_allocation_sheet(
    book: Book, report: Report, *, changes: Sequence[Change], people: Sequence[str], hint: str
) -> None:
    """The table, the highest tiers first; people's words stay with their customer."""
    columns = allocation_columns(book.language, people)
    rows = [[None if column.key == "remark" else getattr(one, column.key) for column in columns] for one in changes]
    title = f"{text('allocation.title', book.language)} · {report.stamp.as_of.isoformat()}"
    sheet = titled_sheet(book, "allocation", hint, title=title)
    columns = long_sheet(book, sheet, columns, rows, table="Allocation")
    last = last_row(rows)
    shade_by_value(
        book, sheet, place_of(columns, "tier"), last, report.tier_names, theme.shades(len(report.tier_names))
    )
    shades = (theme.Shade("#DDF1E6", theme.GOOD, theme.GOOD), theme.Shade("#FBE3DF", theme.BAD, theme.BAD))
    words = [text(f"allocation.{key}", book.language) for key in ("yes", "no")]
    shade_by_value(book, sheet, place_of(columns, "accept"), last, words, shades)
