"""Rows that the engine puts together are written as those that Python puts together."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.engine import Engine
from tierbook.publish.book import Book
from tierbook.publish.cell_rows import column_maker, rows_xml
from tierbook.publish.cells import EXACT_WHOLE, LONGEST_TEXT
from tierbook.publish.engine_rows import AT_ONCE, EngineRows, engine_rows

KINDS = {"id": "BIGINT", "words": "VARCHAR", "whole": "BIGINT", "broken": "DOUBLE", "day": "DATE"}
NUMBERS = (0.0, -0.0, 1e-4, 9.9e-5, 1e15, 1e15 + 0.5, 1e16, -1e300, 5e-324, 0.1 + 0.2, 1 / 3, 2.0**53)
TEXTS = ("=1+1", "+1", "-x", "@a", "a&b", "<b>", " a", "a ", "a\nb", "a\tb", "\x01", "_x0041_", "甲，乙", "\u3000",
         "\x02", "\u2028", "\xa0a", "\x85", "\ufffe", "T1,2,", "'", '"', "🙂", "长" * (LONGEST_TEXT + 1))  # fmt: skip
VALUES = st.tuples(
    st.none() | st.sampled_from(TEXTS) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9),
    st.none() | st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, EXACT_WHOLE, -EXACT_WHOLE, EXACT_WHOLE + 1]),
    st.none() | st.floats() | st.sampled_from(NUMBERS) | st.integers(-(10**9), 10**9).map(lambda one: one / 100),
    st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)),
)
LOOKS = [("", ""), ("4", "5"), ("", ""), ("6", "6"), ("7", "7")]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(threads=1)


def both(engine: Engine, rows: Sequence[tuple[object, ...]], looks: list[tuple[str, str]]) -> tuple[bytes, bytes]:
    """Rows as the engine writes them, and as Python does."""
    engine.put("told", KINDS, [(place, *row) for place, row in enumerate(rows)])
    made = engine_rows(engine, "told", {name: (name, kind) for name, kind in KINDS.items()}, "id")
    assert isinstance(made, EngineRows)
    plain = engine.rows("SELECT * FROM told ORDER BY id")
    makers = [column_maker(place, *look) for place, look in enumerate(looks)]
    return b"".join(made.xml(5, looks)), b"".join(rows_xml(plain, 5, makers))


@given(st.lists(VALUES, max_size=12), st.sampled_from([LOOKS, [("", "")] * 5]))
@settings(max_examples=80, deadline=None)
def test_the_engine_writes_any_value_as_python_does(
    engine: Engine, rows: list[tuple[object, ...]], looks: list[tuple[str, str]]
) -> None:
    by_engine, by_python = both(engine, rows, looks)
    assert by_engine == by_python


def test_every_odd_text_and_number_is_written_as_python_does(engine: Engine) -> None:
    rows = [(TEXTS[n % len(TEXTS)], None, NUMBERS[n % len(NUMBERS)], None) for n in range(len(TEXTS) * len(NUMBERS))]
    by_engine, by_python = both(engine, rows, LOOKS)
    assert by_engine == by_python


def test_rows_come_in_order_however_many_there_are(engine: Engine) -> None:
    count = 3 * AT_ONCE + 1
    rows = [(f"甲{count - n}", n, n / 7, None) for n in range(count)]
    by_engine, by_python = both(engine, rows, LOOKS)
    assert by_engine == by_python


def test_a_type_the_engine_cannot_write_is_written_by_python(engine: Engine) -> None:
    columns = {"id": ("id", "INTEGER"), "yes": ("yes", "BOOLEAN")}
    found = engine_rows(engine, "(SELECT 2 AS id, true AS yes UNION ALL SELECT 1, NULL)", columns, "id")
    assert found == [(1, None), (2, True)]


def test_a_sheet_of_a_relation_comes_back_as_it_was(engine: Engine) -> None:
    engine.put("told", KINDS, [(1, "=甲", 7, 0.5, dt.date(2026, 2, 28)), (2, None, None, None, None)])
    book = Book("zh-CN", title="t")
    sheet = book.hidden_sheet("x")
    for column, key in enumerate(KINDS):
        sheet.write_string(0, column, key)
    day = book.formats.get(num_format="yyyy-mm-dd")
    looks = [None, None, None, None, day]
    rows = engine_rows(engine, "told", {name: (name, kind) for name, kind in KINDS.items()}, "id")
    book.long_rows(sheet, 2, looks, looks, rows, blank_row=False)
    found = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["x"]
    assert list(found.iter_rows(min_row=2, values_only=True)) == [
        (1, "=甲", 7, 0.5, dt.datetime(2026, 2, 28)), (2, None, None, None, None)
    ]  # fmt: skip
    assert found["B2"].data_type == "s"


def test_no_rows_leave_the_head_alone(engine: Engine) -> None:
    book = Book("zh-CN", title="t")
    sheet = book.hidden_sheet("x")
    sheet.write_string(0, 0, "id")
    rows = engine_rows(engine, "(SELECT 1 AS id WHERE 1 = 0)", {"id": ("id", "INTEGER")}, "id")
    book.long_rows(sheet, 2, [None], [None], rows, blank_row=False)
    assert openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["x"].max_row == 1
