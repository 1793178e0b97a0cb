"""Key figures of months worked out with pandas from the rows themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd


def month_figures(known: dict[str, list[dict[str, Any]]], merges: dict[str, str], month: dt.date) -> dict[str, Any]:
    """Active customers, orders, revenue in cents, retention and mean satisfaction of a calendar month.

    Args:
        merges: number of a customer -> the one it turned out to be.
    """
    start, end = pd.Timestamp(month), pd.Timestamp(month) + pd.offsets.MonthEnd(0)
    orders = pd.DataFrame(known["orders"])
    orders = orders[orders["status"] != "取消"].assign(
        date=pd.to_datetime(orders["date"]), customer_id=orders["customer_id"].replace(merges)
    )
    bought = orders[orders["status"] != "退货"]
    before = start - pd.offsets.MonthBegin(1)
    active = set(bought[bought["date"].between(start, end)]["customer_id"])
    earlier = set(bought[(bought["date"] >= before) & (bought["date"] < start)]["customer_id"])
    feedback = pd.DataFrame(known["feedback"])
    marks = feedback[(feedback["kind"] == "满意度") & pd.to_datetime(feedback["date"]).between(start, end)]["score"]
    cents = (orders[orders["date"].between(start, end)]["amount"].astype(float) * 100).round().astype(int)
    return {
        "active": len(active),
        "orders": bought[bought["date"].between(start, end)]["order_id"].nunique(),
        "revenue": int(cents.sum()),
        "retention": len(active & earlier) / len(earlier) if earlier else None,
        "csat": float(marks.astype(float).mean()) if len(marks) else None,
    }
