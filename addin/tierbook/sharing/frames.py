"""Formulas that call worksheet functions outside of cells: in conditional formats, drop-downs, table columns, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..workbook.cells.sheet_bytes import parted
from ..workbook.ours.tables import tables_on
from ..workbook.package.opc import Package
from ..workbook.package.sheet_list import WORKSHEET_TYPE, worksheets
from ..workbook.package.xml_parts import MAIN, children, local_name
from .calls import MAY_CALL, CannotReplace
from .cells import MAY_CALL as MAY_CALL_IN_BYTES
from .rewriting import Rewriting

if TYPE_CHECKING:
    from lxml import etree

_FORMULAS = {"f", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula"}


def rewrite_frames(package: Package, rewriting: Rewriting) -> None:
    """Rewrite them all. One that cannot be rewritten stays, and is told like a frozen cell."""
    for sheet in worksheets(package):
        for name, root in tables_on(package, sheet.part).items():
            _rewrite(root, f"{sheet.name}!{name}", rewriting)
        data = package.read(sheet.part)
        if MAY_CALL_IN_BYTES.search(data):
            parts = parted(data, sheet.part)
            if _rewrite(parts.frame, sheet.name, rewriting):
                package.put(sheet.part, parts.to_bytes(), WORKSHEET_TYPE)
    for one in children(package.tree(package.main).find(MAIN + "definedNames")):
        _rewrite_text(one, one.get("name", ""), rewriting)


def _rewrite(root: etree._Element, where: str, rewriting: Rewriting) -> bool:
    """Whether anything changed below a root."""
    found = [one for one in root.iter() if isinstance(one.tag, str) and local_name(one) in _FORMULAS]
    return sum(_rewrite_text(one, where, rewriting) for one in found) > 0  # every one of them, not up to the first


def _rewrite_text(element: etree._Element, where: str, rewriting: Rewriting) -> bool:
    words = element.text or ""
    if not MAY_CALL.search(words):
        return False
    try:
        made = rewriting.text(words)
    except CannotReplace:
        rewriting.frozen.append(where)
        return False
    if made == words:
        return False
    element.text = made
    return True
