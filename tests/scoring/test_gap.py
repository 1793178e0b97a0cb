"""The gap to the next tier: each value it names reaches the tier, and one unit less does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tierbook.model.types import Linear, Model, Percentile, Scale, Scorecard, ScoreLine, Steps, Tier, YesNo
from tierbook.scoring.gap import gap_steps
from tierbook.scoring.scales import scale_steps
from tierbook.scoring.scorecards import scorecard_steps

often = settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a run costs 0.1 s, so shrinking would take minutes
    suppress_health_check=list(HealthCheck),
)
VALUES = {
    "orders_12m": [0, 1, 2, 3, 5, 8],
    "amount_12m": [-500, 0, 1, 100_00, 500_00, 500_00, 12_400_00],
    "recency_days": [0, 1, 30, 90, 200, 400],
    "repurchase_rate": [0, 250_000, 333_333, 500_000, 1_000_000],
    "csat": [1_000_000, 3_500_000, 5_000_000],
    "frequency": [0, 1_000_000, 2_000_000, 4_000_000],
}
"""Stored values that people have."""
UNIT = {"frequency": 1_000_000}
BEST = {"repurchase_rate": 1_000_000}
EDGES = {
    "orders_12m": [(0, 4), ("0.5", "2.5"), (-1, 3)],
    "amount_12m": [(0, 1000), ("0.005", "99.995"), (0, 100_000_000), (-10, "33.33")],
    "recency_days": [(0, 365), ("10.5", "99.5")],
    "repurchase_rate": [(0, "0.8"), (0, 1)],
    "csat": [(1, 5)],
    "frequency": [(0, 3), (0, 5000)],
}
"""Ends of straight lines: whole, between stored values, below zero, and so far apart that shares are divided in
floating numbers."""
STEPS = {
    "orders_12m": (1, 3), "amount_12m": ("0.005", 50, 300), "recency_days": (30, "90.5"),
    "repurchase_rate": ("0.3", "0.6"), "csat": (2, 4), "frequency": (1, "2.5"),
}  # fmt: skip


def line_of(draw: Any, key: str, better: str | None = None) -> ScoreLine:
    better = better or draw(st.sampled_from(["high", "low"]))
    lo, hi = draw(st.sampled_from(EDGES[key]))
    shares = sorted(draw(st.sampled_from([0.25, 0.5, 0.9, 1])) for _ in STEPS[key])
    shares = shares if better == "high" else shares[::-1]
    pairs = zip(STEPS[key], shares, strict=True)
    curve = draw(
        st.sampled_from(
            [
                Linear(Decimal(lo), Decimal(hi)),
                Steps(tuple((Decimal(threshold), Decimal(str(share))) for threshold, share in pairs)),
                Percentile(),
                YesNo(),
            ]
        )
    )
    weight = Decimal(str(draw(st.sampled_from([1, 5, 12.5, 30, 60]))))
    missing = draw(st.sampled_from(["skip", "zero", "mean"]))
    return ScoreLine(key, weight, curve, better, missing)  # type: ignore[arg-type]


def model_of(draw: Any, general: Model) -> Model:
    """A model with cards of any lines, and a scale that may lift."""
    keys = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=2, max_size=4, unique=True))
    lines = [line_of(draw, key) for key in keys]
    same = {line.indicator: line.better for line in lines}
    others = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True))
    cards = (
        Scorecard("main", general.name, tuple(lines)),
        Scorecard("potential", general.name, tuple(line_of(draw, key, same.get(key)) for key in others)),
    )
    tiers = [("low", 0), ("general", 40), ("potential", 60), ("vip", 80)]
    if draw(st.booleans()):
        tiers = [("low", 0), ("general", 12), ("potential", 33), ("vip", 66)]
    lifted = draw(st.sampled_from(["", "potential", "general"]))
    scale = Scale("four", general.name, tuple(Tier(key, general.name, Decimal(floor)) for key, floor in tiers),
                  lifted, "potential" if lifted else "", Decimal(draw(st.sampled_from([50, 70]))))  # fmt: skip
    wanted = tuple(replace(each, actionable=True) if each.key in VALUES else each for each in general.indicators)
    return replace(general, main="main", main_scale="four", scorecards=cards, scales=(scale,), indicators=wanted)


def gaps_of(lab: Any, model: Model, people: dict[str, dict[str, int | None]]) -> dict[str, dict[str, Any]]:
    lab.forget()
    lab.put("indicators", [{"customer_id": each, **row} for each, row in people.items()])
    for step in (*scorecard_steps(model), *scale_steps(model), *gap_steps(model, frozenset())):
        lab.engine.run(step)
    return lab.rows("gaps")


class Company:
    """Customers scored in plain Python; `rank` gives the tier of one of them with one value changed."""

    def __init__(self, model: Model, people: dict[str, dict[str, int | None]], oracle_scores: Any) -> None:
        self.model, self.people, self.oracle = model, people, oracle_scores
        self.scale = model.scales[0]
        self.keys = [tier.key for tier in self.scale.tiers]
        self.scaled = {each.key: each.scale for each in model.indicators}

    def rank(self, customer: str, key: str, value: int | None) -> int:
        changed = {**self.people, customer: {**self.people[customer], key: value}}
        shown = {
            each: {k: None if v is None else Fraction(v, self.scaled[k]) for k, v in row.items()}
            for each, row in changed.items()
        }
        scored = self.oracle.scores(shown, self.model)[customer]
        return self.keys.index(self.oracle.tier(self.scale, scored["score_main"], scored["score_potential"]))

    def now(self, customer: str) -> int:
        key = self.model.main_card.lines[0].indicator
        return self.rank(customer, key, self.people[customer][key])


@often
@given(data=st.data())
def test_every_change_reaches_the_next_tier_and_one_unit_less_does_not(data, lab, general, oracle_scores) -> None:
    model = model_of(data.draw, general)
    row = st.fixed_dictionaries({key: st.none() | st.sampled_from(values) for key, values in VALUES.items()})
    rows = data.draw(st.lists(row, min_size=1, max_size=6))
    people: dict[str, dict[str, Any]] = {str(number): each for number, each in enumerate(rows)}
    company = Company(model, people, oracle_scores)

    gaps = gaps_of(lab, model, people)

    for customer, gap in gaps.items():
        now = company.now(customer)
        top = now == len(company.keys) - 1
        assert gap["next_tier"] == (None if top else company.keys[now + 1])
        for line in model.main_card.lines:
            key, to = line.indicator, gap[f"to_{line.indicator}"]
            if top or all(each[key] is None for each in people.values()):
                assert to is None, (customer, key)
            elif to is None:
                best = BEST.get(key, 10**13) if line.better == "high" else 0
                assert company.rank(customer, key, best) <= now, (customer, line)
            else:
                assert company.rank(customer, key, to) > now, (customer, line, to)
                assert gap[f"by_{key}"] == to - (people[customer][key] or 0)
                unit = UNIT.get(key, 1)
                less = to - unit if line.better == "high" else to + unit
                if not worse_than_all(company, customer, line, to):
                    assert company.rank(customer, key, less) <= now, (customer, line, to)


def worse_than_all(company: Company, customer: str, line: ScoreLine, value: int) -> bool:
    """Where a blank needs no more than the worst rank, less of it is as good."""
    known = [row[line.indicator] for row in company.people.values() if row[line.indicator] is not None]
    worst = (min if line.better == "high" else max)(known, default=value)
    blank = company.people[customer][line.indicator] is None
    return (
        blank and isinstance(line.curve, Percentile) and (value <= worst if line.better == "high" else value >= worst)
    )


def two_lines(general: Model, *lines: ScoreLine) -> Model:
    card = Scorecard("main", general.name, lines)
    return replace(general, main="main", scorecards=(*general.scorecards, card))


AMOUNT = ScoreLine("amount_12m", Decimal(60), Linear(Decimal(0), Decimal(1000)))
ORDERS = ScoreLine("orders_12m", Decimal(40), Steps(((Decimal(1), Decimal("0.5")), (Decimal(4), Decimal(1)))))


def people_with(lab, model, **one: int | None) -> dict[str, Any]:
    """The gap of a customer with these values, beside one who has a 0 in all of them."""
    blank = dict.fromkeys((line.indicator for card in model.scorecards for line in card.lines), None)
    return gaps_of(lab, model, {"1": {**blank, **one}, "2": {**blank, **dict.fromkeys(one, 0)}})["1"]


def test_the_smallest_change_is_told_for_each_indicator(lab, general) -> None:
    gap = people_with(lab, two_lines(general, AMOUNT, ORDERS), amount_12m=500_00, orders_12m=1)

    assert (gap["next_tier"], gap["points"]) == ("potential", 10_000_000)  # 30 + 20 of 60
    assert (gap["by_amount_12m"], gap["to_amount_12m"]) == (166_67, 666_67)
    assert (gap["by_orders_12m"], gap["to_orders_12m"]) == (3, 4)


def test_a_floor_is_reached_on_the_very_cent(lab, general) -> None:
    gap = people_with(lab, two_lines(general, AMOUNT, ORDERS), amount_12m=333_33, orders_12m=1)

    # One order gives 20 points; the other 20 of 40 are 333.333… yuan: a cent less than 333.34 gives 39.9998.
    assert (gap["next_tier"], gap["to_amount_12m"]) == ("general", 333_34)


def test_a_blank_that_would_count_changes_the_weights(lab, general) -> None:
    csat = ScoreLine("csat", Decimal(100), Linear(Decimal(1), Decimal(5)))
    gap = people_with(lab, two_lines(general, AMOUNT, csat), amount_12m=500_00, csat=None)

    # 50 points of 100 on money alone; with an answer 160 x 0.6 = 96 are needed, 30 are there: 66 of 100.
    assert (gap["next_tier"], gap["to_csat"], gap["by_csat"]) == ("potential", 3_640_000, 3_640_000)


def test_potential_lifts_where_it_is_nearer(lab, general) -> None:
    referrals = ScoreLine("referrals", Decimal(10), YesNo())
    card = Scorecard("potential", general.name, (ScoreLine("referrals", Decimal(1), YesNo()),))
    model = two_lines(general, replace(AMOUNT, weight=Decimal(90)), referrals)
    model = replace(model, scorecards=tuple(card if each.key == "potential" else each for each in model.scorecards))
    gap = people_with(lab, model, amount_12m=100_00, referrals=0)

    assert gap["next_tier"] == "general"
    assert gap["by_referrals"] == 1  # 19 points, but a potential of 100


def test_an_order_within_so_many_days_is_told_for_the_last_order(lab, general) -> None:
    recency = ScoreLine("recency_days", Decimal(100), Linear(Decimal(0), Decimal(365)), "low")
    gap = people_with(lab, two_lines(general, recency), recency_days=300)

    assert (gap["next_tier"], gap["to_recency_days"], gap["by_recency_days"]) == ("general", 219, -81)


def test_an_indicator_nobody_has_a_value_for_is_left_out(lab, general) -> None:
    model = two_lines(general, AMOUNT, ORDERS)
    steps = gap_steps(model, frozenset({"orders_12m"}))

    assert "orders_12m" not in steps[-1].select
    assert "amount_12m" in steps[-1].select


@pytest.mark.parametrize(("count", "to"), [("orders", 3_000_000), ("quantity", 2_500_000)])
def test_frequency_moves_by_whole_orders_or_by_thousandths_of_a_piece(lab, changed, count: str, to: int) -> None:
    line = ScoreLine("frequency", Decimal(100), Linear(Decimal(0), Decimal("6.25")))
    gap = people_with(lab, two_lines(changed(f"count={count}"), line), frequency=1_000_000)

    assert gap["to_frequency"] == to


def test_a_card_without_anything_to_act_on_tells_the_points_alone(lab, general) -> None:
    tenure = ScoreLine("tenure_days", Decimal(1), Linear(Decimal(0), Decimal(100)))
    gap = people_with(lab, two_lines(general, tenure), tenure_days=50)

    assert gap == {"customer_id": "1", "next_tier": "potential", "points": 10_000_000}


def test_a_scale_with_one_tier_has_no_next_one(lab, general) -> None:
    only = replace(general.scale("abc"), tiers=(Tier("c", general.name, Decimal(0)),))
    model = replace(two_lines(general, AMOUNT, ORDERS), scales=(only,), main_scale="abc")
    gap = people_with(lab, model, amount_12m=500_00, orders_12m=1)

    assert (gap["next_tier"], gap["points"], gap["to_amount_12m"]) == (None, None, None)


@pytest.mark.parametrize("main", ["general", "simple", "software"])
def test_the_shipped_cards_tell_everybody_below_the_top(lab, changed, made, main: str) -> None:
    orders = [
        {"customer_id": who, "date": dt.date(2026, month, 9), "amount": 100 * month, "order_id": str(month)}
        for who, months in {"A": (1, 3, 8), "B": (2,), "C": (5, 6, 7, 8)}.items()
        for month in months
    ]
    lab.score({"orders": orders, "customers": [{"customer_id": "D"}]}, made.AS_OF[0], changed(f"main={main}"))

    tiers, gaps = lab.rows("tiers"), lab.rows("gaps")
    names = ["low", "general", "potential", "vip"]
    told = {who: row["next_tier"] for who, row in gaps.items()}
    assert told == {who: [*names, None][names.index(row["tier_four"]) + 1] for who, row in tiers.items()}
    assert any(value is not None for row in gaps.values() for key, value in row.items() if key.startswith("to_"))
