"""Formulas follow the cells they name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.workbook.moved import RowMap, moved_formula
from tierbook.workbook.moved.formulas import moved_from_outside, moved_rule
from tierbook.workbook.moved.ranges import letters
from tierbook.workbook.moved.references import rewritten

GROWN = RowMap(2, 19, 24, {row: 22 - row for row in range(2, 20)}, 0, 11)
"""Rows 2..20 become 2..25; row 5 goes to 17, row 20 leaves."""


def in_row_5(formula: str, moved: RowMap = GROWN) -> str:
    return moved_formula(formula, moved, sheet="任务", here=True, old_row=5, new_row=17)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("L5*2", "L17*2"),
        ("$L$5+L$5+$L5", "$L$17+L$17+$L17"),
        ("L5-L4", "L17-L18"),
        ("SUM(A5:C5)", "SUM(A17:C17)"),
        ("1/5:5/L5/10", "1/17:17/L17/10"),
        ("#DIV/0!+L5", "#DIV/0!+L17"),
        ("5:5", "17:17"),
        ("L20", "#REF!"),
        ("SUM(A20:C20)", "SUM(#REF!)"),
        ("任务!L20", "任务!#REF!"),
        ("L1", "L1"),
        ("L21+$B$30", "L26+$B$35"),
        ("Z5", "Z5"),
        ("Z30", "Z35"),
        ("任务!L5", "任务!L17"),
        ("'任务'!$L$5", "'任务'!$L$17"),
        ("数据!L5", "数据!L5"),
        ("[1]任务!L5", "[1]任务!L5"),
        ("'[旧.xlsx]任务'!L5", "'[旧.xlsx]任务'!L5"),
        ("SUM(一月:三月!L5)", "SUM(一月:三月!L5)"),
        ("SUM(Q1:Q3!L5)", "SUM(Q1:Q3!L5)"),
    ],
)
def test_a_reference_to_a_cell_follows_it(before: str, after: str) -> None:
    assert in_row_5(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SUM(L2:L20)", "SUM(L2:L25)"),
        ("SUM($L$1:$L$20)", "SUM($L$1:$L$25)"),
        ("SUM(任务!L2:任务!L20)", "SUM(任务!L2:任务!L25)"),
        ("L5/SUM(L$2:L$20)", "L17/SUM(L$2:L$25)"),
        ("SUM(L2:L1000)", "SUM(L2:L1005)"),
        ("SUM(2:20)", "SUM(2:25)"),
        ("SUM($2:$20)", "SUM($2:$25)"),
        ("SUM(L:L,$A:$C)", "SUM(L:L,$A:$C)"),
        ("SUM(L2:L1048576)", "SUM(L2:L1048576)"),
        ("SUM(L20:L2)", "SUM(L25:L2)"),
        ("SUM(L5:L7)", "SUM(L15:L17)"),
        ("SUM(L18:L20)", "SUM(L18:L20)"),
        ("SUM(L1:L5)", "SUM(L1:L5)"),
        ("SUM(L15:L30)", "SUM(L15:L35)"),
        ("SUM(N2:N20)", "SUM(N2:N20)"),
        ("SUM(N2:N30)", "SUM(N2:N35)"),
        ("VLOOKUP(A5,数据!$A$2:$C$20,2,0)", "VLOOKUP(A17,数据!$A$2:$C$20,2,0)"),
    ],
)
def test_a_range_stretches_follows_or_stays(before: str, after: str) -> None:
    assert in_row_5(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SUM(L$2:L5)", "SUM(L$2:L17)"),
        ("COUNTIF(C$1:C4,C5)", "COUNTIF(C$1:C16,C17)"),
        ("SUM(L5:L$20)", "SUM(L17:L$25)"),
        ("SUM(L$3:L5)", "SUM(L$17:L19)"),
    ],
)
def test_a_running_range_ends_in_the_formulas_own_row(before: str, after: str) -> None:
    assert in_row_5(before) == after


def test_a_running_range_in_the_last_row_is_not_taken_for_the_whole_body() -> None:
    swapped = RowMap(2, 3, 3, {2: 4, 3: 3, 4: 2}, 0, 3)
    assert moved_formula("SUM(B$2:B4)", swapped, sheet="s", here=True, old_row=4, new_row=2) == "SUM(B$2:B2)"
    assert moved_formula("SUM(B$2:B2)", swapped, sheet="s", here=True, old_row=2, new_row=4) == "SUM(B$2:B4)"
    assert moved_formula("SUM(B$2:B$4)", swapped, sheet="s", here=True, old_row=4, new_row=2) == "SUM(B$2:B$4)"


@pytest.mark.parametrize(
    "formula",
    [
        '"L5"&"5:5"',
        "LOG10(5)+ATAN2(1,2)",
        "SUM(Tasks[状态],Tasks[[#This Row],[L5]])",
        "_xlfn.LET(_xlpm.L5,1,_xlpm.L5)",
        "IF(1.5E+3>#DIV/0!,{1,2;3,5},TRUE)",
        "TAXRATE2025+ZZZ5",
        'INDIRECT("L5")',
        "'L5'!A1",
        "'没有收尾",
        "SUM((1,2",
        ")",
        "5",
        "",
    ],
)
def test_what_is_not_a_reference_stays(formula: str) -> None:
    assert in_row_5(formula) == formula


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SUM(A1:INDEX(L:L,L5))", "SUM(A1:INDEX(L:L,L17))"),
        ("SUM(L2:INDEX(L:L,3))", "SUM(L2:INDEX(L:L,3))"),
        ("SUM(INDEX(L:L,2):L20)", "SUM(INDEX(L:L,2):L25)"),
        ("SUM(L10:OFFSET(L30,1,0))", "SUM(L10:OFFSET(L35,1,0))"),
        ("SUM(L30:终点)", "SUM(L35:终点)"),
        ("OFFSET($A$2,0,0,COUNTA($A:$A)-1,1)", "OFFSET($A$2,0,0,COUNTA($A:$A)-1,1)"),
        ("SUM(offset( 任务!$A$2,0,0,L5))", "SUM(offset( 任务!$A$2,0,0,L17))"),
        ("OFFSET(A5,0,1)", "OFFSET(A17,0,1)"),
    ],
)
def test_where_a_calculated_range_begins_or_ends_is_a_place_not_a_customer(before: str, after: str) -> None:
    assert in_row_5(before) == after


def test_blanks_and_line_breaks_stay() -> None:
    assert in_row_5("IF( L5 >  3 ,\n  L5,  10 )") == "IF( L17 >  3 ,\n  L17,  10 )"


def test_a_formula_elsewhere_means_its_own_sheet_where_it_names_none() -> None:
    assert moved_formula("L5+任务!L5", GROWN, sheet="任务", here=False, old_row=5, new_row=5) == "L5+任务!L17"


def test_a_sheets_name_is_known_in_any_case_and_with_apostrophes() -> None:
    made = moved_formula("'O''BRIEN & CO'!A5", GROWN, sheet="O'Brien & Co", here=False, old_row=1, new_row=1)
    assert made == "'O''BRIEN & CO'!A17"


@pytest.mark.parametrize(("name", "after"), [("Q5 2026", "'Q5 2026'!A17"), ("Q5 2025", "'Q5 2026'!A5")])
def test_sheets_whose_names_differ_in_a_number_are_told_apart(name: str, after: str) -> None:
    assert moved_formula("'Q5 2026'!A5", GROWN, sheet=name, here=False, old_row=1, new_row=1) == after


def test_a_reference_with_numbers_in_its_sheets_name_can_be_gone() -> None:
    made = moved_formula("SUM(x1!A20:x1!C20)+1", GROWN, sheet="x1", here=False, old_row=1, new_row=1)
    assert made == "SUM(x1!#REF!)+1"


def test_the_blank_row_of_an_empty_table_becomes_no_error() -> None:
    filled = RowMap(2, 1, 30, {}, 0, 5)
    assert moved_formula("B2&SUM(A2:B2)", filled, sheet="s", here=True, old_row=9, new_row=38) == "B2&SUM(A2:B31)"


def test_the_same_formula_in_other_rows_is_read_anew() -> None:
    """Numbers are left out of what is remembered of a formula."""
    assert [in_row_5(f"L{row}+A1{row}") for row in (3, 4)] == ["L19+A9", "L18+A8"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("$L5>3", "$L17>3"),
        ("$L4<>$L5", "$L16<>$L17"),
        ("COUNTIF($C$2:$C$20,$C5)>1", "COUNTIF($C$2:$C$25,$C17)>1"),
        ("COUNTIF($C$2:$C5,$C5)>1", "COUNTIF($C$2:$C17,$C17)>1"),
        ("$Z$5", "$Z$5"),
        ("数据!$A5>数据!$A$5", "数据!$A17>数据!$A$5"),
        ("$L$5", "$L$17"),
        ("OFFSET(任务!$A$2,0,0,COUNTA(任务!$A:$A)-1)", "OFFSET(任务!$A$2,0,0,COUNTA(任务!$A:$A)-1)"),
        ("任务!$A:$B,任务!$1:$1", "任务!$A:$B,任务!$1:$1"),
    ],
)
def test_a_rules_open_rows_are_counted_from_its_place(before: str, after: str) -> None:
    assert moved_rule(before, GROWN, sheet="任务", here=True, down=12) == after


def test_a_rules_open_columns_are_counted_from_its_place() -> None:
    made = moved_rule("AND(A$1>$A5,B:$B,SUM('x y'!B3:D3))", GROWN, sheet="任务", here=True, right=2)
    assert made == "AND(C$1>$A5,D:$B,SUM('x y'!D3:F3))"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("任务!$L$30", "任务!$L$35"),
        ("SUM(任务!L2:L20)", "SUM(任务!L2:L25)"),
        ("任务!L5+L30", "任务!L5+L30"),
        ("任务!L20", "任务!L20"),
        ("SUM(任务!L5:L7)", "SUM(任务!L5:L7)"),
    ],
)
def test_formulas_outside_mean_places_in_the_body(before: str, after: str) -> None:
    assert moved_from_outside(before, GROWN, sheet="任务", here=False) == after


@settings(deadline=None)
@given(st.permutations(range(2, 12)), st.integers(2, 11), st.integers(0, 11), st.integers(1, 30), st.integers(0, 30))
def test_a_single_reference_goes_where_its_cell_goes(
    order: list[int], stay: int, last_column: int, row: int, column: int
) -> None:
    moved = RowMap(2, 10, stay, dict(zip(order[: stay - 1], range(2, 12), strict=False)), 0, last_column)
    address = f"${letters(column)}{row}"
    made = moved_formula(f"1+{address}", moved, sheet="s", here=True, old_row=1, new_row=1)
    new = moved.row(row, column)
    assert made == ("1+#REF!" if new is None else f"1+${letters(column)}{new}")


@settings(deadline=None)
@given(st.text(alphabet="AL$:!'\"(),; \n+/15#[]{}.E任", max_size=24))
def test_any_text_survives(formula: str) -> None:
    assert rewritten(formula, lambda reference: reference.rows) == formula
