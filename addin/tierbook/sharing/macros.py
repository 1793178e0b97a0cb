"""A copy without macros: the VBA project goes, and with it the buttons that would start what is no longer there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import WorkbookError
from ..workbook.package.file_kinds import MACROS, PLAIN
from ..workbook.package.opc import Package
from ..workbook.package.sheet_list import WORKSHEET_TYPE, sheets
from ..workbook.package.xml_parts import MAIN, R_ID, children, dump, local_name

if TYPE_CHECKING:
    from lxml import etree

_KINDS = {"worksheet", "chartsheet", "partless"}
_EXCEL_VML = "{urn:schemas-microsoft-com:office:excel}"
_VML = "{urn:schemas-microsoft-com:vml}"
_PROPERTIES = "ctrlProp"
_RIBBON = ("extensibility", "userCustomization")


class NotClean(Exception):
    """Something in the book needs its macros, so they stay."""


def without_macros(data: bytes) -> bytes:
    """A macro book as a plain one.

    Raises:
        NotClean: it has controls or sheets of macros that cannot simply go.
    """
    package = Package(data)
    if package.content_type(package.main) != MACROS:
        raise NotClean
    for sheet in sheets(package):
        if sheet.kind not in _KINDS:
            raise NotClean
        if sheet.kind == "worksheet":
            _without_buttons(package, sheet.part)
    for link in package.relationships(""):
        if link.kind in _RIBBON and link.part:
            package.unrelate("", link.part)
            package.drop(link.part)
    _drop_project(package)
    package.put(package.main, dump(package.tree(package.main)), PLAIN)
    return package.to_bytes()


def _drop_project(package: Package) -> None:
    project = package.related(package.main, "vbaProject")
    if project is not None:
        for part in package.reachable(project).values():
            package.drop(part)
        package.unrelate(package.main, project)
        package.drop(project)
    for name in children(package.tree(package.main).find(MAIN + "definedNames")):
        if name.get("vbProcedure") in {"1", "true"} or name.get("xlm") in {"1", "true"}:
            raise NotClean


def _without_buttons(package: Package, part: str) -> None:
    links = {link.id: link for link in package.relationships(part)}
    if any(link.kind in {"control", "oleObject", "activeXControlBinary"} for link in links.values()):
        raise NotClean
    drawn = package.related(part, "vmlDrawing")
    buttons = _buttons_of(package, drawn) if drawn else set()
    drawing = package.related(part, "drawing")
    if drawing is not None:
        _silence(package, drawing, buttons)
    if any(link.kind == _PROPERTIES for link in links.values()):
        _drop_controls(package, part, buttons)
    if drawn and buttons and next(package.tree(drawn).iter(_VML + "shape"), None) is None:
        _drop_old_drawing(package, part, drawn)


def _buttons_of(package: Package, drawn: str) -> set[str]:
    """Take the buttons out of a sheet's old drawing; their shape numbers.

    Raises:
        NotClean: the drawing cannot be read, or something else in it starts a macro.
    """
    try:
        root = package.tree(drawn)
    except WorkbookError as problem:
        raise NotClean from problem
    gone = set()
    for shape in list(root.iter(_VML + "shape")):
        told = shape.find(_EXCEL_VML + "ClientData")
        if told is None or told.find(_EXCEL_VML + "FmlaMacro") is None:
            continue
        if told.get("ObjectType") != "Button":
            raise NotClean
        gone.add(shape.get("id", "").removeprefix("_x0000_s"))
        box = shape.getparent()
        if box is not None:
            box.remove(shape)
    return gone


def _drop_old_drawing(package: Package, part: str, drawn: str) -> None:
    """Take out the old drawing of a sheet, in which nothing is left."""
    from ..workbook.cells.sheet_bytes import drop_children, parted

    sheet = parted(package.read(part), part)
    drop_children(sheet.frame, "legacyDrawing")
    package.put(part, sheet.to_bytes(), WORKSHEET_TYPE)
    package.unrelate(part, drawn)
    package.drop(drawn)


def _silence(package: Package, drawing: str, buttons: set[str]) -> None:
    """Shapes and pictures that start a macro stay and start none; the newer twin of a button goes."""
    root = package.tree(drawing)
    for unit in children(root):
        numbers = {one.get("spid", "").removeprefix("_x0000_s") for one in unit.iter() if _name(one) == "compatExt"}
        if numbers & buttons:
            root.remove(unit)
            continue
        for one in unit.iter():
            if isinstance(one.tag, str) and one.get("macro"):
                one.set("macro", "")


def _drop_controls(package: Package, part: str, buttons: set[str]) -> None:
    """Take the buttons out of the list of controls a sheet has since Excel 2010."""
    from ..workbook.cells.sheet_bytes import parted

    sheet = parted(package.read(part), part)
    links = {link.id: link for link in package.relationships(part)}
    for control in [one for one in sheet.frame.iter(MAIN + "control") if one.get("shapeId", "") in buttons]:
        link = links.get(control.get(R_ID, ""))
        if link is not None and link.part:
            package.unrelate(part, link.part)
            package.drop(link.part)
        _remove_with_wrapping(control)
    package.put(part, sheet.to_bytes(), WORKSHEET_TYPE)


def _remove_with_wrapping(element: etree._Element) -> None:
    """Take an element out, and whatever around it then holds nothing."""
    box = element.getparent()
    if box is None or box.getparent() is None:
        return
    outer = box if local_name(box) in {"Choice", "Fallback"} else None
    box.remove(element)
    if outer is not None and (wrapping := outer.getparent()) is not None:
        _remove_with_wrapping(wrapping)
    elif not children(box) and local_name(box) == "controls":
        _remove_with_wrapping(box)


def _name(element: etree._Element) -> str:
    return local_name(element) if isinstance(element.tag, str) else ""
