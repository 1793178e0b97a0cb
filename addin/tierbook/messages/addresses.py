"""Addresses a letter or a text message may go to: one of them, plain, and nothing that could become a header."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST, LONGEST_LOCAL = 254, 64
"""Octets of an address and of the part before the @. Source: RFC 5321 section 4.5.3.1, RFC 3696 erratum 1690."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_MOBILE = re.compile(r"1[3-9][0-9]{9}|\+[0-9][0-9 -]{6,18}[0-9]")


@dataclass(frozen=True)
class Address:
    """An address a mail server understands; a domain in letters beyond ASCII is in its xn-- form."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def address_of(text: str) -> Address | None:
    """The address a text is, or None where it is not exactly one plain address.

    No display name, no comment, no quoted part, no second address, and no control character: such a text is never
    repaired here, since what it would become is a guess (cleaning does that, and tells).
    """
    local, at, domain = text.strip(" ").rpartition("@")
    if not at or any(unicodedata.category(letter).startswith("C") for letter in text):
        return None
    try:
        host = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    if not _LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL or len(local) + 1 + len(host) > LONGEST:
        return None
    return Address(local, host)


def is_mobile(phone: str) -> bool:
    """Whether a phone in the kept form can take a text message: a Chinese mobile number, or one abroad."""
    return _MOBILE.fullmatch(phone) is not None


def one_line(text: str) -> str:
    """A text fit for a header or a file's name: controls and line ends are blanks, outer blanks gone."""
    plain = "".join(" " if unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp"} else letter for letter in text)
    return " ".join(plain.split())
