"""One road of workbook.py in one process: `python workbook_roads.py ROAD FILE [ROWS] [OUT]`.

FILE is the workbook, ROWS the rows to write (marshalled by books.py), OUT where the result goes. The last line printed
is JSON: what was read or written, and the seconds after the imports.
"""

from __future__ import annotations

import json
import marshal
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

NIGHT = "2026-10-31"
SHEET = "分层"
Edit = Callable[[bytes, bytes, Sequence[str]], bytes]
"""(book, donor, headers) -> book with the donor's sheet."""
KINDS = ("id", "text", "text", "choice", "score", "choice", "score", "text", "choice", "choice", "count", "count",
         "money", "money", "percent", "percent", "money", "choice", "date", "text")  # fmt: skip


def read_ours(path: Path) -> dict[str, object]:
    from tierbook.engine import Engine
    from tierbook.sources import load_file

    start = time.perf_counter()
    with Engine() as engine:
        source = load_file(engine, "orders", path)
        return {"rows": source.rows, "columns": len(source.columns), "seconds": time.perf_counter() - start}


def read_openpyxl(path: Path) -> dict[str, object]:
    import openpyxl

    start = time.perf_counter()
    book = openpyxl.load_workbook(path, read_only=True)
    rows = [row for sheet in book for row in sheet.iter_rows(values_only=True, min_row=2) if row[0] == "never"]
    count = book.worksheets[0].max_row
    return {"rows": count, "kept": len(rows), "seconds": time.perf_counter() - start}


def read_unzip(path: Path) -> dict[str, object]:
    start = time.perf_counter()
    size = 0
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            with book.open(name) as part:
                while piece := part.read(1 << 20):
                    size += len(piece)
    return {"bytes": size, "seconds": time.perf_counter() - start}


def write_by_id(path: Path, rows: Path, out: Path) -> dict[str, object]:
    """A refresh of the tier sheet: open, donor, update by id, save."""
    import datetime as dt

    import openpyxl.formula.translate  # noqa: F401 - what a refresh imports belongs to the imports

    from tierbook.workbook import Keyed, OwnedSheet, refresh_book

    def edit(book: bytes, donor: bytes, headers: Sequence[str]) -> bytes:
        by_id = Keyed("Tiers", headers[0], frozenset(headers), "分层存档", "存档日期", "批注")
        return refresh_book(book, donor, [OwnedSheet("tiers", SHEET, by_id)], day=dt.date.fromisoformat(NIGHT)).data

    return _write(path, rows, out, edit)


def write_graft(path: Path, rows: Path, out: Path) -> dict[str, object]:
    """The whole sheet replaced: open, donor, graft, save."""
    from tierbook.workbook import replace_sheets

    return _write(path, rows, out, lambda book, donor, _: replace_sheets(book, donor, [SHEET]))


def _write(
    path: Path, rows: Path, out: Path, edit: Callable[[bytes, bytes, Sequence[str]], bytes]
) -> dict[str, object]:
    import lxml.etree  # noqa: F401
    import xlsxwriter  # noqa: F401

    from tierbook.publish.book import Book
    from tierbook.publish.columns import Column
    from tierbook.publish.titled import long_sheet, titled_sheet
    from tierbook.workbook import open_book, save_book

    headers, *body = marshal.loads(rows.read_bytes())
    shutil.copy(path, out)
    start, used = time.perf_counter(), time.process_time()
    before = open_book(out)
    book = Book("zh-CN", title="bench")
    columns = [Column(f"k{place}", title, kind) for place, (title, kind) in enumerate(zip(headers, KINDS, strict=True))]
    long_sheet(book, titled_sheet(book, "tiers", "bench"), columns, body, table="Tiers")
    saved = save_book(out, edit(before.data, book.to_donor(), headers), expected_digest=before.digest)
    return {"rows": len(body), "changed": saved.changed, "seconds": time.perf_counter() - start,
            "cpu": time.process_time() - used}  # fmt: skip


def write_openpyxl(path: Path, rows: Path, out: Path) -> dict[str, object]:
    """Load, change, save, as the manual shows it; no cell gets a format, the quickest way there is."""
    import openpyxl

    values = marshal.loads(rows.read_bytes())
    start = time.perf_counter()
    book = openpyxl.load_workbook(path)
    place = book.sheetnames.index(SHEET)
    del book[SHEET]
    sheet = book.create_sheet(SHEET, place)
    for row in values:
        sheet.append(row)
    book.save(out)
    return {"rows": len(values) - 1, "seconds": time.perf_counter() - start}


def write_deflate(path: Path, rows: Path, out: Path) -> dict[str, object]:
    """Packing the finished sheet's XML, and nothing else."""
    from tierbook.workbook.package.deflate import packed

    with zipfile.ZipFile(out) as book:
        content = book.read("xl/worksheets/sheet30.xml")
    start, used = time.perf_counter(), time.process_time()
    size = len(packed([content]).data)
    return {"bytes": len(content), "packed": size, "seconds": time.perf_counter() - start,
            "cpu": time.process_time() - used}  # fmt: skip


def same_values(path: Path, rows: Path, out: Path) -> dict[str, object]:
    """Whether the tier sheet of a book holds the rows, below whatever stands above them."""
    import fastexcel

    wanted = marshal.loads(rows.read_bytes())
    sheet = fastexcel.read_excel(out).load_sheet(SHEET, header_row=None, skip_rows=0, dtypes="string").to_arrow()
    found = list(zip(*(column.to_pylist() for column in sheet.columns), strict=True))
    found = found[next(place for place, row in enumerate(found) if row[0] == wanted[0][0]) :]
    different = abs(len(found) - len(wanted)) * len(KINDS)
    for here, there in zip(found[1:], wanted[1:], strict=False):
        different += sum(not _alike(*pair) for pair in zip(here, there, strict=True))
    return {"rows": len(found) - 1, "different": different, "seconds": 0}


def _alike(text: str | None, value: object) -> bool:
    if isinstance(value, str):
        return (text or "") == value
    if text is None or "-" in text[1:]:  # a number shown as a date
        return text is not None
    return float(text) == value


def demo_refresh(path: Path) -> dict[str, object]:
    """`tierbook refresh` of the demo book, everything included."""
    import datetime as dt

    from tierbook import jobs

    start = time.perf_counter()
    report = jobs.refresh(jobs.Request(as_of=dt.date.fromisoformat(NIGHT), book=path))
    return {"changed": report.changed, "seconds": time.perf_counter() - start}


ROADS: dict[str, Callable[..., dict[str, object]]] = {
    "read-ours": read_ours,
    "read-openpyxl": read_openpyxl,
    "read-unzip": read_unzip,
    "write-graft": write_graft,
    "write-by-id": write_by_id,
    "write-openpyxl": write_openpyxl,
    "write-deflate": write_deflate,
    "same-values": same_values,
    "demo-refresh": demo_refresh,
}

if __name__ == "__main__":
    print(json.dumps(ROADS[sys.argv[1]](*map(Path, sys.argv[2:])), ensure_ascii=False))
