"""The verb `messages` on a real book: drafts read back, mail sent to a server on this machine, and never twice."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from shutil import copyfile

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tierbook import cli, jobs
from tierbook.errors import MailError, UsageError, WorkbookInUse
from tierbook.history import open_ledger
from tierbook.jobs.messages import MessagesReport, Wanted, messages, notify, sent_before
from tierbook.messages import MailSettings, read_settings
from tierbook.messages.settings import MessageSettings
from tierbook.publish import read_kept
from tierbook.workbook import read_sheets

AS_OF = dt.date(2026, 10, 31)


@dataclass
class Box:
    """What a mail server took; `refuse` makes it answer every recipient so."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""

    def settings(self, **told) -> MessageSettings:
        mail = MailSettings("localhost", "crm@example.com", self.port, "none", per_minute=600_000)
        return MessageSettings(mail=mail, company="示例公司", **{"days_off": True, **told})


class Keeping(Message):
    def __init__(self, box: Box) -> None:
        super().__init__()
        self.box = box

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:
        if self.box.refuse:
            return self.box.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message) -> None:
        self.box.mails.append(BytesParser(policy=default).parsebytes(message.as_bytes()))


class AnyPort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def box() -> Iterator[Box]:
    kept = Box()
    server = AnyPort(Keeping(kept), hostname="127.0.0.1", port=0)
    server.start()
    kept.port = server.port
    yield kept
    server.stop()


@pytest.fixture
def request_of(forty: Path, tmp_path: Path) -> jobs.Request:
    book = tmp_path / "客户.xlsx"
    copyfile(forty, book)
    return jobs.Request(as_of=AS_OF, book=book)


def statuses(request: jobs.Request, play: str) -> dict[str, tuple[str, str]]:
    """Task -> status and result of a play's tasks, as the next refresh reads them."""
    assert request.book is not None
    tasks = read_kept(request.book, "zh-CN", AS_OF).tasks
    return {task.task_id: (task.status, task.result) for task in tasks if task.play == play}


def test_drafts_say_what_the_book_knows_and_the_book_stays_as_it_is(request_of: jobs.Request, tmp_path: Path) -> None:
    assert request_of.book is not None
    before = request_of.book.read_bytes()
    report = messages(request_of, MessageSettings(company="示例公司"), Wanted("all"), out=tmp_path / "out")
    assert request_of.book.read_bytes() == before
    assert len(report.drafts) == len(report.mails) == len(list((tmp_path / "out").glob("*.eml"))) > 3
    head, *rows = read_sheets(request_of.book, ["客户"])["客户"]
    emails = {str(row[head.index("客户编号")]).strip(): row[head.index("邮箱")] for row in rows}
    for mail, path in zip(report.mails, report.drafts, strict=True):
        draft = BytesParser(policy=default).parsebytes(path.read_bytes())
        assert draft["To"].addresses[0].addr_spec == mail.address
        assert draft.get_body(("plain",)).get_content().replace("\r\n", "\n") == mail.plain
        if mail.customer_id:
            assert mail.address in str(emails[mail.customer_id]).lower()
            assert "示例公司" in mail.plain
    team = {mail.name for mail in report.mails if mail.topic == "digest"}
    assert team == {"陈思远", "李雅婷", "王浩然", "周敏"}


def test_without_a_word_nothing_is_sent_or_noted(request_of: jobs.Request, box: Box) -> None:
    report = messages(request_of, box.settings())
    assert report.deliveries is None
    assert (box.mails, sent_before(request_of)) == ([], [])


def test_a_night_tells_everybody_once_however_often_it_runs(request_of: jobs.Request, box: Box, tmp_path: Path) -> None:
    page = tmp_path / "看板.html"
    page.write_text("<p>看板</p>", encoding="utf-8")
    with_ledger = jobs.Request(AS_OF, request_of.book, ledger=str(tmp_path / "ledger.sqlite"), scope="总部")
    settings = box.settings(automatic=("low_automatic",))
    first = notify(with_ledger, settings, attach=[page, tmp_path / "none.html"], notes=[("jobs.no_book", {})])
    assert first is not None
    assert first.sent == len(first.mails) == len(box.mails) > 4
    digest = next(mail for mail in box.mails if mail["To"].addresses[0].addr_spec == "sales4@example.com")
    assert [part.get_filename() for part in digest.iter_attachments()] == ["看板.html"]
    again = notify(with_ledger, settings, attach=[page])
    assert again is not None
    assert (again.sent, len(again.mails), len(box.mails)) == (0, 0, first.sent)
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        told = [json.loads(line.data)["step"] for line in ledger.entries("总部", "messages")]
    assert sorted(told) == ["sent"] * first.sent + ["trying"] * first.sent
    tomorrow = notify(jobs.Request(AS_OF + dt.timedelta(days=1), request_of.book, scope="总部"), box.settings())
    assert tomorrow is not None
    assert {letter.topic for letter in tomorrow.mails} == {"digest"}


def test_a_night_without_a_server_tells_nobody(request_of: jobs.Request) -> None:
    assert notify(request_of, MessageSettings()) is None


