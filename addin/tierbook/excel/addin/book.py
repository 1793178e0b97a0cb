"""The workbook inside tierbook.xlam: three sheets nobody sees, the VBA project and the ribbon tab."""

from __future__ import annotations

import datetime as dt
import io
import tomllib
from collections.abc import Sequence
from pathlib import Path

from ...labels import LANGUAGES, text
from ..signatures import signatures
from . import modules

CONF = "tierbook.conf"
"""xlwings' VBA looks for its settings on the sheet `<project>.conf` of the add-in, then in the user's file."""
SETTINGS = (
    ("UDF MODULES", "tierbook.excel.functions;tierbook.excel.gateway"),
    ("USE UDF SERVER", "True"),
)
"""What must be so. Interpreter and paths are left to the user's file, which is only asked for what is not here."""
CATEGORY = "客户分层 Customer Tiers"
OWN_TEXTS = ("title", "failed", "no_workbook", "caption_tab", "caption_group_score", "caption_group_rules",
             "caption_group_work", "caption_group_look", "caption_group_tool")  # fmt: skip
SHEETS = {CONF: "SheetConf", "texts": "SheetTexts", "help": "SheetHelp"}
"""Name -> code name."""
CELL_TEXTS = ("vba.out_of_reach", "vba.went_wrong")
"""What CUST_STAMP and CUST_WHY say where Python cannot."""

_ADDIN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
_RIBBON_TYPE = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_RIBBON_PART = "customUI/customUI14.xml"
_CREATED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def addin_book() -> bytes:
    """tierbook.xlam; the same bytes on every machine."""
    from ...workbook.package.opc import Package
    from ...workbook.package.xml_parts import MAIN

    package = Package(_with_macros())
    package.put(package.main, package.read(package.main), _ADDIN_TYPE)
    for view in package.tree(package.main).iter(MAIN + "workbookView"):
        view.set("visibility", "hidden")
    package.put(_RIBBON_PART, (modules.SOURCES / "ribbon.xml").read_bytes(), "application/xml")
    package.relate("", _RIBBON_TYPE, _RIBBON_PART)
    return package.to_bytes()


def _with_macros() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "tierbook", "author": "tierbook", "created": _CREATED})
    book.add_vba_project(io.BytesIO(modules.addin_project(SHEETS.values())), is_stream=True)
    book.set_vba_name(modules.WORKBOOK)
    for (name, code_name), rows in zip(SHEETS.items(), (SETTINGS, texts(), helps()), strict=True):
        sheet = book.add_worksheet(name)
        sheet.set_vba_name(code_name)
        for place, row in enumerate(rows):
            for column, words in enumerate(row):
                sheet.write_string(place, column, words)
    book.close()
    return out.getvalue()


def texts() -> list[Sequence[str]]:
    """The sheet `texts`: key, then the words in each language."""
    folder = Path(__file__).parents[2] / "labels"
    buttons = tomllib.loads((folder / "buttons.toml").read_text(encoding="utf-8"))
    keys = [*(f"addin.{key}" for key in OWN_TEXTS), *CELL_TEXTS]
    keys += [f"buttons.{key}" for key in buttons if key.startswith(("caption_", "tip_"))]
    rows = ((key.split(".")[1], *(text(key, language) for language in LANGUAGES)) for key in keys)
    return [("key", *LANGUAGES), *rows]


def helps() -> list[Sequence[str]]:
    """The sheet `help`: name, category, help, then a help for each argument."""
    rows = ((one.name, CATEGORY, one.doc, *(argument.doc for argument in one.arguments)) for one in signatures())
    return [("name", "category", "help", "arguments"), *rows]
