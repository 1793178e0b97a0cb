"""Sheets of ours before the first refresh: what will stand here, and how to fill it."""

from __future__ import annotations

from ..labels import text
from . import theme
from .book import Book
from .titled import titled_sheet


def add_blank_sheet(book: Book, key: str) -> None:
    """Title, purpose and the command that fills the sheet."""
    language = book.language
    sheet = titled_sheet(book, key, text(f"publish_guide.for_{key}", language))
    sheet.set_column(0, 0, 90)
    box = book.formats.get(bg_color=theme.WASH, font_color=theme.NAVY, indent=2, left=5, left_color=theme.NAVY)
    code = book.formats.get(bg_color=theme.WASH, font_color=theme.NAVY, indent=2, left=5, left_color=theme.NAVY,
                            font_name="Consolas")  # fmt: skip
    for row, words, look in (
        (3, text("publish.not_refreshed", language), box),
        (4, text("publish.refresh_command", language), code),
    ):
        sheet.set_row(row, 26)
        sheet.write_string(row, 0, words, look)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
