"""Accounts of points by hand-worked cases, and by laws that hold whatever happens."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.errors import ModelError
from tierbook.loyalty import (
    Entry,
    Grade,
    Program,
    Purchase,
    Redemption,
    corrections,
    entry_of,
    line_of,
    program_of,
    statement,
)

D = dt.date
AS_OF = D(2026, 10, 31)
GRADES = (Grade("普通", 0), Grade("银卡", 100), Grade("金卡", 300))
RULES = Program(cents_per_point=1000, order_points=10, valid_months=24, grade_months=12, notice_days=60, grades=GRADES)


def order(number: str, day: D, yuan: float, customer: str = "1") -> Purchase:
    return Purchase(customer, number, day, round(yuan * 100))


def back(number: str, day: D, yuan: float, customer: str = "1") -> Purchase:
    return Purchase(customer, number, day, -round(yuan * 100), is_return=True)


def gift(day: D | None, points: int | None, what: str = "水杯", row: int = 2, customer: str = "1") -> Redemption:
    return Redemption(row, customer, day, points, what)


def told(bought, redeemed=(), as_of=AS_OF, accepted=(), program=RULES):
    return statement(bought, redeemed, program, as_of, known={"1", "2", "3"}, accepted=accepted)


def shown(found) -> list[tuple[str, int]]:
    return [(line.kind, line.points) for line in found.lines]


def test_points_are_earned_by_whole_amounts_and_by_order() -> None:
    (member,) = told([order("A", D(2026, 10, 1), 999.99), order("B", D(2026, 10, 2), 10)]).members

    assert member.balance == 99 + 10 + 1 + 10
    assert (member.grade, member.to_next) == ("银卡", 180)


def test_a_grade_s_floor_belongs_to_it_and_only_the_last_months_count() -> None:
    assert told([order("A", D(2026, 10, 1), 900)]).members[0].grade == "银卡"
    assert told([order("A", D(2026, 10, 1), 899)]).members[0].grade == "普通"
    assert told([order("A", D(2025, 10, 31), 900)]).members[0].grade == "普通"
    assert told([order("A", D(2025, 11, 1), 900)]).members[0].grade == "银卡"


def test_points_are_good_for_so_many_months_and_gone_on_that_day() -> None:
    bought = [order("A", D(2024, 10, 31), 100)]

    assert told(bought, as_of=D(2026, 10, 30)).members[0].balance == 20
    (member,) = told(bought, as_of=AS_OF).members
    assert (member.balance, member.expired) == (0, 20)
    assert told(bought, program=replace(RULES, valid_months=0)).members[0].balance == 20


def test_points_that_run_out_soon_are_told_with_their_day() -> None:
    bought = [order("A", D(2024, 12, 30), 100), order("B", D(2024, 12, 31), 100), order("C", D(2026, 1, 1), 50)]

    (member,) = told(bought).members

    assert (member.expiring, member.expires) == (20, D(2026, 12, 30))


def test_a_gift_takes_the_oldest_points_first() -> None:
    bought = [order("A", D(2024, 11, 30), 100), order("B", D(2026, 9, 1), 100)]

    (member,) = told(bought, [gift(D(2026, 10, 1), 15)]).members

    assert (member.balance, member.redeemed, member.expiring) == (25, 15, 5)


@pytest.mark.parametrize(
    ("row", "check", "value"),
    [
        (gift(D(2026, 10, 2), 21), "too_few_points", "20"),
        (gift(D(2026, 9, 30), 5), "too_few_points", "0"),
        (gift(D(2026, 10, 2), 0), "bad_points", ""),
        (gift(D(2026, 10, 2), -5), "bad_points", "-5"),
        (gift(None, 5), "bad_day", ""),
        (gift(D(2026, 11, 1), 5), "future_day", "2026-11-01"),
        (gift(D(2026, 10, 2), 5, customer="9"), "unknown_customer", "9"),
        (gift(D(2026, 10, 2), 5, customer=""), "no_customer", ""),
    ],
)
def test_a_redemption_that_cannot_be_is_refused_with_its_reason(row: Redemption, check: str, value: str) -> None:
    found = told([order("A", D(2026, 10, 1), 100)], [row])

    assert [(one.row, one.check, one.value) for one in found.refused] == [(2, check, value)]
    assert found.members[0].balance == 20


def test_goods_returned_take_their_points_back_and_the_whole_order_its_own_too() -> None:
    bought = [order("A", D(2026, 10, 1), 100), order("B", D(2026, 10, 2), 50)]

    part = told([*bought, back("A", D(2026, 10, 5), 40)])
    whole = told([*bought, back("A", D(2026, 10, 5), 40), back("A", D(2026, 10, 9), 60)])

    assert part.members[0].balance == 20 - 4 + 15
    assert whole.members[0].balance == 15
    assert shown(whole) == [("earn", 20), ("earn", 15), ("return", -4), ("return", -16)]


def test_an_order_earns_by_the_grade_of_its_day_and_the_grade_goes_by_plain_points() -> None:
    """100 plain points make silver, which earns one and a half times: 59 plain ones become 88."""
    rules = replace(RULES, grades=(Grade("普通", 0), Grade("银卡", 100, "", 150), Grade("金卡", 300, "", 200)))
    bought = [order("A", D(2026, 10, 1), 900), order("B", D(2026, 10, 2), 499), back("B", D(2026, 10, 9), 499)]

    found = told(bought[:2], program=rules)
    assert shown(found) == [("earn", 100), ("earn", 88)]
    assert (found.members[0].qualifying, found.members[0].grade) == (159, "银卡")
    again = told(bought, program=rules)
    assert (shown(again)[-1], again.members[0].balance) == (("return", -88), 100)
    later = [order("A", D(2025, 9, 1), 900), order("B", D(2026, 10, 2), 499)]  # silver no more by then
    assert shown(told(later, program=rules)) == [("earn", 100), ("earn", 59)]


def test_what_a_return_cannot_take_is_owed_and_settled_by_the_next_order() -> None:
    spent = [order("A", D(2026, 10, 1), 100), back("A", D(2026, 10, 9), 100)]
    gone = [gift(D(2026, 10, 5), 18)]

    owing = told(spent, gone).members[0]
    settled = told([*spent, order("B", D(2026, 10, 20), 300)], gone)

    assert (owing.balance, owing.owed) == (0, 18)
    assert (settled.members[0].balance, settled.members[0].owed) == (40 - 18, 0)
    assert shown(settled) == [("earn", 20), ("redeem", -18), ("return", -2), ("earn", 40), ("settle", -18)]


def test_a_gift_given_before_a_late_return_was_known_stays_and_is_owed() -> None:
    bought, gone = [order("A", D(2026, 10, 1), 100)], [gift(D(2026, 10, 10), 20)]
    kept = kept_after([told(bought, gone)])
    late = [*bought, back("A", D(2026, 10, 5), 100)]
    accepted = {(one.line.customer_id, one.line.subject) for one in kept if one.line.kind == "redeem"}

    again = told(late, gone, accepted=accepted)

    assert not again.refused
    assert (again.members[0].balance, again.members[0].owed) == (0, 20)
    assert told(late, gone).refused[0].check == "too_few_points"


def test_two_equal_gifts_on_a_day_are_two() -> None:
    rows = [gift(D(2026, 10, 5), 5, row=2), gift(D(2026, 10, 5), 5, row=3)]

    found = told([order("A", D(2026, 10, 1), 100)], rows)

    assert found.members[0].balance == 10
    assert len({line.subject for line in found.lines}) == 3


def test_a_late_return_makes_a_correcting_entry_and_nothing_is_added_twice() -> None:
    before = told([order("A", D(2026, 10, 1), 100), order("B", D(2026, 10, 2), 100)])
    kept = kept_after([before])
    cancelled = told([order("A", D(2026, 10, 1), 70)])

    new = corrections(kept, cancelled.lines, D(2026, 10, 31))

    assert [(one.line.kind, one.line.subject, one.line.points, one.line.day) for one in new] == [
        ("correct", "earn:A", -3, D(2026, 10, 31)),
        ("correct", "earn:B", -20, D(2026, 10, 31)),
    ]
    assert not corrections([*kept, *new], cancelled.lines, D(2026, 11, 1))
    undone = corrections([*kept, *new], before.lines, D(2026, 11, 2))
    assert {one.entry_id for one in undone}.isdisjoint({one.entry_id for one in (*kept, *new)})


def test_a_line_comes_back_from_the_ledger_as_it_was() -> None:
    (line,) = told([order("A", D(2026, 10, 1), 100)]).lines

    assert line_of(line.customer_id, line.day, entry_of(line)) == line


@pytest.mark.parametrize(
    ("grades", "key"),
    [
        ((), "loyalty.no_grades"),
        ((Grade("银卡", 5),), "loyalty.lowest_floor"),
        ((Grade("普通", 0), Grade("银卡", 0)), "loyalty.same_floor"),
        ((Grade("普通", 0), Grade("普通", 9)), "loyalty.grade_twice"),
    ],
)
def test_grades_that_say_nothing_clear_are_refused(general, grades, key) -> None:
    with pytest.raises(ModelError) as refused:
        program_of(general, grades, where="会员等级")
    assert refused.value.key == key


def test_the_programme_is_the_model_s_parameters(general) -> None:
    program = program_of(general, GRADES[::-1], where="")

    assert (program.cents_per_point, program.order_points, program.grades) == (1000, 10, GRADES)


days = st.integers(0, 900).map(lambda n: D(2024, 6, 1) + dt.timedelta(n))
orders = st.builds(
    lambda n, day, yuan, who: order(f"O{n}", day, yuan, who),
    st.integers(0, 30), days, st.integers(0, 2000), st.sampled_from("123"),
)  # fmt: skip
returns = st.builds(
    lambda n, day, yuan, who: back(f"O{n}", day, yuan, who),
    st.integers(0, 30), days, st.integers(1, 2000), st.sampled_from("123"),
)  # fmt: skip
gifts = st.lists(
    st.tuples(days, st.integers(1, 150), st.sampled_from("123"), st.sampled_from(["杯", "伞"])), max_size=6
)


def as_rows(told_gifts) -> list[Redemption]:
    return [gift(day, points, what, row, who) for row, (day, points, who, what) in enumerate(told_gifts, start=2)]


def kept_after(statements, kept=()) -> list[Entry]:
    """What is kept when these statements are made one after the other."""
    found = list(kept)
    for number, one in enumerate(statements):
        found += corrections(found, one.lines, AS_OF + dt.timedelta(number))
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(orders, returns), max_size=25), gifts, st.randoms(), st.sampled_from([100, 130]))
def test_a_balance_is_the_sum_of_its_lines_never_below_0_and_the_order_of_facts_is_nothing(
    bought, rows, dice, factor
) -> None:
    redeemed = as_rows(rows)
    rules = replace(RULES, grades=(*GRADES[:1], replace(GRADES[1], factor=factor), GRADES[2]))
    found = told(bought, redeemed, program=rules)

    by_customer = defaultdict(list)
    for line in found.lines:
        by_customer[line.customer_id].append(line)
    for member in found.members:
        lines = by_customer[member.customer_id]
        assert member.balance == sum(line.points for line in lines)
        assert all(balance >= 0 for balance in accumulate(line.points for line in lines))
        assert [line.day for line in lines] == sorted(line.day for line in lines)
        assert member.balance == member.earned - member.redeemed - member.expired
    shuffled = [dice.sample(bought, len(bought)), dice.sample(redeemed, len(redeemed))]
    again = told(*shuffled, program=rules)
    assert (again.members, again.lines) == (found.members, found.lines)
    assert len({(line.customer_id, line.subject) for line in found.lines}) == len(found.lines)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.one_of(orders, returns), max_size=8), min_size=1, max_size=4), st.randoms())
def test_what_is_kept_sums_to_the_statement_of_the_facts_known_last(versions, dice) -> None:
    found = [told(bought) for bought in versions]
    kept = kept_after(found)

    sums = defaultdict(int)
    for entry in kept:
        sums[entry.line.customer_id] += entry.line.points
    wanted = {member.customer_id: member.balance for member in found[-1].members}
    assert {who: points for who, points in sums.items() if points} == {who: n for who, n in wanted.items() if n}
    assert len({entry.entry_id for entry in kept}) == len(kept)
    assert not corrections(kept, found[-1].lines, AS_OF)
    other = kept_after([*dice.sample(found, len(found)), found[-1]])
    assert sum(one.line.points for one in other) == sum(one.line.points for one in kept)
