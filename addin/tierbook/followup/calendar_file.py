"""A person's tasks as a calendar (RFC 5545) that Outlook, Google, Apple and the office suites take in.

A task is an event of the whole day it is due on, without a time zone, so that no clock change moves it; an alarm rings
in the morning. Its UID stays the same however often the file is written, so taking it in again moves and changes
events instead of doubling them; a finished task comes along as cancelled, which takes it off the calendar.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..labels import Language, text
from .records import Task

if TYPE_CHECKING:
    from icalendar import Alarm, Event

ONE_DAY = dt.timedelta(days=1)
LEAST_URGENT = 9
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def calendar_of(
    person: str, tasks: Iterable[Task], as_of: dt.date, language: Language, *, alarm_hour: int = 9
) -> bytes:
    """The calendar of one person; "" is the one of tasks nobody has.

    The same tasks on the same day give the same bytes.

    Args:
        as_of: the day the tasks are of; a later one tells calendars that this file is the newer.
        alarm_hour: when the alarm rings on the due day, by the clock of whoever looks.
    """
    from icalendar import Calendar, vText

    calendar = Calendar()
    calendar.add("prodid", "-//tierbook//follow-ups//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    who = person or text("allocation.calendar_nobody", language)
    name = " ".join(plain(text("allocation.calendar_name", language, person=who)).split())
    calendar.add("x-wr-calname", vText(name))  # of names that are no standard the library escapes only what is vText
    for task in sorted(tasks, key=lambda one: (one.due, one.priority, one.task_id)):
        calendar.add_component(_event(task, as_of, language, alarm_hour))
    made: bytes = calendar.to_ical()
    return made


def uid_of(task: Task) -> str:
    """The same for a task in every book and on every day."""
    return f"{plain(task.task_id)}@tierbook"


def plain(words: str) -> str:
    """Text without letters a calendar chokes on; line ends as one."""
    return _CONTROL.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


def _event(task: Task, as_of: dt.date, language: Language, alarm_hour: int) -> Event:
    from icalendar import Event

    written = dt.datetime.combine(as_of, dt.time(), dt.UTC)
    event = Event()
    event.add("uid", uid_of(task))
    event.add("dtstamp", written)
    event.add("last-modified", written)
    event.add("sequence", max((as_of - task.created).days, 0))
    event.add("dtstart", task.due)
    event.add("dtend", task.due + ONE_DAY)
    customer = task.name or task.customer_id
    event.add("summary", plain(text("allocation.calendar_summary", language, customer=customer, action=task.action)))
    event.add("description", plain("\n".join(_lines(task, language))))
    event.add("priority", min(max(2 * task.priority - 1, 1), LEAST_URGENT))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if task.is_closed else "CONFIRMED")
    if task.channel:
        event.add("categories", [plain(task.channel)])
    if not task.is_closed:
        event.add_component(_alarm(event, alarm_hour))
    return event


def _lines(task: Task, language: Language) -> list[str]:
    told = {
        "reason": task.reason, "channel": task.channel, "customer": task.customer_id, "result": task.result,
        "next_step": task.next_step,
    }  # fmt: skip
    values = {"customer": "customer_id"}
    return [
        text(f"allocation.calendar_{key}", language, **{values.get(key, key): words})
        for key, words in told.items()
        if words
    ]


def _alarm(event: Event, hour: int) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", str(event["summary"]))
    alarm.add("trigger", dt.timedelta(hours=hour))
    return alarm
