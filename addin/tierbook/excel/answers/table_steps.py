"""Scores of rows that are no customers, by the same SQL steps as a refresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ...engine import Engine, Step, quoted
from ...model.types import Model, Percentile
from ...scoring.portable import BILLION, MILLION
from ...scoring.scales import scale_steps
from ...scoring.scorecards import scorecard_steps

if TYPE_CHECKING:
    from ...model.types import Scorecard

Stored = Mapping[str, Sequence[int | None]]
"""Indicator key -> one value per row, as the steps hold them: whole numbers; None where there is no value."""


def scored_rows(table: Stored, population: Stored, model: Model, card: str) -> list[tuple[float, str, float]]:
    """Score (points), key of the main scale's tier and coverage (0 to 1) of each row of `table`, in its order.

    Args:
        population: the customers that percentiles and means are taken over, together with the rows.
        card: the scorecard; its score is named on the main scale.
    """
    scale = model.scale(model.main_scale)
    cards = [model.scorecard(each) for each in dict.fromkeys([card, scale.potential_card]) if each]
    rules = replace(model, scorecards=tuple(cards), scales=(scale,), main=card)
    keys = sorted({line.indicator for each in cards for line in each.lines})
    rows = len(next(iter(table.values())))
    others = len(next(iter(population.values()), ())) if any(map(_looks_at_others, cards)) else 0
    numbers = list(range(rows + others))
    with Engine() as engine:
        engine.expect(len(numbers))
        columns, values = ["UNNEST(CAST(? AS BIGINT[])) AS customer_id"], [list[int | None](numbers)]
        for key in keys:
            columns.append(f"UNNEST(CAST(? AS BIGINT[])) AS {quoted(key)}")
            values.append([*table.get(key, [None] * rows), *population.get(key, [None] * others)[:others]])
        engine.execute(f"CREATE OR REPLACE TEMP TABLE indicators AS SELECT {', '.join(columns)}", values)
        steps: list[Step] = [step for step in scorecard_steps(rules) if step.name != "why_points"]
        engine.run_all([*steps, *scale_steps(rules)])
        found = engine.rows(
            f"""SELECT {quoted("score_" + card)}, {quoted("tier_" + scale.key)}, {quoted("coverage_" + card)}
FROM scores JOIN tiers USING (customer_id) WHERE customer_id < {rows} ORDER BY customer_id"""
        )
    return [(score / MILLION, tier, coverage / BILLION) for score, tier, coverage in found]


def _looks_at_others(card: Scorecard) -> bool:
    """Whether a row's score depends on other rows."""
    return any(isinstance(line.curve, Percentile) or line.missing == "mean" for line in card.lines)
