"""What a model is: frozen data, no behaviour beyond looking things up.

A model says what a tier means: which indicators count and for how much, which score earns which
tier, which conditions earn a tag, a segment, a stage or a task. It is read from TOML
(`model.load`) or from a book's 模型 sheets (`model.sheets`) and checked once (`model.check`).
Every number a manager may change carries its unit, source and start date (`Param`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ..labels import Name

Better = Literal["high", "low"]
Missing = Literal["skip", "zero", "mean"]
IndicatorKind = Literal["money", "mean_money", "count", "days", "ratio", "number", "flag", "text", "date"]

SCALE: dict[IndicatorKind, int] = {
    "money": 100, "mean_money": 1_000_000, "count": 1, "days": 1, "ratio": 1_000_000,
    "number": 1_000_000, "flag": 1, "text": 1, "date": 1,
}  # fmt: skip
"""Stored whole number = value x scale. money: cents; mean_money, ratio and number: millionths."""


@dataclass(frozen=True)
class Indicator:
    """One thing known of a customer as of a date.

    `key` is the column in every SQL step and the name in FORMULAS (`recency_days`);
    `about` says in one sentence what it measures, `unit` is shown beside values (天, 元, 单, %, 分).
    """

    key: str
    name: Name
    kind: IndicatorKind
    unit: Name
    about: Name
    table: str
    better: Better = "high"
    aliases: tuple[str, ...] = ()
    actionable: bool = False

    @property
    def scale(self) -> int:
        return SCALE[self.kind]


@dataclass(frozen=True)
class Linear:
    """Share rises from 0 at `lo` to 1 at `hi`, clipped; with better = low it falls instead."""

    lo: Decimal
    hi: Decimal


@dataclass(frozen=True)
class Steps:
    """(threshold, share) pairs, thresholds rising. A threshold belongs to its own step; below the first the
    share is 0 (better = high). With better = low a value <= threshold earns the share of the lowest such
    threshold, above the last the share is 0."""

    steps: tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True)
class Percentile:
    """Mid-rank over customers with data: (customers worse + half of those equal, itself included) / customers."""


@dataclass(frozen=True)
class YesNo:
    """1 where the indicator is above zero, else 0."""


Curve = Linear | Steps | Percentile | YesNo


@dataclass(frozen=True)
class ScoreLine:
    indicator: str
    weight: Decimal
    curve: Curve
    better: Better = "high"
    missing: Missing = "skip"
    group: str = ""
    """One of the six indicator classes of the guides (`trade, behaviour, potential, credit, loyalty, referral`)."""


@dataclass(frozen=True)
class Scorecard:
    key: str
    name: Name
    lines: tuple[ScoreLine, ...]
    source: str = ""


@dataclass(frozen=True)
class Tier:
    """A band of a scale. `floor` is the lowest score in it, in points 0-100; the lowest tier's floor is 0."""

    key: str
    name: Name
    floor: Decimal


@dataclass(frozen=True)
class Scale:
    """One naming of the score; tiers lowest first.

    Where `lifted` is set, a customer below the top tier also reaches tier `lifted` when the scorecard
    `potential_card` gives at least `potential_floor` points (潜力: score or potential).
    """

    key: str
    name: Name
    tiers: tuple[Tier, ...]
    lifted: str = ""
    potential_card: str = ""
    potential_floor: Decimal = Decimal(0)


@dataclass(frozen=True)
class SegmentClass:
    """One of the eight RFM classes: high or low (1 or 0) for R, F, M."""

    key: str
    name: Name
    r: int
    f: int
    m: int


@dataclass(frozen=True)
class Rfm:
    """How R, F and M are scored. `breaks` (method = fixed) hold rising inner edges per letter, in days,
    purchases and currency units; `closed` says which side of a band its edge belongs to (left: [a, b))."""

    method: Literal["quantile", "rank", "fixed"] = "quantile"
    levels: int = 5
    cut: Literal["mean", "median", "score"] = "mean"
    high_score: int = 4
    window: str = "all"
    """all, or a number of months such as 12m, or of days such as 365d."""
    closed: Literal["left", "right"] = "right"
    breaks: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    good_grades: int = 2
    classes: tuple[SegmentClass, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Something a customer has where a condition holds: a tag, a custom segment or a stage.

    `group` gathers exclusive tags (频次: 高频, 中频, 低频); in a group the first rule that holds wins.
    `when` is a condition in the rule language; an empty one always holds (the group's rest).
    `value_of` names an indicator or customer column whose value is itself the tag (行业, 区域); `when` is then
    normally empty.
    """

    key: str
    name: Name
    when: str
    group: str = ""
    group_name: Name = field(default_factory=lambda: Name("", "", ""))
    value_of: str = ""
    source: str = ""
    enabled: bool = True
    where: str = field(default="", compare=False)
    """Where the rule was read from, for messages: a TOML path or 'sheet!C7'. Not part of what the rule is."""


@dataclass(frozen=True)
class Play:
    """One line of the playbook: who gets which task when `when` holds."""

    key: str
    when: str
    action: Name
    channel: str
    due_days: int
    priority: int
    """1 is most urgent."""
    cool_down_days: int
    reason: Name = field(default_factory=lambda: Name("", "", ""))
    """Why this customer, for the rep who reads the task; may hold {placeholders} of indicators."""
    owner: str = "owner"
    """`owner` (the customer's own rep), `boss` (that rep's boss), `auto` (nobody: a message) or a person's name."""
    enabled: bool = True
    where: str = field(default="", compare=False)


ParamValue = int | Decimal | str | bool


@dataclass(frozen=True)
class Param:
    """One number or choice of the model. Its key may be used by name inside rules."""

    key: str
    value: ParamValue
    name: Name
    unit: str
    source: str
    start: dt.date
    choices: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Model:
    """Everything that decides a tier. `main` names the scorecard and `main_scale` the scale people see first."""

    key: str
    name: Name
    version: str
    start: dt.date
    source: str
    main: str
    main_scale: str
    indicators: tuple[Indicator, ...]
    scorecards: tuple[Scorecard, ...]
    scales: tuple[Scale, ...]
    rfm: Rfm
    tags: tuple[Rule, ...]
    segments: tuple[Rule, ...]
    stages: tuple[Rule, ...]
    playbook: tuple[Play, ...]
    params: Mapping[str, Param]

    def param(self, key: str) -> ParamValue:
        return self.params[key].value

    def whole(self, key: str) -> int:
        """A parameter that is a whole number."""
        return int(self.params[key].value)

    def indicator(self, key: str) -> Indicator:
        return next(indicator for indicator in self.indicators if indicator.key == key)

    def scorecard(self, key: str) -> Scorecard:
        return next(card for card in self.scorecards if card.key == key)

    def scale(self, key: str) -> Scale:
        return next(scale for scale in self.scales if scale.key == key)

    @property
    def main_card(self) -> Scorecard:
        return self.scorecard(self.main)
