"""LibreOffice Calc: what 10,000 cells cost, and the first answer of a large book that answers for itself.

    python tests/bench/calc.py [CUSTOMERS]

Needs LibreOffice with Python (Debian: libreoffice-calc python3-uno). Prints; asserts nothing.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

import xlsxwriter

from tierbook.excel.calc.build import oxt_bytes

TESTS = Path(__file__).parents[1] / "excel"


def main() -> None:
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    calc_tests, excel_tests = loaded(TESTS / "calc" / "conftest.py"), loaded(TESTS / "conftest.py")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        helper = calc_tests.Helper(folder)
        (folder / "tierbook.oxt").write_bytes(oxt_bytes(""))
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "TIERBOOK"))}
        calc = calc_tests.Calc(folder, {**kept, "HOME": name, "TIERBOOK_HOME": str(folder / "home")})
        template = excel_tests.RESULTS
        results = [template[0], *([str(100_000 + one), *template[1][1:]] for one in range(customers))]
        book = written(folder / "scored.xlsx", excel_tests.hidden_sheets(results=results))
        calc.choose(python=helper.program, book=book)
        for step in (("start",), ("install", str(folder / "tierbook.oxt")), ("stop",), ("start",)):
            calc.do(*step)
        measure(calc, helper, book, folder, customers)
        calc.close()


def written(path: Path, sheets) -> Path:
    """A refreshed book as tierbook writes it."""
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    book.add_worksheet("分层")
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.very_hidden()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(row, column, cell, day)
                else:
                    sheet.write(row, column, cell)
    book.close()
    return path


def measure(calc, helper, book: Path, folder: Path, customers: int) -> None:
    cells = xlsxwriter.Workbook(folder / "cells.xlsx")
    sheet = cells.add_worksheet()
    for row in range(10_000):
        sheet.write(row, 0, 100_000 + row % customers)
        sheet.write_formula(row, 1, f"=CUST_TIER(A{row + 1})")
    cells.close()
    empty = calc.do("open")
    timed("first answer: the helper starts and reads the book of record", lambda: calc.cell("=CUST_COUNT()", empty))
    timed("first cell of a customer", lambda: calc.cell("=CUST_TIER(100001)", empty))
    helper.forget()
    document = timed("10,000 cells, opened and calculated", lambda: calc.do("open", str(folder / "cells.xlsx")))
    calls = [one["call"] for one in helper.asked]
    print(f"{len(calls):>9} trips: {', '.join(sorted(set(calls)))}")
    print(f"{calc.do('calculate', document):>9.2f} s  10,000 cells again (Ctrl+Shift+F9)")
    timed("10,000 cells as one block", lambda: calc.do("spread", document, "C1:C10000", "=CUST_TIER(A1:A10000)"))
    own = timed(f"the book itself opened, {customers:,} customers", lambda: calc.do("open", str(book)))
    timed("its first answer from its own tables", lambda: calc.cell("=CUST_COUNT()", own))
    timed("its first cell of a customer", lambda: calc.cell("=CUST_TIER(100001)", own))


def timed(what: str, do):
    start = time.perf_counter()
    found = do()
    print(f"{time.perf_counter() - start:>9.2f} s  {what}")
    return found


def loaded(path: Path) -> ModuleType:
    told = importlib.util.spec_from_file_location(path.parent.name + "_conftest", path)
    assert told is not None and told.loader is not None
    module = importlib.util.module_from_spec(told)
    told.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
