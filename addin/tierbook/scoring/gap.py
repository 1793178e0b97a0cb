"""Gap: what would bring each customer into the next tier, one indicator at a time.

For every actionable indicator of the main scorecard (`actionable` in the model), the smallest change of it alone with
which the customer, scored again among the same others, stands in the next tier of the main scale or above; none where
no value does. Exact under the scorecard's own rules: a value that was blank starts to count and changes the weights; a
percentile is that of the new value among the others; the potential score lifts where the scale says so.

What is asked of an indicator: a value in the direction its line calls better, never below 0 where low is better, never
a ratio beyond 1 where everybody else's is at most 1. An indicator nobody has a value for is left out: its facts are
not kept. For days since the last order the target is the age the last order may have: an order within so many days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from ..engine import Step, quoted, text_literal
from ..model.types import Model, Percentile, Scorecard, ScoreLine, Tier
from ..schema import QUANTITY_SCALE
from .gap_targets import beyond, place_of, target_of
from .portable import BILLION, MILLION, ceiling, count_where, whole_sum
from .scorecards import Weighed, weighed_lines, weights_of


@dataclass(frozen=True)
class Way:
    """An actionable line of the main card, and the line for the same indicator on the potential card, if one lifts.

    `unit`: the smallest step of its stored value: one order for a frequency that counts orders.
    """

    number: int
    line: ScoreLine
    main: Weighed
    lift_line: ScoreLine | None
    lift: Weighed | None
    unit: int

    @property
    def key(self) -> str:
        return self.line.indicator

    def routes(self) -> list[tuple[str, ScoreLine, Weighed]]:
        """(name, line, weighed) of the ways a better value can count."""
        found = [("score", self.line, self.main)]
        return [*found, ("lift", self.lift_line, self.lift)] if self.lift_line and self.lift else found


def ways_of(model: Model, unknown: Set[str]) -> list[Way]:
    """The actionable lines of the main card that anybody has a value for."""
    potential = _potential(model)
    lifting = {}
    if potential is not None:
        pairs = zip(potential.lines, weighed_lines(potential, unknown), strict=True)
        lifting = {(line.indicator, line.better): (line, each) for line, each in pairs if each.weight}
    found = []
    for number, (line, each) in enumerate(
        zip(model.main_card.lines, weighed_lines(model.main_card, unknown), strict=True), start=1
    ):
        if each.weight and not each.unknown and model.indicator(line.indicator).actionable:
            other, other_weighed = lifting.get((line.indicator, line.better), (None, None))
            found.append(Way(number, line, each, other, other_weighed, _unit(model, line.indicator)))
    return found


def _unit(model: Model, key: str) -> int:
    """Orders and lines are whole, pieces have thousandths; everything else moves by what is stored."""
    if key != "frequency":
        return 1
    return MILLION // QUANTITY_SCALE if model.param("count") == "quantity" else MILLION


def _potential(model: Model) -> Scorecard | None:
    """The card that lifts on the main scale, where that can happen."""
    scale = model.scale(model.main_scale)
    lifts = scale.lifted and scale.potential_card and scale.potential_floor > 0
    return model.scorecard(scale.potential_card) if lifts else None


def gap_steps(model: Model, unknown: Set[str]) -> list[Step]:
    """Steps from `indicators`, `shares`, `scores` and `tiers` to `gaps`; nothing is computed until it is read."""
    ways = ways_of(model, unknown)
    places = [_places(way) for way in ways if any(isinstance(line.curve, Percentile) for _, line, _ in way.routes())]
    return [_totals(ways), _needs(model, ways, unknown), *places, _targets(model, ways), _gaps(ways)]


# -- what is needed ------------------------------------------------------------------------------------------------


def _totals(ways: list[Way]) -> Step:
    columns = ["COUNT(*) AS customers"]
    for way in ways:
        name = quoted(way.key)
        columns += [
            f"{count_where(f'{name} IS NOT NULL')} AS {quoted('count_' + way.key)}",
            f"{whole_sum(name, f'{name} IS NOT NULL')} AS {quoted('sum_' + way.key)}",
        ]
    return Step(
        "gap_totals",
        f"""-- One row: per actionable indicator how many customers have a value, and the sum of the values.
