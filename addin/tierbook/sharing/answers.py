"""What a refresh wrote into a book, as a share copy needs it: where each answer stands, and what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from pathlib import Path

from ..errors import WorkbookError
from ..labels import Language, language_of, text
from ..typed import folded, holds_results, serial
from .conditions import Condition, condition_words
from .table import Table, Value
from .tags import rules_of, tag_words

FORMAT = "1"
STAMP, RESULTS, BEFORE = "_tierbook", "_tierbook_results", "_tierbook_before"
GAP, TASKS, MODEL = "_tierbook_gap", "_tierbook_tasks", "_tierbook_model"
NEEDED = (STAMP, RESULTS)
OPEN = ("open", "doing")
STAMPED = ("as_of", "model", "model_version", "model_fingerprint", "data_fingerprint", "tierbook_version")


@dataclass(frozen=True)
class Answers:
    """A refreshed book's answers.

    Args:
        stamp: what the refresh says of itself.
        results: every result of every customer, ids sorted.
        before: tier and score of the earlier day; None where there is none.
        gap: what is missing to the next tier; None where an older refresh did not write it.
        actions: customer -> the most urgent action; None likewise.
        tag_words: folded word -> the tag as the book shows it.
        conditions: (kind, folded word) -> the result column and its value, for CUST_COUNT.
    """

    stamp: Mapping[str, str]
    results: Table
    before: Table | None = None
    gap: Table | None = None
    actions: Mapping[str, str] | None = None
    tag_words: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[tuple[str, str], Condition] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        return language_of(self.stamp.get("language", ""))

    @property
    def between_tags(self) -> str:
        return text("excel.between_tags", self.language)

    @property
    def stamped(self) -> str:
        """The line CUST_STAMP shows."""
        words = text("excel.stamp", self.language, **{key: self.stamp.get(key, "") for key in STAMPED})
        is_older = self.gap is None or self.actions is None or "clv" not in self.results.columns
        return f"{words} · {text('excel.refresh_once_more', self.language)}" if is_older else words

    @property
    def as_of(self) -> float | None:
        return _day(self.stamp.get("as_of", ""))

    @property
    def since(self) -> float | None:
        """The earlier day of `before`."""
        return _day(self.stamp.get("before_as_of", "")) if self.before else None

    @cached_property
    def words(self) -> Mapping[tuple[str, str], str]:
        """(family, folded word) -> the result column it means."""
        found: dict[tuple[str, str], str] = {}
        for family, prefix in (("scale", "tier_"), ("card", "score_"), ("indicator", "")):
            lead = f"name.{family}."
            named = {key.removeprefix(lead): value for key, value in self.stamp.items() if key.startswith(lead)}
            spelled = [(name, key) for key, value in reversed(named.items()) for name in value.split("|") if name]
            for name, key in [*spelled, *((key, key) for key in named)]:  # a key beats a name, an earlier name a later
                if prefix + key in self.results.columns:
                    found[family, folded(name)] = prefix + key
        return found


def read_answers(path: Path) -> Answers:
    """Read the hidden sheets of a book.

    Raises:
        WorkbookError: the book cannot be read, was never refreshed, or by another generation of tierbook.
    """
    from ..workbook import read_sheets, sheet_names

    present = set(sheet_names(path))
    if not set(NEEDED) <= present:
        raise WorkbookError("share.not_scored", path=path)
    wanted = [name for name in (STAMP, RESULTS, BEFORE, GAP, TASKS, MODEL) if name in present]
    sheets = dict(read_sheets(path, wanted))
    stamp = {str(key): "" if value is None else str(value) for key, value, *_ in sheets.pop(STAMP)}
    if stamp.get("format") != FORMAT:
        raise WorkbookError("share.other_format", path=path, format=stamp.get("format", ""))
    if not holds_results(stamp):
        raise WorkbookError("chosen.book_without", book=path.name)
    kept = sheets.pop(MODEL, [])
    tables = {name: Table(name, dict(_columns(rows))) for name, rows in sheets.items()}
    if not tables[RESULTS].columns.get("customer_id"):
        raise WorkbookError("share.not_scored", path=path)
    language = language_of(stamp.get("language", ""))
    rules = rules_of(kept, stamp.get("model", ""), language)
    tags = tag_words(tables[RESULTS].columns.get("tags", ()), rules, language)
    return Answers(
        stamp, tables[RESULTS],
        before=_table(tables, BEFORE) if "before_as_of" in stamp else None,
        gap=_table(tables, GAP),
        actions=_first_actions(tables[TASKS]) if TASKS in tables else None,
        tag_words=tags,
        conditions=condition_words(
            tables[RESULTS], stamp.get("main_scale", ""), tags, rules.vocabulary if rules else None, language
        ),
    )  # fmt: skip


def _table(tables: Mapping[str, Table], name: str) -> Table | None:
    table = tables.get(name)
    return table if table is not None and table.columns.get("customer_id") else None


def _columns(rows: Sequence[Sequence[object]]) -> Iterator[tuple[str, Sequence[Value]]]:
    for head, *values in zip_longest(*rows):
        if head not in (None, ""):
            yield str(head), [_plain(value) for value in values]


def _plain(value: object) -> Value:
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return value
    return serial(value) if isinstance(value, dt.date) else float(str(value))


def _first_actions(tasks: Table) -> Mapping[str, str]:
    """Customer -> the action of the first task still to do; the list has the most urgent on top."""
    columns, found = tasks.columns, dict[str, str]()
    if columns.get("customer_id"):
        for customer, action, status in zip(columns["customer_id"], columns["action"], columns["status"], strict=True):
            if status in OPEN and str(action).strip():
                found.setdefault(str(customer), str(action))
    return found


def _day(words: str) -> float | None:
    try:
        return serial(dt.date.fromisoformat(words))
    except ValueError:
        return None
