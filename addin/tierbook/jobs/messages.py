"""The verb `messages`: drafts, lists, mail for customers, the morning mail for the team; a night's last step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .. import templates
from ..errors import MailError, TierbookError, UsageError
from ..followup.calendar import workdays_of
from ..home import home
from ..labels import Language, text
from .intake import language_for, rules_for
from .ledger import ledger_of, scope_of
from .message_tasks import Closed, close_tasks, done_by_message
from .request import Note, Request

if TYPE_CHECKING:
    from ..messages.log import Entry, SentLog, Store
    from ..messages.records import Attachment, Channel, Delivery, Left, Letter, SmsText
    from ..messages.settings import MailSettings, MessageSettings
    from ..messages.smtp import Clock

To = Literal["customers", "team", "all"]
FRESH_DAYS = 3
"""A book refreshed longer ago sends nothing by itself: its birthdays and tasks are those of another day."""
SMS_FILE = "sms"


@dataclass(frozen=True)
class Wanted:
    """Which messages: `plays` are lines of the playbook or templates, `channel` only this one."""

    to: To = "customers"
    plays: Sequence[str] = ()
    channel: Channel | None = None
    templates: Path | None = None
    attach: Sequence[Path] = ()
    facts: Path | None = None
    """The book whose sheets hold customers and people; None: the one that is written for."""
    also: Sequence[str] = ()
    """Scopes of other books with the same customers: who got a message from one of them gets none here."""


@dataclass(frozen=True)
class MessagesReport:
    """What is ready, what became of it, and what stayed behind.

    Args:
        drafts: files written; sms: the lists.
        closed: tasks noted as done in the book.
        deliveries: what became of the letters handed to the server; None where nothing was to be sent.
        handed: messages noted as gone out.
        unsure: from earlier; nobody knows whether they arrived.
    """

    book: Path
    day: dt.date
    language: Language
    mails: Sequence[Letter] = ()
    texts: Sequence[SmsText] = ()
    left: Sequence[Left] = ()
    drafts: Sequence[Path] = ()
    sms: Sequence[Path] = ()
    deliveries: Sequence[Delivery] | None = None
    handed: int = 0
    unsure: Sequence[Entry] = ()
    per_day: int = 0
    closed: Closed = field(default_factory=Closed)
    topics: Mapping[str, str] = field(default_factory=dict)
    """Key of a template -> its name in the report's language."""

    @property
    def sent(self) -> int:
        return sum(one.state == "sent" for one in self.deliveries or ())


def messages(
    request: Request,
    settings: MessageSettings,
    wanted: Wanted | None = None,
    *,
    out: Path | None = None,
    send: bool = False,
    handed: bool = False,
    notes: Sequence[Note] = (),
    clock: Clock | None = None,
) -> MessagesReport:
    """Write the messages a refreshed book asks for; as files, to the mail server, or neither.

    What the log says is out is not made again. The book is only read, but for tasks that ask for nothing more than
    the message: they are done once it went out.

    Args:
        request: book, language, and the day the messages are for.
        out: folder for drafts and lists.
        send: hand mail to the server.
        handed: note what was written into `out` as gone out.
        notes: what the run before told; contradictions between books go to the bosses.

    Raises:
        UsageError: the book was never refreshed or too long ago, no server is configured, another program is sending.
        MailError: the server refuses us altogether.
    """
    from ..messages.log import open_log

    wanted = wanted or Wanted()
    if send and settings.mail is None:
        raise UsageError("messages.not_configured", path=home() / "mail.toml", example=templates.folder() / "mail.toml")
    if handed and out is None:
        raise UsageError("messages.nothing_asked")
    with ExitStack() as stack:
        log = stack.enter_context(open_log(scope_of(request), store=_store(request, stack), also=wanted.also))
        report, carried = _written(request, settings, wanted, log, notes)
        if out is not None:
            report = _filed(report, out, settings, log if handed else None)
        if send and settings.mail is not None:
            report = _sent(report, settings.mail, request, log, clock)
        if send or handed:
            report = replace(report, closed=close_tasks(request, carried, log))
    return report


