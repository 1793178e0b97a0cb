"""Conditions made at random, against the same conditions judged in plain Python with fractions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tierbook.model import nodes as n
from tierbook.scoring.conditions import compile_rules

SCALES = {"orders_6m": 1, "recency_days": 1, "amount_12m": 100, "aov": 1_000_000, "growth": 1_000_000}
COLUMNS = st.sampled_from([n.Column(key, "number", scale) for key, scale in SCALES.items()])
NUMBERS = st.sampled_from(["0", "0.5", "1", "1.5", "2", "3", "10.005", "-1"]).map(lambda text: n.Number(Decimal(text)))
ROUNDED = {key for key, scale in SCALES.items() if scale == 1_000_000}


def values(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(n.Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(lambda f, a, b: n.Call(f, (a, b)), st.sampled_from(["least", "greatest", "coalesce"]), inner, inner),
        st.builds(lambda a: n.Call("abs", (a,)), inner),
    )


PLAIN = st.recursive(COLUMNS | NUMBERS, values, max_leaves=3)
LIMIT = st.builds(n.Compare, st.sampled_from(["<", ">="]), COLUMNS, NUMBERS)
OVERALL = st.one_of(
    st.builds(n.Aggregate, st.sampled_from(["avg", "min", "max", "sum"]), COLUMNS, st.none() | LIMIT),
    st.builds(lambda v, p: n.Aggregate("percentile", v, None, Decimal(p)), COLUMNS, st.sampled_from([0, 20, 75, 100])),
    st.builds(lambda v: n.Aggregate("median", v), COLUMNS),
    st.builds(lambda v: n.Aggregate("count", v), COLUMNS | LIMIT),
    st.builds(lambda v, a: n.Aggregate("share", v, a), LIMIT, st.none() | LIMIT),
    st.builds(n.Standing, st.sampled_from(["rank", "share"]), COLUMNS | PLAIN, st.none() | LIMIT),
)
ANY = PLAIN | OVERALL | st.builds(n.Arithmetic, st.sampled_from("+*"), NUMBERS, OVERALL)
LEAVES = st.one_of(
    st.builds(n.Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), ANY, ANY),
    st.builds(n.Between, COLUMNS, NUMBERS, NUMBERS),
    st.builds(lambda v, o: n.InList(v, tuple(o)), COLUMNS, st.lists(NUMBERS, min_size=1, max_size=3)),
    st.builds(n.IsEmpty, PLAIN),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(n.Not, inner),
        st.builds(lambda a, b: n.And((a, b)), inner, inner),
        st.builds(lambda a, b: n.Or((a, b)), inner, inner),
    ),
    max_leaves=4,
)
ROW = st.fixed_dictionaries(
    {
        "orders_6m": st.none() | st.integers(0, 4),
        "recency_days": st.none() | st.sampled_from([0, 1, 30]),
        "amount_12m": st.none() | st.sampled_from([0, 100, 1000, 1001, 300, -100]),
        "aov": st.none() | st.sampled_from([0, 1_500_000, 3_000_000, 333_333]),
        "growth": st.none() | st.sampled_from([-1_000_000, 0, 500_000, 3_000_000]),
    }
)


class Judge:
    """Three-valued and exact: True, False or None (unknown). Calculated values within the tolerance are equal."""

    def __init__(self, rows: list[dict[str, int | None]]) -> None:
        self.rows = rows

    def number(self, node: Any, row: dict[str, int | None]) -> Fraction | None:
        if isinstance(node, n.Number):
            return Fraction(node.value)
        if isinstance(node, n.Column):
            value = row[node.key]
            return None if value is None else Fraction(value, node.scale)
        if isinstance(node, n.Aggregate):
            return self.overall(node)
        if isinstance(node, n.Standing):
            return self.standing(node, row)
        return self.arithmetic(node, row) if isinstance(node, n.Arithmetic) else self.call(node, row)

    def call(self, node: n.Call, row: dict[str, int | None]) -> Fraction | None:
        parts = [self.number(each, row) for each in node.arguments]
        if node.function == "coalesce":
            return next((each for each in parts if each is not None), None)
        unknown = any(each is None for each in parts)
        return None if unknown else {"abs": abs, "least": min, "greatest": max}[node.function](*parts)

    def arithmetic(self, node: n.Arithmetic, row: dict[str, int | None]) -> Fraction | None:
        a, b = self.number(node.left, row), self.number(node.right, row)
        if a is None or b is None or (node.op == "/" and b == 0):
            return None
        return {"+": a + b, "-": a - b, "*": a * b}[node.op] if node.op != "/" else a / b

    def overall(self, node: n.Aggregate) -> Fraction | None:
        among = [row for row in self.rows if node.among is None or self.holds(node.among, row)]
        if node.function == "share":
            return Fraction(sum(self.holds(node.value, r) is True for r in among), len(among)) if among else None
        if node.function == "count":
            is_rule = n.kind_of(node.value) == "condition"
            told = [self.holds(node.value, r) if is_rule else self.number(node.value, r) is not None for r in among]
            return Fraction(sum(each is True for each in told))
        known = sorted(each for each in (self.number(node.value, row) for row in among) if each is not None)
        if not known:
            return None
        if node.function in ("median", "percentile"):
            place = (len(known) - 1) * Fraction(50 if node.percent is None else node.percent) / 100
            low = place.__floor__()
            return known[low] + (known[min(low + 1, len(known) - 1)] - known[low]) * (place - low)
        total = sum(known, Fraction(0))
        return {"avg": total / len(known), "sum": total, "min": known[0], "max": known[-1]}[node.function]

    def standing(self, node: n.Standing, row: dict[str, int | None]) -> Fraction | None:
        def takes_part(one: dict[str, int | None]) -> bool:
            return node.among is None or self.holds(node.among, one) is True

        own = self.whole(node.value, row)
        known = [each for one in self.rows if takes_part(one) and (each := self.whole(node.value, one)) is not None]
        if own is None or not takes_part(row):
            return None
        if node.function == "rank":
            return Fraction(1 + sum(each > own for each in known))
        return own / sum(known) if sum(known) > 0 else None

    def whole(self, node: Any, row: dict[str, int | None]) -> Fraction | None:
        """A calculated value is made whole, in millionths, before customers are compared by it."""
        value = self.number(node, row)
        if value is None or isinstance(node, n.Column):
            return value
        return Fraction((value * 10**6 + Fraction(1, 2)).__floor__(), 10**6)

    def holds(self, node: Any, row: dict[str, int | None]) -> bool | None:
        if isinstance(node, n.Not):
            inner = self.holds(node.part, row)
            return None if inner is None else not inner
        if isinstance(node, n.And | n.Or):
            told = [self.holds(part, row) for part in node.parts]
            decided = isinstance(node, n.Or)
            return decided if decided in told else None if None in told else not decided
        if isinstance(node, n.IsEmpty):
            return self.number(node.value, row) is None
        if isinstance(node, n.Between):
            ends = (n.Compare(">=", node.value, node.low), n.Compare("<=", node.value, node.high))
            return self.holds(n.And(ends), row)
        if isinstance(node, n.InList):
            return self.holds(n.Or(tuple(n.Compare("=", node.value, each) for each in node.options)), row)
        return self.compare(node, row)

    def compare(self, node: n.Compare, row: dict[str, int | None]) -> bool | None:
        a, b = self.number(node.left, row), self.number(node.right, row)
        if a is None or b is None:
            return None
        calculated = not all(isinstance(each, n.Column | n.Number) for each in (node.left, node.right))
        rounded = any(isinstance(e, n.Column) and e.key in ROUNDED for e in (*n.walk(node.left), *n.walk(node.right)))
        near = max(abs(a), abs(b)) / 10**9 + (Fraction(2, 10**6) if rounded else 0)
        if calculated and abs(a - b) <= near:
            a = b
        return {"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[node.op]


@settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(rows=st.lists(ROW, min_size=1, max_size=5), trees=st.lists(TREES, min_size=1, max_size=4))
def test_a_condition_means_the_same_in_sql_and_in_python(rows, trees, lab, general) -> None:
    people = {str(number): row for number, row in enumerate(rows)}
    lab.forget()
    lab.fill({"customers": [{"customer_id": key} for key in people]})
    lab.put("indicators", [{"customer_id": key, **row} for key, row in people.items()])

    rules = {str(number): tree for number, tree in enumerate(trees)}
    compiled = compile_rules(rules, name="asked", model=general, as_of=dt.date(2026, 8, 31))
    lab.engine.run_all(compiled.steps)

    judge = Judge(rows)
    for key, test in compiled.tests.items():
        sql = f"SELECT customers.customer_id AS id FROM {compiled.source} WHERE {test}"
        found = {row[0] for row in lab.engine.rows(sql)}
        assert found == {who for who, row in people.items() if judge.holds(rules[key], row)}, rules[key]
