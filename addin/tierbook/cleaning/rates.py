"""Exchange rates that change from day to day: the last one not after an order's date turns it into money."""

from __future__ import annotations

import datetime as dt

from ..engine import Engine
from .money import LARGEST_RATE, spellings

DAILY = "day_rates"
"""The relation of the rates of every day: code (of the currency, upper case), day, rate."""


def make_daily(engine: Engine, book: str, as_of: dt.date) -> bool:
    """Make `day_rates` of the cleaned relation `rates`; whether there are any.

    A currency's rate holds from its day until the next one's, the last until `as_of`. Before the first, the model's
    own rate counts. Of several rates of a day the first row's counts, whatever name the currency bears.
    """
    codes = spellings(book)
    first: dict[str, dict[dt.date, float]] = {}
    for currency, day, rate in engine.rows("SELECT currency, date, rate FROM rates ORDER BY source_row"):
        spelled = currency.upper()
        first.setdefault(codes.get(spelled, spelled), {}).setdefault(day, rate)
    rows = []
    for code, by_day in sorted(first.items()):
        days = sorted(day for day in by_day if day <= as_of and by_day[day] < LARGEST_RATE)
        ends = [*(day - dt.timedelta(days=1) for day in days[1:]), as_of]
        rows += [(code, day, end, by_day[day]) for day, end in zip(days, ends, strict=False)]
    if not rows:
        return False
    engine.put("dated_rates", {"code": "VARCHAR", "first": "DATE", "last": "DATE", "rate": "DOUBLE"}, rows)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {DAILY} AS SELECT code, CAST(day AS DATE) AS day, "
        "CAST(rate AS DECIMAL(16,10)) AS rate FROM "
        "(SELECT code, rate, unnest(generate_series(first, last, INTERVAL 1 DAY)) AS day FROM dated_rates)"
    )
    return True
