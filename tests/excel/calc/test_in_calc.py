"""LibreOffice Calc answers as Excel does: from the book of record, or from the tables of the book that asks."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tierbook import jobs
from tierbook.excel import functions
from tierbook.excel.scored import session
from tierbook.excel.signatures import signatures
from tierbook.typed import CELL_ERRORS, EPOCH

pytestmark = [pytest.mark.office, pytest.mark.slow]

MORE = {"CUST_TAGS": ["|"], "CUST_HAS_TAG": ["高频"], "CUST_METRIC": ["last_order_date"]}
"""What a function is asked beside the customer."""
PER_CUSTOMER = [one.name for one in signatures() if one.per_customer]


def as_calc(value: Any) -> Any:
    """What Calc shows of Python's answer: 0 and 1 for FALSE and TRUE, the number of a day, nothing for an error."""
    if isinstance(value, list):
        return [as_calc(one) for one in value]
    if isinstance(value, dt.datetime):
        return (value - EPOCH) / dt.timedelta(days=1)
    if value is None or isinstance(value, str):
        return None if value in CELL_ERRORS else value or ""
    return float(value)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        return jobs.demo(tmp_path_factory.mktemp("demo"), "zh-CN").book


@pytest.fixture(scope="module")
def customers(demo: Path) -> Iterator[list[str]]:
    """Ids of the demo's customers; tierbook itself answers from the same book meanwhile."""
    session.use(demo)
    yield list(session.current().columns["customer_id"])
    session.use(None)


@pytest.fixture
def sheet(calc, demo: Path, customers: list[str]) -> Iterator[int]:
    """An empty document, while the demo is the book of record."""
    calc.choose(book=demo)
    document = calc.do("open")
    yield document
    calc.do("close", document)


def written(path: Path, ids: list[Any], formulas: Callable[[int], list[str]]) -> Path:
    """An .xlsx with ids in column A and, beside each, formulas as Excel stores them."""
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("客户")
    for row, one in enumerate(ids):
        page.write(row, 0, one)
        for column, formula in enumerate(formulas(row + 1)):
            page.write_formula(row, column + 1, formula)
    book.close()
    return path


def eventually(calc, formula: str, document: int, right: Callable[[Any], bool]) -> Any:
    """What a formula shows once tierbook has looked again, which it does every two seconds."""
    for _ in range(40):
        shown = calc.cell(formula, document)
        if right(shown):
            break
        time.sleep(0.25)
    return shown


def test_every_customer_of_an_xlsx_gets_the_answers_python_gives(
    calc, helper, demo: Path, customers: list[str], tmp_path: Path
) -> None:
    def typed(name: str, row: int) -> str:
        words = "".join(f',"{one}"' for one in MORE.get(name, []))
        return f"={name}(A{row}{words})"

    calc.choose(book=demo)
    book = written(tmp_path / "客户.xlsx", customers, lambda row: [typed(name, row) for name in PER_CUSTOMER])
    document = calc.do("open", str(book))
    shown = calc.do("values", document, f"B1:{chr(ord('A') + len(PER_CUSTOMER))}{len(customers)}")
    calc.do("close", document)
    told = [getattr(functions, name)([[one] for one in customers], *MORE.get(name, [])) for name in PER_CUSTOMER]
    assert len(customers) > 250
    assert len(PER_CUSTOMER) == 13
    assert shown == as_calc([[column[row][0] for column in told] for row in range(len(customers))])


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("=CUST_PROFILE(A1)", lambda one: functions.CUST_PROFILE([[one]])),
        ('=CUST_LIST("VIP";;;;5)', lambda _: functions.CUST_LIST("VIP", top=5)),
        ("=CUST_TASKS(;DATE(2026;12;31))", lambda _: functions.CUST_TASKS(due_by=dt.date(2026, 12, 31))),
        ("=CUST_MOVES()", lambda _: functions.CUST_MOVES()),
        ('=CUST_SUMMARY("stage")', lambda _: functions.CUST_SUMMARY("stage")),
        ('=CUST_WHY(A1;"VIP")', lambda one: functions.CUST_WHY([[one]], "VIP")),
    ],
)
def test_every_table_is_the_one_python_gives(
    calc, sheet: int, customers: list[str], formula: str, told: Callable[[str], Any]
) -> None:
    expected = told(customers[0])
    rows, columns = min(len(expected), 8), len(expected[0])
    calc.do("put", sheet, "A1", customers[0])
    place = f"C1:{chr(ord('B') + columns)}{rows}"
    calc.do("spread", sheet, place, formula)
    shown = calc.do("shown", sheet, place)
    if rows == columns == 1:
        assert shown == expected
    else:
        assert shown == as_calc(expected[:rows])