@pytest.mark.parametrize(
    ("day", "told"), [(AS_OF, False), (dt.date(2026, 10, 10), True), (dt.date(2026, 10, 1), False)]
)
def test_on_days_off_nobody_is_told_of_work(
    request_of: jobs.Request, box: Box, monkeypatch: pytest.MonkeyPatch, day: dt.date, told: bool
) -> None:
    """Saturday 31 October is free, Saturday 10 October is worked for the National Day week, which is free."""
    asked: list[str] = []

    def asks(request: jobs.Request, _settings: MessageSettings, wanted: Wanted, **_options: object) -> MessagesReport:
        asked.append(wanted.to)
        return MessagesReport(Path(), request.as_of, "en")

    monkeypatch.setattr("tierbook.jobs.messages.messages", asks)
    notify(replace(request_of, as_of=day), box.settings(days_off=False, automatic=("birthday",)))
    notify(replace(request_of, as_of=day), box.settings(days_off=False))
    assert asked == (["all", "team"] if told else ["customers"])


def test_a_server_that_is_busy_leaves_the_night_another_try(request_of: jobs.Request, box: Box) -> None:
    box.refuse = "451 4.3.0 not now"
    with pytest.raises(MailError) as waiting:
        notify(request_of, box.settings())
    assert waiting.value.key == "messages.not_all_sent"
    box.refuse = ""
    report = notify(request_of, box.settings())
    assert report is not None
    assert report.sent == 4


def test_what_was_handed_over_is_not_made_again(request_of: jobs.Request, tmp_path: Path) -> None:
    plays = ("wake_up", "welcome", "low_automatic")
    first = messages(request_of, MessageSettings(), Wanted(plays=plays, channel="sms"), out=tmp_path, handed=True)
    again = messages(request_of, MessageSettings(), Wanted(plays=plays, channel="sms"), out=tmp_path, handed=True)
    assert first.handed == len(first.texts) > 0
    assert again.handed == 0
    assert {path.suffix for path in first.sms} == {".csv", ".xlsx"}


def test_sending_needs_a_server_and_a_fresh_book(
    request_of: jobs.Request, box: Box, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError) as wrong:
        messages(request_of, MessageSettings(), send=True)
    assert wrong.value.key == "messages.not_configured"
    config = tmp_path / "mail.toml"
    config.write_text(
        f'[mail]\nhost = "localhost"\nport = {box.port}\ntls = "none"\nfrom = "crm@example.com"\nper_minute = 6000\n'
    )
    assert read_settings(config).mail is not None
    words = ["--lang", "en", "messages", str(request_of.book), "--send", "--config", str(config)]
    assert cli.main(words) == 2
    assert "the book was last refreshed for 2026-10-31" in capsys.readouterr().err
    assert cli.main([*words, "--as-of", "2026-10-31", "--play", "low_automatic"]) == 0
    assert "mails sent" in capsys.readouterr().out
    assert len(box.mails) > 0
    assert cli.main(["messages", str(request_of.book), "--sent"]) == 0
    assert capsys.readouterr().out.count("已发出") == len(box.mails)


def test_what_a_message_does_is_done_once_it_is_out(request_of: jobs.Request, box: Box) -> None:
    before = statuses(request_of, "low_automatic")
    report = messages(request_of, box.settings(), Wanted(plays=("low_automatic",)), send=True)
    now = statuses(request_of, "low_automatic")
    sent = {letter.task_id for letter in report.mails}
    assert 0 < report.sent == len(sent) == report.closed.count
    assert {task: now[task] for task in sent} == dict.fromkeys(sent, ("done", "自动关怀已于 2026-10-31 发出"))
    assert {task: now[task] for task in now.keys() - sent} == {task: before[task] for task in before.keys() - sent}


def test_a_book_that_is_open_learns_of_it_the_next_time(
    request_of: jobs.Request, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_args: object, **_options: object) -> None:
        raise WorkbookInUse("workbook.in_use", path="x", who="李雅婷")

    with monkeypatch.context() as patch:
        patch.setattr("tierbook.jobs.message_tasks.record", held)
        first = messages(request_of, box.settings(), Wanted(plays=("low_automatic",)), send=True)
    assert (first.closed.count, first.closed.waiting) == (0, first.sent)
    assert {status for status, _ in statuses(request_of, "low_automatic").values()} == {"open"}
    again = messages(request_of, box.settings(), Wanted(plays=("low_automatic",)), send=True)
    assert (again.sent, again.closed.count) == (0, first.sent)


def test_a_book_that_was_never_refreshed_is_told_so(tmp_path: Path) -> None:
    jobs.new(tmp_path / "new.xlsx", "zh-CN")
    with pytest.raises(UsageError) as wrong:
        messages(jobs.Request(AS_OF, tmp_path / "new.xlsx"), MessageSettings())
    assert wrong.value.key == "jobs.never_refreshed"


def test_letters_may_speak_another_language_than_the_book(request_of: jobs.Request) -> None:
    wanted = Wanted("all", ("low_automatic",))
    report = messages(replace(request_of, language="en"), MessageSettings(), wanted)
    customer = next(letter for letter in report.mails if letter.customer_id)
    digest = next(letter for letter in report.mails if letter.topic == "digest")
    assert customer.plain.startswith("Dear ")
    assert "Good morning, " in digest.html
