"""The demo company: the same every time, plausible, and messy exactly as its recipe says."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter

import pytest

from tierbook import schema, templates
from tierbook.demo import build, company
from tierbook.errors import ModelError
from tierbook.labels import LANGUAGES

PATH = templates.folder() / "recipes" / "demo.toml"
AS_OF = dt.date(2026, 10, 31)
DIGEST = "b33f5afa7e14f097"
"""Changes whenever a row of the shipped demo company changes; then look at the company again before renewing it."""


def digest(facts) -> str:
    told = json.dumps(facts, ensure_ascii=False, default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@pytest.fixture(scope="module")
def recipe():
    return tomllib.loads(PATH.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tidy(recipe):
    return company(recipe)


@pytest.fixture(scope="module")
def messy(recipe):
    return build(recipe)


def test_the_shipped_recipe_makes_the_known_company(messy):
    assert digest(messy) == DIGEST


def test_another_process_with_other_hash_seeds_makes_the_same_company(tidy):
    code = (
        "import tomllib, json, hashlib, sys; from pathlib import Path; from tierbook.demo import company;"
        "facts = company(tomllib.loads(Path(sys.argv[1]).read_text(encoding='utf-8')));"
        "told = json.dumps(facts, ensure_ascii=False, default=str, sort_keys=True);"
        "print(hashlib.sha256(told.encode()).hexdigest()[:16])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(PATH)],
        env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == digest(tidy)


def test_another_seed_makes_another_company_of_the_same_size(recipe, tidy):
    other = company({**recipe, "seed": 1})
    assert digest(other) != digest(tidy)
    assert len(other["customers"]) == len(tidy["customers"])


def test_every_table_has_only_columns_of_the_schema(messy):
    assert set(messy) == set(schema.TABLES)
    for key, rows in messy.items():
        assert set(rows[0]) <= {column.key for column in schema.TABLES[key].columns}
        assert all(row.keys() == rows[0].keys() for row in rows)


def test_cells_hold_what_a_workbook_holds(messy):
    kinds = {type(value) for rows in messy.values() for row in rows for value in row.values()}
    assert kinds == {str, int, float, dt.date, type(None)}


def test_the_company_has_the_size_the_recipe_asks_for(tidy):
    assert len(tidy["customers"]) == 300
    assert 4000 <= len(tidy["orders"]) <= 6000
    assert len(tidy["people"]) == 4
    assert [person["boss"] for person in tidy["people"]] == ["周敏", "周敏", "周敏", None]


def test_facts_lie_within_the_book(tidy):
    for table in ("orders", "interactions", "feedback"):
        days = [row["date"] for row in tidy[table]]
        assert min(days) >= dt.date(2025, 5, 1)
        assert max(days) <= AS_OF
    assert max(row["paid_date"] for row in tidy["orders"] if row["paid_date"]) <= AS_OF


def test_every_fact_belongs_to_a_listed_customer(tidy):
    known = {row["customer_id"] for row in tidy["customers"]}
    for table in ("orders", "interactions", "feedback", "renewals"):
        assert {row["customer_id"] for row in tidy[table]} <= known
    assert {row[key] for row in tidy["referrals"] for key in ("referrer_id", "referred_id")} <= known


def test_order_lines_are_numbered_without_repeats_and_belong_to_one_customer_and_day(tidy):
    lines = [(row["order_id"], row["line_no"]) for row in tidy["orders"]]
    assert len(set(lines)) == len(lines)
    owners = {(row["order_id"], row["customer_id"], row["date"]) for row in tidy["orders"]}
    assert len(owners) == len({row["order_id"] for row in tidy["orders"]})


def test_companies_order_on_working_days_only(tidy):
    retail = {row["customer_id"] for row in tidy["customers"] if row["kind"] == "零售"}
    days = {row["date"] for row in tidy["orders"] if row["customer_id"] not in retail and row["status"] != "退货"}
    assert not [day for day in days if day.weekday() > 4]
    assert not [day for day in days if dt.date(2026, 2, 15) <= day <= dt.date(2026, 2, 23)]


def test_spring_festival_is_slow_and_quarter_ends_are_busy(tidy):
    orders = Counter((date.year, date.month) for _, date in {(row["order_id"], row["date"]) for row in tidy["orders"]})
    assert orders[2026, 2] < 0.7 * orders[2026, 1]
    assert orders[2025, 11] > orders[2025, 10]
    late = [row["date"].day for row in tidy["orders"] if row["date"].month in {3, 6, 9, 12}]
    assert sum(day >= 22 for day in late) / len(late) > 0.4


def test_returns_are_negative_and_everything_else_is_not(tidy):
    for row in tidy["orders"]:
        assert (row["amount"] < 0) == (row["status"] == "退货")
        assert round(row["amount"] * 100) == pytest.approx(row["amount"] * 100, abs=1e-6)


def test_new_products_are_marked_for_a_year_from_their_launch(tidy):
    marked = {row["product"] for row in tidy["orders"] if row["new_product"]}
    assert marked == {"再生硒鼓 R21", "会议平板二代 75 寸", "智能门禁 F2", "智能文档助手（席/年）"}
    first = min(row["date"] for row in tidy["orders"] if row["product"] == "智能门禁 F2")
    assert first >= dt.date(2026, 6, 8)


def test_a_renewed_contract_has_its_order(tidy):
    renewed = Counter(row["customer_id"] for row in tidy["renewals"] if row["renewed"] == "是")
    ordered = Counter(row["customer_id"] for row in tidy["orders"] if row["is_renewal"])
    assert renewed == ordered
    assert {row["renewed"] for row in tidy["renewals"]} == {"是", "否", "待定"}
    assert all(row["due_date"] > AS_OF - dt.timedelta(13) for row in tidy["renewals"] if row["renewed"] == "待定")


def test_nobody_real_can_be_reached(messy):
    emails = {row["email"] for table in ("customers", "people") for row in messy[table]}
    assert all(str(email).endswith("@example.com") for email in emails)
    digits = {re.sub(r"\D", "", str(row["phone"])) for row in messy["customers"]}
    assert all(re.search("1380000|5550", phone) for phone in digits)


def test_company_names_are_all_different(tidy):
    companies = [row["name"] for row in tidy["customers"] if row["name"].endswith("公司")]
    assert len(companies) > 150
    assert len(set(companies)) == len(companies)


def test_every_habit_has_its_share_of_customers(tidy):
    ordered = {row["customer_id"] for row in tidy["orders"]}
    assert len({row["customer_id"] for row in tidy["customers"]} - ordered) == 21  # 7 % are prospects
    kinds = Counter(row["kind"] for row in tidy["customers"])
    assert kinds == {"零售": 90, "企业": 159, "渠道": 51}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_company_speaks_each_language(recipe, tidy, language):
    told = company(recipe, language)
    assert [row["amount"] for row in told["orders"]] == [row["amount"] for row in tidy["orders"]]
    assert [row["date"] for row in told["interactions"]] == [row["date"] for row in tidy["interactions"]]
    assert [row["name"] for row in told["customers"]] == [row["name"] for row in tidy["customers"]]
    states = {choice.name.of(language) for choice in schema.ORDERS.column("status").choices}
    assert {row["status"] for row in told["orders"]} == states
    assert {row["region"] for row in told["customers"]} <= {choice.name.of(language) for choice in schema.REGIONS}


def test_english_sheets_have_english_words(recipe):
    told = build(recipe, "en")
    for table, column in (("orders", "product"), ("orders", "category"), ("orders", "status"), ("feedback", "text")):
        assert all(str(row[column]).isascii() for row in told[table] if row[column])


class TestTheMess:
    """What the sheets hold beyond the truth."""

    def test_added_rows_are_as_many_as_the_recipe_says(self, recipe, tidy, messy):
        rates = recipe["mess"]
        ends = Counter(str(row["order_id"])[-2:] for row in messy["orders"] if str(row["order_id"])[-2] == "-")
        assert ends == {
            "-F": rates["future_rows"],
            "-X": rates["orphans"],
            "-N": rates["no_customer"],
            "-A": rates["unreadable_amount"],
            "-D": rates["impossible_dates"],
        }
        added = sum(ends.values()) + rates["repeated_lines"]
        assert len(messy["orders"]) == len(tidy["orders"]) + added

    def test_repeated_lines_repeat_order_and_line_number(self, recipe, messy):
        lines = Counter((row["order_id"], row["line_no"]) for row in messy["orders"])
        assert sum(times - 1 for times in lines.values()) == recipe["mess"]["repeated_lines"]

    def test_every_true_line_is_still_there(self, tidy, messy):
        true = {(row["order_id"], row["line_no"]) for row in tidy["orders"]}
        assert true <= {(row["order_id"], row["line_no"]) for row in messy["orders"]}

    def test_ids_come_as_numbers_with_blanks_and_in_full_width(self, messy):
        ids = [row["customer_id"] for row in messy["orders"]]
        assert any(isinstance(value, int) for value in ids)
        assert any(str(value) != str(value).strip() for value in ids)
        assert any(re.fullmatch("[０-９]+", str(value)) for value in ids)
        assert sum(isinstance(value, int) for value in ids) / len(ids) == pytest.approx(0.10, abs=0.02)

    def test_dates_come_in_every_form_of_the_recipe(self, messy):
        forms = {re.sub(r"\d+", "0", row["date"]) for row in messy["orders"] if isinstance(row["date"], str)}
        assert forms == {"0/0/0", "0.0.0", "0年0月0日", "0", "0-0-0 0:0", "0-0-0"}

    def test_amounts_come_in_every_form_of_the_recipe(self, messy):
        texts = [row["amount"] for row in messy["orders"] if isinstance(row["amount"], str)]
        leads = {re.sub(r"[-\d.,]", "", text).strip() for text in texts}
        assert leads == {"¥", "元", "￥", "", "RMB", "待定"}

    def test_future_rows_lie_after_as_of(self, messy):
        future = [row["date"] for row in messy["orders"] if isinstance(row["date"], dt.date) and row["date"] > AS_OF]
        assert 1 <= len(future) <= 4

    def test_some_customers_have_no_owner_and_some_have_two_phones(self, messy):
        owners = [row["owner"] for row in messy["customers"]]
        assert 2 <= owners.count(None) <= 20
        assert any(" / " in str(row["phone"]) for row in messy["customers"])

    def test_twins_share_a_phone_and_the_orders(self, recipe, messy):
        twins = messy["customers"][-recipe["mess"]["twins"] :]
        numbers = [int(str(row["customer_id"])) for row in twins]
        assert numbers == [1301, 1302, 1303, 1304, 1305]
        ordered = Counter(int(str(row["customer_id"]).strip()) for row in messy["orders"] if row["customer_id"])
        assert all(ordered[number] for number in numbers)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"as_of": "2026-10-31x"}, "演示配方的 as_of 必须是日期（如 2026-10-31），现在是：2026-10-31x。"),
        ({"kind": {"retail": {"share": 0.5}}}, "演示配方中 [kind] 的 share 合计应为 1，现在是 0.5。"),
    ],
)
def test_a_spoiled_recipe_is_refused_with_a_reason(recipe, change, words):
    with pytest.raises(ModelError) as error:
        company({**recipe, **change})
    assert error.value.words("zh-CN") == words


def test_a_recipe_without_its_parts_is_refused(recipe):
    with pytest.raises(ModelError) as error:
        company({key: part for key, part in recipe.items() if key not in {"mess", "place"}})
    assert error.value.words("en") == "The demo recipe lacks these parts: place, mess."
