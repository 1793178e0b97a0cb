"""Scores of rows that are no customers, by the same SQL steps as a refresh."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ...engine import Engine, quoted
from ...model.types import Model, Percentile
from ...scoring.portable import BILLION, MILLION
from ...scoring.scales import scale_steps
from ...scoring.scorecards import scorecard_steps

Stored = Mapping[str, Sequence[int | None]]
"""Indicator key -> one value per row, as the steps hold them: whole numbers; None where there is no value."""


Population = Callable[[str], Sequence[int | None]]
"""What the customers have of an indicator, one value each."""


def scored_rows(table: Stored, population: Population, model: Model, card: str) -> list[tuple[float, str, float]]:
    """Score (points), key of the main scale's tier and coverage (0 to 1) of each row of `table`, in its order.

    Args:
        population: the customers that percentiles and means are taken over, together with the rows.
        card: the scorecard; its score is named on the main scale.
    """
    scale = model.scale(model.main_scale)
    cards = [model.scorecard(each) for each in dict.fromkeys([card, scale.potential_card]) if each]
    rules = replace(model, scorecards=tuple(cards), scales=(scale,), main=card)
    lines = [line for each in cards for line in each.lines]
    compared = {line.indicator for line in lines if isinstance(line.curve, Percentile) or line.missing == "mean"}
    with Engine() as engine:
        _put(engine, "pasted", table)
        _put(engine, "customers", {key: population(key) for key in sorted(compared)})
        keys = sorted({line.indicator for line in lines})
        ours = ", ".join(quoted(key) if key in table else f"{NOTHING} AS {quoted(key)}" for key in keys)
        others = ", ".join(quoted(key) if key in compared else NOTHING for key in keys)
        engine.execute(
            f"""CREATE OR REPLACE TEMP TABLE indicators AS
SELECT place AS customer_id, {ours} FROM pasted UNION ALL SELECT -1 - place, {others} FROM customers"""
        )
        engine.run_all(step for step in scorecard_steps(rules) if step.name != "why_points")
        engine.run_all(scale_steps(rules))
        found = engine.rows(
            f"""SELECT {quoted("score_" + card)}, {quoted("tier_" + scale.key)}, {quoted("coverage_" + card)}
FROM scores JOIN tiers USING (customer_id) WHERE customer_id >= 0 ORDER BY customer_id"""
        )
    return [(score / MILLION, tier, coverage / BILLION) for score, tier, coverage in found]


NOTHING = "CAST(NULL AS BIGINT)"


def _put(engine: Engine, name: str, columns: Stored) -> None:
    """A table of the columns, and of each row's place."""
    rows = max(map(len, columns.values()), default=0)
    lists = {"place": list(range(rows)), **columns}
    listed = ", ".join(f"UNNEST(CAST(? AS BIGINT[])) AS {quoted(key)}" for key in lists)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS SELECT {listed}", list(lists.values()))