def notify(
    request: Request,
    settings: MessageSettings,
    *,
    notes: Sequence[Note] = (),
    attach: Sequence[Path] = (),
    facts: Path | None = None,
    also: Sequence[str] = (),
    clock: Clock | None = None,
) -> MessagesReport | None:
    """The last step of a night for one book: the team's morning mail, and what the settings let go out by itself.

    Doing it again sends nothing twice. On days off nobody is told of work. None where no mail server is configured, or
    nothing is to be sent.

    Args:
        request: the book as published, its files of facts, and the night's day.
        attach: files for the team's mail, such as the dashboard as HTML; those that are not there are left out.
        facts: the book whose sheets hold customers and people, where the published one does not.
        also: scopes of the night's other books; a customer who is in two of them gets one message.

    Raises:
        MailError: the server does not answer, refuses us, or did not take everything; another try may be made later.
    """
    if settings.mail is None:
        return None
    tells = settings.digest and (settings.days_off or _is_worked(request))
    if not (tells or settings.automatic):
        return None
    to: To = "all" if tells and settings.automatic else "team" if tells else "customers"
    there = [path for path in attach if path.is_file()]
    wanted = Wanted(to, settings.automatic, attach=there, facts=facts, also=also)
    report = messages(request, settings, wanted, send=True, notes=notes, clock=clock)
    waiting = [one for one in report.deliveries or () if _may_pass(one)]
    if waiting:
        raise MailError("messages.not_all_sent", sent=report.sent, count=len(waiting), reply=waiting[0].reply)
    return report


def _is_worked(request: Request) -> bool:
    """Whether the day is a working day of the company, by the rules in force in its book."""
    return workdays_of(rules_for(request, language_for(request)).model)(request.as_of)


def _may_pass(delivery: Delivery) -> bool:
    """Whether another try soon may bring a letter out: the line broke, the server had enough, or it is one of ours.

    A customer's full mailbox and our own limit a day are matters of another day.
    """
    if delivery.state == "stopped":
        return delivery.code != 0
    return delivery.state == "later" and (delivery.code == 0 or not delivery.letter.is_marketing)


def sent_before(request: Request) -> Sequence[Entry]:
    """The last step of every message of a book, by moment."""
    from ..messages.log import SentLog

    with ExitStack() as stack:
        return SentLog(_store(request, stack), scope_of(request)).entries()


def _written(
    request: Request, settings: MessageSettings, wanted: Wanted, log: SentLog, notes: Sequence[Note]
) -> tuple[MessagesReport, dict[str, str]]:
    """The report of what is ready, and the tasks that messages carry out with the name of theirs."""
    from ..messages.compose import Past, chosen, letters_for
    from ..messages.digest import digests_for
    from ..messages.digest_page import KEY as DIGEST
    from ..messages.digest_page import letter_of
    from ..messages.records import Left
    from ..messages.topics import topics_in
    from .scenes import book_name, read_scene

    request.progress("messages.composing", {})
    scene, news = read_scene(request, settings.company, wanted.facts)
    folders = [templates.folder() / "messages", *filter(None, (settings.templates, wanted.templates))]
    for folder in folders:
        if not folder.is_dir():
            raise UsageError("messages.no_template_folder", path=folder)
    topics = topics_in(folders, scene.vocabulary)
    mails: list[Letter] = []
    texts: list[SmsText] = []
    left: list[Left] = []
    if wanted.to != "team":
        known = [play.key for play in scene.model.playbook]
        past = Past(log.done, log.refused, log.last)
        letters = letters_for(scene, chosen(topics, wanted.plays, known), past, channel=wanted.channel,
                              quiet_days=settings.quiet_days)  # fmt: skip
        mails, texts, left = list(letters.mails), list(letters.texts), list(letters.left)
    if wanted.to != "customers":
        conflicts = [TierbookError(key, **values).words(scene.language) for key, values in notes if "conflict" in key]
        attached = [_attachment(path) for path in wanted.attach]
        for digest in digests_for(scene, replace(news, conflicts=conflicts)):
            letter = letter_of(digest, scene.language, book_name(request), attached)
            if letter is None:
                why = "bad_address" if digest.person.email else "no_address"
                left.append(Left(why, "", DIGEST, digest.person.name, value=digest.person.email))
            elif log.done(letter.key) or log.told(letter.key, letter.content):
                left.append(Left("done", letter.key, DIGEST, digest.person.name))
            else:
                mails.append(letter)
    names = {topic.key: topic.name.of(scene.language) for topic in topics}
    names[DIGEST] = text("messages.digest_topic", scene.language)
    report = MessagesReport(request.book or Path(), scene.day, scene.language, mails, texts, left,
                            unsure=log.unsure(), topics=names)  # fmt: skip
    return report, done_by_message(scene, topics)


