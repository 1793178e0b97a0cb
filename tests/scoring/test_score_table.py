"""Any table scored by the same steps as customers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tierbook.engine import Engine
from tierbook.scoring import score_table

AS_OF = dt.date(2026, 8, 31)
few = settings(
    max_examples=5,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a run costs 0.1 s, so shrinking would take minutes
    suppress_health_check=list(HealthCheck),
)


def columns_of(rows: list[dict[str, object]], keys: list[str]) -> dict[str, list[object]]:
    """Values as the hidden results sheet gives them: floats and blanks."""
    found: dict[str, list[object]] = {}
    for key in keys:
        found[key] = ["" if row[key] is None else float(row[key]) for row in rows]  # type: ignore[arg-type]
    return found


@few
@given(data=st.data())
def test_the_customers_of_a_run_score_as_in_the_run(data, lab, changed, made) -> None:
    facts = data.draw(made.facts(AS_OF))
    model = changed(*data.draw(st.sampled_from([(), ("main=simple",), ("main=software",)])))
    lab.score(facts, AS_OF, model)
    rows = list(lab.rows().values())
    keys = [line.indicator for card in model.scorecards for line in card.lines]
    main, others = model.main, [card.key for card in model.scorecards]

    with Engine(threads=1) as own:
        for card in others:
            found = score_table(own, model, columns_of(rows, keys), {}, card)
            told = [(score or 0.0, coverage) for score, _, coverage in found]
            assert told == [(row[f"score_{card}"], row[f"coverage_{card}"]) for row in rows]
        tiers = [tier or rows[0]["tier"] for _, tier, _ in score_table(own, model, columns_of(rows, keys), {}, main)]
        known = [row["tier"] if row["coverage"] else rows[0]["tier"] for row in rows]
        assert tiers == known


def test_a_table_is_ranked_among_the_population(engine, general) -> None:
    population = {"amount_12m": [100.0, 200.0, 300.0], "recency_days": [1.0, 2.0, 3.0], "frequency": [1.0, 1.0, 1.0]}
    table = {"monetary": [], "amount_12m": [250.0, None]}

    [(score, tier, coverage), blank] = score_table(engine, general, {"amount_12m": table["amount_12m"]}, population,
                                                   "software", "en")  # fmt: skip

    assert score == 62.5  # third of four: (2 worse + half of itself) / 4
    assert tier == "Potential"
    assert coverage == 0.4
    assert blank == (None, "", 0.0)


def test_the_mean_stands_in_for_a_blank_where_the_line_says_so(engine, general) -> None:
    from dataclasses import replace

    card = general.scorecard("software")
    lines = tuple(replace(line, missing="mean") if line.indicator == "csat" else line for line in card.lines)
    model = replace(general, scorecards=(*general.scorecards[:2], replace(card, lines=lines), general.scorecards[3]))

    [(score, _, coverage)] = score_table(engine, model, {"renewal_rate": [1.0]}, {"csat": [1.0, 5.0]}, "software")

    assert (score, coverage) == (80.0, 0.3)  # 30 x 1 and 20 x 1/2, of 50; only 30 of 100 had data


def test_what_is_no_number_has_no_data(engine, general) -> None:
    found = score_table(engine, general, {"csat": ["x", "", None, float("nan"), 1e300, 5]}, {}, "software")

    assert [score for score, _, _ in found] == [None, None, None, None, None, 100.0]


def test_an_empty_table_has_no_rows(engine, general) -> None:
    assert score_table(engine, general, {}, {"csat": [1.0]}, "software") == []
    assert score_table(engine, general, {"csat": []}, {"csat": [1.0]}, "software") == []


def test_columns_of_different_lengths_are_refused(engine, general) -> None:
    with pytest.raises(ValueError, match="different lengths"):
        score_table(engine, general, {"csat": [1.0], "nps": [1.0, 2.0]}, {}, "software")
