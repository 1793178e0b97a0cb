"""Several small tables below each other on one sheet, on shared columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import theme
from .book import Book
from .columns import Column
from .grid import span
from .tables import name_table, put_header, put_rows
from .widths import wrapped_lines

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


class Blocks:
    """Writes block after block from a row on; all share the sheet's column widths."""

    def __init__(self, book: Book, sheet: Worksheet, widths: Sequence[float], first_row: int) -> None:
        self._book = book
        self._sheet = sheet
        self._widths = widths
        self.row = first_row
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)

    def heading(self, words: str) -> None:
        """A heading line, with room above."""
        look = self._book.formats.get(bold=True, font_size=12, font_color=theme.NAVY)
        self._sheet.set_row(self.row, 26)
        self._sheet.write_string(self.row, 0, words, look)
        self.row += 1

    def line(self, words: str) -> None:
        """A sentence over the whole width, on as many lines as it needs."""
        look = self._book.formats.get(font_color=theme.MUTED, font_size=9, text_wrap=True, valign="top")
        lines = wrapped_lines(words, sum(self._widths))
        self._sheet.set_row(self.row, 14 * lines + 4)
        span(self._sheet, self.row, 0, len(self._widths) - 1, words, look)
        self.row += 1

    def finish(self) -> None:
        """Print what was written, one page wide, whatever sticks out."""
        self._sheet.print_area(0, 0, self.row - 1, len(self._widths) - 1)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)

    def table(self, name: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> tuple[int, int]:
        """A named table; gives its first and last row. One empty row follows it."""
        widths = self._widths[: len(columns)]
        put_header(self._book, self._sheet, self.row, columns, "ours", widths)
        name_table(self._sheet, self._book, name, self.row, len(rows), columns, "ours")
        put_rows(self._book, self._sheet, self.row + 1, columns, rows, widths)
        first, last = self.row + 1, self.row + max(len(rows), 1)
        self.row = last + 2
        return first, last
