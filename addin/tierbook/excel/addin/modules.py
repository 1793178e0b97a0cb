"""The VBA of the add-in and of the macro templates, put together from the sources in `vba/`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...macros import Module, vba_project
from ...macros.source import Kind
from ..buttons.names import BUTTONS

SOURCES = Path(__file__).with_name("vba")
ADDIN_PROJECT = "Tierbook"
BOOK_PROJECT = "TierbookSheets"
WORKBOOK = "ThisWorkbook"
"""The code name every workbook of ours has."""
WORDS_NAME = "_words.no_addin"
"""The hidden name of the cell that says what to do without the add-in."""
BUTTON_MODULES = ("CustTexts", "CustBox", "CustButtons", "CustRibbon", "CustStart")


def macro_of(verb: str) -> str:
    """The macro a sheet button runs."""
    return f"Cust{verb.capitalize()}"


def addin_project(sheets: Iterable[str]) -> bytes:
    """vbaProject.bin of tierbook.xlam.

    Args:
        sheets: code names of its sheets.

    Raises:
        MacroError, SeveralErrors: modules that Excel would not take.
    """
    return vba_project(addin_modules(sheets), ADDIN_PROJECT)


def addin_modules(sheets: Iterable[str]) -> list[Module]:
    """All modules of tierbook.xlam: workbook and sheets, functions, buttons."""
    from .functions import modules

    return [
        Module(WORKBOOK, source("AddinWorkbook.cls"), "workbook"),
        *(Module(name, "", "sheet") for name in sheets),
        *modules(),
        *(Module(name, source(f"{name}.bas").replace("@VERBS@", " ".join(BUTTONS))) for name in BUTTON_MODULES),
        Module("CustEvents", source("CustEvents.cls"), "class"),
    ]


def book_project(sheets: Iterable[str]) -> bytes:
    """vbaProject.bin of a macro template: it only sends the verbs of its buttons to the add-in."""
    return vba_project(book_modules(sheets), BOOK_PROJECT)


def book_modules(sheets: Iterable[str]) -> list[Module]:
    presses = "".join(f'\nPublic Sub {macro_of(verb)}()\n    CustSend "{verb}"\nEnd Sub\n' for verb in BUTTONS)
    documents: list[tuple[str, Kind]] = [(WORKBOOK, "workbook"), *((name, "sheet") for name in sheets)]
    return [
        *(Module(name, "Option Explicit\n", kind) for name, kind in documents),
        Module("SheetButtons", source("SheetButtons.bas").replace("@WORDS@", WORDS_NAME) + presses),
        Module("CustBox", source("CustBox.bas")),
    ]


def source(name: str) -> str:
    """The text of a file in `vba/`."""
    return (SOURCES / name).read_text(encoding="ascii")
