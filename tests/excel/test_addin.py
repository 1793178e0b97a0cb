"""tierbook.xlam and the macro templates, as independent readers see them."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tierbook.excel import addin
from tierbook.excel.addin import book as addin_book
from tierbook.excel.addin import modules as addin_modules
from tierbook.excel.buttons import BUTTONS
from tierbook.excel.signatures import signatures
from tierbook.labels import LANGUAGES, text
from tierbook.workbook import read_rows
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import sheets

olefile = pytest.importorskip("olefile", reason="olefile is not installed")
olevba = pytest.importorskip("oletools.olevba", reason="oletools is not installed")

CUSTOM_UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
ICONS = {
    "refresh": "RefreshAll", "preview": "FilePrintPreview", "apply": "AcceptInvitation", "followups": "NewTask",
    "record": "MarkTaskComplete", "explain": "FormulaEvaluate", "check": "ErrorChecking", "audit": "DataValidation",
    "export": "ExportExcel", "review": "PivotTableReport", "undo": "Undo", "settings": "AdministrationHome",
    "help": "Help",
}  # fmt: skip
"""Names that are in the icon gallery of Office; Excel shows no icon, and no error, for others."""


@pytest.fixture(scope="module")
def xlam() -> bytes:
    return addin.addin_bytes()


@pytest.fixture(scope="module")
def xlsm() -> bytes:
    return addin.template_bytes("zh-CN")


def part(book: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return parts.read(name)


def modules_in(book: bytes) -> dict[str, str]:
    """Module -> text, as olevba reads it."""
    parser = olevba.VBA_Parser("vbaProject.bin", data=part(book, "xl/vbaProject.bin"))
    found = {file.rsplit(".", 1)[0]: code for _, _, file, code in parser.extract_all_macros()}
    parser.close()
    return found


def code_names(book: bytes) -> set[str]:
    package = Package(book)
    found = {code.decode() for code in re.findall(rb'codeName="(\w+)"', package.read(package.main))}
    for sheet in sheets(package):
        found |= {code.decode() for code in re.findall(rb'codeName="(\w+)"', package.read(sheet.part))}
    return found


def sheet_rows(book: bytes, name: str, folder: Path) -> list[list[Any]]:
    path = folder / "book.xlsm"
    path.write_bytes(book)
    return [list(row) for row in read_rows(path, name)]


def test_every_module_of_the_add_in_reads_back_exactly(xlam: bytes) -> None:
    made = addin_modules.addin_modules(addin_book.SHEETS.values())
    assert modules_in(xlam) == {one.name: one.source() for one in made}


def test_every_module_of_the_template_reads_back_exactly(xlsm: bytes) -> None:
    made = addin_modules.book_modules(addin.template_macros("zh-CN").code_names.values())
    assert modules_in(xlsm) == {one.name: one.source() for one in made}


@pytest.mark.parametrize("kind", ["xlam", "xlsm"])
def test_the_project_has_no_defect(kind: str, request: pytest.FixtureRequest) -> None:
    project = part(request.getfixturevalue(kind), "xl/vbaProject.bin")
    with olefile.OleFileIO(io.BytesIO(project), raise_defects=olefile.DEFECT_INCORRECT) as file:
        assert not file.parsing_issues


@pytest.mark.parametrize("kind", ["xlam", "xlsm"])
def test_workbook_and_sheets_have_the_modules_that_belong_to_them(kind: str, request: pytest.FixtureRequest) -> None:
    book = request.getfixturevalue(kind)
    with olefile.OleFileIO(io.BytesIO(part(book, "xl/vbaProject.bin"))) as file:
        lines = file.openstream("PROJECT").read().decode("ascii").splitlines()
    assert {line[9:].split("/")[0] for line in lines if line.startswith("Document=")} == code_names(book)


def test_two_builds_are_the_same_in_another_process_and_folder(xlam: bytes, xlsm: bytes, tmp_path: Path) -> None:
    code = (
        "import hashlib\nfrom tierbook.excel import addin\n"
        "for made in (addin.addin_bytes(), addin.template_bytes('zh-CN')): print(hashlib.sha256(made).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.split() == [hashlib.sha256(made).hexdigest() for made in (xlam, xlsm)]


def test_excel_takes_it_for_an_add_in_with_a_hidden_window(xlam: bytes) -> None:
    package = Package(xlam)
    assert package.content_type(package.main) == "application/vnd.ms-excel.addin.macroEnabled.main+xml"
    assert b'visibility="hidden"' in package.read(package.main)


def test_the_template_is_a_book_with_macros(xlsm: bytes) -> None:
    package = Package(xlsm)
    assert package.content_type(package.main) == "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


@pytest.mark.parametrize("kind", ["xlam", "xlsm"])
def test_the_open_xml_sdk_finds_no_fault(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder = os.environ.get("TIERBOOK_VALIDATOR", "")
    if not folder or shutil.which("node") is None:
        assert os.environ.get("TIERBOOK_CI") != "1", "CI must have the validator"
        pytest.skip("no validator (set TIERBOOK_VALIDATOR to the node_modules that hold @ooxml-tools/validate)")
    path = tmp_path / f"book.{kind}"
    path.write_bytes(request.getfixturevalue(kind))
    script = Path(__file__).parents[1] / "bench" / "lossless_validate.mjs"
    done = subprocess.run(["node", str(script), folder], input=f"{path}\n", capture_output=True, text=True,
                          timeout=120, check=True)  # fmt: skip
    assert done.stdout.strip() == "[]"


def ribbon(xlam: bytes) -> etree._Element:
    package = Package(xlam)
    link = next(one for one in package.relationships("") if one.kind == "extensibility")
    assert link.type == "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
    return etree.fromstring(package.read(link.part or ""))


def test_the_ribbon_tab_has_every_button_once(xlam: bytes) -> None:
    found = {button.get("tag"): button.get("imageMso") for button in ribbon(xlam).iter(CUSTOM_UI + "button")}
    assert found == ICONS
    assert sorted(found) == sorted(BUTTONS)
    assert len(list(ribbon(xlam).iter(CUSTOM_UI + "button"))) == len(BUTTONS)


def test_every_callback_of_the_ribbon_is_a_procedure_of_the_add_in(xlam: bytes) -> None:
    callbacks = {
        value for element in ribbon(xlam).iter(etree.Element) for value in element.attrib.values()
        if str(value).startswith("Cust")
    }  # fmt: skip
    source = "\n".join(modules_in(xlam).values())
    assert callbacks == {
        "CustRibbonLoaded",
        "CustRibbonLabel",
        "CustRibbonTip",
        "CustRibbonEnabled",
        "CustRibbonPressed",
    }
    assert [name for name in callbacks if f"Public Sub {name}(" not in source] == []


def test_ids_of_the_ribbon_are_unique(xlam: bytes) -> None:
    ids = [element.get("id") for element in ribbon(xlam).iter(etree.Element) if element.get("id")]
    assert len(ids) == len(set(ids))


def test_every_word_the_macros_ask_for_stands_on_the_sheet(xlam: bytes, tmp_path: Path) -> None:
    rows = sheet_rows(xlam, "texts", tmp_path)
    assert rows[0] == ["key", *LANGUAGES]
    known = {row[0] for row in rows[1:]}
    tags = {element.get("tag") for element in ribbon(xlam).iter(etree.Element) if element.get("tag")}
    asked = set(re.findall(r'CustText\("(\w+)"\)', "\n".join(modules_in(xlam).values())))
    asked |= {f"caption_{tag}" for tag in tags} | {f"tip_{verb}" for verb in BUTTONS}
    assert asked == known
    assert ["caption_refresh", "重新评分", "重新評分", "Refresh"] in rows


def test_the_function_wizard_gets_a_help_for_every_function_and_argument(xlam: bytes, tmp_path: Path) -> None:
    rows = {row[0]: [words for words in row[1:] if words] for row in sheet_rows(xlam, "help", tmp_path)[1:]}
    assert list(rows) == [one.name for one in signatures()]
    for one in signatures():
        assert rows[one.name] == ["客户分层 Customer Tiers", one.doc, *(argument.doc for argument in one.arguments)]
        assert all(len(words) <= 255 for words in rows[one.name])


def test_the_category_is_that_of_the_functions() -> None:
    functions = (Path(addin.__file__).parents[1] / "functions.py").read_text(encoding="utf-8")
    assert f'CATEGORY = "{addin_book.CATEGORY}"' in functions


def test_settings_say_only_what_must_be_so(xlam: bytes, tmp_path: Path) -> None:
    assert sheet_rows(xlam, "tierbook.conf", tmp_path) == [
        ["UDF MODULES", "tierbook.excel.functions;tierbook.excel.gateway"],
        ["USE UDF SERVER", "True"],
    ]


def test_the_settings_sheet_bears_the_name_xlwings_looks_for(xlam: bytes) -> None:
    assert 'PROJECT_NAME As String = "tierbook"' in modules_in(xlam)["xlwings"]
    assert "tierbook.conf" in {sheet.name for sheet in sheets(Package(xlam))}


def test_only_known_verbs_reach_python(xlam: bytes) -> None:
    assert f'VERBS As String = " {" ".join(BUTTONS)} "' in modules_in(xlam)["CustButtons"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_speaks_one_language(language: Any) -> None:
    macros = addin.template_macros(language)
    assert [one.caption for one in macros.buttons["guide"]] == [
        text(f"buttons.caption_{verb}", language) for verb in BUTTONS
    ]
    assert macros.words == text("addin.no_addin", language)


def test_every_button_of_a_sheet_runs_a_macro_of_the_book(xlsm: bytes) -> None:
    source = modules_in(xlsm)["SheetButtons"]
    for verb in BUTTONS:
        assert f'Public Sub {addin_modules.macro_of(verb)}()\r\n    CustSend "{verb}"\r\nEnd Sub' in source