def _attachment(path: Path) -> Attachment:
    from mimetypes import guess_type

    from ..messages.records import Attachment

    try:
        return Attachment(path.name, guess_type(path.name)[0] or "application/octet-stream", path.read_bytes())
    except OSError as problem:
        raise UsageError("messages.bad_settings", where=path.name, problem=problem.strerror or problem) from problem


def _filed(report: MessagesReport, out: Path, settings: MessageSettings, log: SentLog | None) -> MessagesReport:
    """The drafts and lists written; with a log all of it noted as gone out."""
    from ..messages.drafts import write_drafts
    from ..messages.sms import as_csv, as_xlsx

    drafts = write_drafts(report.mails, out, settings.mail)
    lists: list[Path] = []
    if report.texts:
        for suffix, made in ((".csv", as_csv), (".xlsx", as_xlsx)):
            path = out / f"{SMS_FILE}-{report.day.isoformat()}{suffix}"
            part = path.with_suffix(f"{suffix}.part")
            part.write_bytes(made(report.texts, report.topics, report.language))
            part.replace(path)
            lists.append(path)
    if log is not None:
        for mail in report.mails:
            log.add(_handed(mail, mail.address, mail.subject, report.day))
        for sms in report.texts:
            log.add(_handed(sms, sms.phone, sms.text, report.day))
    count = len(report.mails) + len(report.texts) if log is not None else 0
    return replace(report, drafts=drafts, sms=lists, handed=count)


def _handed(one: Letter | SmsText, place: str, said: str, day: dt.date) -> Entry:
    from ..messages.log import Entry

    return Entry(one.key, "handed", dt.datetime.now(dt.UTC), day, place, one.customer_id, one.topic, said)


def _sent(
    report: MessagesReport, mail: MailSettings, request: Request, log: SentLog, clock: Clock | None
) -> MessagesReport:
    from ..messages.records import Left
    from ..messages.smtp import send_all

    due = [letter for letter in report.mails if letter.day is None or letter.day <= report.day]
    early = [
        Left("not_yet", letter.key, letter.topic, letter.name, letter.customer_id, str(letter.day))
        for letter in report.mails
        if letter.day is not None and letter.day > report.day
    ]
    request.progress("messages.sending", {"host": mail.host, "count": len(due)})
    deliveries = send_all(due, mail, log, report.day, clock=clock)
    return replace(report, deliveries=deliveries, left=[*report.left, *early], per_day=mail.per_day)


def _store(request: Request, stack: ExitStack) -> Store:
    """This machine's file, and beside it the ledger where the request has one.

    Both know what went out, so that somebody who sends by hand and a night that keeps a ledger never do so twice.
    """
    from ..messages.log import FILE, Both, FileStore, LedgerStore

    store, ledger = FileStore(home() / FILE), stack.enter_context(ledger_of(request))
    return Both(store, LedgerStore(ledger, scope_of(request))) if ledger else store


__all__ = ["MessagesReport", "Wanted", "messages", "notify", "scope_of", "sent_before"]
