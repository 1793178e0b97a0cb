"""Books with something odd in them that Excel, or a person, can still live with: they are served all the same."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from tierbook.errors import WorkbookError
from tierbook.workbook import refresh_book
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import named, sheets
from tierbook.workbook.refresh import OwnedSheet

OWNED = [OwnedSheet("tiers", "分层"), OwnedSheet("stamp", "_tierbook")]
DAY = dt.date(2026, 11, 20)


def refreshed(book: bytes, donor: bytes) -> Package:
    return Package(refresh_book(book, donor, OWNED, day=DAY).data)


def in_part(part: str, old: str, new: str):
    """A change of one part by regular expression."""

    def change(name: str, data: bytes) -> bytes:
        return re.sub(old, new, data.decode()).encode() if re.fullmatch(part, name) else data

    return change


def test_a_link_to_nothing_does_not_come_to_life(book_of, donor: bytes, changed) -> None:
    """A tab whose sheet is missing must not show ours, nor a drawing that is missing become ours."""

    def lose(name: str, data: bytes) -> bytes | None:
        return None if name == "xl/worksheets/sheet2.xml" else data

    drawing = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship ' \
              b'Id="rId1" Type="http://x/drawing" Target="../drawings/drawing1.xml"/></Relationships>'  # fmt: skip
    book = changed(book_of({"甲": [[1]], "乙": [[2]]}), lose, {"xl/worksheets/_rels/sheet1.xml.rels": drawing})
    package = refreshed(book, donor)
    tiers = named(sheets(package), "分层")
    assert tiers is not None
    assert tiers.part == "xl/worksheets/sheet3.xml"
    assert [sheet.kind for sheet in sheets(package)][:2] == ["worksheet", "partless"]
    assert package.related(tiers.part, "drawing") == "xl/drawings/drawing2.xml"


@pytest.mark.parametrize("number", ["65534", "9999999999999", "viel", ""])
def test_an_odd_sheet_number_is_passed_over(book_of, donor: bytes, changed, number: str) -> None:
    book = changed(book_of({"甲": [[1]]}), in_part("xl/workbook.xml", 'sheetId="1"', f'sheetId="{number}"'))
    tabs = refreshed(book, donor).tree("xl/workbook.xml").find("{*}sheets")
    numbers = [tab.get("sheetId") for tab in tabs]
    assert numbers[0] == number
    assert all(1 <= int(other) <= 65_534 for other in numbers[1:])
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("number", ["viel", "", "-3"])
def test_an_odd_table_number_is_replaced_on_our_sheet_only(
    foreign: bytes, donor: bytes, donor_of, changed, number: str
) -> None:
    once = refreshed(foreign, donor).to_bytes()
    broken = changed(once, in_part("xl/tables/table[0-9]+.xml", ' id="[0-9]+" name', f' id="{number}" name'))
    package = refreshed(broken, donor_of([("b", 1)]))
    numbers = {part: package.tree(part).get("id") for part in package.reachable("").values() if "/tables/" in part}
    assert numbers["xl/tables/table1.xml"] == numbers["xl/tables/table2.xml"] == number
    assert int(numbers["xl/tables/table3.xml"]) >= 1


def test_a_link_a_damaged_book_names_but_does_not_have_is_not_taken(foreign: bytes, donor: bytes, changed) -> None:
    """Its tab would show our sheet."""
    lost = in_part("xl/_rels/workbook.xml.rels", r'<Relationship Id="rId2"[^>]*/>', "")
    package = refreshed(changed(foreign, lost), donor)
    assert [sheet.kind for sheet in sheets(package)][:3] == ["worksheet", "partless", "worksheet"]


@pytest.mark.parametrize("what", ["xl/_rels/workbook.xml.rels", r"xl/worksheets/sheet\d.xml"])
def test_a_book_without_any_of_its_sheets_is_refused(foreign: bytes, donor: bytes, changed, what: str) -> None:
    bare = changed(foreign, lambda name, data: None if re.fullmatch(what, name) else data)
    with pytest.raises(WorkbookError) as refused:
        refreshed(bare, donor)
    assert refused.value.words("en") == "the workbook has no sheets; open it in Excel and save it again"
