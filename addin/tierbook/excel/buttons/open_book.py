"""Buttons that work on the open book: preview, explain, export. Whole ranges are read and written; no file changes."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import schema
from ...errors import UsageError, WorkbookError
from ...labels import LANGUAGES, text
from .desk import QUIET, Desk, header_place

if TYPE_CHECKING:
    from ...publish.sheet_preview import Page, Patch
    from ..scored.book import ScoredBook

HEAD_ROWS = 30
"""Rows from the top among which a table's header is looked for."""
WIDE = 60
"""Columns from the left among which it is looked for."""
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\r\n\t]+')


def preview(desk: Desk, today: dt.date) -> str:
    """Score a copy of the book by its rules as they stand, and show the outcome on the sheet 预览."""
    from ... import jobs
    from ...jobs.wording import money_line, moved_line
    from ...publish.sheet_preview import preview_page

    with tempfile.TemporaryDirectory() as folder:
        copy = desk.copy_into(Path(folder))
        day = jobs.last_day(copy) or today
        found = jobs.preview(jobs.Request(as_of=day, book=copy, language=desk.language, progress=desk.tell))
    name = show(desk, preview_page(found))
    desk.stay_on(name)
    if found.same_rules:
        return text("preview.same", desk.language)
    lines = [moved_line(found, desk.language), money_line(found, desk.language)]
    return "\n".join([*lines, text("buttons.previewed", desk.language, sheet=name)])


def show(desk: Desk, page: Page) -> str:
    """Write a page onto its sheet of the open book, made where there is none; gives the sheet's name."""
    app = desk.app
    app.screen_updating, app.calculation = False, QUIET
    sheet = _sheet_for(desk, page)
    sheet.clear()
    for place, width in enumerate(page.widths, start=1):
        sheet.range((1, place), (1, place)).column_width = width
    sheet.show_gridlines = False
    last = max(patch.row + len(patch.cells) - 1 for patch in page.patches)
    every = sheet.range((1, 1), (last, len(page.widths)))
    every.font.name, every.row_height, every.vertical_alignment = page.font, page.height, "center"
    for patch in page.patches:
        write(sheet, patch)
    return str(sheet.name)


def write(sheet: Any, patch: Patch) -> None:
    """One range: its number format first, so that a text stays the text it is."""
    rows, columns = len(patch.cells), len(patch.cells[0])
    cells = sheet.range((patch.row, patch.column), (patch.row + rows - 1, patch.column + columns - 1))
    look = patch.look
    if look.number:
        cells.number_format = look.number
    cells.value = [list(row) for row in patch.cells]
    cells.font.size, cells.font.bold, cells.font.color = look.size, look.bold, look.ink
    if look.paper:
        cells.color = look.paper
    if look.align:
        cells.horizontal_alignment = look.align
    if look.height:
        cells.row_height = look.height


def _sheet_for(desk: Desk, page: Page) -> Any:
    """The sheet of the last preview; a sheet of somebody else's that bears the name stays theirs."""
    names = [sheet.name for sheet in desk.book.sheets]
    name, number = page.name, 1
    while name in names:
        sheet = desk.book.sheets[name]
        head = sheet.range((1, 1), (1, 1)).value
        if (head is None and sheet.used_range.count == 1) or str(head or "").startswith(page.sign):
            return sheet
        number += 1
        name = f"{page.name} {number}"
    return desk.book.sheets.add(name, after=desk.book.sheets.active)


def scored_book(desk: Desk) -> ScoredBook:
    """The answers of the last refresh, from the hidden sheets of the open book.

    Raises:
        WorkbookError: the book was never refreshed.
    """
    from ..scored.reading import book_of

    return book_of(desk.tables(), desk.book.name)


def explain(desk: Desk) -> str:
    """Why the selected customer stands where it does, and what would lift it."""
    book = scored_book(desk)
    word = selected_customer(desk, book)
    place = book.results.place(word)
    if isinstance(place, str):
        raise UsageError("buttons.select_a_customer")
    return "\n".join(explained(book, place))


def selected_customer(desk: Desk, book: ScoredBook) -> str:
    """The id in the selected cell, else the id in its row of whatever table stands there.

    Raises:
        UsageError: neither is one of the book's customers.
    """
    from ...typed import id_text

    sheet, row, _column, value = desk.selected()
    word = id_text(value)
    if word and not isinstance(book.results.place(word), str):
        return word
    names = schema.CUSTOMERS.column("customer_id")
    titles = [*names.name.all(), *names.words, "customer_id"]
    head = header_place(desk.block(sheet, (1, 1), (min(HEAD_ROWS, max(row - 1, 1)), WIDE)), titles)
    if head is not None:
        cell = id_text(desk.block(sheet, (row, head[1] + 1), (row, head[1] + 1))[0][0])
        if cell and not isinstance(book.results.place(cell), str):
            return cell
    raise UsageError("buttons.select_a_customer")


