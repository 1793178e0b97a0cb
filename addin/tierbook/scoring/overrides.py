"""What people decided by hand: a tier of a scale or a tag for a customer, shown beside what the rules say.

A decision never replaces a computed tier: it stands next to it, with who made it, why, and until when it holds. Of
several decisions on the same thing the lowest row of the sheet holds. Every row is accounted for: it holds, or a
finding says why it does not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from ..engine import Runner
from ..labels import LANGUAGES, Language, text
from ..model.types import Model, Scale
from ..typed import folded

Severity = Literal["set_aside", "notice"]

RELATION, MANUAL = "overrides", "manual"
TAG = "tag"
"""The kind of a decision that is a tag; any other kind is the key of a scale."""
_TYPES = {
    "source_row": "BIGINT", "place": "BIGINT", "customer_id": "VARCHAR", "kind": "VARCHAR", "value": "VARCHAR",
    "owner": "VARCHAR", "reason": "VARCHAR", "expires": "DATE",
}  # fmt: skip
COLUMNS = {
    "manual_tier": "VARCHAR", "manual_tags": "VARCHAR", "manual_reason": "VARCHAR", "manual_by": "VARCHAR",
    "manual_expires": "DATE",
}  # fmt: skip
"""Columns of `results` that tell the decisions in force."""
_BETWEEN = re.compile(r"[、,，;；\n]")


@dataclass(frozen=True)
class Entry:
    """A row of 手工调整 as people wrote it.

    `row` is its number on the sheet, `expires_text` what stands in the date's cell.
    """

    row: int
    customer_id: str
    what: str
    value: str
    owner: str = ""
    reason: str = ""
    expires: dt.date | None = None
    expires_text: str = ""


@dataclass(frozen=True)
class Override:
    """A decision in force. `kind` is TAG or the key of a scale; `value` the tag's text or the key of a tier."""

    row: int
    customer_id: str
    kind: str
    value: str
    owner: str
    reason: str
    expires: dt.date | None


@dataclass(frozen=True)
class Doubtful:
    """What is odd about a row: the check, whether the row counts, the column and what stands there."""

    check: str
    severity: Severity
    row: int
    column: str
    value: str


@dataclass(frozen=True)
class Judged:
    """`rows` were read; those without a `set_aside` finding are in force."""

    rows: int
    overrides: Sequence[Override]
    findings: Sequence[Doubtful]

    @property
    def kept(self) -> int:
        return self.rows - sum(one.severity == "set_aside" for one in self.findings)


def judge(entries: Sequence[Entry], model: Model, as_of: dt.date, known: Set[str]) -> Judged:
    """Which decisions hold on a day, and what is odd about the others.

    A decision holds up to and including its last day. A cell may hold several tags: 重点跟进、老板关系.

    Args:
        known: ids of all customers.
    """
    words = _kinds(model)
    findings: list[Doubtful] = []
    held: dict[tuple[str, str, str], Override] = {}
    lost: set[int] = set()
    for entry in sorted(entries, key=lambda one: one.row):
        doubt = _doubt(entry, model, words, as_of, known)
        if doubt is not None:
            findings.append(doubt)
            continue
        for override in _decisions(entry, model, words):
            place = override.customer_id, override.kind, folded(override.value) if override.kind == TAG else ""
            before = held.pop(place, None)  # the lower row is the later decision, and comes later
            held[place] = override
            if before is not None and before.row != override.row:
                lost.add(before.row)
        if not (entry.reason and entry.owner):
            column = "reason" if not entry.reason else "owner"
            findings.append(Doubtful("override_unexplained", "notice", entry.row, column, entry.value))
    standing = {one.row for one in held.values()}
    by_row = {entry.row: entry for entry in entries}
    findings += [Doubtful("override_replaced", "set_aside", row, "value", by_row[row].value) for row in lost - standing]
    return Judged(len(entries), list(held.values()), sorted(findings, key=lambda one: (one.row, one.check)))


def _doubt(entry: Entry, model: Model, words: Mapping[str, str], as_of: dt.date, known: Set[str]) -> Doubtful | None:
    """The first reason for which a row does not hold."""

    kind = words.get(folded(entry.what), "")
    unknown_tier = kind not in ("", TAG) and not tier_meant(model.scale(kind), entry.value)
    expires, written = entry.expires, entry.expires_text
    reasons = (
        ("no_customer", "customer_id", "", not entry.customer_id),
        ("override_unknown_customer", "customer_id", entry.customer_id, entry.customer_id not in known),
        ("override_unknown_kind", "what", entry.what, not kind),
        ("override_no_value", "value", "", not entry.value.strip()),
        ("override_unknown_tier", "value", entry.value, unknown_tier),
        ("override_bad_date", "expires", written, expires is None and bool(written)),
        ("override_expired", "expires", str(expires), expires is not None and expires < as_of),
    )
    found = (Doubtful(check, "set_aside", entry.row, column, value) for check, column, value, odd in reasons if odd)
    return next(found, None)


