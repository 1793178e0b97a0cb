"""The steps behind `kpis`: from members, orders and answers to one wide row per customer, counted by period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from ..engine import Step, date_literal, text_literal
from ..labels import Name
from ..model.types import Model
from .dates import months_back
from .loyalty import ANSWER
from .periods import Period, PeriodKind, periods_to
from .portable import count_where, whole_sum

EVERYBODY = "all"
"""The one group where customers are not grouped."""
PROMOTER, DETRACTOR = 9, 6
"""Net promoter score: answers from 9 on less answers up to 6. Source: Reichheld, "The One Number You Need to Grow",
Harvard Business Review, December 2003. With other cuts it would be another figure."""
ANSWERS = 5
"""What `answers_by_day` counts: sum (millionths) and number of satisfaction answers; promoters, detractors and answers
to the question of recommending."""
LEAST: Mapping[PeriodKind, int] = {"month": 14, "week": 3}
"""Periods that are counted at least, those of a dashboard, so that whoever asks for fewer finds them counted."""

Named = Sequence[tuple[str, Name]]
"""Keys of groups with their names."""
Stood = Mapping[dt.date, str]
"""Day -> relation with customer_id and columns of groups: where customers stood on it."""


def members_step(groups: Mapping[str, Named], members: str, then: Stood = MappingProxyType({})) -> Step:
    """The step `kpi_members`.

    Args:
        groups: column of `members`, and of each relation of `then`, -> the groups it may hold.
    """
    columns = [f", {_key_of(f'{members}.{column}', named)} AS {column}" for column, named in groups.items()]
    joins = []
    for day, relation in then.items():
        columns += [
            f", {_key_of(f'{relation}.{column}', named)} AS {column_then(column, day, then)}"
            for column, named in groups.items()
        ]
        joins.append(f"\nLEFT JOIN {relation} ON {relation}.customer_id = {members}.customer_id")
    return Step(
        "kpi_members",
        f"""-- One row per customer: the keys of the groups it stands in, and stood in on other days.
SELECT {members}.customer_id AS customer_id, {text_literal(EVERYBODY)} AS everybody{"".join(columns)}
FROM {members}{"".join(joins)}""",
    )


def column_then(column: str, day: dt.date, then: Stood) -> str:
    """The column of `kpi_members` with the groups that a period goes by which ends on a day."""
    return f"{column}_{day:%Y%m%d}" if day in then else column


def _key_of(column: str, named: Named) -> str:
    words = {word: key for key, name in named for word in (*name.all(), key)}
    cases = " ".join(f"WHEN {text_literal(word)} THEN {text_literal(key)}" for word, key in words.items())
    return f"CASE {column} {cases} END" if cases else "CAST(NULL AS VARCHAR)"


def orders_step(as_of: dt.date) -> Step:
    """The step `kpi_orders`, which the wide relations are made of."""
    return Step(
        "kpi_orders",
        f"""-- One row per order up to the day: whose, and the day of its earliest line that is no return.
SELECT customer_id, order_id, MIN(date) AS date
FROM orders
WHERE is_return = 0 AND date <= {date_literal(as_of)}
GROUP BY customer_id, order_id""",
        of=("orders",),
    )


def spans_of(as_of: dt.date, kind: PeriodKind, periods: int) -> list[Period]:
    """The periods that are counted where somebody asks for so many; the first is there only to compare with."""
    return periods_to(as_of, kind, max(periods, LEAST.get(kind, 0)) + 1)


def wide_of(kind: PeriodKind) -> str:
    """The relation with one wide row per customer, counted by period of a kind."""
    return f"kpi_{kind}s"


def wide_steps(model: Model, as_of: dt.date, kind: PeriodKind, spans: Sequence[Period]) -> list[Step]:
    """The steps to the wide relation of a kind of period; before it `kpi_orderers` and `kpi_money`."""
    day = date_literal(as_of)
    inside = [f"date BETWEEN {date_literal(one.start)} AND {date_literal(one.end)}" for one in spans]
    counts = [f"{_few(test)} AS orders_{place}" for place, test in enumerate(inside)]
    windows = [f"{_few(_window(one.known_until(as_of), model))} AS window_{place}" for place, one in enumerate(spans)]
    money = [f"{whole_sum('amount', test)} AS money_{place}" for place, test in enumerate(inside)]
    return [
        Step(
            "kpi_orderers",
            f"""-- One row per customer with an order: its first day; orders by period, by window up to its end.
