"""Sheets of any legal form: other prefixes, other encodings, cells without addresses, books LibreOffice saved."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tierbook.errors import WorkbookError
from tierbook.workbook.keyed.rows import cells_of, taken_apart
from tierbook.workbook.package.xml_parts import parse

SHEET = "xl/worksheets/sheet2.xml"
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WANTED = [["T3", "丙", 9, "开", None], ["T2", "乙 < 丁", 2, "完成", "n2"], ["T1", "甲", 1, "待办", "n1"]]


def part(book: bytes, name: str = SHEET) -> bytes:
    with zipfile.ZipFile(BytesIO(book)) as package:
        return package.read(name)


@pytest.fixture
def book(book_of) -> bytes:
    return book_of([["T1", "甲", 1, "待办", "n1"], ["T2", "乙 < 丁", 2, "完成", "n2"]])


@pytest.fixture
def donor(donor_of) -> bytes:
    return donor_of([["T3", "丙", 9, "开"], ["T2", "乙 < 丁", 2, ""], ["T1", "甲", 1, ""]])


def prefixed(content: bytes) -> bytes:
    """Every element of the sheet with the prefix x."""
    content = content.replace(b'xmlns="' + MAIN, b'xmlns:x="' + MAIN)
    return re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", content)


def without_addresses(content: bytes) -> bytes:
    """Rows and cells say where they are by their order only; the sheet is made to start in A1."""
    content = re.sub(rb'<row r="(\d+)"', rb"<row", re.sub(rb'<c r="[A-Z]+\d+"', rb"<c", content))
    return content.replace(b"<sheetData><row", b"<sheetData><row", 1).replace(
        b"</row><row", b"</row><row/><row/><row", 1
    )


FORMS = {
    "prefix": prefixed,
    "no addresses": without_addresses,
    "a comment": lambda content: content.replace(b"<row r=", b"<!-- <row r=\"1\"/> --><row r=", 1),
    "utf-16": lambda content: content.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "spread over lines": lambda content: content.replace(b"><", b">\n  <"),
    "address not first": lambda content: re.sub(rb'<c r="([A-Z]+\d+)"( s="\d+")', rb'<c\2 r="\1"', content),
    "single quotes": lambda content: re.sub(rb'<row r="(\d+)"', rb"<row r='\1'", content),
    "single quotes in cells": lambda content: re.sub(rb'(<c r="[A-Z]+[0-9]+") s="([0-9]+)"', rb"\1 s='\2'", content),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_sheets_of_any_form_are_updated_alike(form: str, book, donor, update, loaded, changed) -> None:
    odd = changed(book, lambda name, content: FORMS[form](content) if name == SHEET else content)
    assert part(odd) != part(book)
    sheet = loaded(update(odd, donor))["任务"]
    assert [[cell.value for cell in row] for row in sheet["A5:E7"]] == WANTED
    assert sheet["A1"].value == "客户任务 · 2026-08-31"


def test_a_prefix_stays_the_sheets_own(book, donor, update, changed) -> None:
    made = part(update(changed(book, lambda name, text: prefixed(text) if name == SHEET else text), donor))
    root = parse(made, SHEET)
    assert root.prefix == "x"
    assert {element.prefix for element in root.iter()} == {"x"}


def test_a_name_only_the_ignorable_list_mentions_stays_declared(book, donor, update, changed) -> None:
    told = (
        b' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr"'
        b' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
        b' xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision">'
    )

    def ignorable(name: str, content: bytes) -> bytes:
        if name != SHEET:
            return content
        head, _, tail = (
            content.partition(b"><sheetPr") if b"><sheetPr" in content else content.partition(b"><dimension")
        )
        middle = b"<sheetPr" if b"<sheetPr" in content else b"<dimension"
        return (head + told + middle + tail).replace(b"<row r=", b'<row x14ac:dyDescent="0.2" r=')

    made = part(update(changed(book, ignorable), donor))
    assert b'xmlns:xr="' in made
    assert b'mc:Ignorable="x14ac xr"' in made
    assert b"x14ac:dyDescent" in made
    assert parse(made, SHEET) is not None


def test_formulas_and_what_hangs_on_cells_survive_the_careful_way(book_of, donor, update, loaded, changed) -> None:
    book = book_of([["T1", "甲", 1, "待办", '=C5&"<&>"'], ["T2", "乙", 2, "完成", "n2"]])
    odd = changed(book, lambda name, content: prefixed(content) if name == SHEET else content)
    made = update(odd, donor)
    assert loaded(made)["任务"]["E7"].value == '=C7&"<&>"'


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1"><c r="A1"/><c r="A1"/></row>',
        b'<row r="1"><c r="A2"/></row>',
        b'<row r="2"/><row r="2"/>',
        b'<row r="x"/>',
    ],
)  # fmt: skip
def test_rows_and_cells_that_are_there_twice_or_nowhere_are_damage(rows: bytes) -> None:
    data = b'<worksheet xmlns="' + MAIN + b'"><sheetData>' + rows + b"</sheetData></worksheet>"
    with pytest.raises(WorkbookError) as refused:
        for row in taken_apart(data, SHEET).rows:
            cells_of(row)
    assert refused.value.key == "workbook.part_damaged"


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_book_saved_by_libreoffice_is_updated(book, donor, update, loaded, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "book.xlsx").write_bytes(book)
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"]
    subprocess.run(
        [*command, "xlsx", "--outdir", str(tmp_path), str(tmp_path / "in" / "book.xlsx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    saved = (tmp_path / "book.xlsx").read_bytes()
    sheet = loaded(update(saved, donor))["任务"]
    assert [[cell.value for cell in row] for row in sheet["A5:E7"]] == WANTED
    assert sheet.tables["Tasks"].ref == "A4:E7"
