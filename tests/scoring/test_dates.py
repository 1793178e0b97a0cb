from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierbook.errors import ModelError
from tierbook.scoring.dates import days_back, months_back, window_start


@pytest.mark.parametrize(
    ("as_of", "months", "start"),
    [
        ("2026-08-31", 6, "2026-02-28"),
        ("2024-08-31", 6, "2024-02-29"),
        ("2026-08-28", 6, "2026-02-28"),
        ("2026-08-29", 6, "2026-02-28"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-02-28", 6, "2025-08-28"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 12, "2025-12-31"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_months_back_keeps_the_day_or_takes_the_months_last(as_of: str, months: int, start: str) -> None:
    assert months_back(dt.date.fromisoformat(as_of), months) == dt.date.fromisoformat(start)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 60))
def test_months_back_never_leaves_the_month_it_aims_at(as_of: dt.date, months: int) -> None:
    start = months_back(as_of, months)

    assert (as_of.year - start.year) * 12 + as_of.month - start.month == months
    assert start.day <= as_of.day


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 24))
def test_a_later_day_never_has_an_earlier_window(as_of: dt.date, months: int) -> None:
    assert months_back(as_of, months) <= months_back(as_of + dt.timedelta(days=1), months)


def test_a_window_is_written_in_months_days_or_as_all() -> None:
    as_of = dt.date(2026, 8, 31)

    assert window_start(as_of, "all") is None
    assert window_start(as_of, "12m") == dt.date(2025, 8, 31)
    assert window_start(as_of, "90d") == days_back(as_of, 90) == dt.date(2026, 6, 2)


@pytest.mark.parametrize("window", ["", "m", "12", "0m", "-3d", "1.5m", "12 m", "year"])
def test_a_window_that_cannot_be_read_is_refused_with_what_would_be_right(window: str) -> None:
    with pytest.raises(ModelError) as error:
        window_start(dt.date(2026, 8, 31), window)

    assert error.value.words("en") == (
        f"the window {window} is not one we know: write all, months such as 12m or days such as 365d"
    )
