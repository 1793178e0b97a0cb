"""Sheets tierbook owns: title in A1, help in A2, header in row 4, rows from row 5, ready to print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..labels import text
from . import theme
from .book import Book
from .cells import day_number
from .columns import Column
from .records import Report
from .tables import (
    FIRST_ROW,
    HEADER_ROW,
    add_drop_downs,
    allow_digits_as_text,
    body_looks,
    name_table,
    put_header,
    put_heading,
    row_heights,
    set_widths,
    unique_titles,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Table = Sequence[Sequence[object]]
DAY_CELL = f"$A${HEADER_ROW}"
"""Where `put_day` puts the day: the narrow row above the header."""


def titled_sheet(
    book: Book, key: str, hint: str, *, title: str = "", owner: theme.Owner = "ours", name: str = ""
) -> Worksheet:
    """An empty sheet of ours with its heading; `name` where it has another name than the sheet of that key."""
    sheet = book.sheet(name or book.title_of(key), owner)
    put_heading(book, sheet, title or text(f"sheets.{key}", book.language), hint)
    sheet.set_row(HEADER_ROW - 1, 8)
    return sheet


def put_day(book: Book, sheet: Worksheet, as_of: dt.date) -> None:
    """The day of the refresh in a cell nobody sees, for rules that compare with it."""
    sheet.write_number(HEADER_ROW - 1, 0, float(day_number(as_of)), book.formats.get(num_format=";;;"))


def stamped_title(key: str, report: Report) -> str:
    """`客户分层 · 2026-08-31`."""
    return f"{text(f'publish.{key}_title', report.language)} · {report.stamp.as_of.isoformat()}"


def long_sheet(book: Book, sheet: Worksheet, columns: Sequence[Column], rows: Table, *, table: str,
               owner: theme.Owner = "ours", frozen: int = 2, header: int = HEADER_ROW) -> list[Column]:  # fmt: skip
    """One table that fills the sheet downwards, however many rows; gives the columns as written.

    Rows grow to show all of their long texts.

    Args:
        header: its row; where it stands lower than usual, the rows above scroll away with the table.
    """
    first = header + 1
    columns = unique_titles(columns)
    plain, quoted = body_looks(book, columns)
    widths = set_widths(sheet, columns, rows, [None] * len(columns))
    put_header(book, sheet, header, columns, owner, widths)
    name_table(sheet, book, table, header, 1, columns, owner)
    heights = row_heights(columns, rows, widths)
    book.long_rows(sheet, first + 1, plain, quoted, rows, table=table, header_row=header + 1, heights=heights)
    add_drop_downs(book, sheet, first, last_row(rows, first), columns)
    allow_digits_as_text(sheet, len(columns))
    sheet.freeze_panes(first if header == HEADER_ROW else 0, frozen)
    print_wide(sheet, header)
    return columns


def last_row(rows: Table, first: int = FIRST_ROW) -> int:
    """Index of the last row of a table that starts at FIRST_ROW (an empty table has one blank row)."""
    return first + max(len(rows), 1) - 1


def place_of(columns: Sequence[Column], key: str) -> int:
    return next(place for place, column in enumerate(columns) if column.key == key)


def print_wide(sheet: Worksheet, header: int = HEADER_ROW) -> None:
    """Landscape, one page wide, header on every page."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)


def shade_by_value(book: Book, sheet: Worksheet, column: int, last: int, names: Sequence[str],
                   shades: Sequence[theme.Shade], first: int = FIRST_ROW) -> None:  # fmt: skip
    """Colour the cells of a column by their text, so that colours follow when people sort."""
    for name, shade in zip(names, shades, strict=True):
        sheet.conditional_format(
            first, column, last, column,
            {"type": "cell", "criteria": "==", "value": '"' + name.replace('"', '""') + '"',
             "format": book.formats.rule(bg_color=shade.paper, font_color=shade.ink, bold=True)},
        )  # fmt: skip
