"""Made-up facts of any size, the same every time: `python facts.py ORDERS FOLDER`.

ORDERS order rows, a twentieth as many customers, half as many interactions, a tenth as many feedback rows, as
Parquet with canonical column names. Purchases follow what real shops show (gamma-spread buying rates, customers
who fall silent, log-normal baskets), so that RFM has ties and long tails. One row in ten is a further line of
the order above it. A thousandth of the order rows each has no customer, no date, a future date, no amount, an
amount of zero, is a return, or repeats the row above; a thousandth of the customers is missing from the
customer table.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

AS_OF = np.datetime64("2026-10-31")
START = np.datetime64("2023-11-01")
DAYS = int((AS_OF - START).astype(int))
SEED = 42
BAD = 0.001
FURTHER_LINES = 0.1
NEVER_BOUGHT = 0.03

INDUSTRIES = ("制造业", "零售业", "餐饮业", "教育", "医疗", "物流", "房地产", "其他")
REGIONS = ("华东", "华南", "华北", "华中", "西南", "西北", "东北")
KINDS = ("零售", "企业", "渠道")
SIZES = ("大型", "中型", "小型")
CATEGORIES = ("A类", "B类", "C类", "D类", "E类", "F类", "G类", "H类")
CHANNELS = ("电话", "在线", "邮件", "会议", "网站", "社交")
ACTIONS = ("咨询", "回访", "浏览", "点击", "加购", "弃购", "培训", "分享", "活动")
ACTION_SHARES = (0.3, 0.1, 0.2, 0.1, 0.12, 0.06, 0.03, 0.05, 0.04)
TOPICS = ("产品使用", "售后维修", "合作咨询")
ANSWERS = ("NPS", "满意度", "投诉", "建议")
ANSWER_SHARES = (0.3, 0.5, 0.15, 0.05)
STATUSES = ("处理中", "已解决")


class Company:
    """The customers behind the facts: when each joined, how long and how often it buys, how much at a time."""

    def __init__(self, orders: int, random: np.random.Generator) -> None:
        self.count = max(orders // 20, 10)
        self.joined = random.integers(0, DAYS - 3, self.count)
        self.life = np.minimum(DAYS - self.joined, random.exponential(500, self.count).astype(np.int64) + 1)
        self.rate = random.gamma(0.8, 1.0, self.count) + 0.02
        self.basket = random.lognormal(5.5, 0.6, self.count)
        self.never = random.random(self.count) < NEVER_BOUGHT
        self.ids = pa.array([f"C{number:07d}" for number in range(1, self.count + 1)])


def make(orders: int, folder: Path) -> None:
    """Write customers, orders, interactions and feedback into the folder."""
    random = np.random.default_rng(SEED)
    company = Company(orders, random)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (
        ("customers", customers(company, random)),
        ("orders", order_rows(company, orders, random)),
        ("interactions", interactions(company, orders // 2, random)),
        ("feedback", feedback(company, orders // 10, random)),
    ):
        pq.write_table(table, folder / f"{name}.parquet")


def customers(company: Company, random: np.random.Generator) -> pa.Table:
    n = company.count
    table = pa.table(
        {
            "customer_id": company.ids,
            "name": pa.array([f"客户{number:07d}" for number in range(1, n + 1)]),
            "kind": words(KINDS, random.integers(0, len(KINDS), n)),
            "industry": words(INDUSTRIES, random.integers(0, len(INDUSTRIES), n)),
            "size": words(SIZES, random.choice(len(SIZES), n, p=(0.15, 0.35, 0.5))),
            "region": words(REGIONS, random.integers(0, len(REGIONS), n)),
            "owner": words([f"销售{number:02d}" for number in range(1, 21)], random.integers(0, 20, n)),
        }
    )
    return table.filter(pa.array(random.random(n) >= BAD))


def order_rows(company: Company, n: int, random: np.random.Generator) -> pa.Table:
    """Chronological, as an export is; further lines share the order, customer and date of the row above."""
    weight = np.where(company.never, 0, company.rate * company.life)
    who = random.choice(company.count, n, p=weight / weight.sum())
    day = company.joined[who] + np.floor(random.random(n) * company.life[who]).astype(np.int64)
    order = np.argsort(day, kind="stable")
    who, day = who[order], day[order]
    number = np.arange(n)
    further = random.random(n) < FURTHER_LINES
    further[0] = False
    head = np.maximum.accumulate(np.where(further, 0, number))
    who, day = who[head], day[head]
    amount = np.round(company.basket[who] * random.lognormal(0, 0.5, n), 2)
    category = (who * 3 + (random.random(n) ** 2 * len(CATEGORIES)).astype(np.int64)) % len(CATEGORIES)
    new = (random.random(n) < 0.02).astype(np.int64)
    order_id = 1_000_000 + head

    amount = np.where(some(n, random), 0.0, amount)
    amount = np.where(some(n, random) & ~further, -amount, amount)
    day = np.where(some(n, random), DAYS + 1 + number % 30, day)
    repeats = np.flatnonzero(some(n, random))
    repeats = repeats[repeats > 0]
    for values in (who, day, amount, category, new, order_id):
        values[repeats] = values[repeats - 1]
    return pa.table(
        {
            "order_id": pa.array(order_id),
            "customer_id": names(company, who, some(n, random)),
            "date": dates(day, some(n, random)),
            "amount": pa.array(amount, mask=some(n, random)),
            "category": words(CATEGORIES, category),
            "new_product": pa.array(new),
        }
    )


def interactions(company: Company, n: int, random: np.random.Generator) -> pa.Table:
    who = random.choice(company.count, n, p=company.rate / company.rate.sum())
    day = company.joined[who] + np.floor(random.random(n) * (DAYS + 1 - company.joined[who])).astype(np.int64)
    day = np.where(some(n, random), DAYS + 1 + np.arange(n) % 30, day)
    return pa.table(
        {
            "interaction_id": pa.array(np.arange(1, n + 1)),
            "customer_id": names(company, who, some(n, random)),
            "date": dates(day, np.zeros(n, bool)),
            "channel": words(CHANNELS, random.integers(0, len(CHANNELS), n)),
            "kind": words(ACTIONS, random.choice(len(ACTIONS), n, p=ACTION_SHARES)),
            "topic": words(TOPICS, random.integers(0, len(TOPICS), n), random.random(n) < 0.5),
        }
    )


def feedback(company: Company, n: int, random: np.random.Generator) -> pa.Table:
    who = random.integers(0, company.count, n)
    day = company.joined[who] + np.floor(random.random(n) * (DAYS + 1 - company.joined[who])).astype(np.int64)
    kind = random.choice(len(ANSWERS), n, p=ANSWER_SHARES)
    nps = np.clip(np.round(random.normal(7.5, 2.0, n)), 0, 10)
    csat = np.clip(np.round(random.normal(3.9, 1.0, n)), 1, 5)
    return pa.table(
        {
            "feedback_id": pa.array(np.arange(1, n + 1)),
            "customer_id": names(company, who, some(n, random)),
            "date": dates(day, np.zeros(n, bool)),
            "kind": words(ANSWERS, kind),
            "score": pa.array(np.where(kind == 0, nps, csat), mask=kind >= 2),
            "status": words(STATUSES, random.integers(0, 2, n), kind != 2),
        }
    )


def some(n: int, random: np.random.Generator) -> np.ndarray:
    """A mask that is true for a thousandth of the rows, and for one row at least."""
    mask = random.random(n) < BAD
    mask[random.integers(0, n)] = True
    return mask


def words(values: tuple[str, ...] | list[str], index: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    codes = pa.array(index.astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(values))).cast(pa.string())


def names(company: Company, who: np.ndarray, missing: np.ndarray) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(who.astype(np.int32), mask=missing), company.ids).cast(pa.string())


def dates(day: np.ndarray, missing: np.ndarray) -> pa.Array:
    return pa.array((START + day).astype("datetime64[D]"), mask=missing)


if __name__ == "__main__":
    make(int(sys.argv[1]), Path(sys.argv[2]))
