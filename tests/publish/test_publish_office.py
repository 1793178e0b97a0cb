"""LibreOffice, which knows nothing of us, opens the sheets, calculates the audit and prints the pages."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tierbook.publish import owned_sheets
from tierbook.publish.proof import upper_bound
from tierbook.publish.records import Report

SOFFICE, PDFTOTEXT = shutil.which("soffice"), shutil.which("pdftotext")
pytestmark = [
    pytest.mark.office,
    pytest.mark.slow,
    pytest.mark.skipif(SOFFICE is None or PDFTOTEXT is None, reason="LibreOffice or poppler is not installed"),
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning"),  # solid data bars
]

ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
ALL_SHEETS_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def converted(book: Path, to: str) -> Path:
    """Convert in a profile of its own that calculates on opening; gives the folder of the results."""
    folder = book.parent
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE)
    command = [str(SOFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", to,
               "--outdir", str(folder), str(book)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False,
                          env={**os.environ, "HOME": str(folder)})  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def donor(report: Report) -> bytes:
    data, _ = owned_sheets(report.engine, report.model, report.stamp, report.cleaned, report.scored, report.tasks,
                           report.moves, report.language, report.kept, past=report.past)  # fmt: skip
    return bytes(data)


def cells(folder: Path, sheet: str) -> list[list[str]]:
    with next(folder.glob(f"*-{sheet}.csv")).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def percent(shown: str) -> float:
    assert shown.endswith("%")
    return float(shown[:-1])


def test_the_printed_pages_say_what_the_relations_say(sixty: Report, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(donor(sixty))
    folder = converted(book, "pdf")
    told = subprocess.run([str(PDFTOTEXT), "-layout", str(folder / "book.pdf"), "-"], check=True, capture_output=True)
    pages = told.stdout.decode("utf-8").split("\f")
    assert any("客户看板" in page for page in pages)
    dashboard = next(page for page in pages if "层级一览" in page)
    for tier, count in sixty.engine.rows("SELECT tier, COUNT(*) AS n FROM results GROUP BY tier"):
        assert any(tier in line and str(count) in line.split() for line in dashboard.splitlines()), tier
    best = sixty.engine.value("SELECT customer_id FROM results ORDER BY score DESC, customer_id LIMIT 1")
    tiers = next(page for page in pages if "客户分层 ·" in page)
    assert best in tiers
    assert not any("###" in page for page in pages)
    assert not any("Err:" in page or "#REF!" in page or "#NAME?" in page for page in pages)


def test_the_dashboard_is_two_pages_the_first_for_a_meeting(sixty: Report, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(donor(sixty))
    folder = converted(book, "pdf")
    told = subprocess.run([str(PDFTOTEXT), str(folder / "book.pdf"), "-"], check=True, capture_output=True)
    pages = [set(page.split("\n")) for page in told.stdout.decode("utf-8").split("\f")]
    [first] = [place for place, page in enumerate(pages) if any("客户看板" in line for line in page)]
    meeting, standing = pages[first : first + 2]
    assert {"留存率", "每周下单客户数", "变动最大的客户", "任务进展（按负责人，近 4 周）", "韩梅梅"} <= meeting
    assert {"未到期", "韩梅梅", "重要价值客户", "贡献最大的 10 位客户"} <= standing
    assert not {"贡献最大的 10 位客户", "变动最大的客户"} & pages[first + 2]


def test_the_audit_sheet_counts_and_judges_what_people_wrote(company: Callable[..., Report], tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(donor(company(40)))
    filled = openpyxl.load_workbook(book)
    sheet = filled["抽样核对"]
    amounts = [row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 4).value == "金额"]
    names = [row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 4).value == "客户名称"]
    sheet.cell(amounts[0], 6).value = sheet.cell(amounts[0], 5).value
    sheet.cell(amounts[1], 6).value = sheet.cell(amounts[1], 5).value + 1
    sheet.cell(names[0], 6).value = sheet.cell(names[0], 5).value
    sheet.cell(names[1], 6).value = "另一家公司"
    filled.save(book)
    rows = cells(converted(book, ALL_SHEETS_AS_CSV), "抽样核对")
    assert [rows[place - 1][6] for place in (amounts[0], amounts[1], names[0], names[1])] == ["✓", "✗", "✓", "✗"]
    assert {row[6] for row in rows[4:]} == {"✓", "✗", ""}
    summary = {row[9]: row[10] for row in rows[4:10]}
    assert (summary["已核对"], summary["不一致"]) == ("4", "2")
    assert percent(summary["误差率"]) == 50
    assert percent(summary["误差率上限（95% 把握）"]) == pytest.approx(90.24, abs=0.005)  # Clopper-Pearson for 2 of 4
    assert summary["结论"] == "不通过：误差率偏高"


@pytest.mark.parametrize(
    ("customers", "verdict"),
    [(40, "误差率达标，但核对得太少，还不能证明；至少要核对（项）：299"), (8, "通过：全部客户都已核对")],
)
def test_a_sample_without_errors_says_whether_it_proves_anything(
    company: Callable[..., Report], tmp_path: Path, customers: int, verdict: str
) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(donor(company(customers)))
    filled = openpyxl.load_workbook(book)
    sheet = filled["抽样核对"]
    checked = [row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 4).value]
    for row in checked:
        sheet.cell(row, 6).value = sheet.cell(row, 5).value
        if isinstance(sheet.cell(row, 5).value, str):
            sheet.cell(row, 6).data_type = "s"  # a name that looks like a formula is text
    filled.save(book)
    rows = cells(converted(book, ALL_SHEETS_AS_CSV), "抽样核对")
    summary = {row[9]: row[10] for row in rows[4:10]}
    assert (summary["已核对"], summary["不一致"], summary["结论"]) == (str(len(checked)), "0", verdict)
    bound = 0 if customers == 8 else 100 * upper_bound(0, len(checked))
    assert percent(summary["误差率上限（95% 把握）"]) == pytest.approx(bound, abs=0.005)
