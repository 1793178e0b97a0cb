"""Every worksheet function end to end: cell, our VBA, xlwings' converters, Python, and the answer in the cells.

LibreOffice stands in for Excel. Its Basic has no real error cells for CVErr: the cell shows "Error 2042", which
`as_python` reads back. That Excel shows #N/A is on the checklist.
"""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.excel.signatures import signatures

pytestmark = [pytest.mark.office, pytest.mark.slow]

IDS = [[1001.0], ["A-7"], [None], ["nobody"], ["0012"], ["１００１"], [" 1002 "], ["123456789012345678"]]
DAY = dt.datetime(2026, 8, 28)
DAY_SERIAL = 46262
PER_CUSTOMER = {
    "CUST_TIER": [(), ("abc",), ("", DAY)],
    "CUST_SCORE": [(), ("simple",), (None, DAY)],
    "CUST_RFM": [()],
    "CUST_SEGMENT": [()],
    "CUST_STAGE": [()],
    "CUST_TAGS": [(), ("/",)],
    "CUST_HAS_TAG": [("高频",), ("no such tag",)],
    "CUST_METRIC": [("amount_12m",), ("最近消费天数",), ("no such indicator",)],
    "CUST_CLV": [()],
    "CUST_CHURN": [()],
    "CUST_GAP": [()],
    "CUST_NEXT": [()],
    "CUST_OWNER": [()],
}
"""Functions that answer each id, with the further arguments to try."""
WHOLE = {
    "CUST_WHY": [("A-7",), (1001.0, "abc"), ("nobody",)],
    "CUST_PROFILE": [(1001.0,), ("nobody",)],
    "CUST_LIST": [(), ("VIP",), (None, None, None, "王敏"), (None, None, None, None, 2.0)],
    "CUST_COUNT": [(), ("VIP",), (None, "no such tag")],
    "CUST_TASKS": [(), ("王敏",), ("", DAY)],
    "CUST_MOVES": [(), (DAY,)],
    "CUST_SUMMARY": [(), ("owner",)],
    "CUST_STAMP": [()],
}
"""Functions with one answer, with the arguments to try; CUST_SCORE_TABLE has a test of its own."""
EACH_PER_CUSTOMER = [(name, more) for name, tried in PER_CUSTOMER.items() for more in tried]
EACH_WHOLE = [(name, arguments) for name, tried in WHOLE.items() for arguments in tried]


def typed(value):
    """An argument as LibreOffice's formulas have it. None is an empty cell: LibreOffice hands 0 to VBA for one left out
    between two others (Excel tells VBA that it is missing)."""
    if isinstance(value, dt.datetime):
        return str(DAY_SERIAL)
    return "Z1" if value is None else f'"{value}"' if isinstance(value, str) else f"{value:g}"


def listed(*arguments):
    return "; ".join(map(typed, arguments))


@pytest.fixture(scope="module")
def plain(office, macro_book, tmp_path_factory):
    """A book without tables of ours, with ids in A1:A8: the book of record answers."""
    book = macro_book(tmp_path_factory.mktemp("plain") / "plain.xlsm")
    office.open(book)
    office.put(book, "A1:A8", IDS)
    return book


@pytest.fixture(scope="module")
def own(office, macro_book, tables, tmp_path_factory):
    """A book with its own tables."""
    book = macro_book(tmp_path_factory.mktemp("own") / "own.xlsm", tables)
    office.open(book)
    office.put(book, "A1:A8", IDS)
    return book


def test_every_function_is_tried():
    assert {*PER_CUSTOMER, *WHOLE, "CUST_SCORE_TABLE"} == {one.name for one in signatures()}
    assert set(PER_CUSTOMER) == {one.name for one in signatures() if one.per_customer}


@pytest.mark.parametrize(("name", "more"), EACH_PER_CUSTOMER)
def test_a_column_of_ids_answers_as_python_does(office, plain, from_file, same, name, more):
    further = "".join(f"; {typed(one)}" for one in more)
    same(office.block(plain, f"{name}(A1:A8{further})", 8, 1), from_file(name, IDS, *more))


@pytest.mark.parametrize(("name", "more"), EACH_PER_CUSTOMER)
def test_single_cells_answer_as_python_does(office, plain, from_file, same, name, more):
    further = "".join(f"; {typed(one)}" for one in more)
    office.put(plain, "C1:C8", [[f"={name}(A{row}{further})"] for row in range(1, 9)])
    found = office.values(plain, "C1:C8")
    same(found, as_shown_in_cells(from_file(name, IDS, *more)))


def as_shown_in_cells(rows):
    from_text = {"#N/A": "Error 2042", "#VALUE!": "Error 2015", "#NUM!": "Error 2036", "#REF!": "Error 2023"}
    return [[from_text.get(value, value) for value in row] for row in rows]


