"""Letters to a mail server: slowly, each at most once, and stopping where the server says it is enough."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import MailError
from .log import Entry, SentLog, Step
from .mime import mime_of
from .records import Delivery, Letter, State
from .settings import MailSettings

if TYPE_CHECKING:
    from smtplib import SMTP
    from ssl import SSLContext

TRIES = 2
"""So often a letter is tried in one run; the second time after all the others."""
BREAKS = 3
"""So many times in a row the line may break, or a letter be refused for our sake, before the run ends."""
A_DAY = dt.timedelta(hours=24)

_ENHANCED = re.compile(r"\b[45]\.(\d{1,3}\.\d{1,3})\b")
_QUOTA = re.compile(
    r"(sending|relay) (quota|limit)|user sending|daily .*(limit|quota)|rate.?limit|frequency limit"
    r"|too (many|much) (mail|mess|conn)|quota exceeded for sender"
    r"|\b5\.4\.5\b|\b4\.7\.28\b|\bMI:(SFQ|STC|FRL)\b",
    re.IGNORECASE,
)
"""A server that has had enough of us. Sources: Google's "Gmail SMTP errors and codes" (5.4.5, 4.7.28), NetEase's list
of bounce codes (MI:…). A recipient's full mailbox is x.2.2 and no such thing."""


@dataclass(frozen=True)
class Clock:
    """Time as the sender sees it; a test hands in its own."""

    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    steady: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Answer:
    """A server's last word on a letter."""

    state: State
    code: int
    reply: str

    @property
    def is_break(self) -> bool:
        """Whether it says nothing good of the next letter: the line broke, or we or our words are not wanted."""
        return self.state in {"later", "unsure"} and (self.code == 0 or self.code >= 500)


class _Line:
    """A connection that is opened when it is needed, and again after it broke."""

    def __init__(self, settings: MailSettings) -> None:
        self.settings = settings
        self.answered = False
        self._server: SMTP | None = None

    def server(self) -> SMTP:
        if self._server is None:
            self._server = connected(self.settings)
            self.answered = True
        return self._server

    def close(self) -> None:
        import smtplib

        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()
        self._server = None


def send_all(
    letters: Sequence[Letter], settings: MailSettings, log: SentLog, day: dt.date, *, clock: Clock | None = None
) -> list[Delivery]:
    """Hand letters to the server, one after the other, no faster than the settings allow.

    A letter the log knows is not sent; so is none to an address that was refused for good.

    Raises:
        MailError: nobody answers at all, the certificate is wrong, or the user, the password or the sender is refused.
    """
    clock = clock or Clock()
    line, queue, found, breaks = _Line(settings), [(letter, 1) for letter in letters], list[Delivery](), 0
    next_at = clock.steady()
    try:
        while queue:
            letter, tries = queue.pop(0)
            if log.done(letter.key):
                continue
            if log.since(clock.now() - A_DAY) >= settings.per_day or breaks >= BREAKS:
                found.append(Delivery(letter, "stopped", tries=tries - 1))
                continue
            clock.sleep(max(0.0, next_at - clock.steady()))
            next_at = clock.steady() + 60 / settings.per_minute
            answer = _sent(letter, line, log, day, clock)
            breaks = breaks + 1 if answer.is_break else 0
            if answer.state == "later" and answer.code < 500 and tries < TRIES:
                queue.append((letter, tries + 1))
                continue
            found.append(Delivery(letter, answer.state, answer.code, answer.reply, tries))
            if answer.state == "stopped":
                found += [Delivery(waiting, "stopped", answer.code, answer.reply, n - 1) for waiting, n in queue]
                break
    finally:
        line.close()
    return found


