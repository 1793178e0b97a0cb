"""Does the risk of churn rank who came back? CDNOW: fitted on 39 weeks, held against what happened after.

AUC: the chance that somebody who came back is ranked above somebody who did not; ties count half.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tierbook.engine import Engine

FITTED = dt.date(1997, 9, 30)
END = dt.date(1998, 6, 30)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def scored(cdnow_orders: list[Row]) -> dict[str, Row]:
    """Results of the whole plan on the day the papers fit, as `tierbook score` writes them."""
    from tests.scoring.conftest import Lab

    from tierbook import templates
    from tierbook.model.load import load_toml

    model = load_toml(templates.model_text("general"), where="general.toml")
    with Engine(threads=1) as engine:
        lab = Lab(engine)
        lab.score({"orders": cdnow_orders}, FITTED, model)  # type: ignore[arg-type]
        return lab.rows()


def returners(orders: list[Row], days: int | None = None) -> set[str]:
    """Who ordered after the day, within so many days or until the end of the data."""
    until = END if days is None else FITTED + dt.timedelta(days)
    return {row["customer_id"] for row in orders if FITTED < row["date"] <= until}


def auc(values: Iterable[tuple[float, bool]]) -> float:
    rows = list(values)
    came = [value for value, back in rows if back]
    stayed = sorted(value for value, back in rows if not back)
    above = sum(bisect_left(stayed, value) + bisect_right(stayed, value) for value in came)
    return above / 2 / len(came) / len(stayed)


@pytest.fixture(scope="module")
def ranked(scored: dict[str, Row], cdnow_orders: list[Row]) -> Callable[..., float]:
    def by(value: Callable[[Row], float], days: int | None = None) -> float:
        back = returners(cdnow_orders, days)
        return auc((value(row), customer in back) for customer, row in scored.items() if row["orders_all"])

    return by


def test_auc_is_that_of_a_hand_made_case() -> None:
    assert auc([(3, True), (1, True), (2, False), (1, False)]) == (2 + 0.5) / 4


@pytest.mark.parametrize(
    ("days", "risk", "recency", "both", "alive"),
    [(90, 0.785, 0.784, 0.783, 0.335), (None, 0.767, 0.771, 0.774, 0.316)],
)
def test_churn_risk_ranks_who_came_back_as_well_as_plain_recency_and_p_alive_does_not(
    ranked: Callable[..., float], days: int | None, risk: float, recency: float, both: float, alive: float
) -> None:
    """Over the 90 days that the risk is about it is best by a hair; over nine months R + F is, by 0.007."""
    found = {
        "risk": ranked(lambda row: -row["churn_risk"], days),
        "recency": ranked(lambda row: -row["recency_days"], days),
        "both": ranked(lambda row: row["r"] + row["f"], days),
        "alive": ranked(lambda row: row["p_alive"], days),
    }
    expected = {"risk": risk, "recency": recency, "both": both, "alive": alive}

    assert found == {key: pytest.approx(value, abs=0.0015) for key, value in expected.items()}


def test_the_chance_of_another_order_ranks_the_second_half_as_the_definitions_say(ranked: Callable[..., float]) -> None:
    assert round(ranked(lambda row: row["return_chance"]), 2) == 0.76
    assert round(ranked(lambda row: row["p_alive"]), 2) == 0.32


@pytest.mark.parametrize(("key", "days", "came"), [("churn_risk", 90, 398), ("return_chance", 180, 589)])
def test_about_as_many_came_back_as_the_chances_add_up_to(
    scored: dict[str, Row], cdnow_orders: list[Row], key: str, days: int, came: int
) -> None:
    """Not only the order is right, the size is: the sum is 360 and 517, an eighth below at most."""
    rows = {customer: row for customer, row in scored.items() if row["orders_all"]}
    chances = [1 - row[key] if key == "churn_risk" else row[key] for row in rows.values()]

    assert len(returners(cdnow_orders, days) & rows.keys()) == came
    assert 0.87 * came < sum(chances) < came


def test_the_risk_is_fitted_to_the_facts_up_to_the_day_only(scored: dict[str, Row], cdnow_orders: list[Row]) -> None:
    assert {row["lifetime_basis"] for row in scored.values() if row["orders_all"]} == {"本公司数据"}
    assert max(row["last_order_date"] for row in scored.values() if row["orders_all"]) <= FITTED
