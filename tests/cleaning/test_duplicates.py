"""One customer under several ids: who is merged, who is asked about, and where the facts count."""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.cleaning import PairDecision, clean
from tierbook.cleaning.duplicates import name_pairs
from tierbook.cleaning.names import Named, bare_core, core, likeness
from tierbook.engine import text_literal

AS_OF = dt.date(2026, 8, 31)
CODE, OTHER_CODE = "91350100M000100Y43", "91110000600037341L"
TWINS = [
    {"customer_id": "1", "name": "上海栎川办公科技有限公司", "phone": "13800000001", "owner": "王", "city": None},
    {"customer_id": "2", "name": "上海栎川办公科技", "phone": "138-0000-0001", "owner": None, "city": "上海"},
    {"customer_id": "3", "name": "苏州云帆机械有限公司", "phone": "13800000003", "owner": "李", "city": "苏州"},
]


@pytest.fixture
def decided(engine, with_params, delivered):
    """decided({"customers": rows}, [PairDecision(…)], duplicates="review"): clean with people's decisions."""

    def run(tables, decisions=(), **params):
        sources = {table: delivered(engine, table, rows) for table, rows in tables.items()}
        accounts = clean(engine, sources, with_params(**params), AS_OF, decisions).accounts
        for account in accounts.values():
            told = sum(account.set_aside.values()) + sum(account.merged.values())
            assert account.delivered == account.kept + told
        return accounts

    return run


def merged(engine):
    return engine.rows("SELECT customer_id, kept_id, evidence FROM merged_ids ORDER BY customer_id")


def pairs(engine):
    return engine.rows(
        "SELECT left_id, right_id, evidence, likeness, sure, suggestion FROM contact_pairs ORDER BY left_id, right_id"
    )


def test_the_same_phone_and_names_alike_make_one_customer(engine, decided):
    accounts = decided({"customers": TWINS})
    assert merged(engine) == [("2", "1", "phone")]
    assert engine.rows("SELECT customer_id, name, phone, owner FROM customers ORDER BY 1") == [
        ("1", "上海栎川办公科技有限公司", "13800000001", "王"), ("3", "苏州云帆机械有限公司", "13800000003", "李"),
    ]  # fmt: skip
    assert engine.rows("SELECT source_row, check_key, column_key, value FROM findings WHERE severity = 'merged'") == [
        (3, "merged_customer", "phone", "2 → 1")
    ]
    assert accounts["customers"].merged == {"merged_customer": 1}


def test_the_fullest_row_stays_and_its_blanks_are_filled(engine, decided):
    fuller = {**TWINS[1], "owner": "赵", "email": "a@x.cn"}
    decided({"customers": [{**TWINS[0], "owner": None, "title": "经理"}, fuller]})
    assert merged(engine) == [("1", "2", "phone")]
    assert engine.rows("SELECT customer_id, owner, email, title FROM customers") == [("2", "赵", "a@x.cn", "经理")]


def test_facts_of_a_merged_id_count_for_the_one_kept_in_every_table(engine, decided):
    day = "2026-01-05"
    accounts = decided(
        {
            "customers": TWINS,
            "orders": [{"customer_id": one, "date": day, "amount": "10"} for one in ("1", "2", "2", "3")],
            "interactions": [{"customer_id": "2", "date": day}],
            "feedback": [{"customer_id": "2", "date": day, "kind": "NPS", "score": "9"}],
            "renewals": [{"contract_id": "K", "customer_id": "2", "due_date": day}],
            "referrals": [
                {"referrer_id": "2", "referred_id": "3", "date": day},
                {"referrer_id": "3", "referred_id": "2", "date": day},
                {"referrer_id": "1", "referred_id": "2", "date": day},
            ],
        }
    )
    assert engine.rows("SELECT customer_id, count(*), sum(amount) FROM orders GROUP BY 1 ORDER BY 1") == [
        ("1", 3, 3000), ("3", 1, 1000),
    ]  # fmt: skip
    for table in ("interactions", "feedback", "renewals"):
        assert engine.rows(f"SELECT DISTINCT customer_id FROM {table}") == [("1",)]
    assert engine.rows("SELECT referrer_id, referred_id FROM referrals ORDER BY 1") == [("1", "3"), ("3", "1")]
    assert (accounts["referrals"].kept, accounts["referrals"].set_aside) == (2, {"self_referral": 1})