def _sent(letter: Letter, line: _Line, log: SentLog, day: dt.date, clock: Clock) -> Answer:
    """One try, with its lines in the log."""
    import smtplib

    def note(step: Step, answer: Answer | None = None) -> None:
        code, reply = (answer.code, answer.reply) if answer else (0, "")
        log.add(
            Entry(letter.key, step, clock.now(), day, letter.address, letter.customer_id, letter.topic, letter.subject,
                  code, reply, letter.content)
        )  # fmt: skip

    data = mime_of(letter, line.settings, clock.now()).as_bytes()
    try:
        answer = _offered(letter, line.server(), line.settings)
    except (smtplib.SMTPServerDisconnected, OSError) as problem:
        line.close()
        if not line.answered:
            raise MailError("messages.no_server", host=line.settings.host, port=line.settings.port,
                            problem=problem) from problem  # fmt: skip
        return Answer("later", 0, str(problem))
    if answer is None:
        note("trying")
        try:
            answer = _answer(*line.server().data(data), about_address=False)
        except smtplib.SMTPDataError as refusal:  # at the word DATA: nothing was handed over
            answer = _answer(refusal.smtp_code, _octets(refusal.smtp_error), about_address=False)
        except (smtplib.SMTPException, OSError) as problem:
            answer = Answer("unsure", 0, str(problem))
    note("later" if answer.state == "stopped" else answer.state, answer)
    if answer.state != "sent":
        line.close()
    return answer


def _offered(letter: Letter, server: SMTP, settings: MailSettings) -> Answer | None:
    """Sender and recipient told to the server; None where it takes them.

    Raises:
        MailError: the server refuses the sender for good, whoever the letter is for.
    """
    server.ehlo_or_helo_if_needed()
    code, reply = server.mail(settings.sender)
    if code != 250:
        answer = _answer(code, reply, about_address=False)
        if code >= 500 and answer.state != "stopped":
            raise MailError("messages.sender_refused", sender=settings.sender, code=code, reply=answer.reply)
        return answer
    code, reply = server.rcpt(letter.address)
    return None if code in (250, 251) else _answer(code, reply, about_address=True)


def _answer(code: int, reply: bytes, *, about_address: bool) -> Answer:
    """What a code and its words mean for a letter.

    4xx may be better another time, 5xx never is (RFC 5321 section 4.2.1); but only what speaks of the recipient
    (RFC 3463: x.1.x, a closed mailbox x.2.1, or no such number at all) condemns the address. A refusal for what the
    letter says, or for who we are, does not. 421 and a limit of ours end the run.
    """
    words = " ".join(reply.decode("utf-8", "replace").split())
    enhanced = _ENHANCED.search(words)
    status = enhanced[1] if enhanced else ""
    if 200 <= code < 300:
        return Answer("sent", code, words)
    if code == 421 or (_QUOTA.search(words) and status != "2.2"):
        return Answer("stopped", code, words)
    condemned = status.startswith("1.") or status == "2.1" or (not status and about_address)
    return Answer("refused" if code >= 500 and condemned else "later", code, words)


def _octets(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def connected(settings: MailSettings) -> SMTP:
    """A server that has accepted us: certificate checked, logged in where a user is set.

    Raises:
        MailError: certificate, user or password are wrong, or the server cannot do what the settings ask.
        OSError, SMTPServerDisconnected: nobody answers.
    """
    import smtplib
    import ssl

    context = ssl.create_default_context(cafile=settings.ca or None)
    try:
        if settings.tls == "ssl":
            secure = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout, context=context)
            return _introduced(secure, settings)
        server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
        return _introduced(server, settings, context if settings.tls == "starttls" else None)
    except ssl.SSLError as problem:
        reason = getattr(problem, "verify_message", "") or problem.reason or problem
        raise MailError("messages.bad_certificate", host=settings.host, problem=reason) from problem
    except smtplib.SMTPAuthenticationError as problem:
        reply = _octets(problem.smtp_error).decode("utf-8", "replace")
        raise MailError("messages.login_refused", user=settings.user, code=problem.smtp_code, reply=reply) from problem
    except smtplib.SMTPNotSupportedError as problem:
        raise MailError("messages.server_cannot", host=settings.host, problem=problem) from problem


def _introduced(server: SMTP, settings: MailSettings, starttls: SSLContext | None = None) -> SMTP:
    """The server after TLS and login; closed where either fails."""
    try:
        if starttls is not None:
            server.starttls(context=starttls)
        if settings.user:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server
