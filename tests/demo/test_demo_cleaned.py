"""The demo company's sheets, read and cleaned: the truth comes back, and every trouble is accounted for."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import Counter
from decimal import Decimal

import pytest
import xlsxwriter

from tierbook import schema, templates
from tierbook.cleaning import clean
from tierbook.demo import build, company
from tierbook.engine import Engine
from tierbook.followup import plan_tasks
from tierbook.scoring import score
from tierbook.sources import load_book_sheet

AS_OF = dt.date(2026, 10, 31)


def write_book(path, facts):
    """A plain workbook with one sheet per table, headers as the schema names them."""
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for key, rows in facts.items():
        sheet = book.add_worksheet(schema.TABLES[key].name.zh)
        for place, column in enumerate(rows[0]):
            sheet.write_string(0, place, schema.TABLES[key].column(column).name.zh)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row.values()):
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, place, dt.datetime.combine(value, dt.time()), day)
                elif isinstance(value, str):
                    sheet.write_string(number, place, value)
                elif value is not None:
                    sheet.write_number(number, place, value)
    book.close()


@pytest.fixture(scope="module")
def recipe():
    return tomllib.loads((templates.folder() / "recipes" / "demo.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tidy(recipe):
    return company(recipe)


@pytest.fixture(scope="module")
def cleaned(recipe, general, tmp_path_factory):
    """(engine, accounts) of the demo book as cleaned from its file."""
    path = tmp_path_factory.mktemp("demo") / "demo.xlsx"
    write_book(path, build(recipe))
    with Engine() as engine:
        sources = {key: load_book_sheet(engine, key, path, table.name.zh) for key, table in schema.TABLES.items()}
        yield engine, clean(engine, sources, general, AS_OF).accounts


def test_every_row_of_every_sheet_is_kept_or_set_aside(recipe, cleaned):
    facts = build(recipe)
    for key, account in cleaned[1].items():
        assert account.delivered == len(facts[key])
        assert account.delivered == account.kept + sum(account.set_aside.values()) + sum(account.merged.values())


def test_rows_are_set_aside_for_the_reasons_the_recipe_gave_them(recipe, tidy, cleaned):
    rates, cancelled = recipe["mess"], sum(row["status"] == "取消" for row in tidy["orders"])
    assert cleaned[1]["orders"].set_aside == {
        "cancelled": cancelled,
        "duplicate_line": rates["repeated_lines"],
        "future": rates["future_rows"],
        "no_customer": rates["no_customer"],
        "bad_amount": rates["unreadable_amount"],
        "bad_date": rates["impossible_dates"],
    }
    assert cleaned[1]["orders"].notices["unknown_status"] > 0


def test_companies_entered_twice_are_merged_and_those_that_share_a_phone_are_asked_about(recipe, cleaned):
    engine, accounts = cleaned
    assert accounts["customers"].merged == {"merged_customer": recipe["mess"]["twins"]}
    assert engine.value("SELECT count(*) FROM customers WHERE source_row IS NOT NULL") == recipe["customers"]
    assert engine.rows("SELECT DISTINCT evidence FROM merged_ids") == [("email,phone",)]
    assert engine.value("SELECT count(*) FROM contact_pairs WHERE sure = 0") == recipe["mess"]["shared_phones"]
    assert accounts["customers"].notices["same_contact"] == 2 * recipe["mess"]["shared_phones"]


def test_the_true_orders_come_back_to_the_cent(tidy, cleaned):
    kept = cleaned[0].rows(
        "SELECT order_id, line_no, date, amount, quantity, is_return FROM orders"
        " WHERE NOT REGEXP_MATCHES(order_id, '-[FXNAD]$')"
    )
    true = [
        (
            row["order_id"], row["line_no"], row["date"], round(Decimal(str(row["amount"])) * 100),
            row["quantity"] * 1000, int(row["status"] == "退货"),
        )
        for row in tidy["orders"]
        if row["status"] != "取消"
    ]  # fmt: skip
    assert Counter(kept) == Counter(true)


def test_the_true_customers_come_back(tidy, cleaned):
    kept = cleaned[0].rows("SELECT customer_id, kind, province, since FROM customers WHERE customer_id <= '1300'")
    kinds = {choice.name.zh: choice.key for choice in schema.KINDS}
    true = [(row["customer_id"], kinds[row["kind"]], row["province"], row["since"]) for row in tidy["customers"]]
    assert Counter(kept) == Counter(true)


@pytest.fixture(scope="module")
def results(cleaned, general):
    """The engine with the demo company scored as of AS_OF."""
    score(cleaned[0], general, AS_OF)
    return cleaned[0]


class TestAManagerWouldBelieveIt:
    """Shares of the scored demo company under the shipped model."""

    @staticmethod
    def shares(engine, column) -> dict[str, float]:
        rows = engine.rows(f"SELECT {column}, COUNT(*) FROM results WHERE {column} IS NOT NULL GROUP BY {column}")
        everybody = engine.value("SELECT COUNT(*) FROM results")
        return {value: count / everybody for value, count in rows}

    def test_tiers_are_a_pyramid_with_a_thin_top(self, results):
        tiers = self.shares(results, "tier")
        assert 0.10 <= tiers["VIP"] <= 0.15
        assert all(0.15 <= tiers[name] <= 0.40 for name in ("潜力", "一般", "低价值"))

    def test_vips_bring_about_half_of_the_money(self, results):
        revenue = dict(results.rows("SELECT tier, SUM(amount_12m) FROM results GROUP BY tier"))
        assert 0.40 <= revenue["VIP"] / sum(revenue.values()) <= 0.70

    def test_every_stage_occurs_and_none_holds_half(self, results, general):
        stages = self.shares(results, "stage")
        assert set(stages) == {rule.name.zh for rule in general.stages}
        assert min(stages.values()) >= 0.02
        assert max(stages.values()) < 0.5

    def test_all_eight_classes_occur(self, results, general):
        assert set(self.shares(results, "segment")) == {each.name.zh for each in general.rfm.classes}

    def test_every_tag_occurs_and_none_is_on_most_customers(self, results, general):
        held = Counter(tag for (tags,) in results.rows("SELECT tags FROM results") for tag in tags.split("、"))
        everybody = results.value("SELECT COUNT(*) FROM results")
        assert {rule.name.zh for rule in general.tags if not rule.value_of} <= set(held)
        assert max(held.values()) / everybody <= 0.60

    def test_every_play_without_history_makes_a_task(self, results, general):
        plan = plan_tasks(results, general, AS_OF, [], "zh-CN")
        elsewhere = {play.key for play in general.playbook if "分层变动" in play.when or "节日" in play.when}
        asked = {task.play for task in plan.new} | {one.play for one in plan.queued}
        assert asked | {"vip_manager"} == {play.key for play in general.playbook} - elsewhere
        owners = {task.owner for task in plan.new}
        assert owners == {"陈思远", "李雅婷", "王浩然", "自动", ""}
        assert [notice.key for notice in plan.notices] == ["followup.no_owner", "followup.queued"]
