"""Data frames in, a data frame out: the same scores for analysts and notebooks.

>>> from tierbook.frames import score_frames
>>> results = score_frames(orders, as_of=date(2026, 8, 31))
>>> results.loc["1001", ["tier", "score"]]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .cleaning import Cleaned, clean
from .engine import Engine
from .errors import UsageError
from .jobs.intake import named_model
from .labels import DEFAULT, Language
from .model.settings import with_settings
from .model.types import Model
from .model.version import fingerprint
from .scoring import score
from .sources import Source, load_frame, parse_mapping

if TYPE_CHECKING:
    import pandas as pd


def score_frames(
    orders: Any = None,
    customers: Any = None,
    *,
    interactions: Any = None,
    feedback: Any = None,
    referrals: Any = None,
    renewals: Any = None,
    as_of: dt.date,
    model: str | Model = "general",
    settings: Sequence[str] = (),
    mapping: Sequence[str] = (),
    language: Language = DEFAULT,
) -> pd.DataFrame:
    """Score the customers of some data frames.

    Only facts dated up to and including `as_of` count, so a day in the past gives what was known then.

    Args:
        orders, customers, interactions, feedback, referrals, renewals: pandas frames or anything that speaks the
            Arrow stream protocol; headers are recognised as in files. Orders or customers are needed.
        model: a model read before, the name of a shipped one or the path of a TOML.
        settings: changes to the model such as "returns=ignore", as `--set` takes them.
        mapping: headers that would not be recognised, such as "amount=成交额", as `--map` takes them.
        language: of names in the results: tiers, tags, segments, stages.
    Returns:
        One row per customer in the order of its index `customer_id` (text); the columns of the results relation:
        name to tags, `tier_<scale>`, `score_<card>`, `coverage_<card>`, then every indicator. Counts and days are
        Int64, other numbers float64 (money in currency units), dates datetime64; a missing value is as pandas has it.
        `attrs` holds as_of, model, model_version, model_fingerprint and, by table, what cleaning set aside and merged.
    Raises:
        UsageError: neither orders nor customers, or a setting or mapping that is not valid.
        SourceError: a frame lacks a needed column. ModelError: the model is not valid.
    """
    given = {
        "orders": orders,
        "customers": customers,
        "interactions": interactions,
        "feedback": feedback,
        "referrals": referrals,
        "renewals": renewals,
    }
    if orders is None and customers is None:
        raise UsageError("frames.no_facts")
    rules = named_model(model) if isinstance(model, str) else model
    rules = with_settings(rules, settings) if settings else rules
    day = as_of.date() if isinstance(as_of, dt.datetime) else as_of
    with Engine() as engine:
        cleaned = clean(engine, _loaded(engine, given, parse_mapping(mapping)), rules, day)
        score(engine, rules, day, language)
        results: pd.DataFrame = engine.frame("SELECT * FROM results ORDER BY customer_id")
        whole = {column: "Int64" for column, kind in engine.columns("results").items() if kind == "BIGINT"}
    results = results.astype(whole).set_index("customer_id")
    results.attrs = _stamp(rules, day, cleaned)
    return results


def _loaded(engine: Engine, given: Mapping[str, Any], mapping: Mapping[str, Mapping[str, str]]) -> dict[str, Source]:
    loaded = {}
    for table, frame in given.items():
        if frame is not None:
            renamed = {**mapping.get("*", {}), **mapping.get(table, {})}
            loaded[table] = load_frame(engine, table, _forward(frame), where=table, mapping=renamed)
    return loaded


def _forward(frame: Any) -> Any:
    """The frame, copied where a column lies backwards in memory (frame[::-1]): the engine refuses such columns."""
    import numpy as np
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        return frame
    backwards = any(
        isinstance(column.dtype, np.dtype) and column.to_numpy().strides[0] < 0 for _, column in frame.items()
    )
    return frame.copy() if backwards else frame


def _stamp(model: Model, as_of: dt.date, cleaned: Cleaned) -> dict[Any, Any]:
    return {
        "as_of": as_of.isoformat(),
        "model": model.key,
        "model_version": model.version,
        "model_fingerprint": fingerprint(model),
        "set_aside": {
            table: dict(account.set_aside) for table, account in cleaned.accounts.items() if account.set_aside
        },
        "merged": {table: dict(account.merged) for table, account in cleaned.accounts.items() if account.merged},
    }
