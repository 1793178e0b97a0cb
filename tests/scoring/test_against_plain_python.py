"""Our SQL against the same definitions in plain Python, on books of facts that like to stand on edges."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tierbook.model.types import Indicator, Model

EDGES = [
    *("one order each", "one customer with one order", "all customers equal", "nobody bought", "orders on month ends"),
    *("orders around a leap day", "amounts in ties", "returned on another day", "all orders on one day"),
]
"""Books of `strategies.special`."""
SETTINGS = st.lists(
    st.sampled_from(
        [
            "count=lines", "count=quantity", "rfm.method=rank", "rfm.method=fixed", "rfm.closed=left",
            "rfm.cut=median", "rfm.cut=score", "rfm.window=12m", "rfm.window=90d", "repurchase_months=6",
            "returned_days=30", "main=simple",
        ]
    ),
    max_size=3,
    unique_by=lambda setting: setting.split("=")[0],
)  # fmt: skip
often = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a run costs 0.1 s, so shrinking would take minutes
    suppress_health_check=list(HealthCheck),
)


def stored(indicator: Indicator, value: Any, oracle: Any) -> Any:
    """A value as the engine keeps it: whole numbers, value x scale."""
    if value is None or isinstance(value, str | dt.date):
        return value
    return int(oracle.rounded(Fraction(value), 6) * indicator.scale)


ONE_OFF = ("aov_ratio", "clv", "clv_low", "clv_high", "churn_risk", "return_chance", "p_alive")
"""Rounded once from a floating number: one stored unit either way, and money to five digits."""


def everything(oracle: Any, oracle_lifetime: Any, book: Any, params: dict[str, Any], window: str) -> dict[str, Any]:
    """All indicators of all customers by their definitions."""
    found, lives = oracle.indicators(book, window), oracle_lifetime.lifetimes(oracle, book, params)
    return {customer: {**values, **lives[customer]} for customer, values in found.items()}


def with_levels(model: Model, levels: int) -> Model:
    """Another number of levels; fixed breaks stay at five."""
    if model.rfm.method == "fixed":
        return model
    return replace(model, rfm=replace(model.rfm, levels=levels, high_score=levels - 1))


@often
@given(data=st.data())
def test_every_indicator_equals_its_definition(data, lab, changed, oracle, oracle_lifetime, made) -> None:
    as_of = data.draw(st.sampled_from(made.AS_OF))
    facts = data.draw(made.facts(as_of))
    model = changed(*(each for each in data.draw(SETTINGS) if not each.startswith(("rfm.m", "rfm.c", "rfm.l"))))

    lab.score(facts, as_of, model)

    indicators_agree(lab, facts, as_of, model, oracle, oracle_lifetime)


def indicators_agree(lab, facts, as_of, model, oracle, oracle_lifetime) -> None:
    params = {key: param.value for key, param in model.params.items()}
    ours = lab.rows("indicators")
    theirs = everything(oracle, oracle_lifetime, oracle.Book(facts, as_of, params), params, model.rfm.window)
    assert ours.keys() == theirs.keys()
    for customer, values in theirs.items():
        for indicator in model.indicators:
            expected = stored(indicator, values[indicator.key], oracle)
            found = ours[customer][indicator.key]
            if indicator.key in ONE_OFF and expected is not None:
                assert abs(found - expected) <= 1 + abs(expected) / 50_000, (customer, indicator.key)
            else:
                assert found == expected, (customer, indicator.key)


@often
@given(data=st.data())
def test_rfm_equals_its_definition_by_every_method_and_cut(data, lab, changed, oracle, oracle_scores, made) -> None:
    as_of = data.draw(st.sampled_from(made.AS_OF))
    facts = data.draw(made.facts(as_of))
    model = with_levels(changed(*data.draw(SETTINGS)), data.draw(st.sampled_from([2, 3, 5, 10])))
    params = {key: param.value for key, param in model.params.items()}

    ours = lab.run_to("rfm", facts, as_of, model)

    values = oracle.indicators(oracle.Book(facts, as_of, params), model.rfm.window)
    theirs = oracle_scores.rfm(values, model)
    columns = ("r", "f", "m", "rfm_total", "rfm_grade", "segment")
    assert {c: {k: row[k] for k in columns} for c, row in ours.items()} == theirs


@often
@given(data=st.data())
def test_scores_tiers_tags_and_stages_equal_their_definitions(
    data, lab, changed, oracle, oracle_lifetime, oracle_scores, made
) -> None:
    as_of = data.draw(st.sampled_from(made.AS_OF))
    facts = data.draw(made.facts(as_of))
    model = changed(*data.draw(SETTINGS))

    lab.score(facts, as_of, model)

    judgements_agree(lab, facts, as_of, model, oracle, oracle_lifetime, oracle_scores)


def judgements_agree(lab, facts, as_of, model, oracle, oracle_lifetime, oracle_scores) -> None:
    """Scores, coverage, tiers, points, stages, tags in every form, own segments."""
    params = {key: param.value for key, param in model.params.items()}
    indicators = {each.key: each for each in model.indicators}
    exact = everything(oracle, oracle_lifetime, oracle.Book(facts, as_of, params), params, model.rfm.window)
    kept = {
        customer: {
            key: oracle.rounded(Fraction(value)) if isinstance(value, int | float | Fraction) else value
            for key, value in values.items()
            if key in indicators
        }
        for customer, values in exact.items()
    }
    scored = oracle_scores.scores(kept, model)
    found, tiers = lab.rows("scores"), lab.rows("tiers")
    stages, tags, points = lab.rows("stages"), lab.rows("tags"), lab.rows("why_points")
    segments = lab.rows("segments")
    customers = {row["customer_id"]: row for row in facts["customers"]}
    held = oracle_scores.tags(exact, customers, scored)
    for customer, expected in scored.items():
        for card in model.scorecards:
            assert found[customer][f"score_{card.key}"] == expected[f"score_{card.key}"] * 10**6
            assert abs(found[customer][f"coverage_{card.key}"] - expected[f"coverage_{card.key}"] * 10**9) <= 0.5
        main, potential = expected[f"score_{model.main}"], expected["score_potential"]
        for scale in model.scales:
            assert tiers[customer][f"tier_{scale.key}"] == oracle_scores.tier(scale, main, potential)
        lines = model.main_card.lines
        told = [points[customer][line.indicator] for line in lines]
        assert told == [None if each is None else each * 10**6 for each in expected["points"]]
        assert stages[customer]["stage"] == oracle_scores.stage(exact[customer])
        rules = [rule for rule in model.tags if not rule.value_of]
        assert {rule.key for rule in rules if tags[customer][f"tag_{rule.key}"]} == held[customer]
        values = {rule.key: rule.value_of for rule in model.tags if rule.value_of}
        known = {**exact[customer], **customers.get(customer, {})}
        assert {key: tags[customer][f"tag_{key}"] for key in values} == {
            key: known.get(of) for key, of in values.items()
        }
        assert tags[customer]["tags"] == oracle_scores.tag_text(model, held[customer], known)
        assert segments[customer]["custom_segment"] == oracle_scores.segment(exact[customer], known, held[customer])


@pytest.mark.parametrize("as_of", [dt.date(2026, 8, 31), dt.date(2024, 2, 29), dt.date(2024, 8, 31)])
@pytest.mark.parametrize("name", EDGES)
def test_books_on_an_edge_equal_their_definitions(
    lab, general, oracle, oracle_lifetime, oracle_scores, made, as_of, name
) -> None:
    assert set(EDGES) == set(made.special(as_of))
    facts = {"customers": [], **made.special(as_of)[name]}

    lab.score(facts, as_of, general)

    indicators_agree(lab, facts, as_of, general, oracle, oracle_lifetime)
    judgements_agree(lab, facts, as_of, general, oracle, oracle_lifetime, oracle_scores)
