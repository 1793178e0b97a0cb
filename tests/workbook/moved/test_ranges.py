"""Ranges follow the rows they cover."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.workbook.moved import RowMap
from tierbook.workbook.moved.ranges import (
    Range,
    letters,
    moved_block,
    moved_ranges,
    parse_range,
    parse_sqref,
    print_sqref,
)

FIRST, COLUMNS = 3, (1, 4)
UPSIDE_DOWN = RowMap(2, 4, 6, {2: 5, 3: 4, 4: 3, 5: 2}, 0, 3)
SHORTER = RowMap(2, 4, 2, {3: 2, 5: 3}, 0, 3)


def moved_text(sqref: str, moved: RowMap) -> str:
    ranges = parse_sqref(sqref)
    assert ranges is not None
    return print_sqref(moved_ranges(ranges, moved))


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("B3", Range(3, 1, 3, 1)),
        ("$B$3:AA10", Range(3, 1, 10, 26)),
        ("C9:A2", Range(2, 0, 9, 2)),
        ("5:9", Range(5, 0, 9, 16383)),
        ("$C:$C", Range(1, 2, 1048576, 2)),
        ("XFD1048576", Range(1048576, 16383, 1048576, 16383)),
        ("XFE1", None),
        ("A1048577", None),
        ("A0", None),
        ("状态", None),
        ("", None),
    ],
)
def test_addresses_are_read(text: str, cells: Range | None) -> None:
    assert parse_range(text) == cells


def test_a_list_with_something_else_in_it_is_no_list_of_ranges() -> None:
    assert parse_sqref("A1 B2:C3") == [Range(1, 0, 1, 0), Range(2, 1, 3, 2)]
    assert parse_sqref("A1 #REF!") is None


@settings(deadline=None)
@given(st.integers(0, 16383), st.integers(1, 1048576))
def test_an_address_is_written_as_it_is_read(column: int, row: int) -> None:
    assert parse_range(f"{letters(column)}{row}") == Range(row, column, row, column)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A2:D5", "A2:D7"),
        ("A1:B5", "A1:B7"),
        ("A2:B4 A5:B5", "A2:B7"),
        ("C2:C1000", "C2:C1002"),
        ("A1:XFD1048576", "A1:XFD1048576"),
        ("B2", "B5"),
        ("B2:B3", "B4:B5"),
        ("B2 B4", "B3 B5"),
        ("A1:D2", "A1:D1 A5:D5"),
        ("F2:F5", "F2:F5"),
        ("F2:F9", "F2:F11"),
        ("A2:F5", "A2:D7 E2:F5"),
        ("A1:C1", "A1:C1"),
        ("A8:C9", "A10:C11"),
        ("A5:A6", "A2 A8"),
    ],
)
def test_where_ranges_go_when_a_table_is_turned_upside_down_and_grows(before: str, after: str) -> None:
    assert moved_text(before, UPSIDE_DOWN) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A2:D5", "A2:D3"),
        ("A3:A4", "A2"),
        ("A2", ""),
        ("A2 A4", ""),
        ("A6:A9", "A4:A7"),
        ("F2:F9", "F2:F7"),
        ("F2:F6", "F2:F5"),
    ],
)
def test_where_ranges_go_when_rows_leave(before: str, after: str) -> None:
    assert moved_text(before, SHORTER) == after


def test_ranges_that_come_out_the_same_keep_their_order_and_form() -> None:
    assert moved_text("B1 A1 F3 F2", UPSIDE_DOWN) == "B1 A1 F3 F2"


def test_very_many_ranges_are_moved_and_joined_too() -> None:
    """Looked at column by column, twenty thousand pieces would take minutes."""
    pieces = " ".join(f"{letters(n % 9000)}{1 + n // 9000 * 7}" for n in range(18_000))
    assert moved_text(pieces + " B2", UPSIDE_DOWN) == "A1:MHD1 B5 A10:MHD10"


@st.composite
def row_maps(draw: st.DrawFn) -> RowMap:
    before, after = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    stay = draw(st.integers(0, min(before, after)))
    old = draw(st.permutations(range(FIRST, FIRST + before)))[:stay]
    new = draw(st.permutations(range(FIRST, FIRST + after)))[:stay]
    return RowMap(FIRST, before, after, dict(zip(old, new, strict=True)), *COLUMNS)


@st.composite
def some_ranges(draw: st.DrawFn) -> list[Range]:
    made = []
    for _ in range(draw(st.integers(1, 4))):
        top, left = draw(st.integers(1, 14)), draw(st.integers(0, 6))
        made.append(Range(top, left, top + draw(st.integers(0, 12)), left + draw(st.integers(0, 3))))
    return made


def covers(ranges: list[Range], row: int, column: int) -> bool:
    return any(cells.touches(Range(row, column, row, column)) for cells in ranges)


@settings(deadline=None)
@given(row_maps(), some_ranges())
def test_what_was_covered_is_covered_at_its_new_place(moved: RowMap, ranges: list[Range]) -> None:
    after = moved_ranges(ranges, moved)
    for cells in ranges:
        for row in range(cells.top, cells.bottom + 1):
            for column in range(cells.left, cells.right + 1):
                new = moved.row(row, column)
                assert new is None or covers(after, new, column)


@settings(deadline=None)
@given(row_maps(), some_ranges())
def test_nothing_else_in_the_body_is_covered(moved: RowMap, ranges: list[Range]) -> None:
    after = moved_ranges(ranges, moved)
    old_row = {new: old for old, new in moved.new_row.items()}
    for column in range(COLUMNS[0], COLUMNS[1] + 1):
        if all(covers(ranges, row, column) for row in range(moved.first, moved.last + 1)):
            continue  # a range over the whole body covers new rows too
        for row in range(moved.first, moved.new_last + 1):
            if covers(after, row, column):
                assert row in old_row and covers(ranges, old_row[row], column)


@settings(deadline=None)
@given(row_maps(), some_ranges())
def test_ranges_over_the_whole_body_cover_the_whole_new_one(moved: RowMap, ranges: list[Range]) -> None:
    after = moved_ranges(ranges, moved)
    for column in range(COLUMNS[0], COLUMNS[1] + 1):
        if all(covers(ranges, row, column) for row in range(moved.first, moved.last + 1)):
            assert all(covers(after, row, column) for row in range(moved.first, moved.new_last + 1))


@settings(deadline=None)
@given(row_maps(), some_ranges())
def test_moving_there_and_back_restores_places_when_no_row_left(moved: RowMap, ranges: list[Range]) -> None:
    if moved.before != moved.after or len(moved.new_row) != moved.before:
        return
    back = RowMap(FIRST, moved.after, moved.before, {new: old for old, new in moved.new_row.items()}, *COLUMNS)
    again = moved_ranges(moved_ranges(ranges, moved), back)
    cells = [(row, column) for row in range(1, 30) for column in range(12)]
    assert [covers(again, *cell) for cell in cells] == [covers(ranges, *cell) for cell in cells]


@pytest.mark.parametrize(
    ("block", "after"),
    [
        ("A2:D5", "A2:D7"),
        ("A1:D5", "A1:D7"),
        ("A2:B3", "A4:B5"),
        ("A3", "A4"),
        ("A4:A9", "A4:A11"),
        ("F3:F4", "F3:F4"),
        ("A1:A3", "A1:A3"),
        ("A9:B9", "A11:B11"),
    ],
)
def test_what_must_stay_one_range_stays_one(block: str, after: str) -> None:
    cells = parse_range(block)
    assert cells is not None
    assert str(moved_block(cells, UPSIDE_DOWN)) == after


def test_a_block_whose_rows_were_parted_keeps_its_address_as_far_as_the_body_reaches() -> None:
    assert moved_block(Range(3, 0, 5, 0), SHORTER) == Range(3, 0, 3, 0)
    assert moved_block(Range(4, 0, 5, 0), SHORTER) is None
