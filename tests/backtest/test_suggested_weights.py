"""Weights that would have ranked better: found on some customers, proven on others, never more than is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tierbook.backtest import Settings, Suggestion, Then, suggest
from tierbook.backtest.weights import _Problem, _score, fold_of, lines_of
from tierbook.labels import Name
from tierbook.model.types import Percentile, Scorecard, ScoreLine

MakeThen = Callable[..., Then]


def card_of(**weights: float) -> Scorecard:
    lines = tuple(ScoreLine(key, Decimal(str(weight)), Percentile()) for key, weight in weights.items())
    return Scorecard("main", Name("", "", ""), lines)


def company(then_of: MakeThen, card: Scorecard, shares: dict[str, Any], revenue: Any) -> Then:
    table = np.column_stack([shares[line.indicator] for line in card.lines])
    score = _score(table, np.array([float(line.weight) for line in card.lines])) * 100
    return then_of(score, revenue, shares=shares)


@pytest.fixture
def telling(then_of: MakeThen) -> Callable[..., tuple[Then, Scorecard]]:
    """1,000 customers: `good` tells how likely they buy and how much, `noise` tells nothing."""

    def make(good: float, noise: float) -> tuple[Then, Scorecard]:
        chance = np.random.default_rng(11)
        shares = {"good": chance.random(1000), "noise": chance.random(1000)}
        bought = chance.random(1000) < shares["good"]
        revenue = np.where(bought, 1000 * shares["good"] * chance.lognormal(0, 0.5, 1000), 0)
        card = card_of(good=good, noise=noise)
        return company(then_of, card, shares, revenue.astype(np.int64)), card

    return make


def found(then: Then, card: Scorecard, settings: Settings) -> Suggestion:
    made = suggest(then, card, settings)
    assert made is not None
    return made


def test_a_weight_on_noise_moves_to_what_tells_and_the_gain_is_proven(telling, settings: Settings) -> None:
    then, card = telling(10, 90)
    made = found(then, card, settings)
    weights = {one.indicator: one.suggested for one in made.weights}
    assert weights["good"] > 90
    assert sum(weights.values()) == 100
    assert made.proven
    assert made.gini_gain is not None
    assert made.auc_gain is not None
    assert made.gini_gain.low > 0.1
    assert made.auc_gain.low > 0.1
    assert set(made.settings) == {f"weight.main.{key}={value:g}" for key, value in weights.items()}


def test_weights_that_are_right_already_are_left_alone(telling, settings: Settings) -> None:
    then, card = telling(100, 0)
    made = found(then, card, settings)
    assert not made.proven
    assert all(one.suggested == pytest.approx(one.now, abs=10) for one in made.weights)


def test_where_nothing_tells_anything_nothing_is_proven(then_of: MakeThen, settings: Settings) -> None:
    """Twenty companies whose revenue has nothing to do with any indicator: hardly ever a false proof."""
    proofs = 0
    for seed in range(20):
        chance = np.random.default_rng(seed)
        shares = {key: chance.random(300) for key in "abcdef"}
        card = card_of(a=30, b=20, c=20, d=10, e=10, f=10)
        revenue = np.where(chance.random(300) < 0.5, chance.integers(1, 10_000, 300), 0)
        proofs += found(company(then_of, card, shares, revenue), card, settings).proven
    assert proofs <= 1


def test_weights_are_never_below_zero_and_their_sum_stays(telling, settings: Settings) -> None:
    """An indicator that tells the opposite is worth nothing, not less."""
    then, _ = telling(50, 50)
    shares = {**then.shares, "against": 1 - then.shares["good"]}
    card = card_of(good=30, noise=30, against=40)
    made = found(replace(then, shares=shares), card, settings)
    weights = {one.indicator: one.suggested for one in made.weights}
    assert all(weight >= 0 for weight in weights.values())
    assert weights["against"] < 10
    assert sum(weights.values()) == 100


def test_a_line_with_too_little_data_or_the_same_for_everybody_keeps_its_weight(telling, settings: Settings) -> None:
    then, _ = telling(50, 50)
    rare = np.full(1000, np.nan)
    rare[: settings.min_events - 1] = 0.5
    shares = {**then.shares, "rare": rare, "same": np.full(1000, 0.7)}
    card = card_of(good=10, noise=60, rare=20, same=10)
    lines = {one.indicator: one for one in lines_of(replace(then, shares=shares), card, settings)}
    assert (lines["rare"].why, lines["same"].why, lines["good"].why) == ("few", "same", "")
    weights = {one.indicator: one.suggested for one in found(replace(then, shares=shares), card, settings).weights}
    assert (weights["rare"], weights["same"]) == (20, 10)
    assert weights["good"] + weights["noise"] == 70


def test_weights_that_are_not_whole_are_suggested_in_hundredths(telling, settings: Settings) -> None:
    then, _ = telling(50, 50)
    made = found(then, card_of(good=2.5, noise=7.75), settings)
    assert sum(one.suggested for one in made.weights) == pytest.approx(10.25)
    assert all(round(one.suggested, 2) == one.suggested for one in made.weights)


@pytest.mark.parametrize(("buyers", "told"), [(9, False), (10, True)])
def test_every_weight_needs_so_many_customers_on_each_side(
    then_of: MakeThen, settings: Settings, buyers: int, told: bool
) -> None:
    chance = np.random.default_rng(1)
    card = card_of(a=50, b=50)
    shares = {"a": chance.random(200), "b": chance.random(200)}
    then = company(then_of, card, shares, np.where(np.arange(200) < buyers, 100, 0))
    assert (suggest(then, card, replace(settings, min_events=5)) is not None) is told


def test_gains_are_told_on_customers_whose_fold_had_no_part_in_the_weights(telling, settings: Settings) -> None:
    """What a fold's customers bought does not change the weights by which they are scored."""
    then, card = telling(50, 50)
    lines = lines_of(then, card, settings)
    folds = np.array([fold_of(one, settings) for one in then.ids])

    def weights_for(fold: int, then: Then) -> list[float]:
        problem = _Problem.of(then, lines, [0, 1], settings)
        rest = [other for other in range(settings.folds) if other != fold]
        return problem.whole_weights(rest, problem.firmness(rest)).tolist()

    inside = folds == 2
    swapped = then.revenue.copy()
    swapped[inside] = swapped[inside][::-1]
    other = replace(then, revenue=swapped)
    assert weights_for(2, other) == weights_for(2, then)
    first, second = (_Problem.of(each, lines, [0, 1], settings).sums[2].xy for each in (then, other))
    assert (first != second).all()


def test_a_customers_fold_depends_on_its_id_alone(settings: Settings) -> None:
    """The lots of some ids, as they have been since folds were first drawn."""
    lots = [fold_of(f"C{n}", settings) for n in range(2000)]
    assert lots[:8] == [4, 4, 4, 1, 2, 4, 3, 2]
    assert all(330 < lots.count(fold) < 470 for fold in range(5))


def test_the_score_by_todays_weights_is_the_score(telling, settings: Settings) -> None:
    then, card = telling(30, 70)
    problem = _Problem.of(then, lines_of(then, card, settings), [0, 1], settings)
    assert np.abs(problem.score(problem.now) * 1e8 - then.score).max() <= 1


def test_a_line_without_data_leaves_its_weight_to_the_others() -> None:
    shares = np.array([[0.5, np.nan], [0.5, 0.9], [np.nan, np.nan]])
    assert _score(shares, np.array([30.0, 10])).tolist() == [0.5, 0.6, 0.0]
