"""Sheets of ours are known by hidden marks; a sheet that merely has our name is a stranger's."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
import xlsxwriter

from tierbook.workbook import OwnedSheet, find_owned, refresh_book, titles_for
from tierbook.workbook.ours.names import defined_names
from tierbook.workbook.ours.ownership import free_name
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import sheets

DAY = dt.date(2026, 11, 21)
OWNED = [OwnedSheet("tiers", "分层"), OwnedSheet("stamp", "_tierbook")]
MARKS = {one.mark: one.name for one in OWNED}


def tabs(book: bytes) -> list[str]:
    return [sheet.name for sheet in sheets(Package(book))]


def renamed(book: bytes, changed: Callable[..., bytes], old: str, new: str) -> bytes:
    """The book after a person named a sheet anew: Excel rewrites the defined names too."""

    def rename(name: str, data: bytes) -> bytes:
        if name != "xl/workbook.xml":
            return data
        for pattern in ('<sheet name="{}"', "'{}'!", ">{}!"):
            data = data.replace(pattern.format(old).encode(), pattern.format(new).encode())
        return data

    return changed(book, rename)


@pytest.fixture(scope="module")
def refreshed(book_of, donor_of) -> bytes:
    return refresh_book(book_of({"数据": [["a"]]}), donor_of(), OWNED, day=DAY).data


def test_the_mark_is_a_hidden_name_that_speaks_of_the_sheet(refreshed: bytes, opened) -> None:
    mark = opened(refreshed).defined_names["_tierbook.tiers"]
    assert (mark.value, mark.hidden) == ("'分层'!$A$1", True)


def test_a_sheet_is_found_after_another_program_saved_the_book(refreshed: bytes, resaved) -> None:
    assert find_owned(resaved(refreshed), MARKS) == MARKS


def test_a_renamed_sheet_is_found_and_keeps_its_name(refreshed: bytes, donor_of, changed, resaved, opened) -> None:
    book = resaved(renamed(refreshed, changed, "分层", "客户 (A)"))
    assert find_owned(book, MARKS)["tiers"] == "客户 (A)"
    again = refresh_book(book, donor_of([("z", 1)]), OWNED, day=DAY).data
    assert tabs(again) == ["数据", "客户 (A)", "_tierbook"]
    sheet = opened(again)["客户 (A)"]
    assert sheet["A2"].value == "z"
    assert sheet.print_area == "'客户 (A)'!$A$1:$B$2"


def test_what_a_donor_says_of_its_sheet_follows_the_name_in_the_book(refreshed: bytes, donor: bytes, changed) -> None:
    again = refresh_book(renamed(refreshed, changed, "分层", "我的"), donor, OWNED, day=DAY).data
    package = Package(again)
    sheet = next(sheet for sheet in sheets(package) if sheet.name == "我的")
    chart = next(part for part in package.reachable(sheet.part).values() if "charts/" in part)
    assert "<c:f>我的!$B$2:$B$3</c:f>".encode() in package.read(chart)
    drawing = package.related(sheet.part, "drawing")
    assert [link.target for link in package.relationships(drawing or "") if link.kind == "hyperlink"] == ["#我的!A1"]
    assert ("选项".casefold(), None, "我的!$A$2:$A$3") in defined_names(package)
    assert "分层" not in package.read(sheet.part).decode()


def test_a_moved_sheet_is_found(refreshed: bytes, opened) -> None:
    book = opened(refreshed)
    book.move_sheet("分层", -1)
    out = io.BytesIO()
    book.save(out)
    assert find_owned(out.getvalue(), MARKS) == MARKS


def test_a_strangers_sheet_is_left_alone_and_ours_gets_another_name(book_of, donor_of, opened) -> None:
    book = book_of({"分层": [["别人的"]]})
    assert find_owned(book, MARKS) == {}
    assert titles_for(book, MARKS) == {"tiers": "分层 (tierbook)", "stamp": "_tierbook"}
    made = refresh_book(book, donor_of(), OWNED, day=DAY).data
    assert tabs(made) == ["分层", "分层 (tierbook)", "_tierbook"]
    assert opened(made)["分层"]["A1"].value == "别人的"
    assert find_owned(made, MARKS)["tiers"] == "分层 (tierbook)"
    assert refresh_book(made, donor_of(), OWNED, day=DAY).data is made


def test_a_chart_sheet_of_our_name_is_a_strangers(donor: bytes) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("_tierbook")
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": "=_tierbook!$A$1:$A$3"})
    book.add_chartsheet("分层").set_chart(chart)
    book.close()
    assert find_owned(out.getvalue(), MARKS) == {"stamp": "_tierbook"}


def test_a_book_from_before_the_marks_is_known_by_its_hidden_sheet(foreign: bytes, book_of) -> None:
    book = book_of({"分层": [["旧"]], "_tierbook": [["format", "1"]]})
    assert find_owned(book, MARKS) == MARKS
    assert find_owned(foreign, MARKS) == {}


def test_a_book_born_from_the_template_is_known_by_its_author() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.set_properties({"author": "tierbook"})
    book.add_worksheet("分层")
    book.close()
    assert find_owned(out.getvalue(), MARKS) == {"tiers": "分层"}


def test_a_deleted_sheet_comes_back_and_a_new_one_of_its_name_is_a_strangers(
    refreshed: bytes, donor_of, changed, book_of
) -> None:
    gone = changed(refreshed, lambda name, data: data.replace("'分层'!$A$1<".encode(), b"#REF!$A$1<"))
    assert find_owned(gone, MARKS) == {"stamp": "_tierbook"}
    assert tabs(refresh_book(gone, donor_of(), OWNED, day=DAY).data)[1:] == ["分层", "_tierbook", "分层 (tierbook)"]


def test_a_copy_of_a_sheet_that_excel_marked_too_is_not_ours(refreshed: bytes, changed) -> None:
    copied = '<definedNames><definedName name="_tierbook.tiers" localSheetId="0" hidden="1">数据!$A$1</definedName>'
    book = changed(refreshed, lambda name, data: data.replace(b"<definedNames>", copied.encode()))
    assert find_owned(book, MARKS) == MARKS


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("分层", [], "分层"),
        ("Tiers", ["TIERS"], "Tiers (tierbook)"),
        ("a" * 31, ["a" * 31], "a" * 20 + " (tierbook)"),
        ("分层", ["分层", "分层 (tierbook)"], "分层 (tierbook) (2)"),
    ],
)
def test_a_free_name_is_at_most_31_letters_long(wanted: str, taken: list[str], name: str) -> None:
    assert free_name(wanted, taken, "(tierbook)") == name
