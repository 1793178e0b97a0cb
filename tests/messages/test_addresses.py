"""Which texts are an address a letter may go to."""

from __future__ import annotations

import pytest

from tierbook.messages import address_of, is_mobile
from tierbook.messages.addresses import one_line


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("li@example.com", "li@example.com"),
        (" li.na+vip@Mail.Example.COM ", "li.na+vip@mail.example.com"),
        ("li@例子.中国", "li@xn--fsqu00a.xn--fiqs8s"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ],
)
def test_one_plain_address(text: str, meant: str) -> None:
    assert str(address_of(text)) == meant


@pytest.mark.parametrize(
    "text",
    [
        "", "li", "@example.com", "li@", "li@localhost", "li@example", "li@127.0.0.1", "li@@example.com",
        "li@example.com, wang@example.com", "李娜 <li@example.com>", '"li na"@example.com', "li na@example.com",
        ".li@example.com", "li.@example.com", "li..na@example.com", "李@example.com", "li@-example.com",
        "li@example-.com", "li@exa_mple.com", "li@example..com", "a" * 65 + "@example.com",
        "li@" + "a" * 63 + "." + "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + ".com",
        "li@example.com\r\nBcc: all@example.com", "li@example.com\nBcc:x@y.com", "li\x00@example.com",
        "li@example.com\u2028Bcc: x@y.com", "li\u200b@example.com",
    ],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert address_of(text) is None


@pytest.mark.parametrize(
    ("phone", "can"),
    [
        ("13800138000", True), ("12800138000", False), ("021-55501234", False), ("400-123-4567", False),
        ("+1 650-253-0000", True), ("1380013800", False), ("138001380001", False), ("13800138000;13900139000", False),
    ],
)  # fmt: skip
def test_which_phones_take_a_text_message(phone: str, can: bool) -> None:
    assert is_mobile(phone) is can


def test_a_line_has_no_ends_inside() -> None:
    assert one_line(" 李娜\r\nBcc: x@y.com\u2028\x00 ") == "李娜 Bcc: x@y.com"
