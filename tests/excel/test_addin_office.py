"""LibreOffice, which reads VBA projects and runs VBA, opens what we built: modules, buttons, macros.

xlwings' own module is left out where macros run: its `#If` lines are not for LibreOffice.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tierbook.excel import addin
from tierbook.excel.addin import book as addin_book
from tierbook.excel.addin import functions as vba_sources
from tierbook.excel.addin import modules as addin_modules
from tierbook.excel.buttons import BUTTONS
from tierbook.jobs import Request, refresh
from tierbook.labels import text
from tierbook.macros import Module, vba_project
from tierbook.publish import template_book
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import named, sheets

AS_OF = dt.date(2026, 8, 31)
FACTS = {
    "customers": [{"customer_id": f"{number}", "owner": "王敏"} for number in range(1001, 1007)],
    "orders": [
        {"order_id": f"o{number}", "customer_id": f"{number}", "date": AS_OF - dt.timedelta(number % 90), "amount": 10}
        for number in range(1001, 1007)
    ],
}
OFFICE_PYTHON = "/usr/bin/python3"
STAND_IN = """Option Explicit
Public Sub CustRunPython(command As String)
    Dim log As Object
    Set log = ThisWorkbook.Worksheets("log").Range("A1")
    log.Value = log.Value & command & "|"
    CustPressLater "refresh"
End Sub
Public Function EnabledOf(verb As String) As String
    Dim control As Pressed
    Dim enabled As Variant
    Set control = New Pressed
    control.Tag = verb
    CustRibbonEnabled control, enabled
    EnabledOf = enabled
End Function
"""
"""In place of CustLink: writes down what Python would be asked, and presses another button meanwhile. In place of
Excel: asks what the ribbon asks."""
PRESSED_CONTROL = "Option Explicit\nPublic Tag As String\n"
pytestmark = [pytest.mark.office, pytest.mark.slow]


def lack() -> str:
    """Why LibreOffice cannot be asked here, "" where it can."""
    if shutil.which("soffice") is None:
        return "LibreOffice is not installed"
    asked = subprocess.run([OFFICE_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return "" if asked.returncode == 0 else "the Python of LibreOffice has no uno"


def pressing_book(path: Path, *, hidden: str = "", mark: str = "") -> None:
    """The add-in's buttons beside a stand-in for CustLink, in a book that may have one more sheet or a name."""
    sheets = {"log": "SheetLog", "texts": "SheetTexts"} | ({hidden: "SheetHidden"} if hidden else {})
    ours = {one.name: one for one in addin_modules.addin_modules([])}
    # LibreOffice wants a number for the time, and its timer does not run without a window
    buttons = Module("CustButtons", ours["CustButtons"].code.replace("OnTime Now", "OnTime CDbl(Now)"))
    others = [ours[name] for name in ("CustTexts", "CustRibbon")]
    modules = [Module("ThisWorkbook", "", "workbook"), *(Module(code, "", "sheet") for code in sheets.values()),
               Module("StandIn", STAND_IN), Module("Pressed", PRESSED_CONTROL, "class"), buttons, *others]  # fmt: skip
    book = xlsxwriter.Workbook(path)
    book.add_vba_project(io.BytesIO(vba_project(modules, "Pressing")), is_stream=True)
    book.set_vba_name("ThisWorkbook")
    for name, code in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.set_vba_name(code)
        for place, row in enumerate(addin_book.texts() if name == "texts" else []):
            sheet.write_row(place, 0, row)
    if mark:
        book.define_name(mark, "=log!$A$1")
    book.close()


def press(verb: str) -> list[Any]:
    return ["pressing", "macro", "Pressing", "CustButtons", "CustPressLater", [verb]]


PRESSED = ["pressing", "macro", "Pressing", "CustButtons", "CustPress", []]
LOG = ["pressing", "cell", "log", "A1"]
STATES = [
    [book, "macro", "Pressing", "StandIn", "EnabledOf", [verb]]
    for book in ("stranger", "refreshed", "newborn")
    for verb in ("refresh", "undo", "settings", "help")
]
ASKED = [
    ["template", "macro", "TierbookSheets", "SheetButtons", "CustMissing", []],
    ["running", "macro", "Tierbook", "CustTexts", "CustText", ["caption_refresh"]],
    ["running", "macro", "Tierbook", "CustTexts", "CustText", ["nobody_wrote_this"]],
    press("format_the_disk"), PRESSED, LOG,
    press("check"), press("apply"), PRESSED, LOG,
    PRESSED, LOG,
    press("undo"), PRESSED, LOG,
    *STATES,
]  # fmt: skip


