"""Books the tests of this room edit: one as people make them, and donors as `publish` makes them."""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
import struct
import subprocess
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

CREATED = dt.datetime(2026, 1, 1)
OWNED, STAMP = "分层", "_tierbook"


def png() -> bytes:
    """A picture of one red pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">LLBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


def rewritten(book: bytes, change: Callable[[str, bytes], bytes | None], extra: Mapping[str, bytes] = {}) -> bytes:
    """A book with parts changed (None: left out) and parts added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                target.writestr(name, content)
        for name, content in extra.items():
            target.writestr(name, content)
    return out.getvalue()


def make_foreign() -> bytes:
    """A macro book with what people put into theirs; its sheet 分层 is an earlier version of ours."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": CREATED})
    book.add_vba_project(io.BytesIO(b"not really a VBA project, but nobody looks"), is_stream=True)
    book.set_vba_name("ThisWorkbook")
    _guide_sheet(book)
    _data_sheet(book)
    _old_owned_sheet(book)
    last = book.add_worksheet("人工")
    last.set_vba_name("Sheet4")
    last.write_formula("A1", "=SUM(Tiers[分数])", None, 6)
    last.write_formula("A2", "=分层!B2", None, 1)
    book.define_name("回访名单", "=人工!$A$1:$A$9")
    book.define_name("高分", "=分层!$B$2:$B$4")
    book.close()
    return rewritten(out.getvalue(), lambda name, content: content, {"xl/notes/mine.xml": b"<mine/>"})


def _guide_sheet(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_vba_name("Sheet1")
    sheet.write_string("A1", "请勿删除", book.add_format({"bold": True, "num_format": '0.0"元"'}))
    sheet.write_comment("A1", "王经理写的")
    sheet.insert_image("C3", "logo.png", {"image_data": io.BytesIO(png())})
    sheet.write_url("A5", "https://example.org/")
    sheet.insert_button("E2", {"macro": "go", "caption": "刷新"})


def _data_sheet(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("数据")
    sheet.set_vba_name("Sheet2")
    sheet.add_table("A1:B4", {"name": "Facts", "data": [["甲", 1], ["乙", 2], ["丙", 3]]})
    sheet.conditional_format("B2:B4", {"type": "cell", "criteria": ">", "value": 1,
                                       "format": book.add_format({"bg_color": "#FFC7CE"})})  # fmt: skip
    sheet.conditional_format("A2:A4", {"type": "data_bar", "data_bar_2010": True})
    sheet.data_validation("D1", {"validate": "list", "source": ["是", "否"]})
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.write_formula("D2", "=SUM(B2:B4)", None, 6)
    sheet.add_sparkline("E2", {"range": "数据!B2:B4"})
    sheet.print_area("A1:D4")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=数据!$B$2:$B$4"})
    sheet.insert_chart("G2", chart)


def _old_owned_sheet(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(OWNED)
    sheet.set_vba_name("Sheet3")
    columns = [{"header": "客户"}, {"header": "分数"}]
    sheet.add_table("A1:B4", {"name": "Tiers", "columns": columns, "data": [["a", 1], ["b", 2], ["c", 3]]})
    sheet.autofilter("D1:E3")
    sheet.repeat_rows(0)
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": "=分层!$B$2:$B$4"})
    sheet.insert_chart("G2", chart)
    sheet.write_comment("B1", "旧")
    sheet.activate()


def make_donor(
    rows: Sequence[Sequence[object]] = (("a", 90.5), ('=HYPERLINK("x")', 12)),
    *,
    name: str = OWNED,
    table: str = "Tiers",
    headers: Sequence[str] = ("客户", "分数"),
    constant_memory: bool = False,
    note: str = "由 tierbook 更新",
) -> bytes:
    """A donor with an owned sheet (table, chart, conditions, comment, links, print titles) and a hidden stamp sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": constant_memory})
    book.set_properties({"created": CREATED})
    number = book.add_format({"num_format": "0.000", "bold": True})
    whole_row = book.add_format({"italic": True})
    sheet = book.add_worksheet(name)
    sheet.set_tab_color("#123456")
    sheet.set_column("C:D", 12, number)
    sheet.set_row(0, 24, whole_row)
    for column, header in enumerate(headers):
        sheet.write_string(0, column, header)
    for row, (text, value) in enumerate(rows, start=1):
        sheet.write_string(row, 0, str(text))
        sheet.write_number(row, 1, value, number)
    last = max(len(rows), 1)
    if not constant_memory:
        sheet.add_table(0, 0, last, len(headers) - 1, {"name": table, "columns": [{"header": h} for h in headers]})
    red = book.add_format({"font_color": "#9C0006"})
    sheet.conditional_format(1, 1, last, 1, {"type": "cell", "criteria": "<", "value": 40, "format": red})
    sheet.conditional_format(1, 1, last, 1, {"type": "data_bar", "data_bar_2010": True})
    sheet.data_validation("D2", {"validate": "list", "source": "=选项"})
    if note:
        sheet.write_comment("A1", note)
    sheet.write_url("F1", "https://example.org/guide")
    sheet.insert_image("F9", "logo.png", {"image_data": io.BytesIO(png()), "url": f"internal:'{name}'!A1"})
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, last, 1)
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": [name, 1, 1, last, 1]})
    sheet.insert_chart("F3", chart)
    stamp = book.add_worksheet(STAMP)
    stamp.very_hidden()
    stamp.write_string(0, 0, "format")
    stamp.write_string(0, 1, "1")
    book.define_name("选项", f"='{name}'!$A$2:$A${last + 1}")
    book.close()
    return out.getvalue()