def test_merged_tables_keep_their_columns_and_types(engine, decided):
    orders = [{"customer_id": one, "date": "2026-01-05", "amount": "10"} for one in ("1", "2")]
    decided({"customers": TWINS[:1], "orders": orders})
    before = engine.columns("orders"), engine.columns("customers")
    decided({"customers": TWINS, "orders": orders})
    assert (engine.columns("orders"), engine.columns("customers")) == before


def test_the_same_credit_code_is_enough(engine, decided):
    rows = [{"customer_id": "1", "name": "甲公司", "credit_code": CODE},
            {"customer_id": "2", "name": "乙贸易", "credit_code": CODE.lower()}]  # fmt: skip
    decided({"customers": rows})
    assert merged(engine) == [("2", "1", "credit_code")]


def test_a_code_that_does_not_check_proves_nothing(engine, decided):
    rows = [{"customer_id": one, "name": f"{one}公司", "credit_code": "91350100M000100Y44"} for one in ("1", "2")]
    decided({"customers": rows})
    assert merged(engine) == pairs(engine) == []


def test_the_same_phone_under_unlike_names_is_for_a_person_to_decide(engine, decided):
    rows = [{"customer_id": "1", "name": "上海栎川办公科技有限公司", "phone": "13800000001"},
            {"customer_id": "2", "name": "苏州云帆机械有限公司", "phone": "13800000001"}]  # fmt: skip
    accounts = decided({"customers": rows})
    assert merged(engine) == []
    assert [row[:3] + row[4:] for row in pairs(engine)] == [("1", "2", "phone", 0, "open")]
    assert accounts["customers"].notices == {"same_contact": 2}


def test_different_credit_codes_speak_against_one_customer(engine, decided):
    rows = [{**TWINS[0], "credit_code": CODE}, {**TWINS[1], "credit_code": OTHER_CODE}]
    decided({"customers": rows})
    assert merged(engine) == []
    assert pairs(engine) == [("1", "2", "phone", 100, 0, "different")]


def test_somebody_without_a_name_is_not_merged_unasked(engine, decided):
    decided({"customers": [TWINS[0], {"customer_id": "2", "phone": "13800000001"}]})
    assert merged(engine) == []
    assert pairs(engine) == [("1", "2", "phone", 0, 0, "merge")]


def test_a_phone_of_very_many_names_tells_nobody(engine, decided):
    rows = [{"customer_id": f"{n:02}", "name": f"{chr(0x4E00 + 40 * n)}记商行", "phone": "13800000000"}
            for n in range(30)]  # fmt: skip
    rows.append({"customer_id": "99", "name": rows[0]["name"] + "有限公司", "phone": "13800000000"})
    decided({"customers": rows})
    assert [row[:2] for row in pairs(engine)] == [("00", "99")]


def test_review_merges_nobody_and_suggests_it(engine, decided):
    decided({"customers": TWINS}, duplicates="review")
    assert merged(engine) == []
    assert pairs(engine) == [("1", "2", "phone", 100, 1, "merge")]


@pytest.mark.parametrize("word", ["different", "open"])
def test_a_person_keeps_two_apart(engine, decided, word):
    decided({"customers": TWINS}, [PairDecision("2", "1", word)])
    assert merged(engine) == []


def test_a_person_merges_two_in_whichever_order_and_the_next_word_undoes_it(engine, decided):
    decided({"customers": TWINS}, [PairDecision("3", "1", "merge")])
    assert merged(engine) == [("1", "3", "person"), ("2", "3", "phone")]
    decided({"customers": TWINS}, [PairDecision("3", "1", "different")])
    assert merged(engine) == [("2", "1", "phone")]


def test_two_kept_apart_do_not_meet_through_a_third(engine, decided):
    rows = [{"customer_id": str(n), "name": "上海栎川办公科技", "phone": "13800000001"} for n in (1, 2, 3)]
    decided({"customers": rows}, [PairDecision("1", "2", "different")])
    assert merged(engine) == [("3", "1", "phone")]


def test_ids_met_only_in_facts_can_be_merged_by_a_person(engine, decided):
    orders = [{"customer_id": one, "date": "2026-01-05", "amount": "10"} for one in ("1", "9")]
    decided({"orders": orders}, [PairDecision("9", "1", "merge")])
    assert engine.rows("SELECT customer_id, count(*) FROM orders GROUP BY 1") == [("1", 2)]
    decided({"customers": TWINS[2:], "orders": orders}, [PairDecision("3", "9", "merge")])
    assert merged(engine) == [("9", "3", "person")]
    assert engine.rows("SELECT customer_id FROM customers ORDER BY 1") == [("1",), ("3",)]