def test_a_saved_book_keeps_plain_names_and_calculates_again(
    calc, sheet: int, customers: list[str], tmp_path: Path
) -> None:
    first, again = tmp_path / "first.xlsx", tmp_path / "again.xlsx"
    written(first, customers[:2], lambda row: [f"=CUST_TIER(A{row})", f'=IF(CUST_TIER(A{row})="VIP",1,0)'])
    document = calc.do("open", str(first))
    calc.do("save", document, str(again))
    calc.do("close", document)
    inside = zipfile.ZipFile(again).read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"<f[^>]*>([^<]*CUST[^<]*)</f>", inside)[0] == "CUST_TIER(A1)"
    assert "tierbook" not in inside.lower()
    document = calc.do("open", str(again))
    calc.do("put", document, "A1", customers[2])
    shown = calc.do("shown", document, "B1:C1")[0]
    calc.do("close", document)
    tier = functions.CUST_TIER([[customers[2]]])[0][0]
    assert shown == [tier, 1.0 if tier == "VIP" else 0.0]


def test_an_answer_compares(calc, sheet: int, customers: list[str]) -> None:
    tier = functions.CUST_TIER([[customers[0]]])[0][0]
    assert calc.cell(f'=IF(CUST_TIER("{customers[0]}")="{tier}";"yes";"no")', sheet) == "yes"
    calc.do("fill", sheet, "A1:A3", [[customers[0]], [customers[0]], ["nobody"]])
    calc.do("spread", sheet, "B1:B3", "=CUST_TIER(A1:A3)")
    assert calc.do("shown", sheet, "B1:B3") == [[tier], [tier], ["#N/A"]]
    calc.do("spread", sheet, "C1:C3", "=CUST_SCORE(A1:A3)")
    score = functions.CUST_SCORE([[customers[0]]])[0][0]
    assert calc.do("shown", sheet, "C1:C3") == [[score], [score], ["#N/A"]]
    assert calc.cell("=ISNA(C3)", sheet) == 1
    assert calc.cell(f'=COUNTIF(B1:B3;"{tier}")', sheet) == 2
    assert calc.cell(f'=B1="{tier}"', sheet) == 1
    assert calc.cell(f'=SUMPRODUCT(--(CUST_TIER(A1:A3)="{tier}"))', sheet, "Z2") == 2
    assert calc.cell("=INDEX(CUST_TIER(A1:A3);2)", sheet) == tier


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ('=CUST_TIER("nobody")', "#N/A"),
        ('=IFNA(CUST_TIER("nobody");"new")', "new"),
        ('=CUST_METRIC(A1;"no such indicator")', "#VALUE!"),
        ("=CUST_TIER(A1;;1)", "#NUM!"),
        ("=CUST_COUNT(;;;;1)", "Err:504"),
        ("=CUST_TIER()", "Err:504"),
        ("=CUST_TIER(B1)", ""),
        ("=CUST_TIER(A1;B1;B1)", "the same"),
        ("=CUST_TIER(A1;;DATE(2026;12;31))", "the same"),
        ("=CUST_TIER(1E15)", "#NUM!"),
        ("=CUST_TIER(C1)", "#DIV/0!"),
    ],
)
def test_errors_are_errors_and_blanks_are_blank(
    calc, sheet: int, customers: list[str], formula: str, shown: str
) -> None:
    calc.do("put", sheet, "A1", float(customers[0]))
    calc.do("put", sheet, "C1", "=1/0")
    same = functions.CUST_TIER([[customers[0]]])[0][0]
    assert calc.cell(formula, sheet) == (same if shown == "the same" else shown)


