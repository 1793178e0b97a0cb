"""What came from outside as text goes into people's books as text, and leads them nowhere but to the web or by mail."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile

import openpyxl
import pytest
import xlsxwriter

from tierbook.errors import WorkbookError
from tierbook.workbook import refresh_book
from tierbook.workbook.refresh import OwnedSheet

OWNED = [OwnedSheet("tiers", "分层")]
DAY = dt.date(2026, 11, 20)


@pytest.fixture
def red_dot(foreign: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(foreign)) as package:
        return package.read("xl/media/image1.png")


def donor_with(link: str, *, on_picture: bytes | None = None) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("分层")
    if on_picture is None:
        sheet.write_url("A1", link, string="看这里")
    else:
        sheet.insert_image("A1", "p.png", {"image_data": io.BytesIO(on_picture), "url": link})
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("link", ["external:\\\\evil\\a.exe", "external:/etc/passwd", "file:///C:/a", "ftp://x/"])
def test_a_link_that_leads_elsewhere_is_refused(foreign: bytes, link: str) -> None:
    with pytest.raises(WorkbookError) as refused:
        refresh_book(foreign, donor_with(link), OWNED, day=DAY)
    assert refused.value.key == "workbook.donor_link"


def test_the_refusal_names_the_address(foreign: bytes) -> None:
    with pytest.raises(WorkbookError) as refused:
        refresh_book(foreign, donor_with("ftp://x/"), OWNED, day=DAY)
    assert str(refused.value) == (
        "程序错误：生成的工作表里有不允许的链接“ftp://x/”"
        "（只允许 http、https、mailto 和本工作簿内的位置）；请报告给开发者"
    )


def test_so_is_one_on_a_picture(foreign: bytes, red_dot: bytes) -> None:
    with pytest.raises(WorkbookError) as refused:
        refresh_book(foreign, donor_with("external:\\\\evil\\a.exe", on_picture=red_dot), OWNED, day=DAY)
    assert refused.value.key == "workbook.donor_link"


@pytest.mark.parametrize("link", ["http://x/", "HTTPS://x/", "mailto:a@b.cn", "internal:'分层'!A1"])
def test_links_to_the_web_by_mail_and_into_the_book_pass(foreign: bytes, red_dot: bytes, link: str) -> None:
    for donor in (donor_with(link), donor_with(link, on_picture=red_dot)):
        assert refresh_book(foreign, donor, OWNED, day=DAY).data != foreign


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "=cmd|'/c calc'!A1"])
def test_a_text_that_looks_like_a_formula_stays_text_also_when_it_is_typed_over(foreign: bytes, text: str) -> None:
    """quotePrefix: who edits the cell and presses Enter still has a text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("分层").write_string("B2", text, book.add_format({"quote_prefix": True, "border": 1}))
    book.close()
    made = refresh_book(foreign, out.getvalue(), OWNED, day=DAY).data
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl tells what it would drop on saving; nobody saves
        cell = openpyxl.load_workbook(io.BytesIO(made))["分层 (tierbook)"]["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
