"""What was delivered at all, so that nothing is counted as 0 that nobody told us about."""

from __future__ import annotations

import datetime as dt

from ..engine import Runner, date_literal, text_literal
from .steady import STANDING

_ASKED: dict[str, tuple[str, ...]] = {
    "customers": ("followers", "industry_outlook", "birthday", "birthday_lunar"),
    "orders": ("category", "new_product", "cost", "due_date"),
    "interactions": ("channel", "kind", "topic"),
    "feedback": ("kind", "status"),
    "renewals": (),
    "referrals": (),
}
_DAY = {"customers": "", "orders": "", "renewals": "due_date"}
_READ_FROM = {"orders": "order_lines"}
"""Orders may be a view over a file; their lines are already at hand, up to the day."""
_WORTH_ASKING = 100_000
_MANY = 1_000_000

EVERYTHING = frozenset([*_ASKED, *(f"{table}.{column}" for table, columns in _ASKED.items() for column in columns)])
"""Every table and `table.column` whose absence changes a result."""
ONE_LINE_EACH = "orders.one_line_each"
"""Said besides where cleaning found that no two lines share an order, so that lines need not be gathered."""
MANY_LINES = "orders.many_lines"
"""Said besides where lines are gathered into orders part by part: faster, and a fraction of the memory."""
BY_HAND = "overrides"
"""Said besides where people decided something by hand (the relation `overrides`)."""


def delivered(engine: Runner, as_of: dt.date) -> frozenset[str]:
    """Which of `EVERYTHING` have a row, or a value, up to the day; and `ONE_LINE_EACH`, `MANY_LINES`.

    Needs `order_lines`.
    """
    most = max(map(len, _ASKED.values()))
    questions = []
    for table, columns in _ASKED.items():
        counts = [f"COUNT({column})" for column in columns] + ["0"] * (most - len(columns))
        day = _DAY.get(table, "date")
        where = f" WHERE {day} <= {date_literal(as_of)}" if day else ""
        source = _READ_FROM.get(table, table)
        questions.append(f"SELECT {text_literal(table)}, COUNT(*), {', '.join(counts)} FROM {source}{where}")
    found: set[str] = set()
    for table, rows, *filled in engine.rows(" UNION ALL ".join(questions)):
        if rows:
            found.add(table)
        found.update(f"{table}.{column}" for column, count in zip(_ASKED[table], filled, strict=False) if count)
        if table == "orders" and rows >= _WORTH_ASKING and _one_line_each(engine):
            found.add(ONE_LINE_EACH)
        if table == "orders" and rows >= _MANY:
            found.add(MANY_LINES)
    if engine.has(BY_HAND) and engine.value(f"SELECT COUNT(*) AS n FROM {BY_HAND}"):
        found.add(BY_HAND)
    if engine.has(STANDING):
        found.add(STANDING)
    return frozenset(found)


def _one_line_each(engine: Runner) -> bool:
    """Whether cleaning is sure of it; only asked where gathering lines would cost something."""
    return engine.has("orders_shape") and bool(engine.value("SELECT one_line_each FROM orders_shape"))