def plain_book(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """A book of values only."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": CREATED})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write(row, column, value)
    book.close()
    return out.getvalue()


@pytest.fixture(scope="session")
def foreign() -> bytes:
    return make_foreign()


@pytest.fixture(scope="session")
def donor() -> bytes:
    return make_donor()


@pytest.fixture(scope="session")
def donor_of() -> Callable[..., bytes]:
    return make_donor


@pytest.fixture(scope="session")
def book_of() -> Callable[[Mapping[str, Sequence[Sequence[object]]]], bytes]:
    return plain_book


@pytest.fixture(scope="session")
def changed() -> Callable[..., bytes]:
    return rewritten


def loaded_book(book: bytes) -> openpyxl.Workbook:
    """The book as openpyxl sees it, without what it warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(book))


def saved_by_openpyxl(book: bytes, folder: Path) -> bytes:
    """The book loaded and saved."""
    out = folder / "saved.xlsx"
    loaded_book(book).save(out)
    return out.read_bytes()


def saved_by_libreoffice(book: bytes, folder: Path) -> bytes:
    """The book opened and saved by LibreOffice, with a profile of its own."""
    soffice = shutil.which("soffice")
    if soffice is None:
        if os.environ.get("TIERBOOK_CI") == "1":
            pytest.fail("LibreOffice is not installed")
        pytest.skip("LibreOffice is not installed")
    (folder / "in.xlsx").write_bytes(book)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    filtered = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(folder / "in.xlsx")]
    subprocess.run([soffice, profile, "--headless", *filtered], capture_output=True, timeout=180, check=True,
                   env={**os.environ, "HOME": str(folder)})  # fmt: skip
    return (folder / "out" / "in.xlsx").read_bytes()


@pytest.fixture(scope="session")
def opened() -> Callable[[bytes], openpyxl.Workbook]:
    return loaded_book


@pytest.fixture(
    params=[
        saved_by_openpyxl,
        pytest.param(saved_by_libreoffice, marks=[pytest.mark.office, pytest.mark.slow]),
    ]
)
def resaved(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[bytes], bytes]:
    """Another program opens a book and saves it: every byte changes, what people see does not."""
    return lambda book: request.param(book, tmp_path)


@contextmanager
def as_nobody() -> Iterator[None]:
    """For its time a user without special rights: tests may run as root, for whom nothing is closed."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def nobody() -> Callable[[], AbstractContextManager[None]]:
    if os.name == "nt":
        pytest.skip("permissions are another thing on Windows")
    return as_nobody


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder any user may look into (pytest's own are private)."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def tierbook_home(tmp_path, monkeypatch):
    """Backups of this test go here."""
    folder = tmp_path / "tierbook-home"
    monkeypatch.setenv("TIERBOOK_HOME", str(folder))
    return folder