SELECT {_lines(columns)}
FROM indicators""",
        keep=False,
    )


def _needs(model: Model, ways: list[Way], unknown: Set[str]) -> Step:
    """A score of at least `goal` needs earned >= 5 x weights x (2 x goal - 1): the rounding of scores, inverted."""
    columns = ["g.customer_id AS customer_id", "next_tier", "goal - score AS points"]
    for way in ways:
        columns.append(f"i.{quoted(way.key)} AS {quoted('now_' + way.key)}")
        for name, _, each in way.routes():
            goal = "goal" if name == "score" else "lift_goal"
            wanted = f"5 * ({name}_counts + {name}_adds_{way.number}) * (2 * {goal} - 1)"
            short = f"({wanted} - ({name}_earned - {name}_own_{way.number}))"
            need = f"({short} + {each.weight - 1}) // {each.weight}"
            full = f"{each.weight} * CAST({BILLION} AS BIGINT)"
            columns.append(f"CASE WHEN {short} <= {full} THEN {need} END AS {name}_need_{way.number}")
    return Step(
        "gap_needs",
        f"""-- One row per customer: the next tier (NULL at the top), points missing to it (millionths), and per
-- actionable line its value and the share (billionths) that it alone would need; NULL where even a full one is short.
SELECT {_lines(columns)}
FROM (
  SELECT {_lines(_goals(model, ways, unknown))}
  FROM shares
  JOIN scores ON scores.customer_id = shares.customer_id
  JOIN tiers ON tiers.customer_id = shares.customer_id
) AS g
JOIN indicators AS i ON i.customer_id = g.customer_id""",
        keep=False,
    )


def _goals(model: Model, ways: list[Way], unknown: Set[str]) -> list[str]:
    """Per customer: the goals, what the cards have earned by how much weight, and what of it is each line's own."""
    scale, potential = model.scale(model.main_scale), _potential(model)
    tier = f"tiers.{quoted('tier_' + scale.key)}"
    columns = [
        "shares.customer_id AS customer_id",
        f"scores.{quoted('score_' + model.main)} AS score",
        f"CAST({_by_tier(tier, scale.tiers, lambda above: text_literal(above.key))} AS VARCHAR) AS next_tier",
        f"CAST({_by_tier(tier, scale.tiers, lambda above: str(ceiling(above.floor, MILLION)))} AS BIGINT) AS goal",
        *_earned("score", model.main_card, unknown),
    ]
    if potential is not None:
        below = [each.key for each in scale.tiers]
        below = below[: below.index(scale.lifted)]
        lifted = ", ".join(map(text_literal, below)) or "''"
        goal = f"CASE WHEN {tier} IN ({lifted}) THEN {ceiling(scale.potential_floor, MILLION)} END"
        columns += [f"CAST({goal} AS BIGINT) AS lift_goal", *_earned("lift", potential, unknown)]
    for way in ways:
        for name, _, each in way.routes():
            columns += [
                f"{each.earned} AS {name}_own_{way.number}",
                f"CASE WHEN {each.counts} IS NULL THEN {each.weight} ELSE 0 END AS {name}_adds_{way.number}",
            ]
    return columns


def _by_tier(tier: str, tiers: Sequence[Tier], told: Callable[[Tier], str]) -> str:
    arms = " ".join(f"WHEN {text_literal(below.key)} THEN {told(above)}" for below, above in pairwise(tiers))
    return f"CASE {tier} {arms} END" if arms else "NULL"


def _earned(name: str, card: Scorecard, unknown: Set[str]) -> list[str]:
    lines = weighed_lines(card, unknown)
    known, filled = weights_of(lines)
    points = " + ".join(line.earned for line in lines if not line.unknown) or "0"
    return [f"{points} AS {name}_earned", f"{known} + {filled} AS {name}_counts"]


