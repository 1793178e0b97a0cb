"""Conditions written by people, compiled to SQL.

What a rule means, beyond `model.nodes`:
    Missing is unknown: a comparison with a value nobody has is neither true nor false, and so is its `not`;
    a rule holds only where it is true. Only `is empty` asks for missing values.
    A column beside a number, or two columns, are compared exactly, in whole numbers. Whatever is calculated
    (arithmetic, aggregates) is compared as a floating number with a small tolerance (`comparing`), so that a
    value that is mathematically on the line counts as on it.
    Aggregates over all customers are taken once. A calculated value is made whole (millionths) before it is
    summed: sums of floating numbers change from run to run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..engine import Step, date_literal, quoted, text_literal
from ..model import nodes as n
from ..model.types import Model
from ..model.words import CARE
from ..schema import CUSTOMERS
from .aggregates import MEDIAN, Aggregates
from .comparing import MIRROR, SIGN, against, alike, close
from .portable import MILLION


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
    `segments`, `moves` (customer_id, previous_tier, tier_move) and `care` (customer_id and the columns of `CARE`).
    """
    compiler = _Compiler(name, model, as_of)
    tests = {key: compiler.condition(tree) for key, tree in rules.items()}
    places = {column: compiler.column(column) for column in reads}
    source = compiler.source()
    steps = tuple(compiler.aggregates.steps(source))
    return Compiled(tests, source + compiler.aggregates.crossed(), steps, places)


