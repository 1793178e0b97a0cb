"""The proposal is the best there is, nobody is overloaded, and little moves."""

from __future__ import annotations

import itertools
import random
import tomllib
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook import templates
from tierbook.followup.allocation import Client, Weights, moved_by_rep, propose, worth
from tierbook.followup.reps import LEVELS, Person, Rep, levels_of, rank_of, reps_of, unknown_words

WEIGHTS = Weights(region=40_000, seniority=30_000, stay=20_000, balance=10_000, tiers=4)
VIP, LOW = 3, 0
EAST, SOUTH = frozenset({"华东"}), frozenset({"华南"})


def client(number: int, tier: int = LOW, owner: str = "", region: str = "east", **more) -> Client:
    return Client(f"{number:04}", tier, owner=owner, region=region, **more)


def rep(name: str, capacity: int | None = None, level: int | None = None, places: frozenset[str] = frozenset()) -> Rep:
    return Rep(name, capacity, level, places)


def company(seed: int, customers: int, people: int, *, spare: float = 1.2) -> tuple[list[Client], list[Rep]]:
    """Customers with a rep, without one, and with one who left; reps of all levels, some for one region only."""
    chance = random.Random(seed)
    names = [f"代表{place}" for place in range(people)]
    room = -(-int(customers * spare) // people)
    reps = [
        rep(name, chance.choice([room, room, room + 1]), chance.choice([0, LEVELS // 2, LEVELS, None]),
            chance.choice([EAST, SOUTH, frozenset()]))
        for name in names
    ]  # fmt: skip
    owners = [*names, *names, "", "离职"]
    clients = [
        client(
            place,
            chance.randrange(4),
            chance.choice(owners),
            chance.choice(["east", "south"]),
            score=float(chance.randrange(100)),
        )
        for place in range(customers)
    ]
    return clients, reps


def best_of_all(clients: list[Client], reps: list[Rep], weights: Weights) -> int:
    """Every allocation there is, tried."""
    choices = [*(one.name for one in reps), ""]
    found = []
    for names in itertools.product(choices, repeat=len(clients)):
        load = Counter(names)
        if all(one.capacity is None or load[one.name] <= one.capacity for one in reps):
            owners = {one.customer_id: name for one, name in zip(clients, names, strict=True)}
            found.append(worth(clients, reps, weights, owners))
    return max(found)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    customers=st.integers(1, 5),
    people=st.integers(1, 3),
    spare=st.sampled_from([0.5, 1, 1.5]),
    stay=st.sampled_from([0, 5_000, 20_000]),
)
def test_no_allocation_is_worth_more(seed, customers, people, spare, stay):
    clients, reps = company(seed, customers, people, spare=spare)
    weights = replace(WEIGHTS, stay=stay)
    proposal = propose(clients, reps, weights)
    placed = {} if not proposal.unplaced else {one.customer_id: "" for one in proposal.unplaced}
    assert proposal.points == worth(clients, reps, weights, dict(proposal.owners) | placed)
    assert proposal.points == best_of_all(clients, reps, weights)


def test_with_hundreds_of_customers_the_hungarian_method_finds_nothing_better():
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    clients, reps = company(7, 240, 6)
    weights = replace(WEIGHTS, balance=0)
    places = [one for one in reps for _ in range(one.capacity or 0)]
    assert len(places) >= len(clients)
    table = np.array([[worth([each], [one], replace(weights), {each.customer_id: one.name}) for one in reps]
                      for each in clients])  # fmt: skip
    columns = [reps.index(one) for one in places]
    rows, chosen = linear_sum_assignment(table[:, columns], maximize=True)
    assert propose(clients, reps, weights).points == table[:, columns][rows, chosen].sum()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), spare=st.sampled_from([0.4, 0.9, 1.0, 1.3]))
