"""The verb `messages`: drafts, SMS lists and mail for customers, the morning mail for the team."""

from __future__ import annotations

import argparse
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..labels import Language, text
from .line import CommandLine, date

if TYPE_CHECKING:
    from ..jobs.messages import MessagesReport
    from ..messages.log import Entry

SHOWN = 5
"""Customers that are named; the rest are counted."""


def register(line: CommandLine) -> None:
    say = line.speaker("messages")
    made = line.verb("messages", run_messages, room="messages")
    line.book(made)
    made.add_argument("--to", choices=("customers", "team", "all"), default="customers", help=say("to"))
    made.add_argument("--out", type=Path, default=None, metavar="FOLDER", help=say("out"))
    made.add_argument("--send", action="store_true", help=say("send"))
    made.add_argument("--play", action="append", default=[], metavar="KEY", help=say("play"))
    made.add_argument("--channel", choices=("mail", "sms"), default=None, help=say("channel"))
    made.add_argument("--config", type=Path, default=None, metavar="FILE", help=say("config"))
    made.add_argument("--templates", type=Path, default=None, metavar="FOLDER", help=say("templates"))
    made.add_argument("--attach", type=Path, action="append", default=[], metavar="FILE", help=say("attach"))
    made.add_argument("--handed", action="store_true", help=say("handed"))
    made.add_argument("--sent", action="store_true", help=say("sent_list"))
    made.add_argument("--as-of", type=date, default=None, metavar="YYYY-MM-DD", help=say("as_of"))
    facts = made.add_argument_group(say("facts"))
    for table in ("customers", "people"):
        facts.add_argument(f"--{table}", type=Path, default=None, metavar="PATH", help=line.say(f"facts_{table}"))


def run_messages(options: argparse.Namespace, language: Language) -> int:
    from .. import jobs, screen
    from ..jobs.messages import FRESH_DAYS, Wanted, messages, sent_before
    from ..jobs.scenes import refreshed_for
    from ..messages.settings import read_settings

    today = dt.date.today()  # noqa: DTZ011 - a business day where the user sits
    request = jobs.Request(
        as_of=options.as_of or today,
        book=options.book,
        files={table: path for table in ("customers", "people") if (path := getattr(options, table))},
        language=language if options.lang else None,
        progress=screen.progress(language, quiet=options.quiet or options.json),
    )
    if options.sent:
        return show_sent(sent_before(request), language, as_json=options.json)
    if options.as_of is None and (day := refreshed_for(request)):
        if options.send and abs((today - day).days) > FRESH_DAYS:
            raise UsageError("messages.stale", as_of=day.isoformat(), days=(today - day).days)
        request = jobs.Request(**{**vars(request), "as_of": today if options.send else day})
    wanted = Wanted(options.to, options.play, options.channel, options.templates, options.attach)
    settings = read_settings(options.config)
    report = messages(request, settings, wanted, out=options.out, send=options.send, handed=options.handed)
    show(report, language, as_json=options.json)
    return 0 if all(one.state in {"sent", "refused"} for one in report.deliveries or ()) else 9


def show(report: MessagesReport, language: Language, *, as_json: bool) -> None:
    from .. import screen

    if as_json:
        screen.print_json(as_dict(report))
        return
    for line in lines_of(report, language):
        print(line)


def lines_of(report: MessagesReport, language: Language) -> list[str]:
    """The report in words."""
    from ..messages.sms import parts_of

    def say(key: str, **values: object) -> str:
        return text(f"messages.{key}", language, **values)

    lines: list[str] = []
    if report.drafts:
        lines.append(say("wrote_drafts", count=len(report.drafts), folder=report.drafts[0].parent))
    parts = sum(parts_of(one.text) for one in report.texts)
    lines += [say("wrote_sms", count=len(report.texts), parts=parts, path=path) for path in report.sms]
    if report.handed:
        lines.append(say("was_handed", count=report.handed))
    if report.deliveries is not None:
        lines += _delivered(report, language)
    else:
        if not report.drafts and not report.sms and (report.mails or report.texts):
            lines.append(say("would_send", mails=len(report.mails), texts=len(report.texts)))
        lines += ["  · " + line for line in _by_topic(report, language)]
    if report.closed.count:
        lines.append("  · " + say("tasks_closed", count=report.closed.count))
    if report.closed.waiting:
        lines.append("  · " + say("tasks_wait", count=report.closed.waiting))
    if not lines:
        lines.append(say("nothing"))
    for why, count in sorted(Counter(one.why for one in report.left).items(), key=lambda each: -each[1]):
        names = [one.customer_id or one.name for one in report.left if one.why == why]
        lines.append("  · " + say("left", count=count, why=say(f"left_{why}"), names=named(names)))
    if report.unsure:
        names = [entry.customer_id or entry.address for entry in report.unsure]
        lines.append("  · " + say("still_unsure", count=len(names), names=named(names)))
    return lines


def _delivered(report: MessagesReport, language: Language) -> list[str]:
    lines = [text("messages.was_sent", language, count=report.sent)]
    own = text("messages.own_limit", language, per_day=report.per_day)
    for state in ("refused", "later", "unsure", "stopped"):
        there = [one for one in report.deliveries or () if one.state == state]
        if there:
            names = named([f"{one.letter.address} {one.code or ''} {one.reply}".strip() for one in there])
            told = {"count": len(there), "names": names, "reply": there[0].reply or own}
            lines.append("  · " + text(f"messages.state_{state}", language, **told))
    if report.texts:
        lines.append("  · " + text("messages.texts_wait", language, count=len(report.texts)))
    return lines


def _by_topic(report: MessagesReport, language: Language) -> list[str]:
    mails, texts = Counter(one.topic for one in report.mails), Counter(one.topic for one in report.texts)
    return [
        text("messages.would_topic", language, topic=report.topics.get(topic, topic), mails=mails[topic],
             texts=texts[topic])
        for topic in sorted({*mails, *texts})
    ]  # fmt: skip


def named(names: Sequence[str]) -> str:
    return "、".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def as_dict(report: MessagesReport) -> dict[str, object]:
    return {
        "book": str(report.book),
        "day": report.day.isoformat(),
        "mails": len(report.mails),
        "texts": len(report.texts),
        "drafts": [str(path) for path in report.drafts],
        "sms": [str(path) for path in report.sms],
        "handed": report.handed,
        "sent": report.sent,
        "deliveries": [
            {"to": one.letter.address, "topic": one.letter.topic, "state": one.state, "code": one.code,
             "reply": one.reply}
            for one in report.deliveries or ()
        ],
        "left": [
            {"why": one.why, "customer_id": one.customer_id, "name": one.name, "topic": one.topic, "value": one.value}
            for one in report.left
        ],
        "tasks_closed": report.closed.count,
        "tasks_waiting": report.closed.waiting,
        "unsure": [entry.key for entry in report.unsure],
    }  # fmt: skip


def show_sent(entries: Sequence[Entry], language: Language, *, as_json: bool) -> int:
    import json

    from .. import screen

    if as_json:
        return screen.print_json({"messages": [json.loads(entry.as_json()) for entry in entries]})
    if not entries:
        print(text("messages.sent_none", language))
    for entry in entries:
        print(
            text(
                "messages.sent_line", language, at=f"{entry.at.astimezone():%Y-%m-%d %H:%M}",
                step=text(f"messages.step_{entry.step}", language), topic=entry.topic, address=entry.address,
                subject=entry.subject,
            )
        )  # fmt: skip
    return 0
