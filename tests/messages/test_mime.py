"""A letter as a mail, and as a draft."""

from __future__ import annotations

import datetime as dt
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest

from tierbook.messages.drafts import file_name, write_drafts
from tierbook.messages.mime import mime_of
from tierbook.messages.records import Attachment
from tierbook.messages.settings import MailSettings

from .conftest import letter

MOMENT = dt.datetime(2026, 10, 31, 2, 0, tzinfo=dt.UTC)
SETTINGS = MailSettings(host="h", sender="crm@example.com", sender_name="客服")


def parsed(data: bytes):
    return BytesParser(policy=default).parsebytes(data)


@pytest.mark.parametrize("place", ["name", "subject", "plain"])
def test_what_a_customer_is_called_becomes_no_header(place: str) -> None:
    evil = "李娜\r\nBcc: all@example.com\r\n\r\nX: y"
    mail = parsed(mime_of(letter(1, **{place: evil}), SETTINGS, MOMENT).as_bytes())
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert [one.addr_spec for one in mail["To"].addresses] == ["c1@example.com"]


def test_a_name_with_signs_of_its_own_stays_one_recipient() -> None:
    mail = parsed(mime_of(letter(1, name='王"小"明 <a@b.com>, 李; x:'), SETTINGS, MOMENT).as_bytes())
    assert [one.addr_spec for one in mail["To"].addresses] == ["c1@example.com"]
    assert mail["To"].addresses[0].display_name == '王"小"明 <a@b.com>, 李; x:'


def test_equal_letters_are_equal_bytes() -> None:
    made = letter(1, html="<p>好</p>", attachments=[Attachment("看板.html", "text/html", b"<p>")])
    assert mime_of(made, SETTINGS, MOMENT).as_bytes() == mime_of(made, SETTINGS, MOMENT).as_bytes()


def test_every_line_is_fit_for_an_old_server() -> None:
    made = letter(1, subject="很长" * 200, plain="没有换行" * 2000, html="<p>" + "长" * 5000)
    data = mime_of(made, SETTINGS, MOMENT).as_bytes()
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert parsed(data)["Subject"] == "很长" * 200


def test_a_customer_can_stop_it_and_colleagues_see_a_machine_wrote() -> None:
    customer, colleague = mime_of(letter(1), SETTINGS, MOMENT), mime_of(letter(1, customer_id=""), SETTINGS, MOMENT)
    assert customer["List-Unsubscribe"] == "<mailto:crm@example.com?subject=unsubscribe>"
    assert customer["Auto-Submitted"] is None
    assert (colleague["List-Unsubscribe"], colleague["Auto-Submitted"]) == (None, "auto-generated")


def test_a_file_goes_along_under_its_name() -> None:
    mail = parsed(
        mime_of(letter(1, attachments=[Attachment("看板.html", "text/html", b"<p>1</p>")]), SETTINGS, MOMENT).as_bytes()
    )
    (part,) = list(mail.iter_attachments())
    assert (part.get_filename(), part.get_content_type(), part.get_content().strip()) == (
        "看板.html",
        "text/html",
        "<p>1</p>",
    )


def test_drafts_open_as_letters_to_be_sent_and_are_the_same_each_time(tmp_path: Path) -> None:
    letters = [letter(1), letter(2, name="../../etc/passwd\n"), letter(3, name="con"), letter(4, name="长" * 300)]
    first = {path.name: path.read_bytes() for path in write_drafts(letters, tmp_path / "new" / "drafts")}
    again = {path.name: path.read_bytes() for path in write_drafts(letters, tmp_path / "new" / "drafts")}
    assert first == again
    assert len(first) == len(letters)
    assert sorted(path.name for path in (tmp_path / "new" / "drafts").iterdir()) == sorted(first)
    draft = parsed(first[file_name(letters[0])])
    assert (draft["X-Unsent"], draft["From"], draft["Date"]) == ("1", None, None)
    assert all(len(name.encode()) < 255 for name in first)


def test_two_customers_of_one_name_have_two_drafts() -> None:
    assert file_name(letter(1, name="王伟")) != file_name(letter(2, name="王伟"))
