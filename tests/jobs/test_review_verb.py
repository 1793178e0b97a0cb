"""`tierbook review` and `tierbook dashboard`: sheets beside 复盘, pages to mail, and a book nothing is lost from."""

from __future__ import annotations

import importlib
import json
import shutil
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from tierbook import cli, jobs
from tierbook.errors import UsageError, WorkbookInUse
from tierbook.jobs.review import ReviewReport
from tierbook.labels import text
from tierbook.publish.review_sheets import MADE_BY
from tierbook.workbook import read_sheets, sheet_names

from .conftest import AS_OF

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # solid data bars
review_module = importlib.import_module("tierbook.jobs.review")
SHEETS = [text(f"sheets.{mark}", "zh-CN") for mark in MADE_BY]


class Words(HTMLParser):
    """The texts of a page, in order."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(data.strip())


@pytest.fixture(scope="module")
def reviewed(forty: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, jobs.BookReport]:
    """A book with its review, the page, and what the verb said."""
    folder = tmp_path_factory.mktemp("review")
    book, page = folder / "客户.xlsx", folder / "复盘.html"
    shutil.copy(forty, book)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        return book, page, jobs.review(jobs.Request(as_of=AS_OF, book=book), html=page)


@pytest.fixture
def mine(reviewed: tuple[Path, Path, jobs.BookReport], tmp_path: Path) -> Path:
    return Path(shutil.copy(reviewed[0], tmp_path / "客户.xlsx"))


def rows_of(book: Path, sheet: str) -> list[Any]:
    return list(read_sheets(book, [sheet])[sheet])


def asked(book: Path) -> jobs.Request:
    return jobs.Request(as_of=AS_OF, book=book)


def test_a_review_adds_its_sheets_and_leaves_all_others_alone(forty, reviewed):
    book, _, report = reviewed
    before, after = sheet_names(forty), sheet_names(book)
    assert [name for name in after if name not in before] == SHEETS
    assert list(report.sheets) == ["复盘", *SHEETS]
    told = report.receipt
    assert told is not None
    assert {part.sheet for part in (*told.changed, *told.added, *told.removed) if part.sheet} == {"复盘", *SHEETS}


def test_the_same_review_again_leaves_the_file_as_it_is(mine):
    before = mine.read_bytes()
    assert not jobs.review(asked(mine)).changed
    assert mine.read_bytes() == before


def test_what_people_wrote_beside_a_stage_stays_with_it(mine):
    book = openpyxl.load_workbook(mine)
    sheet = book["复盘-旅程"]
    head = {cell.value: cell.column for cell in sheet[4]}
    row = next(cell.row for cell in sheet["A"] if cell.value == "忠诚")
    sheet.cell(row, head["改进措施"], "每月拜访一次")
    sheet.cell(row, head["客户数"], 999)
    book.save(mine)
    jobs.review(asked(mine))
    rows = rows_of(mine, "复盘-旅程")
    loyal = next(row for row in rows if row[0] == "忠诚")
    assert loyal[head["改进措施"] - 1] == "每月拜访一次"
    assert loyal[head["客户数"] - 1] != 999


def test_the_page_tells_the_figures_of_the_sheets(reviewed):
    book, page, _ = reviewed
    words = Words(page).found
    rows = rows_of(book, "复盘-要点")
    head = next(row for row in rows if "留存率" in row)
    everybody = next(row for row in rows if row[0] == "全部客户")
    for title in ("留存率", "复购率"):
        assert f"{everybody[head.index(title)]:.1%}" in words  # the tile
    lines = [str(row[0])[2:] for row in rows if row and str(row[0]).startswith("• ")]
    assert len(lines) >= 3
    assert set(lines) <= set(words)
    assert {row[0] for row in rows_of(book, "复盘-旅程")[4:]} <= set(words)


def test_the_dashboard_page_equals_the_sheet_and_leaves_the_book_alone(mine, tmp_path, capsys):
    before, page = mine.read_bytes(), tmp_path / "看板.html"
    done = cli.main(["dashboard", str(mine), "--html", str(page), "--as-of", AS_OF.isoformat(), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (done, told["bytes"]) == (0, page.stat().st_size)
    assert mine.read_bytes() == before
    said = {str(value) for row in rows_of(mine, "看板") for value in row if value is not None}
    words = Words(page).found
    assert float(words[words.index("客户数") + 1]) == sum(1 for row in rows_of(mine, "分层")[4:] if row[0])
    names = {row[1] for row in rows_of(mine, "分层")[4:]}
    assert len(names & set(words)) >= 10  # the customers who brought most
    assert names & set(words) <= said


def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A review that takes no time: another byte in the book, and a page."""

    def reviewed(request: object, book: Path, before: Any, *, page: bool) -> tuple[bytes, ReviewReport]:
        return before.data, ReviewReport(book, changed=False, backup=None, sheets=["复盘"], page="页面" if page else "")

    monkeypatch.setattr(review_module, "_reviewed", reviewed)


def test_a_dry_run_writes_neither_book_nor_page(mine, tmp_path, monkeypatch):
    pretended(monkeypatch)
    before, page = mine.read_bytes(), tmp_path / "页.html"
    report = jobs.review(asked(mine), html=page, dry_run=True)
    assert ("review.would_write_page", {"path": page}) in report.notes
    assert mine.read_bytes() == before
    assert not page.exists()


def test_a_book_in_use_still_gives_its_page(mine, tmp_path, monkeypatch):
    pretended(monkeypatch)
    monkeypatch.setattr(review_module, "written", _in_use)
    page = tmp_path / "页.html"
    with pytest.raises(WorkbookInUse):
        jobs.review(asked(mine), html=page)
    assert page.read_text(encoding="utf-8") == "页面"


def _in_use(book: Path, make: Any, progress: object, *, whole: bool) -> None:
    make(SimpleNamespace(data=b""))
    raise WorkbookInUse("workbook.in_use", path=book)


@pytest.mark.parametrize(("name", "key"), [("页.pdf", "pages.not_html"), ("没有/页.html", "jobs.no_such_folder")])
def test_a_page_that_cannot_be_put_there_is_refused_before_any_work(mine, tmp_path, name, key):
    before = mine.read_bytes()
    with pytest.raises(UsageError) as problem:
        jobs.review(asked(mine), html=tmp_path / name)
    assert problem.value.key == key
    assert mine.read_bytes() == before


def test_a_page_belongs_to_no_backtest(mine, tmp_path, capsys):
    page = tmp_path / "页.html"
    assert cli.main(["review", str(mine), "--backtest", "--html", str(page)]) == UsageError.exit_code
    assert "--backtest" in capsys.readouterr().err
