"""Formulas of other sheets, charts and controls that name cells of a sheet whose rows below the table moved.

Only the text of the formulas is changed, in the bytes: a part that names no such cell is not touched.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from ..package.opc import Package
from ..package.sheet_list import Sheet
from ..package.zip_records import key_of
from .formulas import moved_from_outside
from .row_map import RowMap

_SPEAKERS = {"worksheet", "chartsheet", "dialogsheet", "macrosheet", "intlmacrosheet", "drawing", "chart", "chartex",
             "chartusershapes", "table", "ctrlprop", "pivotcachedefinition"}  # fmt: skip
"""Kinds of parts with formulas in them, or on the way to some, in lower case."""

_TEXT = re.compile(
    rb"(<(?:\w+:)?(?:f|formula|formula1|formula2|sqref|calculatedColumnFormula|totalsRowFormula)(?:\s[^<>]*)?>)"
    rb"([^<>]+)(?=</)"
)
_ATTRIBUTE = re.compile(rb'(\s(?:location|textlink|fmlaLink|fmlaRange|fmlaTxbx)=")([^"<>]+)(?=")')
_SOURCE = re.compile(rb"<(?:\w+:)?worksheetSource\s[^<>]*>")
_ITS_SHEET = re.compile(rb'(\ssheet=")([^"<>]+)(?=")')
_ITS_RANGE = re.compile(rb'(\sref=")([^"<>]+)(?=")')
_CELL = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br="[A-Za-z]{1,3}([0-9]{1,7})"')
_TAIL = 1_000_000


def rows_below_move(package: Package, sheet: Sheet, moved: RowMap) -> bool:
    """Whether there are cells below the body and they shift. Asks the sheet's part as it was before."""
    if not moved.shift:
        return False
    data = package.read(sheet.part)
    rows = _CELL.findall(data[-_TAIL:]) or _CELL.findall(data)
    return bool(rows) and int(rows[-1]) > moved.last


def move_others(package: Package, sheet: Sheet, moved: RowMap) -> None:
    """Adjust the formulas of all other parts. Call it only if rows below the body move."""
    name = b"" if "'" in sheet.name else html.escape(sheet.name, quote=False).encode().lower()
    for part, here in _speakers(package, sheet):
        before = package.read(part)
        is_utf16 = b"\0" in before[:100]
        if is_utf16 or (not here and name not in before.lower()):
            continue
        after = _adjusted(before, sheet.name, moved, here=here)
        if after != before:
            package.put(part, after, package.content_type(part) or "")


def _speakers(package: Package, sheet: Sheet) -> Iterator[tuple[str, bool]]:
    """Parts other than the sheet and its tables, and whether addresses without a sheet mean this one there."""
    seen = {key_of(sheet.part)}
    seen |= {key_of(link.part) for link in package.relationships(sheet.part) if link.kind == "table" and link.part}
    waiting = [(sheet.part, True), (package.main, False)]
    while waiting:
        source, here = waiting.pop(0)
        for link in package.relationships(source):
            kind = link.kind.removeprefix("xl").lower()
            if kind not in _SPEAKERS or not link.part or key_of(link.part) in seen or not package.has(link.part):
                continue
            seen.add(key_of(link.part))
            waiting.append((link.part, here))
            yield link.part, here and kind == "ctrlprop"


def _adjusted(data: bytes, sheet: str, moved: RowMap, *, here: bool) -> bytes:
    def text(found: re.Match[bytes]) -> bytes:
        return found[1] + _moved_text(found[2], sheet, moved, here=here)

    def source(found: re.Match[bytes]) -> bytes:
        named = _ITS_SHEET.search(found[0])
        if named is None or html.unescape(named[2].decode()).casefold() != sheet.casefold():
            return found[0]
        return _ITS_RANGE.sub(lambda ref: ref[1] + _moved_text(ref[2], sheet, moved, here=True), found[0])

    return _SOURCE.sub(source, _ATTRIBUTE.sub(text, _TEXT.sub(text, data)))


def _moved_text(text: bytes, sheet: str, moved: RowMap, *, here: bool) -> bytes:
    """A formula as it stands in XML after the move; the very same bytes where it names nothing that moved."""
    formula = html.unescape(text.decode("utf-8", "surrogateescape"))
    after = moved_from_outside(formula, moved, sheet=sheet, here=here)
    if after == formula:
        return text
    return escape(after, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;"}).encode("utf-8", "surrogateescape")
