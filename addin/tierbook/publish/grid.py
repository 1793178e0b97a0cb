"""Pages drawn on a grid of equal narrow columns: text over several columns, heading bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import theme
from .book import Book
from .tables import put_value

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

GAP_PIXELS = 8


def span(sheet: Worksheet, row: int, first: int, last: int, value: object, look: Format,
         quoted: Format | None = None) -> None:  # fmt: skip
    """One value over the columns `first` to `last` of a row."""
    if first != last:
        sheet.merge_range(row, first, row, last, "", look)
    put_value(sheet, row, first, value, look, quoted or look)


def panel(book: Book, sheet: Worksheet, row: int, first: int, last: int, title: str) -> None:
    """The heading bar of a panel."""
    look = book.formats.get(bold=True, font_color=theme.NAVY, bottom=2, bottom_color=theme.NAVY, font_size=11)
    span(sheet, row, first, last, title, look)


def gap(sheet: Worksheet, row: int) -> int:
    """A narrow empty row; gives the row below it."""
    sheet.set_row_pixels(row, GAP_PIXELS)
    return row + 1