def test_an_id_is_found_as_number_as_text_and_untidy(calc, sheet: int, customers: list[str]) -> None:
    one = next(each for each in customers if each.isdigit() and each[0] != "0")
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in one)
    expected = functions.CUST_SCORE([[one]])[0][0]
    calc.do("put", sheet, "A1", float(one))
    for place, typed in enumerate((one, f" {one} ", f"{one}.0", wide), start=2):
        calc.do("put", sheet, f"A{place}", typed)
    calc.do("fill", sheet, "B1:B5", [[f"=CUST_SCORE(A{row})"] for row in range(1, 6)])
    assert calc.do("shown", sheet, "B1:B5") == [[expected]] * 5


def test_a_table_spreads_and_follows_its_arguments(calc, sheet: int, customers: list[str]) -> None:
    calc.do("put", sheet, "A1", customers[0])
    calc.do("spread", sheet, "C1:F4", "=CUST_WHY(A1)")
    for one in customers[:2]:
        calc.do("put", sheet, "A1", one)
        expected = functions.CUST_WHY([[one]])[:4]
        assert calc.do("shown", sheet, "C1:F4") == [["" if each is None else each for each in row] for row in expected]
    assert calc.cell("=INDEX(CUST_SUMMARY();2;2)", sheet) == functions.CUST_SUMMARY()[1][1]


def test_a_text_of_a_table_with_numbers_is_found_by_what_is_joined_to_nothing(calc, sheet: int) -> None:
    """Calc itself never finds such a text by `=`, MATCH or COUNTIF; the README says what does."""
    calc.do("spread", sheet, "C1:H4", '=CUST_LIST("VIP";;;;3)')
    rows = functions.CUST_LIST("VIP", top=3)[1:]
    name = rows[1][1]
    assert calc.cell(f'=MATCH("{name}";D1:D4&"";0)', sheet) == 3
    assert calc.cell(f'=SUMPRODUCT(--(D1:D4&""="{name}"))', sheet) == 1
    assert calc.cell(f'=EXACT(D3;"{name}")', sheet) == 1
    assert calc.cell("=SUM(G2:G4)", sheet) == pytest.approx(
        sum(row[4] for row in functions.CUST_LIST("VIP", top=3)[1:])
    )


def test_a_pasted_table_is_scored(calc, sheet: int) -> None:
    calc.do("fill", sheet, "A1:B3", [["customer_id", "recency_days"], ["甲", "3"], ["乙", ""]])
    calc.do("put", sheet, "B2", 3)
    expected = functions.CUST_SCORE_TABLE([["customer_id", "recency_days"], ["甲", 3.0], ["乙", None]])
    last = "DEFGHIJKL"[len(expected[0]) - 1]
    calc.do("spread", sheet, f"D1:{last}3", "=CUST_SCORE_TABLE(A1:B3)")
    shown = calc.do("shown", sheet, f"D1:{last}3")
    assert shown == [["" if cell is None else cell for cell in row] for row in expected]


def test_days_are_those_the_document_counts(calc, sheet: int, customers: list[str]) -> None:
    key = next(iter(session.current().dates))
    expected = functions.CUST_METRIC([[customers[0]]], key)[0][0]
    formula = f'=TEXT(CUST_METRIC("{customers[0]}";"{key}");"yyyy-mm-dd")'
    assert calc.cell(formula, sheet) == f"{expected:%Y-%m-%d}"
    calc.do("null_date", sheet, 1904, 1, 1)
    assert eventually(calc, formula, sheet, lambda shown: shown == f"{expected:%Y-%m-%d}") == f"{expected:%Y-%m-%d}"


