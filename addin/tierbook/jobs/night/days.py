"""Which nights are due, in the wall clock's own hours.

All moments are what the clock on the wall shows, without a zone. Where a clock jumps forward over the hour, the night
is due as soon as it has passed; where an hour comes twice, the night of that day is done by then. So each date has
one night, whatever the zone does.
"""

from __future__ import annotations

import datetime as dt

DAY = dt.timedelta(days=1)


def due_day(now: dt.datetime, at: dt.time) -> dt.date:
    """The latest date whose night is due: today once the hour has come, before it yesterday."""
    return now.date() if now.time() >= at else now.date() - DAY


def missed_days(done: dt.date | None, due: dt.date, most: int) -> list[dt.date]:
    """The dates after the last night done and before the one that is due, in order; none where no night was ever done.

    Args:
        most: how many of them count at most: the latest ones.
    """
    if done is None or most <= 0:
        return []
    days = [done + DAY * place for place in range(1, (due - done).days)]
    return days[-most:]


def next_due(now: dt.datetime, at: dt.time) -> dt.datetime:
    """The next moment a night is due, after now."""
    today = dt.datetime.combine(now.date(), at)
    return today if now < today else today + DAY


def deadline(day: dt.date, at: dt.time, until: dt.time) -> dt.datetime:
    """Until when a night tries again: the first time the hour `until` comes after the night's beginning."""
    end = dt.datetime.combine(day, until)
    return end if until > at else end + DAY