SELECT customer_id, MIN(date) AS first_date,
  {_listed([*counts, *windows])}
FROM kpi_orders
GROUP BY customer_id""",
        ),
        Step(
            "kpi_money",
            f"""-- One row per customer with an order line since the first period: cents by period, returns taken off.
SELECT customer_id,
  {_listed(money)}
FROM orders
WHERE date >= {date_literal(spans[0].start)} AND date <= {day}
GROUP BY customer_id""",
        ),
        Step(
            wide_of(kind),
            f"""-- One row per customer: the day it is known since, and by {kind} up to {as_of} all of the above;
-- in windows orders of the last {model.whole("repurchase_months")} months.
SELECT customers.customer_id AS customer_id, since, first_date,
  {_listed([*_taken(len(spans), ("orders", "window", "money"))])}
FROM customers
LEFT JOIN kpi_orderers ON kpi_orderers.customer_id = customers.customer_id
LEFT JOIN kpi_money ON kpi_money.customer_id = customers.customer_id""",
            of=("customers", "orders"),
        ),
    ]


def _few(test: str) -> str:
    return f"CAST({count_where(test)} AS INTEGER)"


def _window(until: dt.date, model: Model) -> str:
    after = months_back(until, model.whole("repurchase_months"))
    return f"date > {date_literal(after)} AND date <= {date_literal(until)}"


def _taken(count: int, names: Sequence[str]) -> Iterable[str]:
    return (f"{name}_{place}" for name in names for place in range(count))


def _listed(columns: Sequence[str]) -> str:
    return ",\n  ".join(columns)


def counts_of(place: int, span: Period, as_of: dt.date) -> list[str]:
    """The SQL of what is counted of a group in the period at `place`, in the order of `kpis.Counted`."""
    start, end = date_literal(span.start), date_literal(span.known_until(as_of))
    before = f"orders_{place - 1} > 0" if place else "1 = 0"
    prospect = (
        f"(first_date IS NULL OR first_date >= {start}) AND (since IS NULL OR since <= {end} OR first_date <= {end})"
    )
    return [
        "COUNT(*)",
        count_where(f"orders_{place} > 0"),
        count_where(f"orders_{place} > 0 AND {before}"),
        count_where(f"window_{place} >= 1"),
        count_where(f"window_{place} >= 2"),
        f"COALESCE({whole_sum(f'orders_{place}')}, 0)",
        f"COALESCE({whole_sum(f'money_{place}')}, 0)",
        count_where(prospect),
        count_where(f"first_date BETWEEN {start} AND {end}"),
    ]


def answers_by_day(column: str, since: dt.date, until: dt.date) -> str:
    """The query for what members answered: one row per group and day, with the numbers of ANSWERS.

    Answers are few and add up, so days are put together into periods where they are read.
    """
    sums = [
        whole_sum(ANSWER, "kind = 'csat'"),
        count_where("kind = 'csat'"),
        count_where(f"kind = 'nps' AND score >= {PROMOTER}"),
        count_where(f"kind = 'nps' AND score <= {DETRACTOR}"),
        count_where("kind = 'nps'"),
    ]
    return f"""SELECT {column} AS told, date, {", ".join(sums)}
FROM feedback
JOIN kpi_members ON kpi_members.customer_id = feedback.customer_id
WHERE score IS NOT NULL AND date >= {date_literal(since)} AND date <= {date_literal(until)}
GROUP BY {column}, date"""