def test_nobody_gets_more_customers_than_they_can_take(seed, spare):
    clients, reps = company(seed, 60, 4, spare=spare)
    proposal = propose(clients, reps, WEIGHTS)
    assert all(proposal.after[one.name] <= (one.capacity or 0) for one in reps)
    total = sum(one.capacity or 0 for one in reps)
    assert len(proposal.unplaced) == max(len(clients) - total, 0)


def test_who_finds_no_room_is_of_the_lowest_tier():
    clients = [client(1, VIP), client(2, LOW), client(3, 2), client(4, LOW)]
    proposal = propose(clients, [rep("甲", 2)], WEIGHTS)
    assert {one.tier for one in proposal.unplaced} == {LOW}
    assert {shift.client.customer_id for shift in proposal.shifts} == {"0001", "0003"}


@pytest.mark.parametrize("seed", range(5))
def test_fewer_customers_move_than_by_a_new_allocation_from_scratch(seed):
    clients, reps = company(seed, 200, 5)
    gentle, scratch = propose(clients, reps, WEIGHTS), propose(clients, reps, replace(WEIGHTS, stay=0))
    assert len(gentle.shifts) < len(scratch.shifts)
    assert gentle.fit_after > gentle.fit_before


def test_nothing_moves_twice():
    clients, reps = company(3, 150, 5)
    owners = propose(clients, reps, WEIGHTS).owners
    again = propose([replace(one, owner=owners[one.customer_id]) for one in clients], reps, WEIGHTS)
    assert again.shifts == []


def test_the_order_of_the_customers_changes_nothing():
    clients, reps = company(11, 120, 5)
    first = propose(clients, reps, WEIGHTS)
    random.Random(1).shuffle(clients)
    assert propose(clients, reps, WEIGHTS) == first


def test_without_room_elsewhere_everybody_stays():
    clients = [client(place, owner="甲", region="south") for place in range(4)]
    proposal = propose(clients, [rep("甲", 4, places=EAST), rep("乙", 0, places=SOUTH)], WEIGHTS)
    assert proposal.shifts == []


@pytest.mark.parametrize(
    ("one", "reps", "to", "why"),
    [
        (client(1), [rep("甲", 5, places=SOUTH), rep("乙", 5, places=EAST)], "乙", "no_owner"),
        (client(1, owner="离职"), [rep("甲", 5, places=SOUTH), rep("乙", 5, places=EAST)], "乙", "unknown_owner"),
        (client(1, owner="甲"), [rep("甲", 5, places=SOUTH), rep("乙", 5, places=EAST)], "乙", "region"),
        (client(1, VIP, "甲"), [rep("甲", 5, 0), rep("乙", 5, LEVELS)], "乙", "seniority"),
        (client(1, VIP, "甲"), [rep("甲", 5, 0, SOUTH), rep("乙", 5, LEVELS, EAST)], "乙", "region_seniority"),
        (client(1, owner="甲"), [rep("甲", 0), rep("乙", 5)], "乙", "full"),
    ],
)
def test_a_change_says_why(one, reps, to, why):
    (shift,) = propose([one], reps, WEIGHTS).shifts
    assert (shift.to, shift.why) == (to, why)


def test_a_gain_as_large_as_staying_is_worth_moves_nobody_and_a_hair_more_does():
    reps = [rep("甲", 5, places=SOUTH), rep("乙", 5, places=EAST)]
    level = replace(WEIGHTS, region=20_000, balance=0)
    assert propose([client(1, owner="甲")], reps, level).shifts == []
    assert len(propose([client(1, owner="甲")], reps, replace(level, region=20_001)).shifts) == 1


def test_of_customers_alike_the_best_keep_their_rep():
    clients = [client(place, owner="甲", score=float(place)) for place in range(6)]
    proposal = propose(clients, [rep("甲", 4), rep("乙", 9)], WEIGHTS)
    assert [shift.client.customer_id for shift in proposal.shifts] == ["0001", "0000"]


