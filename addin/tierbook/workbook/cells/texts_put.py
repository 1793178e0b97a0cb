"""Put texts into single cells of a sheet people keep; every other cell, and every other part, keeps its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...errors import WorkbookError
from ..keyed.rows import Row, SheetRows, cells_of, in_order, row_bytes, taken_apart
from ..keyed.values import has_formula, style_of, text_cell
from ..ours.check import refuse_broken
from ..ours.graft import settle_calculation
from ..package.opc import Package
from ..package.sheet_list import WORKSHEET_TYPE, named, sheets
from .careful import column_letters

Place = tuple[int, int]
"""Row from 1, column from 0."""


def put_texts(book: bytes, sheet: str, texts: Mapping[Place, str]) -> tuple[bytes, list[Place]]:
    """The book with these texts in a sheet's cells, and the places left alone because a formula stands there.

    A cell keeps its look; one that was not there yet takes that of the last cell of its column. Formulas
    elsewhere are calculated anew when the book is opened. The very same bytes come back where nothing is to be done.

    Raises:
        WorkbookError: the book cannot be opened, there is no such sheet, or the row is not on it.
    """
    package = Package(book)
    tabs = sheets(package)
    tab = named(tabs, sheet)
    if tab is None or tab.kind != "worksheet":
        raise WorkbookError("workbook.no_such_sheet", sheet=sheet, nearest="、".join(one.name for one in tabs[:3]))
    held = taken_apart(package.read(tab.part), tab.part)
    rows, left = _written(held, texts)
    if not held.differs(rows):
        return book, left
    package.put(tab.part, held.put_together(rows), WORKSHEET_TYPE)
    settle_calculation(package, [], had_formulas=False)
    made = package.to_bytes()
    refuse_broken(made, [one.name for one in tabs], [])
    return made, left


def _written(held: SheetRows, texts: Mapping[Place, str]) -> tuple[list[bytes], list[Place]]:
    wanted: dict[int, dict[bytes, tuple[Place, str]]] = {}
    for (number, column), words in texts.items():
        wanted.setdefault(number, {})[column_letters(column).encode()] = ((number, column), words)
    looks = _looks(held.rows, {letters for cells in wanted.values() for letters in cells})
    rows, left = [], []
    for row in held.rows:
        cells = cells_of(row) if row.number in wanted else {}
        changed = False
        for letters, (place, words) in wanted.pop(row.number, {}).items():
            old = cells.get(letters)
            if old is not None and has_formula(old):
                left.append(place)
                continue
            cells[letters] = text_cell(words, looks.get(letters, 0) if old is None else style_of(old))
            changed = True
        rows.append(row_bytes(row.number, row.attributes(), in_order(cells)) if changed else row.raw())
    if wanted:
        raise WorkbookError("workbook.part_damaged", part=f"<row {min(wanted)}>")
    return rows, left


def _looks(rows: Sequence[Row], columns: set[bytes]) -> dict[bytes, int]:
    """Format of the last cell of each column: its body's, not its header's."""
    found: dict[bytes, int] = {}
    for row in reversed(rows):
        if columns <= found.keys():
            break
        for letters, rest in cells_of(row).items():
            if letters in columns and letters not in found:
                found[letters] = style_of(rest)
    return found
