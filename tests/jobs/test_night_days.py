"""Which nights are due: hours, missed days, midnight, and clocks that jump."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from tierbook.jobs.night.days import deadline, due_day, missed_days, next_due

DAY = dt.date(2026, 10, 31)


def moment(text: str, day: dt.date = DAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(text))


@pytest.mark.parametrize(
    ("now", "due"),
    [("02:00:00", "2026-10-31"), ("01:59:59", "2026-10-30"), ("23:00:00", "2026-10-31")],
)
def test_the_due_day_changes_at_the_hour(now: str, due: str) -> None:
    assert due_day(moment(now), dt.time(2)) == dt.date.fromisoformat(due)


def test_a_night_at_midnight_belongs_to_the_day_that_begins() -> None:
    assert due_day(moment("00:00"), dt.time(0)) == DAY
    assert due_day(moment("23:59:59"), dt.time(0)) == DAY


@pytest.mark.parametrize(
    ("done", "missed"),
    [
        (None, []),
        ("2026-10-31", []),
        ("2026-10-30", []),
        ("2026-10-28", ["2026-10-29", "2026-10-30"]),
        ("2026-02-27", ["2026-10-28", "2026-10-29", "2026-10-30"]),
        ("2026-11-02", []),
    ],
)
def test_missed_days_come_in_order_the_latest_of_them_at_most(done: str | None, missed: list[str]) -> None:
    found = missed_days(dt.date.fromisoformat(done) if done else None, DAY, 3)
    assert [day.isoformat() for day in found] == missed


def test_nobody_who_wants_none_catches_up() -> None:
    assert missed_days(dt.date(2026, 10, 1), DAY, 0) == []


@pytest.mark.parametrize(
    ("at", "until", "end"),
    [
        ("02:00", "09:00", "2026-10-31T09:00"),
        ("23:30", "09:00", "2026-11-01T09:00"),
        ("02:00", "02:00", "2026-11-01T02:00"),
    ],
)  # fmt: skip
def test_a_morning_ends_the_first_time_its_hour_comes(at: str, until: str, end: str) -> None:
    found = deadline(DAY, dt.time.fromisoformat(at), dt.time.fromisoformat(until))
    assert found == dt.datetime.fromisoformat(end)


def test_the_next_night_is_never_now() -> None:
    assert next_due(moment("02:00"), dt.time(2)) == moment("02:00", dt.date(2026, 11, 1))
    assert next_due(moment("01:59"), dt.time(2)) == moment("02:00")


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("at", ["00:00", "01:30", "02:00", "02:30", "03:00", "23:59"])
@pytest.mark.parametrize("start", ["2026-03-06", "2026-03-27", "2026-04-03", "2026-10-02", "2026-10-23", "2026-10-30"])
def test_every_date_has_one_night_also_where_clocks_jump(zone: str, at: str, start: str) -> None:
    """A runner looks every ten minutes, as real time passes, at what the wall clock shows."""
    place, hour = ZoneInfo(zone), dt.time.fromisoformat(at)
    real = dt.datetime.fromisoformat(f"{start}T12:00").replace(tzinfo=place).astimezone(dt.UTC)
    done = due_day(real.astimezone(place).replace(tzinfo=None), hour)
    ran = []
    for _ in range(6 * 24 * 4):
        real += dt.timedelta(minutes=10)
        due = due_day(real.astimezone(place).replace(tzinfo=None), hour)
        if due > done:
            assert missed_days(done, due, 14) == []
            ran.append(due)
            done = due
    first = ran[0]
    assert ran == [first + dt.timedelta(days=place) for place in range(len(ran))]
    assert len(ran) == 4
