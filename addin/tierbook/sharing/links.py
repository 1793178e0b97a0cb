"""The link to the add-in's file, which Excel puts into a book that calls its functions; a copy needs none."""

from __future__ import annotations

import posixpath

from ..workbook.package.opc import Package
from ..workbook.package.xml_parts import MAIN, R_ID, children

_ADDIN = ("tierbook", ".xlam")


def drop_addin_links(package: Package) -> int:
    """Take the links to the add-in out, so that nobody is asked to update them; returns how many went.

    Formulas name links by number, so one with others behind it stays.
    """
    root = package.tree(package.main)
    box = root.find(MAIN + "externalReferences")
    links = {link.id: link.part for link in package.relationships(package.main)}
    gone = 0
    for one in reversed(children(box)):
        part = links.get(one.get(R_ID, ""))
        if box is None or part is None or not _leads_to_addin(package, part):
            break
        box.remove(one)
        package.unrelate(package.main, part)
        package.drop(part)
        gone += 1
    if box is not None and not children(box):
        root.remove(box)
    return gone


def _leads_to_addin(package: Package, part: str) -> bool:
    names = [posixpath.basename(link.target.replace("\\", "/")).lower() for link in package.relationships(part)]
    return any(name.startswith(_ADDIN[0]) and name.endswith(_ADDIN[1]) for name in names)
