"""The hidden sheets a machine reads: the stamp, every result, the points behind every score, the state before.

`_tierbook` is key and value; `_tierbook_results` the columns of `results` by their keys, and those of `LIFETIME` that
a model does not have among its indicators;
`_tierbook_why` the points of the main scorecard below its keys, names, weights and units; `_tierbook_before` tiers,
scores and points of the earlier day that changes are told against; `_tierbook_gap` what reaches the next tier;
`_tierbook_tasks` the tasks of 任务 by the keys of their fields; `_tierbook_model` the model the refresh used
(`model.stored` reads it back); `_tierbook_versions` all rules ever in force (`model.versions`);
`_tierbook_queue` what waits until somebody's day has room; `_tierbook_done` tasks that left 任务;
`_tierbook_totals` what was known of everybody, so that the next refresh can say what came;
`_tierbook_standing` since when everybody is in a tier, where the model holds tiers steady. Customers are sorted
by id, ids are text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..engine import quoted
from ..labels import Name, text
from ..model.stored import stored_rows
from ..model.types import Model
from ..schema import MONEY_SCALE
from ..scoring.gap_texts import gap_keys, gaps
from .book import Book
from .cell_rows import LateRows
from .engine_rows import engine_rows
from .hidden_pairs import add_merged_sheet, add_pairs_sheet
from .hidden_tasks import add_done_sheet, add_queue_sheet, add_task_list_sheet
from .records import Kept, Report, Stamp
from .sheet_keys import SHEET_KEYS
from .sheet_portrait_rows import add_portrait_rows_sheet
from .sheet_standing import add_standing_sheet
from .sheet_totals import add_totals_sheet
from .sheet_versions import add_versions_sheet

STAMP, RESULTS, WHY, BEFORE = "_tierbook", "_tierbook_results", "_tierbook_why", "_tierbook_before"
GAP, MODEL = "_tierbook_gap", "_tierbook_model"
SINCE = "before_as_of"
CHOSEN, LEFT = "chosen", "left."
"""Keys of the stamp of a book that holds only some sheets: which, and the days that others still show."""
LACKING = "lacking"
_MONEY, _CHANCE = f" / {MONEY_SCALE}e0", " / 1e6"
LIFETIME = {
    **dict.fromkeys(("clv", "clv_low", "clv_high"), _MONEY), **dict.fromkeys(("churn_risk", "p_alive"), _CHANCE),
}  # fmt: skip
"""What functions ask of lifetimes, in `_tierbook_results` whatever the model's indicators, and how it is shown."""
FORMAT = "1"
POINT = 1_000_000
"""Millionths of a point in a point."""
SHORT = ("customer_id", "tier", "score")
Builder = Callable[[Book, Report], object]


