"""A sheet in two parts: its frame as a tree, its cells as the bytes they are.

A hundred thousand rows as a tree would cost gigabytes; what is edited here stands around them or in formulas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from ..package.xml_parts import child_of, dump, local_name, parse

_DATA = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)sheetData(?:\s[^<>]*?)?(/?)>")
_ODD = re.compile(rb"<!--|<!\[CDATA\[")

# fmt: off
SHEET_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)
# fmt: on
"""Children of a worksheet in the order the schema wants them."""


@dataclass
class SheetBytes:
    """A sheet: `frame` is its tree without rows, `cells` what stands between the sheetData tags."""

    frame: etree._Element
    cells: bytes

    def child(self, name: str) -> etree._Element:
        """The frame's child of that name, made in its place if it is missing."""
        return child_of(self.frame, name, SHEET_ORDER)

    def to_bytes(self) -> bytes:
        data = dump(self.frame)
        found = _DATA.search(data)
        if found is None or not self.cells:
            return data
        start = data[found.start() : found.end() - 2].rstrip()
        end = b"</" + found[1] + b"sheetData>"
        return b"".join([data[: found.start()], start, b">", self.cells, end, data[found.end() :]])


def parted(data: bytes, part: str) -> SheetBytes:
    """Take a sheet apart.

    Raises:
        WorkbookError: not well formed around its rows.
    """
    if _ODD.search(data) or not _DATA.search(data):
        data = _plain(data, part)
    found = _DATA.search(data)
    if found is None or found[2]:
        return SheetBytes(parse(data, part), b"")
    end = data.rfind(b"</" + found[1] + b"sheetData")
    frame = b"".join([data[: found.end() - 1], b"/>", data[data.index(b">", end) + 1 :]])
    return SheetBytes(parse(frame, part), data[found.end() : end])


def _plain(data: bytes, part: str) -> bytes:
    """A sheet in UTF-8, without comments and character data sections."""
    root = parse(data, part)
    etree.strip_tags(root, etree.Comment)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def drop_children(parent: etree._Element, *names: str) -> None:
    for child in [child for child in parent if isinstance(child.tag, str) and local_name(child) in names]:
        parent.remove(child)
