"""What must hold whatever the facts are."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tierbook.scoring.scorecards import scorecard_steps

few = settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a run costs 0.1 s, so shrinking would take minutes
    suppress_health_check=list(HealthCheck),
)


def results_of(lab, facts, as_of, model) -> dict[str, dict[str, Any]]:
    lab.score(facts, as_of, model)
    return lab.rows()


@few
@given(data=st.data())
def test_the_order_of_rows_never_matters(data, lab, general, made) -> None:
    as_of = data.draw(st.sampled_from(made.AS_OF))
    facts = data.draw(made.facts(as_of))
    mixed = {table: random.Random(7).sample(rows, len(rows)) for table, rows in facts.items()}

    assert results_of(lab, facts, as_of, general) == results_of(lab, mixed, as_of, general)


@few
@given(data=st.data())
def test_splitting_an_order_into_lines_changes_nothing(data, lab, general, made) -> None:
    as_of = data.draw(st.sampled_from(made.AS_OF))
    facts = data.draw(made.facts(as_of))
    split = []
    for row in facts["orders"]:
        cents = int(Decimal(str(row["amount"])) * 100)
        part = cents // 3 if cents > 0 else 0
        cost = None if row["cost"] is None else Decimal(row["cost"]) / 2
        split.append({**row, "amount": Decimal(cents - part) / 100, "cost": cost})
        if part:
            split.append({**row, "amount": Decimal(part) / 100, "cost": cost})
        else:
            split[-1]["cost"] = row["cost"]

    before = results_of(lab, facts, as_of, general)

    assert before == results_of(lab, {**facts, "orders": split}, as_of, general)


@few
@given(data=st.data())
def test_equal_customers_get_equal_rows(data, lab, general, made) -> None:
    as_of = data.draw(st.sampled_from(made.AS_OF))
    facts = data.draw(made.facts(as_of))
    twins = {
        table: [*rows, *({**row, "customer_id": "twin of A"} for row in rows if row.get("customer_id") == "A")]
        for table, rows in facts.items()
    }
    told = [row for row in facts["referrals"] if row["referrer_id"] == "A"]
    twins["referrals"] += [{**row, "referrer_id": "twin of A"} for row in told]
    found = results_of(lab, twins, as_of, general)

    if "A" in found and "twin of A" in found:
        assert {**found["A"], "customer_id": ""} == {**found["twin of A"], "customer_id": ""}


@few
@given(data=st.data())
def test_a_past_day_is_scored_as_it_was_known_then(data, lab, general, made) -> None:
    as_of = data.draw(st.sampled_from(made.AS_OF))
    facts = data.draw(made.facts(as_of))
    past = data.draw(made.days(as_of))
    known = {
        table: [row for row in rows if (row.get("due_date") if table == "renewals" else row.get("date", past)) <= past]
        for table, rows in facts.items()
    }
    everybody = {row["customer_id"] for rows in facts.values() for row in rows if "customer_id" in row}
    everybody |= {row[key] for row in facts["referrals"] for key in ("referrer_id", "referred_id")}
    named = {row["customer_id"] for row in facts["customers"]}
    known["customers"] = [*facts["customers"], *({"customer_id": each} for each in sorted(everybody - named))]

    assert results_of(lab, facts, past, general) == results_of(lab, known, past, general)


@few
@given(data=st.data())
def test_a_better_value_never_lowers_the_score(data, lab, general) -> None:
    lines = {line.indicator: line for card in general.scorecards for line in card.lines}
    value = st.none() | st.integers(0, 3) | st.sampled_from([30, 90, 365, 600_000, 5_000_000, 10_000_000])
    people = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(lines, value)), min_size=1, max_size=6))
    before = scores_of(lab, general, people)
    for indicator in data.draw(st.sets(st.sampled_from(sorted(lines)), max_size=6)):
        line = lines[indicator]
        if people[0][indicator] is None:
            continue
        step = data.draw(st.sampled_from([1, 1000, 10**7]))
        better = people[0][indicator] + (step if line.better == "high" else -step)
        after = scores_of(lab, general, [{**people[0], indicator: better}, *people[1:]])
        for card in general.scorecards:
            assert after[f"score_{card.key}"] >= before[f"score_{card.key}"], (indicator, card.key)


def scores_of(lab, model, people: list[dict[str, int | None]]) -> dict[str, int]:
    """The scores of the first of these customers, from their indicators as stored."""
    lab.forget()
    lab.put("indicators", [{"customer_id": str(number), **row} for number, row in enumerate(people)])
    lab.engine.run_all(scorecard_steps(model))
    return lab.rows("scores")["0"]
