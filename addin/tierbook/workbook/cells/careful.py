"""The careful reader: brings a sheet of any legal form into the plain one that `scan` understands.

For sheets with another namespace prefix, comments, other encodings, cells without addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from lxml import etree

from ...errors import WorkbookError
from ..package.xml_parts import MAIN, children, number_of, parse
from .scan import LAST_ROW, column_index, unescaped

_ADDRESS = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def plain_sheet(data: bytes, part: str) -> bytes:
    """The cells of a sheet in the plain form, in order, each with its address. Formulas are left out.

    Raises:
        WorkbookError: not well formed, or a cell is there twice.
    """
    found = sorted(_cells(parse(data, part), part))
    places = [place for place, _ in found]
    if len(set(places)) != len(places):
        raise WorkbookError("workbook.part_damaged", part=part)
    return b"<sheetData>" + "".join(cell for _, cell in found).encode() + b"</sheetData>"


def strings_of(data: bytes, part: str) -> list[str | None]:
    """The shared texts of a book; None for empty ones.

    Raises:
        WorkbookError: not well formed.
    """
    return [unescaped(_text_of(item)) or None for item in children(parse(data, part))]


def column_letters(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = _LETTERS[rest] + letters
    return letters


def _cells(root: etree._Element, part: str) -> Iterator[tuple[tuple[int, int], str]]:
    """(row, column) and plain form of each cell. What has no address follows the one before."""
    row_number = 0
    for row in root.iterfind(f"{MAIN}sheetData/{MAIN}row"):
        row_number = _row_number(row, row_number, part)
        column = -1
        for cell in row.iterfind(MAIN + "c"):
            address = cell.get("r")
            column = _column(address, part) if address else column + 1
            yield (row_number, column), _plain_cell(cell, f"{column_letters(column)}{row_number}")


def _row_number(row: etree._Element, last: int, part: str) -> int:
    number = number_of(row, "r") if row.get("r") else last + 1
    if not 1 <= number <= LAST_ROW:
        raise WorkbookError("workbook.part_damaged", part=part)
    return number


def _column(address: str, part: str) -> int:
    place = _ADDRESS.fullmatch(address.upper())
    if place is None:
        raise WorkbookError("workbook.part_damaged", part=part)
    return column_index(place[1])


def _plain_cell(cell: etree._Element, address: str) -> str:
    look = f' s="{cell.get("s")}"' if cell.get("s") else ""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return f'<c r="{address}"{look} t="inlineStr"><is><t>{escape(_text_of(cell))}</t></is></c>'
    value = cell.findtext(MAIN + "v")
    if value is None:
        return f'<c r="{address}"{look}/>'
    kept = value if kind == "str" else value.strip()
    typed = "" if kind == "n" else f' t="{kind}"'
    return f'<c r="{address}"{look}{typed}><v>{escape(kept)}</v></c>'


def _text_of(item: etree._Element) -> str:
    """The text of a string item without the reading aids of East Asian names."""
    texts = [t for t in item.iter(MAIN + "t") if not any(up.tag == MAIN + "rPh" for up in t.iterancestors())]
    return "".join(text.text or "" for text in texts)
