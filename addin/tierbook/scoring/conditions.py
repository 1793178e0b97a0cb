"""Conditions written by people, compiled to SQL.

What a rule means, beyond `model.nodes`:
    Missing is unknown: a comparison with a value nobody has is neither true nor false, and so is its `not`;
    a rule holds only where it is true. Only `is empty` asks for missing values.
    A column beside a number, or two columns, are compared exactly, in whole numbers. Whatever is calculated
    (arithmetic, aggregates) is compared as a floating number with a tolerance of one part in a billion, or two
    millionths where averages or ratios take part (they are kept in millionths), so that a value that is
    mathematically on the line counts as on it.
    Aggregates over all customers are taken once, into relations of one row. A calculated value is made whole
    (millionths) before it is summed: sums of floating numbers change from run to run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from ..engine import Step, date_literal, quoted, text_literal
from ..model import nodes as n
from ..model.types import Model
from ..schema import CUSTOMERS
from .portable import MILLION, ceiling, floor

_RELATIVE = "1e-9"
_ABSOLUTE = 2e-6
_MIRROR: dict[n.CompareOp, n.CompareOp] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Compiled:
    """Rules ready to run.

    `tests` holds one condition per rule key, `source` the FROM clause they are written over (one row per
    customer, id in `customers.customer_id`), `steps` the relations that must be made before, `places` the
    SQL of each column that was asked for.
    """

    tests: Mapping[str, str]
    source: str
    steps: tuple[Step, ...]
    places: Mapping[n.Column, str]


def compile_rules(
    rules: Mapping[str, n.Node], *, name: str, model: Model, as_of: dt.date, reads: Sequence[n.Column] = ()
) -> Compiled:
    """Compile checked trees.

    Args:
        rules: rule key -> tree of `model.rules.parse`.
        name: what the helper relations are named after; one per kind of rules.
        reads: columns the caller wants to read beside the conditions.
    Reads `customers`, `indicators` and, where a rule asks for them, `rfm`, `scores`, `tiers`, `stages`, `tags`,
    `segments` and `moves` (customer_id, previous_tier, tier_move).
    """
    compiler = _Compiler(name, model, as_of)
    tests = {key: compiler.condition(tree) for key, tree in rules.items()}
    places = {column: compiler.column(column) for column in reads}
    return compiler.finished(tests, places)


@dataclass
class _Compiler:
    name: str
    model: Model
    as_of: dt.date
    relations: dict[str, None] = field(default_factory=dict)
    aggregates: dict[n.Aggregate, str] = field(default_factory=dict)
    sums: list[str] = field(default_factory=list)
    ranked: list[Step] = field(default_factory=list)
    single: list[str] = field(default_factory=list)

    def finished(self, tests: Mapping[str, str], places: Mapping[n.Column, str]) -> Compiled:
        source = self.source(self.relations)
        steps = list(self.ranked)
        if self.sums:
            columns = ",\n  ".join(self.sums)
            name = f"{self.name}_overall"
            asked = f"-- One row: what the {self.name} rules ask about all customers."
            steps.append(Step(name, f"{asked}\nSELECT {columns}\nFROM {source}"))
            self.single.append(name)
        crossed = "".join(f"\nCROSS JOIN {name}" for name in self.single)
        return Compiled(tests, source + crossed, tuple(steps), places)

    @staticmethod
    def source(relations: Mapping[str, None]) -> str:
        joins = (
            f"\nLEFT JOIN {quoted(each)} ON {quoted(each)}.customer_id = customers.customer_id" for each in relations
        )
        return "customers" + "".join(joins)

    # -- columns ---------------------------------------------------------------------------------------------------

    def column(self, node: n.Column) -> str:
        relation, key = self.place(node)
        if relation != "customers":
            self.relations[relation] = None
        return f"{quoted(relation)}.{quoted(key)}"

    def place(self, node: n.Column) -> tuple[str, str]:
        """Where a column lives: relation and name."""
        if node.origin == "indicator":
            return "indicators", node.key
        if node.origin == "customer":
            return "customers", node.key
        renamed = {"score": f"score_{self.model.main}", "tier": f"tier_{self.model.main_scale}"}
        key = renamed.get(node.key, node.key)
        if key.startswith("score_"):
            return "scores", key
        if key in ("previous_tier", "tier_move"):
            return "moves", key
        if key.startswith("tier_"):
            return "tiers", key
        return {"stage": "stages", "custom_segment": "segments"}.get(key, "rfm"), key

    # -- conditions ------------------------------------------------------------------------------------------------

    def condition(self, node: n.Node) -> str:
        match node:
            case n.Always():
                return "1 = 1"
            case n.And(parts=parts):
                return "(" + " AND ".join(self.condition(part) for part in parts) + ")"
            case n.Or(parts=parts):
                return "(" + " OR ".join(self.condition(part) for part in parts) + ")"
            case n.Not(part=part):
                return f"NOT ({self.condition(part)})"
            case n.Compare(op=op, left=left, right=right):
                return self.compare(op, left, right)
            case n.Between(value=value, low=low, high=high):
                return f"({self.compare('>=', value, low)} AND {self.compare('<=', value, high)})"
            case n.InList(value=value, options=options):
                return "(" + " OR ".join(self.compare("=", value, option) for option in options) + ")"
            case n.IsEmpty(value=value):
                return self.is_empty(value)
            case n.Contains(value=value, part=part):
                return f"STRPOS(LOWER({self.text(value)}), {text_literal(part.lower())}) > 0"
            case n.HasTag(key=key):
                self.relations["tags"] = None
                return f"tags.{quoted('tag_' + key)} = 1"
        raise AssertionError(f"not a condition: {node}")

    def is_empty(self, node: n.Node) -> str:
        if n.kind_of(node) == "text":
            value = self.text(node)
            return f"({value} IS NULL OR {value} = '')"
        return f"{self.date(node) if n.kind_of(node) == 'date' else self.number(node)} IS NULL"

    def compare(self, op: n.CompareOp, left: n.Node, right: n.Node) -> str:
        kind = n.kind_of(left)
        if kind == "text":
            return f"{self.text(left)} {'<>' if op == '!=' else op} {self.text(right)}"
        if kind == "date":
            return f"{self.date(left)} {'<>' if op == '!=' else op} {self.date(right)}"
        if isinstance(left, n.Number) and not isinstance(right, n.Number):
            return self.compare(_MIRROR[op], right, left)
        exact = self.whole(left)
        if exact and isinstance(right, n.Number):
            return _against(op, exact[0], Fraction(right.value) * exact[1])
        other = self.whole(right)
        if exact and other:
            return _alike(op, exact, other)
        return self.close(op, left, right)

    def close(self, op: n.CompareOp, left: n.Node, right: n.Node) -> str:
        """Two calculated numbers, within the tolerance."""
        a, b = self.number(left), self.number(right)
        tolerance = f"GREATEST(ABS({a}), ABS({b})) * {_RELATIVE}"
        if self.is_rounded(left) or self.is_rounded(right):
            tolerance = f"({tolerance} + {_ABSOLUTE!r})"
        return {
            "=": f"ABS({a} - {b}) <= {tolerance}",
            "!=": f"ABS({a} - {b}) > {tolerance}",
            ">=": f"{a} - {b} >= -{tolerance}",
            ">": f"{a} - {b} > {tolerance}",
            "<=": f"{a} - {b} <= {tolerance}",
            "<": f"{a} - {b} < -{tolerance}",
        }[op]

    @staticmethod
    def is_rounded(node: n.Node) -> bool:
        """Whether a value kept in millionths takes part."""
        return any(isinstance(each, n.Column) and each.scale == MILLION for each in n.walk(node))

    # -- values ----------------------------------------------------------------------------------------------------

    def text(self, node: n.Node) -> str:
        return text_literal(node.value) if isinstance(node, n.Text) else self.column(_column(node))

    def date(self, node: n.Node) -> str:
        return date_literal(node.value) if isinstance(node, n.Date) else self.column(_column(node))

    def whole(self, node: n.Node) -> tuple[str, int] | None:
        """A number held as value x scale exactly: (SQL, scale); None for whatever is calculated."""
        if isinstance(node, n.Column) and not _is_floating(node):
            return self.column(node), node.scale
        if isinstance(node, n.Call) and node.function == "days_since":
            return f"DATE_DIFF('DAY', {self.date(node.arguments[0])}, {date_literal(self.as_of)})", 1
        return None

    def number(self, node: n.Node) -> str:
        """Any number as a floating one, in display units."""
        match node:
            case n.Number(value=value):
                return _floating(value)
            case n.Column() | n.Call(function="days_since"):
                held = self.whole(node)
                sql, scale = held or (self.column(_column(node)), 1)
                return f"CAST({sql} AS DOUBLE)" if scale == 1 else f"(CAST({sql} AS DOUBLE) / {scale})"
            case n.Arithmetic(op=op, left=left, right=right):
                a, b = self.number(left), self.number(right)
                return f"({a} / NULLIF({b}, 0))" if op == "/" else f"({a} {op} {b})"
            case n.Aggregate():
                return self.aggregate(node)
            case n.Call(function=function, arguments=arguments):
                return _call(function, [self.number(each) for each in arguments])
        raise AssertionError(f"not a number: {node}")

    # -- aggregates ------------------------------------------------------------------------------------------------

    def aggregate(self, node: n.Aggregate) -> str:
        if node not in self.aggregates:
            self.aggregates[node] = self.lifted(node)
        return self.aggregates[node]

    def lifted(self, node: n.Aggregate) -> str:
        if node.function == "count":
            return self.summed(self.counted(node))
        whole, scale = self.whole(node.value) or (_millionths(self.number(node.value)), MILLION)
        if node.among is not None:
            whole = f"CASE WHEN {self.condition(node.among)} THEN {whole} END"
        if node.function in ("median", "percentile"):
            return self.percentile(whole, scale, node.percent if node.percent is not None else Decimal(50))
        exact = f"CAST({whole} AS DECIMAL(38, 0))"
        over = f" / {scale}" if scale != 1 else ""
        return self.summed(
            {
                "sum": f"CAST(SUM({exact}) AS DOUBLE){over}",
                "avg": f"CAST(SUM({exact}) AS DOUBLE) / NULLIF(COUNT({whole}), 0){over}",
                "min": f"CAST(MIN({whole}) AS DOUBLE){over}",
                "max": f"CAST(MAX({whole}) AS DOUBLE){over}",
            }[node.function]
        )

    def counted(self, node: n.Aggregate) -> str:
        holds = (
            self.condition(node.value) if n.kind_of(node.value) == "condition" else f"NOT ({self.is_empty(node.value)})"
        )
        among = f"{self.condition(node.among)} AND " if node.among is not None else ""
        return f"CAST(COALESCE(SUM(CASE WHEN {among}{holds} THEN 1 ELSE 0 END), 0) AS DOUBLE)"

    def summed(self, expression: str) -> str:
        column = f"all_{len(self.sums) + 1}"
        self.sums.append(f"{expression} AS {column}")
        return f"{self.name}_overall.{column}"

    def percentile(self, whole: str, scale: int, percent: Decimal) -> str:
        """By linear interpolation between the two sorted values around (customers - 1) x percent / 100."""
        number = len(self.single) + 1
        values, result = f"{self.name}_{number}_values", f"{self.name}_{number}_percentile"
        over = Fraction(percent) / 100
        place = f"(MAX(customers) - 1) * {over.numerator}"
        below, rest = f"({place}) // {over.denominator}", f"({place}) % {over.denominator}"
        self.ranked += [
            Step(
                values,
                f"""-- One row per distinct value: how many customers have it or less, and how many have any.
