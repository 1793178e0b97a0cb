"""The sheets 标签规则, 细分 and 策略: everything with a condition."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from ..labels import Name
from . import types as t
from .cells import key_of
from .sheet_columns import choices
from .sheet_reading import NO_NAME, Keys, Reading, is_name, made_key
from .sheet_rows import Row
from .words import Use, folded, nearest

_SIGN = r"\W*(高|低|HIGH|LOW|[01])\W*"
_BITS = re.compile(rf"\W*R{_SIGN}F{_SIGN}M{_SIGN}")
_DIGITS = re.compile(r"[01]{1,3}")
_HIGH = ("高", "HIGH", "1")


def _rule(reading: Reading, row: Row, keys: Keys, old: Mapping[str, t.Rule], kind: str, column: str) -> t.Rule:
    """A tag, stage or segment: what the three have in common."""
    word = row.needed(column)
    key = keys.take(row, column, row.text("key"), word)
    known = old.get(key)
    use: dict[str, Use] = {"tag": "tags", "stage": "stages", "segment": "segments"}
    reading.cells[f"{kind}.{key}.name"] = row.where(column)
    return t.Rule(
        key=key,
        name=keys.name(key, word),
        when=reading.condition(row, "when", known.when if known else None, use[kind]),
        source=row.text("source") if row.has("source") or known is None else known.source,
        enabled=row.flag("enabled", True),
        where=row.where("when"),
    )


def read_tags(reading: Reading) -> tuple[t.Rule, ...]:
    old = {rule.key: rule for rule in reading.base.tags}
    keys = Keys("tag", {rule.key: rule.name for rule in reading.base.tags})
    groups = {rule.group: rule.group_name for rule in reading.base.tags if rule.group}

    def build(row: Row) -> t.Rule:
        rule = _rule(reading, row, keys, old, "tag", "tag")
        key, group = _group(row.text("tag_group"), groups)
        return replace(rule, group=key, group_name=group, value_of=_value_of(reading, row))

    return tuple(reading.each(reading.rows["model_tags"], build))


def _group(word: str, groups: Mapping[str, Name]) -> tuple[str, Name]:
    """Key and name of a tag group; one nobody knows is new."""
    if not word:
        return "", NO_NAME
    for key, group in groups.items():
        if is_name(word, group):
            return key, group if word in group.all() else Name(word, word, word)
    return made_key("group", word), Name(word, word, word)


def _value_of(reading: Reading, row: Row) -> str:
    """The column whose value is the tag, from its name in any language."""
    word = row.text("value_of")
    if not word:
        return ""
    column = reading.names.columns.get(folded(word))
    if column is not None:
        return column.key
    near = nearest(word, reading.names.shown)
    raise row.error("model.check_value_of_near" if near else "model.check_value_of", "value_of", key=word, near=near)


def read_segments(reading: Reading, model: t.Model) -> t.Model:
    """The model with the sheet's eight classes, stages and own segments."""
    base = reading.base
    stages, segments = {each.key: each for each in base.stages}, {each.key: each for each in base.segments}
    stage_keys = Keys("stage", {key: each.name for key, each in stages.items()})
    segment_keys = Keys("segment", {key: each.name for key, each in segments.items()})
    class_keys = Keys("class", {each.key: each.name for each in base.rfm.classes})
    found: dict[str, list[t.Rule]] = {"stage": [], "segment": []}
    classes: list[t.SegmentClass] = []

    def add(row: Row) -> None:
        sort = row.choice("sort", choices("sort"))
        if sort == "class":
            classes.append(_class(row, class_keys))
        elif sort == "stage":
            found[sort].append(_rule(reading, row, stage_keys, stages, "stage", "name"))
        else:
            found[sort].append(_rule(reading, row, segment_keys, segments, "segment", "name"))

    reading.each(reading.rows["model_segments"], add)
    rfm = replace(model.rfm, classes=tuple(classes))
    return replace(model, rfm=rfm, stages=tuple(found["stage"]), segments=tuple(found["segment"]))


def _class(row: Row, keys: Keys) -> t.SegmentClass:
    word = row.needed("name")
    key = keys.take(row, "name", row.text("key"), word)
    r, f, m = _code(row)
    return t.SegmentClass(key, keys.name(key, word), r, f, m)


def _code(row: Row) -> tuple[int, int, int]:
    """`R高 F低 M高`, `R high F low M high`, or 101 (as a number, 011 arrives as 11)."""
    text = unicodedata.normalize("NFKC", row.needed("when")).upper()
    match = _BITS.fullmatch(text)
    if match is None and not _DIGITS.fullmatch(text):
        raise row.error("model.sheet_code", "when", value=row.text("when"))
    signs = match.groups() if match else tuple(text.zfill(3))
    r, f, m = (int(sign in _HIGH) for sign in signs)
    return r, f, m


def read_plays(reading: Reading) -> tuple[t.Play, ...]:
    old = {play.key: play for play in reading.base.playbook}
    actions = Keys("play", {play.key: play.action for play in reading.base.playbook})
    reasons = Keys("play", {play.key: play.reason for play in reading.base.playbook})
    owner = choices("owner")

    def build(row: Row) -> t.Play:
        word, reason = row.needed("action"), row.text("reason")
        key = actions.take(row, "action", row.text("key"), word)
        known = old.get(key)
        for column in ("channel", "due_days", "priority", "cool_down_days", "action", "reason"):
            reading.cells[f"play.{key}.{column}"] = row.where(column)
        who = row.text("owner")
        return t.Play(
            key=key,
            when=reading.condition(row, "trigger", known.when if known else None, "playbook"),
            action=actions.name(key, word),
            channel=row.choice("channel", choices("channel")),
            due_days=row.whole_needed("due_days"),
            priority=row.whole_needed("priority"),
            cool_down_days=row.whole_needed("cool_down_days"),
            reason=reasons.name(key, reason) if reason else NO_NAME,
            owner=key_of(who, owner) or who or "owner",
            enabled=row.flag("enabled", True),
            where=row.where("trigger"),
        )

    return tuple(reading.each(reading.rows["model_playbook"], build))
