"""A small scored company, made by hand: the relations publishing reads, without the rooms that make them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tierbook import schema
from tierbook.engine import Engine, quoted
from tierbook.followup import Task
from tierbook.publish.records import Past, PastMove, Report, Stamp

AS_OF = dt.date(2026, 8, 31)
NAMES = ["上海申江精密机械", "苏州联创电子", "杭州西泠商贸", "广州粤海食品", "深圳前海数码", "北京中关村软件",
         "成都锦江医药", "武汉东湖光电", "西安古城能源", "沈阳北方重工", "南京紫金建材", "青岛海源水产"]  # fmt: skip
INDUSTRIES = ["制造业", "零售业", "信息技术", "医药", "食品", "建材"]
OWNERS = ["李雷", "韩梅梅", "王小明"]
FORMULA = '=HYPERLINK("http://x","点我")'
"""A name as it may come from outside; it must stay text."""


def make_relation(engine: Engine, name: str, types: dict[str, str], rows: list[dict[str, Any]]) -> None:
    columns = ", ".join(f"{quoted(key)} {kind}" for key, kind in types.items())
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} ({columns})")
    if rows:
        holes = "(" + ", ".join("?" for _ in types) + ")"
        values = [row.get(key) for row in rows for key in types]
        engine.execute(f"INSERT INTO {quoted(name)} VALUES {', '.join([holes] * len(rows))}", values)


def result_types(model: Any) -> dict[str, str]:
    kinds = {"money": "DECIMAL(18,2)", "mean_money": "DECIMAL(18,2)", "count": "BIGINT", "days": "BIGINT",
             "ratio": "DOUBLE", "number": "DOUBLE", "flag": "BIGINT", "text": "VARCHAR", "date": "DATE"}  # fmt: skip
    types = dict.fromkeys(("customer_id", "name", "owner", "kind", "industry", "size", "region", "tier"), "VARCHAR")
    types |= {"score": "DOUBLE", "coverage": "DOUBLE", "r": "BIGINT", "f": "BIGINT", "m": "BIGINT", "rfm": "VARCHAR",
              "rfm_total": "BIGINT", "rfm_grade": "BIGINT", "segment": "VARCHAR", "custom_segment": "VARCHAR",
              "stage": "VARCHAR", "tags": "VARCHAR", "manual_tier": "VARCHAR", "manual_tags": "VARCHAR",
              "manual_reason": "VARCHAR", "manual_by": "VARCHAR", "manual_expires": "DATE"}  # fmt: skip
    types |= {f"tier_{scale.key}": "VARCHAR" for scale in model.scales}
    for card in model.scorecards:
        types |= {f"score_{card.key}": "DOUBLE", f"coverage_{card.key}": "DOUBLE"}
    return types | {one.key: kinds[one.kind] for one in model.indicators}


def build_company(engine: Engine, model: Any, language: Any, count: int) -> list[dict[str, Any]]:
    """Customers, orders, results, why points and findings of a company of `count` customers."""
    chance = random.Random(7)
    results = [one_customer(chance, model, language, number) for number in range(count)]
    make_relation(engine, "results", result_types(model), results)
    points = {line.indicator: "BIGINT" for line in model.main_card.lines}
    make_relation(
        engine, "why_points", {"customer_id": "VARCHAR", **points},
        [{"customer_id": row["customer_id"], "amount_12m": int(row["score"] * 200_000), "orders_12m": 3_000_000}
         for row in results],
    )  # fmt: skip
    make_gaps(engine, model, results)
    rules = [rule for rule in model.tags if rule.enabled]
    make_relation(
        engine, "tags", {"customer_id": "VARCHAR", **{f"tag_{rule.key}": "VARCHAR" if rule.value_of else "BIGINT"
                                                      for rule in rules}},
        [{"customer_id": row["customer_id"], "tag_frequency_high": int(place % 3 == 0), "tag_key_company": 0}
         for place, row in enumerate(results)],
    )  # fmt: skip
    build_facts(engine, results, chance)
    findings = [("orders", "set_aside", "no_customer", place + 2, "customer_id", "") for place in range(7)]
    findings += [("orders", "notice", "identical_line", 40, "", FORMULA)]
    make_relation(
        engine, "findings",
        {"check_key": "VARCHAR", "severity": "VARCHAR", "table_key": "VARCHAR", "source_row": "BIGINT",
         "column_key": "VARCHAR", "value": "VARCHAR"},
        [dict(zip(("table_key", "severity", "check_key", "source_row", "column_key", "value"), one, strict=True))
         for one in findings],
    )  # fmt: skip
    return results


def make_gaps(engine: Engine, model: Any, results: list[dict[str, Any]]) -> None:
    """Everybody is two orders or 12,400 yuan short of the highest tier, the first customer is in it."""
    tier = model.scale(model.main_scale).tiers[-1].key
    money, orders = (line.indicator for line in model.main_card.lines[:2])
    types = {f"{lead}_{key}": "BIGINT" for key in (money, orders) for lead in ("to", "by")}
    short = {f"to_{money}": 20_000_00, f"by_{money}": 12_399_37, f"to_{orders}": 5, f"by_{orders}": 2}
    make_relation(
        engine, "gaps", {"customer_id": "VARCHAR", "next_tier": "VARCHAR", "points": "BIGINT", **types},
        [{"customer_id": row["customer_id"], **({"next_tier": tier, "points": 12_500_000, **short} if place else {})}
         for place, row in enumerate(results)],
    )  # fmt: skip
    everybody = {f"count_{money}": 10, f"sum_{money}": 300_000_00, f"count_{orders}": 10, f"sum_{orders}": 40}
    make_relation(engine, "gap_totals", dict.fromkeys(everybody, "BIGINT"), [everybody])


def one_customer(chance: random.Random, model: Any, language: Any, number: int) -> dict[str, Any]:
    scale = model.scale(model.main_scale)
    score = round(min(99.0, max(2.0, chance.gauss(55, 20))), 6)
    tier = [tier for tier in scale.tiers if score >= tier.floor][-1].name.of(language)
    orders = chance.randint(0, 9)
    amount = round(orders * chance.uniform(300, 9000), 2)
    r, f, m = (chance.randint(1, 5) for _ in range(3))
    regions = schema.CUSTOMERS.column("region").choices
    row: dict[str, Any] = {
        "customer_id": f"C{number:05d}", "name": f"{NAMES[number % len(NAMES)]}{number}有限公司",
        "owner": chance.choice(OWNERS), "industry": chance.choice(INDUSTRIES),
        "region": chance.choice(regions).name.of(language), "tier": tier, "score": score,
        "coverage": round(chance.uniform(0.4, 1), 3), "r": r, "f": f, "m": m, "rfm": f"{r}-{f}-{m}",
        "rfm_total": r + f + m, "rfm_grade": min(5, (r + f + m) // 3),
        "segment": chance.choice(model.rfm.classes).name.of(language) if orders else None,
        "stage": chance.choice(model.stages[:-1]).name.of(language), "tags": "高频、华东、制造业",
        "recency_days": chance.randint(0, 400), "orders_12m": orders, "orders_all": orders, "amount_12m": amount,
        "amount_all": amount, "aov": round(amount / orders, 2) if orders else None, "amount_6m": amount / 2,
        "repurchase_rate": 0.5 if orders > 1 else 0.0, "overdue_ratio": round(chance.uniform(0.1, 4), 2),
        "interval_days": chance.uniform(10, 60), "complaints_12m": chance.randint(0, 2),
        "top_category": chance.choice(["刀具", "传感器"]), "preferred_channel": "电话", "top_topic": "产品使用",
    }  # fmt: skip
    for other in model.scales:
        row[f"tier_{other.key}"] = [t for t in other.tiers if score >= t.floor][-1].name.of(language)
    if number == 3:
        row["name"] = FORMULA
    return row


def build_facts(engine: Engine, results: list[dict[str, Any]], chance: random.Random) -> None:
    """All seven fact tables; customers and their orders of the last 700 days are filled."""
    orders = [
        {"source_row": 2, "order_id": f"{row['customer_id']}-{turn}", "customer_id": row["customer_id"],
         "date": AS_OF - dt.timedelta(days=chance.randint(0, 700)), "amount": chance.randint(1000, 900_000),
         "quantity": 1000, "is_return": 0}
        for row in results for turn in range(row["orders_all"])
    ]  # fmt: skip
    facts: dict[str, list[dict[str, Any]]] = {"customers": results, "orders": orders}
    for key, table in schema.TABLES.items():
        types = {"source_row": "BIGINT", **{column.key: schema.SQL_TYPE[column.kind] for column in table.columns}}
        if key == "orders":
            types["is_return"] = "BIGINT"
        make_relation(engine, key, types, facts.get(key, []))


def make_report(engine: Engine, model: Any, count: int = 60, language: Any = "zh-CN", **changes: Any) -> Report:
    """A report over a company of so many customers, in a language."""
    results = build_company(engine, model, language, count)
    stamp = Stamp(AS_OF, model.key, model.version, "0123456789ab", "ba9876543210", language, "0.1.0")
    account = SimpleNamespace(table="orders", delivered=107, kept=100,
                              set_aside={"no_customer": 7}, notices={"identical_line": 1}, merged={})  # fmt: skip
    cleaned: Any = SimpleNamespace(accounts={"orders": account})
    scored: Any = SimpleNamespace(customers=count, buyers=count, notices=[])
    given: dict[str, Any] = {"tasks": tasks_for(results), "moves": moves_for(results, language, model), **changes}
    given.setdefault("past", Past(moves={"run": given["moves"]} if given["moves"] else {}))
    return Report(engine, model, stamp, cleaned, scored, language=language, **given)


@pytest.fixture
def company(engine: Engine, general: Any) -> Callable[..., Report]:
    def make(count: int = 60, language: Any = "zh-CN", *, model: Any = general, **changes: Any) -> Report:
        return make_report(engine, model, count, language, **changes)

    return make


@pytest.fixture(scope="module")
def sixty(general: Any) -> Iterator[Report]:
    """A report over sixty customers, for tests that only read it."""
    with Engine() as fresh:
        yield make_report(fresh, general)


def tasks_for(results: list[dict[str, Any]]) -> list[Task]:
    statuses = ["open", "doing", "done", "dropped"]
    return [
        Task(f"T2608-{n:03d}", row["customer_id"], row["name"], "wake_up", f"{row['recency_days']} 天没有下单",
                "唤醒：发优惠券或满意度调研，客服跟进", "在线", row["owner"], AS_OF, AS_OF + dt.timedelta(days=n - 2),
                n % 5 + 1, statuses[n % 4], "已电话联系，客户说月底前下单" if n % 4 else "", "")
        for n, row in enumerate(results[:12])
    ]  # fmt: skip


def moves_for(results: list[dict[str, Any]], language: Any, model: Any) -> list[PastMove]:
    names = [tier.name.of(language) for tier in model.scale(model.main_scale).tiers]
    moves = []
    for row in results[:9]:
        now = names.index(row["tier"])
        before = now - 1 if now else now + 1
        moves.append(PastMove(row["customer_id"], row["name"], names[before], row["tier"], row["score"] - 8.5,
                              row["score"], now - before, owner=row["owner"]))  # fmt: skip
    return moves
