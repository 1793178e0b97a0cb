"""What a sheet says, told from its cells' values alone, so that a person's change shows and a mere save does not.

A save by Excel, LibreOffice or openpyxl rewrites every byte: texts move to another part, numbers lose their
last digits, formats change their numbers. What stands in which cell stays.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from html import unescape

from ...errors import WorkbookError
from ..cells.careful import column_letters, plain_sheet
from ..cells.scan import NotPlain, Rows, column_index, scan_rows, unescaped
from ..cells.texts import shared_texts
from ..package.opc import Package

DIGITS = 12
"""Significant digits in which numbers are compared; programs keep 15 or 17."""
_KEPT_BY_ALL = 15
_EXACT = 10**DIGITS

_NUMBER = rb"-?(?:[1-9][0-9]{0,10}|(?:0\.(?!0000)|[1-9][0-9]{0,4}\.)[0-9]{0,5}[1-9])|0"
"""Numbers that read the same however often they are rounded to 12 digits."""
_WORDS = rb"[^<&_\x00-\x09\x0b-\x1f]+"
"""Texts that stand in the file as people see them."""
_ROW = rb"(?:[1-9][0-9]{0,5}|10(?:[0-3][0-9]{4}|4[0-7][0-9]{3}|48[0-4][0-9]{2}|485[0-6][0-9]|4857[0-6]))"
"""1 to 1048576; a cell in no row of a sheet is left to the careful way, which refuses it."""
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}' + _ROW + rb')"(?: s="[0-9]+")?(?: t="([a-zA-Z]+)")?(?: (?:cm|vm|ph)="[0-9]+")*'
    rb"(?:/>|>(?:<v>(?:(" + _NUMBER + rb")|([^<]*))</v>|<v/>"
    rb"|<is><t(?: xml:space=\"preserve\")?>(?:(" + _WORDS + rb")|([^<]*))</t></is>|<is/>)?</c>)"
)
_NUMBER_KINDS = frozenset([b"", b"n", b"b"])
_SLICE = 1 << 22
"""Bytes that are looked at together."""

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
    return _quickly(package, data) or _carefully(package, part, data)


def _quickly(package: Package, data: bytes) -> str | None:
    """The digest of a sheet without formulas in the form Excel and its kin write; None for any other."""
    start, end = data.find(b"<sheetData"), data.rfind(b"</sheetData>")
    if _FORMULA.search(data) or b"<!" in data or not 0 <= start < end:
        return None
    words = (
        [_said(text or "").encode("utf-8", "surrogatepass") for text in shared_texts(package)]
        if b't="s"' in data
        else []
    )
    digest = hashlib.sha256()
    count, cells = 0, data.count(b"<c", start, end)
    while start < end:
        stop = data.find(b"</row>", min(start + _SLICE, end), end)
        found = _CELL.findall(data, start, end if stop < 0 else stop)
        start = end if stop < 0 else stop
        count += len(found)
        try:
            lines = [
                b"%b t%b\n" % (place, text)
                if text
                else b"%b n%b\n" % (place, number)
                if number and kind in _NUMBER_KINDS
                else _line(place, kind, number or value, odd_text, words)
                for place, kind, number, value, text, odd_text in found
            ]
            digest.update(b"".join(lines))
        except (NotPlain, IndexError, ValueError):
            return None
    return digest.hexdigest()[:32] if count == cells else None


def _line(place: bytes, kind: bytes, value: bytes, text: bytes, words: Sequence[bytes]) -> bytes:
    """One cell's place and value; nothing for a blank one."""
    if text:
        said = _said(_text(text)).encode("utf-8", "surrogatepass")
    elif not value:
        return b""
    elif kind == b"s":
        said = words[int(value)]
    elif kind in _NUMBER_KINDS:
        said = _said(float(value)).encode()
    else:
        raise NotPlain
    return b"%b %b\n" % (place, said) if said else b""


def _text(raw: bytes) -> str:
    return unescaped(unescape(raw.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")))


def _carefully(package: Package, part: str, data: bytes) -> str:
    formulas = dict(_formulas(data)) if _FORMULA.search(data) else {}
    digest = hashlib.sha256()
    for number, row in enumerate(_values(package, part, data), start=1):
        cells = [
            f"{column_letters(column)}{number} {said}\n"
            for column, value in enumerate(row)
            if value is not None and (said := _said(value)) and (number, column) not in formulas
        ]
        digest.update("".join(cells).encode("utf-8", "surrogatepass"))
    for (number, column), said in sorted(formulas.items()):
        digest.update(f"{column_letters(column)}{number} {said}\n".encode())
    return digest.hexdigest()[:32]


def _values(package: Package, part: str, data: bytes) -> Rows:
    try:
        try:
            return scan_rows(data, shared_texts(package) if b't="s"' in data else [], _as_number)
        except NotPlain:
            return scan_rows(plain_sheet(data, part), shared_texts(package), _as_number)
    except (NotPlain, ValueError, IndexError) as problem:
        raise WorkbookError("workbook.part_damaged", part=part) from problem


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
