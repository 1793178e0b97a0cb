"""Mail addresses as people type them: one form, in lower case."""

from __future__ import annotations

import re

from .readings import BETWEEN, Reading

PLAIN = r"[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}"
"""An address that needs no reading. A pattern of the engine too."""

_ADDRESS = re.compile(r"[\w%+'-]+(?:\.[\w%+'-]+)*@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
_SPACED = re.compile(r"\s*([@.])\s*")
_COMMA = re.compile(r"(@[\w.-]+),(?=(?:com|cn|net|org|edu|gov|hk|tw)\b)")
_MORE = re.compile(r"[\s;,、|/<>()\"']+|mailto:|[:：]")


def emails_of(text: str) -> Reading:
    """Every address in a cell, in lower case; unsure where there is none, or something with an @ that is none.

    Names and brackets around an address, mailto:, blanks around @ and dots, a Chinese full stop and a comma before a
    last part such as com are put right. The case of the part before the @ is not kept: no provider of note tells it
    apart (RFC 5321 section 2.4 would allow one to).
    """
    tidy = text.lower().replace("。", ".").replace("(at)", "@").replace("[at]", "@")
    tidy = _COMMA.sub(r"\1.", _SPACED.sub(r"\1", tidy))
    parts = [part.strip(".") for part in _MORE.split(tidy) if "@" in part]
    found = list(dict.fromkeys(part for part in parts if _ADDRESS.fullmatch(part)))
    if not found or any(part not in found for part in parts):
        return Reading(text, tuple(found), sure=False)
    return Reading(BETWEEN.join(found), tuple(found), sure=True)