class _Compiler:
    def __init__(self, name: str, model: Model, as_of: dt.date) -> None:
        self.model = model
        self.as_of = as_of
        self.aggregates = Aggregates(name)
        self.relations: dict[str, None] = {}
        self.taken: dict[n.Aggregate, str] = {}
        self.writers: dict[type, Callable[..., str]] = {
            n.Always: lambda _: "1 = 1",
            n.And: lambda node: self.joined(" AND ", node.parts),
            n.Or: lambda node: self.joined(" OR ", node.parts),
            n.Not: lambda node: f"NOT ({self.condition(node.part)})",
            n.Compare: lambda node: self.compare(node.op, node.left, node.right),
            n.Between: self.between,
            n.InList: self.in_list,
            n.IsEmpty: lambda node: self.is_empty(node.value),
            n.Contains: self.contains,
            n.HasTag: self.has_tag,
        }

    # -- columns ---------------------------------------------------------------------------------------------------

    def source(self) -> str:
        joins = (f"\nLEFT JOIN {each} ON {each}.customer_id = customers.customer_id" for each in self.relations)
        return "customers" + "".join(joins)

    def column(self, node: n.Node) -> str:
        assert isinstance(node, n.Column), f"not a column: {node}"
        relation, key = self.place(node)
        if relation != "customers":
            self.relations[relation] = None
        return f"{relation}.{quoted(key)}"

    def place(self, node: n.Column) -> tuple[str, str]:
        """Where a column lives: relation and name."""
        if node.origin != "result":
            return "customers" if node.origin == "customer" else "indicators", node.key
        renamed = {"score": f"score_{self.model.main}", "tier": f"tier_{self.model.main_scale}"}
        key = renamed.get(node.key, node.key)
        if key.startswith("score_"):
            return "scores", key
        if key.startswith("tier_") and key != "tier_move":
            return "tiers", key
        moves = dict.fromkeys(("previous_tier", "tier_move"), "moves") | dict.fromkeys(CARE, "care")
        return {**moves, "stage": "stages", "custom_segment": "segments"}.get(key, "rfm"), key

    # -- conditions ------------------------------------------------------------------------------------------------

    def condition(self, node: n.Node) -> str:
        return self.writers[type(node)](node)

    def joined(self, word: str, parts: Iterable[n.Node]) -> str:
        return "(" + word.join(self.condition(part) for part in parts) + ")"

    def between(self, node: n.Between) -> str:
        return f"({self.compare('>=', node.value, node.low)} AND {self.compare('<=', node.value, node.high)})"

    def in_list(self, node: n.InList) -> str:
        return "(" + " OR ".join(self.compare("=", node.value, option) for option in node.options) + ")"

    def contains(self, node: n.Contains) -> str:
        return f"STRPOS(LOWER({self.text(node.value)}), {text_literal(node.part.lower())}) > 0"

    def has_tag(self, node: n.HasTag) -> str:
        self.relations["tags"] = None
        return f"tags.{quoted('tag_' + node.key)} = 1"

    def is_empty(self, node: n.Node) -> str:
        kind = n.kind_of(node)
        if kind == "text":
            value = self.text(node)
            return f"({value} IS NULL OR {value} = '')"
        return f"{self.date(node) if kind == 'date' else self.number(node)} IS NULL"

    def compare(self, op: n.CompareOp, left: n.Node, right: n.Node) -> str:
        kind = n.kind_of(left)
        if kind == "text":
            return f"{self.text(left)} {SIGN[op]} {self.text(right)}"
        if kind == "date":
            return f"{self.date(left)} {SIGN[op]} {self.date(right)}"
        if isinstance(left, n.Number) and not isinstance(right, n.Number):
            return self.compare(MIRROR[op], right, left)
        a, b = self.whole(left), self.whole(right)
        if a and b:
            return alike(op, a, b)
        if a and isinstance(right, n.Number):
            return against(op, a[0], Fraction(right.value) * a[1])
        rounded = any(isinstance(each, n.Column) and each.scale == MILLION for each in (*n.walk(left), *n.walk(right)))
        return close(op, self.number(left), self.number(right), rounded=rounded)

    # -- values ----------------------------------------------------------------------------------------------------

    def text(self, node: n.Node) -> str:
        return text_literal(node.value) if isinstance(node, n.Text) else self.column(node)

    def date(self, node: n.Node) -> str:
        return date_literal(node.value) if isinstance(node, n.Date) else self.column(node)

    def whole(self, node: n.Node) -> tuple[str, int] | None:
        """A number held as value x scale exactly: (SQL, scale); None for whatever is calculated."""
        if isinstance(node, n.Column) and not _is_floating(node):
            return self.column(node), node.scale
        if isinstance(node, n.Call) and node.function == "days_since":
            return f"DATE_DIFF('DAY', {self.date(node.arguments[0])}, {date_literal(self.as_of)})", 1
        if isinstance(node, n.Standing) and node.function == "rank":
            whole, _ = self.asked(node)
            return self.aggregates.rank(whole), 1
        return None

    def number(self, node: n.Node) -> str:
        """Any number as a floating one, in display units."""
        if isinstance(node, n.Number):
            return f"CAST({float(node.value)!r} AS DOUBLE)"
        if isinstance(node, n.Arithmetic):
            left, right = self.number(node.left), self.number(node.right)
            return f"({left} / NULLIF({right}, 0))" if node.op == "/" else f"({left} {node.op} {right})"
        if isinstance(node, n.Aggregate):
            if node not in self.taken:
                self.taken[node] = self.aggregate(node)
            return self.taken[node]
        if isinstance(node, n.Standing) and node.function == "share":
            return self.share_of_sum(node)
        if isinstance(node, n.Call) and node.function != "days_since":
            return _call(node.function, [self.number(each) for each in node.arguments])
        sql, scale = self.whole(node) or (self.column(node), 1)
        return f"CAST({sql} AS DOUBLE)" if scale == 1 else f"(CAST({sql} AS DOUBLE) / {scale})"

    def aggregate(self, node: n.Aggregate) -> str:
        among = "" if node.among is None else self.condition(node.among)
        if node.function == "count":
            is_rule = n.kind_of(node.value) == "condition"
            holds = self.condition(node.value) if is_rule else f"NOT ({self.is_empty(node.value)})"
            return self.aggregates.count(f"{among} AND {holds}" if among else holds)
        if node.function == "share":
            return self.aggregates.share(self.condition(node.value), among)
        whole, scale = self.asked(node)
        if node.function in ("median", "percentile"):
            percent = MEDIAN if node.percent is None else node.percent
            return self.aggregates.percentile(whole, scale, percent)
        return self.aggregates.over(node.function, whole, scale)

    def asked(self, node: n.Aggregate | n.Standing) -> tuple[str, int]:
        """What is asked about, as a whole number and its scale; NULL for customers who do not take part."""
        whole = self.whole(node.value)
        if whole is None:
            whole = f"CAST(FLOOR({self.number(node.value)} * {MILLION} + 0.5) AS BIGINT)", MILLION
        if node.among is None:
            return whole
        return f"CASE WHEN {self.condition(node.among)} THEN {whole[0]} END", whole[1]

    def share_of_sum(self, node: n.Standing) -> str:
        """One customer's part of the sum; nobody has one where the sum is not above zero."""
        total = n.Aggregate("sum", node.value, node.among)
        whole, scale = self.asked(node)
        of_all = self.number(total)
        return f"(CAST({whole} AS DOUBLE) / {scale} / CASE WHEN {of_all} > 0 THEN {of_all} END)"


def _is_floating(column: n.Column) -> bool:
    """Whether the customer table holds the column as a floating number."""
    return column.origin == "customer" and CUSTOMERS.column(column.key).kind == "number"


def _call(function: n.CallName, arguments: list[str]) -> str:
    """A function of one customer's own values; least and greatest know nothing where one value is missing."""
    called = f"{function.upper()}({', '.join(arguments)})"
    if function not in ("least", "greatest"):
        return called
    missing = " OR ".join(f"{each} IS NULL" for each in arguments)
    return f"CASE WHEN {missing} THEN NULL ELSE {called} END"
