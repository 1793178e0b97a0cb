"""Named tables of owned sheets: ids stay, so that formulas and slicers on people's sheets still find them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from ..errors import WorkbookError
from .donor_sheet import renumber_differences
from .names import book_names
from .opc import Package
from .sheet_list import Sheet, worksheets
from .styles import StyleMap
from .xml_parts import MAIN, children, dump

TABLE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"

Tables = dict[str, etree._Element]
"""Lower-case name -> root of the table's part."""


def tables_on(package: Package, part: str) -> Tables:
    """The tables of a sheet."""
    links = [link for link in package.relationships(part) if link.kind == "table" and link.part]
    roots = [package.tree(link.part) for link in links if link.part]
    return {name_of(root).casefold(): root for root in roots}


def name_of(table: etree._Element) -> str:
    return table.get("displayName", table.get("name", ""))


class TableIds:
    """The ids of a book's tables while owned sheets are replaced.

    Args:
        package: the book before anything is taken out.
        replaced: the sheets about to be replaced; their tables' ids are free for tables of the same name.
    """

    def __init__(self, package: Package, replaced: Iterable[Sheet]) -> None:
        gone = {sheet.part for sheet in replaced}
        self._old: dict[str, tuple[etree._Element, str]] = {}
        self._elsewhere: dict[str, str] = {}
        self._taken: set[int] = {0}
        self._names = book_names(package)
        for sheet in worksheets(package):
            for name, root in tables_on(package, sheet.part).items():
                self._taken.add(int(root.get("id", "0")))
                if sheet.part in gone:
                    self._old[name] = root, sheet.name
                else:
                    self._elsewhere[name] = sheet.name

    def adapted(self, table: etree._Element, styles: StyleMap) -> bytes:
        """The part of a donor's table: with the id and column ids of the table it follows, or new ones.

        Raises:
            WorkbookError: the name is that of a table on a sheet that is not ours, or of a cell range.
        """
        name = name_of(table)
        if name.casefold() in self._names:
            raise WorkbookError("workbook.name_is_table", name=name)
        if name.casefold() in self._elsewhere:
            raise WorkbookError("workbook.table_elsewhere", table=name, sheet=self._elsewhere[name.casefold()])
        old, _ = self._old.pop(name.casefold(), (None, ""))
        number = max(self._taken) + 1 if old is None else int(old.get("id", "0"))
        self._taken.add(number)
        table.set("id", str(number))
        if old is not None:
            _keep_column_ids(table, _column_ids(old))
        renumber_differences(table, styles)
        return dump(table)

    def refuse_lost(self) -> None:
        """Refuse when a table of a replaced sheet found no successor.

        Raises:
            WorkbookError: formulas and slicers may still name that table.
        """
        for root, sheet in self._old.values():
            raise WorkbookError("workbook.table_lost", table=name_of(root), sheet=sheet)


def _column_ids(table: etree._Element) -> dict[str, int]:
    return {c.get("name", ""): int(c.get("id", "0")) for c in children(table.find(MAIN + "tableColumns"))}


def _keep_column_ids(table: etree._Element, old: Mapping[str, int]) -> None:
    """Columns of the same name keep their id (slicers know columns by it); new ones get the next."""
    following = max(old.values(), default=0) + 1
    for column in children(table.find(MAIN + "tableColumns")):
        number = old.get(column.get("name", ""))
        if number is None:
            number, following = following, following + 1
        column.set("id", str(number))
