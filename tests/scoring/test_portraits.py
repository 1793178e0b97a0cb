"""Portraits: counted again in plain Python, and in words."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tierbook.labels import LANGUAGES
from tierbook.scoring.complaints import COMPLAINT_KINDS
from tierbook.scoring.habits import Habit, chance_of
from tierbook.scoring.portrait_texts import LINES, title_of, told
from tierbook.scoring.portraits import Portrait, group_portraits, portrait_steps, portraits, prepare

AS_OF = dt.date(2026, 8, 31)
MONDAY = dt.date(2026, 8, 24)
REACHED_BY = ("phone", "online", "mail", "meeting")
TOPICS = ("product", "repair", "cooperation")


def portraits_of(lab, model, facts, as_of: dt.date = AS_OF) -> dict[str, Portrait]:
    lab.score(facts, as_of, model)
    prepare(lab.engine, model, as_of)
    return dict(portraits(lab.engine, model))


def bought(who: str, day: dt.date, amount: float = 10, **more: Any) -> dict[str, Any]:
    return {"order_id": f"{who} {day} {more}", "customer_id": who, "date": day, "amount": amount, **more}


def complaint(who: str, text: str | None, **more: Any) -> dict[str, Any]:
    return {"customer_id": who, "date": MONDAY, "kind": "complaint", "text": text, **more}


def test_every_step_is_carried_to_spark_without_a_warning(general, caplog) -> None:
    import sqlglot
    from sqlglot import exp

    known = {"orders", "interactions", "feedback"}
    for step in portrait_steps(general, AS_OF):
        carried = sqlglot.transpile(step.select, "duckdb", "spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
        tree = sqlglot.parse_one(step.select, "duckdb")
        assert len(carried) == 1
        assert step.select.startswith("-- One row"), step.name
        assert {table.name for table in tree.find_all(exp.Table)} <= known, step.name
        assert all(tree.named_selects), step.name
        for total in tree.find_all(exp.Sum, exp.Avg):
            assert not any(number.is_number and "e" in number.this for number in total.find_all(exp.Literal)), step.name
        known.add(step.name)
    assert not caplog.records


# -- what complaints are about ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("到货比约定晚了三天", ["delivery"]),
        ("打印机一个月内两次卡纸", ["quality"]),
        ("客服电话一直占线", ["service"]),
        ("发票开错抬头", ["billing"]),
        ("軟體升級後報表打不開", ["quality"]),
        ("安装师傅改约两次", ["fitting"]),
        ("涨价没有提前通知", ["price"]),
        ("Delivery three days late", ["delivery"]),
        ("Hotline always busy", ["service"]),
        ("The related template is fine", ["other"]),
        ("LATE again, and the box was BROKEN", ["quality", "delivery"]),
        ("发货慢，发票也开错", ["delivery", "billing"]),
        ("不满意", ["other"]),
        (None, ["other"]),
    ],
)
def test_a_complaint_counts_under_every_kind_it_speaks_of(lab, general, text, kinds) -> None:
    found = portraits_of(lab, general, {"feedback": [complaint("A", text)]})["A"]

    assert [key for key, _ in found.complaints] == kinds
    assert found.complained == 1


def test_no_kind_of_complaint_shares_a_word_with_another() -> None:
    words = [word for kind in COMPLAINT_KINDS for word in kind.words]

    assert len(words) == len(set(words))
    assert all(word == word.lower().strip() and word for word in words)
    assert not any("%" in word or "_" in word for word in words)


# -- habits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tries", "least", "share"), [(9, 3, 0.1), (20, 20, 0.9), (40, 1, 0.5), (40, 22, 0.5),
                                                       (12, 0, 0.2), (300, 10, 0.3), (5000, 900, 1 / 7)])  # fmt: skip
def test_the_chance_of_a_habit_is_the_binomial_tail(tries, least, share) -> None:
    part = Fraction(share)
    exact = sum((comb(tries, k) * part**k * (1 - part) ** (tries - k) for k in range(least, tries + 1)), Fraction(0)) \
        if tries <= 300 else None  # fmt: skip
    found = chance_of(tries, least, share)

    if exact is None:
        from scipy.stats import binom

        assert found == pytest.approx(float(binom.sf(least - 1, tries, share)), rel=1e-9)
    else:
        assert found == pytest.approx(float(exact), rel=1e-9, abs=1e-300)


def test_the_chance_of_more_than_there_are_is_none_and_of_none_is_certain() -> None:
    assert chance_of(10, 11, 0.5) == 0
    assert chance_of(10, 0, 0.5) == 1
    assert chance_of(10, 3, 0.0) == 0
    assert chance_of(10, 3, 1.0) == 1
    assert chance_of(10**6, 1, 0.5) == 1


def weekly(who: str, first: dt.date, count: int, days: int = 7) -> list[dict[str, Any]]:
    return [bought(who, first - dt.timedelta(days=days * n)) for n in range(count)]


def test_a_weekday_shows_where_it_is_no_accident(lab, general) -> None:
    """A buys on eight Mondays, B on eight weekdays in turn, C seven times only."""
    crowd = [bought(f"X{n}", MONDAY - dt.timedelta(days=n)) for n in range(70)]
    facts = {"orders": [*weekly("A", MONDAY, 8), *weekly("B", MONDAY, 8, 6), *weekly("C", MONDAY, 7), *crowd]}
    found = portraits_of(lab, general, facts)

    assert found["A"].weekday == Habit(0, 1.0, 8)
    assert found["B"].weekday is None
    assert found["C"].weekday is None


def test_a_day_on_which_everybody_buys_is_nobodys_habit(lab, general) -> None:
    facts = {"orders": [row for who in "ABCD" for row in weekly(who, MONDAY, 20)]}

    assert all(each.weekday is None for each in portraits_of(lab, general, facts).values())


def test_a_season_needs_two_years(lab, general) -> None:
    """Both buy nine times in winter; A in two winters, B in one."""
    winters = [dt.date(2026, 2, day) for day in range(1, 6)], [dt.date(2025, 2, day) for day in range(1, 5)]
    crowd = [bought(f"X{n}", AS_OF - dt.timedelta(days=5 * n)) for n in range(140)]
    twice = [bought("A", day) for winter in winters for day in winter]
    once = [bought("B", dt.date(2026, 2, day)) for day in range(1, 10)]
    found = portraits_of(lab, general, {"orders": [*twice, *once, *crowd]})

    assert found["A"].season == Habit(0, 1.0, 9)
    assert found["B"].season is None


def test_an_order_of_several_lines_is_one_order_on_its_first_day(lab, general) -> None:
    lines = [{**row, "date": row["date"] + dt.timedelta(days=1)} for row in weekly("A", MONDAY, 8)]
    crowd = [bought(f"X{n}", MONDAY - dt.timedelta(days=n)) for n in range(70)]

    assert portraits_of(lab, general, {"orders": [*weekly("A", MONDAY, 8), *lines, *crowd]})["A"].weekday == Habit(
        0, 1.0, 8
    )


# -- counted again ---------------------------------------------------------------------------------------------------


def shown(counts: Counter[str], among: tuple[str, ...]) -> list[tuple[str, int]]:
    ordered = sorted(((key, counts[key]) for key in among if counts[key]), key=lambda each: -each[1])
    return ordered[:3]


def recounted(facts, as_of: dt.date, customer: str, oracle) -> dict[str, Any]:
    start = oracle.months_before(as_of, 12)

    def rows(table: str) -> list[dict[str, Any]]:
        return [row for row in facts[table] if row["customer_id"] == customer and start < row["date"] <= as_of]

    money: dict[str, Fraction] = {}
    for row in rows("orders"):
        if row["category"]:
            money[row["category"]] = money.get(row["category"], Fraction(0)) + Fraction(str(row["amount"]))
    really = {row["category"] for row in rows("orders") if row["amount"] >= 0}
    spent = {name: amount for name, amount in money.items() if name in really and amount > 0}
    whole = sum(spent.values(), Fraction(0))
    best = sorted(spent.items(), key=lambda each: (-each[1], each[0]))[:3]
    complaints = [row for row in rows("feedback") if row["kind"] == "complaint"]
    return {
        "categories": [(name, float(amount / whole)) for name, amount in best],
        "contacts": shown(Counter(row["channel"] for row in rows("interactions")), REACHED_BY),
        "topics": shown(Counter(row["topic"] for row in rows("interactions")), TOPICS),
        "complained": len(complaints),
    }


often = settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
                 suppress_health_check=list(HealthCheck))  # fmt: skip


@often
@given(data=st.data())
def test_every_count_equals_its_definition(data, lab, general, oracle, made) -> None:
    as_of = data.draw(st.sampled_from(made.AS_OF))
    facts = data.draw(made.facts(as_of))
    found = portraits_of(lab, general, facts, as_of)

    for customer, each in found.items():
        expected = recounted(facts, as_of, customer, oracle)
        assert list(each.categories) == expected["categories"]
        assert list(each.contacts) == expected["contacts"]
        assert list(each.topics) == expected["topics"]
        assert each.complained == expected["complained"]


@pytest.mark.whole
@often
@given(data=st.data())
def test_a_group_is_the_sum_of_its_members(data, lab, general, made) -> None:
    as_of = data.draw(st.sampled_from(made.AS_OF))
    single = portraits_of(lab, general, data.draw(made.facts(as_of)), as_of)
    groups = group_portraits(lab.engine, general, "tier")
    members: dict[str, list[Portrait]] = {}
    for row in lab.rows("results").values():
        members.setdefault(row["tier"], []).append(single[row["customer_id"]])

    assert groups.keys() == members.keys()
    for tier, each in groups.items():
        assert each.complained == sum(one.complained for one in members[tier])
        topics = Counter(dict.fromkeys(TOPICS, 0))
        for one in members[tier]:
            topics.update(dict(one.topics))
        assert list(each.topics) == shown(topics, TOPICS)
        csat = [one.figures["csat"] for one in members[tier] if "csat" in one.figures]
        assert each.figures.get("csat") == (pytest.approx(sum(csat) / len(csat)) if csat else None)
        still = sum(one.figures.get("open_complaints", 0) for one in members[tier])
        assert each.figures.get("open_complaints", 0) == still


@pytest.mark.whole
@often
@given(data=st.data())
def test_the_portrait_of_one_is_the_one_among_all(data, lab, general, made) -> None:
    as_of = data.draw(st.sampled_from(made.AS_OF))
    everybody = portraits_of(lab, general, data.draw(made.facts(as_of)), as_of)
    one = data.draw(st.sampled_from(sorted(everybody)))

    assert dict(portraits(lab.engine, general, one)) == {one: everybody[one]}


# -- in words --------------------------------------------------------------------------------------------------------


def test_a_portrait_in_words(lab, general) -> None:
    orders = [
        *(bought("A", MONDAY - dt.timedelta(days=20 * n), 60, category="纸", channel="直销") for n in range(3)),
        bought("A", MONDAY, 20, category="笔", channel="官网"),
    ]
    talks = [
        {"customer_id": "A", "date": MONDAY, "channel": each, "topic": "repair"} for each in ("phone", "phone", "mail")
    ]
    said = [complaint("A", "发货慢", status="open"), complaint("A", "态度差", status="closed"),
            {"customer_id": "A", "date": MONDAY, "kind": "csat", "score": 2}]  # fmt: skip
    found = portraits_of(lab, general, {"orders": orders, "interactions": talks, "feedback": said})["A"]
    words = told(found, general, "zh-CN")

    assert list(words) == list(LINES)
    assert words["needs"] == "纸 90%、笔 10%"
    assert words["next_why"] == "数据太少：买过品类的客户不足 30 位"
    assert words["order_channel"] == "直销 75%、官网 25%"
    assert words["rhythm"] == "约每 13 天一单；已过 7 天"
    assert words["topics"] == "售后维修 3"
    assert words["contact"] == "电话 2、邮件 1"
    assert words["complaints"] == "2 次：物流交付 1、服务响应 1；1 次未解决"
    assert words["satisfaction"] == "2 分，偏低"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_is_told_with_lift_support_and_confidence(lab, changed, language) -> None:
    model = changed("next_min_both=1", "next_min_buyers=1")
    baskets = {"A": "pq", "B": "pq", "C": "p", "D": "r"}
    orders = [bought(who, MONDAY, category=name) for who, names in baskets.items() for name in names]
    words = told(portraits_of(lab, model, {"orders": orders})["C"], model, language)

    assert words["next"] == "q"
    assert all(part in words["next_why"] for part in ("67%", "1.33", "50%", "p"))


def test_an_empty_portrait_says_nothing(general) -> None:
    assert set(told(Portrait(), general, "en").values()) == {""}
    assert set(told(Portrait(is_group=True), general, "en").values()) == {""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_a_title(language) -> None:
    assert len({title_of(line, language) for line in LINES}) == len(LINES)
