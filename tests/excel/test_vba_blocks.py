"""A block of ids in one trip, past xlwings' converters, says what the function itself says."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierbook.excel import blocks, functions
from tierbook.excel.scored import session
from tierbook.excel.signatures import signatures

PER_CUSTOMER = [one for one in signatures() if one.per_customer]
OPTION = {"CUST_METRIC": "last_order", "CUST_HAS_TAG": "高频"}
CODES = {text: code for code, text in blocks.ERROR_CODES.items()}
KNOWN = [1001.0, "1001", 1.0, "1", "A-7", "0012", 1002.0]
ODD = ["nobody", " 1001 ", "１００１", None, "", True, False, 0.0, 1e15, 9.5, *CODES.values()]
CELLS = st.lists(st.lists(st.sampled_from([*KNOWN, *ODD]), min_size=3, max_size=3), min_size=1, max_size=4)


@pytest.fixture(autouse=True)
def answering(scored):
    blocks._tables.clear()
    session.use(scored)
    yield
    session.use(None)


def said(function, cells, *options):
    """What the function says, as cells hold it."""
    texts = {code: text for text, code in CODES.items()}
    rows = [[texts.get(cell, cell) if type(cell) is int else cell for cell in row] for row in cells]
    return [[carried(value) for value in row] for row in getattr(functions, function)(rows, *options)]


def carried(value):
    if isinstance(value, dt.datetime):
        return (value - blocks.EPOCH) / dt.timedelta(days=1)
    return "" if value is None else value


@pytest.mark.parametrize("function", PER_CUSTOMER, ids=lambda one: one.name)
@given(cells=CELLS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_block_says_what_the_function_says(function, cells):
    options = [OPTION[function.name]] if function.name in OPTION else []
    rows = tuple(map(tuple, cells))
    wanted = said(function.name, cells, *options)
    assert blocks.TB_BLOCK(function.name, rows, *options) == wanted
    assert blocks.TB_BLOCK(function.name, rows, *options) == wanted  # again, from what was kept
    assert list(map(type, wanted[0])) == list(map(type, blocks.TB_BLOCK(function.name, rows, *options)[0]))


def test_a_row_or_a_single_value_is_a_block_too():
    assert blocks.TB_BLOCK("CUST_TIER", (1001.0, "A-7")) == [["VIP", "低价值"]]
    assert blocks.TB_BLOCK("CUST_TIER", 1001.0) == [["VIP"]]


def test_options_are_told_apart():
    cells = ((1001.0,), ("A-7",), ("0012",))
    for scale, tiers in (("abc", ["A", "C", "B"]), (None, ["VIP", "低价值", "潜力"]), ("no such", ["#VALUE!"] * 3)):
        assert blocks.TB_BLOCK("CUST_TIER", cells, scale) == [[tier] for tier in tiers]


def test_what_is_kept_goes_with_its_book(make_book, tmp_path):
    cells = ((1001.0,), ("A-7",), ("0012",))
    before = blocks.TB_BLOCK("CUST_TIER", cells)
    head, *rows = [list(row) for row in functions_results(make_book)]
    place = head.index("tier")
    other = make_book(
        tmp_path / "other.xlsx", results=[head, *([*row[:place], "新", *row[place + 1 :]] for row in rows)]
    )
    session.use(other)
    assert (before, blocks.TB_BLOCK("CUST_TIER", cells)) == ([["VIP"], ["低价值"], ["潜力"]], [["新"]] * 3)


def functions_results(make_book):
    """The results that `make_book` writes when told nothing."""
    return make_book.__globals__["RESULTS"]


def test_no_more_tables_are_kept_than_there_is_room_for():
    cells = ((1001.0,), ("A-7",), ("0012",))
    for word in range(2 * blocks.KEPT):
        blocks.TB_BLOCK("CUST_TAGS", cells, f"({word})")
    assert len(blocks._tables) == blocks.KEPT


def test_only_functions_that_answer_each_id_take_a_block():
    for name in ("CUST_WHY", "CUST_LIST", "TB_USE", "no_such"):
        assert blocks.TB_BLOCK(name, ((1001.0,),)) == [["#VALUE!"]]
