"""What may hang on a sheet of ours, and what people call the rest."""

from __future__ import annotations

from collections.abc import Collection

from ...errors import WorkbookError
from ..package.opc import Package
from ..package.sheet_list import named, sheets

_CARRIED = {"drawing", "vmlDrawing", "comments", "table", "hyperlink", "image"}
"""What donors bring anew, or what goes over to the new sheet."""
_SETTINGS = {"printerSettings", "namedSheetView"}
"""What Excel leaves on a sheet by itself (a reader's own filter would otherwise stop every refresh)."""


def foreign_kind(package: Package, part: str) -> str | None:
    """The kind of the first part that hangs on a sheet and that no donor brings back, such as `pivotTable`."""
    kinds = (link.kind for link in package.relationships(part))
    return next((kind for kind in kinds if kind not in _CARRIED | _SETTINGS), None)


def word_for(kind: str) -> WorkbookError | str:
    """What people call a kind of part; an error only because those are worded in the reader's language."""
    words = {
        "pivotTable": "pivot_table",
        "threadedComment": "threaded_comment",
        "slicer": "slicer",
        "timeline": "slicer",
        "oleObject": "embedded_file",
        "package": "embedded_file",
        "ctrlProp": "form_control",
        "control": "form_control",
    }
    return WorkbookError(f"workbook.{words[kind]}") if kind in words else kind


def what_hangs_on(data: bytes, names: Collection[str]) -> dict[str, set[str]]:
    """Sheet -> kinds of the parts that hang on it (`comments`, `drawing`, `vmlDrawing` ...), for those of these names.

    Raises:
        WorkbookError: the book cannot be opened.
    """
    package = Package(data)
    tabs = sheets(package)
    there = [tab for name in names if (tab := named(tabs, name)) is not None]
    return {tab.name: {link.kind for link in package.relationships(tab.part)} for tab in there}
