"""Rows of any legal form in the plain one: no prefix, no character data sections, each row and cell with its address.

Formulas, attributes and what hangs on cells are kept, unlike in `careful`, which reads values only.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from lxml import etree

from ...errors import WorkbookError
from ..cells.careful import column_letters
from ..cells.scan import column_index
from ..package.xml_parts import MAIN, children

_QUOTE = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_XML = "{http://www.w3.org/XML/1998/namespace}"


def plain_rows(place: etree._Element, part: str) -> bytes:
    """The rows below a sheetData element, in order.

    Raises:
        WorkbookError: a row or a cell is there twice, or an address is none.
    """
    rows: dict[int, str] = {}
    number = 0
    for row in place.iterfind(MAIN + "row"):
        number = _whole(row.get("r"), part) or number + 1
        if number in rows:
            raise WorkbookError("workbook.part_damaged", part=part)
        cells = "".join(_cells(row, number, part))
        attributes = f' r="{number}"' + _attributes(row)
        rows[number] = f"<row{attributes}>{cells}</row>" if cells else f"<row{attributes}/>"
    return "".join(rows[number] for number in sorted(rows)).encode()


def _cells(row: etree._Element, number: int, part: str) -> Iterator[str]:
    found: dict[int, str] = {}
    column = -1
    for cell in row.iterfind(MAIN + "c"):
        address = cell.get("r")
        column = column_index(address.rstrip("0123456789").upper()) if address else column + 1
        if column in found or column < 0:
            raise WorkbookError("workbook.part_damaged", part=part)
        inside = "".join(map(_xml, children(cell)))
        attributes = f' r="{column_letters(column)}{number}"' + _attributes(cell)
        found[column] = f"<c{attributes}>{inside}</c>" if inside else f"<c{attributes}/>"
    for column in sorted(found):
        yield found[column]


def _xml(element: etree._Element) -> str:
    """An element with all that is inside it; texts as references, so that no `<` stands for itself."""
    inside = escape(element.text or "", {"\r": "&#13;"})
    inside += "".join(_xml(child) + escape(child.tail or "") for child in children(element))
    name = _name(element)
    return f"<{name}{_attributes(element)}>{inside}</{name}>" if inside else f"<{name}{_attributes(element)}/>"


def _name(element: etree._Element) -> str:
    local = str(etree.QName(element).localname)
    return local if str(element.tag).startswith(MAIN) or not element.prefix else f"{element.prefix}:{local}"


def _attributes(element: etree._Element) -> str:
    """All attributes but the address; spaces a text keeps, and prefixes only this element declares, are kept too."""
    told = [f' {_attribute_name(element, str(name))}="{escape(str(value), _QUOTE)}"'
            for name, value in element.attrib.items() if name != "r"]  # fmt: skip
    parent = element.getparent()
    known = parent.nsmap if parent is not None else {}
    new = {prefix: uri for prefix, uri in element.nsmap.items() if prefix and known.get(prefix) != uri}
    return "".join(told + [f' xmlns:{prefix}="{escape(uri, _QUOTE)}"' for prefix, uri in new.items()])


def _attribute_name(element: etree._Element, name: str) -> str:
    if not name.startswith("{"):
        return name
    uri, _, local = name[1:].partition("}")
    if name.startswith(_XML):
        return f"xml:{local}"
    return next(f"{prefix}:{local}" for prefix, known in element.nsmap.items() if known == uri and prefix)


def _whole(text: str | None, part: str) -> int:
    if text is None:
        return 0
    if not text.isascii() or not text.isdigit():
        raise WorkbookError("workbook.part_damaged", part=part)
    return int(text)
