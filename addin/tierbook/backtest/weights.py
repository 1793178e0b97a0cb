"""Weights that would have ranked customers better: found by least squares that may only add up, and held to today's.

What is fitted is the mid-rank (0 to 1) of each customer's revenue in the days after, so that one large order does not
decide. With X the shares of the main card's lines, v >= 0 minimises

    |y - a - X v|^2 / n + held x t x |v - c w|^2

where w are today's weights, c the slope of y on today's score and t the mean variance of the shares: ridge regression
drawn towards today's weights instead of towards nothing (Hoerl & Kennard 1970; Lawson & Hanson 1974, ch. 23, for
v >= 0). A line without data for a customer takes the customer's own score, which is what leaving it out of the score
means.

Folds are fixed by a hash of the customer id. `held` is chosen by cross-validation inside the customers the weights are
found on, by the rank correlation of score and revenue: the firmest that is no worse than the best by one standard error
(Breiman et al. 1984), which often is today's weights. Gains are told on customers the weights were not found on, with
the score as it is really computed, from whole weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.types import Scorecard
from .measure import auc_pairs, gini_pairs
from .ranking import mid_ranks
from .records import Estimate, Settings, Suggestion, Then, Weight

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .records import Numbers

FIRMNESS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""How firmly weights may be held to today's; beyond the last they are today's."""
LEAST_SPREAD = 1e-6
"""Variance of a line's share below which it is the same for everybody."""
FINEST = 8
"""Decimals of a score between 0 and 1: millionths of a point, as scoring keeps them."""
CENTI = 0.01
"""Unit of suggested weights where today's are not whole."""


def suggest(then: Then, card: Scorecard, settings: Settings) -> Suggestion | None:
    """Weights for the main card and what they gain; None where there are too few customers to find any.

    Each weight that is looked at needs `per_weight` customers who bought and as many who did not. Lines too few
    customers have data for, or in which everybody is the same, keep their weight; the sum of the others stays what it
    is.
    """
    lines = lines_of(then, card, settings)
    places = [place for place, line in enumerate(lines) if not line.why]
    events = min(int((then.orders > 0).sum()), int((then.orders == 0).sum()))
    weighed = sum(lines[place].now for place in places)
    if len(places) < 2 or not weighed or events < max(settings.per_weight * len(places), settings.min_events):
        return None
    problem = _Problem.of(then, lines, places, settings)
    if min(one.n for one in problem.sums.values()) < settings.folds:
        return None
    held = problem.firmness(range(settings.folds))
    weights = problem.whole_weights(range(settings.folds), held)
    suggested = [
        Weight(line.indicator, line.now, float(weights[place]), line.with_data, line.why)
        for place, line in enumerate(lines)
    ]
    now, out_of_fold = problem.score(problem.now), problem.out_of_fold()
    gini, auc = _evidence(then, now, out_of_fold, settings)
    changed = [line for line in suggested if line.suggested != line.now]
    gains = [gain for gain in (gini[2], auc[2]) if gain is not None]
    proven = bool(changed) and any(gain.low > 0 for gain in gains) and all(gain.high > 0 for gain in gains)
    return Suggestion(
        weights=suggested,
        settings=tuple(f"weight.{card.key}.{line.indicator}={line.suggested:g}" for line in changed),
        held=held,
        gini_now=gini[0], gini_then=gini[1], gini_gain=gini[2],
        auc_now=auc[0], auc_then=auc[1], auc_gain=auc[2],
        proven=proven,
    )  # fmt: skip


def lines_of(then: Then, card: Scorecard, settings: Settings) -> list[Weight]:
    """Every line with its weight of today, and why it is left as it is."""
    import numpy as np

    found = []
    for line in card.lines:
        share = then.shares[line.indicator]
        known = share[~np.isnan(share)]
        why = "few" if len(known) < settings.min_events else "same" if known.var() < LEAST_SPREAD else ""
        found.append(Weight(line.indicator, float(line.weight), float(line.weight), len(known), why))
    return found


def fold_of(customer_id: str, settings: Settings) -> int:
    """The part a customer is in, by lot of the id: the same in every run, whoever else there is."""
    lot = hashlib.blake2b(f"{settings.seed}:{customer_id}".encode(), digest_size=8).digest()
    return int.from_bytes(lot, "big") % settings.folds


@dataclass(frozen=True)
class _Sums:
    """What a fold's customers add to least squares: number, sums of the shares and of y, products of both."""

    n: int
    x: Numbers
    y: float
    xx: Numbers
    xy: Numbers

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.n + other.n, self.x + other.x, self.y + other.y, self.xx + other.xx, self.xy + other.xy)

    def covariances(self) -> tuple[Numbers, Numbers]:
        import numpy as np

        mean = self.x / self.n
        return self.xx / self.n - np.outer(mean, mean), self.xy / self.n - mean * self.y / self.n


