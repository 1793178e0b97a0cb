"""What costs a round trip to Python and what does not; and that nothing from memory is ever out of date.

Counted where Python is called. The VBA is the add-in's own, run by LibreOffice, whose clock for it has whole seconds.
"""

from __future__ import annotations

import itertools
import shutil
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.office, pytest.mark.slow]

ODD = ["Ａ-7", "A\u200b-7", "ﬁrst", "客户①", "é"]
"""Ids with letters only Python knows how to read."""
WRITTEN = [
    *(
        1001.0,
        "1001",
        " 1001 ",
        "１００１",
        "1001.0",
        "1001.00",
        "\u30001001",
        '=CHAR(9)&"1001"&CHAR(10)',
        "1001.",
        ".0",
    ),
    *(
        "-1.0",
        "0012",
        "0012.0",
        "１００１．０",
        "a-7",
        "A-7",
        "A -7",
        "Ａ-7",
        "A\u200b-7",
        "\u00a0A-7",
        "客户",
        "客户①",
    ),
    *("", "   ", "\u3000", "#N/A", "#VALUE!", "#nix", "VIP", "'", 0.0, -0.0, 12.0, 1001.5, 1e-7, 999999999999999.0),
    *(123456789012345678.0, "123456789012345678"),
]
"""Ids as cells hold them, found and not found."""


@pytest.fixture(scope="module")
def books(office, macro_book, tmp_path_factory):
    """Opens a new macro book, with or without tables of its own; each has its own VBA, thus nothing in memory."""
    folder, numbers = tmp_path_factory.mktemp("books"), itertools.count()

    def opened(hidden=None):
        path = macro_book(folder / f"book{next(numbers)}.xlsm", hidden)
        office.open(path)
        office.calls()
        return path

    return opened


def told(office, book, what, value=1):
    """Tell the test's link to behave as after a mishap."""
    office.macro(book, "CustLink", "LinkSet", what, value)


def in_time(see, wanted):
    """Whether this is seen within some seconds; a stamp or file is looked at again after one to three."""
    end = time.monotonic() + 20
    while (seen := see()) != wanted and time.monotonic() < end:
        time.sleep(1.7)  # longer than cells of one calculation lie apart
    return seen == wanted


def calculated(office, book, address):
    office.calculate(book)
    return office.values(book, address)


def with_tier(tables, tier):
    """The same tables from another refresh, which put everybody into one tier."""
    stamp = [[key, "f00" if key == "data_fingerprint" else value] for key, value in tables["_tierbook"]]
    head, *rows = tables["_tierbook_results"]
    place = head.index("tier")
    return tables | {
        "_tierbook": stamp,
        "_tierbook_results": [head, *([*row[:place], tier, *row[place + 1 :]] for row in rows)],
    }


def test_every_way_to_write_an_id_answers_as_python_does(office, books, from_file):
    book = books()
    office.put(book, f"A1:A{len(WRITTEN)}", [[one] for one in WRITTEN])
    office.put(book, f"B1:B{len(WRITTEN)}", [[f"=CUST_SCORE(A{row})"] for row in range(1, len(WRITTEN) + 1)])
    seen = [row for (row,) in office.values(book, f"A1:A{len(WRITTEN)}")]
    wanted = [answer for (answer,) in from_file("CUST_SCORE", [[one] for one in seen])]
    found = [office.cell(book, f"CUST_SCORE(A{row})") for row in range(1, len(WRITTEN) + 1)]
    assert dict(zip(map(repr, seen), found, strict=True)) == dict(zip(map(repr, seen), wanted, strict=True))


def test_an_id_only_python_can_read_is_asked_once(office, books):
    book = books()
    office.put(book, "A1:A2", [[1001.0], ["0012"]])
    office.put(book, "B1:B2", [["=CUST_TIER(A1)"], ["=CUST_TIER(A2)"]])
    office.put(book, "A3:A22", [[one] for one in ODD * 4])
    office.values(book, "B1:B2")
    office.calls()
    office.put(book, "B3:B22", [[f"=CUST_TIER(A{row})"] for row in range(3, 23)])
    office.values(book, "B3:B22")
    asked = [call for call in office.calls() if call != "TB_USE"]
    assert asked == ["CUST_TIER"] * 4  # a wide letter before ASCII needs nobody


