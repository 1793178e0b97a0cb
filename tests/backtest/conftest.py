"""Customers of a past day made by hand, without facts behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tierbook.backtest import Settings, Then


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(
        days=90, active_days=365, min_events=20, confidence=0.95, folds=5, per_weight=5, redraws=100, seed=7
    )


@pytest.fixture(scope="session")
def then_of() -> Callable[..., Then]:
    """`then_of(score, revenue, ...)`: points, cents; orders follow revenue, everybody was active, one tier."""

    def make(score: Any, revenue: Any, **more: Any) -> Then:
        points, cents = np.asarray(score, dtype=float), np.asarray(revenue, dtype=np.int64)
        given = {
            "ids": [f"C{place:05}" for place in range(len(points))],
            "tier": np.zeros(len(points), dtype=np.int64),
            "signals": {"score": points},
            "active": np.ones(len(points), dtype=bool),
            "shares": {},
            "orders": (cents > 0).astype(np.int64),
        } | more
        return Then(score=(points * 1_000_000).astype(np.int64), revenue=cents, **given)

    return make
