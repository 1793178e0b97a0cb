"""What a condition becomes once read: a tree of frozen nodes, nothing else.

Kinds of value (`Kind`): number, text, date, condition. A tree is well typed when it exists; a compiler
needs no further checks. Positions (1-based characters of the rule) are carried where a message may need
them and do not take part in equality.

    Values
      Number(value: Decimal, param: str)      param = key of the parameter it came from, "" for a literal
      Text(value: str)                        beside a choice column it already is the choice's *key*
      Date(value: date)
      Column(key, kind, scale, origin)        stored whole number = value x scale (money: 100 ...); origin says
                                              where it lives: indicator | customer | result
      Arithmetic(op: + - * /, left, right)    numbers; division by zero gives no value
      Call(function, arguments)               abs(x) least(x, ...) greatest(x, ...) coalesce(x, ...) of numbers,
                                              days_since(date column) = as_of - date in days
      Aggregate(function, value, among, percent)
                                              over all customers, or those for whom `among` holds; customers
                                              without a value do not count; avg median min max sum percentile
                                              of numbers (percentile by linear interpolation, percent 0-100),
                                              count of anything: customers with a value, or, where `value` is a
                                              condition, customers for whom it holds; share of a condition: the
                                              part of the customers for whom it holds, 0 to 1. Never nested.
      Standing(function, value, among)        one customer among all, or among those for whom `among` holds (others
                                              have none): rank = 1 + customers with a larger value, equal values
                                              equal ranks; share = own value / the sum, none where that is not > 0
    Conditions
      Compare(op: = != < <= > >=, left, right)   both of one kind; text knows only = and !=
      Between(value, low, high)                  both ends included
      InList(value, options)                     options: tuple of Number, Text or Date
      IsEmpty(value)                             no value (text: also "")
      Contains(value, part: str)                 text has the part, case does not matter
      HasTag(key)                                the customer has the automatic tag
      And(parts) Or(parts) Not(part)
      Always()                                   the empty rule: holds for everybody

A comparison with a missing value is unknown, so is its Not (as in SQL); a rule holds only where it is true.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Literal

Kind = Literal["number", "text", "date", "condition"]
Origin = Literal["indicator", "customer", "result"]
CompareOp = Literal["=", "!=", "<", "<=", ">", ">="]
ArithmeticOp = Literal["+", "-", "*", "/"]
CallName = Literal["abs", "least", "greatest", "coalesce", "days_since"]
AggregateName = Literal["avg", "median", "percentile", "min", "max", "sum", "count", "share"]
StandingName = Literal["rank", "share"]


@dataclass(frozen=True)
class Number:
    """A number of the rule, or a parameter's value (then `param` is its key)."""

    value: Decimal
    param: str = ""
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Text:
    """A quoted text; beside a choice column it already is the choice's key."""

    value: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Date:
    """A quoted date beside a date column."""

    value: dt.date
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Column:
    """What a customer has: an indicator, a column of the customer table or a result."""

    key: str
    kind: Kind
    scale: int = 1
    origin: Origin = "indicator"
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Arithmetic:
    """Two numbers joined; division by zero gives no value."""

    op: ArithmeticOp
    left: Node
    right: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    """A function of one customer's own values."""

    function: CallName
    arguments: tuple[Node, ...]
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Aggregate:
    """One number over all customers, or over those for whom `among` holds."""

    function: AggregateName
    value: Node
    among: Node | None = None
    percent: Decimal | None = None
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Standing:
    """Where one customer stands among all, or among those for whom `among` holds."""

    function: StandingName
    value: Node
    among: Node | None = None
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Compare:
    """Two values of one kind compared; text knows only = and !=."""

    op: CompareOp
    left: Node
    right: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Between:
    """Both ends included."""

    value: Node
    low: Node
    high: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class InList:
    """The value is one of fixed values."""

    value: Node
    options: tuple[Number | Text | Date, ...]
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class IsEmpty:
    """There is no value; an empty text is none."""

    value: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Contains:
    """The text has the part; case does not matter."""

    value: Node
    part: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class HasTag:
    """The customer has the automatic tag."""

    key: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class And:
    """All parts hold; two parts or more."""

    parts: tuple[Node, ...]
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Or:
    """At least one part holds; two parts or more."""

    parts: tuple[Node, ...]
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Not:
    """The part is false (not: unknown)."""

    part: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Always:
    """The empty rule: holds for everybody."""

    position: int = field(default=0, compare=False)


Value = Number | Text | Date | Column | Arithmetic | Call | Aggregate | Standing
Condition = Compare | Between | InList | IsEmpty | Contains | HasTag | And | Or | Not | Always
Node = Value | Condition


def kind_of(node: Node) -> Kind:
    """What the node gives: number, text, date or condition."""
    if isinstance(node, Column):
        return node.kind
    if isinstance(node, Number | Arithmetic | Call | Aggregate | Standing):
        return "number"
    if isinstance(node, Text):
        return "text"
    if isinstance(node, Date):
        return "date"
    return "condition"


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for each in fields(node):
        inside = getattr(node, each.name)
        for child in inside if isinstance(inside, tuple) else (inside,):
            if isinstance(child, Node):
                yield from walk(child)