def test_a_block_is_one_trip(office, books):
    book = books()
    office.put(book, "A1:A500", [[1001.0]] * 500)
    assert office.cell(book, "CUST_TIER(A1)") == "VIP"
    office.calls()
    assert office.block(book, "CUST_TIER(A1:A500)", 500, 1) == [["VIP"]] * 500
    assert [call for call in office.calls() if call != "TB_USE"] == ["TB_BLOCK"]


def test_a_question_to_one_cell_is_not_asked_for_everybody(office, books):
    book = books()
    office.put(book, "A1:A2", [[1001.0], [1001.0]])
    assert office.cell(book, "CUST_TIER(A1)") == office.cell(book, "CUST_TIER(A2)") == "VIP"
    assert office.calls() == ["TB_USE", "CUST_TIER"]


def test_a_blank_cell_needs_nobody(office, books):
    book = books()
    assert office.cell(book, "CUST_TIER(A1)") == ""
    assert office.cell(book, 'CUST_TIER("  ")') == ""
    assert office.calls() == []


def test_a_wrong_option_is_asked_twice_at_most(office, books):
    book = books()
    office.put(book, "A1:A50", [[float(row)] for row in range(50)])
    office.put(book, "B1:B50", [[f'=CUST_TIER(A{row}; "no such scale")'] for row in range(1, 51)])
    assert office.values(book, "B1:B50") == [["Error 2015"]] * 50
    assert [call for call in office.calls() if call != "TB_USE"] == ["CUST_TIER", "TB_SNAPSHOT"]


def test_questions_without_a_place_do_not_drive_out_those_in_use(office, books, from_file):
    """60 questions, 48 places: 48 are asked once alone and once for everybody, 12 for every cell."""
    book, ids = books(), [[1001.0], ["A-7"], ["0012"], [1002.0], ["123456789012345678"], ["nobody"]]
    office.put(book, "A1:A6", ids)
    office.by_hand(book)
    office.put(book, "B1:BI6", [[f'=CUST_TAGS(A{row}; "({word})")' for word in range(60)] for row in range(1, 7)])
    office.calculate(book)
    calls = office.calls()
    wanted = [from_file("CUST_TAGS", ids, f"({word})") for word in range(60)]
    assert office.shown(book, "B1:BI6") == [[tags[row][0] for tags in wanted] for row in range(6)]
    assert len(calls) < 240, len(calls)  # 168; each place given to the next question would make it 360


def test_another_stamp_drops_every_answer(office, books, tables):
    book = books(tables)
    office.put(book, "A1:A2", [[1001.0], ["A-7"]])
    office.put(book, "B1:B2", [["=CUST_TIER(A1)"], ["=CUST_TIER(A2)"]])
    before = office.values(book, "B1:B2")
    newer = with_tier(tables, "新层级")
    for name in ("_tierbook_results", "_tierbook"):
        last = office.address(book, name)
        office.put(book, f"{name}!{last}", newer[name])
    assert before == [["VIP"], ["潜力"]]
    assert in_time(lambda: calculated(office, book, "B1:B2"), [["新层级"], ["新层级"]])


def test_tasks_that_changed_without_a_refresh_are_handed_over_anew(office, books, tables):
    book = books(tables)
    open_tasks = office.cell(book, "ROWS(CUST_TASKS())")
    head, *rows = tables["_tierbook_tasks"]
    office.put(book, "_tierbook_tasks!K2:K2", [["done"]])
    assert head[10] == "status"
    assert open_tasks == len(rows) + 1
    assert in_time(lambda: office.cell(book, "ROWS(CUST_TASKS())"), open_tasks - 1)


def test_the_book_of_record_is_looked_at_again(office, books, refreshed, macro_book, tables):
    book, kept = books(), refreshed.with_suffix(".kept")
    shutil.copy2(refreshed, kept)
    office.put(book, "A1:A2", [[1001.0], ["A-7"]])
    office.put(book, "B1:B2", [["=CUST_TIER(A1)"], ["=CUST_TIER(A2)"]])
    before = office.values(book, "B1:B2")
    try:
        macro_book(refreshed, with_tier(tables, "另一层"))
        assert in_time(lambda: calculated(office, book, "B1:B2"), [["另一层"], ["另一层"]])
    finally:
        shutil.copy2(kept, refreshed)
        office.restart_python()
    assert before == [["VIP"], ["潜力"]]


