"""What a cell in bytes says: its style, its kind, its value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import escape

from ..cells.scan import unescaped

_ATTRIBUTE = re.compile(rb'\s([a-z]+)="([^"]*)"')
_VALUE = re.compile(rb"<v(?:\s[^>]*)?>([^<]*)</v>")
_TEXT = re.compile(rb"<t(?:\s[^>]*)?>([^<]*)</t>")
_PHONETIC = re.compile(rb"<rPh\b.*?</rPh>", re.DOTALL)
_FORMULA = re.compile(rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)")
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#([0-9]+)|#x([0-9A-Fa-f]+));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")
BLANK = b"/>"
"""The rest of a cell with nothing in it."""

LONGEST_TEXT = 32_767
"""Letters a cell can hold."""


class Head(NamedTuple):
    """The attributes of a cell."""

    style: int
    kind: bytes


@lru_cache(maxsize=8192)
def head_of(head: bytes) -> Head:
    """What stands before the first `>` of a cell's rest, such as ` s="12" t="s"`."""
    told = dict(_ATTRIBUTE.findall(head))
    return Head(int(told.get(b"s", b"0")), told.get(b"t", b"n"))


def style_of(rest: bytes) -> int:
    return head_of(rest.partition(b">")[0]).style


def has_formula(rest: bytes) -> bool:
    return b"<f" in rest


def value_of(rest: bytes, strings: Sequence[str | None]) -> object:
    """None, a float, a text, or (kind, text) for truth values, errors and dates written out.

    Of a formula it is the last value.

    Args:
        rest: the cell after its address.
        strings: the shared texts of the cell's book.
    """
    kind = head_of(rest.partition(b">")[0]).kind
    if kind == b"inlineStr":
        return text_in(rest)
    found = _VALUE.search(rest)
    if found is None or not found[1]:
        return None
    raw = plain_text(found[1])
    if kind == b"s":
        return strings[int(raw)] if int(raw) < len(strings) else None
    if kind == b"str":
        return unescaped(raw) or None
    return _number(raw) if kind == b"n" else (kind.decode(), raw.strip())


def _number(raw: str) -> object:
    try:
        return float(raw)
    except ValueError:
        return ("n", raw)


def text_in(item: bytes) -> str | None:
    """The text of a string item without the reading aids of East Asian names."""
    if b"<rPh" in item:
        item = _PHONETIC.sub(b"", item)
    return unescaped(plain_text(b"".join(_TEXT.findall(item)))) or None


def as_id(value: object) -> str:
    """An id as text: 12.0 is 12, spaces around it do not count; "" where there is none."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return value.strip() if isinstance(value, str) else ""


def as_header(value: object) -> str:
    """What a header cell says, as the text a table wants there; "" where it says nothing."""
    return value if isinstance(value, str) else as_id(value)


def as_title(text: str) -> str:
    """A column's title as titles are compared: any case, any white space."""
    return " ".join(unescaped(text).split()).casefold()


def with_style(rest: bytes, style: int) -> bytes:
    """The cell in another style."""
    head, _, tail = rest.partition(b">")
    return _restyled(head, style) + b">" + tail


@lru_cache(maxsize=8192)
def _restyled(head: bytes, style: int) -> bytes:
    bare = re.sub(rb'\ss="[^"]*"', b"", head)
    return b' s="%d"' % style + bare if style else bare


def without_formula(rest: bytes) -> bytes:
    """The cell with its last value only; what marks cells of spilling formulas goes as well."""
    head, _, tail = rest.partition(b">")
    head = re.sub(rb'\s(?:cm|vm)="[^"]*"', b"", head)
    return head + b">" + _FORMULA.sub(b"", tail)


def text_cell(text: str, style: int = 0) -> bytes:
    """The rest of a cell that holds a text and never a formula."""
    look = b' s="%d"' % style if style else b""
    text = _LOOKS_ESCAPED.sub(r"_x005F_\1", text[:LONGEST_TEXT])
    text = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return b'%b t="inlineStr"><is><t xml:space="preserve">%b</t></is></c>' % (look, escape(text).encode())


def number_cell(number: int, style: int = 0) -> bytes:
    look = b' s="%d"' % style if style else b""
    return b"%b><v>%d</v></c>" % (look, number)


def plain_text(raw: bytes) -> str:
    """Bytes of a text or a formula as it is meant: references resolved, line ends read as XML demands."""
    text = raw.decode("utf-8")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _REFERENCE.sub(_letter, text) if "&" in text else text


def _letter(found: re.Match[str]) -> str:
    if found[1]:
        return _NAMED[found[1]]
    return chr(int(found[2]) if found[2] else int(found[3], 16))
