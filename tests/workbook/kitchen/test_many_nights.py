"""Night after night: nothing of people's goes, nothing of ours piles up."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tierbook.workbook import refresh_book
from tierbook.workbook.package.zip_records import Records

DAY = dt.date(2026, 11, 20)
SHARED = {"[content_types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/calcchain.xml"}
NIGHTS = 30

pytestmark = pytest.mark.slow

Row = tuple[str, str, float]
TEXT = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=12), st.sampled_from(["=1+1", "_x0041_", "]]>", "\x01"])
)
KEYS = st.text("ABCDEFGH0123456789甲乙丙", min_size=1, max_size=4)
ROWS = st.lists(st.tuples(KEYS, TEXT, st.floats(-1e9, 1e9)), max_size=8, unique_by=lambda row: row[0].casefold())


def records(book: bytes) -> dict[str, bytes]:
    found = Records(book)
    return {key: book[record.start : record.end] for key, record in found._by_key.items()}


def formats(book: bytes) -> dict[str, int]:
    """How many of each kind of format a book has."""
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        root = etree.fromstring(package.read("xl/styles.xml"))
    return {str(group.tag): len(group) for group in root}


def some_rows(night: int) -> list[Row]:
    """Other customers in another order each night, now few, now many."""
    dice = random.Random(night)
    keys = dice.sample(range(60), k=[3, 40, 17, 29, 8][night % 5])
    return [(f"K{key:02}", f"客户{key}", round(dice.uniform(0, 1000), 2)) for key in keys]


def test_thirty_nights_leave_as_many_parts_and_formats_and_as_large_a_book(sink: bytes, night, whole) -> None:
    """Sheets that are replaced whole: the same rows give the same bytes, whatever the nights between."""
    book = first = refresh_book(sink, night(some_rows(0)), whole, day=DAY).data
    sizes = []
    for number in range(1, NIGHTS):
        book = refresh_book(book, night(some_rows(number)), whole, day=DAY + dt.timedelta(days=number)).data
        assert records(book).keys() == records(first).keys()
        assert formats(book) == formats(first)
        sizes.append(len(book))
    assert max(sizes) < 1.1 * min(sizes)
    assert refresh_book(book, night(some_rows(0)), whole, day=DAY).data == first


def test_thirty_nights_by_id_add_nothing_but_archived_rows(sink: bytes, night, whole, tasks) -> None:
    owned = [*whole, tasks]
    book = sink
    shapes = []
    for number in range(NIGHTS):
        donor = night(some_rows(number), tasks=True)
        book = refresh_book(book, donor, owned, day=DAY + dt.timedelta(days=number)).data
        shapes.append((len(records(book)), formats(book)))
        if number == 9:
            tenth = len(book)
    assert shapes[-1] == shapes[9]
    assert len(book) < 1.2 * tenth
    before, after = records(sink), records(book)
    assert {part for part in before.keys() - SHARED if after.get(part) != before[part]} == set()


@settings(max_examples=8, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_whatever_the_nights_bring_other_parts_stay_and_twice_is_once(
    the_sink: Callable[[], bytes], night: Callable[..., bytes], whole, tasks, nights: Sequence[Sequence[Row]]
) -> None:
    book, before = the_sink(), records(the_sink())
    for number, rows in enumerate(nights):
        donor, day = night(rows, tasks=True), DAY + dt.timedelta(days=number)
        book = refresh_book(book, donor, [*whole, tasks], day=day).data
        assert refresh_book(book, donor, [*whole, tasks], day=day).data is book
    after = records(book)
    assert {part for part in before.keys() - SHARED if after.get(part) != before[part]} == set()
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        assert package.testzip() is None
        for name in package.namelist():
            assert not name.endswith((".xml", ".rels")) or etree.fromstring(package.read(name)) is not None
