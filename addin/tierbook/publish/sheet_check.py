"""数据检查: every delivered row has a place, and what was odd about the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import schema
from ..labels import text
from . import theme
from .blocks import Blocks
from .book import Book
from .check_quality import add_quality
from .columns import Column
from .records import Report
from .tables import HEADER_ROW, allow_digits_as_text
from .titled import stamped_title, titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

EXAMPLES = 200
"""Rows shown per check; the counts above them are complete."""
SEVERITY = 3
"""Where the tables of findings say set aside or notice."""
WIDTHS = (13.0, 42.0, 50.0, 11.0, 11.0, 15.0, 11.0, 11.0)


def add_check_sheet(book: Book, report: Report) -> None:
    accounts = report.cleaned.accounts
    delivered = sum(account.delivered for account in accounts.values())
    aside = sum(sum(account.set_aside.values()) for account in accounts.values())
    merged = sum(sum(account.merged.values()) for account in accounts.values())
    words = text("publish.check_hint", book.language, delivered=f"{delivered:,}",
                 kept=f"{delivered - aside - merged:,}", aside=f"{aside:,}", merged=f"{merged:,}")  # fmt: skip
    sheet = titled_sheet(book, "data_check", words, title=stamped_title("check", report))
    blocks = Blocks(book, sheet, WIDTHS, HEADER_ROW)
    blocks.table("DataAccounts", account_columns(report), account_rows(report))
    blocks.heading(text("publish.checks_heading", book.language))
    first, last = blocks.table("DataChecks", check_columns(report), check_rows(report))
    _mark_aside(book, sheet, first, last)
    add_quality(blocks, report)
    blocks.heading(text("publish.examples_heading", book.language, count=EXAMPLES))
    first, last = blocks.table("DataFindings", example_columns(report), example_rows(report))
    _mark_aside(book, sheet, first, last)
    allow_digits_as_text(sheet, len(WIDTHS))
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    blocks.finish()


def _title(report: Report, key: str) -> str:
    return text(f"publish.{key}", report.language)


def account_columns(report: Report) -> list[Column]:
    return [
        Column("table", _title(report, "table"), "text", bold=True),
        Column("account", _title(report, "account"), "text"),
        Column("reasons", _title(report, "reasons"), "long"),
        Column("delivered", _title(report, "delivered"), "count"),
        Column("kept", _title(report, "kept"), "count"),
        Column("set_aside", _title(report, "set_aside"), "count"),
        Column("merged", _title(report, "merged"), "count"),
        Column("notices", _title(report, "notices"), "count"),
    ]


def account_rows(report: Report) -> list[list[object]]:
    """Per table: delivered = kept + set aside + merged, or the row says that it is not."""
    rows: list[list[object]] = []
    for key, account in report.cleaned.accounts.items():
        aside, merged = sum(account.set_aside.values()), sum(account.merged.values())
        right = account.delivered == account.kept + aside + merged
        words = _title(report, "account_balanced" if right else "account_off")
        between = "，" if report.language != "en" else "; "
        gone = [*account.set_aside.items(), *account.merged.items()]
        reasons = between.join(f"{check_words(report, check)} {count:,}" for check, count in gone)
        rows.append([table_name(report, key), words, reasons, account.delivered, account.kept, aside,
                     merged, sum(account.notices.values())])  # fmt: skip
    return rows


def check_columns(report: Report) -> list[Column]:
    return [
        Column("table", _title(report, "table"), "text", bold=True),
        Column("check", _title(report, "check"), "long"),
        Column("right", _title(report, "right"), "long"),
        Column("severity", _title(report, "severity"), "choice"),
        Column("rows", _title(report, "rows"), "count"),
    ]


def check_rows(report: Report) -> list[list[object]]:
    """Every reason with its count: set aside first, then merged, then notices, the most frequent on top."""
    rows: list[list[object]] = []
    for key, account in report.cleaned.accounts.items():
        for severity, counts in (
            ("set_aside", account.set_aside), ("merged", account.merged), ("notice", account.notices)
        ):  # fmt: skip
            for check, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
                if count:
                    rows.append([table_name(report, key), check_words(report, check), right_words(report, check),
                                 _title(report, f"severity_{severity}"), count])  # fmt: skip
    return rows


def example_columns(report: Report) -> list[Column]:
    return [
        Column("table", _title(report, "table"), "text", bold=True),
        Column("check", _title(report, "check"), "long"),
        Column("value", _title(report, "found_value"), "text"),
        Column("severity", _title(report, "severity"), "choice"),
        Column("row", _title(report, "source_row"), "count"),
        Column("column", _title(report, "column"), "text"),
    ]


def example_rows(report: Report) -> list[list[object]]:
    """Up to EXAMPLES findings per table and check, in the order of the source."""
    found = report.engine.rows(
        "SELECT table_key, check_key, severity, source_row, column_key, value FROM ("
        "SELECT *, ROW_NUMBER() OVER (PARTITION BY table_key, check_key ORDER BY source_row, column_key, value) "
        f"AS place FROM findings) AS numbered WHERE place <= {EXAMPLES} "
        "ORDER BY table_key, severity DESC, check_key, place"
    )
    return [
        [table_name(report, table), check_words(report, check), value, _title(report, f"severity_{severity}"), row,
         column_name(report, table, column)]
        for table, check, severity, row, column, value in found
    ]  # fmt: skip


def table_name(report: Report, key: str) -> str:
    table = schema.table_named(key)
    return table.name.of(report.language) if table else key


def column_name(report: Report, table: str, column: str | None) -> str:
    """A column as people see it; a list of columns is worded one by one."""
    named = schema.table_named(table)
    known = {one.key: one.name.of(report.language) for one in named.columns} if named else {}
    return known.get(column or "", column or "")


def check_words(report: Report, check: str) -> str:
    """What a check found, in the user's words (the room `cleaning` writes them)."""
    return text(f"cleaning.{check}", report.language)


def right_words(report: Report, check: str) -> str:
    """What would be right instead."""
    return text(f"cleaning.right_{check}", report.language)


def _mark_aside(book: Book, sheet: Worksheet, first: int, last: int) -> None:
    """Set-aside rows stand out: they do not count anywhere."""
    sheet.conditional_format(
        first, SEVERITY, last, SEVERITY,
        {"type": "cell", "criteria": "==", "value": f'"{text("publish.severity_set_aside", book.language)}"',
         "format": book.formats.rule(font_color=theme.BAD, bold=True)},
    )  # fmt: skip
