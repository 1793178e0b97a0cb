"""What a sheet says, told from its cells' values alone, so that a person's change shows and a mere save does not.

A save by Excel, LibreOffice or openpyxl rewrites every byte: texts move to another part, numbers lose their
last digits, formats change their numbers. What stands in which cell stays.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from html import unescape

from ..errors import WorkbookError
from .careful import plain_sheet, strings_of
from .opc import Package
from .scan import NotPlain, Rows, column_index, scan_rows, scan_strings

DIGITS = 12
"""Significant digits in which numbers are compared; programs keep 15 or 17."""
_KEPT_BY_ALL = 15
_EXACT = 10**DIGITS

_FORMULA_CELL = re.compile(
    rb'<(?:\w+:)?c\s(?:[^<>]*\s)?r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*>\s*'
    rb"<(?:\w+:)?f(?:\s([^<>]*?))?(?:/>|>([^<]*)</(?:\w+:)?f>)"
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_SHARED = re.compile(rb'\bsi="([0-9]+)"')
_SPACE = re.compile(r"\s+")
_TRUTHS = {"TRUE()", "FALSE()"}
"""How LibreOffice writes truth values, beside the value itself."""
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f]")

_Place = tuple[int, int]


def meaning_of(package: Package, part: str) -> str:
    """A digest of a sheet's values and formulas with their places: 32 hexadecimal digits.

    Numbers count to 12 significant digits, formulas as their text, formats not at all.

    Raises:
        WorkbookError: the sheet is damaged.
    """
    data = package.read(part)
    formulas = dict(_formulas(data)) if _FORMULA.search(data) else {}
    digest = hashlib.sha256()
    for number, row in enumerate(_values(package, part, data), start=1):
        cells = [
            f"{number} {column} {said}\n"
            for column, value in enumerate(row)
            if value is not None and (said := _said(value)) and (number, column) not in formulas
        ]
        digest.update("".join(cells).encode("utf-8", "surrogatepass"))
    for (number, column), said in sorted(formulas.items()):
        digest.update(f"{number} {column} {said}\n".encode())
    return digest.hexdigest()[:32]


def _values(package: Package, part: str, data: bytes) -> Rows:
    try:
        try:
            return scan_rows(data, _texts(package) if b't="s"' in data else [], _as_number)
        except NotPlain:
            return scan_rows(plain_sheet(data, part), _texts(package), _as_number)
    except (NotPlain, ValueError, IndexError) as problem:
        raise WorkbookError("workbook.part_damaged", part=part) from problem


def _texts(package: Package) -> list[str | None]:
    part = package.related(package.main, "sharedStrings")
    if part is None:
        return []
    data = package.read(part)
    try:
        return scan_strings(data)
    except NotPlain:
        return strings_of(data, part)


def _as_number(number: float, style: int) -> object:
    return number


def _said(value: object) -> str:
    if isinstance(value, str):
        words = _UNSEEN.sub("", value) if _UNSEEN.search(value) else value
        return f"t{words}" if words else ""
    if isinstance(value, int) and -_EXACT < value < _EXACT:
        return f"n{value:d}"
    if isinstance(value, int | float):
        exact = float(f"{float(value):.{_KEPT_BY_ALL}g}") + 0.0
        return f"n{exact:.{DIGITS}g}"
    return f"t{value}"


def _formulas(data: bytes) -> Iterator[tuple[_Place, str]]:
    """The formulas of a sheet, in capitals and without spaces; shared ones as they read in their cell."""
    from openpyxl.formula.translate import Translator

    shared: dict[bytes, tuple[str, str]] = {}
    for letters, number, attributes, text in _FORMULA_CELL.findall(data):
        address = (letters + number).decode()
        formula = unescape(text.decode("utf-8"))
        if group := _SHARED.search(attributes):
            if formula:
                shared[group[1]] = formula, address
            elif group[1] in shared:
                first, origin = shared[group[1]]
                moved = Translator("=" + first, origin=origin).translate_formula(address)
                formula = str(moved)[1:]
        words = _SPACE.sub("", formula).upper().replace("_XLFN.", "")
        if words not in _TRUTHS:
            yield (int(number), column_index(letters.decode())), f"={words}"
