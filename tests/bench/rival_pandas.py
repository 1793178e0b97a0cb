"""The same work as `tierbook score`, as an analyst would write it with pandas.

    python rival_pandas.py FOLDER AS_OF OUT.parquet

FOLDER holds customers, orders, interactions and feedback as Parquet. Prints where every row went, by reason, as
JSON. Groupby, merge, rank and select over whole columns; no row-by-row loops, no tricks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rival_lifetimes import lifetimes

CHANNELS = {"电话": "phone", "在线": "online", "邮件": "mail", "会议": "meeting", "网站": "website", "社交": "social"}
ACTIONS = ("回访", "咨询", "浏览", "点击", "加购", "弃购", "培训", "分享", "活动")
TOPICS = ("产品使用", "售后维修", "合作咨询")
ANSWERS = ("NPS", "满意度", "投诉", "建议")
STATUSES = ("处理中", "已解决")
CLASSES = {
    (1, 1, 1): "重要价值客户", (1, 0, 1): "重要发展客户", (0, 1, 1): "重要保持客户", (0, 0, 1): "重要挽留客户",
    (1, 1, 0): "一般价值客户", (1, 0, 0): "一般发展客户", (0, 1, 0): "一般保持客户", (0, 0, 0): "一般挽留客户",
}  # fmt: skip
SCALES = {
    "four": ([0, 40, 60, 80], ["低价值", "一般", "潜力", "VIP"]),
    "abc": ([0, 50, 80], ["C", "B", "A"]),
    "three": ([0, 50, 80], ["低价值客户", "中价值客户", "高价值客户"]),
    "five": ([0, 20, 40, 60, 80], ["一级", "二级", "三级", "四级", "五级"]),
    "visit": ([0, 40, 60, 80], ["D 每年", "C 每半年", "B 每季", "A 每月"]),
}
QUOTIENTS = (
    "aov_ratio", "repurchase_rate", "interval_days", "overdue_ratio", "growth", "view_depth", "cart_abandon_rate",
    "nps", "csat", "csat_mean", "complaint_rate",
)  # fmt: skip
"""Like the order value, kept to six decimals: the model holds ratios and means in millionths."""
NOT_DELIVERED = (
    "margin", "pay_on_time_rate", "overdue_amount", "defaults", "renewal_rate", "referrals", "followers",
    "industry_outlook", "birthday_in_days",
)  # fmt: skip


# -- reading and checking ----------------------------------------------------------------------------------------


def read(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(folder / f"{table}.parquet", to_pandas_kwargs={"date_as_object": False})


Account = dict[str, Any]


def keep_good(rows: pd.DataFrame, checks: dict[str, pd.Series]) -> tuple[pd.DataFrame, Account]:
    """Rows without a fault, and how many have which (the first of each row counts)."""
    reason = np.select(list(checks.values()), list(range(len(checks))), default=-1)
    good = rows[reason == -1]
    counts = {name: int((reason == number).sum()) for number, name in enumerate(checks)}
    return good, {"delivered": len(rows), "kept": len(good), "set_aside": some(counts), "notices": {}}


def some(counts: dict[str, int]) -> dict[str, int]:
    return {name: int(count) for name, count in counts.items() if count}


def clean_orders(orders: pd.DataFrame, as_of: pd.Timestamp) -> tuple[pd.DataFrame, Account]:
    orders, account = keep_good(
        orders,
        {
            "no_customer": orders["customer_id"].isna(),
            "no_date": orders["date"].isna(),
            "future": orders["date"] > as_of,
            "no_amount": orders["amount"].isna(),
        },
    )
    account["notices"] = some(
        {"identical_line": orders.duplicated().sum(), "zero_amount": (orders["amount"] == 0).sum()}
    )
    return orders, account


def clean_others(
    rows: pd.DataFrame, key: str, choices: dict[str, tuple[str, ...]], as_of: pd.Timestamp
) -> tuple[pd.DataFrame, Account]:
    rows, account = keep_good(
        rows,
        {
            "no_customer": rows["customer_id"].isna(),
            "no_date": rows["date"].isna(),
            "future": rows["date"] > as_of,
            "duplicate_row": rows.duplicated(key),
        },
    )
    unknown = sum((rows[column].notna() & ~rows[column].isin(words)).sum() for column, words in choices.items())
    account["notices"] = some({"unknown_choice": unknown})
    return rows, account


# -- indicators --------------------------------------------------------------------------------------------------


class Windows:
    """The dates after which each window begins."""

    def __init__(self, as_of: pd.Timestamp) -> None:
        self.as_of = as_of
        self.d30, self.d90 = as_of - pd.Timedelta(days=30), as_of - pd.Timedelta(days=90)
        self.m6, self.m12 = as_of - pd.DateOffset(months=6), as_of - pd.DateOffset(months=12)


def count(rows: pd.DataFrame, customers: pd.Index) -> pd.Series:
    return rows.groupby("customer_id").size().reindex(customers, fill_value=0)


def money(rows: pd.DataFrame, customers: pd.Index) -> pd.Series:
    return rows.groupby("customer_id")["amount"].sum().round(2).reindex(customers, fill_value=0.0)


def order_indicators(c: pd.DataFrame, orders: pd.DataFrame, w: Windows) -> None:
    bought = orders[orders["amount"] >= 0]
    heads = bought.groupby(["customer_id", "order_id"], sort=False).agg({"date": "min", "new_product": "max"})
    heads = heads.reset_index()
    dates = heads.groupby("customer_id")["date"].agg(["min", "max"]).reindex(c.index)
    c["recency_days"] = (w.as_of - dates["max"]).dt.days
    c["tenure_days"] = (w.as_of - dates["min"]).dt.days
    for name, start in (("30d", w.d30), ("90d", w.d90), ("6m", w.m6), ("12m", w.m12)):
        c[f"orders_{name}"] = count(heads[heads["date"] > start], c.index)
    c["orders_all"] = count(heads, c.index)
    c["frequency"] = c["orders_all"]
    year = orders[orders["date"] > w.m12]
    c["amount_6m"] = money(year[year["date"] > w.m6], c.index)
    c["amount_12m"] = money(year, c.index)
    c["amount_all"] = c["monetary"] = money(orders, c.index)
    c["amount_prev_6m"] = money(year[year["date"] <= w.m6], c.index)
    c["aov"] = (c["amount_all"] / c["orders_all"].where(c["orders_all"] > 0)).round(6)
    c["aov_ratio"] = c["aov"] / c["aov"].mean()
    some = c["orders_12m"].where(c["orders_12m"] > 0)
    c["repurchase_rate"] = (some - 1) / some
    span = c["tenure_days"] - c["recency_days"]
    c["interval_days"] = span.where(span > 0) / (c["orders_all"] - 1)
    c["overdue_ratio"] = c["recency_days"] / c["interval_days"]
    c["growth"] = c["amount_6m"] / c["amount_prev_6m"].where(c["amount_prev_6m"] > 0) - 1
    new = heads[(heads["new_product"] == 1) & (heads["date"] > w.m12)]
    c["new_product_12m"] = count(new, c.index)
    recent = heads["date"] > w.d90
    back = heads[recent].groupby("customer_id")["date"].min()
    before = heads[~recent].groupby("customer_id")["date"].max()
    c["return_gap_days"] = (back - before).dt.days.reindex(c.index)
    c["first_order_date"], c["last_order_date"] = dates["min"], dates["max"]
    by_category = year.assign(bought=year["amount"] >= 0).groupby(["customer_id", "category"])
    sums = by_category.agg({"amount": "sum", "bought": "any"}).reset_index()
    sums = sums[sums["bought"]].assign(amount=lambda rows: rows["amount"].round(2))
    c["categories_12m"] = count(sums, c.index)
    best = sums.sort_values(["amount", "category"], ascending=[False, True]).drop_duplicates("customer_id")
    c["top_category"] = best.set_index("customer_id")["category"].reindex(c.index)


def lifetime_indicators(c: pd.DataFrame, orders: pd.DataFrame, w: Windows) -> None:
    """Orders of one day are one purchase; what the first day brought says nothing of later ones."""
    bought = orders[orders["amount"] >= 0].groupby(["customer_id", "order_id"], sort=False)["date"].min()
    days = bought.reset_index().groupby("customer_id")["date"].agg(["nunique", "min", "max"])
    lines = orders[orders["customer_id"].isin(days.index)]
    first = lines[lines["date"] <= lines["customer_id"].map(days["min"])].groupby("customer_id")["amount"].sum()
    spent = lines.groupby("customer_id")["amount"].sum().round(2)
    found = lifetimes(
        (days["nunique"] - 1).to_numpy(), (days["max"] - days["min"]).dt.days.to_numpy(),
        (w.as_of - days["min"]).dt.days.to_numpy(), spent.to_numpy(), (spent - first).round(2).to_numpy(),
    )  # fmt: skip
    for column, values in found.items():
        c[column] = pd.Series(values, days.index).reindex(c.index)


def interaction_indicators(c: pd.DataFrame, interactions: pd.DataFrame, w: Windows) -> None:
    year = interactions[interactions["date"] > w.m12]
    quarter = year[year["date"] > w.d90]
    c["interactions_90d"] = count(quarter, c.index)
    for word, key in CHANNELS.items():
        c[f"interactions_{key}_90d"] = count(quarter[quarter["channel"] == word], c.index)
    kinds = {word: count(year[year["kind"] == word], c.index) for word in ("回访", "培训", "分享", "加购", "弃购")}
    c["visits_12m"], c["trainings_12m"], c["shares"] = kinds["回访"], kinds["培训"], kinds["分享"]
    c["cart_abandon_rate"] = (kinds["弃购"] / kinds["加购"].where(kinds["加购"] > 0)).clip(upper=1)
    views = quarter[quarter["kind"].isin(["浏览", "点击"])].groupby("customer_id")["date"].agg(["size", "nunique"])
    c["view_depth"] = (views["size"] / views["nunique"]).reindex(c.index)
    c["preferred_channel"] = most_used(year[year["channel"].isin(["电话", "在线", "邮件"])], "channel").reindex(c.index)
    c["top_topic"] = most_used(year[year["topic"].notna()], "topic").reindex(c.index)


def most_used(rows: pd.DataFrame, column: str) -> pd.Series:
    """The most frequent value of each customer; a tie goes to the one used last, then to the one listed first."""
    listed = {word: place for place, word in enumerate([*CHANNELS, *TOPICS])}
    used = rows.groupby(["customer_id", column])["date"].agg(["size", "max"]).reset_index()
    used["place"] = used[column].map(listed)
    used = used.sort_values(["size", "max", "place"], ascending=[False, False, True])
    return used.drop_duplicates("customer_id").set_index("customer_id")[column]


def feedback_indicators(c: pd.DataFrame, feedback: pd.DataFrame, w: Windows) -> None:
    year = feedback[feedback["date"] > w.m12]
    for key, word in (("nps", "NPS"), ("csat", "满意度")):
        answers = feedback[(feedback["kind"] == word) & feedback["score"].notna()]
        latest = answers.groupby("customer_id")["date"].transform("max")
        c[key] = answers[answers["date"] == latest].groupby("customer_id")["score"].mean().reindex(c.index)
    answers = year[(year["kind"] == "满意度") & year["score"].notna()]
    c["csat_mean"] = answers.groupby("customer_id")["score"].mean().reindex(c.index)
    c["complaints_12m"] = count(year[year["kind"] == "投诉"], c.index)
    c["complaint_rate"] = c["complaints_12m"] / c["orders_12m"].where(c["orders_12m"] > 0)
    c["suggestions_12m"] = count(year[year["kind"] == "建议"], c.index)
    c["open_complaints"] = count(feedback[(feedback["kind"] == "投诉") & (feedback["status"] == "处理中")], c.index)


# -- RFM ---------------------------------------------------------------------------------------------------------


def quintile(worth: pd.Series) -> np.ndarray:
    """1 + how many of the 20/40/60/80 percentiles lie strictly below each value."""
    return 1 + np.searchsorted(np.percentile(worth, [20, 40, 60, 80]), worth, side="left")


def rfm(c: pd.DataFrame) -> None:
    buyers = c.loc[c["orders_all"] > 0, ["recency_days", "frequency", "monetary"]].copy()
    buyers["r"], buyers["f"] = quintile(-buyers["recency_days"]), quintile(buyers["frequency"])
    buyers["m"] = quintile(buyers["monetary"])
    buyers["rfm_total"] = buyers["r"] + buyers["f"] + buyers["m"]
    buyers["rfm_grade"] = quintile(buyers["rfm_total"])
    high = zip(
        (buyers["recency_days"] <= buyers["recency_days"].mean()).astype(int),
        (buyers["frequency"] > buyers["frequency"].mean()).astype(int),
        (buyers["monetary"] > buyers["monetary"].mean()).astype(int),
        strict=True,
    )
    buyers["segment"] = [CLASSES[letters] for letters in high]
    buyers["rfm"] = buyers["r"].astype(str) + "-" + buyers["f"].astype(str) + "-" + buyers["m"].astype(str)
    for column in ("r", "f", "m", "rfm", "rfm_total", "rfm_grade", "segment"):
        c[column] = buyers[column].reindex(c.index)


# -- scorecards and tiers ----------------------------------------------------------------------------------------


def linear(value: pd.Series, low: float, high: float) -> pd.Series:
    return ((value - low) / (high - low)).clip(0, 1)


def steps(value: pd.Series, *pairs: tuple[float, float]) -> pd.Series:
    shares = np.array([0, *(share for _, share in pairs)])
    share = shares[np.searchsorted([threshold for threshold, _ in pairs], value, side="right")]
    return pd.Series(share, value.index).where(value.notna())


def percentile(value: pd.Series) -> pd.Series:
    return (value.rank() - 0.5) / value.count()


def yes_no(value: pd.Series) -> pd.Series:
    return (value > 0).astype(float).where(value.notna())


def scorecard(c: pd.DataFrame, key: str, lines: list[tuple[float, str, pd.Series]]) -> None:
    """Lines are (weight, what to do without data, share); a line that does not count leaves its weight to the rest."""
    earned = counts = known = 0
    for weight, missing, share in lines:
        known = known + weight * share.notna()
        counts = counts + weight * (share.notna() | (missing == "zero"))
        earned = earned + weight * share.fillna(0)
    c[f"score_{key}"] = (100 * earned / counts).where(counts > 0, 0).round(6)
    c[f"coverage_{key}"] = known / sum(weight for weight, _, _ in lines)


def scorecards(c: pd.DataFrame) -> None:
    complaints = 1 - steps(c["complaints_12m"], (1, 0.5), (2, 1))
    scorecard(c, "general", [
        (20, "skip", percentile(c["amount_12m"])),
        (12, "zero", steps(c["orders_12m"], (1, 0.3), (2, 0.5), (4, 0.7), (8, 0.85), (12, 1))),
        (10, "zero", 1 - linear(c["recency_days"], 0, 365)),
        (5, "skip", percentile(c["aov"])),
        (3, "zero", linear(c["tenure_days"], 0, 1095)),
        (6, "skip", steps(c["interactions_90d"], (1, 0.4), (3, 0.7), (6, 1))),
        (4, "skip", steps(c["trainings_12m"], (1, 0.6), (2, 1))),
        (6, "skip", linear(c["growth"], -0.5, 0.5)),
        (4, "skip", yes_no(c["new_product_12m"])),
        (6, "skip", linear(c["pay_on_time_rate"], 0.5, 1)),
        (4, "skip", 1 - yes_no(c["overdue_amount"])),
        (6, "skip", linear(c["repurchase_rate"], 0, 0.8)),
        (6, "skip", linear(c["csat"], 1, 5)),
        (3, "skip", complaints),
        (3, "skip", steps(c["referrals"], (1, 0.6), (3, 1))),
        (2, "skip", linear(c["nps"], 0, 10)),
    ])  # fmt: skip
    scorecard(c, "simple", [
        (30, "zero", percentile(-c["recency_days"])),
        (30, "zero", percentile(c["frequency"])),
        (40, "zero", percentile(c["monetary"])),
    ])  # fmt: skip
    scorecard(c, "software", [
        (40, "skip", percentile(c["amount_12m"])),
        (30, "skip", linear(c["renewal_rate"], 0, 1)),
        (20, "skip", linear(c["csat"], 1, 5)),
        (10, "skip", steps(c["trainings_12m"], (1, 0.4), (2, 0.7), (4, 1))),
    ])  # fmt: skip
    scorecard(c, "potential", [
        (35, "skip", linear(c["growth"], -0.3, 0.5)),
        (20, "skip", linear(c["industry_outlook"], 1, 5)),
        (20, "skip", yes_no(c["new_product_12m"])),
        (15, "skip", steps(c["interactions_90d"], (1, 0.4), (3, 0.7), (6, 1))),
        (10, "skip", steps(c["referrals"], (1, 0.6), (2, 1))),
    ])  # fmt: skip
    c["score"], c["coverage"] = c["score_general"], c["coverage_general"]


def tiers(c: pd.DataFrame) -> None:
    for scale, (floors, names) in SCALES.items():
        band = np.searchsorted(floors, c["score"], side="right") - 1
        if scale == "four":
            band = np.where((band < 2) & (c["score_potential"] >= 70), 2, band)
        c[f"tier_{scale}"] = np.array(names, dtype=object)[band]
    c["tier"] = c["tier_four"]


# -- stages, tags and segments -----------------------------------------------------------------------------------


def stages(c: pd.DataFrame) -> None:
    c["stage"] = np.select(
        [
            c["orders_all"] == 0,
            (c["recency_days"] > 365) | ((c["orders_all"] >= 2) & (c["return_chance"] < 0.05)),
            (c["recency_days"] > 90) | ((c["overdue_ratio"] >= 2) & (c["orders_all"] >= 3)),
            c["return_gap_days"] > 365,
            (c["repurchase_rate"] >= 0.6) & (c["recency_days"] <= 90) & (c["tenure_days"] >= 365),
            (c["tenure_days"] <= 90) & (c["orders_all"] <= 2),
        ],
        ["潜在", "流失", "流失风险", "回流", "忠诚", "新客"],
        default="活跃",
    )


def tags(c: pd.DataFrame) -> None:
    usual_orders = c.loc[c["orders_6m"] > 0, "orders_6m"].mean()
    usual_order = c["aov"].mean()
    dear = c["aov"] >= 1.5 * usual_order
    company = c["industry"].str.contains("制造", na=False) & (c["size"] == "大型") & (c["recency_days"] <= 30)
    newcomer = (c["stage"] == "新客") & ((c["score_potential"] >= 60) | dear)
    frequency, aov, rate, days = c["orders_6m"], c["aov"], c["repurchase_rate"], c["recency_days"]
    found = [
        first({
            "高频": frequency >= 1.5 * usual_orders, "低频": frequency < 0.5 * usual_orders, "中频": frequency >= 0,
        }),
        first({"高客单": dear, "低客单": aov < 0.5 * usual_order, "中客单": aov.notna()}),
        first({"近期消费": days <= 30, "间隔中等": days <= 90, "久未消费": days > 90}),
        first({"高忠诚": rate >= 0.6, "中忠诚": rate >= 0.3, "低忠诚": rate < 0.3}),
        first({"高增购潜力": c["new_product_12m"] >= 1, "低增购潜力": c["new_product_12m"] == 0}),
        *(c[column].astype(object).where(c[column].notna(), "") for column in (
            "preferred_channel", "top_topic", "industry", "size", "region", "kind",
        )),
        first({"高价值客户": (frequency >= 5) & dear}),
        first({"重点企业客户": company}),
        first({"流失风险": c["stage"].isin(["流失风险", "流失"])}),
        first({"高潜力新客": newcomer}),
        first({"流失概率高": (c["churn_risk"] >= 0.8) & (c["orders_all"] >= 2) & (days <= 365)}),
        first({"CLV高于均值": c["clv"] > c["clv"].mean()}),
    ]  # fmt: skip
    c["tags"] = ["、".join(filter(None, row)) for row in zip(*found, strict=True)]
    rare, partner = (found[0] == "低频") & dear, c["kind"] == "渠道"
    c["custom_segment"] = first({"重点企业客户": company, "低频高价值": rare, "渠道伙伴": partner})


def first(rules: dict[str, pd.Series]) -> np.ndarray:
    return np.select(list(rules.values()), list(rules), default="").astype(object)


def scored(folder: Path, as_of: pd.Timestamp) -> tuple[pd.DataFrame, dict[str, Account]]:
    """Everybody with every answer, by customer_id, and where the rows went."""
    orders, orders_account = clean_orders(read(folder, "orders"), as_of)
    choices = {"channel": tuple(CHANNELS), "kind": ACTIONS, "topic": TOPICS}
    interactions, interactions_account = clean_others(read(folder, "interactions"), "interaction_id", choices, as_of)
    choices = {"kind": ANSWERS, "status": STATUSES}
    feedback, feedback_account = clean_others(read(folder, "feedback"), "feedback_id", choices, as_of)
    customers = read(folder, "customers").drop_duplicates("customer_id").set_index("customer_id")
    accounts = {"orders": orders_account, "interactions": interactions_account, "feedback": feedback_account}
    everyone = customers.index
    for rows, account in zip((orders, interactions, feedback), accounts.values(), strict=True):
        seen = pd.Index(rows["customer_id"].unique())
        account["notices"] |= some({"unknown_customer": (~seen.isin(customers.index)).sum()})
        everyone = everyone.union(seen)
    everyone = everyone.rename("customer_id")
    c = customers.reindex(everyone)
    w = Windows(as_of)
    order_indicators(c, orders, w)
    lifetime_indicators(c, orders, w)
    interaction_indicators(c, interactions, w)
    feedback_indicators(c, feedback, w)
    for column in NOT_DELIVERED:
        c[column] = np.nan
    c[list(QUOTIENTS)] = c[list(QUOTIENTS)].round(6)
    rfm(c)
    scorecards(c)
    tiers(c)
    stages(c)
    tags(c)
    return c, accounts


def main(folder: Path, as_of: pd.Timestamp, out: Path) -> None:
    c, accounts = scored(folder, as_of)
    c.reset_index().to_parquet(out, index=False)
    print(json.dumps({"accounts": accounts}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), pd.Timestamp(sys.argv[2]), Path(sys.argv[3]))
