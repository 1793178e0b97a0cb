"""Macro books with our VBA, a LibreOffice that calculates them, and what Python itself answers."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

import tierbook
from tierbook.excel import functions
from tierbook.excel.addin.functions import own_modules
from tierbook.excel.scored import reading, session
from tierbook.jobs import Request, refresh
from tierbook.macros import Module, vba_project
from tierbook.publish import template_book

HERE = Path(__file__).parent
OFFICE_PYTHON = "/usr/bin/python3"
EPOCH = dt.datetime(1899, 12, 30)
AS_OF = dt.date(2026, 8, 31)
ERRORS = {"#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042}
Rows = Sequence[Sequence[Any]]


def day(back: int) -> dt.date:
    return AS_OF - dt.timedelta(days=back)


CUSTOMERS = [
    {"customer_id": "0012", "name": "零零客户", "kind": "零售", "owner": "王敏", "region": "华南"},
    {"customer_id": "1001", "name": "上海样品", "kind": "企业", "size": "大型", "owner": "李雷", "region": "华东"},
    {"customer_id": "1002", "name": "潜在一家", "kind": "渠道", "owner": "王敏"},
]
ORDERS = [
    {"order_id": f"o{n}", "customer_id": who, "date": day(back), "amount": amount}
    for n, (who, back, amount) in enumerate(
        [("1001", 10 + 20 * n, 1000.5 + n) for n in range(12)]
        + [("0012", 400, 80.25), ("0012", 2, 60), ("A-7", 30, 500), ("A-7", 60, 250.75), ("123456789012345678", 5, 42)]
    )
]


@pytest.fixture(scope="session")
def refreshed(general, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book refreshed on two days, so that there is something before."""
    path = tmp_path_factory.mktemp("vba") / "record.xlsx"
    path.write_bytes(template_book(general, "zh-CN", facts={"customers": CUSTOMERS, "orders": ORDERS}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(path.parent / "home"))
        for back in (3, 0):
            refresh(Request(as_of=day(back), book=path, model="general"))
    return path


@pytest.fixture(scope="session")
def tables(refreshed: Path) -> dict[str, list[list[Any]]]:
    """The hidden sheets of the refreshed book from which Python answers."""
    book = openpyxl.load_workbook(refreshed, read_only=True)
    asked = (reading.STAMP, reading.RESULTS, reading.WHY, reading.BEFORE, reading.GAP, reading.TASKS, reading.MODEL,
             reading.PORTRAITS, reading.MERGED)  # fmt: skip
    names = [name for name in book.sheetnames if name in asked]
    return {name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in names}


@pytest.fixture(scope="session")
def macro_book() -> Callable[..., str]:
    """Writes a book with our VBA, the test's link, an empty sheet and hidden tables."""
    return write_macro_book


def write_macro_book(
    path: Path, hidden: Mapping[str, Rows] | None = None, more: Sequence[Module] = (), *, own_link: bool = False
) -> str:
    sheets: dict[str, Rows] = {"Cells": [], **(hidden or {})}
    documents = [Module("ThisWorkbook", "", "workbook")]
    documents += [Module(f"Sheet{place}", "", "sheet") for place, _ in enumerate(sheets, start=1)]
    link = Module("CustLink", (HERE / "CustLink.bas").read_text("ascii"))
    ours = [link if one.name == "CustLink" and not own_link else one for one in own_modules()]
    book = xlsxwriter.Workbook(path, {"strings_to_numbers": False})
    book.add_vba_project(io.BytesIO(vba_project([*documents, *ours, *more])), is_stream=True)
    book.set_vba_name("ThisWorkbook")
    for place, (name, rows) in enumerate(sheets.items(), start=1):
        sheet = book.add_worksheet(name)
        sheet.set_vba_name(f"Sheet{place}")
        if place > 1:
            sheet.very_hidden()
        _fill(sheet, rows, book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    return str(path)


def _fill(sheet: Any, rows: Rows, as_date: Any) -> None:
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, dt.datetime):
                sheet.write_datetime(place, column, value, as_date)
            elif isinstance(value, str):
                sheet.write_string(place, column, value)
            elif value is not None:
                sheet.write(place, column, value)


class Office:
    """A LibreOffice and, behind it, Python; see office.py."""

    def __init__(self, record: Path, folder: Path, more: Sequence[Path] = ()) -> None:
        found = [*map(str, more), sysconfig.get_path("purelib"), str(Path(tierbook.__file__).parents[1])]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(found), "TIERBOOK_BOOK": str(record), "TIERBOOK_HOME": str(folder / "home"),
            "PYTHONUTF8": "1", "HOME": str(folder),
        }  # fmt: skip
        environment.pop("PYTHONWARNINGS", None)
        self._process = subprocess.Popen(
            [OFFICE_PYTHON, str(HERE / "office.py"), str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment,
        )  # fmt: skip

    def __getattr__(self, what: str) -> Callable[..., Any]:
        """Every method of office.py's Office."""
        return lambda *words: self._asked({"do": what, "with": words})

    def cell(self, book: str, call: str) -> Any:
        """What one cell shows for `CUST_TIER(A2; "abc")`, as Python would say it."""
        self.put(book, "H1:H1", [["=" + call]])
        return as_python(self.values(book, "H1:H1"))[0][0]

    def shown(self, book: str, address: str) -> list[list[Any]]:
        """What cells show, as Python would say it."""
        return as_python(self.values(book, address))

    def block(self, book: str, call: str, rows: int, columns: int) -> list[list[Any]]:
        """What a formula spills into so many cells."""
        last = chr(ord("J") + columns - 1)
        return as_python(self.spill(book, f"J1:{last}{rows}", "=" + call))

    def calls(self) -> list[str]:
        """Functions of the round trips since the last time."""
        return [function for _, function, *_ in self.trips()]

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=90)
        self._process.stdout.close()

    def _asked(self, request: dict[str, Any]) -> Any:
        self._process.stdin.write(json.dumps(request, default=_serial) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "LibreOffice or the Python behind it died; its own words are above"
        return json.loads(line)


@pytest.fixture(scope="module")
def office(refreshed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    reason = no_office()
    if reason and os.environ.get("TIERBOOK_CI") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    opened = Office(refreshed, tmp_path_factory.mktemp("office"))
    yield opened
    opened.end()


def no_office() -> str:
    """Why LibreOffice cannot be asked here, "" where it can."""
    if shutil.which("soffice") is None:
        return "LibreOffice is not installed"
    if not Path(OFFICE_PYTHON).exists():
        return "the Python of LibreOffice is not here"
    show = "import sys, uno; print('%d.%d' % sys.version_info[:2])"
    told = subprocess.run([OFFICE_PYTHON, "-c", show], capture_output=True, text=True, check=False)
    if told.stdout.strip() != f"{sys.version_info.major}.{sys.version_info.minor}":
        return "the Python of LibreOffice has no uno, or is of another version than this one"
    return ""


def _serial(value: Any) -> float:
    return (dt.datetime.combine(value, dt.time()) - EPOCH).days


def as_python(rows: Rows) -> list[list[Any]]:
    """LibreOffice shows CVErr(2042) as the text "Error 2042" and hands a blank over as a text without letters."""
    named = {f"Error {number}": name for name, number in ERRORS.items()}
    return [[named.get(value, value) if isinstance(value, str) else value for value in row] for row in rows]


@pytest.fixture
def from_file(refreshed: Path) -> Iterator[Callable[..., Any]]:
    """Python's own answer about the refreshed book, as cells show it."""
    session.use(refreshed)
    yield lambda name, *arguments: shown(getattr(functions, name)(*arguments))
    session.use(None)


def shown(answer: Any) -> list[list[Any]]:
    rows = answer if isinstance(answer, list) else [[answer]]
    return [[_shown(value) for value in row] for row in rows]


def _shown(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, dt.date):
        moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
        return (moment - EPOCH) / dt.timedelta(days=1)
    return float(value) if isinstance(value, int | float) else value


@pytest.fixture(scope="session")
def same() -> Callable[[Rows, Rows], None]:
    """Asserts that two blocks are equal, numbers to 12 digits."""

    def check(found: Rows, wanted: Rows) -> None:
        assert len(found) == len(wanted)
        for row, expected in zip(found, wanted, strict=True):
            assert row == [pytest.approx(one, rel=1e-12) if isinstance(one, float) else one for one in expected]

    return check
