"""Mail settings: what they may say, and what they never hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierbook import templates
from tierbook.errors import UsageError
from tierbook.messages import read_settings

GOOD = """
[mail]
host = "smtp.example.com"
user = "crm"
password_env = "MAIL_PASSWORD"
from = "crm@example.com"
company = "示例公司"
[messages]
automatic = ["birthday"]
[facts]
anything = "of others"
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MAIL_PASSWORD", "geheim")

    def write(text: str) -> Path:
        path = tmp_path / "mail.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_what_is_not_said_is_the_safe_way(write) -> None:
    settings = read_settings(write(GOOD))
    assert settings.mail is not None
    assert (settings.mail.tls, settings.mail.port, settings.mail.password) == ("starttls", 587, "geheim")
    assert settings.mail.sender_name == "示例公司"
    assert settings.automatic == ("birthday",)
    assert "geheim" not in repr(settings)


def test_without_a_file_nothing_is_configured() -> None:
    assert read_settings().mail is None


def test_the_shipped_example_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIERBOOK_MAIL_PASSWORD", "geheim")
    settings = read_settings(templates.folder() / "mail.toml")
    assert settings.mail is not None
    assert settings.automatic == ()


def test_the_password_may_stand_in_a_file_of_its_own(write, tmp_path: Path) -> None:
    (tmp_path / "mail.secret").write_text("aus der Datei\n", encoding="utf-8")
    settings = read_settings(write(GOOD.replace('password_env = "MAIL_PASSWORD"', 'password_file = "mail.secret"')))
    assert settings.mail is not None
    assert settings.mail.password == "aus der Datei"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("company", 'password = "geheim"\ncompany', "password_in_file"),
        ('"MAIL_PASSWORD"', '"NOBODY_SET_THIS"', "no_password"),
        ("user =", 'tls = "none"\nuser =', "password_in_clear"),
        ("user =", 'tls = "sometimes"\nuser =', "bad_settings"),
        ("host =", "hots =", "unknown_setting"),
        ("smtp.example.com", "", "bad_settings"),
        ("smtp.example.com", "smtp example.com", "bad_settings"),
        ('"crm@example.com"', '"crm@example.com\\r\\nBcc: x@y.com"', "bad_settings"),
        ("user =", "per_minute = 0\nuser =", "bad_settings"),
        ("user =", 'port = "25"\nuser =', "bad_settings"),
        ("user =", "port = true\nuser =", "bad_settings"),
        ("user =", 'reply_to = "x"\nuser =', "bad_settings"),
        ('["birthday"]', '"birthday"', "bad_settings"),
        ("[mail]", "[mail", "bad_settings"),
    ],
)
def test_a_mistake_is_refused_and_named(write, old: str, new: str, key: str) -> None:
    with pytest.raises(UsageError) as wrong:
        read_settings(write(GOOD.replace(old, new, 1)))
    assert wrong.value.key == f"messages.{key}"
    assert "geheim" not in wrong.value.words("en")


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_settings(tmp_path / "none.toml")
