"""What was delivered at all, so that nothing is counted as 0 that nobody told us about."""

from __future__ import annotations

import datetime as dt

from ..engine import Engine, date_literal

_ASKED: dict[str, tuple[str, ...]] = {
    "customers": ("followers", "industry_outlook", "birthday"),
    "orders": ("category", "new_product", "cost", "due_date"),
    "interactions": ("channel", "kind", "topic"),
    "feedback": ("kind", "status"),
    "renewals": (),
    "referrals": (),
}
_DAY = {"customers": "", "renewals": "due_date"}
_LOOK = 100_000
"""Rows looked at before asking for a single value: absent columns are usually absent by construction."""

EVERYTHING = frozenset([*_ASKED, *(f"{table}.{column}" for table, columns in _ASKED.items() for column in columns)])
"""Every table and `table.column` whose absence changes a result."""
ONE_LINE_EACH = "orders.one_line_each"
"""Said besides where cleaning found that no two lines share an order, so that lines need not be gathered."""


def delivered(engine: Engine, as_of: dt.date) -> frozenset[str]:
    """Which of `EVERYTHING` have a row, or a value, up to the day; and `ONE_LINE_EACH`."""
    found: set[str] = set()
    for table, columns in _ASKED.items():
        day = _DAY.get(table, "date")
        until = f"{day} <= {date_literal(as_of)}" if day else "1 = 1"
        counts = ", ".join(["COUNT(*)", *(f"COUNT({column})" for column in columns)])
        read = ", ".join(columns) or "1"
        looked = f"SELECT {read} FROM {table} WHERE {until} LIMIT {_LOOK}"
        rows, *filled = engine.rows(f"SELECT {counts} FROM ({looked}) AS looked")[0]
        if rows:
            found.add(table)
        for column, count in zip(columns, filled, strict=True):
            known = f"SELECT 1 FROM {table} WHERE {until} AND {column} IS NOT NULL LIMIT 1"
            if count or (rows == _LOOK and engine.rows(known)):
                found.add(f"{table}.{column}")
        if table == "orders" and rows == _LOOK and _one_line_each(engine):
            found.add(ONE_LINE_EACH)
    return frozenset(found)


def _one_line_each(engine: Engine) -> bool:
    """Whether cleaning is sure of it; only asked where gathering lines would cost something."""
    return engine.has("orders_shape") and bool(engine.value("SELECT one_line_each FROM orders_shape"))