SELECT value, SUM(n) OVER (ORDER BY value ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto,
  SUM(n) OVER (ORDER BY value ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS customers
FROM (
  SELECT value, COUNT(*) AS n
  FROM (SELECT {whole} AS value FROM {self.source(self.relations)}) AS held
  WHERE value IS NOT NULL
  GROUP BY value
) AS counted""",
            ),
            Step(
                result,
                f"""-- One row: the {percent.normalize():f}th percentile of {values} by linear interpolation.
SELECT (MIN(CASE WHEN upto > below THEN value END)
  + (MIN(CASE WHEN upto > below + 1 OR upto = customers THEN value END)
  - MIN(CASE WHEN upto > below THEN value END)) * CAST(MIN(rest) AS DOUBLE) / {over.denominator}) / {scale} AS percentile
FROM {values}
CROSS JOIN (SELECT {below} AS below, {rest} AS rest FROM {values}) AS place""",
            ),
        ]
        self.single.append(result)
        return f"{result}.percentile"


def _column(node: n.Node) -> n.Column:
    assert isinstance(node, n.Column), f"not a column: {node}"
    return node


def _is_floating(column: n.Column) -> bool:
    """Whether the customer table holds the column as a floating number."""
    return column.origin == "customer" and CUSTOMERS.column(column.key).kind == "number"


def _against(op: n.CompareOp, column: str, line: Fraction) -> str:
    """A whole number against any number, exactly: the line is moved to the whole number that decides."""
    if op in (">=", "<"):
        return f"{column} {op} {ceiling(line)}"
    if op in (">", "<="):
        return f"{column} {op} {floor(line)}"
    if line.denominator != 1:  # no stored value can meet it; unknown stays unknown
        return f"{column} <> {column}" if op == "=" else f"{column} = {column}"
    return f"{column} {'=' if op == '=' else '<>'} {line.numerator}"


def _alike(op: n.CompareOp, left: tuple[str, int], right: tuple[str, int]) -> str:
    """Two whole numbers of any scales, exactly."""
    (a, of_a), (b, of_b) = left, right
    a, b = (f"{a} * {max(of_b // of_a, 1)}" if of_b > of_a else a), (f"{b} * {of_a // of_b}" if of_a > of_b else b)
    return f"{a} {'<>' if op == '!=' else op} {b}"


def _call(function: n.CallName, arguments: list[str]) -> str:
    """A function of one customer's own values; least and greatest know nothing where one value is missing."""
    listed = ", ".join(arguments)
    if function in ("least", "greatest"):
        missing = " OR ".join(f"{each} IS NULL" for each in arguments)
        return f"CASE WHEN {missing} THEN NULL ELSE {function.upper()}({listed}) END"
    return f"{function.upper()}({listed})"


def _millionths(number: str) -> str:
    return f"CAST(FLOOR({number} * {MILLION} + 0.5) AS BIGINT)"


def _floating(value: Decimal) -> str:
    return f"CAST({float(value)!r} AS DOUBLE)"
