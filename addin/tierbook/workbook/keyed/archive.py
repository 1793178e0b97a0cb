"""The sheet that takes rows whose id is gone: never hidden, added to and never rewritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from ...errors import WorkbookError
from ..package.opc import Package
from ..package.sheet_list import WORKSHEET_TYPE, add_sheet, named, sheets
from ..package.xml_parts import MAIN, children, make_child
from .keyed import Keyed
from .layout import letters_of
from .rows import Cells, Row, SheetRows, cells_of, in_order, index_of, row_bytes, taken_apart
from .table import unlike, update_reach
from .values import as_title, number_cell, text_cell, value_of, without_formula

_EMPTY = (
    f'<worksheet xmlns="{MAIN[1:-1]}"><dimension ref="A1"/><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    '<sheetFormatPr defaultColWidth="16" defaultRowHeight="15"/><sheetData/></worksheet>'
)
_EPOCH = dt.date(1899, 12, 30).toordinal()
_FROM_1904 = 1462
"""Days between the two calendars a book may count in."""
_DAY_FORMAT = "14"
"""Number of the date format every reader shows in its own way."""


class Archive:
    """Rows on their way to the archive sheet.

    Args:
        titles: column letters on the table's sheet -> title.
        looks: column letters -> style of the header there.
    """

    def __init__(self, package: Package, keyed: Keyed, titles: Mapping[bytes, str], looks: Mapping[bytes, int],
                 strings: Sequence[str | None], day: dt.date) -> None:  # fmt: skip
        self._package = package
        self._keyed = keyed
        self._titles = titles
        taken = {as_title(title) for title in titles.values()}
        self._day_title = unlike(keyed.archived_title, taken)
        self._notes_title = unlike(keyed.notes_title, taken)
        self._looks = looks
        self._strings = strings
        self._day = day

    def add(self, rows: Sequence[tuple[Row, str]]) -> None:
        """Put rows, each with the text of its notes, below what the archive holds; the sheet is made if missing.

        Raises:
            WorkbookError: the name belongs to something that is not a worksheet, or the sheet is full.
        """
        if not rows:
            return
        part = self._part()
        held = taken_apart(self._package.read(part), part)
        written = [row for row in held.rows if row.body]
        last = written[-1].number if written else 0
        header = self._header_of(written) or Row(last + 1, b"", b"")
        cells, places = self._extended(header)
        by_number = {row.number: row for row in held.rows}
        made = {number: row.raw() for number, row in by_number.items()}
        if cells != cells_of(header):
            made[header.number] = row_bytes(header.number, header.attributes(), in_order(cells))
        day_style = _day_style(self._package)
        for number, (row, notes) in enumerate(rows, max(last, header.number) + 1):
            old = by_number.get(number) or Row(number, b"", b"")
            made[number] = row_bytes(number, old.attributes(), self._archived(row, notes, places, day_style))
        self._put(part, held, made, max(map(index_of, cells)))

    def _put(self, part: str, held: SheetRows, made: Mapping[int, bytes], last_column: int) -> None:
        update_reach(held.frame, 0, last_column, max(made))
        self._package.put(part, held.put_together([made[number] for number in sorted(made)]), WORKSHEET_TYPE)

    def _part(self) -> str:
        sheet = named(sheets(self._package), self._keyed.archive)
        if sheet is None:
            part = add_sheet(self._package, self._keyed.archive, "visible")
            self._package.put(part, _EMPTY.encode(), WORKSHEET_TYPE)
            return part
        if sheet.kind != "worksheet":
            raise WorkbookError("workbook.not_a_worksheet", sheet=sheet.name)
        return sheet.part

    def _header_of(self, rows: Sequence[Row]) -> Row | None:
        """The row that says when rows were put there; people may have put others above it."""
        wanted = {as_title(self._keyed.archived_title), as_title(self._day_title)}
        for row in rows:
            for rest in cells_of(row).values():
                value = value_of(rest, self._strings)
                if isinstance(value, str) and as_title(value) in wanted:
                    return row
        return None

    def _extended(self, header: Row) -> tuple[Cells, dict[str, bytes]]:
        """The header with all titles, and title -> its letters on the archive."""
        cells = cells_of(header)
        places: dict[str, bytes] = {}
        for letters, rest in cells.items():
            value = value_of(rest, self._strings)
            if isinstance(value, str):
                places.setdefault(as_title(value), letters)
        following = max(map(index_of, cells), default=-1) + 1
        usual = max(self._looks.values(), default=0)
        wanted = [(title, self._looks.get(letters, usual)) for letters, title in self._titles.items()]
        wanted += [(self._day_title, usual), (self._notes_title, usual)]
        for title, look in wanted:
            if as_title(title) not in places:
                letters = letters_of(following)
                following += 1
                places[as_title(title)] = letters
                cells[letters] = text_cell(title, look)
        return cells, places

    def _archived(self, row: Row, notes: str, places: Mapping[str, bytes], day_style: int) -> Cells:
        """A row's cells under their titles, formulas as the values they had."""
        cells: Cells = {}
        for letters, rest in cells_of(row).items():
            if letters in self._titles:
                cells[places[as_title(self._titles[letters])]] = without_formula(rest)
        days = self._day.toordinal() - _EPOCH - (_FROM_1904 if _counts_from_1904(self._package) else 0)
        cells[places[as_title(self._day_title)]] = number_cell(days, day_style)
        if notes:
            cells[places[as_title(self._notes_title)]] = text_cell(notes)
        return in_order(cells)


def _counts_from_1904(package: Package) -> bool:
    properties = package.tree(package.main).find(MAIN + "workbookPr")
    return properties is not None and properties.get("date1904") in {"1", "true"}


def _day_style(package: Package) -> int:
    """The book's plain cell format that shows a date, added if there is none."""
    part = package.related(package.main, "styles")
    formats = None if part is None else package.tree(part).find(MAIN + "cellXfs")
    if formats is None:
        return 0
    wanted = [("numFmtId", _DAY_FORMAT), ("fontId", "0"), ("fillId", "0"), ("borderId", "0"), ("xfId", "0"),
              ("applyNumberFormat", "1")]  # fmt: skip
    known = children(formats)
    for place, one in enumerate(known):
        if sorted(one.attrib.items()) == sorted(wanted) and not children(one):
            return place
    make_child(formats, MAIN + "xf", wanted)
    formats.set("count", str(len(known) + 1))
    return len(known)
