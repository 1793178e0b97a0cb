"""How sure a number is."""

from __future__ import annotations

import numpy as np
import pytest

from tierbook.backtest import intervals
from tierbook.backtest.intervals import auc_interval, difference, redrawn, share_of, weights_drawn


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0000, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_the_exact_interval_is_that_of_newcombes_table(part: int, whole: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 5 (Clopper-Pearson)."""
    found = share_of(part, whole, 0.95)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_the_share_of_nobody_is_not_told() -> None:
    assert share_of(0, 0, 0.95) is None


def test_everybody_told_right_is_still_no_certainty() -> None:
    """Ten who left and ten who stayed, all told right: the variance is 0, the bound that of 10 of 10."""
    found = auc_interval(1.0, 0.0, 10, 0.95)
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(0.025 ** (1 / 10))
    assert auc_interval(0.0, 0.0, 10, 0.95).high == pytest.approx(1 - 0.025 ** (1 / 10))


def test_an_auc_stays_between_0_and_1_and_a_difference_may_not() -> None:
    assert auc_interval(0.98, 0.01, 10, 0.95).high == 1
    assert difference(0.98, 0.01, 0.95).high == pytest.approx(0.98 + 1.959964 * 0.1, abs=1e-6)


def test_the_same_seed_draws_the_same_customers() -> None:
    one, two, other = (list(weights_drawn(50, 100, seed)) for seed in (7, 7, 8))
    assert all((a == b).all() for a, b in zip(one, two, strict=True))
    assert any((a != b).any() for a, b in zip(one, other, strict=True))
    assert all(weight.sum() == 50 for weight in one)


@pytest.mark.parametrize(("customers", "redraws", "drawn"), [(10, 1000, 500), (1000, 400, 100), (1000, 60, 60)])
def test_very_many_customers_are_drawn_less_often_but_never_too_seldom(
    monkeypatch: pytest.MonkeyPatch, customers: int, redraws: int, drawn: int
) -> None:
    monkeypatch.setattr(intervals, "MOST_DRAWN", 5000)
    assert sum(1 for _ in weights_drawn(customers, redraws, 1)) == drawn


def test_the_drawn_interval_of_a_mean_is_about_that_of_its_error() -> None:
    values = np.random.default_rng(3).normal(10, 4, 900)
    found = redrawn(lambda w: np.array([(values * w).sum() / w.sum()]), 900, 400, 1, 0.95)[0]
    assert found.value == pytest.approx(values.mean())
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * values.std() / 30, rel=0.15)
