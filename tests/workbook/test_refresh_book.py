"""The one door: sheets of ours are found by their marks, brought up to date, and the rest keeps its bytes."""

from __future__ import annotations

import datetime as dt

from tierbook.workbook import OwnedSheet, find_owned, refresh_book
from tierbook.workbook.opc import Package
from tierbook.workbook.sheet_list import sheets

DAY = dt.date(2026, 11, 21)
OWNED = [OwnedSheet("tiers", "分层"), OwnedSheet("stamp", "_tierbook")]
MARKS = {one.mark: one.name for one in OWNED}


def tabs(book: bytes) -> list[str]:
    return [sheet.name for sheet in sheets(Package(book))]


def test_sheets_are_added_at_the_end_and_found_again(book_of, donor: bytes) -> None:
    book = refresh_book(book_of({"数据": [["a"]]}), donor, OWNED, day=DAY).data
    assert tabs(book) == ["数据", "分层", "_tierbook"]
    assert find_owned(book, MARKS) == MARKS


def test_refreshing_twice_is_refreshing_once(book_of, donor: bytes) -> None:
    once = refresh_book(book_of({"数据": [["a"]]}), donor, OWNED, day=DAY)
    assert once.notices == ()
    assert refresh_book(once.data, donor, OWNED, day=DAY).data is once.data
