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

EVERYTHING = frozenset([*_ASKED, *(f"{table}.{column}" for table, columns in _ASKED.items() for column in columns)])
"""Every table and `table.column` whose absence changes a result."""


def delivered(engine: Engine, as_of: dt.date) -> frozenset[str]:
    """Which of `EVERYTHING` have a row, or a value, up to the day."""
    found: set[str] = set()
    for table, columns in _ASKED.items():
        day = _DAY.get(table, "date")
        where = f" WHERE {day} <= {date_literal(as_of)}" if day else ""
        counts = ", ".join(["COUNT(*)", *(f"COUNT({column})" for column in columns)])
        filled = engine.rows(f"SELECT {counts} FROM {table}{where}")[0]
        names = (table, *(f"{table}.{column}" for column in columns))
        found.update(name for name, count in zip(names, filled, strict=True) if count)
    return frozenset(found)
