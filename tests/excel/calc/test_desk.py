"""Cells are answered from snapshots; a trip to the helper process is made only where it must be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tierbook.excel.calc.client.desk import REST, SNAPSHOTS, Argument, Desk, Function
from tierbook.excel.calc.client.trouble import Trouble

CUSTOMER, SCALE, AS_OF = (
    Argument("customer_id", "block"),
    Argument("scale_name", "option"),
    Argument("as_of", "option", day=True),
)
TIER = Function("CUST_TIER", [CUSTOMER, SCALE, AS_OF], per_customer=True, in_words=False)
WHY = Function("CUST_WHY", [CUSTOMER, Argument("word", "option")], per_customer=False, in_words=True)
COUNT = Function("CUST_COUNT", [Argument("tier", "option")], per_customer=False, in_words=False)
SENTENCES = {"stopped": "stopped: {reason}", "no_python": "no python: {settings}"}


class Sheet:
    """A document; `tables` are the sheets of a tierbook book."""

    days_after_excel = 0.0
    path = "/folder/book.xlsx"

    def __init__(self, uid: str = "1", **tables: list[list[Any]]) -> None:
        self.uid = uid
        self.tables = tables

    def sheets(self) -> Sequence[str]:
        return ["Sheet1", *self.tables]

    def cells(self, sheet: str) -> list[list[Any]]:
        return self.tables[sheet]


class Tierbook:
    """Answers as the helper process does, and remembers what it was asked; `breaks` questions fail first."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.identity = "a"
        self.held: set[str] = set()
        self.breaks: list[Exception] = []
        self.tiers = {"1001": "VIP", "A-7": "一般", "1002": ""}

    def __call__(self, call: str, arguments: Sequence[Any], book: str) -> Any:
        self.asked.append((call, *arguments))
        if self.breaks:
            raise self.breaks.pop(0)
        if call == "TB_HAND_OVER" and arguments[1] == "_tierbook":
            self.held.add(arguments[0])
        answers = {"TB_HOLDS": book in self.held, "TB_USE": self.identity, "TB_HAND_OVER": True, "CUST_COUNT": 3}
        if call == "TB_SNAPSHOT":
            return [["#VALUE!"]] if arguments[1] == "none" else [[one, tier] for one, tier in self.tiers.items()]
        if call == "CUST_TIER":
            ids = arguments[0] if isinstance(arguments[0], list) else [[arguments[0]]]
            return [[self.tiers.get(one, "?") for one in row] for row in ids]
        return answers.get(call, [["head", 1.0]])

    def calls(self, *names: str) -> int:
        return sum(one[0] in names for one in self.asked)


class Office:
    """A desk, a clock to turn, and the shortest way to ask."""

    def __init__(self) -> None:
        self.tierbook = Tierbook()
        self.now = 100.0
        self.desk = Desk(self.tierbook, SENTENCES, clock=lambda: self.now)
        self.sheet = Sheet()

    def tier(self, customer: Any, scale: Any = None, as_of: Any = None) -> Any:
        ids = customer if isinstance(customer, tuple) else ((customer,),)
        return self.desk.answer(self.sheet, TIER, (ids, scale, as_of))


@pytest.fixture
def office() -> Office:
    return Office()


def test_many_cells_take_one_snapshot(office: Office) -> None:
    shown = [
        office.tier(one) for one in (1001.0, "1001", " A-7", "1001.0", "nobody", 17.0, 1.5, "", 0.0, "#REF!", 1e15) * 9
    ]
    assert shown[:11] == ["VIP", "VIP", "一般", "VIP", "#N/A", "#N/A", "#N/A", "", "", "#REF!", "#NUM!"]
    assert office.tierbook.asked == [("TB_USE", ""), ("TB_SNAPSHOT", "CUST_TIER", None, None)]


def test_an_id_only_tierbook_can_read_is_asked_once(office: Office) -> None:
    assert [office.tier("１００１"), office.tier("１００１")] == ["?", "?"]
    assert office.tierbook.calls("CUST_TIER") == 1


def test_a_block_is_one_trip(office: Office) -> None:
    assert office.tier((("1001", ""), ("A-7", "x"))) == [["VIP", "?"], ["一般", "?"]]
    assert office.tierbook.asked[-1] == ("CUST_TIER", [["1001", None], ["A-7", "x"]], None, None)


def test_a_blank_option_is_an_omitted_one(office: Office) -> None:
    office.tier("1001", scale=0.0, as_of=((0.0,),))
    office.tier("1001", scale="", as_of=None)
    assert office.tierbook.calls("TB_SNAPSHOT") == 1
    assert office.tier("1001", scale=(("a",), ("b",))) == "#VALUE!"