@dataclass(frozen=True)
class _Problem:
    """The shares as they count (NaN where not), today's weights, the lines looked at, and each fold's sums."""

    shares: Numbers
    now: Numbers
    places: Sequence[int]
    y: Numbers
    inside: Mapping[int, NDArray[np.int64]]
    sums: Mapping[int, _Sums]
    unit: float

    @staticmethod
    def of(then: Then, lines: Sequence[Weight], places: Sequence[int], settings: Settings) -> _Problem:
        import numpy as np

        shares = np.column_stack([then.shares[line.indicator] for line in lines])
        now = np.array([line.now for line in lines])
        folds = np.array([fold_of(one, settings) for one in then.ids])
        x = np.where(np.isnan(shares), _score(shares, now)[:, None], shares)[:, list(places)]
        y = (mid_ranks(then.revenue.astype(float)) - 0.5) / len(then)
        inside = {fold: np.flatnonzero(folds == fold) for fold in range(settings.folds)}
        sums = {
            fold: _Sums(len(b), a.sum(axis=0), float(b.sum()), a.T @ a, a.T @ b)
            for fold, members in inside.items()
            for a, b in [(x[members], y[members])]
        }
        whole = all(weight == round(weight) for weight in now[list(places)])
        return _Problem(shares, now, places, y, inside, sums, 1.0 if whole else CENTI)

    def score(self, weights: Numbers) -> Numbers:
        return _score(self.shares, weights)

    def fit(self, folds: Sequence[int], held: float) -> Numbers:
        """v found on these folds."""
        import numpy as np
        from scipy.optimize import nnls

        sums = self.together(folds)
        spread, with_y = sums.covariances()
        now = self.now[list(self.places)] / self.now[list(self.places)].sum()
        along = float(now @ spread @ now)
        prior = now * max(float(now @ with_y) / along, 0.0) if along > 0 else now * 0.0
        ridge = held * float(np.trace(spread)) / len(now)
        root = np.linalg.cholesky(spread + ridge * np.eye(len(now)))
        return np.asarray(nnls(root.T, np.linalg.solve(root, with_y + ridge * prior))[0])

    def together(self, folds: Sequence[int]) -> _Sums:
        first, *rest = (self.sums[fold] for fold in folds)
        for one in rest:
            first = first + one
        return first

    def firmness(self, folds: Sequence[int]) -> float | None:
        """The firmest hold on today's weights that is no worse than the best by one standard error; None: today's."""
        import numpy as np

        choices: list[float | None] = [*FIRMNESS, None]
        told = np.array(
            [
                [self.told(self.weights([fold for fold in folds if fold != out], held), out) for out in folds]
                for held in choices
            ]
        )
        best = int(told.mean(axis=1).argmax())
        apart = told[best] - told
        doubt = apart.std(axis=1, ddof=1) / np.sqrt(len(folds))
        fair = np.flatnonzero(apart.mean(axis=1) <= doubt + 1e-12)
        return choices[int(fair.max())]

    def told(self, weights: Numbers, fold: int) -> float:
        """How well weights rank a fold's customers: the rank correlation of their score with their revenue."""
        import numpy as np

        ranks = mid_ranks(_score(self.shares[self.inside[fold]], weights))
        bought = mid_ranks(self.y[self.inside[fold]])
        if ranks.min() == ranks.max() or bought.min() == bought.max():
            return 0.0
        return float(np.corrcoef(ranks, bought)[0, 1])

    def weights(self, folds: Sequence[int], held: float | None) -> Numbers:
        """Weights of all lines found on these folds: those looked at share the sum they have today."""
        weights = self.now.copy()
        if held is None:
            return weights
        places = list(self.places)
        v = self.fit(folds, held)
        if v.sum() > 0:
            weights[places] = v / v.sum() * self.now[places].sum()
        return weights

    def whole_weights(self, folds: Sequence[int], held: float | None) -> Numbers:
        """Weights of all lines: those looked at share the sum they have today, in whole units by largest remainder."""
        import numpy as np

        weights = self.weights(folds, held)
        if held is None:
            return weights
        places = list(self.places)
        exact = weights[places] / self.unit
        units = round(float(exact.sum()))
        made = np.floor(exact)
        most = np.argsort(-(exact - made), kind="stable")[: units - int(made.sum())]
        made[most] += 1
        weights[places] = np.round(made * self.unit, 2)
        return weights

    def out_of_fold(self) -> Numbers:
        """Everybody's score by weights found, and held, without the customers of the same fold."""
        import numpy as np

        score = np.empty(len(self.y))
        for out, members in self.inside.items():
            rest = [fold for fold in self.inside if fold != out]
            weights = self.whole_weights(rest, self.firmness(rest))
            score[members] = _score(self.shares[members], weights)
        return score


def _score(shares: Numbers, weights: Numbers) -> Numbers:
    """The score as a share, as scoring makes it: lines without data leave their weight to the others."""
    import numpy as np

    known = ~np.isnan(shares)
    counts = known @ weights
    earned = np.where(known, shares, 0.0) @ weights
    score: Numbers = np.where(counts > 0, earned / np.where(counts > 0, counts, 1.0), 0.0)
    return np.asarray(score.round(FINEST))


Evidence = tuple[Estimate | None, Estimate | None, Estimate | None]


def _evidence(then: Then, now: Numbers, later: Numbers, settings: Settings) -> tuple[Evidence, Evidence]:
    """(today's, out of fold, gain) of the gini and of the AUC; None three times where there is too little to say."""
    nothing: Evidence = (None, None, None)
    stayed = (then.orders > 0)[then.active]
    enough = min(int(stayed.sum()), int((~stayed).sum())) >= settings.min_events
    gini, auc = nothing, nothing
    if then.revenue.sum() > 0:
        values, behind = gini_pairs(then, [later, now], settings)
        gini = (values[1], values[0], behind[1])
    if enough:
        values, behind = auc_pairs(then, [later, now], settings)
        auc = (values[1], values[0], behind[1])
    return gini, auc
