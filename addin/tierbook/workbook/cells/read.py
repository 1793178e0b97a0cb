"""Read values out of a workbook: numbers, texts, dates and truth values, cell by cell from A1.

Whole numbers are int where the file writes them without a point, dates are datetimes (times of day and
durations where the format shows one), errors are their text such as "#N/A", an empty text is None like a
blank cell. Of formulas the value stored at the last calculation is read, None where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from ...errors import WorkbookError
from ..book import at, read_file
from ..package.opc import Package
from ..package.sheet_list import Sheet, named, sheets
from ..package.xml_parts import MAIN, children
from .careful import plain_sheet
from .quick import quick_rows
from .scan import NotPlain, Rows, leading_cells, scan_rows
from .texts import shared_texts

_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_MAY_SHOW_DATES = re.compile("[dmhys]", re.IGNORECASE)


def sheet_names(path: Path) -> list[str]:
    """Names of all sheets in their order, hidden ones too.

    Raises:
        WorkbookError: the file cannot be opened as a workbook.
    """
    return [sheet.name for sheet in _Reader(path).tabs]


def read_rows(path: Path, sheet: str) -> Rows:
    """The values of a sheet from A1, all rows equally long, None for blank; blank rows and columns at the end go.

    Raises:
        WorkbookError: the file cannot be opened as a workbook, or has no such sheet.
    """
    return read_sheets(path, [sheet])[sheet]


def read_sheets(path: Path, names: Sequence[str], leading: Mapping[str, int] | None = None) -> dict[str, Rows]:
    """The values of several sheets, by name, opening the file once.

    Args:
        leading: sheet -> how many of its columns are needed; the others may be missing.

    Raises:
        WorkbookError: the file cannot be opened as a workbook, or lacks one of the sheets.
    """
    reader = _Reader(path)
    return {name: reader.rows(name, (leading or {}).get(name, 0)) for name in names}


class _Reader:
    """An open workbook."""

    def __init__(self, path: Path) -> None:
        self._path = path
        data = read_file(path)
        try:
            self._package = Package(data)
            self.tabs = sheets(self._package)
        except WorkbookError as reason:
            raise at(path, reason) from reason
        self._strings: list[str | None] | None = None
        self._dates: _Dates | None = None

    def rows(self, name: str, leading: int = 0) -> Rows:
        sheet = named(self.tabs, name)
        if sheet is None:
            names = [tab.name for tab in self.tabs]
            nearest = "、".join(get_close_matches(name, names, n=3, cutoff=0.4) or names[:3])
            raise at(self._path, WorkbookError("workbook.no_such_sheet", sheet=name, nearest=nearest))
        try:
            return _rectangle(self._read(sheet, leading))
        except WorkbookError as reason:
            raise at(self._path, reason) from reason

    def _read(self, sheet: Sheet, leading: int) -> Rows:
        if sheet.kind != "worksheet":
            raise WorkbookError("workbook.not_a_worksheet", sheet=sheet.name)
        if self._strings is None:
            self._strings = shared_texts(self._package)
        if self._dates is None:
            self._dates = _Dates(self._package)
        rows = quick_rows(self._package.chunks(sheet.part), self._strings, self._dates.as_date, leading)
        if rows is not None:
            return rows
        data = self._package.read(sheet.part)
        if leading:
            data = leading_cells(data, leading)
        try:
            try:
                return scan_rows(data, self._strings, self._dates.as_date)
            except NotPlain:
                return scan_rows(plain_sheet(data, sheet.part), self._strings, self._dates.as_date)
        except (NotPlain, ValueError, IndexError) as problem:
            raise WorkbookError("workbook.part_damaged", part=sheet.part) from problem


class _Dates:
    """Which cell formats show dates, and what date a number is."""

    def __init__(self, package: Package) -> None:
        self._codes: list[str | int] = []
        part = package.related(package.main, "styles")
        if part is not None:
            root = package.tree(part)
            own = {e.get("numFmtId", ""): e.get("formatCode", "") for e in children(root.find(MAIN + "numFmts"))}
            ids = [e.get("numFmtId", "0") for e in children(root.find(MAIN + "cellXfs"))]
            self._codes = [own.get(number, int(number)) for number in ids]
        properties = package.tree(package.main).find(MAIN + "workbookPr")
        self._from_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        self._shows: dict[int, str] = {}

    def as_date(self, number: float, style: int) -> object:
        """The number, or what its format makes of it: a datetime, a time of day, a duration."""
        shows = self._shows.get(style)
        if shows is None:
            shows = self._shows[style] = self._kind(style)
        return number if shows == "number" else self._converted(number, shows)

    def _kind(self, style: int) -> str:
        """number, date or duration."""
        code = self._codes[style] if style < len(self._codes) else 0
        if isinstance(code, int):
            if code == 46:
                return "duration"
            return "date" if code in _BUILT_IN_DATES else "number"
        if not _MAY_SHOW_DATES.search(code):
            return "number"
        from openpyxl.styles.numbers import is_date_format, is_timedelta_format

        if is_timedelta_format(code):
            return "duration"
        return "date" if is_date_format(code) else "number"

    def _converted(self, number: float, shows: str) -> object:
        if number < 0 and shows == "date":  # Excel shows #### for days before its calendar
            return number
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        epoch = MAC_EPOCH if self._from_1904 else WINDOWS_EPOCH
        try:
            return from_excel(number, epoch, timedelta=shows == "duration")
        except (ValueError, OverflowError):  # a number no calendar reaches stays a number
            return number


def _rectangle(rows: Rows) -> Rows:
    """Rows of equal length, without blank rows and columns at the end."""
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    width = max(map(len, rows), default=0)
    for row in rows:
        row.extend([None] * (width - len(row)))
    return rows
