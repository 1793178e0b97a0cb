"""客户画像: one customer on a page of look-up formulas; LibreOffice, which knows nothing of us, calculates them."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from tierbook.labels import LANGUAGES, text
from tierbook.publish import owned_sheets
from tierbook.publish.customer_card_cells import sections
from tierbook.publish.records import HeldCard, Kept, Report
from tierbook.publish.sheet_customer_card import first_customer, layout_of, needs_new_card, titles
from tierbook.scoring.portrait_texts import LINES, told

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # solid data bars
SOFFICE = shutil.which("soffice")
OLD = {"IF", "IFERROR", "INDEX", "MATCH", "TRIM", "SUBSTITUTE"}
"""Functions that Excel 2007 and WPS have."""


ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def calculated(books: list[Path]) -> Path:
    """The books as LibreOffice calculates and saves them, in a profile of its own; gives their folder."""
    profile, out = books[0].parent / "profile", books[0].parent / "out"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE)
    command = [str(SOFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx",
               "--outdir", str(out), *map(str, books)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300, env={**os.environ, "HOME": str(out.parent)})
    return out


def donor(report: Report) -> tuple[bytes, list[str]]:
    data, owned = owned_sheets(report.engine, report.model, report.stamp, report.cleaned, report.scored, report.tasks,
                               report.moves, report.language, report.kept)  # fmt: skip
    return bytes(data), [one.mark for one in owned]


def opened(data: bytes, *, values: bool = False) -> Any:
    return load_workbook(io.BytesIO(data), data_only=values)


def test_the_page_uses_only_functions_that_old_programs_have(sixty: Report) -> None:
    page = opened(donor(sixty)[0])["客户画像"]
    formulas = [cell.value for row in page.iter_rows() for cell in row if isinstance(cell.value, str)
                and cell.value.startswith("=")]  # fmt: skip

    assert len(formulas) > 30
    assert {name for one in formulas for name in re.findall(r"([A-Z][A-Z.]+)\(", one)} <= OLD
    assert not [cell for row in page.iter_rows() for cell in row if isinstance(cell.value, ArrayFormula)]
    assert max(map(len, formulas)) < 8192


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language(company, language) -> None:
    report = company(6, language)
    page = opened(donor(report)[0])[text("sheets.customer_card", language)]
    labels = [cell.value for row in page.iter_rows() for cell in row]

    for heading, fields in sections(language, titles(report)):
        assert heading in labels
        assert {field.title for field in fields} <= set(labels)


def test_a_new_page_shows_the_customer_with_the_highest_score(sixty: Report) -> None:
    best, name = sixty.engine.rows("SELECT customer_id, name FROM results ORDER BY score DESC, customer_id LIMIT 1")[0]
    page = opened(donor(sixty)[0], values=True)["客户画像"]

    assert first_customer(sixty) == best
    assert page["B4"].value == best
    assert page["A6"].value == name


def test_every_line_of_a_portrait_stands_in_the_hidden_sheet(sixty: Report) -> None:
    rows = list(opened(donor(sixty)[0], values=True)["_tierbook_portraits"].iter_rows(values_only=True))

    portraits = dict(sixty.portraits())
    assert rows[0][: len(LINES) + 1] == ("customer_id", *LINES)
    assert len(rows) == 61 == len(portraits) + 1
    for row in rows[1:]:
        words = told(portraits[row[0]], sixty.model, "zh-CN")
        assert [each or "" for each in row[1 : len(LINES) + 1]] == list(words.values())


@pytest.mark.parametrize(
    ("layout", "holds", "new"),
    [("same", "C00001", False), ("same", "C00009", True), ("same", "", False), ("other", "C00001", True)],
)
def test_a_page_a_person_uses_is_left_alone(company, layout, holds, new) -> None:
    """We wrote C00009; a page is made anew where that still stands, or where it is laid out otherwise now."""
    report = company(12)
    held = HeldCard(layout_of(report) if layout == "same" else "other", "C00009", holds)
    report = replace(report, kept=Kept(card=held))

    assert needs_new_card(report) is new
    assert ("customer_card" in donor(report)[1]) is new


def test_a_page_laid_out_anew_keeps_what_was_typed(company) -> None:
    report = replace(company(12), kept=Kept(card=HeldCard("older", "C00009", "精密机械")))

    assert opened(donor(report)[0])["客户画像"]["B4"].value == "精密机械"


TYPED = {
    "C00004": "C00004",
    " C00005 ": "C00005",
    "古城能源8有限": "C00008",
    "上海申江精密机械0有限公司": "C00000",
    "自古能源": "",
    "*": "",
    "?00004": "",
    "": "",
}
"""What somebody types -> whose page it becomes."""


@pytest.fixture(scope="module")
def typed_pages(sixty: Report, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The page for each of TYPED, calculated by LibreOffice from the formulas alone."""
    folder, data = tmp_path_factory.mktemp("typed"), donor(sixty)[0]
    books = []
    for place, word in enumerate(TYPED):
        book = opened(data)
        book["客户画像"]["B4"].value = word or None
        books.append(folder / f"{place}.xlsx")
        book.save(books[-1])  # without the values that stood there
    out = calculated(books)
    return {word: load_workbook(out / f"{place}.xlsx", data_only=True)["客户画像"] for place, word in enumerate(TYPED)}


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(("word", "found"), TYPED.items())
def test_typing_an_id_or_a_name_turns_the_page(sixty: Report, typed_pages, word, found) -> None:
    page = typed_pages[word]
    shown = {cell.value: page.cell(cell.row, cell.column + 1).value for row in page.iter_rows(min_row=8) for cell in row
             if cell.column in (1, 3)}  # fmt: skip
    if not found:
        assert page["A6"].value in (None, "")
        assert page["C4"].value == text("customer_card.nobody" if word else "customer_card.ask")
        return
    names, rows = sixty.engine.table("SELECT * FROM results WHERE customer_id = ?", [found])
    result = dict(zip(names, rows[0], strict=True))
    assert page["A6"].value == result["name"]
    assert page["D6"].value == result["tier"]
    assert shown["客户编号"] == found
    assert shown["得分"] == pytest.approx(result["score"])
    assert shown["近12个月金额"] == pytest.approx(float(result["amount_12m"]))
    words = told(dict(sixty.portraits())[found], sixty.model, "zh-CN")
    for line, said in words.items():
        assert shown[text(f"portraits.{line}")] == (said or "–"), line
