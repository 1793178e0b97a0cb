"""How well an order tells what came: published AUC, every pair counted by hand, ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierbook.backtest.intervals import auc_interval
from tierbook.backtest.ranking import auc_of, deciles_of, gain_at_tenths, mid_ranks, order_of, raw_gini

NORMAL, ABNORMAL = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
"""Hanley & McNeil (1982), table I: 109 CT images rated 1 to 5, by whether the patient was ill."""

pairs = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=4, max_size=40).filter(
    lambda rows: 2 <= sum(stayed for _, stayed in rows) <= len(rows) - 2
)


def test_the_published_area_of_hanley_and_mcneil_is_found_with_delongs_error() -> None:
    """0.893 in the paper; 0.8932, 0.0307 and 0.83295 to 0.95339 in Stata's manual, [R] roctab, of the same table."""
    rating = np.repeat([1.0, 2, 3, 4, 5] * 2, NORMAL + ABNORMAL)
    ill = np.repeat([False, True], [sum(NORMAL), sum(ABNORMAL)])
    values, covariance = auc_of([rating], ill)
    found = auc_interval(float(values[0]), float(covariance[0, 0]), sum(ABNORMAL), 0.95)
    assert round(found.value, 4) == 0.8932
    assert round(float(np.sqrt(covariance[0, 0])), 4) == 0.0307
    assert (round(found.low, 5), round(found.high, 5)) == (0.83295, 0.95339)


@given(pairs)
def test_the_auc_is_the_share_of_pairs_told_right_with_ties_a_half(rows: list[tuple[int, bool]]) -> None:
    signal, stayed = np.array([float(s) for s, _ in rows]), np.array([y for _, y in rows])
    told = [
        (a > b) + (a == b) / 2 for a, ya in zip(signal, stayed, strict=True) if ya
        for b, yb in zip(signal, stayed, strict=True) if not yb
    ]  # fmt: skip
    assert auc_of([signal], stayed)[0][0] == pytest.approx(sum(told) / len(told))


@given(pairs)
def test_the_gini_of_yes_and_no_is_twice_the_auc_less_one(rows: list[tuple[int, bool]]) -> None:
    signal, stayed = np.array([float(s) for s, _ in rows]), np.array([y for _, y in rows])
    once, amount = np.ones(len(rows)), stayed.astype(float)
    gini = raw_gini(order_of(signal), amount, once) / raw_gini(order_of(amount), amount, once)
    assert gini == pytest.approx(2 * auc_of([signal], stayed)[0][0] - 1)


@given(pairs)
def test_a_signal_has_no_lead_over_itself_and_no_doubt_about_it(rows: list[tuple[int, bool]]) -> None:
    signal, stayed = np.array([float(s) for s, _ in rows]), np.array([y for _, y in rows])
    values, covariance = auc_of([signal, signal], stayed)
    assert values[0] == values[1]
    assert covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1] == pytest.approx(0, abs=1e-12)


def test_the_gini_of_a_drawing_is_that_of_customers_repeated() -> None:
    signal, amount = np.array([3.0, 1, 1, 2, 5]), np.array([9.0, 0, 4, -1, 30])
    weight = np.array([0.0, 2, 1, 3, 1])
    repeated = np.repeat(np.arange(5), weight.astype(int))
    by_weight = raw_gini(order_of(signal), amount, weight)
    one_by_one = raw_gini(order_of(signal[repeated]), amount[repeated], np.ones(len(repeated)))
    assert by_weight == pytest.approx(one_by_one)


def test_no_revenue_gives_no_gini() -> None:
    assert np.isnan(raw_gini(order_of(np.array([1.0, 2])), np.array([1.0, -1]), np.ones(2)))


def test_equal_values_share_the_mean_of_their_ranks_and_nothing_to_go_by_is_a_value_too() -> None:
    found = mid_ranks(np.array([5.0, -np.inf, 7, -np.inf, 7, 7]))
    assert found.tolist() == [3, 1.5, 5, 1.5, 5, 5]


def test_ties_bring_their_revenue_evenly() -> None:
    """The two best of four customers are one tie: half of it brings half of its revenue."""
    gain = gain_at_tenths(np.array([9.0, 9, 2, 1]), np.array([60.0, 20, 20, 0]))
    assert gain[0] == 0
    assert gain[5] == pytest.approx(0.8)
    assert gain[2] == pytest.approx(0.8 * 0.2 / 0.5)
    assert gain[10] == 1


def test_a_tenth_holds_a_tenth_of_customers_without_ties() -> None:
    assert deciles_of(np.arange(20.0)[::-1]).tolist() == [n for n in range(1, 11) for _ in range(2)]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60))
def test_equal_scores_stand_in_one_tenth_and_higher_ones_never_lower(scores: list[int]) -> None:
    found = deciles_of(np.array(scores, dtype=float))
    assert set(found) <= set(range(1, 11))
    for score, number in zip(scores, found, strict=True):
        for other, place in zip(scores, found, strict=True):
            assert number == place if score == other else (number <= place) == (score > other) or number == place