def test_a_customer_somebody_wants_to_keep_stays_and_takes_a_place():
    clients = [client(1, owner="甲", region="south", held="甲"), client(2, owner="乙"), client(3, owner="乙")]
    proposal = propose(clients, [rep("甲", 1, places=EAST), rep("乙", 2, places=SOUTH)], WEIGHTS)
    assert proposal.owners["0001"] == "甲"
    assert proposal.shifts == []


def test_a_customer_somebody_gave_to_a_rep_goes_there_whatever_fits():
    (shift,) = propose(
        [client(1, VIP, "甲", held="乙")], [rep("甲", 5, LEVELS), rep("乙", 5, 0, SOUTH)], WEIGHTS
    ).shifts
    assert (shift.to, shift.why) == ("乙", "decided")


def test_who_moves_goes_where_there_is_most_room():
    clients = [client(place, owner="甲") for place in range(8)] + [client(9)]
    (shift,) = propose(clients, [rep("甲", 10), rep("乙", 10)], WEIGHTS).shifts
    assert shift.to == "乙"


def test_nobody_to_allocate_is_no_trouble():
    assert propose([], [rep("甲", 3)], WEIGHTS).shifts == []
    assert len(propose([client(1)], [], WEIGHTS).unplaced) == 1


def test_moves_are_counted_by_pair():
    shifts = propose([client(1), client(2), client(3, owner="离职")], [rep("甲", 3)], WEIGHTS).shifts
    assert moved_by_rep(shifts) == {("", "甲"): 2, ("离职", "甲"): 1}


# --- people


@pytest.fixture(scope="module")
def words() -> dict:
    return tomllib.loads((templates.folder() / "allocation.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("junior", "senior"),
    [
        ("实习生", "销售"),
        ("销售", "高级销售"),
        ("客户经理", "高级客户经理"),
        ("客户经理", "销售经理"),
        ("资深", "主管"),
        ("Sales", "Senior"),
        ("Senior", "Manager"),
        ("業務", "資深業務"),
        ("Account manager", "Sales manager"),
        ("销售经理", "总监"),
        ("2", "10"),
    ],
)
def test_who_is_senior_to_whom(words, junior, senior):
    assert rank_of(junior, words["ranks"]) < rank_of(senior, words["ranks"])


def test_a_title_nobody_knows_has_no_rank_and_is_named(words):
    people = [Person("甲", "大侠"), Person("乙", ""), Person("丙", "销售")]
    assert rank_of("大侠", words["ranks"]) is rank_of("", words["ranks"]) is None
    assert unknown_words(people, words["ranks"]) == ["大侠"]
    assert [one.level for one in reps_of(people, words["ranks"], words["everywhere"])] == [None, None, None]


def test_levels_are_equal_steps_of_the_team():
    assert levels_of([2, 3, 2, 5]) == {2: 0, 3: 500, 5: 1000}
    assert levels_of([2, 2]) == {}


@pytest.mark.parametrize(
    ("regions", "inside", "outside"),
    [
        ("华东", ("east", "上海市", ""), ("south", "广东省", "深圳市")),
        ("江苏、浙江", ("east", "江苏省", "苏州市"), ("east", "上海市", "")),
        ("深圳 / 广州市", ("south", "广东省", "深圳市"), ("south", "广东省", "珠海市")),
        ("East China, North China", ("north", "北京市", ""), ("south", "广东省", "")),
    ],
)
def test_where_somebody_works_may_be_regions_provinces_or_cities(words, regions, inside, outside):
    (one,) = reps_of([Person("甲", regions=regions)], words["ranks"], words["everywhere"])
    assert one.covers(*inside)
    assert not one.covers(*outside)
    assert one.covers("", "", ""), "a customer without a place is in nobody's way"


def test_the_whole_country_is_everywhere(words):
    (one,) = reps_of([Person("甲", regions="全国")], words["ranks"], words["everywhere"])
    assert one.covers("overseas", "", "")