def test_one_error_for_all_spares_the_blank(office: Office) -> None:
    assert [office.tier(one, "none") for one in ("1001", "", "nobody")] == ["#VALUE!", "", "#VALUE!"]


def test_days_are_handed_over_as_excel_counts_them(office: Office) -> None:
    office.sheet.days_after_excel = 1462.0
    office.tier("1001", as_of=44000.0)
    assert office.tierbook.asked[-1] == ("TB_SNAPSHOT", "CUST_TIER", None, 45462.0)
    office.tierbook.tiers = {"1001": {"date": 46253.0}}
    assert office.tier("1001", as_of=44001.0) == 46253.0 - 1462.0


def test_changes_are_looked_for_every_two_seconds(office: Office) -> None:
    assert office.tier("1001") == "VIP"
    office.tierbook.tiers["1001"], office.tierbook.identity = "一般", "b"
    office.now += 1.9
    assert office.tier("1001") == "VIP"
    office.now += 0.2
    assert office.tier("1001") == "一般"
    assert office.tierbook.calls("TB_USE") == 2
    office.now += 2.1
    office.tier("1001")
    assert office.tierbook.calls("TB_SNAPSHOT") == 2


def test_another_option_in_every_row_does_not_take_a_snapshot_for_each(office: Office) -> None:
    for day in range(SNAPSHOTS + 20):
        assert office.tier("1001", as_of=45000.0 + day) == "VIP"
    assert office.tierbook.calls("TB_SNAPSHOT") == SNAPSHOTS
    assert office.tierbook.calls("CUST_TIER") == 20


def test_a_tierbook_book_is_handed_over_once_its_stamp_last(office: Office) -> None:
    office.sheet = Sheet("7", _tierbook=[["format", "1"]], _tierbook_results=[["customer_id"], ["1", ""]], other=[[1]])
    office.tier("1001")
    office.now += 3
    office.tier("1001")
    handed = [one for one in office.tierbook.asked if one[0] == "TB_HAND_OVER"]
    assert [one[2] for one in handed] == ["_tierbook_results", "_tierbook"]
    assert handed[0][3] == [["customer_id"], ["1", None]]
    assert handed[0][1].startswith("/folder/book.xlsx|")


def test_a_new_stamp_is_a_new_book(office: Office) -> None:
    office.sheet = Sheet("7", _tierbook=[["format", "1"]])
    office.tier("1001")
    office.sheet.tables["_tierbook"] = [["format", "1"], ["as_of", "2026-09-01"]]
    office.now += 3
    office.tier("1001")
    assert office.tierbook.calls("TB_HAND_OVER") == 2
    assert office.tierbook.calls("TB_SNAPSHOT") == 2


def test_two_documents_do_not_share_their_answers(office: Office) -> None:
    office.tier("1001")
    office.tierbook.tiers["1001"] = "一般"
    office.sheet = Sheet("2", _tierbook=[["format", "1"]])
    assert office.tier("1001") == "一般"


def test_a_broken_process_is_asked_anew_with_the_book_handed_over_again(office: Office) -> None:
    office.sheet = Sheet("7", _tierbook=[["format", "1"]])
    office.tier("1001")
    office.tierbook.breaks = [Trouble("stopped", reason="killed")]
    office.tierbook.held.clear()
    assert office.desk.answer(office.sheet, COUNT, (None,)) == 3
    assert office.tierbook.calls("TB_HAND_OVER") == 2


def test_a_process_that_breaks_twice_is_left_alone_for_a_while(office: Office) -> None:
    office.tierbook.breaks = [Trouble("stopped", reason="killed")] * 2
    assert office.tier("1001") == "#REF!"
    trips = len(office.tierbook.asked)
    assert [office.tier(str(one)) for one in range(100)] == ["#REF!"] * 100
    assert office.desk.answer(office.sheet, WHY, ((("1001",),), None)) == "stopped: killed"
    assert len(office.tierbook.asked) == trips == 2
    office.now += REST + 0.1
    assert office.tier("1001") == "VIP"


def test_without_a_python_nothing_is_tried_twice(office: Office) -> None:
    office.tierbook.breaks = [Trouble("no_python", settings="settings.toml")]
    assert office.desk.answer(office.sheet, WHY, ((("1001",),), None)) == "no python: settings.toml"
    assert len(office.tierbook.asked) == 1


def test_an_answer_that_broke_is_a_wrong_value_not_a_broken_process(office: Office) -> None:
    office.tier("1001")
    office.tierbook.breaks = [ValueError("TypeError: …")]
    assert office.desk.answer(office.sheet, COUNT, (None,)) == "#VALUE!"
    assert office.desk.answer(office.sheet, COUNT, (None,)) == 3
