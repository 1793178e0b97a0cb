"""Which sheets of a book are tierbook's: by hidden defined names, which follow a sheet when it is renamed or moved.

`_tierbook.tiers` stands for `'分层'!$A$1`. A book from before the marks is known by its hidden sheet or by its
author; in anybody else's book a sheet that merely has our name stays a stranger's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from lxml import etree

from ..package.opc import Package
from ..package.sheet_list import Sheet, named, sheets, worksheets
from ..package.xml_parts import parse
from .names import defined_names, first_sheet_in, put_book_name, quoted_sheet

PREFIX = "_tierbook"
SHARED = "shared"
"""Mark of a share copy."""
LONGEST_NAME = 31
"""Letters Excel allows in the name of a sheet."""
AUTHOR = "tierbook"
ADDITION = "(tierbook)"
"""Behind the name of a sheet of ours where a stranger's has that name."""

_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_GONE = re.compile(r"^#REF!")


def find_owned(book: bytes, marks: Mapping[str, str]) -> dict[str, str]:
    """Mark -> name of the sheet in the book that bears it; marks no sheet bears are left out.

    Args:
        marks: stable key of each sheet -> the name it is born with.

    Raises:
        WorkbookError: the book cannot be opened.
    """
    package = Package(book)
    return {mark: sheet.name for mark, sheet in owned_in(package, marks).items()}


def owned_like(book: bytes, lead: str) -> dict[str, str]:
    """Mark -> name of the sheet, of every sheet that bears a mark beginning so, in the order of the marks.

    Raises:
        WorkbookError: the book cannot be opened.
    """
    package = Package(book)
    tabs = worksheets(package)
    wanted = name_of_mark(lead)
    found = {}
    for name, local, formula in sorted(defined_names(package), key=lambda each: each[0]):
        sheet = named(tabs, first_sheet_in(formula) or "") if local is None and name.startswith(wanted) else None
        if sheet is not None and "." not in name.removeprefix(wanted):
            found[name.removeprefix(name_of_mark(""))] = sheet.name
    return found


def titles_for(book: bytes, marks: Mapping[str, str]) -> dict[str, str]:
    """Mark -> name the sheet will have after a refresh: that of the sheet found, else a name that is still free.

    Args:
        marks: stable key of each sheet -> the name it is born with.

    Raises:
        WorkbookError: the book cannot be opened.
    """
    package = Package(book)
    found = owned_in(package, marks)
    taken = {sheet.name for sheet in sheets(package)}
    titles = {}
    for mark, born in marks.items():
        titles[mark] = found[mark].name if mark in found else free_name(born, taken, ADDITION)
        taken.add(titles[mark])
    return titles


def owned_in(package: Package, marks: Mapping[str, str]) -> dict[str, Sheet]:
    """Mark -> sheet, for the sheets that are there.

    A mark whose sheet a person deleted is nobody's: a new sheet of that name is then the person's own.
    """
    tabs = worksheets(package)
    said = {name: formula for name, local, formula in defined_names(package) if local is None}
    ours_by_name = _is_ours(package, tabs)
    found: dict[str, Sheet] = {}
    for mark, born in marks.items():
        formula = said.get(name_of_mark(mark))
        sheet = named(tabs, first_sheet_in(formula)) if formula else None
        by_name = ours_by_name or born.startswith(PREFIX)
        if sheet is None and by_name and not (formula and _GONE.match(formula)):
            sheet = named(tabs, born)
        if sheet is not None and all(sheet.position != other.position for other in found.values()):
            found[mark] = sheet
    return found


def bears_mark(package: Package, mark: str) -> bool:
    """Whether the book has that mark, wherever it points."""
    return any(name == name_of_mark(mark) and local is None for name, local, _ in defined_names(package))


def is_share_copy(data: bytes) -> bool:
    """Whether a book is a copy made for people without the add-in, which no refresh may change."""
    return bears_mark(Package(data), SHARED)


def put_mark(package: Package, mark: str, sheet: str) -> None:
    """Let a sheet bear a mark. Hidden sheets of ours need none: nobody renames what nobody sees."""
    if not sheet.startswith(PREFIX):
        put_book_name(package, f"{PREFIX}.{mark}", f"{quoted_sheet(sheet)}!$A$1", hidden=True)


def name_of_mark(mark: str) -> str:
    """The lower-case defined name of a mark."""
    return f"{PREFIX}.{mark}".casefold()


def free_name(wanted: str, taken: Iterable[str], addition: str) -> str:
    """A sheet name nobody has: the wanted one, else with the addition and then a number; never over 31 letters."""
    used = {name.casefold() for name in taken}
    name, number = wanted[:LONGEST_NAME], 1
    while name.casefold() in used:
        end = f" {addition}" if number == 1 else f" {addition} ({number})"
        name = wanted[: LONGEST_NAME - len(end)].rstrip() + end
        number += 1
    return name


def _is_ours(package: Package, tabs: Collection[Sheet]) -> bool:
    """Whether the book was refreshed by a tierbook without marks, or born from our template."""
    if named(tabs, PREFIX) is not None:
        return True
    part = package.related("", "core-properties")
    if part is None or not package.has(part):
        return False
    creator: etree._Element | None = parse(package.read(part), part).find(_CREATOR)
    return creator is not None and (creator.text or "").strip() == AUTHOR
