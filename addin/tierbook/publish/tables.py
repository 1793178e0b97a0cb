"""Tables on sheets: header, cells, drop-downs, widths, the named Excel table around them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..labels import text
from . import theme
from .book import Book
from .cells import FORMULA_LEADS, LONGEST_TEXT, Formula, column_letters, day_number
from .columns import LIMITS, Column
from .formats import body_look
from .widths import FILTER_BUTTON, fitting, text_width, wrapped_lines

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LAST_ROW = 1_048_575
TITLE_ROW, HINT_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 3, 4
"""Where titles, headers and rows of a titled sheet stand, counted from 0 (rows 1, 2, 4, 5 for people)."""

SEEN_FOR_WIDTH = 400
_SURROGATE = re.compile("[\ud800-\udfff]")
_LIST_LIMIT = 255
"""Letters a drop-down may list in place."""


def put_value(sheet: Worksheet, row: int, column: int, value: object, look: Format, quoted: Format) -> None:
    """Write one value with its type; text is always text, also where it begins with `=`: formulas are `Formula`."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, value, look)
    elif isinstance(value, dt.date):
        sheet.write_number(row, column, float(day_number(value)), look)
    elif isinstance(value, Formula):
        sheet.write_formula(row, column, f"={value.text}", look, "" if value.value is None else value.value)
    else:
        words = _SURROGATE.sub("\ufffd", str(value))[:LONGEST_TEXT]
        sheet.write_string(row, column, words, quoted if words.startswith(FORMULA_LEADS) else look)


def allow_digits_as_text(sheet: Worksheet, columns: int) -> None:
    """No green corners on ids: they are text on purpose."""
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(columns - 1)}{LAST_ROW + 1}"})


def put_heading(book: Book, sheet: Worksheet, title: str, hint: str) -> None:
    """Title in A1, one line of help in A2."""
    sheet.set_row(TITLE_ROW, 27)
    sheet.write_string(TITLE_ROW, 0, title, book.formats.title())
    sheet.write_string(HINT_ROW, 0, hint, book.formats.hint())


def put_header(book: Book, sheet: Worksheet, row: int, columns: Sequence[Column], owner: theme.Owner,
               widths: Sequence[float]) -> None:  # fmt: skip
    """Header cells, two lines high where a title needs it; selecting one shows what the column means."""
    deep = any(text_width(column.title) + FILTER_BUTTON > width for column, width in zip(columns, widths, strict=True))
    sheet.set_row(row, theme.WIDE_HEADER_HEIGHT if deep else theme.HEADER_HEIGHT)
    for place, column in enumerate(columns):
        sheet.write_string(row, place, column.title, header_look(book, column, owner))
        if column.note:
            sheet.data_validation(
                row, place, row, place,
                {"validate": "any", "input_title": column.title[:32], "input_message": column.note[:255]},
            )  # fmt: skip


def header_look(book: Book, column: Column, owner: theme.Owner) -> Format:
    if column.fill == "yours":
        return book.formats.head(theme.YOURS_HEAD, theme.INK)
    if column.fill == "optional":
        return book.formats.head(theme.SOFT[owner], theme.HEAD[owner])
    return book.formats.head(theme.HEAD[owner])


def set_widths(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Sequence[object]],
               looks: Sequence[Format | None]) -> list[float]:  # fmt: skip
    """Give every column a width that fits its header and its values; returns the widths."""
    widths = []
    seen = rows[:SEEN_FOR_WIDTH]
    for place, column in enumerate(columns):
        low, high = LIMITS[column.kind]
        width = column.width or fitting(column.title, (shown(row[place], column) for row in seen), low=low, high=high)
        widths.append(width)
        sheet.set_column(place, place, width, looks[place])
    return widths


