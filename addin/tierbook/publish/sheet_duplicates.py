"""疑似重复: customers who may be one under two ids. People write 处理; the next run reads it and goes by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import schema
from ..cleaning.duplicates import Pair, name_pairs
from ..cleaning.merges import WORDS, policy_of
from ..engine import quoted
from ..labels import Language, text
from . import theme
from .book import Book
from .cells import column_letters
from .columns import Column
from .records import Report
from .tables import FIRST_ROW
from .titled import last_row, long_sheet, place_of, stamped_title, titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

YOURS = frozenset({"word", "by_whom", "pair_note"})
"""Columns that belong to whoever decides."""
JOINT = " + "
_SIDES = ("left", "right")


@dataclass(frozen=True)
class PairShown:
    """One row: a pair, what people said of it before, and the id under which both count by now ("" where apart)."""

    pair: Pair
    merged_into: str
    word: str
    by_whom: str
    note: str


def pair_key(left: str, right: str) -> str:
    """What a row of 疑似重复 is known by."""
    left, right = sorted((left, right))
    return f"{left}{JOINT}{right}"


def word_names(language: Language) -> dict[str, str]:
    """Decision -> the word on the sheet."""
    return {word: text(f"duplicates.{word}", language) for word in WORDS}


def pair_columns(language: Language) -> list[Column]:
    def title(key: str) -> str:
        return text(f"duplicates.{key}", language)

    words = tuple(word_names(language).values())
    sides = [
        column
        for side in _SIDES
        for column in (
            Column(f"{side}_id", title(f"{side}_id"), "id", width=9.5),
            Column(f"{side}_name", title(f"{side}_name"), "text", bold=True, width=23.0),
            Column(f"{side}_owner", schema.CUSTOMERS.column("owner").name.of(language), "text", width=9.5),
            Column(f"{side}_orders", title("orders"), "count", width=8.0),
        )
    ]
    return [
        Column("pair", title("pair"), "id", width=13.0),
        Column("word", title("word"), "choice", title("word_note"), words, fill="yours", width=11.5),
        Column("by_whom", title("by_whom"), "text", title("by_whom_note"), fill="yours", width=9.0),
        Column("pair_note", title("pair_note"), "long", fill="yours", width=17.0),
        Column("state", title("state"), "choice", width=16.5),
        Column("suggestion", title("suggestion"), "choice", title("suggestion_note"), width=9.0),
        Column("evidence", title("evidence"), "long", width=34.0),
        Column("likeness", title("likeness"), "percent", title("likeness_note"), width=9.0, number="0%"),
        *sides,
    ]


def pairs_shown(report: Report) -> list[PairShown]:
    """Every pair worth a look: what awaits a decision first, then what was merged by itself, then what was decided."""
    engine = report.engine
    if not engine.has("contact_pairs"):
        return []
    told = {(one.left, one.right): one for one in _contact_pairs(report)}
    least = policy_of(report.model, ()).least
    told |= {(one.left, one.right): one for one in name_pairs(engine, least, told)}
    held = engine.rows("SELECT left_id, right_id, word, by_whom, note FROM pair_decisions")
    said = {(left, right): (word, by, note) for left, right, word, by, note in held}
    kept = dict(engine.rows("SELECT customer_id, kept_id FROM merged_ids"))
    shown = []
    for left, right in told.keys() | said.keys():
        pair = told.get((left, right)) or Pair(left, right, (), "", 0, sure=False, suggestion="open")
        homes = {kept.get(one, one) for one in (left, right)}
        home = homes.pop() if len(homes) == 1 else ""
        word, by, note = said.get((left, right), ("", "", ""))
        shown.append(PairShown(pair, home, word, by, note))
    order = {"merge": 0, "open": 1, "different": 2}
    return sorted(
        shown,
        key=lambda one: (one.word in WORDS, bool(one.merged_into), order[one.pair.suggestion],
                         one.pair.evidence == ("name",), -one.pair.likeness, one.pair.left, one.pair.right),
    )  # fmt: skip


def _contact_pairs(report: Report) -> list[Pair]:
    rows = report.engine.rows(
        "SELECT left_id, right_id, evidence, value, likeness, sure, suggestion FROM contact_pairs"
    )
    return [Pair(left, right, tuple(evidence.split(",")), value, likeness, bool(sure), suggestion)
            for left, right, evidence, value, likeness, sure, suggestion in rows]  # fmt: skip


def pair_rows(report: Report, pairs: Sequence[PairShown], columns: Sequence[Column]) -> list[list[object]]:
    cards = _cards(report, {one for shown in pairs for one in (shown.pair.left, shown.pair.right)})
    return [[_cells(report.language, pair, cards)[column.key] for column in columns] for pair in pairs]


def _cells(language: Language, shown: PairShown, cards: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    names, pair, home = word_names(language), shown.pair, shown.merged_into
    merged = text("duplicates.merged_into", language, kept=home) if home else text("duplicates.apart", language)
    nobody: Mapping[str, object] = {}
    sides = {
        f"{side}_{key}": cards.get(one, nobody).get(key)
        for side, one in zip(_SIDES, (pair.left, pair.right), strict=True)
        for key in ("name", "owner", "orders")
    }
    return {
        "pair": pair_key(pair.left, pair.right),
        "word": names.get(shown.word, shown.word),
        "by_whom": shown.by_whom,
        "pair_note": shown.note,
        "state": merged,
        "suggestion": names[pair.suggestion],
        "evidence": _evidence(language, pair),
        "likeness": pair.likeness / 100 if pair.likeness else None,
        "left_id": pair.left,
        "right_id": pair.right,
        **sides,
    }


def _evidence(language: Language, pair: Pair) -> str:
    """`电话、邮箱相同：13800000001`, or that the names are nearly the same."""
    if not pair.evidence:
        return text("duplicates.by_hand", language)
    if pair.evidence == ("name",):
        return text("duplicates.same_name" if pair.likeness == 100 else "duplicates.near_name", language)
    between = text("duplicates.between", language)
    kinds = between.join(schema.CUSTOMERS.column(kind).name.of(language) for kind in pair.evidence)
    return text("duplicates.shared", language, kinds=kinds, value=pair.value)


def _cards(report: Report, ids: set[str]) -> dict[str, dict[str, object]]:
    """Name, owner and number of orders of these customers as they were delivered, before anybody was merged."""
    if not ids:
        return {}
    engine = report.engine
    has = engine.columns("kept_customers")
    columns = ", ".join(quoted(key) if key in has else f"NULL AS {key}" for key in ("name", "owner"))
    wanted = engine.rows(f"SELECT customer_id, {columns} FROM kept_customers WHERE customer_id IN "
                         "(SELECT unnest($1))", [sorted(ids)])  # fmt: skip
    counted: dict[str, Any] = dict(
        engine.rows(
            "SELECT customer_id, CAST(sum(n) AS BIGINT) FROM fact_ids WHERE table_key = 'orders' AND customer_id IN "
            "(SELECT unnest($1)) GROUP BY customer_id",
            [sorted(ids)],
        )
    )
    cards: dict[str, dict[str, object]] = {one: {"orders": counted.get(one, 0)} for one in ids}
    for customer, name, owner in wanted:
        cards[customer] |= {"name": name, "owner": owner}
    return cards


def add_duplicates_sheet(book: Book, report: Report) -> None:
    pairs, columns = pairs_shown(report), pair_columns(book.language)
    rows = pair_rows(report, pairs, columns)
    waiting = sum(one.word not in WORDS and not one.merged_into for one in pairs)
    own = sum(one.word not in WORDS and bool(one.merged_into) for one in pairs)
    words = text("duplicates.hint", book.language, waiting=f"{waiting:,}", merged=f"{own:,}")
    sheet = titled_sheet(book, "duplicates", words, title=stamped_title("duplicates", report))
    columns = long_sheet(book, sheet, columns, rows, table="Duplicates")
    sheet.print_area(0, 0, last_row(rows), len(columns) - 1)
    _mark(book, sheet, columns, last_row(rows))


def _mark(book: Book, sheet: Worksheet, columns: Sequence[Column], last: int) -> None:
    """What is still to be decided stands out by its suggestion; rows decided are grey."""
    word, state = (f"${column_letters(place_of(columns, key))}{FIRST_ROW + 1}" for key in ("word", "state"))
    apart = text("duplicates.apart", book.language)
    suggested, ours = place_of(columns, "suggestion"), place_of(columns, "state")
    sheet.conditional_format(
        FIRST_ROW, suggested, last, suggested,
        {"type": "formula", "criteria": f'=AND({word}="",{state}="{apart}",{_is(columns)}<>"")',
         "format": book.formats.rule(font_color=theme.AMBER, bold=True)},
    )  # fmt: skip
    sheet.conditional_format(
        FIRST_ROW, ours, last, len(columns) - 1,
        {"type": "formula", "criteria": f'={word}<>""', "format": book.formats.rule(font_color=theme.MUTED)},
    )  # fmt: skip


def _is(columns: Sequence[Column]) -> str:
    return f"${column_letters(place_of(columns, 'pair'))}{FIRST_ROW + 1}"