def test_ten_thousand_cells_take_a_few_trips(
    calc, helper, sheet: int, customers: list[str], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    ids = [customers[row % len(customers)] if row % 5 else f"no-{row}" for row in range(10_000)]
    book = written(tmp_path / "many.xlsx", ids, lambda row: [f"=CUST_TIER(A{row})"])
    helper.forget()
    document = calc.do("open", str(book))
    shown = calc.do("values", document, "B1:B10000")
    record_property("seconds", calc.do("calculate", document))
    calc.do("close", document)
    assert len([each for each in helper.asked if each["call"] != "TB_USE"]) <= 5
    assert shown[1] == [functions.CUST_TIER([[ids[1]]])[0][0]]
    assert shown[0] == [None]  # an error


def test_a_helper_that_was_killed_is_started_again(calc, helper, sheet: int) -> None:
    expected = functions.CUST_COUNT()
    assert calc.cell("=CUST_COUNT()", sheet) == expected
    before = list(helper.pids)
    os.kill(before[-1], signal.SIGKILL)
    assert calc.cell("=CUST_COUNT()", sheet) == expected
    assert len(helper.pids) == len(before) + 1


def test_a_tierbook_book_answers_for_itself(calc, helper, demo: Path, customers: list[str], scored: Path) -> None:
    calc.choose(book=demo)
    helper.forget()
    document = calc.do("open", str(scored))
    assert calc.cell('=CUST_TIER("A-7")', document) == "低价值"
    assert calc.cell('=CUST_METRIC("0012";"csat")', document) == 8
    assert calc.cell("=CUST_COUNT()", document) == 5
    other = calc.do("open")
    assert calc.cell("=CUST_COUNT()", other) == functions.CUST_COUNT()
    assert calc.cell("=CUST_COUNT()", document) == 5
    assert sum(each["call"] == "TB_HAND_OVER" and each["arguments"][1] == "_tierbook" for each in helper.asked) == 1
    for one in (document, other):
        calc.do("close", one)


def test_formulas_of_a_tierbook_book_calculate_as_it_opens(
    calc, helper, demo: Path, scored: Path, tmp_path: Path
) -> None:
    calc.choose(book=demo)
    opened = openpyxl.load_workbook(scored)
    page = opened.create_sheet("我的表", 0)
    for row, one in enumerate(("0012", 1001, "A-7", None), start=1):
        page.cell(row, 1, one)
        page.cell(row, 2, f"=CUST_TIER(A{row})")
        page.cell(row, 3, f'=CUST_HAS_TAG(A{row},"高频")')
    opened.save(tmp_path / "own.xlsx")
    helper.forget()
    document = calc.do("open", str(tmp_path / "own.xlsx"))
    shown = calc.do("shown", document, "B1:C4")
    calc.do("close", document)
    assert shown == [["潜力", 0.0], ["VIP", 1.0], ["低价值", 0.0], ["", ""]]
    assert sum(each["call"] == "TB_HAND_OVER" and each["arguments"][1] == "_tierbook" for each in helper.asked) == 1


def test_the_menus_language_chooses_the_help(calc) -> None:
    described = calc.do("described")
    assert len(described) == 22
    assert described["CUST_METRIC"]["arguments"][0][::2] == ["customer_id", False]
    assert [one[2] for one in described["CUST_TIER"]["arguments"]] == [False, True, True]
    chinese = calc.do("configured", "zh-CN", "custTier")
    assert chinese["name"] == "CUST_TIER"
    assert chinese["help"].startswith("每位客户的层级")
    assert chinese["arguments"]["customerId"][0] == "客户编号"
    assert calc.do("configured", "de", "custTier")["help"].startswith("Tier of each customer")


def test_without_a_book_the_stamp_says_why(calc, helper, sheet: int) -> None:
    calc.choose()
    assert eventually(calc, '=CUST_TIER("1")', sheet, lambda shown: shown == "#REF!") == "#REF!"
    assert "settings.toml" in calc.cell("=CUST_STAMP()", sheet)


def test_the_helper_ends_with_libreoffice(calc, helper, demo: Path, customers: list[str]) -> None:
    calc.choose(book=demo)
    count = functions.CUST_COUNT()
    assert eventually(calc, "=CUST_COUNT()", calc.do("open"), lambda shown: shown == count) == count
    last = helper.pids[-1]
    assert alive(last)
    calc.do("stop")
    for _ in range(100):
        if not alive(last):
            break
        time.sleep(0.1)
    calc.do("start")
    assert not alive(last)


def alive(pid: int) -> bool:
    """A process whose parent is gone may wait as a zombie for somebody to notice its end."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


def test_without_tierbook_the_stamp_says_why(calc, helper, sheet: int, demo: Path) -> None:
    calc.choose(python=Path("/nowhere/python"), book=demo)
    os.kill(helper.pids[-1], signal.SIGKILL)
    assert calc.cell('=CUST_TIER("1")', sheet) == "#REF!"
    assert "/nowhere/python" in calc.cell("=CUST_STAMP()", sheet)