def test_books_side_by_side_answer_from_their_own_tables(office, books, tables):
    one, other, plain = books(tables), books(with_tier(tables, "别家")), books()
    tiers = {one: "VIP", other: "别家", plain: "VIP"}
    office.put(one, "A1:A3", [[1001.0], [1001.0], ["A-7"]])
    for call in ("CUST_TIER(A1)", "CUST_TIER(A3)", "INDEX(CUST_TIER(A1:A2); 2)", "CUST_TIER(A1)"):
        for book, tier in tiers.items():
            office.macro(one, "CustLink", "LinkCallFrom", Path(book).name)
            wanted = "潜力" if "A3" in call and book != other else tier
            assert office.cell(one, call) == wanted
    calls = office.calls()
    assert calls.count("TB_HAND_OVER") == 2 * len(tables)
    assert calls.count("TB_SNAPSHOT") == 3


def test_the_wizard_waits_for_nobody(office, books):
    book = books()
    office.put(book, "A1:A2", [[1001.0], ["A-7"]])
    assert office.cell(book, "CUST_TIER(A1)") == "VIP"
    office.calls()
    told(office, book, "wizard")
    assert office.cell(book, "CUST_TIER(A1)") == "VIP"
    assert [office.cell(book, call) for call in ("CUST_TIER(A2)", "CUST_STAMP()", "CUST_SCORE(A1)")] == [""] * 3
    assert office.calls() == []
    told(office, book, "wizard", 0)
    assert office.cell(book, "CUST_TIER(A2)") == "潜力"


def test_a_lost_connection_is_made_anew_once(office, books, tables):
    book = books(tables)
    office.put(book, "A1:A1", [[1001.0]])
    told(office, book, "lost", 1)
    assert office.cell(book, "CUST_TIER(A1)") == "VIP"
    told(office, book, "lost", 2)
    assert office.cell(book, "CUST_SCORE(A1)") == "#REF!"
    told(office, book, "lost", 2)
    assert office.cell(book, "CUST_STAMP()") == "out_of_reach: the remote server is gone"
    told(office, book, "lost", 0)
    assert isinstance(office.cell(book, "CUST_SCORE(A1)"), float)


def test_a_new_python_is_handed_the_tables_before_it_answers(office, books, tables):
    book = books(with_tier(tables, "自家"))
    office.put(book, "A1:A2", [[1001.0], ["A-7"]])
    assert office.block(book, "CUST_TIER(A1:A2)", 2, 1) == [["自家"]] * 2
    told(office, book, "lost", 1)
    office.restart_python()
    assert office.block(book, "CUST_TIER(A2:A2)", 1, 1) == [["自家"]]
    assert office.block(book, "CUST_TIER(A1:A2)", 2, 1) == [["自家"]] * 2
    assert office.calls().count("TB_HAND_OVER") == 2 * len(tables)


def test_without_python_cells_show_an_error_at_once_and_the_stamp_says_why(office, books):
    book = books()
    office.put(book, "A1:A2", [[1001.0], ["A-7"]])
    told(office, book, "down")
    assert office.cell(book, "CUST_TIER(A1)") == "#REF!"
    assert office.cell(book, "CUST_STAMP()") == "out_of_reach: no Python here"
    assert office.cell(book, "CUST_WHY(A1)") == "out_of_reach: no Python here"
    told(office, book, "down", 0)
    assert office.cell(book, "CUST_TIER(A2)") == "#REF!"  # nobody tries again for ten seconds
    office.macro(book, "CustCore", "CustForget")
    assert office.cell(book, "CUST_TIER(A1)") == "VIP"


def test_a_python_that_others_use_too_is_told_the_book_before_every_question(office, books):
    book = books()
    office.put(book, "A1:A1", [[1001.0]])
    told(office, book, "shared")
    office.cell(book, "CUST_COUNT()")
    office.cell(book, "CUST_PROFILE(A1)")
    assert office.calls() == ["TB_USE", "CUST_COUNT", "TB_USE", "CUST_PROFILE"]


def test_a_mishap_inside_python_is_an_error_in_those_cells_only(office, books):
    book = books()
    office.put(book, "A1:A2", [[1001.0], ["A-7"]])
    office.fail("CUST_CHURN")
    assert office.cell(book, "CUST_CHURN(A1)") == "#VALUE!"
    assert office.block(book, "CUST_CHURN(A1:A2)", 1, 1) == [["#VALUE!"]]
    assert office.cell(book, "CUST_TIER(A1)") == "VIP"
    office.fail("CUST_STAMP")
    assert "a mishap inside" in office.cell(book, "CUST_STAMP()")
