"""How mail goes out: one TOML file, without the password.

[mail]
host = "smtp.example.com"
port = 587
tls = "starttls"                      # starttls, ssl, or none (only for a server on this machine or network)
user = "crm@example.com"
password_env = "TIERBOOK_MAIL_PASSWORD"   # or password_file = "mail.secret", beside this file
from = "crm@example.com"
name = "客户服务"                      # shown as the sender
reply_to = ""                         # empty: the customer's own rep
per_minute = 20
per_day = 400
company = "示例公司"                   # signs letters, and text messages as 【示例公司】
ca = ""                               # certificates of a server that has its own
[messages]
automatic = ["birthday"]              # templates a night sends to customers by itself; none where absent
templates = "templates"               # a folder with templates of your own
digest = true                         # the morning mail to people and their bosses
days_off = false                      # also on days nobody works (Chinese working days)
quiet_days = 1                        # at most one message to a customer in so many days
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast, get_args

from ..errors import UsageError
from ..home import home
from ..model.words import nearest
from .addresses import address_of

Tls = Literal["starttls", "ssl", "none"]
FILE = "mail.toml"
"""Where the settings are looked for in `home()`."""
PORTS: Mapping[str, int] = {"starttls": 587, "ssl": 465, "none": 25}
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class MailSettings:
    """A mail server and the sender known to it. `per_minute` and `per_day` are the most letters it is given."""

    host: str
    sender: str
    port: int = 587
    tls: Tls = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    sender_name: str = ""
    reply_to: str = ""
    per_minute: float = 20
    per_day: int = 400
    timeout: float = 30
    ca: str = ""


@dataclass(frozen=True)
class MessageSettings:
    """What is sent to whom; `mail` is None where no server is configured."""

    mail: MailSettings | None = None
    company: str = ""
    automatic: tuple[str, ...] = ()
    templates: Path | None = None
    digest: bool = True
    days_off: bool = False
    quiet_days: int = 1


KEYS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "mail": {
        "host": str, "port": int, "tls": str, "user": str, "password_env": str, "password_file": str, "from": str,
        "name": str, "reply_to": str, "per_minute": (int, float), "per_day": int, "timeout": (int, float), "ca": str,
        "company": str,
    },
    "messages": {"automatic": list, "templates": str, "digest": bool, "days_off": bool, "quiet_days": int},
}  # fmt: skip


def read_settings(path: Path | None = None) -> MessageSettings:
    """The settings in a file; without one those in `home()/mail.toml`, or none where that is absent.

    Raises:
        UsageError: a file that was named is not there, or says something that cannot be.
    """
    place = path or home() / FILE
    if path is None and not place.is_file():
        return MessageSettings()
    try:
        told = tomllib.loads(place.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UsageError("messages.bad_settings", where=place.name, problem=problem) from problem
    return settings_of(told, place)


def settings_of(told: Mapping[str, Any], place: Path) -> MessageSettings:
    """The settings in the tables [mail] and [messages] of a file; its other tables are not ours.

    Raises:
        UsageError: as `read_settings`.
    """
    mail, messages = _table(told, "mail", place), _table(told, "messages", place)
    folder = str(messages.get("templates", ""))
    return MessageSettings(
        mail=_mail(mail, place) if mail else None,
        company=str(mail.get("company", "")),
        automatic=tuple(str(key) for key in messages.get("automatic", ())),
        templates=place.parent / folder if folder else None,
        digest=bool(messages.get("digest", True)),
        days_off=bool(messages.get("days_off", False)),
        quiet_days=int(messages.get("quiet_days", 1)),
    )


def _table(told: Mapping[str, Any], key: str, place: Path) -> Mapping[str, Any]:
    """A table whose words and types are all ones we know."""
    table, known = told.get(key, {}), KEYS[key]
    if not isinstance(table, dict):
        raise UsageError("messages.bad_settings", where=place.name, problem=f"[{key}]")
    for word, value in table.items():
        if word == "password":
            raise UsageError("messages.password_in_file", where=place.name)
        if word not in known:
            best = nearest(word, known) or "-"
            raise UsageError("messages.unknown_setting", where=place.name, word=f"{key}.{word}", nearest=best)
        wanted = known[word]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise UsageError("messages.bad_settings", where=place.name, problem=f"{key}.{word} = {value!r}")
    return table


def _mail(told: Mapping[str, Any], place: Path) -> MailSettings:
    def refuse(word: str) -> UsageError:
        return UsageError("messages.bad_settings", where=place.name, problem=f"mail.{word} = {told.get(word)!r}")

    host, sender, tls = str(told.get("host", "")).strip(), str(told.get("from", "")), str(told.get("tls", "starttls"))
    if not host or any(letter.isspace() for letter in host):
        raise refuse("host")
    if address_of(sender) is None:
        raise refuse("from")
    if tls not in get_args(Tls):
        raise refuse("tls")
    if told.get("reply_to") and address_of(str(told["reply_to"])) is None:
        raise refuse("reply_to")
    for word in ("per_minute", "per_day", "timeout", "port"):
        if word in told and told[word] <= 0:
            raise refuse(word)
    user, password = str(told.get("user", "")), _password(told, place)
    if user and not password:
        raise UsageError("messages.no_password", where=place.name, user=user)
    if user and tls == "none" and host not in LOCAL:
        raise UsageError("messages.password_in_clear", host=host)
    ca = str(told.get("ca", ""))
    return MailSettings(
        host=host,
        sender=str(address_of(sender)),
        port=int(told.get("port", PORTS[tls])),
        tls=cast("Tls", tls),
        user=user,
        password=password,
        sender_name=str(told.get("name", "") or told.get("company", "")),
        reply_to=str(told.get("reply_to", "")),
        per_minute=float(told.get("per_minute", 20)),
        per_day=int(told.get("per_day", 400)),
        timeout=float(told.get("timeout", 30)),
        ca=str(place.parent / ca) if ca else "",
    )


def _password(told: Mapping[str, Any], place: Path) -> str:
    """From the environment, else from a file beside the settings; "" where neither has one."""
    if variable := str(told.get("password_env", "")):
        return os.environ.get(variable, "")
    if name := str(told.get("password_file", "")):
        try:
            return (place.parent / name).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise UsageError("messages.bad_settings", where=name, problem=problem.strerror or problem) from problem
    return ""
