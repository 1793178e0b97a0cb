"""Ranges and fonts of the xlwings engine over UNO (see `uno_engine`)."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.lang import Locale  # type: ignore[import-not-found]
from xlwings import base_classes, utils

DATE = 2
"""Bit of a number format's type that says it shows dates (com.sun.star.util.NumberFormat)."""
EPOCH = dt.datetime(1899, 12, 30)
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
ALIGN = {"left": "LEFT", "center": "CENTER", "right": "RIGHT", "general": "STANDARD"}
PIXEL = 2540 / 96
"""A pixel in hundredths of a millimetre."""


class Range(base_classes.Range):
    max_cells_per_read = None
    max_cells_per_write = None
    sheet: Any = None

    def __init__(self, sheet: Any, cells: Any) -> None:
        self.sheet = sheet
        self.cells = cells
        self.options: Any = None

    @property
    def api(self) -> Any:
        return self.cells

    @property
    def _address(self) -> Any:
        return self.cells.getRangeAddress()

    @property
    def row(self) -> int:
        return int(self._address.StartRow) + 1

    @property
    def column(self) -> int:
        return int(self._address.StartColumn) + 1

    @property
    def shape(self) -> tuple[int, int]:
        at = self._address
        return at.EndRow - at.StartRow + 1, at.EndColumn - at.StartColumn + 1

    def __len__(self) -> int:
        rows, columns = self.shape
        return rows * columns

    def __call__(self, row: int, column: int) -> Range:
        return self.sheet.range((self.row + row - 1, self.column + column - 1))

    @property
    def address(self) -> str:
        return str(self.cells.AbsoluteName).rsplit(".", 1)[-1]

    def select(self) -> None:
        self.sheet.book.document.getCurrentController().select(self.cells)

    # --- values

    @property
    def raw_value(self) -> list[list[Any]]:
        rows = [list(row) for row in self.cells.getDataArray()]
        for column in range(len(rows[0])):
            if self._shows_dates(column):
                for row in rows:
                    if isinstance(row[column], float):
                        row[column] = EPOCH + dt.timedelta(days=row[column])
        return rows

    def _shows_dates(self, column: int) -> bool:
        """Whether the last cell of a column is formatted as a date: our tables have one format below their header."""
        cell = self.cells.getCellByPosition(column, self.shape[0] - 1)
        kind = self._formats.getByKey(cell.NumberFormat).Type
        return bool(kind & DATE)

    @property
    def _formats(self) -> Any:
        return self.sheet.book.document.getNumberFormats()

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        rows, columns = self.shape
        held = value if isinstance(value, list | tuple) else [[value] * columns for _ in range(rows)]
        as_text = self.number_format == "@"
        typed = [[self._typed(cell, as_text=as_text) for cell in row] for row in held]
        self.cells.setDataArray(tuple(tuple("" if is_formula(c, as_text) else c for c in row) for row in typed))
        for at, row in enumerate(typed):
            for place, cell in enumerate(row):
                if is_formula(cell, as_text):
                    self.cells.getCellByPosition(place, at).setFormula(cell)

    @staticmethod
    def _typed(cell: Any, *, as_text: bool) -> Any:
        """As Excel takes what is assigned: text into text cells, else as if somebody typed it."""
        if isinstance(cell, dt.datetime | dt.date):
            moment = cell if isinstance(cell, dt.datetime) else dt.datetime(cell.year, cell.month, cell.day)
            return (moment - EPOCH) / dt.timedelta(days=1)
        if isinstance(cell, bool | int | float):
            return str(cell) if as_text else float(cell)
        return float(cell) if not as_text and NUMBER.fullmatch(cell or "") else cell

    # --- looks

    @property
    def number_format(self) -> str | None:
        key = self.cells.NumberFormat
        return None if key is None else str(self._formats.getByKey(key).FormatString)

    @number_format.setter
    def number_format(self, value: str) -> None:
        formats, locale = self._formats, Locale("en", "US", "")
        key = formats.queryKey(value, locale, False)
        self.cells.NumberFormat = key if key >= 0 else formats.addNew(value, locale)

    @property
    def color(self) -> Any:
        return self.cells.CellBackColor

    @color.setter
    def color(self, value: Any) -> None:
        self.cells.CellBackColor = colour(value)

    @property
    def font(self) -> Font:
        return Font(self.cells)

    @property
    def column_width(self) -> float:
        return float(self.cells.getColumns().getByIndex(0).Width / PIXEL - 5) / 7

    @column_width.setter
    def column_width(self, value: float) -> None:
        self.cells.getColumns().Width = round((value * 7 + 5) * PIXEL)

    @property
    def row_height(self) -> float:
        return float(self.cells.getRows().getByIndex(0).Height) / 2540 * 72

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.cells.getRows().Height = round(value / 72 * 2540)

    @property
    def vertical_alignment(self) -> str:
        return str(self.cells.VertJustify)

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        self.cells.VertJustify = {"top": 1, "center": 2, "bottom": 3}[value]

    @property
    def horizontal_alignment(self) -> str:
        return str(self.cells.HoriJustify.value).lower()

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        self.cells.HoriJustify = uno.Enum("com.sun.star.table.CellHoriJustify", ALIGN[value])


def is_formula(cell: Any, as_text: bool) -> bool:
    return not as_text and isinstance(cell, str) and cell.startswith("=")


def colour(value: Any) -> int:
    red, green, blue = utils.hex_to_rgb(value) if isinstance(value, str) else value
    return int(red) << 16 | int(green) << 8 | int(blue)


class Font(base_classes.Font):
    """A range's font; Chinese letters have one of their own in LibreOffice."""

    def __init__(self, cells: Any) -> None:
        self.cells = cells

    def _set(self, name: str, value: Any) -> None:
        for script in ("", "Asian"):
            with contextlib.suppress(Exception):  # a look that only one script knows
                self.cells.setPropertyValue(f"Char{name}{script}", value)

    @property
    def name(self) -> str:
        return str(self.cells.CharFontName)

    @name.setter
    def name(self, value: str) -> None:
        self._set("FontName", value)

    @property
    def size(self) -> float:
        return float(self.cells.CharHeight)

    @size.setter
    def size(self, value: float) -> None:
        self._set("Height", float(value))

    @property
    def bold(self) -> bool:
        return bool(self.cells.CharWeight > 100)

    @bold.setter
    def bold(self, value: bool) -> None:
        self._set("Weight", 150.0 if value else 100.0)

    @property
    def color(self) -> Any:
        return self.cells.CharColor

    @color.setter
    def color(self, value: Any) -> None:
        self.cells.CharColor = colour(value)