# -- values that give it ---------------------------------------------------------------------------------------------


def _places(way: Way) -> Step:
    worth = f"{'' if way.line.better == 'high' else '-'}{quoted(way.key)}"
    return Step(
        _places_of(way),
        f"""-- One row per customer with a {way.key}: its place, the worst first; upto: how many have this value
-- or a worse one; n: how many have this one.
SELECT place, value, upto, upto - worse AS n
FROM (
  SELECT {quoted(way.key)} AS value, ROW_NUMBER() OVER (ORDER BY {worth}) AS place,
    RANK() OVER (ORDER BY {worth}) - 1 AS worse,
    COUNT(*) OVER (ORDER BY {worth} RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto
  FROM indicators
  WHERE {quoted(way.key)} IS NOT NULL
) AS ranked""",
        keep=False,
    )


def _places_of(way: Way) -> str:
    return f"gap_places_{way.number}"


def _targets(model: Model, ways: list[Way]) -> Step:
    """The value of each line that earns the share it needs."""
    columns, joins = ["n.customer_id AS customer_id", "n.next_tier AS next_tier", "n.points AS points"], []
    for way in ways:
        indicator = model.indicator(way.key)
        now, count = f"n.{quoted('now_' + way.key)}", f"t.{quoted('count_' + way.key)}"
        columns.append(f"{now} AS {quoted('now_' + way.key)}")
        for name, line, _ in way.routes():
            need = f"n.{name}_need_{way.number}"
            if isinstance(line.curve, Percentile):
                alias = f"{name}_{way.number}"
                joins.append(
                    f"\nLEFT JOIN {_places_of(way)} AS {alias} ON {alias}.place = {place_of(need, now, count)}"
                )
                target = beyond(alias, need, now, count, line.better, indicator)
            else:
                target = f"CASE WHEN {count} > 0 THEN {target_of(line.curve, indicator, line.better, need)} END"
            columns += [f"{target} AS {name}_to_{way.number}", f"{need} AS {name}_need_{way.number}"]
    return Step(
        "gap_targets",
        f"""-- One row per customer; per actionable line and route (score, lift) the value that earns the share needed.
SELECT {_lines(columns)}
FROM gap_needs AS n CROSS JOIN gap_totals AS t{"".join(joins)}""",
        keep=False,
    )


def _gaps(ways: list[Way]) -> Step:
    columns = ["customer_id", "next_tier", "points"]
    for way in ways:
        to, now = _nearest(way), quoted(f"now_{way.key}")
        columns += [
            f"{to} AS {quoted('to_' + way.key)}",
            f"{to} - COALESCE({now}, 0) AS {quoted('by_' + way.key)}",
        ]
    return Step(
        "gaps",
        f"""-- One row per customer: the next tier's key (NULL at the top), points missing (millionths), and per
-- actionable indicator of the main card the value that alone reaches it (to_) and the change to it (by_),
-- stored whole numbers; NULL where it cannot. Without a value now, the change is the whole value.
SELECT {_lines(columns)}
FROM gap_targets""",
        keep=False,
    )


def _nearest(way: Way) -> str:
    """The nearer of the routes' values, in whole units; nothing below 0 where low is better."""
    names = [f"{name}_to_{way.number}" for name, _, _ in way.routes()]
    sign = "<=" if way.line.better == "high" else ">="
    to = names[0]
    if len(names) > 1:
        a, b = names
        to = f"CASE WHEN {b} IS NULL OR {a} {sign} {b} THEN {a} ELSE {b} END"
    high = way.line.better == "high"
    whole = f"({to}{f' + {way.unit - 1}' if high else ''}) // {way.unit} * {way.unit}" if way.unit > 1 else to
    return whole if high else f"CASE WHEN {to} >= 0 THEN {whole} END"


def _lines(parts: list[str]) -> str:
    return ",\n  ".join(parts)