def test_a_decision_about_an_id_that_is_gone_waits(engine, decided):
    decided({"customers": TWINS}, [PairDecision("1", "77", "merge"), PairDecision("8", "9", "merge")])
    assert merged(engine) == [("2", "1", "phone")]
    assert engine.value("SELECT count(*) FROM pair_decisions") == 2


def test_row_order_changes_nobody_s_evidence_or_set(engine, decided):
    twin = {"name": "上海栎川办公科技", "phone": "13800000001"}
    rows = [{"customer_id": str(n), **twin, "owner": "王" if n == 3 else None} for n in range(1, 6)]
    decided({"customers": rows})
    first = merged(engine)
    decided({"customers": rows[::-1]})
    assert merged(engine) == first
    assert {kept for _, kept, _ in first} == {"3"}


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("上海栎川办公科技有限公司", "上海栎川 办公科技股份有限公司", 100, 100),
        ("Acme Trading Co., Ltd.", "ACME TRADING LIMITED", 100, 100),
        ("上海栎川办公科技（老客户）", "上海栎川办公科技有限公司", 95, 99),
        ("华为（北京）科技", "华为（上海）科技", 0, 60),
        ("好又多超市一店", "好又多超市二店", 0, 60),
        ("好又多超市", "好又多超市分公司", 0, 60),
        ("栎川办公科技(上海)", "上海栎川办公科技", 90, 99),
        ("上海栎川办公科枝有限公司", "上海栎川办公科技有限公司", 85, 95),
        ("上海栎川", "上海栎川办公科技", 90, 99),
        ("张三", "张三丰", 0, 60),
        ("张三", "张三", 100, 100),
        ("", "张三", 0, 0),
    ],
)
def test_names_are_as_alike_as_people_would_say(engine, one, other, least, most):
    named = []
    for name in (one, other):
        row = engine.rows(f"SELECT {core('n')}, {bare_core('n')} FROM (SELECT {text_literal(name)} AS n)")[0]
        named.append(Named(*row))
    assert least <= likeness(*named, same_contact=True) <= most
    assert likeness(*named, same_contact=True) == likeness(*named[::-1], same_contact=True)


def test_names_that_are_nearly_the_same_are_asked_about(engine, decided):
    names = {
        "1": "苏州工业园区云帆精密机械有限公司", "2": "苏州工业园云帆精密机械有限公司", "3": "云帆精密机械苏州工业园区",
        "4": "张三", "5": "张三", "6": "杭州明月服装厂", "7": "杭州明日服装厂", "8": "上海好邻居便利店一店",
        "9": "上海好邻居便利店二店", "10": "Northwind Traders Ltd", "11": "Northwind Trader", "12": None,
    }  # fmt: skip
    decided({"customers": [{"customer_id": key, "name": name} for key, name in names.items()]})
    found = name_pairs(engine, 90, [])
    assert {(one.left, one.right) for one in found} == {("1", "2"), ("1", "3"), ("10", "11")}
    assert all(one.evidence == ("name",) and not one.sure for one in found)
    assert {(one.left, one.right) for one in name_pairs(engine, 90, [("1", "2")])} == {("1", "3"), ("10", "11")}


def test_the_same_name_in_another_city_or_with_another_code_is_told_with_care(engine, decided):
    rows = [
        {"customer_id": "1", "name": "永辉生鲜超市", "city": "上海", "credit_code": CODE},
        {"customer_id": "2", "name": "永辉生鲜超市", "city": "杭州", "credit_code": None},
        {"customer_id": "3", "name": "永辉生鲜超市", "city": "上海", "credit_code": OTHER_CODE},
        {"customer_id": "4", "name": "上海栎川办公科技", "city": "上海", "credit_code": None},
        {"customer_id": "5", "name": "栎川办公科技", "city": "上海市", "credit_code": None},
    ]
    decided({"customers": rows})
    told = {(one.left, one.right): one.suggestion for one in name_pairs(engine, 90, [])}
    assert told == {("1", "2"): "open", ("2", "3"): "open", ("4", "5"): "merge"}
