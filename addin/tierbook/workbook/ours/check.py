"""The last look at a book we made, before anybody else sees it."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import WorkbookError
from ..package.opc import Package
from ..package.sheet_list import named, sheets, worksheets
from .tables import tables_on


def refuse_broken(made: bytes, before: Sequence[str], grafted: Sequence[str]) -> None:
    """Open the made book again and look where a fault of ours would show.

    Args:
        made: the bytes of the book.
        before: its sheets before the edit.
        grafted: the sheets that were replaced or added.

    Raises:
        WorkbookError: sheets moved, a grafted sheet points to a missing part or one without a type, or two
            tables share an id or a name.
    """
    package = Package(made)
    now = sheets(package)
    if [sheet.name for sheet in now[: len(before)]] != list(before):
        raise WorkbookError("workbook.made_broken", what="sheets")
    for name in grafted:
        sheet = named(now, name)
        if sheet is None:
            raise WorkbookError("workbook.made_broken", what=name)
        _refuse_loose_ends(package, sheet.part)
    _refuse_twin_tables(package, {name.casefold() for name in grafted})


def _refuse_loose_ends(package: Package, sheet: str) -> None:
    for part in [sheet, *package.reachable(sheet).values()]:
        if package.content_type(part) is None:
            raise WorkbookError("workbook.made_broken", what=part)
        for link in package.relationships(part):
            if link.part and not package.has(link.part):
                raise WorkbookError("workbook.made_broken", what=link.part)


def _refuse_twin_tables(package: Package, grafted: set[str]) -> None:
    """Ids and names of tables on grafted sheets must be theirs alone; twins among people's own are people's own."""
    everywhere = [
        (sheet.name.casefold() in grafted, name, root.get("id", ""))
        for sheet in worksheets(package)
        for name, root in tables_on(package, sheet.part).items()
    ]
    for ours, name, number in everywhere:
        if ours and sum(name == other or number == its for _, other, its in everywhere) > 1:
            raise WorkbookError("workbook.made_broken", what=name)
