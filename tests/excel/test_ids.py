"""Ids as cells hold them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierbook.typed import NO_ID, as_number, cleaned, id_text


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (1001.0, "1001"),
        (1001, "1001"),
        ("1001", "1001"),
        (" 1001\t", "1001"),
        ("1001.0", "1001"),
        ("1001.00", "1001"),
        ("１００１", "1001"),
        ("１００１．０", "1001"),
        ("0012", "0012"),
        ("0012.0", "0012"),
        ("C-0012.0", "C-0012.0"),
        ("1001.50", "1001.50"),
        (1001.5, "1001.5"),
        (0.0, "0"),
        (-0.0, "0"),
        (-5.0, "-5"),
        (999_999_999_999_999.0, "999999999999999"),
        (1e15, "#NUM!"),
        (float("inf"), "#NUM!"),
        (float("nan"), ""),
        ("123456789012345678", "123456789012345678"),
        ("1.23E+17", "1.23E+17"),
        ("Ａ－７", "A-7"),
        ("\u200b1001\ufeff", "1001"),
        ("上海 一号", "上海 一号"),
        ("", ""),
        ("  ", ""),
        (None, ""),
        (True, "#VALUE!"),
        ("#N/A", "#N/A"),
        (dt.datetime(1902, 9, 27), "1001"),
        (dt.datetime(1902, 9, 27, tzinfo=dt.UTC), "1001"),
        (dt.datetime(1902, 9, 27, 12), "1001.5"),
    ],
    ids=repr,
)
def test_a_cell_means_this_id(cell, expected):
    assert id_text(cell) == expected


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_a_whole_number_means_one_id_however_it_is_written(number):
    forms = [number, float(number), str(number), f" {number} ", f"{number}.0"]
    assert {id_text(form) for form in forms} == {str(number)}
    assert as_number(str(number)) == float(number)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_cleaning_an_id_twice_is_cleaning_it_once(text):
    assert cleaned(cleaned(text)) == cleaned(text)


@given(st.text("019٠١٣५０", min_size=1, max_size=15))
def test_only_plain_digits_without_leading_zeros_are_a_number(text):
    assert (as_number(text) is not None) == (text.isascii() and (text == "0" or not text.startswith("0")))


def test_an_id_of_more_than_15_digits_is_never_found_by_a_number():
    assert as_number("999999999999999") == 999_999_999_999_999.0
    assert as_number("1000000000000000") is None


@given(st.from_regex(r"\A0[0-9]{1,20}\Z", fullmatch=True))
def test_an_id_with_leading_zeros_is_never_a_number(text):
    assert id_text(text) == text
    assert as_number(text) is None


@given(st.floats())
def test_any_number_gives_a_text_or_its_error_without_failing(number):
    text = id_text(number)
    assert "e" not in text.lower() or abs(number) < 1e-4
    assert text in NO_ID or float(text) == number
