"""Calendar files say what the tasks say, in a form calendars agree on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from icalendar import Calendar

from tierbook.followup import Task
from tierbook.followup.calendar_file import calendar_of, uid_of

AS_OF = dt.date(2026, 10, 30)
DUE = dt.date(2026, 11, 2)
TASK = Task("T1a2b3c", "1002", "苏州岚和文仪设备", "wake", "95 天没有下单", "唤醒：发优惠券", "电话", "李雅婷",
            dt.date(2026, 10, 28), DUE, 2)  # fmt: skip
NASTY = "第一行\r\n第二行; a,b \\n: END:VEVENT\nBEGIN:VEVENT\x00\x0b😀" + "很长" * 60


def events(data: bytes) -> list:
    return Calendar.from_ical(data).walk("VEVENT")


def test_a_task_fills_the_day_it_is_due_and_rings_in_the_morning():
    (event,) = events(calendar_of("李雅婷", [TASK], AS_OF, "zh-CN", alarm_hour=9))
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (DUE, DUE + dt.timedelta(days=1))
    assert not isinstance(event.decoded("dtstart"), dt.datetime), "a day has no clock that could be put forward"
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("trigger") == dt.timedelta(hours=9)
    assert alarm["action"] == "DISPLAY"
    assert event["summary"] == "苏州岚和文仪设备：唤醒：发优惠券"
    assert event["transp"] == "TRANSPARENT", "a task does not make a person busy"


def test_what_every_calendar_asks_for_is_there():
    data = calendar_of("李雅婷", [TASK], AS_OF, "zh-CN")
    calendar = Calendar.from_ical(data)
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    assert calendar["prodid"]
    assert calendar["x-wr-calname"] == "李雅婷 的客户跟进"
    (event,) = events(data)
    assert {"uid", "dtstamp", "dtstart", "summary", "sequence"} <= {key.lower() for key in event}
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75


def test_written_again_an_event_is_the_same_and_newer():
    first = events(calendar_of("李雅婷", [TASK], AS_OF, "zh-CN"))[0]
    later = replace(TASK, due=DUE + dt.timedelta(days=7), status="doing")
    again = events(calendar_of("王浩然", [later], AS_OF + dt.timedelta(days=3), "en"))[0]
    assert first["uid"] == again["uid"] == uid_of(TASK)
    assert again["sequence"] > first["sequence"]
    assert again.decoded("dtstamp") > first.decoded("dtstamp")


def test_the_same_tasks_give_the_same_bytes_in_any_order():
    other = replace(TASK, task_id="T9", due=DUE - dt.timedelta(days=1))
    assert calendar_of("甲", [TASK, other], AS_OF, "zh-TW") == calendar_of("甲", [other, TASK], AS_OF, "zh-TW")


@pytest.mark.parametrize(
    ("status", "word", "alarms"),
    [("open", "CONFIRMED", 1), ("doing", "CONFIRMED", 1), ("done", "CANCELLED", 0), ("dropped", "CANCELLED", 0)],
)
def test_a_finished_task_comes_off_the_calendar(status, word, alarms):
    (event,) = events(calendar_of("甲", [replace(TASK, status=status)], AS_OF, "zh-CN"))
    assert event["status"] == word
    assert len(event.walk("VALARM")) == alarms


def test_what_people_wrote_cannot_break_out_of_its_line():
    task = replace(TASK, name=NASTY, action=NASTY, result=NASTY, next_step=NASTY, channel=NASTY)
    data = calendar_of(NASTY, [task], AS_OF, "zh-CN")
    (event,) = events(data)
    assert event.decoded("dtstart") == DUE
    assert "\n" not in Calendar.from_ical(data)["x-wr-calname"]
    kept = NASTY.replace("\r\n", "\n").replace("\x00", "").replace("\x0b", "")
    assert str(event["description"]).endswith(f"下一步：{kept}")
    assert str(event["summary"]) == f"{kept}：{kept}"


@pytest.mark.parametrize(("priority", "told"), [(1, 1), (3, 5), (5, 9), (99, 9), (0, 1)])
def test_priorities_are_told_from_one_to_nine(priority, told):
    (event,) = events(calendar_of("甲", [replace(TASK, priority=priority)], AS_OF, "zh-CN"))
    assert event["priority"] == told


def test_tasks_nobody_has_have_a_calendar_too():
    assert Calendar.from_ical(calendar_of("", [TASK], AS_OF, "en"))["x-wr-calname"] == "nobody: customer follow-ups"
