"""Weeks of nights: nothing is lost or doubled, history adds up. `tests/bench/ninety_nights.py` runs a quarter."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tierbook.jobs.intake import named_model

from .company import Company
from .figures import month_figures
from .simulation import ALL, EAST, Quarter, Trouble

pytestmark = pytest.mark.whole
FIRST = dt.date(2026, 9, 24)
"""A holiday with 调休 lies in these weeks."""
NIGHTS = 12


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    folder = tmp_path_factory.mktemp("quarter")
    trouble = Trouble(
        held=frozenset({3}), crash=frozenset({5}), asleep=frozenset({7, 8}), twice=frozenset({10}),
        answers=2, conflicts=frozenset({4, 6, 11}),
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(folder / "home"))
        made = Quarter(folder / "nights", Company(24, FIRST), FIRST, trouble, named_model("general"))
        made.run(NIGHTS)  # looks after every night at tasks and moves
    return made


def test_people_answered_and_one_task_in_two_books(quarter: Quarter) -> None:
    assert len(quarter.given) > 10
    assert quarter.both


def test_every_status_a_rep_typed_is_in_history(quarter: Quarter) -> None:
    quarter.every_answer_is_kept()


def test_every_night_is_in_history_also_those_the_machine_slept_through(quarter: Quarter) -> None:
    days = {FIRST + dt.timedelta(number) for number in range(NIGHTS)}
    with quarter.ledger() as ledger:
        assert {run.as_of for run in ledger.runs(EAST)} == days
        assert {run.as_of for run in ledger.runs(ALL)} == days


def test_history_grows_evenly(quarter: Quarter) -> None:
    quarter.grows_evenly()


def test_the_key_figures_are_those_of_the_rows(quarter: Quarter) -> None:
    last = FIRST + dt.timedelta(NIGHTS - 1)
    known = quarter.company.known_on(last)
    merges = {copy: kept for since, kept, copy in quarter.company.merges if since <= last}
    with quarter.ledger() as ledger:
        told = {one.start: json.loads(one.values) for one in ledger.kpi_series(ALL, by="all", period="month")}
    for month in (dt.date(2026, 9, 1), dt.date(2026, 10, 1)):
        expected = month_figures(known, merges, month)
        assert {key: told[month].get(key) for key in expected} == pytest.approx(expected)
