"""The six 模型 sheets: the rules of the game, for a manager to change in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..labels import text
from ..model.sheet_columns import SHEETS, SheetColumn, drop_down, setting_choices
from ..model.sheets import to_grids as model_grids
from ..model.types import Model
from . import theme
from .book import Book
from .columns import Column, Kind
from .tables import (
    FIRST_ROW,
    HEADER_ROW,
    LAST_ROW,
    body_looks,
    fits_in_place,
    name_table,
    put_header,
    put_value,
    set_heights,
    set_widths,
)
from .titled import print_wide, titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

__all__ = ["add_model_sheet", "model_columns", "model_grids"]

TABLE_NAME = {
    "model_scorecard": "ModelScorecard", "model_tiers": "ModelTiers", "model_tags": "ModelTags",
    "model_segments": "ModelSegments", "model_playbook": "ModelPlaybook", "model_params": "ModelParams",
}  # fmt: skip
_KIND: dict[str, Kind] = {"text": "text", "number": "number", "choice": "choice", "rule": "long", "date": "date",
                          "key": "text"}  # fmt: skip
_WIDTH: dict[str, float] = {
    "indicator": 24, "steps": 34, "about": 44, "source": 34, "when": 62, "trigger": 48, "action": 34, "reason": 34,
    "key": 18, "param": 20, "value": 16, "group": 16, "curve": 14, "card": 16,
}  # fmt: skip
_LONG = {"about", "source", "steps", "action", "reason"}
SPARE_ROWS = 200
"""Rows below the model's own that have drop-downs too, for lines people add."""


def model_columns(key: str, model: Model, book: Book) -> list[Column]:
    """Columns of a 模型 sheet: what only informs is greyed, what closed lists allow drops down."""
    return [_column(column, model, book) for column in SHEETS[key]]


def _column(column: SheetColumn, model: Model, book: Book) -> Column:
    informs = not column.read or column.key == "key"
    return Column(
        key=column.key,
        title=column.title.of(book.language),
        kind="long" if column.key in _LONG else _KIND[column.kind],
        choices=drop_down(column, model, book.language),
        fill="optional" if informs or not column.needed else "required",
        width=_WIDTH.get(column.key),
        bold=column.key in {"indicator", "tier", "tag", "name"},
    )


def add_model_sheet(book: Book, model: Model, key: str, grid: Sequence[Sequence[object]]) -> None:
    """One 模型 sheet from its grid (header first)."""
    sheet = titled_sheet(book, key, text(f"publish.hint_{key}", book.language), owner="model")
    columns = model_columns(key, model, book)
    rows = grid[1:]
    widths = set_widths(sheet, columns, rows, [None] * len(columns))
    put_header(book, sheet, HEADER_ROW, columns, "model", widths)
    name_table(sheet, book, TABLE_NAME[key], HEADER_ROW, len(rows), columns, "model")
    _put(book, sheet, columns, rows, widths)
    last = min(FIRST_ROW + len(rows) + SPARE_ROWS, LAST_ROW)
    _drop_downs(book, sheet, columns, last)
    sheet.freeze_panes(FIRST_ROW, 2)
    print_wide(sheet)
    if key == "model_params":
        _setting_drop_downs(book, sheet, model, columns, rows)
        _shares_in_percent(book, sheet, model, columns, rows)
        sheet.set_portrait()


def _put(book: Book, sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Sequence[object]],
         widths: Sequence[float]) -> None:  # fmt: skip
    plain, quoted = body_looks(book, columns)
    quiet = book.formats.body("text", font_color=theme.MUTED, font_size=9)
    for offset, row in enumerate(rows):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            look = quiet if column.key == "key" else plain[place]
            put_value(sheet, FIRST_ROW + offset, place, value, look, quiet if look is quiet else quoted[place])
    set_heights(sheet, FIRST_ROW, columns, rows, widths)


def _drop_downs(book: Book, sheet: Worksheet, columns: Sequence[Column], last: int) -> None:
    """Closed lists; one too long to stand in the rule itself stands in a hidden column behind the table."""
    behind = len(columns) + 1
    for place, column in enumerate(columns):
        if not column.choices:
            continue
        source: object = list(column.choices)
        if not fits_in_place(column.choices):
            for offset, choice in enumerate(column.choices):
                sheet.write_string(FIRST_ROW + offset, behind, choice, book.formats.hint())
            sheet.set_column(behind, behind, None, None, {"hidden": True})
            from xlsxwriter.utility import xl_range_abs

            source = "=" + xl_range_abs(FIRST_ROW, behind, FIRST_ROW + len(column.choices) - 1, behind)
            behind += 1
        sheet.data_validation(FIRST_ROW, place, last, place, _list_rule(book, column.title, source))


def _setting_drop_downs(book: Book, sheet: Worksheet, model: Model, columns: Sequence[Column],
                        rows: Sequence[Sequence[object]]) -> None:  # fmt: skip
    """Values of parameters that are one of a few."""
    names, value = (next(n for n, one in enumerate(columns) if one.key == key) for key in ("param", "value"))
    allowed = setting_choices(model)
    for offset, row in enumerate(rows):
        found = allowed.get(str(row[names]))
        if found:
            listed = [name.of(book.language) for name in found.values()]
            rule = _list_rule(book, columns[value].title, listed)
            sheet.data_validation(FIRST_ROW + offset, value, FIRST_ROW + offset, value, rule)


def _shares_in_percent(book: Book, sheet: Worksheet, model: Model, columns: Sequence[Column],
                       rows: Sequence[Sequence[object]]) -> None:  # fmt: skip
    """A share shows as 60%; the cell holds 0.6 as the rules know it."""
    names, value = (next(n for n, one in enumerate(columns) if one.key == key) for key in ("param", "value"))
    look = book.formats.body("text", num_format="0.##%")
    for offset, row in enumerate(rows):
        param = model.params.get(str(row[names]))
        if param is not None and param.unit == "ratio":
            put_value(sheet, FIRST_ROW + offset, value, row[value], look, look)


def _list_rule(book: Book, title: str, source: object) -> dict[str, object]:
    return {"validate": "list", "source": source, "error_type": "stop", "error_title": title[:32],
            "error_message": text("publish.pick_one", book.language)}  # fmt: skip