def shown(value: object, column: Column) -> str:
    """About what a cell shows, for measuring."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return "2026-01-01"
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        places = {"money": 2, "score": 1, "ratio": 2, "number": 2, "percent": 1}.get(column.kind, 0)
        return f"{float(value) * (100 if column.kind == 'percent' else 1):,.{places}f}"
    return str(value)


def body_looks(book: Book, columns: Sequence[Column]) -> tuple[list[Format], list[Format]]:
    """Formats of the columns of a table of ours, plain and for text that looks like a formula."""
    plain = [book.formats.body(column.kind, **_extra(column)) for column in columns]
    quoted = [book.formats.body(column.kind, quote_prefix=True, **_extra(column)) for column in columns]
    return plain, quoted


def _extra(column: Column) -> dict[str, Any]:
    look: dict[str, Any] = {}
    if column.bold:
        look["bold"] = True
    if column.fill == "yours":
        look["bg_color"] = theme.YOURS
    if column.number:
        look["num_format"] = column.number
    return look


def put_rows(book: Book, sheet: Worksheet, first: int, columns: Sequence[Column],
             rows: Sequence[Sequence[object]], widths: Sequence[float]) -> None:  # fmt: skip
    """Write the rows of a short table; rows with long text grow to show all of it."""
    plain, quoted = body_looks(book, columns)
    for offset, row in enumerate(rows or [[None] * len(columns)]):
        for place, value in enumerate(row):
            put_value(sheet, first + offset, place, value, plain[place], quoted[place])
    set_heights(sheet, first, columns, rows, widths)


def set_heights(sheet: Worksheet, first: int, columns: Sequence[Column], rows: Sequence[Sequence[object]],
                widths: Sequence[float]) -> None:  # fmt: skip
    """Let rows grow to show all of their long texts."""
    for offset, height in enumerate(row_heights(columns, rows, widths)):
        if height:
            sheet.set_row(first + offset, height)


def row_heights(columns: Sequence[Column], rows: Sequence[Sequence[object]], widths: Sequence[float]) -> list[float]:
    """Height of each row that shows every line of its long texts, in points; 0 where one line will do."""
    long = [(place, widths[place]) for place, column in enumerate(columns) if column.kind == "long"]
    if not long:
        return []
    lines = [max(wrapped_lines(str(row[place] or ""), width) for place, width in long) for row in rows]
    return [min(15 * count + 5, 400) if count > 1 else 0 for count in lines]


def name_table(sheet: Worksheet, book: Book, name: str, header: int, count: int, columns: Sequence[Column],
               owner: theme.Owner, *, style: str = "") -> None:  # fmt: skip
    """Lay a named Excel table over header and rows (at least one), so that formulas can say `Tiers[层级]`."""
    sheet.add_table(
        header, 0, header + max(count, 1), len(columns) - 1,
        {"name": name, "style": style or None, "banded_rows": False,
         "columns": [{"header": c.title, "header_format": header_look(book, c, owner)} for c in columns]},
    )  # fmt: skip


def add_drop_downs(book: Book, sheet: Worksheet, first: int, last: int, columns: Iterable[Column]) -> None:
    """Drop-downs for closed lists, checks for dates and numbers."""
    for place, column in enumerate(columns):
        rule = _validation(book, column)
        if rule:
            sheet.data_validation(first, place, last, place, rule)


def _validation(book: Book, column: Column) -> dict[str, object]:
    language = book.language
    if column.choices:
        if not fits_in_place(column.choices):
            return {}
        return {
            "validate": "list", "source": list(column.choices),
            "error_type": "stop" if column.strict else "information",
            "error_title": column.title[:32], "error_message": text("publish.pick_one", language),
        }  # fmt: skip
    if column.fill == "ours":
        return {}
    if column.kind == "date":
        return {
            "validate": "date", "criteria": "between", "minimum": dt.date(1900, 1, 1), "maximum": dt.date(2199, 12, 31),
            "error_type": "warning", "error_title": column.title[:32],
            "error_message": text("publish.enter_a_date", language),
        }  # fmt: skip
    if column.kind in {"money", "number", "quantity", "count", "percent", "score", "ratio"}:
        return {
            "validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15, "error_type": "warning",
            "error_title": column.title[:32], "error_message": text("publish.enter_a_number", language),
        }  # fmt: skip
    return {}


def fits_in_place(choices: Sequence[str]) -> bool:
    """Whether a drop-down can list the choices itself: 255 letters, no commas."""
    return not any("," in choice for choice in choices) and len(",".join(choices)) <= _LIST_LIMIT


def unique_titles(columns: Sequence[Column]) -> list[Column]:
    """The columns with a number behind titles that would repeat (an Excel table wants each title once)."""
    from dataclasses import replace

    seen: dict[str, int] = {}
    found = []
    for column in columns:
        key = column.title.casefold()
        seen[key] = seen.get(key, 0) + 1
        found.append(column if seen[key] == 1 else replace(column, title=f"{column.title} {seen[key]}"))
    return found


def column_looks(book: Book, columns: Sequence[Column]) -> list[Format]:
    """Formats for whole columns in which people type: number format and alignment, no lines."""
    return [book.formats.get(**body_look(column.kind)) for column in columns]
