"""Who bought, who left, what each tier and tenth caught; and when there is too little to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tierbook.backtest import Asked, Found, Settings, Then, measure

ASKED = Asked(dt.date(2026, 8, 2), dt.date(2026, 10, 31))
MakeThen = Callable[..., Then]


def measured(then: Then, settings: Settings, *, tiers: int = 1, newcomers: tuple[int, int] = (0, 0)) -> Found:
    return measure(then, ASKED, settings, tiers=tiers, newcomers=newcomers)


@pytest.fixture
def hundred(then_of: MakeThen) -> Then:
    """A hundred customers, score 1 to 100; the upper half bought one yuan each, the best of all 51 more."""
    score = np.arange(1.0, 101)
    revenue = np.where(score > 50, 100, 0)
    revenue[-1] += 5100
    return then_of(score, revenue, tier=(score > 90).astype(np.int64) + (score > 50).astype(np.int64))


def test_everything_in_a_tier_table_can_be_counted_by_hand(hundred: Then, settings: Settings) -> None:
    found = measured(hundred, settings, tiers=3)
    assert (found.customers, found.buyers, found.revenue, found.active, found.left) == (100, 50, 10_100, 100, 50)
    top, middle, low = found.tiers
    assert [(one.place, one.customers, one.buyers, one.revenue, one.left) for one in found.tiers] == [
        (2, 10, 10, 6_100, 0), (1, 40, 40, 4_000, 0), (0, 50, 0, 0, 50),
    ]  # fmt: skip
    assert top.revenue_share is not None
    assert top.revenue_share.value == pytest.approx(61 / 101)
    assert top.lift == pytest.approx(61 / 101 / 0.1)
    assert top.revenue_share.low < 61 / 101 < top.revenue_share.high
    assert (low.left_share, middle.left_share) == (1, 0)
    assert low.left_rate is not None
    assert (low.left_rate.value, low.left_rate.high) == (1, 1)
    assert low.left_rate.low == pytest.approx(0.025 ** (1 / 50))


def test_tenths_add_up_from_the_top_and_leavers_from_the_bottom(hundred: Then, settings: Settings) -> None:
    tenths = measured(hundred, settings).deciles
    assert [one.customers for one in tenths] == [10] * 10
    assert tenths[0].gained == tenths[0].revenue_share == pytest.approx(61 / 101)
    assert tenths[4].gained == tenths[9].gained == 1
    assert [one.caught for one in tenths] == [1, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2]
    assert (tenths[0].low, tenths[0].high) == (91_000_000, 100_000_000)


def test_a_score_that_tells_who_leaves_for_certain_has_an_auc_of_1(hundred: Then, settings: Settings) -> None:
    score = measured(hundred, settings).rankings[0]
    assert score.auc is not None
    assert (score.auc.value, score.auc.high) == (1, 1)
    assert score.caught[5] == 1


def test_rivals_are_compared_on_the_same_customers(hundred: Then, settings: Settings) -> None:
    """One that says the same has no lead over it; one that says nothing is half right, and the score is better."""
    same, nothing = hundred.signals["score"] * 2, np.zeros(100)
    then = replace(hundred, signals={**hundred.signals, "amount": same, "recency": nothing})
    score, amount, recency = measured(then, settings).rankings
    assert score.gini_behind is None
    assert amount.gini_behind is not None
    assert recency.gini_behind is not None
    assert recency.auc is not None
    assert recency.auc_behind is not None
    assert amount.gini == score.gini
    assert (amount.gini_behind.low, amount.gini_behind.high) == (0, 0)
    assert recency.auc.value == 0.5
    assert recency.gini_behind.low > 0
    assert recency.auc_behind.low > 0


def test_who_had_not_ordered_before_neither_left_nor_stayed(then_of: MakeThen, settings: Settings) -> None:
    active = np.arange(60) < 50
    then = then_of(np.arange(60.0), np.where(np.arange(60) % 2, 100, 0), active=active)
    found = measured(then, settings)
    assert (found.customers, found.active, found.left, found.buyers) == (60, 50, 25, 30)


@pytest.mark.parametrize(("bought", "told"), [(19, False), (20, True)])
def test_one_customer_less_than_needed_and_nothing_is_said(
    then_of: MakeThen, settings: Settings, bought: int, told: bool
) -> None:
    found = measured(then_of(np.arange(100.0), np.where(np.arange(100) < bought, 500, 0)), settings)
    assert (found.enough_revenue, found.enough_churn) == (told, told)
    assert (found.rankings[0].gini is not None, found.rankings[0].auc is not None) == (told, told)
    assert (found.tiers[0].revenue_share is not None) is told
    assert bool(found.rankings[0].gain) is told
    assert found.tiers[0].left == 100 - bought


def test_more_returned_than_bought_says_nothing_of_revenue(then_of: MakeThen, settings: Settings) -> None:
    revenue = np.full(60, 100)
    revenue[0] = -10_000
    found = measured(then_of(np.arange(60.0), revenue, orders=np.arange(60) % 2), settings)
    assert not found.enough_revenue
    assert found.enough_churn
    assert found.largest is None


def test_an_order_paid_back_is_an_order_all_the_same(then_of: MakeThen, settings: Settings) -> None:
    """Who bought and returned everything did come back."""
    then = then_of(np.arange(80.0), np.where(np.arange(80) < 40, 0, 100), orders=np.where(np.arange(80) < 60, 1, 0))
    assert measured(then, settings).left == 20


def test_scores_that_are_all_equal_leave_tenths_empty_and_it_is_said(then_of: MakeThen, settings: Settings) -> None:
    found = measured(then_of(np.full(60, 50.0), np.where(np.arange(60) % 2, 100, 0)), settings)
    assert [one.customers for one in found.deciles] == [0, 0, 0, 0, 0, 60, 0, 0, 0, 0]
    assert found.empty_deciles == (1, 2, 3, 4, 5, 7, 8, 9, 10)
    assert found.rankings[0].gini is not None
    assert found.rankings[0].gini.value == 0


def test_the_same_customers_give_the_same_numbers_to_the_last_digit(hundred: Then, settings: Settings) -> None:
    assert measured(hundred, settings, tiers=3) == measured(hundred, settings, tiers=3)


def test_the_interval_of_a_tiers_share_holds_the_truth_about_as_often_as_it_says(
    then_of: MakeThen, settings: Settings
) -> None:
    """Sixty companies drawn by lot, in which the upper half of the customers brings two thirds of revenue."""
    chance, hits = np.random.default_rng(5), 0
    for seed in range(60):
        upper = chance.random(300) < 0.5
        revenue = chance.exponential(np.where(upper, 2000, 1000)).astype(np.int64) + 1
        then = then_of(upper.astype(float), revenue, tier=upper.astype(np.int64))
        share: Any = measured(then, replace(settings, seed=seed, redraws=200), tiers=2).tiers[0].revenue_share
        hits += share.low <= 2 / 3 <= share.high
    assert 51 <= hits <= 60
