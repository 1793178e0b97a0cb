"""Charts, pictures and notes people put on a sheet that is replaced are on the new one too."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
import xlsxwriter
from openpyxl.comments import Comment

from tierbook.workbook import OwnedSheet, refresh_book
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import named, sheets
from tierbook.workbook.package.zip_records import Records

DAY = dt.date(2026, 11, 21)
OWNED = [OwnedSheet("dashboard", "看板")]
CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

ANCHOR = """<xdr:twoCellAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
<xdr:from><xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>
<xdr:to><xdr:col>20</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>40</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>
<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="3" name="{name}"/><xdr:cNvGraphicFramePr/>
</xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>
<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">
<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="{link}"/>
</a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor>"""


def part_of(book: bytes, name: str) -> str:
    sheet = named(sheets(Package(book)), name)
    assert sheet is not None
    return sheet.part


def drawing_of(book: bytes) -> str:
    return Package(book).read(Package(book).related(part_of(book, "看板"), "drawing") or "").decode()


def names_of(book: bytes) -> list[str]:
    return re.findall(r'cNvPr id="\d+" name="([^"]*)"', drawing_of(book))


def charts_of(book: bytes) -> list[str]:
    package = Package(book)
    return sorted(p for p in package.reachable(part_of(book, "看板")).values() if "charts/" in p)


def with_chart(book: bytes, name: str = "图表 7", column: int = 12, row: int = 20) -> bytes:
    """A person puts a chart of their own beside ours."""
    package = Package(book)
    drawing = package.related(part_of(book, "看板"), "drawing") or ""
    chart = package.fresh_name("xl/charts/chart9.xml")
    mine = package.read(charts_of(book)[0]).replace("看板".encode(), "数据".encode())
    package.put(chart, mine, CHART)
    link = package.relate(drawing, f"{LINK}/chart", chart)
    anchor = ANCHOR.format(name=name, column=column, row=row, link=link)
    made = package.read(drawing).replace(b"</xdr:wsDr>", anchor.encode() + b"</xdr:wsDr>")
    package.put(drawing, made, package.content_type(drawing) or "")
    return package.to_bytes()


@pytest.fixture(scope="module")
def refreshed(book_of, donor_of) -> bytes:
    return refresh_book(book_of({"数据": [["a"]]}), donor_of(name="看板"), OWNED, day=DAY).data


@pytest.fixture(scope="module")
def person(refreshed: bytes) -> bytes:
    return with_chart(refreshed)


def test_our_objects_bear_a_mark(refreshed: bytes) -> None:
    assert names_of(refreshed) == ["tierbook Picture 1", "tierbook Chart 2"]


def test_a_persons_chart_goes_over_untouched(person: bytes, donor_of) -> None:
    made = refresh_book(person, donor_of([("z", 1)], name="看板"), OWNED, day=DAY)
    assert made.notices == ()
    assert names_of(made.data) == ["tierbook Picture 1", "tierbook Chart 2", "图表 7"]
    theirs = next(part for part in charts_of(person) if part not in charts_of(person)[:1])
    assert Records(made.data).read(theirs) == Records(person).read(theirs)
    assert len(charts_of(made.data)) == 2
    ids = re.findall(r'cNvPr id="(\d+)"', drawing_of(made.data))
    assert len(set(ids)) == 3
    assert ids[2] == "3"


def test_refreshing_twice_is_refreshing_once_with_a_persons_chart_too(person: bytes, donor_of) -> None:
    donor = donor_of([("z", 1)], name="看板")
    once = refresh_book(person, donor, OWNED, day=DAY).data
    assert refresh_book(once, donor, OWNED, day=DAY).data is once
    other = refresh_book(once, donor_of(name="看板"), OWNED, day=DAY).data
    back = refresh_book(other, donor, OWNED, day=DAY).data
    assert names_of(back) == names_of(once)
    assert charts_of(back) == charts_of(once)


def test_ours_are_not_doubled_after_another_program_saved_the_book(refreshed: bytes, donor_of, resaved) -> None:
    made = refresh_book(resaved(refreshed), donor_of(name="看板"), OWNED, day=DAY)
    assert made.notices == ()
    assert names_of(made.data) == ["tierbook Picture 1", "tierbook Chart 2"]


def test_a_persons_chart_is_kept_after_another_program_saved_the_book(person: bytes, donor_of, resaved) -> None:
    made = refresh_book(resaved(person), donor_of(name="看板"), OWNED, day=DAY)
    assert made.notices == ()
    assert len(names_of(made.data)) == 3
    assert len(charts_of(made.data)) == 2


def test_a_copy_a_person_made_of_our_chart_is_theirs(refreshed: bytes, donor_of) -> None:
    book = with_chart(refreshed, name="tierbook Chart 2")
    made = refresh_book(book, donor_of(name="看板"), OWNED, day=DAY).data
    assert names_of(made) == ["tierbook Picture 1", "tierbook Chart 2", "Chart 2"]


def test_a_persons_chart_where_ours_stands_is_theirs(refreshed: bytes, donor_of) -> None:
    made = refresh_book(with_chart(refreshed, column=5, row=2), donor_of(name="看板"), OWNED, day=DAY).data
    assert names_of(made)[2:] == ["图表 7"]


def test_a_chart_goes_over_to_a_sheet_that_brings_no_drawing(person: bytes) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("看板")
    sheet.add_table("A1:B2", {"name": "Tiers", "columns": [{"header": "客户"}, {"header": "分数"}]})
    book.close()
    made = refresh_book(person, out.getvalue(), OWNED, day=DAY)
    assert made.notices == ()
    assert names_of(made.data) == ["图表 7"]
    assert refresh_book(made.data, out.getvalue(), OWNED, day=DAY).data is made.data


def test_before_anything_was_remembered_all_drawings_count_as_ours(person: bytes, donor_of, changed) -> None:
    remembered = rb'<definedName name="_tierbook.dashboard.meaning"[^<]*</definedName>'
    forgetful = changed(person, lambda name, data: re.sub(remembered, b"", data))
    made = refresh_book(forgetful, donor_of(name="看板"), OWNED, day=DAY).data
    assert names_of(made) == ["tierbook Picture 1", "tierbook Chart 2"]
    assert len(charts_of(made)) == 1


# --- notes


def with_note(book: bytes, opened) -> bytes:
    """A person writes a note on a cell of ours."""
    loaded = opened(book)
    loaded["看板"]["B2"].comment = Comment("请先电话核实", "王经理")
    out = io.BytesIO()
    loaded.save(out)
    return out.getvalue()


def test_a_persons_note_goes_over(book_of, donor_of, opened) -> None:
    donor = donor_of(name="看板", note="")
    book = with_note(refresh_book(book_of({"数据": [["a"]]}), donor, OWNED, day=DAY).data, opened)
    made = refresh_book(book, donor_of([("z", 1)], name="看板", note=""), OWNED, day=DAY)
    assert made.notices == ()
    assert opened(made.data)["看板"]["A2"].value == "z"
    assert opened(made.data)["看板"]["B2"].comment.text == "请先电话核实"
    again = refresh_book(made.data, donor_of([("z", 1)], name="看板", note=""), OWNED, day=DAY)
    assert again.data is made.data


def test_a_persons_note_beside_notes_of_ours_stays_on_a_copy(refreshed: bytes, donor_of, opened) -> None:
    made = refresh_book(with_note(refreshed, opened), donor_of(name="看板"), OWNED, day=DAY)
    assert [str(notice) for notice in made.notices] == [
        "工作表“看板”更新前的样子留在了新工作表“看板 2026-11-21”里（上面有批注）；核对后可以删除"
    ]
    assert opened(made.data)["看板 2026-11-21"]["B2"].comment.text == "请先电话核实"
    assert opened(made.data)["看板"]["B2"].comment is None