def _decisions(entry: Entry, model: Model, words: Mapping[str, str]) -> Iterator[Override]:
    kind = words[folded(entry.what)]
    values = (
        [word.strip() for word in _BETWEEN.split(entry.value) if word.strip()]
        if kind == TAG
        else [tier_meant(model.scale(kind), entry.value)]
    )
    for value in values:
        yield Override(entry.row, entry.customer_id, kind, value, entry.owner, entry.reason, entry.expires)


def _kinds(model: Model) -> dict[str, str]:
    """Every word a kind goes by, folded -> TAG or the key of a scale; the main scale is also just the tier."""
    found = {folded(word): TAG for word in (TAG, *(text("publish.tag", each) for each in LANGUAGES))}
    main = ("tier", *(text("publish.tier", each) for each in LANGUAGES))
    for scale in model.scales:
        words = (scale.key, *scale.name.all(), *(main if scale.key == model.main_scale else ()))
        found |= {folded(word): scale.key for word in words}
    return found


def tier_meant(scale: Scale, word: str) -> str:
    """The key of the tier that a word in any language means; "" where the scale has none."""
    wanted = folded(word)
    return next(
        (tier.key for tier in scale.tiers if wanted in {folded(each) for each in (tier.key, *tier.name.all())}), ""
    )


def put_overrides(engine: Runner, overrides: Sequence[Override]) -> None:
    """Make the relation `overrides`: one row per decision in force, which `score` then shows in `results`."""
    rows = [
        (one.row, place, one.customer_id, one.kind, one.value, one.owner, one.reason, one.expires)
        for place, one in enumerate(overrides)
    ]
    engine.drop(RELATION)
    engine.put(RELATION, _TYPES, rows)


def put_manual(engine: Runner, model: Model, language: Language) -> None:
    """Make the relation `manual`: one row per customer with decisions, in the words people read.

    Columns: customer_id, `COLUMNS`, and `added_tags`: the tags by hand that the rules did not give. `manual_expires`
    is the first day on which one of several decisions ends. Needs `overrides` and `tags`.
    """
    listed = engine.rows(f"SELECT customer_id, kind, value, owner, reason, expires FROM {RELATION} ORDER BY place")
    computed = dict(
        engine.rows(f"SELECT customer_id, tags FROM tags WHERE customer_id IN (SELECT customer_id FROM {RELATION})")
    )
    of_customer: dict[str, list[Override]] = {}
    for customer, *rest in listed:
        of_customer.setdefault(customer, []).append(Override(0, customer, *rest))
    types = {"customer_id": "VARCHAR", **COLUMNS, "added_tags": "VARCHAR"}
    rows = [
        (customer, *_told(found, model, language), _added(found, computed.get(customer, ""), language))
        for customer, found in sorted(of_customer.items())
    ]
    engine.drop(MANUAL)
    engine.put(MANUAL, types, rows)


def _told(found: Sequence[Override], model: Model, language: Language) -> tuple[object, ...]:
    """The values of `COLUMNS`; the main scale's tier comes first, another scale's bears its name."""
    between, apart = text("scoring.between_tags", language), text("scoring.between_reasons", language)
    by_scale = {one.kind: one for one in found if one.kind != TAG}
    tiers = []
    for scale in sorted(model.scales, key=lambda each: each.key != model.main_scale):
        if scale.key in by_scale:
            name = next(tier.name.of(language) for tier in scale.tiers if tier.key == by_scale[scale.key].value)
            tiers.append(name if scale.key == model.main_scale else f"{scale.name.of(language)}: {name}")
    days = [one.expires for one in found if one.expires is not None]
    return (
        between.join(tiers) or None,
        between.join(one.value for one in found if one.kind == TAG) or None,
        apart.join(dict.fromkeys(one.reason for one in found if one.reason)) or None,
        between.join(dict.fromkeys(one.owner for one in found if one.owner)) or None,
        min(days) if days else None,
    )


def _added(found: Sequence[Override], computed: str, language: Language) -> str | None:
    between = text("scoring.between_tags", language)
    known = {folded(tag) for tag in computed.split(between)}
    return between.join(one.value for one in found if one.kind == TAG and folded(one.value) not in known) or None
