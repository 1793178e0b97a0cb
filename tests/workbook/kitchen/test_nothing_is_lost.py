"""Part by part: what stood in the kitchen sink before a refresh stands there after it, byte for byte."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence

import pytest
from lxml import etree

from tierbook.workbook import refresh_book
from tierbook.workbook.package.zip_records import Records
from tierbook.workbook.refresh import OwnedSheet

DAY = dt.date(2026, 11, 20)
SHARED = {"[content_types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
CHAIN = "xl/calcchain.xml"
TWELVE = [(f"K{n:02}", f"客户{n}", 100.0 * n) for n in range(12)]
NINE = [("K99", "新来的", 7.0), *TWELVE[:1:-1]]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

PARTS = {
    "VBA": "xl/vbaProject.bin",
    "buttons and notes": "xl/drawings/vmlDrawing1.vml",
    "pictures in headers": "xl/drawings/vmlDrawing2.vml",
    "notes": "xl/comments1.xml",
    "threaded comments": "xl/threadedComments/threadedComment1.xml",
    "persons": "xl/persons/person.xml",
    "ribbon": "customUI/customUI14.xml",
    "root relationships": "_rels/.rels",
    "charts": "xl/charts/chart1.xml",
    "a chart sheet": "xl/chartsheets/sheet1.xml",
    "new kinds of charts": "xl/charts/chartEx1.xml",
    "pivot tables": "xl/pivotTables/pivotTable1.xml",
    "pivot caches": "xl/pivotCache/pivotCacheDefinition1.xml",
    "slicers": "xl/slicers/slicer1.xml",
    "slicer caches": "xl/slicerCaches/slicerCache1.xml",
    "sparklines, conditions, protection": "xl/worksheets/sheet2.xml",
    "formulas, drop-downs, filters": "xl/worksheets/sheet3.xml",
    "a hidden sheet": "xl/worksheets/sheet5.xml",
    "pictures": "xl/media/image1.png",
    "pictures in cells": "xl/richData/richValueRel.xml",
    "spilling formulas": "xl/metadata.xml",
    "check boxes": "xl/featurePropertyBag/featurePropertyBag.xml",
    "tables": "xl/tables/table1.xml",
    "texts": "xl/sharedStrings.xml",
    "connections": "xl/connections.xml",
    "printer settings": "xl/printerSettings/printerSettings1.bin",
    "custom XML": "customXml/item1.xml",
    "external links": "xl/externalLinks/externalLink1.xml",
    "embedded files": "xl/embeddings/oleObject1.bin",
    "a data model": "xl/model/item.data",
    "custom properties": "docProps/custom.xml",
    "theme": "xl/theme/theme1.xml",
}


def raw(book: bytes) -> dict[str, bytes]:
    """Part -> its whole zip record: header, compressed bytes, descriptor."""
    records = Records(book)
    return {key: book[record.start : record.end] for key, record in records._by_key.items()}


def tree(book: bytes, part: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        return etree.fromstring(package.read(part))


def nights(book: bytes, donors: Sequence[bytes], owned: Sequence[OwnedSheet]) -> bytes:
    for number, donor in enumerate(donors):
        book = refresh_book(book, donor, owned, day=DAY + dt.timedelta(days=number)).data
    return book


@pytest.fixture(scope="module", params=["first night", "second night", "second night by id"])
def refreshed(request: pytest.FixtureRequest, any_sink: bytes, night: Callable[..., bytes], whole, tasks) -> bytes:
    if request.param == "first night":
        return nights(any_sink, [night(TWELVE)], whole)
    if request.param == "second night":
        return nights(any_sink, [night(TWELVE), night(NINE)], whole)
    return nights(any_sink, [night(TWELVE, tasks=True), night(NINE, tasks=True)], [*whole, tasks])


@pytest.mark.parametrize("what", PARTS)
def test_each_thing_people_made_keeps_its_compressed_bytes(any_sink: bytes, refreshed: bytes, what: str) -> None:
    part = PARTS[what].lower()
    assert raw(refreshed)[part] == raw(any_sink)[part]


def test_so_does_every_other_part_and_no_part_is_lost(any_sink: bytes, refreshed: bytes) -> None:
    before, after = raw(any_sink), raw(refreshed)
    others = before.keys() - SHARED - {CHAIN}
    assert len(others) > 50
    assert {part for part in others if after.get(part) != before[part]} == set()


def test_what_the_workbook_says_stays_said(any_sink: bytes, refreshed: bytes) -> None:
    """Tabs and names first in their order, other elements as they were, prefixes still declared."""
    before, after = tree(any_sink, "xl/workbook.xml"), tree(refreshed, "xl/workbook.xml")
    assert dict(after.attrib) == dict(before.attrib)
    assert after.nsmap == before.nsmap
    assert [child.tag for child in after] == [child.tag for child in before]
    for old, new in zip(before, after, strict=True):
        if old.tag == MAIN + "calcPr":
            assert new.get("fullCalcOnLoad") == "1"
        elif old.tag in {MAIN + "sheets", MAIN + "definedNames"}:
            texts = [etree.tostring(child) for child in new]
            assert [text for text in map(etree.tostring, old) if text not in texts] == []
            assert old.tag != MAIN + "sheets" or texts[: len(old)] == [etree.tostring(child) for child in old]
        else:
            assert etree.tostring(new) == etree.tostring(old)


def test_formats_keep_their_numbers(any_sink: bytes, refreshed: bytes) -> None:
    before, after = tree(any_sink, "xl/styles.xml"), tree(refreshed, "xl/styles.xml")
    for old in before:
        new = after.find(old.tag)
        assert [etree.tostring(child) for child in new][: len(old)] == [etree.tostring(child) for child in old]


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/_rels/workbook.xml.rels"])
def test_types_and_relationships_stay(any_sink: bytes, refreshed: bytes, part: str) -> None:
    before, after = ({etree.tostring(e) for e in tree(book, part)} for book in (any_sink, refreshed))
    assert {line for line in before - after if b"calcChain" not in line} == set()


def test_every_link_leads_somewhere_and_every_part_has_a_type(refreshed: bytes) -> None:
    from tierbook.workbook.package.opc import Package

    package = Package(refreshed)
    for part in ["", *package.reachable("").values()]:
        assert not part or package.content_type(part), part
        assert [link.target for link in package.relationships(part) if link.part and not package.has(link.part)] == []


def test_the_same_night_again_changes_nothing(any_sink: bytes, night, whole, tasks) -> None:
    owned, donor = [*whole, tasks], night(TWELVE, tasks=True)
    once = refresh_book(any_sink, donor, owned, day=DAY).data
    assert refresh_book(once, donor, owned, day=DAY).data is once
    assert refresh_book(once, donor, owned, day=DAY + dt.timedelta(days=1)).data is once
