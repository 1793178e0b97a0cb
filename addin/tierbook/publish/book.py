"""An .xlsx being made in memory: shapes by XlsxWriter, long tables by `cells`, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..labels import Language, text
from ..workbook.package.made_parts import LongPart, MadeParts
from . import theme
from .cell_rows import LateRows, column_maker, rows_xml
from .cells import column_letters
from .engine_rows import EngineRows
from .formats import Formats

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CREATED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""The date every book claims to be made on, so that equal content gives equal bytes."""

COMPRESSION = 4
"""Half the time of the usual 6 for a fifth more bytes."""

Rows = Sequence[Sequence[object]] | LateRows | EngineRows

_LATIN = re.compile(rb'<a:latin typeface="([^"]*)"([^>]*)/>')


@dataclass(frozen=True)
class LongTable:
    """Rows that replace the sample rows of a sheet when the book is closed.

    `first_row` counts from 1; `columns` cells a row from column A on; `table` is the display name of the
    Excel table that starts at `header_row`, or empty; `heights` are as in `rows_xml`.
    """

    sheet: int
    first_row: int
    columns: int
    rows: Rows
    table: str
    header_row: int
    heights: Sequence[float]


class Book:
    """One workbook on its way to bytes."""

    def __init__(self, language: Language, *, title: str, titles: Mapping[str, str] | None = None) -> None:
        """`titles`: sheet key -> name, for sheets that do not bear the name they are born with."""
        import xlsxwriter

        self.language = language
        self.titles = titles or {}
        self._stream = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(
            self._stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
                "default_format_properties": {
                    "font_name": theme.FONT[language],
                    "font_size": theme.FONT_SIZE,
                    "font_scheme": "none",
                },
            },
        )
        self.workbook.set_properties({"title": title, "author": "tierbook", "created": CREATED})
        self.workbook.set_size(2400, 1500)
        self.formats = Formats(self.workbook, language)
        self._long: list[LongTable] = []
        self.names: list[str] = []

    def title_of(self, key: str) -> str:
        """The name of a sheet."""
        return self.titles.get(key) or text(f"sheets.{key}", self.language)

    def sheet(self, name: str, owner: theme.Owner, *, gridlines: bool = False) -> Worksheet:
        """Add a sheet: tab colour by owner, row height, print set-up every sheet shares."""
        sheet = self.workbook.add_worksheet(name)
        self.names.append(name)
        sheet.set_tab_color(theme.TAB[owner])
        sheet.set_default_row(theme.ROW_HEIGHT)
        if not gridlines:
            sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L&8&K6B7785{_footer(name)}&C&8&K6B7785&P / &N&R&8&K6B7785tierbook")
        return sheet

    def hidden_sheet(self, name: str) -> Worksheet:
        """Add a machine-readable sheet nobody sees."""
        sheet = self.workbook.add_worksheet(name)
        self.names.append(name)
        sheet.very_hidden()
        return sheet

    def add_macros(self, project: bytes, code_name: str) -> None:
        """Make it a book with macros: its VBA project, and the name its module has there."""
        self.workbook.add_vba_project(io.BytesIO(project), is_stream=True)
        self.workbook.set_vba_name(code_name)

    def sheet_named(self, name: str) -> Worksheet:
        """A sheet that was added before."""
        return self.workbook.get_worksheet_by_name(name)

    def long_rows(
        self, sheet: Worksheet, first_row: int, looks: Sequence[Format | None], quoted: Sequence[Format | None],
        rows: Rows, *, table: str = "", header_row: int = 0,
        heights: Sequence[float] = (), blank_row: bool = True,
    ) -> None:  # fmt: skip
        """Fill a sheet from `first_row` (counted from 1) to its end with rows, in the looks given per column.

        Nothing else may stand in or below `first_row`. Without rows a blank one stands there (an Excel table
        needs one) unless `blank_row` is False.
        """
        for column, (look, quote) in enumerate(zip(looks, quoted, strict=True)):
            if look is not None:
                sheet.write_blank(first_row - 1, column, None, look)
                sheet.write_blank(first_row, column, None, quote)
        if not rows and blank_row:
            rows, heights = [[None] * len(looks)], ()
        self._long.append(LongTable(sheet.index, first_row, len(looks), rows, table, header_row, heights))

    def to_bytes(self) -> bytes:
        """Close the book and give its bytes: the same on every machine, whatever packs quickest there."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as target:
            for name, content in self._parts():
                with target.open(name, "w") as part:  # a part opened by name is dated 1980-01-01
                    for piece in content.chunks() if isinstance(content, LongPart) else (content,):
                        part.write(piece)
        return out.getvalue()

    def to_donor(self) -> MadeParts:
        """Close the book and give its parts, for one that is taken apart at once: long rows are made on the way."""
        return MadeParts(dict(self._parts()))

    def _parts(self) -> Iterator[tuple[str, bytes | LongPart]]:
        """Name and content of every part of the finished book."""
        self.workbook.close()
        by_part = {f"xl/worksheets/sheet{long.sheet + 1}.xml": long for long in self._long}
        by_table = {long.table: long for long in self._long if long.table}
        with zipfile.ZipFile(self._stream) as made:
            for name in made.namelist():
                yield name, _finished(name, made.read(name), by_part.get(name), by_table)


def _footer(name: str) -> str:
    return name.replace("&", "&&")


def _finished(name: str, data: bytes, long: LongTable | None, tables: dict[str, LongTable]) -> bytes | LongPart:
    """A part as it goes into the book: long rows in, table references stretched, chart fonts for Chinese too."""
    if long is not None:
        return _with_rows(data, long)
    if name.startswith("xl/tables/"):
        return _stretched(data, tables)
    if name.startswith("xl/charts/"):
        return _LATIN.sub(rb'<a:latin typeface="\1"\2/><a:ea typeface="\1"/>', data)
    return data


def _with_rows(data: bytes, long: LongTable) -> LongPart:
    """The sheet with its sample rows replaced by the real ones."""
    start = data.find(f'<row r="{long.first_row}"'.encode())
    end = data.find(b"</sheetData>")
    if end < 0:
        start = data.index(b"<sheetData/>")
        head, sample, tail = data[:start] + b"<sheetData>", b"", b"</sheetData>" + data[start + len(b"<sheetData/>") :]
    else:
        start = end if start < 0 else start
        head, sample, tail = data[:start], data[start:end], data[end:]
    styles = [
        (_style(sample, column, long.first_row), _style(sample, column, long.first_row + 1))
        for column in range(long.columns)
    ]
    last = f"{column_letters(long.columns - 1)}{max(long.first_row + len(long.rows) - 1, long.first_row)}"
    head = re.sub(rb'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>'.encode(), head, count=1)

    def rows(places: Sequence[int] | None) -> Iterator[bytes]:
        looks = [(_placed(plain, places), _placed(quoted, places)) for plain, quoted in styles]
        if isinstance(long.rows, EngineRows):
            return long.rows.xml(long.first_row, looks)
        makers = [column_maker(column, plain, quoted) for column, (plain, quoted) in enumerate(looks)]
        return rows_xml(long.rows, long.first_row, makers, heights=long.heights)

    return LongPart(head, rows, tail)


def _placed(style: str, places: Sequence[int] | None) -> str:
    """A style index as it is counted in another book."""
    return style if places is None or not style else str(places[int(style)])


def _style(sample: bytes, column: int, row: int) -> str:
    """Style index of a sample cell, as text."""
    found = re.search(rf'<c r="{column_letters(column)}{row}" s="(\d+)"'.encode(), sample)
    return found[1].decode() if found else ""


def _stretched(data: bytes, tables: dict[str, LongTable]) -> bytes:
    """A table part whose reference covers all rows of its long table."""
    name = re.search(rb' displayName="([^"]*)"', data)
    long = tables.get(name[1].decode()) if name else None
    if long is None:
        return data
    last = long.first_row + len(long.rows) - 1
    ref = f"A{long.header_row}:{column_letters(long.columns - 1)}{last}"
    return re.sub(rb' ref="[^"]*"', f' ref="{ref}"'.encode(), data)