def explained(book: ScoredBook, place: int) -> list[str]:
    """Who it is, where it stands, every indicator with its points, what lifts it, what to do next."""
    from ..answers import gaps, next_steps
    from ..answers.why import why_table

    language = book.language

    def cell(key: str) -> str:
        column = book.columns.get(key)
        return "" if column is None or column[place] is None else str(column[place])

    customer = cell("customer_id")
    score = book.columns["score"][place]
    points = f"{score:.2f}" if isinstance(score, int | float) else "–"
    stands = [
        cell("tier"),
        text("buttons.points", language, points=points),
        cell("segment"),
        cell("stage"),
        cell("rfm"),
    ]
    table = why_table(book, place)
    lines = [f"{customer}  {cell('name')}", " · ".join(filter(None, stands)), ""]
    for line, (name, value, got, of) in zip(book.why, table[1:-1], strict=True):
        key = "line" if isinstance(got, int | float) else "line_silent"
        lines.append(
            text(f"buttons.explain_{key}", language, name=name, value=shown(value, line.unit) or "–",
                 points=shown(got, ""), of=shown(of, ""))
        )  # fmt: skip
    lines.append(text("buttons.explain_total", language, points=points))
    for key, found in (("gap", gaps(book, [[customer]])), ("next", next_steps(book, [[customer]]))):
        words = str(found[0][0] or "")
        if words and not words.startswith("#"):
            lines.append(text(f"buttons.explain_{key}", language, words=words))
    if cell("tags"):
        lines.append(text("buttons.explain_tags", language, words=cell("tags")))
    return lines


def shown(value: Any, unit: str) -> str:
    """A value as people read it; a rate as percent."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%Y-%m-%d")
    if not isinstance(value, int | float):
        return str(value)
    if unit == "%":
        return f"{value:.1%}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def export(desk: Desk) -> str:
    """All customers of the last refresh as a workbook beside this one, or those of the group whose cell is selected."""
    from ... import jobs
    from ...jobs.wording import exported_line

    tables = desk.tables()
    chosen = selected_group(desk, tables)
    if chosen:
        key, word = chosen
        answer = desk.ask(
            text("buttons.export_which", desk.language, word=word, group=text(f"publish.{key}", desk.language)),
            "yes_no_cancel",
        )
        if answer == "cancel":
            return text("buttons.not_exported", desk.language)
        if answer != "yes":
            chosen = None
    name = text("buttons.list_name", desk.language, day=_day(tables), word=f"-{chosen[1]}" if chosen else "")
    out = folder_for_lists(desk) / f"{_FORBIDDEN.sub('_', name)}.xlsx"
    report = jobs.export_rows(tables, out, dict([chosen]) if chosen else {}, where=desk.book.name)
    return exported_line(report, desk.language)


def selected_group(desk: Desk, tables: dict[str, list[list[Any]]]) -> tuple[str, str] | None:
    """("tier", "VIP") where a cell below such a header is selected and customers of that group exist."""
    from ...jobs.listing import listed_of

    try:
        sheet, row, column, value = desk.selected()
    except UsageError:
        return None
    if row < 2 or not isinstance(value, str) or not value.strip():
        return None
    above = desk.block(sheet, (1, column), (min(row - 1, HEAD_ROWS), column))
    listed = listed_of(tables, desk.book.name)
    for key in ("tier", "segment", "owner"):
        if header_place(above, titles_of(key)) and value.strip() in set(listed.column(key)):
            return key, value.strip()
    return None


def titles_of(key: str) -> Sequence[str]:
    if key == "owner":
        return schema.CUSTOMERS.column("owner").name.all()
    return [text(f"publish.{key}", language) for language in LANGUAGES]


def folder_for_lists(desk: Desk) -> Path:
    """Beside the book; where the book lies online or nowhere yet, the person's own folder."""
    try:
        return desk.place().parent
    except WorkbookError:
        documents = Path.home() / "Documents"
        return documents if documents.is_dir() else Path.home()


def _day(tables: dict[str, list[list[Any]]]) -> str:
    stamp = {str(row[0]): row[1] for row in tables.get("_tierbook", ()) if row and row[0]}
    return str(stamp.get("as_of", ""))[:10]
