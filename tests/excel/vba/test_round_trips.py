"""Ten thousand cells with a formula each, as people fill a column: a handful of round trips to Python.

Counted where Python is called. The VBA is the add-in's own, run by LibreOffice.
"""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.office, pytest.mark.slow]

MANY = 10_000


def test_ten_thousand_cells_take_at_most_five_trips(office, macro_book, from_file, tmp_path):
    book = macro_book(tmp_path / "many.xlsm")
    office.open(book)
    kinds = [
        *(lambda n: 1001.0, lambda n: "A-7", lambda n: " 0012 ", lambda n: 70_000.0 + n, lambda n: f"X{n}"),
        *(lambda n: f"客户{n}", lambda n: None, lambda n: "１００１", lambda n: 0.5 + n, lambda n: f"{n}.0"),
    ]
    ids = [[kinds[row % 10](row)] for row in range(MANY)]
    office.by_hand(book)
    office.put(book, f"A1:A{MANY}", ids)
    office.put(book, f"B1:B{MANY}", [[f"=CUST_TIER(A{row + 1})"] for row in range(MANY)])
    office.calculate(book)
    calls = office.calls()
    assert len(calls) <= 5, calls
    assert calls[:3] == ["TB_USE", "CUST_TIER", "TB_SNAPSHOT"]
    errors = {"#N/A": "Error 2042"}
    wanted = [[errors.get(tier, tier)] for (tier,) in from_file("CUST_TIER", ids)]
    assert office.values(book, f"B1:B{MANY}") == wanted
