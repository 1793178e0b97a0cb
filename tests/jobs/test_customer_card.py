"""The page 客户画像 in a book that is refreshed again and again: what people type there stays."""

from __future__ import annotations

import datetime as dt
import shutil
import warnings
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tierbook import jobs
from tierbook.workbook import read_sheets, sheet_names

AS_OF = dt.date(2026, 10, 31)
PAGE = "客户画像"


@pytest.fixture
def book(forty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(forty, tmp_path / "客户.xlsx"))


def typed(book: Path, cell: str, word: str) -> None:
    """What somebody types into the page, saved by another program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl drops what it does not know, and says so
        opened = load_workbook(book)
    opened[PAGE][cell].value = word
    opened.save(book)


def refreshed(book: Path, as_of: dt.date) -> jobs.BookReport:
    return jobs.refresh(jobs.Request(as_of=as_of, book=book))


def page(book: Path) -> list[list[object]]:
    return [list(row) for row in read_sheets(book, [PAGE])[PAGE]]


def test_a_typed_customer_stays_and_no_copy_is_made(book: Path) -> None:
    typed(book, "B4", "1003")
    before = page(book)
    report = refreshed(book, AS_OF + dt.timedelta(days=1))

    assert PAGE not in report.sheets
    assert page(book)[3][1] == "1003"
    assert page(book) == before  # formulas calculate when somebody opens the book
    assert not [name for name in sheet_names(book) if name.startswith(PAGE) and name != PAGE]


def test_an_untouched_page_is_brought_up_to_date(book: Path) -> None:
    day = AS_OF + dt.timedelta(days=20)
    report = refreshed(book, day)

    assert PAGE in report.sheets
    assert page(book)[0][0] == f"{PAGE} · {day.isoformat()}"
    assert not [name for name in sheet_names(book) if name.startswith(PAGE) and name != PAGE]


@pytest.mark.whole
def test_words_beside_the_page_stay_as_a_dated_copy(book: Path) -> None:
    typed(book, "A45", "下周面谈")
    refreshed(book, AS_OF + dt.timedelta(days=1))

    copies = [name for name in sheet_names(book) if name.startswith(PAGE) and name != PAGE]
    assert len(copies) == 1
    assert any("下周面谈" in row for row in read_sheets(book, copies)[copies[0]])


def test_explain_tells_the_portrait_that_stands_in_the_book(book: Path) -> None:
    head, *rows = read_sheets(book, ["_tierbook_portraits"])["_tierbook_portraits"]
    row = dict(zip(head, rows[0], strict=True))
    found = jobs.explain(jobs.Request(as_of=AS_OF, book=book), str(row["customer_id"]))

    assert found.portrait["购买节奏"] == row["rhythm"]
    assert found.portrait["常买品类"] == row["needs"]
    assert set(found.portrait.values()) <= {value for value in row.values() if value}
