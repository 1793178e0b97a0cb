"""Score a table that stands anywhere: its rows by the scorecard of a model, ranked among known customers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..engine import Engine, quoted
from ..labels import DEFAULT, Language
from ..model.types import Model, Percentile
from .portable import BILLION, MILLION
from .scales import scale_steps
from .scorecards import scorecard_steps

Columns = Mapping[str, Sequence[object]]
"""Indicator -> one value per row, in display units; None, "" and whatever is no number is no data."""
_LARGEST = 2.0**62
_HALF = 0.5000001
_MADE = ("indicators", "ranks", "measured_shares", "mean_shares", "shares", "scores", "why_points", "tiers")


def score_table(
    engine: Engine, model: Model, table: Columns, population: Columns, card: str, language: Language = DEFAULT
) -> list[tuple[float | None, str, float]]:
    """Score (points), tier on the main scale (its name) and coverage (0 to 1) of every row, in the table's order.

    By the very steps that score customers. Percentiles and mean shares are taken over the table and the population
    together. A row without any value that counts has no score: None, "" and 0.

    Args:
        engine: its own, in which nothing of a run is held: relations of the same names are replaced.
        table, population: as `Columns`; all columns of one of them equally long; indicators nobody asks for are
            passed over, those that are not there have no data.
        card: key of the scorecard.
    Raises:
        ValueError: columns differ in length.
    """
    used = _with_card(model, card)
    rows = _length(table)
    if not rows:
        return []
    _put(engine, used, table, population)
    try:
        engine.run_all(scorecard_steps(used))
        engine.run_all(scale_steps(used))
        found = engine.rows(
            f"SELECT {quoted('score_' + card)}, {quoted('tier_' + used.main_scale)}, {quoted('coverage_' + card)}"
            " FROM scores JOIN tiers USING (customer_id) WHERE customer_id >= 0 ORDER BY customer_id"
        )
    finally:
        for relation in reversed(_MADE):
            engine.drop(relation)
    names = {tier.key: tier.name.of(language) for tier in used.scales[0].tiers}
    return [
        (points / MILLION, names[tier], coverage / BILLION) if coverage else (None, "", 0.0)
        for points, tier, coverage in found
    ]


def _with_card(model: Model, card: str) -> Model:
    """The model with this card as its main one, and no scale but the main one."""
    scale = model.scale(model.main_scale)
    cards = dict.fromkeys((card, scale.potential_card) if scale.lifted and scale.potential_card else (card,))
    return replace(model, main=card, scales=(scale,), scorecards=tuple(model.scorecard(key) for key in cards))


def _put(engine: Engine, model: Model, table: Columns, population: Columns) -> None:
    """The relation `indicators`: the table's rows from 0 on; of the population, below 0, only what changes anything."""
    lines = [line for card in model.scorecards for line in card.lines]
    needed = dict.fromkeys(line.indicator for line in lines)
    shared = {line.indicator for line in lines if isinstance(line.curve, Percentile) or line.missing == "mean"}
    rows, others = _length(table), _length(population)
    columns = ", ".join(f"{quoted(key)} BIGINT" for key in needed)
    engine.drop("indicators")
    engine.execute(f"CREATE TEMP TABLE indicators (customer_id BIGINT, {columns})")
    _fill(engine, model, table, [key for key in needed if key in table], range(rows))
    apart = [key for key in needed if key in shared and key in population]
    if apart:
        _fill(engine, model, population, apart, range(-others, 0))


def _fill(engine: Engine, model: Model, columns: Columns, keys: Sequence[str], rows: range) -> None:
    taken = ", ".join("UNNEST(CAST(? AS BIGINT[]))" for _ in range(len(keys) + 1))
    values = [_stored(columns[key], model.indicator(key).scale) for key in keys]
    names = ", ".join(["customer_id", *map(quoted, keys)])
    engine.execute(f"INSERT INTO indicators ({names}) SELECT {taken}", [list(rows), *values])


def _stored(values: Sequence[object], scale: int) -> list[int | None]:
    """Values as they are stored: whole numbers, value x scale, halves up; None for what is no number."""
    return [_whole(value * scale) if isinstance(value, int | float) else None for value in values]


def _whole(scaled: float) -> int | None:
    """The nudge lifts what is on the half but for the last bit of a floating number."""
    return math.floor(scaled + _HALF) if abs(scaled) < _LARGEST else None


def _length(columns: Columns) -> int:
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns of different lengths: {sorted(lengths)}")
    return lengths.pop() if lengths else 0
