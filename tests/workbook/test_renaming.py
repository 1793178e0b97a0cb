"""Formulas that speak of a sheet, a table or a name by its old name speak of it by the new one."""

from __future__ import annotations

import pytest

from tierbook.workbook.cells.sheet_bytes import parted
from tierbook.workbook.ours.renaming import Renaming
from tierbook.workbook.package.xml_parts import MAIN

NEW = Renaming({"分层": "客户 (A)", "It's": "Ours"}, {"Tiers": "Tiers_tb", "选项": "选项_tb"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("分层!A1", "'客户 (A)'!A1"),
        ("'分层'!$A$1:$B$2", "'客户 (A)'!$A$1:$B$2"),
        ("SUM('It''s'!A:A)+数据!A1", "SUM(Ours!A:A)+数据!A1"),
        ("Tiers[分数]", "Tiers_tb[分数]"),
        ("tiers[[#This Row],[选项]]", "Tiers_tb[[#This Row],[选项]]"),
        ("COUNTA(选项)", "COUNTA(选项_tb)"),
        ("分层A!A1+TiersX[a]+选项2", "分层A!A1+TiersX[a]+选项2"),
        ('"分层!A1"&"选项"', '"分层!A1"&"选项"'),
        ("'[1]分层'!A1+[1]分层!A1", "'[1]分层'!A1+[1]分层!A1"),
        ("Tiers(1)", "Tiers(1)"),
    ],
)
def test_a_formula_in_the_new_names(before: str, after: str) -> None:
    assert NEW.formula(before) == after


def test_names_in_the_bytes_of_a_part_are_written_as_xml() -> None:
    data = '<c:f>分层!$A$1</c:f><xdr:sp textlink="分层!$A$1"><c:v>分层!A1</c:v><x:f t="shared" si="0"/>'.encode()
    renaming = Renaming({"分层": "P&L"})
    assert renaming.part(data).decode() == (
        '<c:f>\'P&amp;L\'!$A$1</c:f><xdr:sp textlink="\'P&amp;L\'!$A$1"><c:v>分层!A1</c:v><x:f t="shared" si="0"/>'
    )


SPACE = 'xmlns{}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.mark.parametrize(
    "sheet",
    [
        f'<worksheet {SPACE.format("")}><sheetData><row r="1"/></sheetData><pageMargins/></worksheet>',
        f'<x:worksheet {SPACE.format(":x")}><x:sheetData><x:row r="1"/></x:sheetData><x:pageMargins/></x:worksheet>',
        f"<worksheet {SPACE.format('')}><sheetData/><pageMargins/></worksheet>",
        f"<worksheet {SPACE.format('')}><pageMargins/></worksheet>",
    ],
)
def test_a_sheet_taken_apart_and_put_together_is_the_same(sheet: str) -> None:
    taken = parted(sheet.encode(), "xl/worksheets/sheet1.xml")
    assert not list(taken.frame.iter(MAIN + "row"))
    assert taken.to_bytes().decode().split("\n", 1)[1] == sheet


def test_an_empty_sheet_of_another_writer_is_taken_apart() -> None:
    taken = parted(f"<x:worksheet {SPACE.format(':x')}><x:sheetData /></x:worksheet>".encode(), "sheet1.xml")
    assert taken.cells == b""
    assert taken.to_bytes().endswith(b"<x:sheetData/></x:worksheet>")


def test_comments_among_the_rows_do_not_mislead() -> None:
    rows = '<!-- <sheetData> --><sheetData><row r="1"/><!-- </sheetData> --></sheetData>'
    taken = parted(f"<worksheet {SPACE.format('')}>{rows}</worksheet>".encode("utf-16"), "xl/worksheets/sheet1.xml")
    assert taken.to_bytes().endswith(b'main"><sheetData><row r="1"/></sheetData></worksheet>')
