"""Phones, mail addresses and credit codes of customers: one form each, or a finding.

Texts that are plain are told by the engine; only the different texts that are not are read in Python and joined back,
so that a million plain numbers cost one look.
"""

from __future__ import annotations

from collections.abc import Callable

from ..engine import Engine, quoted, text_literal
from . import credit_codes, emails, phones
from .readings import Reading

KEYS = ("phone", "email", "credit_code")
NOTHING = frozenset(
    ("无", "無", "没有", "沒有", "暂无", "暫無", "不详", "不詳", "未知", "未填", "待补", "待補", "空",
     "none", "no", "na", "nil", "unknown", "tbd", "0")
)  # fmt: skip
"""What people write who have no number or address to give, in lower case."""
_APART = "\x1f"


def odd_contacts(engine: Engine, relation: str, key: str, target: str) -> bool:
    """Read the texts of a column that are not plain into `target`: text, shown (NULL for no contact), sure, keys.

    Args:
        relation: SQL for the relation, in brackets or quoted.
    Returns:
        whether there are any; else `target` is not made.
    """
    name = quoted(key)
    found = engine.rows(f"SELECT DISTINCT {name} FROM {relation} WHERE {name} IS NOT NULL AND NOT {is_plain(key)}")
    if not found:
        return False
    read = _reader(key)
    texts = sorted(text for (text,) in found)
    readings = [None if text.lower() in NOTHING else read(text) for text in texts]
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(target)} (text VARCHAR, shown VARCHAR, sure BIGINT, keys VARCHAR)"
    )
    engine.execute(
        f"INSERT INTO {quoted(target)} SELECT unnest($1), unnest($2), unnest($3), unnest($4)",
        [
            texts,
            [reading.shown if reading else None for reading in readings],
            [int(reading is None or reading.sure) for reading in readings],
            [_APART.join(reading.keys) if reading and reading.keys else None for reading in readings],
        ],
    )
    return True


def is_plain(key: str) -> str:
    """SQL for whether a column's text needs no reading."""
    if key == "credit_code":
        return credit_codes.plain(quoted(key))
    pattern = phones.PLAIN if key == "phone" else emails.PLAIN
    return f"regexp_full_match({plain_form(key) if key == 'email' else quoted(key)}, {text_literal(pattern)})"


def plain_form(key: str) -> str:
    """SQL for the kept form of a plain text."""
    if key == "phone":
        return f"left({quoted(key)}, {phones.LENGTH})"
    return f"lower({quoted(key)})" if key == "email" else quoted(key)


def _reader(key: str) -> Callable[[str], Reading]:
    return {"phone": phones.phones_of, "email": emails.emails_of, "credit_code": credit_codes.credit_code_of}[key]


def keys_of(relation: str, key: str, odd: str) -> str:
    """SELECT giving customer_id and key: every number, address or code of every customer, those of no use left out.

    Args:
        relation: customers with kept forms, a name.
        odd: what `odd_contacts` made; '' where there is nothing odd.
    """
    name, source = quoted(key), quoted(relation)
    if not odd:
        return f"SELECT customer_id, {name} AS key FROM {source} WHERE {name} IS NOT NULL"
    forms = f"SELECT DISTINCT shown, keys FROM {quoted(odd)} WHERE keys IS NOT NULL"
    unread = f"SELECT shown FROM {quoted(odd)} WHERE shown IS NOT NULL"
    return (
        f"SELECT customer_id, {name} AS key FROM {source} WHERE {name} IS NOT NULL AND {name} NOT IN ({unread}) "
        f"UNION ALL SELECT customer_id, unnest(string_split(keys, chr(31))) AS key FROM {source} "
        f"JOIN ({forms}) AS forms ON forms.shown = {name}"
    )
