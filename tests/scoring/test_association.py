"""The next best category: a worked example, and the same rules counted in plain Python."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tierbook.scoring.association import PARAMS, NextBest, nothing_to_offer
from tierbook.scoring.portraits import portraits, prepare

AS_OF = dt.date(2026, 8, 31)
DAY = dt.date(2026, 5, 1)


def orders_of(baskets: dict[str, str], day: dt.date = DAY) -> list[dict[str, Any]]:
    """One order line of 10 per letter: {"A": "pq"} is A buying p and q."""
    return [
        {"order_id": f"{who} {name}", "customer_id": who, "date": day, "amount": 10, "category": name}
        for who, names in baskets.items()
        for name in names
    ]


def offers(lab, model, orders) -> dict[str, NextBest]:
    lab.score({"orders": orders}, AS_OF, model)
    prepare(lab.engine, model, AS_OF)
    return {customer: portrait.offer for customer, portrait in portraits(lab.engine, model)}


@pytest.fixture(scope="module")
def easy(changed):
    """Rules that a handful of customers can pass."""
    return changed("next_min_support=0.1", "next_min_both=2", "next_min_lift=1.1", "next_min_buyers=5")


def test_the_worked_example(lab, easy) -> None:
    """Ten customers; p: A-F (6), q: A-D, G (5), r: E, F, H (3), s: G-J (4).

    p and q: 4 of 10 buy both; of the 6 who buy p, 4 buy q: 2/3 against 5/10, lift 4/3. p and r: both 2, lift
    2 x 10 / (6 x 3) = 10/9. From q to p: 4/5 against 6/10, lift 4/3. r and s: only H buys both, too few.
    """
    baskets = {"A": "pq", "B": "pq", "C": "pq", "D": "pq", "E": "pr", "F": "pr", "G": "qs", "H": "rs", "I": "s",
               "J": "s"}  # fmt: skip
    found = offers(lab, easy, orders_of(baskets))

    assert found["E"] == NextBest("q", "p", 1.333333, 0.4, 4 / 6)
    assert found["G"] == NextBest("p", "q", 1.333333, 0.4, 4 / 5)
    assert found["A"] == NextBest("r", "p", 1.111111, 0.2, 2 / 6)
    assert found["H"] == NextBest("p", "r", 1.111111, 0.2, 2 / 3)
    assert found["I"] == NextBest(why="no_rule")


def test_too_few_customers_are_told_instead_of_a_guess(lab, changed) -> None:
    baskets = {"A": "pq", "B": "pq", "C": "p", "D": "r"}
    settings_of = ("next_min_both=1", "next_min_support=0", "next_min_lift=1")
    five = offers(lab, changed(*settings_of, "next_min_buyers=5"), orders_of(baskets))
    four = offers(lab, changed(*settings_of, "next_min_buyers=4"), orders_of(baskets))

    assert {each.why for each in five.values()} == {"few_buyers"}
    assert four["C"].category == "q"


def test_who_bought_nothing_lately_is_offered_nothing(lab, easy) -> None:
    orders = orders_of({"A": "pq", "B": "pq", "C": "pq", "D": "p", "E": "r"})
    long_ago = [{**row, "customer_id": "F"} for row in orders_of({"F": "p"}, dt.date(2025, 8, 31))]
    found = offers(lab, easy, [*orders, *long_ago])

    assert found["D"].category == "q"
    assert found["F"] == NextBest(why="bought_nothing")


def test_what_only_came_back_was_not_bought(lab, easy) -> None:
    orders = orders_of({"A": "pq", "B": "pq", "C": "pq", "D": "p", "E": "r"})
    returned = {**orders_of({"D": "q"})[0], "amount": -10}
    found = offers(lab, easy, [*orders, returned])

    assert found["D"].category == "q"


def test_a_lift_on_its_line_counts(lab, changed) -> None:
    """3 of 4 buy p, 2 buy q, 2 both: lift 2 x 4 / (3 x 2) = 4/3."""
    orders = orders_of({"A": "pq", "B": "pq", "C": "p", "D": "r"})
    rest = ("next_min_both=1", "next_min_support=0", "next_min_buyers=1")

    assert offers(lab, changed(*rest, "next_min_lift=1.3333"), orders)["C"].category == "q"
    assert offers(lab, changed(*rest, "next_min_lift=1.3334"), orders)["C"].why == "no_rule"


def test_a_support_on_its_line_counts(lab, changed) -> None:
    orders = orders_of({"A": "pq", "B": "pq", "C": "p", "D": "r", "E": "r"})
    rest = ("next_min_both=1", "next_min_lift=1", "next_min_buyers=1")

    assert offers(lab, changed(*rest, "next_min_support=0.4"), orders)["C"].category == "q"
    assert offers(lab, changed(*rest, "next_min_support=0.41"), orders)["C"].why == "no_rule"


def test_a_model_without_these_parameters_offers_nothing(lab, general) -> None:
    from dataclasses import replace

    bare = replace(general, params={key: each for key, each in general.params.items() if key not in PARAMS})
    orders = orders_of({f"C{n}": "pq" for n in range(40)} | {"X": "p"})

    assert offers(lab, bare, orders)["X"] == NextBest(why="no_rule")
    assert nothing_to_offer(bare, 0, has_bought=False) == NextBest(why="bought_nothing")


def recounted(baskets: dict[str, set[str]], least: dict[str, Fraction]) -> dict[str, tuple[Any, ...]]:
    """Customer -> (next category, because, lift, both, because buyers), by sets and fractions."""
    everyone = [each for each in baskets.values() if each]
    if len(everyone) < least["next_min_buyers"]:
        return {}
    names = sorted(set().union(*everyone)) if everyone else []
    rules = []
    for because, offered in permutations(names, 2):
        ours = [each for each in everyone if because in each]
        both = sum(offered in each for each in ours)
        others = sum(offered in each for each in everyone)
        lift = Fraction(both, len(ours)) / Fraction(others, len(everyone))
        good = both >= least["next_min_both"] and Fraction(both, len(everyone)) >= least["next_min_support"]
        if good and lift >= least["next_min_lift"]:
            shown = (lift * 10**6 + Fraction(1, 2)).__floor__()
            rules.append((-shown, -both, offered, because, len(ours)))
    found = {}
    for customer, held in baskets.items():
        fitting = [rule for rule in sorted(rules) if rule[3] in held and rule[2] not in held]
        if fitting:
            lift, both, offered, because, count = fitting[0]
            found[customer] = (offered, because, -lift / 10**6, -both / len(everyone), -both / count)
    return found


LEAST = st.fixed_dictionaries(
    {
        "next_min_support": st.sampled_from([Fraction(0), Fraction(1, 10), Fraction(1, 4), Fraction(1, 2)]),
        "next_min_both": st.sampled_from([Fraction(1), Fraction(2), Fraction(3)]),
        "next_min_lift": st.sampled_from([Fraction(1), Fraction(11, 10), Fraction(3, 2)]),
        "next_min_buyers": st.sampled_from([Fraction(1), Fraction(4), Fraction(7)]),
    }
)
BASKETS = st.dictionaries(st.sampled_from("ABCDEFGHIJ"), st.sets(st.sampled_from("pqrst"), max_size=4), max_size=10)


@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(baskets=BASKETS, least=LEAST)
@example(
    baskets={"A": {"p", "q"}, "B": {"p", "q"}, "C": {"p"}, "D": {"p"}},
    least={key: Fraction(1) for key in PARAMS if key != "next_months"} | {"next_min_support": Fraction(0)},
)
def test_every_offer_equals_its_definition(lab, changed, baskets, least) -> None:
    model = changed(*(f"{key}={float(value):g}" for key, value in least.items()))
    told = orders_of({who: "".join(sorted(names)) for who, names in baskets.items()})
    everybody = [{"customer_id": who} for who in "ABCDEFGHIJ"]

    lab.score({"customers": everybody, "orders": told}, AS_OF, model)
    prepare(lab.engine, model, AS_OF)
    found = {
        customer: (offer.category, offer.because, offer.lift, offer.support, offer.confidence)
        for customer, portrait in portraits(lab.engine, model)
        if (offer := portrait.offer).category
    }

    assert found == recounted(baskets, least)
