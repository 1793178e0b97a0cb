"""What worksheet functions cost against what xlwings makes of a naive one: `python tests/bench/udf.py`.

Two measurements on one book of 10,000 customers, printed as tables:

- in Python: one cell, 10,000 x 1 and 10,000 x 10 as one range, through xlwings' real call path and converters (COM
  alone is stood in for, see tests/excel/com_stand_in.py). Rivals: the naive function, and the same with
  `convert="raw"`, the fastest xlwings has.
- in cells: 10,000 formulas of one cell each, and one formula over 10,000 cells, calculated by LibreOffice with the
  add-in's own VBA against the wrapper that xlwings generates. Counted are round trips to Python. Without LibreOffice
  this part is left out.

Exits with 1 where answers differ. `--cells N` for a quicker look, `--runs N` for more repetitions.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import util
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

HERE = Path(__file__).parent
EXCEL = HERE.parent / "excel"
sys.path[:0] = [str(HERE), str(EXCEL)]
WIDE = 10
LINK = """Option Explicit
Public Function XLPy() As Object
    Set XLPy = CreateUnoService("tierbook.test.Python")
End Function
"""
"""In place of xlwings' connection, for its own wrappers."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--pipeline", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.pipeline:
        print(json.dumps(pipeline(asked.pipeline, asked.cells, asked.runs)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "scored.xlsx"
        write_book(book)
        environment = os.environ | {"TIERBOOK_BOOK": str(book), "TIERBOOK_HOME": folder}
        command = [sys.executable, __file__, "--pipeline", str(book), f"--cells={asked.cells}", f"--runs={asked.runs}"]
        ran = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        told = json.loads(ran.stdout)
        show_pipeline(told["milliseconds"])
        same = in_cells(book, Path(folder), told["vba"], asked.cells)
        return 0 if same and told["same"] else 1


def write_book(path: Path) -> None:
    """A scored book with one tier for each customer of the naive function."""
    import xlsxwriter
    from udf_naive import ANSWERS

    ids = [f"{number:.0f}" for number in ANSWERS]
    stamp = {
        "format": "1", "language": "zh-CN", "as_of": "2026-08-31", "model": "general", "model_version": "1",
        "model_fingerprint": "a", "data_fingerprint": "b", "tierbook_version": "0", "main_card": "general",
        "main_scale": "four", "name.scale.four": "四级分层", "name.card.general": "综合",
    }  # fmt: skip
    head = ["customer_id", "name", "tier", "score", "coverage", "tier_four", "score_general", "coverage_general"]
    rows = [[one, one, tier, 50.0, 1.0, tier, 50.0, 1.0] for one, tier in zip(ids, ANSWERS.values(), strict=True)]
    why = [["customer_id", "recency_days"], [None, "天数"], [None, 100.0], [None, "天"], *([one, 50.0] for one in ids)]
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("分层")
    for name, table in (("_tierbook", stamp.items()), ("_tierbook_results", [head, *rows]), ("_tierbook_why", why)):
        sheet = book.add_worksheet(name)
        for place, row in enumerate(table):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(place, column, value)
                elif value is not None:
                    sheet.write_number(place, column, value)
    book.close()


def pipeline(book: Path, cells: int, runs: int) -> dict[str, Any]:
    """Milliseconds of each call as a cell makes it: ours as our VBA calls, the rivals as xlwings' wrappers do."""
    import com_stand_in as excel

    excel.install()
    import udf_naive
    from xlwings import udfs
    from xlwings.com_server import XLPython

    ids = [float(udf_naive.FIRST + number % udf_naive.CUSTOMERS) for number in range(cells + WIDE)]
    column = tuple((ids[row],) for row in range(cells))
    block = tuple(tuple(ids[row : row + WIDE]) for row in range(cells))
    nowhere = excel.ComRange([[None]], "$Z$1")

    def called(module: str, function: str, *words: Any) -> Callable[[], Any]:
        return lambda: XLPython().CallUDF(module, function, words, None, nowhere)

    tries: dict[str, dict[str, Callable[[], Any]]] = {
        "one cell": {
            "tierbook": called("tierbook.excel.functions", "CUST_TIER", ids[0], None, None),
            "naive": called("udf_naive", "NAIVE_CELL", excel.ComRange([[ids[0]]])),
        }
    }
    for name, values in ((f"{cells:,} x 1", column), (f"{cells:,} x {WIDE}", block)):
        tries[name] = {
            "tierbook": called("tierbook.excel.blocks", "TB_BLOCK", "CUST_TIER", values, None, None),
            "naive": called("udf_naive", "NAIVE_RANGE", excel.ComRange(values)),
            "raw": called("udf_naive", "RAW_RANGE", excel.ComRange(values)),
        }
    same = all(len({json.dumps(call()) for call in rivals.values()}) == 1 for rivals in tries.values())
    wrappers = io.StringIO()
    udfs.generate_vba_wrapper(
        "udf_naive", udfs.get_udf_module("udf_naive", None), wrappers, SimpleNamespace(Name="b.xlsm")
    )
    times = {name: in_turn(rivals, runs if name != "one cell" else 20 * runs) for name, rivals in tries.items()}
    return {"milliseconds": times, "same": same, "vba": wrappers.getvalue()}


def in_turn(rivals: dict[str, Callable[[], Any]], runs: int) -> dict[str, float]:
    """Median CPU of each, the rivals one after the other in every run."""
    spent: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(runs):
        for name, call in rivals.items():
            start = time.process_time()
            call()
            spent[name].append(1000 * (time.process_time() - start))
    return {name: median(found) for name, found in spent.items()}


def show_pipeline(times: dict[str, dict[str, float]]) -> None:
    print(headed("in Python, ms CPU a call", "tierbook", "naive", "raw", "naive / tierbook", "tierbook / raw"))
    for name, found in times.items():
        ours, naive, raw = (found.get(rival, 0.0) for rival in ("tierbook", "naive", "raw"))
        against_raw = f"{ours / raw:.2f}" if raw else ""
        shown_raw = f"{raw:.2f}" if raw else ""
        print(f"| {name} | {ours:.3g} | {naive:.3g} | {shown_raw} | {naive / ours:.2f} | {against_raw} |")


def headed(*titles: str) -> str:
    return f"| {' | '.join(titles)} |\n|{'---|' * len(titles)}"


def in_cells(record: Path, folder: Path, wrappers: str, cells: int) -> bool:
    """Round trips and seconds in LibreOffice. True where all answers are the same, or there is no LibreOffice."""
    from udf_naive import CUSTOMERS, FIRST

    spec = util.spec_from_file_location("vba_books", EXCEL / "vba" / "conftest.py")
    assert spec and spec.loader
    vba = util.module_from_spec(spec)
    spec.loader.exec_module(vba)
    reason = vba.no_office()
    if reason:
        print(f"\nIn cells: left out, {reason}.")
        return True
    from tierbook.macros import Module

    rival = [Module("NaiveLink", LINK), Module("xlwings_udfs", outside_excel(wrappers))]
    book = vba.write_macro_book(folder / "cells.xlsm", more=rival)
    office = vba.Office(record, folder, [HERE])
    try:
        office.open(book)
        office.by_hand(book)
        office.put(book, f"A1:A{cells}", [[float(FIRST + row % CUSTOMERS)] for row in range(cells)])
        found = {}
        for name, function in (("tierbook", "CUST_TIER"), ("naive", "NAIVE_CELL")):
            found[f"{cells:,} formulas", name] = formulas(office, book, function, cells)
        for name, function in (("tierbook", "CUST_TIER"), ("naive", "NAIVE_RANGE")):
            found[f"one formula over {cells:,}", name] = one_formula(office, book, function, cells)
    finally:
        office.end()
    print("\n" + headed("in cells", "tierbook: trips", "naive: trips", "naive / tierbook", "tierbook: s", "naive: s"))
    same = True
    for what in dict.fromkeys(what for what, _ in found):
        ours, naive = found[what, "tierbook"], found[what, "naive"]
        print(f"| {what} | {ours[0]} | {naive[0]} | {naive[0] / ours[0]:.0f} | {ours[1]:.1f} | {naive[1]:.1f} |")
        same = same and ours[2] == naive[2]
    return same


def formulas(office: Any, book: str, function: str, cells: int) -> tuple[int, float, Sequence[Any]]:
    """Trips, seconds, answers of one formula a cell, calculated twice (the second time counts for neither)."""
    office.put(book, f"B1:B{cells}", [[f"={function}(A{row})"] for row in range(1, cells + 1)])
    office.trips()
    seconds = office.calculate(book)
    answers = office.values(book, f"B1:B{cells}")
    trips = len(office.trips())
    office.put(book, f"B1:B{cells}", [[None]] * cells)
    return trips, seconds, answers


def one_formula(office: Any, book: str, function: str, cells: int) -> tuple[int, float, Sequence[Any]]:
    office.trips()
    start = time.perf_counter()
    answers = office.spill(book, f"J1:J{cells}", f"={function}(A1:A{cells})")
    return len(office.trips()), time.perf_counter() - start, answers


def outside_excel(wrappers: str) -> str:
    """xlwings' wrappers as they are outside Excel: LibreOffice knows no `#If`, and nobody calls back into it."""
    kept = re.sub(r"^[ \t]*#If .*?^[ \t]*#Else[^\n]*\n(.*?)^[ \t]*#End If[^\n]*\n", r"\1", wrappers, flags=re.M | re.S)
    assert "#If" not in kept, "xlwings' wrappers have another form than expected"
    return kept


if __name__ == "__main__":
    sys.exit(main())
