"""Letters to a real mail server: what it takes, what it refuses, and what never goes out twice."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from tierbook.errors import MailError
from tierbook.messages import open_log, send_all

from .conftest import DAY, Post, Sundial, letter, only

Start = Callable[..., Post]


def test_letters_arrive_whole_and_only_once(post_office: Start) -> None:
    post = post_office()
    letters = [letter(1), letter(2, html="<p>您好</p>", reply_to="li@example.com")]
    for _ in range(2):
        with open_log("a") as log:
            found = send_all(letters, post.settings(), log, DAY)
    assert found == []
    assert post.addresses == ["c1@example.com", "c2@example.com"]
    first, second = post.taken
    assert first["Subject"] == "您好 1"
    assert first["From"].addresses[0].display_name == "客服"
    assert first.get_body(("plain",)).get_content().strip() == "第 1 封"
    assert second["Reply-To"] == "li@example.com"
    assert "您好" in second.get_body(("html",)).get_content()
    assert first["Message-ID"] != second["Message-ID"]


def test_the_same_customer_of_another_company_is_another_customer(post_office: Start) -> None:
    post = post_office()
    for scope in ("a", "b"):
        with open_log(scope) as log:
            assert [one.state for one in send_all([letter(1)], post.settings(), log, DAY)] == ["sent"]


def test_starttls_and_a_password(post_office: Start, certificate: tuple[Path, ssl.SSLContext]) -> None:
    ca, context = certificate
    post = post_office(
        tls_context=context, require_starttls=True, authenticator=only("crm", "geheim"), auth_required=True
    )
    settings = post.settings(tls="starttls", user="crm", password="geheim", ca=str(ca))
    with open_log() as log:
        assert [one.state for one in send_all([letter(1)], settings, log, DAY)] == ["sent"]
    assert post.addresses == ["c1@example.com"]


def test_tls_from_the_first_byte(post_office: Start, certificate: tuple[Path, ssl.SSLContext]) -> None:
    ca, context = certificate
    post = post_office(ssl_context=context)
    with open_log() as log:
        found = send_all([letter(1)], post.settings(tls="ssl", ca=str(ca)), log, DAY)
    assert [one.state for one in found] == ["sent"]


def test_a_certificate_nobody_vouches_for_gets_neither_letter_nor_password(
    post_office: Start, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    post = post_office(tls_context=certificate[1], authenticator=only("crm", "geheim"))
    settings = post.settings(tls="starttls", user="crm", password="geheim")
    with open_log() as log, pytest.raises(MailError) as refused:
        send_all([letter(1)], settings, log, DAY)
    assert refused.value.key == "messages.bad_certificate"
    assert post.taken == []


def test_a_wrong_password_is_told_with_its_cure(post_office: Start, certificate: tuple[Path, ssl.SSLContext]) -> None:
    ca, context = certificate
    post = post_office(tls_context=context, authenticator=only("crm", "geheim"))
    settings = post.settings(tls="starttls", user="crm", password="falsch", ca=str(ca))
    with open_log() as log, pytest.raises(MailError) as refused:
        send_all([letter(1)], settings, log, DAY)
    assert refused.value.words("en") == (
        "the mail server refuses crm (535 5.7.8 Authentication credentials invalid): many providers want an app "
        "password instead of the usual one"
    )


def test_a_server_without_tls_is_not_trusted_with_less(post_office: Start) -> None:
    post = post_office()
    with open_log() as log, pytest.raises(MailError) as refused:
        send_all([letter(1)], post.settings(tls="starttls"), log, DAY)
    assert refused.value.key == "messages.server_cannot"


def test_nobody_at_the_port_is_told_before_anything_is_noted() -> None:
    with open_log() as log:
        with pytest.raises(MailError) as refused:
            send_all([letter(1)], Post(port=1).settings(), log, DAY)
        assert refused.value.key == "messages.no_server"
        assert log.entries() == []


def test_an_address_that_is_no_longer_there_gets_no_second_letter(post_office: Start) -> None:
    post = post_office()
    post.on_rcpt = lambda address: "550 5.1.1 no such user" if address.startswith("c1") else None
    with open_log() as log:
        found = send_all([letter(1), letter(2)], post.settings(), log, DAY)
        assert [one.state for one in found] == ["refused", "sent"]
        assert log.refused("c1@example.com")
        assert not log.refused("c2@example.com")
        assert not log.done("task:T1")


@pytest.mark.parametrize(
    ("answer", "state", "condemned"),
    [
        ("550 no such user", "refused", True),
        ("550 5.2.1 mailbox disabled", "refused", True),
        ("552 5.2.2 mailbox full", "later", False),
        ("452 4.2.2 over quota", "later", False),
        ("550 5.7.1 your server is on a list", "later", False),
        ("450 4.7.1 greylisted", "later", False),
        ("550 5.4.5 Daily user sending limit exceeded", "stopped", False),
        ("451 MI:SFQ too fast", "stopped", False),
        ("550 MI:STC enough for today", "stopped", False),
        ("421 4.7.0 go away", "stopped", False),
    ],
)
def test_what_a_server_says_of_a_recipient(post_office: Start, answer: str, state: str, condemned: bool) -> None:
    post = post_office()
    post.on_rcpt = lambda _address: answer
    with open_log() as log:
        found = send_all([letter(1)], post.settings(), log, DAY)
        assert [one.state for one in found] == [state]
        assert log.refused("c1@example.com") is condemned
        assert not log.done("task:T1")


def test_not_now_is_tried_once_more_after_the_others(post_office: Start) -> None:
    post = post_office()
    post.on_rcpt = lambda address: (
        "451 4.3.0 try again" if address.startswith("c1") and post.commands.count(address) == 1 else None
    )
    with open_log() as log:
        found = send_all([letter(1), letter(2)], post.settings(), log, DAY)
    assert [(one.letter.address, one.tries) for one in found] == [("c2@example.com", 1), ("c1@example.com", 2)]
    assert post.addresses == ["c2@example.com", "c1@example.com"]


def test_a_limit_of_the_server_stops_everything(post_office: Start) -> None:
    post = post_office()
    post.on_data = lambda address: "550 5.4.5 Daily SMTP relay limit exceeded" if address.startswith("c2") else None
    with open_log() as log:
        found = send_all([letter(n) for n in range(1, 5)], post.settings(), log, DAY)
        assert [one.state for one in found] == ["sent", "stopped", "stopped", "stopped"]
        assert not log.done("task:T2")
    assert post.commands == ["c1@example.com", "c2@example.com"]


def test_words_the_server_dislikes_condemn_no_address_and_end_the_run(post_office: Start) -> None:
    post = post_office()
    post.on_data = lambda _address: "554 DT:SPM looks like spam"
    with open_log() as log:
        found = send_all([letter(n) for n in range(1, 6)], post.settings(), log, DAY)
        assert [one.state for one in found] == ["later", "later", "later", "stopped", "stopped"]
        assert not any(log.refused(f"c{n}@example.com") for n in range(1, 6))


def test_a_line_that_breaks_over_a_letter_leaves_it_unsure_and_it_is_not_sent_again(post_office: Start) -> None:
    post = post_office()
    post.on_data = lambda address: "hang up" if address.startswith("c1") else None
    with open_log() as log:
        found = send_all([letter(1), letter(2)], post.settings(), log, DAY)
        assert [one.state for one in found] == ["unsure", "sent"]
    post.on_data = lambda _address: None
    with open_log() as log:
        assert [entry.key for entry in log.unsure()] == ["task:T1"]
        assert send_all([letter(1)], post.settings(), log, DAY) == []
    assert post.addresses == ["c2@example.com"]


def test_a_sender_the_server_refuses_stops_before_any_letter(post_office: Start) -> None:
    post = post_office()
    post.on_mail = lambda _address: "553 5.7.1 not your mailbox"
    with open_log() as log, pytest.raises(MailError) as refused:
        send_all([letter(1)], post.settings(), log, DAY)
    assert refused.value.key == "messages.sender_refused"


def test_letters_keep_the_pace_that_was_set(post_office: Start) -> None:
    post, sundial = post_office(), Sundial()
    with open_log() as log:
        send_all([letter(n) for n in range(1, 5)], post.settings(per_minute=20), log, DAY, clock=sundial.clock())
    assert sundial.naps == [0.0, 3.0, 3.0, 3.0]


def test_no_more_than_a_days_number_in_any_24_hours(post_office: Start) -> None:
    post, sundial = post_office(), Sundial()
    settings, letters = post.settings(per_day=3), [letter(n) for n in range(1, 6)]
    with open_log() as log:
        found = send_all(letters, settings, log, DAY, clock=sundial.clock())
    assert [one.state for one in found] == ["sent", "sent", "sent", "stopped", "stopped"]
    sundial.time = 23 * 3600
    with open_log() as log:
        assert [o.state for o in send_all(letters, settings, log, DAY, clock=sundial.clock())] == ["stopped"] * 2
    sundial.time = 25 * 3600
    with open_log() as log:
        assert [o.state for o in send_all(letters, settings, log, DAY, clock=sundial.clock())] == ["sent"] * 2


def test_a_dot_at_the_head_of_a_line_arrives_as_it_was_written(post_office: Start) -> None:
    post = post_office()
    with open_log() as log:
        send_all([letter(1, plain=".\n..hidden\nlast\n")], post.settings(), log, DAY)
    assert post.taken[0].get_content().replace("\r\n", "\n") == ".\n..hidden\nlast\n"
