"""Named tables of owned sheets: ids stay, so that formulas and slicers on people's sheets still find them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from lxml import etree

from ...errors import WorkbookError
from ..package.opc import Package
from ..package.sheet_list import worksheets
from ..package.xml_parts import MAIN, children, dump, number_of
from .donor_sheet import renumber_differences
from .names import free_word
from .styles import StyleMap

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


def pairs_of(old: Tables, new: Tables) -> dict[str, str]:
    """Which old table each new one follows: the one of its name, else one people renamed, known by its columns.

    Returns:
        Lower-case new name -> lower-case old name.
    """
    pairs = {name: name for name in new if name in old}
    left = [name for name in old if name not in pairs]
    for name in [name for name in new if name not in pairs]:
        titles = set(_column_ids(new[name]))
        close = [other for other in left if 2 * len(titles & set(_column_ids(old[other]))) > len(titles)]
        if close:
            pairs[name] = close[0]
            left.remove(close[0])
    return pairs


class TableIds:
    """The ids and names of a book's tables while owned sheets are replaced.

    Args:
        package: the book before anything is taken out.
        moves: part of each sheet about to be replaced (None: a new one) and the donor's tables that come there.
        names: lower-case defined names of the book that stay: Excel lets no table bear one of them.

    Attributes:
        renamed: name in the donor -> name in the book, of the tables that differ.
        born_anew: those of them that come into the book for the first time.
    """

    def __init__(self, package: Package, moves: Iterable[tuple[str | None, Tables]], names: Collection[str]) -> None:
        moves = list(moves)
        gone = {part for part, _ in moves}
        self._lost: list[tuple[etree._Element, str]] = []
        self._old: dict[str, etree._Element] = {}
        self._taken: set[int] = {0}
        self.born_anew: dict[str, str] = {}
        elsewhere = set(names)
        kept: dict[str, Tables] = {}
        for sheet in worksheets(package):
            tables = tables_on(package, sheet.part)
            self._taken |= {number_of(root, "id") for root in tables.values()}
            if sheet.part in gone:
                kept[sheet.part] = tables
                self._lost += [(root, sheet.name) for root in tables.values()]
            else:
                elsewhere |= tables.keys()
        for part, new in moves:
            self._follow(kept.get(part or "", {}), new)
        self.renamed = self._new_names(moves, elsewhere)

    def _follow(self, old: Tables, new: Tables) -> None:
        for name, other in pairs_of(old, new).items():
            self._old[name] = old[other]
            self._lost = [(root, sheet) for root, sheet in self._lost if root is not old[other]]

    def _new_names(self, moves: Iterable[tuple[str | None, Tables]], elsewhere: set[str]) -> dict[str, str]:
        """Name in the donor -> name in the book, of the tables that cannot keep theirs."""
        taken = elsewhere | {name_of(root).casefold() for root in self._old.values()}
        renamed = {}
        for name, root in ((name, root) for _, tables in moves for name, root in tables.items()):
            wanted = name_of(root)
            old = self._old.get(name)
            here = name_of(old) if old is not None else free_word(wanted, taken)
            taken.add(here.casefold())
            if here != wanted:
                renamed[wanted] = here
                if old is None:
                    self.born_anew[wanted] = here
        return renamed

    def adapted(self, table: etree._Element, styles: StyleMap) -> bytes:
        """The part of a donor's table: with the id, name and column ids of the table it follows, or free ones."""
        wanted = name_of(table)
        old = self._old.pop(wanted.casefold(), None)
        number = number_of(old, "id") if old is not None else 0
        number = number or max(self._taken) + 1
        self._taken.add(number)
        table.set("id", str(number))
        if wanted in self.renamed:
            table.set("name", self.renamed[wanted])
            table.set("displayName", self.renamed[wanted])
        if old is not None:
            _keep_column_ids(table, _column_ids(old))
        renumber_differences(table, styles)
        return dump(table)

    def refuse_lost(self) -> None:
        """Refuse when a table of a replaced sheet found no successor.

        Raises:
            WorkbookError: formulas and slicers may still name that table.
        """
        for root, sheet in self._lost:
            raise WorkbookError("workbook.table_lost", table=name_of(root), sheet=sheet)


def _column_ids(table: etree._Element) -> dict[str, int]:
    return {c.get("name", ""): number_of(c, "id") for c in children(table.find(MAIN + "tableColumns"))}


def _keep_column_ids(table: etree._Element, old: Mapping[str, int]) -> None:
    """Columns of the same name keep their id (slicers know columns by it); new ones get the next."""
    following = max(old.values(), default=0) + 1
    for column in children(table.find(MAIN + "tableColumns")):
        number = old.get(column.get("name", ""))
        if number is None:
            number, following = following, following + 1
        column.set("id", str(number))
