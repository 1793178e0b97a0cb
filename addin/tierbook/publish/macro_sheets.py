"""The template as a book with macros: a code name for each sheet, buttons where they are of use.

A button never covers a cell people fill: on the guide it has its own columns, on other sheets the narrow row
between heading and table, which is made higher for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..workbook.ours.names import put_book_name, quoted_sheet
from ..workbook.package.opc import Package
from .book import Book
from .tables import HEADER_ROW

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

__all__ = ["BUTTON_ROW", "Macros", "SheetButton", "name_words", "place_buttons", "put_button", "quoted_sheet"]

BUTTON_ROW = 27.0
"""Height of a row with a button, in points: 36 pixels."""
_HEIGHT, _WIDTH, _AROUND = 28, 148, 4
"""Pixels of a button, and around it."""


@dataclass(frozen=True)
class SheetButton:
    """`macro` runs when a person presses it; `tip` says what it does."""

    macro: str
    caption: str
    tip: str


@dataclass(frozen=True)
class Macros:
    """What makes the template an .xlsm.

    Attributes:
        project: the bytes of vbaProject.bin; it has a module for the workbook and for each sheet.
        workbook: code name of the workbook.
        code_names: sheet key -> code name, for every sheet.
        buttons: sheet key -> buttons, in order; those of "guide" stand in a part of the page with this heading.
        refreshing: how to refresh, in place of what the guide says of a book without buttons.
        words: what to do when the buttons do nothing.
        words_name: the hidden defined name by which the macros find these words.
    """

    project: bytes
    workbook: str
    code_names: Mapping[str, str]
    buttons: Mapping[str, Sequence[SheetButton]]
    heading: str
    refreshing: str
    words: str
    words_name: str


def place_buttons(book: Book, key: str, macros: Macros) -> None:
    """Give a finished sheet its code name, and its buttons a row above the table (the guide has placed its own)."""
    sheet = book.sheet_named(book.title_of(key))
    sheet.set_vba_name(macros.code_names[key])
    if key == "guide" or key not in macros.buttons:
        return
    sheet.set_row(HEADER_ROW - 1, BUTTON_ROW)
    for place, button in enumerate(macros.buttons[key]):
        put_button(sheet, HEADER_ROW - 1, place * _WIDTH, button, width=_WIDTH)


def put_button(sheet: Worksheet, row: int, left: int, button: SheetButton, *, width: int) -> None:
    """Put a button into a row of `BUTTON_ROW` points or more whose height is set already.

    Args:
        left, width: pixels from the sheet's left edge, the space around the button included.
    """
    sheet.insert_button(
        row, 0,
        {"macro": button.macro, "caption": button.caption, "description": button.tip,
         "x_offset": left + _AROUND, "y_offset": _AROUND, "width": width - 2 * _AROUND, "height": _HEIGHT},
    )  # fmt: skip


def name_words(book: bytes, macros: Macros, address: str) -> bytes:
    """The book with the hidden name that leads its macros to their words."""
    package = Package(book)
    put_book_name(package, macros.words_name, address, hidden=True)
    return package.to_bytes()