@pytest.mark.parametrize(("name", "arguments"), EACH_WHOLE)
def test_tables_and_single_answers_are_pythons(office, plain, from_file, same, name, arguments):
    asked = [[[arguments[0]]], *arguments[1:]] if name in ("CUST_WHY", "CUST_PROFILE") else arguments
    wanted = from_file(name, *asked)
    same(office.block(plain, f"{name}({listed(*arguments)})", len(wanted), len(wanted[0])), wanted)


def test_a_pasted_table_is_scored(office, plain, from_file, same):
    table = [["amount_12m", "最近消费天数", "name"], [12000.0, 12.0, "甲"], [0.0, 300.0, None]]
    office.put(plain, "D1:F3", table)
    wanted = from_file("CUST_SCORE_TABLE", table)
    assert len(wanted) == 3
    same(office.block(plain, "CUST_SCORE_TABLE(D1:F3)", 3, len(wanted[0])), wanted)


def test_a_block_comes_back_in_its_shape(office, plain, from_file, same):
    block = [[1001.0, "A-7"], [None, "x"]]
    office.put(plain, "D11:E12", block)
    same(office.block(plain, "CUST_TIER(D11:E12)", 2, 2), from_file("CUST_TIER", block))
    same(office.block(plain, "CUST_TIER(D11:E11)", 1, 2), from_file("CUST_TIER", block[:1]))


@pytest.mark.parametrize("used", [2, 4])
def test_a_whole_column_is_sent_as_far_as_its_sheet_is_used_and_answered_in_its_shape(
    office, plain, from_file, same, used
):
    office.put(plain, "D51:E54", [[1001.0, "A-7"], ["x", None], [None, "0012"], ["A-7", None]])
    wanted = from_file("CUST_TIER", [[1001.0, "A-7"], ["x", None], [None, "0012"], ["A-7", None]][:used])
    office.trips()
    office.macro(plain, "CustLink", "LinkSet", "used", used)
    same(office.block(plain, "CUST_TIER(D51:E60)", 10, 2), wanted + [["", ""]] * (10 - used))
    assert [there for _, function, there, _ in office.trips() if function == "TB_BLOCK"] == [1 + 2 * used + 2]
    office.macro(plain, "CustLink", "LinkSet", "used", 0)


@pytest.mark.parametrize("name", [name for name, tried in PER_CUSTOMER.items() if () in tried])
def test_the_workbooks_own_tables_answer_before_the_book_of_record(office, own, from_file, same, name):
    same(office.block(own, f"{name}(A1:A8)", 8, 1), from_file(name, IDS))


@pytest.mark.parametrize("name", [name for name, tried in WHOLE.items() if () in tried])
def test_the_workbooks_own_tables_tell_all_that_the_file_tells(office, own, from_file, same, name):
    wanted = from_file(name)
    same(office.block(own, f"{name}()", len(wanted), len(wanted[0])), wanted)


@pytest.mark.parametrize(
    ("formula", "error"),
    [("=1/0", "#DIV/0!"), ("=NA()", "#N/A"), ('="a"+1', "#VALUE!"), ("=SQRT(-1)", "#NUM!"), ("=nix()", "#NAME?")],
)
def test_an_error_in_is_the_same_error_out(office, plain, formula, error):
    office.put(plain, "D21:D22", [[formula], [1001.0]])
    assert office.block(plain, "CUST_TIER(D21:D22)", 2, 1) == [[error], ["VIP"]]
    assert office.cell(plain, "CUST_TIER(D22)") == "VIP"
    assert office.cell(plain, "CUST_TIER(D21)") == error


def test_true_is_no_customer_and_16_digits_are_out_of_range(office, plain):
    office.put(plain, "D31:D33", [["=TRUE()"], [1e15], ["=FALSE()"]])
    for asked in ("D31", "D31"):  # alone first, then from the snapshot
        assert office.cell(plain, f"CUST_SEGMENT({asked})") == "#VALUE!"
    assert [office.cell(plain, f"CUST_SEGMENT(D{row})") for row in (32, 33)] == ["#NUM!", "#VALUE!"]


@pytest.mark.parametrize("typed_word", ["", '; ""', "; Z1"])
def test_a_left_out_argument_means_the_main_one(office, plain, typed_word):
    assert office.cell(plain, f"CUST_TIER(A1{typed_word})") == "VIP"


def test_an_error_for_an_option_is_told(office, plain, from_file):
    office.put(plain, "D41:D41", [["=1/0"]])
    assert office.cell(plain, "CUST_TIER(A1; D41)") == from_file("CUST_TIER", [[1001.0]], "#DIV/0!")[0][0]
    assert office.cell(plain, "CUST_TIER(A2; D41)") == from_file("CUST_TIER", [["A-7"]], "#DIV/0!")[0][0]
