"""What Excel's function wizard shows, and what a rep's Excel has to load for it."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

from tierbook.excel import functions

NAMES = [
    "CUST_TIER", "CUST_SCORE", "CUST_RFM", "CUST_SEGMENT", "CUST_STAGE", "CUST_TAGS", "CUST_METRIC", "CUST_WHY",
    "CUST_STAMP",
]  # fmt: skip
CELL_ADDRESS = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
VBA_WORDS = {"date", "type", "next", "name", "me", "get", "set", "let", "end", "stop", "to", "in", "is", "or", "not"}
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def imported(excel):
    return excel.imported()


def test_every_function_is_wrapped_and_no_other(imported):
    wrapped = re.findall(r"^Function (\w+)\(", imported["vba"], re.MULTILINE)
    assert sorted(wrapped) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_wrapper_takes_the_arguments_by_name_and_calls_python(imported, name):
    parameters = inspect.signature(getattr(functions, name)).parameters.values()
    typed = ", ".join(p.name if p.default is p.empty else f"Optional {p.name}" for p in parameters)
    assert f"Function {name}({typed})" in imported["vba"]
    assert f'XLPy.CallUDF("tierbook.excel.functions", "{name}", Array(' in imported["vba"]


@pytest.mark.parametrize("name", NAMES)
def test_every_function_has_its_help_in_chinese_and_english(imported, name):
    shown = imported["helps"][f"'book.xlsm'!{name}"]
    assert shown["Description"] == getattr(functions, name).__doc__
    assert shown["Category"] == "客户分层 Customer Tiers"
    arguments = shown["ArgumentDescriptions"] or []
    assert len(arguments) == len(inspect.signature(getattr(functions, name)).parameters)
    for sentence in [shown["Description"], *arguments]:
        chinese, english = sentence.split(" / ")
        assert HAN.search(chinese)
        assert not HAN.search(english)
        assert len(sentence) < 255
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0


def test_nothing_is_volatile_and_nothing_calls_back(imported):
    assert "Volatile" not in imported["vba"]
    source = inspect.getsource(functions)
    assert not re.search(r"volatile=|caller|vba=|expand=|Book\(|xw\.sub\b", source)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_a_cell_address_or_a_word_of_vba(name):
    assert not CELL_ADDRESS.fullmatch(name)
    assert not VBA_WORDS & set(inspect.signature(getattr(functions, name)).parameters)


def test_loading_the_functions_brings_only_what_xlwings_brings():
    heavy = ["scipy", "sqlglot", "duckdb", "openpyxl", "xlsxwriter", "fastexcel", "lxml", "rich", "chinese_calendar"]
    show = f"import sys; print(*[name for name in {heavy!r} if name in sys.modules])"
    brought = _printed(f"import tierbook.excel.functions; {show}")
    assert set(brought.split()) <= set(_printed(f"import xlwings; {show}").split())


def test_loading_the_functions_reads_no_book():
    assert _printed("import tierbook.excel.functions, sys; print('tierbook.workbook' in sys.modules)") == "False"


def _printed(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
