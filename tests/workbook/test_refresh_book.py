"""The one door: sheets of ours are found by their marks, brought up to date, and the rest keeps its bytes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest

from tierbook.errors import WorkbookError
from tierbook.workbook import Keyed, OwnedSheet, find_owned, marked, refresh_book, replace_sheets
from tierbook.workbook.package.opc import Package, links_part
from tierbook.workbook.package.sheet_list import named, sheets
from tierbook.workbook.package.zip_records import Records, key_of

DAY = dt.date(2026, 11, 21)
OWNED = [OwnedSheet("tiers", "分层"), OwnedSheet("stamp", "_tierbook")]
BY_ID = Keyed("Tiers", "客户", frozenset({"客户", "分数"}), "分层归档", "归档日", "批注")
KEYED = [OwnedSheet("tiers", "分层", BY_ID), OwnedSheet("stamp", "_tierbook")]
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


def test_every_other_part_keeps_its_compressed_bytes(foreign: bytes, donor: bytes) -> None:
    def raw(book: bytes) -> dict[str, bytes]:
        return {key: book[record.start : record.end] for key, record in Records(book)._by_key.items()}

    before = replace_sheets(foreign, donor, ["_tierbook"])
    package = Package(before)
    ours = named(sheets(package), "分层")
    assert ours is not None
    touched = {ours.part, *package.reachable(ours.part).values(), package.main, "xl/styles.xml", "[Content_Types].xml"}
    touched |= {links_part(part) for part in touched}
    after = raw(refresh_book(before, donor, OWNED, day=DAY).data)
    untouched = {key: data for key, data in raw(before).items() if key not in map(key_of, touched)}
    assert len(untouched) > 20
    assert {key: after[key] for key in untouched} == untouched


def test_another_days_facts_and_back_are_the_same_book(book_of, donor_of) -> None:
    once = refresh_book(book_of({"数据": [["a"]]}), donor_of(), OWNED, day=DAY).data
    other = refresh_book(once, donor_of([("z", 1)]), OWNED, day=DAY).data
    back = refresh_book(other, donor_of(), OWNED, day=DAY).data
    assert {name: Records(back).read(name) for name in Records(back).names()} == {
        name: Records(once).read(name) for name in Records(once).names()
    }


def test_a_taken_table_name_is_told_once(book_of, donor_of) -> None:
    book = refresh_book(book_of({"数据": [["a"]]}), donor_of(name="旧"), [OwnedSheet("other", "旧")], day=DAY).data
    made = refresh_book(book, donor_of([("z", 1)]), OWNED, day=DAY)
    assert [str(notice) for notice in made.notices] == [
        "“Tiers”这个名字已经有人用了，tierbook 的表格或区域改叫“Tiers_tb”",
        "“选项”这个名字已经有人用了，tierbook 的表格或区域改叫“选项_tb”",
    ]
    assert refresh_book(made.data, donor_of(), OWNED, day=DAY).notices == ()


def test_a_donor_that_lacks_an_owned_sheet_is_a_fault(book_of, donor: bytes) -> None:
    with pytest.raises(WorkbookError, match="要放入的工作表“没有”没有生成"):
        refresh_book(book_of({"数据": [["a"]]}), donor, [OwnedSheet("tiers", "没有")], day=DAY)


# --- sheets whose table is updated by id


def edited(book: bytes, changed: Callable[..., bytes], pattern: str, by: str) -> bytes:
    sheet = named(sheets(Package(book)), "分层")
    assert sheet is not None
    found = changed(book, lambda n, data: re.sub(pattern.encode(), by.encode(), data) if n == sheet.part else data)
    assert found != book
    return found


@pytest.fixture(scope="module")
def by_id(book_of, donor_of) -> bytes:
    return refresh_book(book_of({"数据": [["a"]]}), donor_of([("a", 1), ("b", 2)]), KEYED, day=DAY).data


def test_a_table_with_ids_is_updated_in_its_place(by_id: bytes, donor_of, changed, opened) -> None:
    person = edited(by_id, changed, r'(<c r="B2" [^>]*><v>1</v></c>)', r'\1<c r="C2"><v>77</v></c>')
    made = refresh_book(person, donor_of([("b", 3), ("a", 4)]), KEYED, day=DAY)
    rows = [[cell.value for cell in row] for row in opened(made.data)["分层"]["A2:C3"]]
    assert rows == [["b", 3, None], ["a", 4, 77]]
    assert "分层 2026-11-21" not in tabs(made.data)


def test_an_update_by_id_twice_is_one(by_id: bytes, donor_of) -> None:
    donor = donor_of([("b", 3), ("c", 4)])
    once = refresh_book(by_id, donor, KEYED, day=DAY).data
    assert refresh_book(once, donor, KEYED, day=DAY).data is once


def test_where_the_table_is_gone_the_old_sheet_stays_as_a_copy(by_id: bytes, donor_of, changed, opened) -> None:
    links = next(name for name in Records(by_id).names() if name.endswith("_rels/sheet2.xml.rels"))
    cut = changed(
        by_id, lambda name, data: re.sub(rb'<Relationship [^>]*/table"[^>]*/>', b"", data) if name == links else data
    )
    person = edited(cut, changed, r"<tableParts.*</tableParts>", "")
    made = refresh_book(person, donor_of([("b", 3)]), KEYED, day=DAY)
    assert [str(notice) for notice in made.notices] == [
        "工作表“分层”更新前的样子留在了新工作表“分层 2026-11-21”里（上面已经没有 tierbook 的表格）；核对后可以删除"
    ]
    assert opened(made.data)["分层 2026-11-21"]["A2"].value == "a"
    assert [cell.value for cell in opened(made.data)["分层"]["A2:B2"][0]] == ["b", 3]


def test_a_table_that_cannot_be_updated_is_kept_as_a_copy(by_id: bytes, donor_of, changed, opened) -> None:
    array = r'<c r="B2"><f t="array" ref="B2:B3">A2:A3</f><v>1</v></c>'
    person = edited(by_id, changed, r'<c r="B2" [^>]*><v>1</v></c>', array)
    made = refresh_book(person, donor_of([("b", 3), ("a", 4)]), KEYED, day=DAY)
    assert [notice.key for notice in made.notices] == ["workbook.copy_kept"]
    assert "数组公式" in str(made.notices[0])
    assert tabs(made.data)[-1] == "分层 2026-11-21"
    assert opened(made.data)["分层"]["A2"].value == "b"


def test_a_blank_sheet_from_the_template_is_simply_filled(book_of, donor_of, changed) -> None:
    author = b"<dc:creator>tierbook</dc:creator>"
    blank = changed(
        book_of({"分层": [["尚未刷新"]]}), lambda _, data: data.replace(b"<dc:creator></dc:creator>", author)
    )
    made = refresh_book(blank, donor_of([("a", 1)]), KEYED, day=DAY)
    assert made.notices == ()
    assert tabs(made.data) == ["分层", "_tierbook"]


def test_a_marked_blank_sheet_is_filled_under_its_new_name_and_what_people_wrote_is_kept(
    book_of, donor_of, changed, opened
) -> None:
    born = marked(book_of({"分层": [["尚未刷新"]]}), {"tiers": "分层"})
    renamed = changed(born, lambda _, data: data.replace("分层".encode(), "客户分级".encode()))
    filled = refresh_book(renamed, donor_of([("a", 1)]), KEYED, day=DAY)
    assert filled.notices == ()
    assert tabs(filled.data) == ["客户分级", "_tierbook"]
    written = changed(renamed, lambda _, data: data.replace("尚未刷新".encode(), "周五前核对".encode()))
    kept = refresh_book(written, donor_of([("a", 1)]), KEYED, day=DAY)
    assert opened(kept.data)["客户分级 2026-11-21"]["A1"].value == "周五前核对"