@pytest.fixture(scope="module")
def seen(general, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What LibreOffice sees; opened once for all tests here."""
    reason = lack()
    if reason and os.environ.get("TIERBOOK_CI") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("office")
    names = {"addin": "tierbook.xlam", "running": "own.xlam", "template": "book.xlsm", "pressing": "pressing.xlsm"}
    names |= {name: f"{name}.xlsm" for name in ("stranger", "refreshed", "newborn")}
    books = {name: folder / file for name, file in names.items()}
    books["addin"].write_bytes(addin.addin_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vba_sources, "modules", vba_sources.own_modules)
        books["running"].write_bytes(addin.addin_bytes())
    made = template_book(general, "zh-TW", facts=FACTS, macros=addin.template_macros("zh-TW"))
    books["template"].write_bytes(made)
    pressing_book(books["pressing"])
    pressing_book(books["stranger"])
    pressing_book(books["refreshed"], hidden="_tierbook")
    pressing_book(books["newborn"], mark="_tierbook.tiers")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    saved = folder / "saved.xlsm"
    request = {"books": {name: str(path) for name, path in books.items()}, "asked": ASKED,
               "saved": {"template": str(saved)}}  # fmt: skip
    done = subprocess.run(
        [OFFICE_PYTHON, str(Path(__file__).with_name("uno_addin.py"))], input=json.dumps(request), text=True,
        encoding="utf-8", capture_output=True, timeout=180, check=False,
        env={**environment, "PYTHONUTF8": "1", "HOME": str(folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "saved": saved}


def test_it_lists_every_module_of_the_add_in(seen: dict[str, Any]) -> None:
    made = addin_modules.addin_modules(addin_book.SHEETS.values())
    assert set(seen["books"]["addin"]["modules"]) == {one.name for one in made}


def test_it_lists_every_module_of_the_template(seen: dict[str, Any]) -> None:
    made = addin_modules.book_modules(addin.template_macros("zh-TW").code_names.values())
    assert set(seen["books"]["template"]["modules"]) == {one.name for one in made}


def test_sheets_are_known_to_the_code_by_their_names(seen: dict[str, Any]) -> None:
    assert seen["books"]["addin"]["code_names"] == list(addin_book.SHEETS.values())
    assert seen["books"]["template"]["code_names"] == list(addin.template_macros("zh-TW").code_names.values())


def test_it_lists_every_button_and_the_macro_it_runs(seen: dict[str, Any]) -> None:
    def shown(*verbs: str) -> list[list[str]]:
        return [
            [text(f"buttons.caption_{verb}", "zh-TW"),
             f"vnd.sun.star.script:TierbookSheets.SheetButtons.{addin_modules.macro_of(verb)}"
             "?language=Basic&location=document"]
            for verb in verbs
        ]  # fmt: skip

    found = {sheet: buttons for sheet, buttons in seen["books"]["template"]["buttons"].items() if buttons}
    models = [text(f"sheets.{key}", "zh-TW") for key in addin.template_macros("zh-TW").buttons if "model_" in key]
    assert found == {
        text("sheets.guide", "zh-TW"): shown(*BUTTONS),
        text("sheets.tasks", "zh-TW"): shown("followups", "record"),
        **{sheet: shown("preview", "apply") for sheet in models},
    }
    assert len(models) == 6


def test_without_the_add_in_the_book_says_so_in_its_own_words(seen: dict[str, Any]) -> None:
    assert seen["answers"][0] == text("addin.no_addin", "zh-TW")


def test_the_add_in_reads_its_words_from_its_sheet(seen: dict[str, Any]) -> None:
    assert seen["answers"][1:3] == ["Refresh", "nobody_wrote_this"]


def test_a_press_is_one_call_into_python(seen: dict[str, Any]) -> None:
    nonsense, first, again, second = (seen["answers"][place] for place in (5, 9, 11, 14))
    check, undo = (f"from tierbook.excel import buttons; buttons.press('{verb}')|" for verb in ("check", "undo"))
    assert nonsense == "", "an unknown verb goes nowhere"
    assert first == check, "a second press while the first waits is none"
    assert again == check, "a press while a button works is none"
    assert second == check + undo


def test_the_ribbon_offers_a_book_what_suits_it(seen: dict[str, Any]) -> None:
    enabled = [answer == "True" for answer in seen["answers"][-len(STATES) :]]
    for_a_stranger, refreshed, newborn = enabled[:4], enabled[4:8], enabled[8:]
    assert for_a_stranger == [False, False, True, True], "settings and help need no book of ours"
    assert refreshed == [True, True, True, True]
    assert newborn == [True, True, True, True]


def controls_on(book: bytes, sheet: str) -> list[str]:
    """Macros of the form controls of a sheet, as an office program saves them."""
    package = Package(book)
    found = named(sheets(package), sheet)
    assert found is not None
    assert len([link for link in package.relationships(found.part) if link.kind == "ctrlProp"]) == 2
    return [macro.decode() for macro in re.findall(rb'<controlPr [^>]*macro="([^"]*)"', package.read(found.part))]


def test_buttons_an_office_program_saved_outlive_a_refresh(
    seen: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path))
    path, tasks = seen["saved"], text("sheets.tasks", "zh-TW")
    before = [sheet.name for sheet in sheets(Package(path.read_bytes()))]
    report = refresh(Request(as_of=AS_OF, book=path, model="general", language="zh-TW"))
    after = path.read_bytes()
    assert [key for key, _ in report.notes if key.startswith("workbook.")] == [], "no dated copy was needed"
    assert [sheet.name for sheet in sheets(Package(after)) if not sheet.name.startswith("_")] == before
    assert controls_on(after, tasks) == ["SheetButtons.CustFollowups", "SheetButtons.CustRecord"]
    assert not refresh(Request(as_of=AS_OF, book=path, model="general", language="zh-TW")).changed
