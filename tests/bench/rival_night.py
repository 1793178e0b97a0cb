"""A night as an analyst would script it with pandas and openpyxl: score, then bring two sheets of each book up to date.

    python rival_night.py FACTS AS_OF BOOK=REGION[,REGION] ...

FACTS holds Parquet files. Of each book the sheet 分层 is written anew (no cell gets a format, the quickest way there
is); in 任务 what people wrote stays with its task, new tasks come below the day's load of each owner, the most urgent
first, of these what waits longest: what is left over waits on a sheet of its own. Prints seconds by stage as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
from rival_pandas import read, scored

SHOWN = ["name", "owner", "tier", "score", "coverage", "rfm", "segment", "stage", "tags", "recency_days", "orders_12m",
         "amount_12m", "aov", "repurchase_rate", "churn_risk", "clv"]  # fmt: skip
TASK = ["task", "customer_id", "name", "owner", "priority", "action", "reason", "channel", "created", "due", "status",
        "result", "next_step", "play"]  # fmt: skip
TIERS, TASKS, WAITING = "分层", "任务", "等待"
WAITS = ["customer_id", "play", "since"]
DONE = ("完成", "放弃")
PLACES = ["低价值", "一般", "潜力", "VIP"]
LOAD_DAYS = 5
AUTOMATIC, MACHINE = "low_automatic", "自动"
"""A play no person does, so that no load holds it back."""


def plays(c: pd.DataFrame) -> dict[str, tuple[pd.Series, int, int, int, str, str]]:
    """Play -> (who, priority, due in working days, cool-down days, channel, what to do)."""
    at_risk, days, tier = c["stage"] == "流失风险", c["recency_days"], c["tier"]
    vip = (tier == "VIP") & c["stage"].isin(["活跃", "忠诚"])
    rose, known = c["place"] > c["place_before"], c["place_before"].notna()
    new = ~known & bool(known.any())
    growing = (tier == "潜力") & (days <= 90)
    return {
        "complaint_open": (c["open_complaints"] > 0, 1, 1, 7, "电话", "回复投诉并确认处理结果"),
        "wake_up_vip": (at_risk & (c["score"] >= 60), 1, 3, 60, "电话", "客户经理上门或电话唤醒，送专属优惠券"),
        "wake_up": (at_risk & (c["score"] < 60), 2, 3, 60, "在线", "唤醒：发优惠券或满意度调研，客服跟进"),
        "welcome": (c["stage"] == "新客", 2, 1, 180, "在线", "发入门指南和首购满减券"),
        "welcome_back": (c["stage"] == "回流", 2, 3, 90, "电话", "致谢电话，了解回来的原因"),
        "tier_fell": (c["place"] < c["place_before"], 1, 3, 30, "电话", "挽留电话：了解原因，给出挽留方案"),
        "tier_rose": (rose, 3, 5, 30, "电话", "升级致谢，介绍新权益"),
        "vip_open": ((tier == "VIP") & (rose | new), 2, 3, 365, "在线", "开通专属权益"),
        "vip_manager": ((tier == "VIP") & c["owner"].isna(), 1, 2, 30, "在线", "指定专属客户经理"),
        "vip_visit": (vip, 2, 10, 90, "会议", "季度回访：专属折扣、新品优先试用"),
        "potential_grow": (growing, 3, 5, 30, "电话", "定期跟进，按常买品类做精准推荐"),
        "potential_train": (growing & (c["trainings_12m"] == 0), 4, 10, 180, "在线", "邀请参加产品培训"),
        "prospect_call": ((c["stage"] == "潜在") & (c["interactions_90d"] > 0), 3, 3, 30, "电话", "联系意向客户"),
        "general_visit": ((tier == "一般") & (days <= 90), 4, 10, 90, "在线", "定期回访，常规促销"),
        "low_automatic": ((tier == "低价值") & (c["orders_all"] > 0) & (days <= 365), 5, 10, 90, "邮件", "自动化关怀"),
        "weed_out": ((c["stage"] == "流失") & (tier == "低价值"), 5, 20, 365, "邮件", "核对是否还有合作可能"),
    }


def tiers_there(sheet: object) -> dict[str, int]:
    """Customer -> place of the tier a book holds; none in a fresh book."""
    rows = list(sheet.values)  # type: ignore[attr-defined]
    if not rows or rows[0][0] != "customer_id":
        return {}
    customer, tier = rows[0].index("customer_id"), rows[0].index("tier")
    return {row[customer]: PLACES.index(row[tier]) for row in rows[1:]}


def tasks_there(sheet: object) -> pd.DataFrame:
    """The tasks a book holds, with what people wrote; none in a fresh book."""
    rows = list(sheet.values)  # type: ignore[attr-defined]
    there = bool(rows) and rows[0][0] == TASK[0]
    held = pd.DataFrame(rows[1:], columns=rows[0]) if there else pd.DataFrame(columns=TASK)
    return held.assign(**{column: pd.to_datetime(held[column]).dt.date for column in ("created", "due")})


def waiting_there(book: openpyxl.Workbook) -> pd.DataFrame:
    """What waits in a book, and since when; nothing in a fresh one."""
    rows = list(book[WAITING].values) if WAITING in book.sheetnames else [WAITS]
    return pd.DataFrame(rows[1:], columns=WAITS)


def planned(
    c: pd.DataFrame, kept: pd.DataFrame, waiting: pd.DataFrame, load: pd.Series, as_of: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """New tasks and what waits: nobody who has an open one of the play or had one within its cool-down, no more than
    the load."""
    held = kept.drop_duplicates(["customer_id", "play"], keep="last").set_index(["customer_id", "play"])
    found = []
    for key, (who, priority, due, rest, channel, action) in plays(c).items():
        wanted = c[who]
        if len(held):
            of_play = held[held.index.get_level_values("play") == key].droplevel("play")
            resting = ~of_play["status"].isin(DONE) | ((as_of - pd.to_datetime(of_play["due"])).dt.days < rest)
            wanted = wanted[~wanted.index.isin(of_play.index[resting])]
        day = np.busday_offset(as_of.date(), due, roll="backward")
        found.append(pd.DataFrame({
            "task": [f"{customer}-{key}-{as_of.date()}" for customer in wanted.index], "customer_id": wanted.index,
            "name": wanted["name"].to_numpy(), "owner": wanted["owner"].to_numpy(), "priority": priority,
            "action": action, "reason": [f"{days:.0f} 天没有下单，得分 {score:.2f}" for days, score in
                                         zip(wanted["recency_days"], wanted["score"], strict=True)],
            "channel": channel, "created": as_of.date(), "due": pd.Timestamp(day).date(), "status": "待办",
            "result": "", "next_step": "", "play": key, "score": wanted["score"].to_numpy(),
        }))  # fmt: skip
    since = waiting.drop_duplicates(["customer_id", "play"])
    new = pd.concat(found).merge(since, how="left", on=["customer_id", "play"])
    new["since"] = pd.to_datetime(new["since"]).fillna(as_of)
    order = {"priority": True, "since": True, "score": False, "customer_id": True, "play": True}
    new = new.sort_values(list(order), ascending=list(order.values()))
    new["owner"] = new["owner"].mask(new["play"] == AUTOMATIC, MACHINE)
    owner = new["owner"].fillna("")
    daily = owner.map(load).fillna(10).mask(owner == MACHINE, len(new))
    still = kept.loc[~kept["status"].isin(DONE), "owner"].fillna("").value_counts()
    place = new.groupby(owner).cumcount()
    room = (daily * LOAD_DAYS - owner.map(still).fillna(0)).clip(lower=0)
    handed = (place < daily) & ((place < room) | (new["priority"] == 1))
    return new.loc[handed, TASK], new.loc[~handed, WAITS]


def main(facts: Path, as_of: pd.Timestamp, books: dict[Path, list[str]]) -> None:
    clock = {"begin": time.perf_counter()}
    c, _ = scored(facts, as_of)
    load = read(facts, "people").set_index("name")["tasks_per_day"]
    clock["score"] = time.perf_counter()
    held = {path: openpyxl.load_workbook(path) for path in books}
    clock["load"] = time.perf_counter()
    there = {path: tasks_there(book[TASKS]) for path, book in held.items()}
    kept = pd.concat(there.values()).drop_duplicates("task")
    before = {customer: tier for book in held.values() for customer, tier in tiers_there(book[TIERS]).items()}
    c["place"], c["place_before"] = c["tier"].map(PLACES.index), pd.Series(before, dtype=float).reindex(c.index)
    waited = pd.concat([waiting_there(book) for book in held.values()])
    new, waiting = planned(c, kept, waited, load, as_of)
    every = pd.concat([kept, new])
    clock["plan"] = time.perf_counter()
    for path, regions in books.items():
        part = c[c["region"].isin(regions)].sort_values("score", ascending=False)
        tiers = part[SHOWN].astype(object).where(part[SHOWN].notna(), None).reset_index()
        fill(held[path], TIERS, tiers)
        of_book = every[every["customer_id"].isin(part.index)].sort_values(["status", "priority", "due"])
        fill(held[path], TASKS, of_book.astype(object).where(of_book.notna(), None))
        fill(held[path], WAITING, waiting[waiting["customer_id"].isin(part.index)])
    clock["fill"] = time.perf_counter()
    for path, book in held.items():
        book.save(path)
    clock["save"] = time.perf_counter()
    stages = list(clock)
    seconds = {stage: clock[stage] - clock[before] for before, stage in pairwise(stages)}
    print(json.dumps({"seconds": seconds, "customers": len(c), "new_tasks": len(new), "tasks": len(every)}))


def fill(book: openpyxl.Workbook, name: str, rows: pd.DataFrame) -> None:
    """The sheet anew at its place (a new one at the end), header and rows."""
    place = book.sheetnames.index(name) if name in book.sheetnames else len(book.sheetnames)
    if name in book.sheetnames:
        del book[name]
    sheet = book.create_sheet(name, place)
    sheet.append(list(rows.columns))
    for row in rows.itertuples(index=False, name=None):
        sheet.append(row)


if __name__ == "__main__":
    named = dict(word.split("=", 1) for word in sys.argv[3:])
    main(Path(sys.argv[1]), pd.Timestamp(sys.argv[2]), {Path(path): told.split(",") for path, told in named.items()})
