"""Calls of our functions inside formulas, as files write them."""

from __future__ import annotations

import pytest

from tierbook.sharing.calls import CannotReplace, calls_in, constant, is_one_value, one_cell, only_call, replaced


@pytest.mark.parametrize(
    ("formula", "made"),
    [
        ("CUST_TIER(A2)", "<CUST_TIER|A2>"),
        ("cust_tier( A2 )", "<CUST_TIER|A2>"),
        ("[1]!CUST_TIER(A2)", "<CUST_TIER|A2>"),
        ("_xll.CUST_TIER(A2)", "<CUST_TIER|A2>"),
        ("_xludf.CUST_TIER(A2)", "<CUST_TIER|A2>"),
        ("CUST_STAMP()", "<CUST_STAMP|>"),
        ("CUST_TIER(A2,,DATE(2026,8,1))", "<CUST_TIER|A2||DATE(2026,8,1)>"),
        ('CUST_TIER(A2,"a,b(""c"")")', '<CUST_TIER|A2|"a,b(""c"")">'),
        ('IF(CUST_TIER(A2)="VIP", 1 ,SUM(B1:B2))', 'IF(<CUST_TIER|A2>="VIP", 1 ,SUM(B1:B2))'),
        ("CUST_SCORE(CUST_OWNER(A2),{1,2})", "<CUST_SCORE|<CUST_OWNER|A2>|{1,2}>"),
        ("CUST_TIER((A2))", "<CUST_TIER|(A2)>"),
        ("CUST_TIER(Sales[[#This Row],[客户 编号]])", "<CUST_TIER|Sales[[#This Row],[客户 编号]]>"),
        ("'CUST_TIER(A2)'!A1&\"CUST_TIER(A2)\"", "'CUST_TIER(A2)'!A1&\"CUST_TIER(A2)\""),
        ("MYCUST_TIER(A2)", "MYCUST_TIER(A2)"),
        ("A1  +  CUST_TIER(A2)", "A1  +  <CUST_TIER|A2>"),
    ],
)
def test_calls_are_found_wherever_they_stand(formula, made):
    assert replaced(formula, lambda call: f"<{call.function}|{'|'.join(call.arguments)}>") == made


def test_one_call_that_cannot_be_replaced_stops_the_formula():
    with pytest.raises(CannotReplace):
        replaced("CUST_TIER(A2)&CUST_LIST(A3)", lambda call: None if call.function == "CUST_LIST" else "1")


def test_a_formula_nobody_can_read_is_not_guessed_at():
    assert calls_in('CUST_TIER("') == []
    with pytest.raises(CannotReplace):
        replaced('CUST_TIER("', lambda _call: "1")


@pytest.mark.parametrize(
    ("formula", "is_only"),
    [("CUST_TIER(A2)", True), ("[2]!CUST_TIER(A2)", True), ("CUST_TIER(A2)&1", False), ("A2", False),
     ("CUST_TIER(CUST_OWNER(A2))", False)],
)  # fmt: skip
def test_a_formula_of_one_call_is_known_as_such(formula, is_only):
    assert (only_call(formula) is not None) == is_only


@pytest.mark.parametrize(
    ("argument", "is_one"),
    [("A2", True), ("$A$2", True), ("'别 的'!A2", True), ('"1001"', True), ("1001", True), ("A2&B2", True),
     ("TRIM(A2)", True), ("Sales[[#This Row],[id]]", True), ("[@id]", True), ("A2:A9", False), ("A:A", False),
     ("Sales[id]", False), ("{1,2}", False), ("名字", False), ("INDEX(A2:A9,1)", False), ("A2:INDEX(A:A,9)", False)],
)  # fmt: skip
def test_only_what_surely_is_one_value_counts_as_one(argument, is_one):
    assert is_one_value(argument) == is_one


def test_constants_and_cells_are_told_from_what_is_calculated():
    assert constant('"a""b"') == (True, 'a"b')
    assert constant(" 12.5 ") == (True, 12.5)
    assert constant("true") == (True, True)
    assert constant("") == (True, None)
    assert constant('"a"&"b"') == (False, None)
    assert one_cell("'别 的'!$A$2") == ("别 的", "A2")
    assert one_cell("A2:A3") is None
