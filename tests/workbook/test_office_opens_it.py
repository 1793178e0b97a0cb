"""LibreOffice, a reader that knows nothing of us, sees the grafted values and still calculates people's formulas."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tierbook.workbook import replace_sheets

SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.office,
    pytest.mark.slow,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed"),
]


ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def converted(book: Path, to: str, folder: Path) -> None:
    """Convert with a profile of its own (runs side by side do not meet) that calculates on opening, as Excel does."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE)
    command = [str(SOFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", to]
    done = subprocess.run(
        [*command, "--outdir", str(folder), str(book)],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env={**os.environ, "HOME": str(folder)},
    )
    assert done.returncode == 0, done.stderr


def rows_of(folder: Path, sheet: str) -> list[list[str]]:
    found = next(folder.glob(f"*-{sheet}.csv"))
    with found.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def csv_folder(foreign: bytes, donor_of, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    book = folder / "客户.xlsm"
    donor = donor_of([("=1+1", 90.5), ("_x0041_ & 客户", 9.5)])
    book.write_bytes(replace_sheets(foreign, donor, ["分层", "_tierbook"]))
    converted(book, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", folder)
    return folder


def test_grafted_values_are_seen(csv_folder: Path) -> None:
    assert [row[:2] for row in rows_of(csv_folder, "分层")[:3]] == [
        ["客户", "分数"],
        ["=1+1", "90.5"],
        ["_x0041_ & 客户", "9.5"],
    ]


def test_peoples_formulas_follow_the_new_values(csv_folder: Path) -> None:
    assert [row[0] for row in rows_of(csv_folder, "人工")[:2]] == ["100", "90.5"]


def test_peoples_sheets_are_as_they_were(csv_folder: Path) -> None:
    assert rows_of(csv_folder, "说明")[0][0] == "请勿删除"
    assert [row[:2] for row in rows_of(csv_folder, "数据")[1:4]] == [["甲", "1"], ["乙", "2"], ["丙", "3"]]


def test_the_book_prints(foreign: bytes, donor: bytes, tmp_path: Path) -> None:
    book = tmp_path / "print.xlsm"
    book.write_bytes(replace_sheets(foreign, donor, ["分层", "_tierbook"]))
    converted(book, "pdf", tmp_path)
    assert (tmp_path / "print.pdf").stat().st_size > 5000