def stamp_rows(model: Model, stamp: Stamp, titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Key and value of everything the stamp sheet says, in order."""
    rows = [
        ("format", FORMAT),
        ("language", stamp.language),
        ("as_of", stamp.as_of.isoformat()),
        ("model", stamp.model),
        ("model_version", stamp.model_version),
        ("model_fingerprint", stamp.model_fingerprint),
        ("data_fingerprint", stamp.data_fingerprint),
        ("tierbook_version", stamp.tierbook_version),
        ("main_card", model.main),
        ("main_scale", model.main_scale),
    ]
    if stamp.applied_by and stamp.applied_on:
        rows += [("applied_by", stamp.applied_by), ("applied_on", stamp.applied_on.isoformat())]
    if stamp.lacking:
        rows.append((LACKING, stamp.lacking))
    if stamp.chosen:
        rows += [(CHOSEN, stamp.chosen), *((f"{LEFT}{mark}", day.isoformat()) for mark, day in stamp.left.items())]
    rows += [(f"sheet.{key}", titles.get(key) or text(f"sheets.{key}", stamp.language)) for key in SHEET_KEYS]
    rows += [(f"name.scale.{scale.key}", _words(scale.name)) for scale in model.scales]
    rows += [(f"name.card.{card.key}", _words(card.name)) for card in model.scorecards]
    rows += [(f"name.indicator.{one.key}", _words(one.name, *one.aliases)) for one in model.indicators]
    return rows


def _words(name: Name, *aliases: str) -> str:
    return "|".join(dict.fromkeys([*name.all(), *aliases]))


def add_stamp_sheet(book: Book, report: Report) -> None:
    sheet = book.hidden_sheet(STAMP)
    since = [(SINCE, report.kept.since.isoformat())] if report.kept.since else []
    for row, (key, value) in enumerate([*stamp_rows(report.model, report.stamp, book.titles), *since]):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)


def add_results_sheet(book: Book, report: Report) -> None:
    engine, kinds = report.engine, report.engine.columns("results")
    told = {
        key: (f"CAST({quoted(key)} AS DOUBLE)", "DOUBLE") if kind.startswith("DECIMAL") else (quoted(key), kind)
        for key, kind in kinds.items()
    }
    beside = [key for key in LIFETIME if key not in kinds]
    source, known = "results", engine.has("lifetimes")
    if beside and known:
        source = "results LEFT JOIN lifetimes USING (customer_id)"
    told |= {key: (f"lifetimes.{key}{LIFETIME[key]}" if known else "CAST(NULL AS DOUBLE)", "DOUBLE") for key in beside}
    day = book.formats.get(num_format="yyyy-mm-dd")
    looks = [day if kind == "DATE" else None for _, kind in told.values()]
    sheet = book.hidden_sheet(RESULTS)
    for column, key in enumerate(told):
        sheet.write_string(0, column, key)
    book.long_rows(sheet, 2, looks, looks, engine_rows(engine, source, told, "customer_id"), blank_row=False)


def add_short_results_sheet(book: Book, report: Report) -> None:
    """Of the results what the next refresh tells changes against."""
    sheet = book.hidden_sheet(RESULTS)
    for column, key in enumerate(SHORT):
        sheet.write_string(0, column, key)
    rows = report.engine.rows(f"SELECT {', '.join(SHORT)} FROM results ORDER BY customer_id")
    looks = [None] * len(SHORT)
    book.long_rows(sheet, 2, looks, looks, rows, blank_row=False)


def add_emptied_sheet(name: str) -> Builder:
    """A hidden sheet that tells of nobody: what it told is not kept up to date any more."""

    def add(book: Book, _: Report) -> None:
        book.hidden_sheet(name).write_string(0, 0, "customer_id")

    return add


def add_why_sheet(book: Book, report: Report) -> None:
    """Rows 1-4 say what the columns are; from row 5 on points, blank where an indicator did not count."""
    sheet = book.hidden_sheet(WHY)
    lines = report.model.main_card.lines
    sheet.write_string(0, 0, "customer_id")
    for column, line in enumerate(lines, start=1):
        indicator = report.model.indicator(line.indicator)
        sheet.write_string(0, column, line.indicator)
        sheet.write_string(1, column, indicator.name.of(report.language))
        sheet.write_number(2, column, line.weight)
        sheet.write_string(3, column, indicator.unit.of(report.language))
    told = {"customer_id": ("customer_id", "VARCHAR")} | {
        line.indicator: (f"CAST({quoted(line.indicator)} AS DOUBLE) / {POINT}", "DOUBLE") for line in lines
    }
    looks = [None] * len(told)
    book.long_rows(
        sheet, 5, looks, looks, engine_rows(report.engine, "why_points", told, "customer_id"), blank_row=False
    )


def add_before_sheet(book: Book, report: Report) -> None:
    """What the changes of this refresh are told against, so that a second one on the same day tells the same."""
    sheet, kept = book.hidden_sheet(BEFORE), report.kept
    keys = sorted({key for points in kept.points.values() for key in points})
    for column, title in enumerate(["customer_id", "tier", "score", *keys]):
        sheet.write_string(0, column, title)
    looks = [None] * (len(keys) + 3)
    rows = LateRows(len(kept.previous), lambda: _before_rows(kept, keys))
    book.long_rows(sheet, 2, looks, looks, rows, blank_row=False)


def _before_rows(kept: Kept, keys: Sequence[str]) -> Iterator[list[object]]:
    nothing: Mapping[str, int] = {}
    for customer_id, (tier, score) in sorted(kept.previous.items()):
        found = map(kept.points.get(customer_id, nothing).get, keys)
        yield [customer_id, tier, score, *[None if points is None else points / POINT for points in found]]


def add_gap_sheet(book: Book, report: Report) -> None:
    """Per customer the next tier, the points missing to it, a line of text, and per actionable indicator of the main
    card the change of it alone that reaches that tier: in display units, blank where none does."""
    sheet = book.hidden_sheet(GAP)
    keys = gap_keys(report.engine)
    for column, title in enumerate(["customer_id", "next_tier", "points", "text", *keys]):
        sheet.write_string(0, column, title)
    looks = [None] * (len(keys) + 4)
    count = report.engine.value("SELECT COUNT(*) AS customers FROM gaps")
    book.long_rows(sheet, 2, looks, looks, LateRows(count, lambda: _gap_rows(report)), blank_row=False)


def _gap_rows(report: Report) -> Iterator[list[object]]:
    for gap in gaps(report.engine, report.model, report.language):
        yield [gap.customer_id, gap.next_tier or None, gap.points, gap.text, *gap.changes.values()]


def add_model_rows_sheet(book: Book, report: Report) -> None:
    """The model of this refresh, a line of its TOML in each row."""
    sheet = book.hidden_sheet(MODEL)
    rows = stored_rows(report.model)
    looks = [None] * len(rows[0])
    book.long_rows(sheet, 1, looks, looks, rows, blank_row=False)


HIDDEN_BUILDERS: Mapping[str, Builder] = {
    "stamp": add_stamp_sheet, "results": add_results_sheet, "why": add_why_sheet, "before": add_before_sheet,
    "gap": add_gap_sheet, "task_list": add_task_list_sheet, "model": add_model_rows_sheet,
    "portrait_rows": add_portrait_rows_sheet, "merged": add_merged_sheet, "pair_list": add_pairs_sheet,
    "versions": add_versions_sheet, "standing": add_standing_sheet, "queue": add_queue_sheet,
    "done_list": add_done_sheet, "totals": add_totals_sheet,
}  # fmt: skip
"""Mark -> what makes its sheet."""
