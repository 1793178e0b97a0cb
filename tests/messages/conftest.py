"""A small company to write to, and a real mail server on this machine."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tierbook.followup import Task
from tierbook.messages import Contact, Letter, MailSettings, Person
from tierbook.messages.compose import Scene
from tierbook.messages.smtp import Clock
from tierbook.model.words import Vocabulary

DAY = dt.date(2026, 10, 31)
Hook = Callable[[str], str | None]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))


def task(number: int, play: str = "low_automatic", **told: Any) -> Task:
    """A task of customer `number`, made and due these days."""
    values: dict[str, Any] = {
        "task_id": f"T{number}", "customer_id": str(number), "name": f"客户{number}", "play": play, "reason": "原因",
        "action": "动作", "channel": "邮件", "owner": "李雅婷", "created": DAY, "due": DAY + dt.timedelta(days=3),
        "priority": 3,
    }  # fmt: skip
    return Task(**{**values, **told})


def contact(number: int, *, email: str | None = None, phone: str = "", opt_out: bool = False) -> Contact:
    emails = [f"c{number}@example.com"] if email is None else [email] if email else []
    return Contact(str(number), f"客户{number}", f"联系人{number}", emails, [phone] if phone else [], opt_out)


@pytest.fixture
def scene(general) -> Callable[..., Scene]:
    """Make a scene of tasks, with contacts and results for their customers unless others are given."""

    def make(
        *tasks: Task, contacts: dict[str, Contact] | None = None, results: dict | None = None, **told: Any
    ) -> Scene:
        ids = {one.customer_id for one in tasks}
        standing = {"tier": "低价值", "owner": "李雅婷"}
        people = {
            "李雅婷": Person("李雅婷", "li@example.com", "周敏", 8),
            "周敏": Person("周敏", "zhou@example.com", ""),
        }
        values: dict[str, Any] = {
            "day": DAY, "as_of": DAY, "language": "zh-CN", "model": general, "vocabulary": Vocabulary.of(general),
            "tasks": tasks, "contacts": contacts if contacts is not None else {i: contact(int(i)) for i in ids},
            "people": people,
            "results": results or {i: dict(standing, customer_id=i, name=f"客户{i}") for i in ids},
            "tier_keys": {n: t.key for t in general.scale("four").tiers for n in t.name.all()}, "company": "示例公司",
        }  # fmt: skip
        return Scene(**{**values, **told})

    return make


def letter(number: int, **told: Any) -> Letter:
    values: dict[str, Any] = {
        "key": f"task:T{number}", "topic": "low_automatic", "name": f"联系人{number}",
        "address": f"c{number}@example.com", "subject": f"您好 {number}", "plain": f"第 {number} 封\n",
        "customer_id": str(number), "task_id": f"T{number}",
    }  # fmt: skip
    return Letter(**{**values, **told})


@dataclass
class Post:
    """A mail server that keeps what it takes. Hooks give an answer in place of "250 OK" by address."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    on_rcpt: Hook = lambda _address: None
    on_data: Hook = lambda _address: None
    on_mail: Hook = lambda _address: None
    hang_up_after_data: bool = False

    @property
    def addresses(self) -> list[str]:
        return [mail["To"].addresses[0].addr_spec for mail in self.taken]

    def settings(self, **told: Any) -> MailSettings:
        values: dict[str, Any] = {"host": "localhost", "port": self.port, "tls": "none", "sender": "crm@example.com",
                                  "sender_name": "客服", "per_minute": 600_000, "timeout": 5}  # fmt: skip
        return MailSettings(**{**values, **told})


class Handler:
    def __init__(self, post: Post) -> None:
        self.post = post

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.post.connections += 1
        return responses

    async def handle_MAIL(self, _server: SMTP, _s: Session, envelope: Envelope, address: str, _o: list[str]) -> str:
        answer = self.post.on_mail(address)
        if answer:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server: SMTP, _s: Session, envelope: Envelope, address: str, _o: list[str]) -> str:
        self.post.commands.append(address)
        answer = self.post.on_rcpt(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = self.post.on_data(envelope.rcpt_tos[0])
        if answer == "hang up":
            server.transport.abort()
            await asyncio.sleep(0)
            return "250 OK"
        if answer:
            return answer
        assert isinstance(envelope.content, bytes)
        self.post.taken.append(BytesParser(policy=default).parsebytes(envelope.content))
        return "250 OK"


class AnyPort(Controller):
    """On whichever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post_office() -> Iterator[Callable[..., Post]]:
    """Start a server; keyword arguments go to aiosmtpd."""
    running: list[Controller] = []

    def start(**options: Any) -> Post:
        post = Post()
        server = AnyPort(Handler(post), hostname="127.0.0.1", port=0, **options)
        server.start()
        running.append(server)
        post.port = server.port
        return post

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that lives as long as the tests: its file, and a server's context with it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    public, private = folder / "ca.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context


def only(user: str, password: str) -> Callable[..., AuthResult]:
    """An authenticator that knows one user."""

    def judge(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, told: LoginPassword
    ) -> AuthResult:
        right = isinstance(told, LoginPassword) and (told.login, told.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return judge


@dataclass
class Sundial:
    """A clock whose time passes only by sleeping."""

    time: float = 0.0
    naps: list[float] = field(default_factory=list)

    def clock(self) -> Clock:
        start = dt.datetime(2026, 10, 31, 2, 0, tzinfo=dt.UTC)
        return Clock(now=lambda: start + dt.timedelta(seconds=self.time), steady=lambda: self.time, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.time += seconds
